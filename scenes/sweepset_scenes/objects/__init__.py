"""Objects that lie, lean and float: solids, dropped by Blender's rigid bodies."""
