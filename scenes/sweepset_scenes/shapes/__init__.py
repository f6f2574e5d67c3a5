"""Meshes from shapes: makers return a `Shape`, which knows no room and no category."""
