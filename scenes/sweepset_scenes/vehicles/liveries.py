"""How services look: bands and doors in a second colour, checks, letters, signs and light bars; stickers of others."""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np

from ..shapes.primitives import Material, Shape, box
from .arches import arch_radius, door_outlines
from .decals import Place, Quad, Surface, across_plane, checks, letters, on_plane, rectangle, stuck
from .faces import Parts
from .form import Form
from .glasshouse import pillar_b
from .services import SERVICES
from .skin import SIDE

MAKES = ("TORVA", "KELDO", "BRENIX", "MIRUN", "OSTRA", "PELLO 4", "SOLVEN", "TARI 7")
"""Names of makes and models, all invented."""
SIGN_AT = 0.35
"""Where the roof's sign stands, as a share of the way from the windshield's top to the rear."""


def paint_pattern(rng: random.Random, form: Form, name: str) -> str:
    """Draw a service's pattern, and cut what of it is paint into the skin: before doors are cut."""
    pattern = rng.choice(SERVICES[name].pattern)
    skin = form.lower
    if pattern == "doors":
        skin.dress(skin.cut(door_outlines(form)[0], SIDE, ("wall", "round")), "second paint")
    elif pattern == "band" and not form.body.one_box:
        high = float(form.edge(np.array(form.rear_axle))) - rng.uniform(0.08, 0.16)
        low = high - rng.uniform(0.08, 0.24)
        nose, tail = form.plan.nose + 0.25, form.plan.tail + 1.0
        band = [(nose, low - 0.03), (form.cowl, low), (tail, low), (tail, high), (form.cowl, high), (nose, high - 0.06)]
        skin.dress(skin.cut(band, SIDE), "second paint")
    return pattern


def serve(
    rng: random.Random, form: Form, name: str, pattern: str, surface: Surface,
    materials: Mapping[str, Material],
) -> Parts:  # fmt: skip
    """Make what stands and sticks on a vehicle that does a service."""
    word, ink = rng.choice(SERVICES[name].words), materials["livery ink"]
    made: list[Shape | None] = []
    for mirror in (False, True):
        place, wide, tall = _panel(form, surface, mirror)
        largest = 0.55 if form.body.blind or form.body.one_box else 0.17
        size = min(0.5 * tall, 0.9 * wide / (0.78 * len(word)), largest)
        made.append(stuck(letters(word, size), place, ink))
        if pattern == "checks":
            made.append(stuck(_strip(form, wide, size, tall), place, ink))
    parts: Parts = [("body", one) for one in made if one is not None]
    if name == "taxi":
        parts += _sign(form, surface, materials)
    elif name in ("police", "ambulance"):
        parts += _light_bar(form, surface, materials)
    return parts


def _panel(form: Form, surface: Surface, mirror: bool) -> tuple[Place, float, float]:
    """Return the largest free panel of a side: places about its middle, its width and height."""
    if form.body.kind == "truck":
        start, stop, half = form.plan.tail + 0.2, form.size.length / 2 - 0.1, form.size.width / 2 + 0.003
        low, high = form.size.tyre + 0.4, form.size.height - 0.2
        return on_plane(half, (start + stop) / 2, (low + high) / 2, mirror), stop - start, high - low
    if form.body.blind:
        start, stop = pillar_b(form) + 0.15, form.plan.tail - 0.45
        low = float(form.belt(np.array(form.rear_axle))) - 0.1
        high = float(form.rail(np.array((start + stop) / 2))) - 0.16
    else:
        start = form.front_axle + arch_radius(form) + 0.16
        stop = form.rear_axle - arch_radius(form) - 0.10
        low = form.size.clearance + 0.22
        high = float(form.edge(np.array(0.0))) - 0.11
    return surface.side((start + stop) / 2, (low + high) / 2, mirror), stop - start, high - low


def _strip(form: Form, wide: float, size: float, tall: float) -> list[Quad]:
    """Return the strip of checks above the letters of a panel, or below those of a truck's or a van's."""
    large = form.body.blind or form.body.one_box
    side = 0.11 if large else 0.055
    up = -0.5 * tall + 1.1 * side if large else min(0.5 * size + 1.6 * side, 0.5 * tall)
    return [[(x, y + up) for x, y in quad] for quad in checks(wide, side)]


