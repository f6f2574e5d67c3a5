"""Shared by the commands `sweepset` and `sweepset-train` on the host. Blender's side never imports it."""
