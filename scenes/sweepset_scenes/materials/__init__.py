"""Shader-node materials, painted images, colour schemes, and the materials of a room by role."""
