"""Sweepset inside Blender: labels, passes, sweeps, and the layout of a dataset."""

__version__ = "0.1.0"
