"""Folders of a user's own 3D models: finding them, having Blender read them, and a page of them."""
