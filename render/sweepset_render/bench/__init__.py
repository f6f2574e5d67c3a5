"""Measure what ground truth and quality presets cost."""
