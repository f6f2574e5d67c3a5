"""Scripts that the host runs in Blender's Python, all started by `bootstrap.py`."""