def _roof(form: Form, surface: Surface) -> tuple[float, float]:
    """Return the place of what stands on the roof: its y and the height there."""
    if form.body.one_box:
        y = (form.plan.nose + form.plan.tail) / 2
    else:
        y = form.header + SIGN_AT * (form.rear - form.header)
    return y, surface.top(0.45, y)


def _sign(form: Form, surface: Surface, materials: Mapping[str, Material]) -> Parts:
    y, z = _roof(form, surface)
    middle = surface.top(0.0, y)
    made = box(materials["sign"], (-0.26, y - 0.075, z - 0.01), (0.26, y + 0.075, middle + 0.16), 0.03)
    foot = box(materials["plastic"], (-0.22, y - 0.06, z - 0.02), (0.22, y + 0.06, middle + 0.03), 0.005)
    words = []
    for y_face, rear in ((y - 0.075, False), (y + 0.075, True)):
        words.append(stuck(letters("TAXI", 0.085), across_plane(y_face, middle + 0.095, rear), materials["ink"]))
    return [("lamp", made), ("body", foot), *(("lamp", one) for one in words if one is not None)]


def _light_bar(form: Form, surface: Surface, materials: Mapping[str, Material]) -> Parts:
    y, z = _roof(form, surface)
    middle = surface.top(0.0, y)
    half = min(0.62, 0.36 * form.size.width)
    base = box(materials["plastic"], (-half, y - 0.13, z - 0.01), (half, y + 0.13, middle + 0.055), 0.01)
    lamps = [
        box(materials[finish], (a * half, y - 0.15, middle + 0.05), (b * half, y + 0.15, middle + 0.15), 0.03)
        for finish, a, b in (("beacon", -1.02, -0.3), ("lens", -0.30, 0.30), ("second beacon", 0.3, 1.02))
    ]
    return [("body", base), *(("lamp", one) for one in lamps)]


def model_name(rng: random.Random, form: Form, surface: Surface, materials: Mapping[str, Material]) -> Parts:
    """Put the name of an invented make on the rear, in chrome."""
    size = rng.uniform(0.045, 0.06) if form.body.bed else rng.uniform(0.024, 0.034)
    x = rng.choice((-0.42, 0.42)) * form.size.width / 1.8
    place = surface.rear(x, float(form.edge(np.array(form.plan.tail))) - rng.uniform(0.07, 0.12))
    made = stuck(letters(rng.choice(MAKES), size), place, materials["chrome"])
    return [("body", made)] if made is not None else []


def stickers(rng: random.Random, form: Form, surface: Surface, materials: Mapping[str, Material]) -> Parts:
    """Stick one to three patches of some colours on the rear's or the sides' paint."""
    made: list[Shape | None] = []
    for _ in range(rng.randint(1, 3)):
        wide, high = rng.uniform(0.05, 0.16), rng.uniform(0.03, 0.09)
        patch = rectangle(-wide / 2, -high / 2, wide, high)
        ink = rectangle(-0.35 * wide, -0.15 * high, 0.7 * wide, 0.3 * high)
        x, z = rng.uniform(-0.55, 0.55), form.size.clearance + rng.uniform(0.22, 0.45)
        place = surface.rear(x, z)
        if rng.random() < 0.3:
            y = form.rear_axle + rng.uniform(-0.1, 0.3)
            height = float(form.edge(np.array(y))) - rng.uniform(0.1, 0.16)
            place = surface.side(y, height, mirror=rng.random() < 0.5)
        made.append(stuck([patch], place, materials["sticker"]))
        made.append(stuck([ink], _raised(place), materials["sticker ink"]))
    return [("body", one) for one in made if one is not None]


def _raised(place: Place) -> Place:
    """Return places a little further out than those given."""

    def raised(right: float, up: float) -> tuple[float, float, float] | None:
        found = place(right, up)
        return None if found is None else (found[0] * 1.002, found[1] * 1.001, found[2])

    return raised
