"""Render frames of a job: the image, and the ground truth as arrays."""
