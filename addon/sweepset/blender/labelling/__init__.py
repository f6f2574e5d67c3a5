"""Propose labels, show them, and find what they miss."""
