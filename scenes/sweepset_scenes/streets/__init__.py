"""Worlds that vehicles stand in: places for vehicles and people, and the hour and weather above them.

A world is a module with a function `build_world(rng, conditions) -> World`: it builds its surroundings into the scene
and returns where vehicles and people fit. `populate.py` puts them there, `daylight.py` lights the scene, and
`scene.py` does all three.
"""
