"""A scene of your own: sweepset render docs/examples/own_scene.py --sweep orbit"""

import random

from sweepset_scenes import light_sources
from sweepset_scenes.materials.shaders import plain, srgb
from sweepset_scenes.shapes.primitives import ball, box, place, spot

TAXONOMY = {
    "name": "toys",
    "categories": [{"id": 1, "name": "floor", "isthing": False}, {"id": 2, "name": "box"}, {"id": 3, "name": "ball"}],
}


def build(seed: int) -> None:
    """Put a box and a ball on a floor; the seed decides where."""
    rng = random.Random(seed)
    grey, red, blue = (plain(name, srgb(code)) for name, code in (("a", 0x999999), ("b", 0xC03A2B), ("c", 0x2A5DB0)))
    place("floor", box(grey, (-3, -3, -0.1), (3, 3, 0)), "floor")
    place(
        "box", box(red, (-0.3, -0.3, 0), (0.3, 0.3, 0.6)), "box", spot(-0.5, rng.uniform(-1, 1), 0, rng.uniform(0, 90))
    )
    place("ball", ball(blue, 0.3), "ball", spot(0.5, rng.uniform(-1, 1), 0.3))
    light_sources.sun(bearing=40, elevation=50, strength=4)
