"""Train and compare segmentation models on photos and renders."""
