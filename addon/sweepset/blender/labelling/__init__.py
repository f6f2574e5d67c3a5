"""Propose labels, show them, and find missing ones."""
