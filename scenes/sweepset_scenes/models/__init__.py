"""A user's own 3D models in Blender: reading their files into one mesh each, and keeping what was read."""
