"""Plan frames, run Blender, collect and check datasets."""
