"""Vary an opened scene by seed, variation and strength."""
