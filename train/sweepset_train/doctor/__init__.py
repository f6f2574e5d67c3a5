"""Find what is wrong with labelled images, before hours are spent on training on them."""
