"""What needs Blender's Python: every module below imports bpy. The modules beside this folder do not."""
