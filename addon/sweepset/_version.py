"""The version, for Python; a test holds blender_manifest.toml to it."""

__version__ = "0.1.0"
