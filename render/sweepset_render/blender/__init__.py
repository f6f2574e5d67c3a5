"""Find, install and run Blender from the host; nothing here imports bpy."""
