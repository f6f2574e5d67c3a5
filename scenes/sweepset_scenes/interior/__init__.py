"""Shared by all furnished rooms: floor plan, openings, layout and light."""
