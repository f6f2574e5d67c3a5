"""Sweeps: many runs of an experiment with other settings, planned, pruned and explained by Optuna."""
