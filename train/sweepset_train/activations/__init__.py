"""What a trained network sees in a photo: its feature maps, where it looks, and what each level knows of the answer."""
