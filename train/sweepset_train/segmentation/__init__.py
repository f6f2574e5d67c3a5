"""The task of semantic segmentation."""
