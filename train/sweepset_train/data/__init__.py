"""Labelled images: where they come from, how they are split, cached and mixed."""
