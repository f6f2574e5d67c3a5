"""Procedural scenes, built by code in Blender and labelled at creation."""
