"""Modules that run in Blender's Python: all in this folder may import bpy, those beside it may not."""
