"""The kinds of rooms."""
