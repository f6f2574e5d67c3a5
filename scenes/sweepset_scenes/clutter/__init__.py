"""Makers of small things, and where they are placed."""
