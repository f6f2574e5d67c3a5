"""Shader-node materials, painted images, and a room's materials by role."""
