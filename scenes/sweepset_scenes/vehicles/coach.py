"""Vehicles of one box: city buses, and trucks whose cab stands over the engine before a box on a chassis.

Their lower skin is the whole wall up to the roof; the form's `edge` is the waist below the windows.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import numpy as np

from ..shapes.primitives import Material, Shape, box, join, tube
from . import arches, decals, fittings
from .bodies import BODIES
from .dimensions import draw_dimensions
from .faces import Face, Parts, both, dress_front, dress_rear, plate
from .form import Form
from .glasshouse import FRIT, GLASS_DEPTH
from .outlines import Points, softened
from .services import SERVICES
from .shell import End, Level, Plan, curve, rounding, shell
from .skin import FRONT, REAR, SIDE, View

CAB = (1.75, 2.15)
"""Length of a truck's cab, metres."""
ROUTES = ("27 CENTER", "14 PARK", "8 STADIUM", "41 MARKET", "2 AIRPORT", "17 MUSEUM", "24 PORT", "118 UNIVERSITY")
"""What the signs above buses' windshields say."""


def draw_coach(rng: random.Random, name: str) -> Form:
    """Draw a bus, or a truck's cab with the axles of the whole truck."""
    body, size = BODIES[name], draw_dimensions(rng, name)
    nose, tail = -size.length / 2, size.length / 2
    truck = body.kind == "truck"
    end = nose + rng.uniform(*CAB) if truck else tail
    front_axle = nose + rng.uniform(*body.overhang) * (size.length - size.wheelbase)
    if truck:
        front_axle = nose + rng.uniform(0.55, 0.62) * (end - nose)
    rear_axle = front_axle + size.wheelbase
    top = min(rng.uniform(2.15, 2.45), size.height - 0.3) if truck else size.height
    bottom = size.clearance + (0.12 if truck else 0.04)
    waist = rng.uniform(1.15, 1.3) if truck else rng.uniform(0.98, 1.12)
    lean = rng.uniform(0.18, 0.32) if truck else rng.uniform(0.06, 0.25)
    share = np.linspace(0.0, 1.0, 24)
    at = (waist - bottom) / (top - bottom)
    front = curve([(0, 0.05), (0.1, 0.0), (at, 0.02), (1, lean)], 0.05)(share)
    side = curve([(0, 0.03), (0.1, 0.0), (at, 0.0), (1, rng.uniform(0.04, 0.10))], 0.05)(share)
    rear = curve([(0, 0.05), (0.1, 0.0), (at, 0.0), (1, 0.03 if truck else rng.uniform(0.02, 0.10))], 0.05)(share)
    wall = [
        Level(float(t), float(a - front.min()), float(b - rear.min()), float(c - side.min()))
        for t, a, b, c in zip(share, front, rear, side)
    ]
    up, crown = 0.09, 0.03
    flange = Level(0.0, wall[0].front + 0.1, wall[0].rear + 0.1, wall[0].side + 0.08, 0.0, "under")
    plan = Plan(
        nose, end, size.width / 2 - (0.08 if truck else 0.0),
        End(rng.uniform(0.3, 0.5), rng.uniform(3.6, 5.0)), End(0.2, rng.uniform(4.5, 6.0)),
    )  # fmt: skip
    skin = shell(
        plan,
        [flange, *wall, *rounding(wall[-1], 0.12, up, 0.12)],
        lambda y: np.full_like(y, bottom),
        lambda y: np.full_like(y, top - up - crown),
        lambda y: np.full_like(y, crown),
        0.12,
    )
    level = curve([(nose, waist), (tail, waist)])
    return Form(
        name, body, size, skin, skin, plan, plan, front_axle, rear_axle, nose + 0.2, nose + 0.5, end, end,
        level, level, lambda y: np.full_like(y, top - up - crown), rng.uniform(0.0, 1.0) ** 0.6,
    )  # fmt: skip


def dress_coach(rng: random.Random, form: Form, materials: Mapping[str, Material], lettered: bool = False) -> Parts:
    """Cut and dress a bus, or a truck's cab with its box; letters will fill the box's sides if `lettered`."""
    front, rear = Face(form, rear=False), Face(form, rear=True)
    truck = form.body.kind == "truck"
    top, waist = float(form.rail(np.array(0.0))), float(form.edge(np.array(0.0)))
    if rng.random() < (0.3 if truck else 0.75):
        low = rng.uniform(0.3, 0.8)
        band = [(form.plan.nose - 1, low), (9.0, low), (9.0, waist - 0.02), (form.plan.nose - 1, waist - 0.02)]
        form.lower.dress(form.lower.cut(band, SIDE), "second paint")
    parts = dress_front(rng, front, materials)
    if not truck:
        parts += dress_rear(rng, rear, materials)
        if rng.random() < 0.7:
            _pane(form, REAR, (-0.3, 0.8 * rear.corner), (waist + 0.45, top - 0.25), "rear glass")
    arches.cut_arches(form)
    ahead = (waist + 0.08, top - (0.12 if truck else 0.4))
    start = -0.3 if truck or rng.random() < 0.5 else 0.025  # one windshield, or one on each side of a post
    _pane(form, FRONT, (start, front.corner * rng.uniform(0.92, 1.0)), ahead, "windshield")
    parts += _wipers(front, materials, ahead[0])
    if not truck:
        parts += _sign(rng, form, front, materials, (top - 0.36, top - 0.1))
        parts += _engine_grille(rng, form, rear, materials, (waist, top))
    _windows(rng, form, (waist, top))
    parts += _arms(form, materials, top)
    parts += fittings.underbody(form, materials)
    parts += _cab_inside(form, materials, waist) if truck else _bus_inside(form, materials, top)
    return parts + (_load_box(rng, form, materials, lettered) if truck else _roof_units(rng, form, materials))


def _pane(
    form: Form,
    view: View,
    span: tuple[float, float],
    heights: tuple[float, float],
    glass: str,
    zones: Sequence[str] = ("wall",),
) -> None:
    """Cut a pane with its black rim in."""
    (a, b), (low, high) = span, heights
    outline: Points = [(a, low), (b, low), (b, high), (a, high)]
    form.lower.dress(form.lower.cut(softened(outline, 0.06), view, zones), "frit")
    edge = -1.0 if a < 0 and view != SIDE else a + FRIT
    inner: Points = [(edge, low + FRIT), (b - FRIT, low + FRIT), (b - FRIT, high - FRIT), (edge, high - FRIT)]
    faces = form.lower.cut(softened(inner, 0.05), view, zones)
    form.lower.dress(faces, glass)
    form.lower.recess(faces, GLASS_DEPTH, "seal")


def _wipers(front: Face, materials: Mapping[str, Material], low: float) -> Parts:
    """Lay a wiper on each half of the windshield."""
    path = []
    for arc, z in ((0.72, low + 0.06), (0.42, low + 0.1), (0.1, low + 0.16)):
        (x, y, at), _ = front.bare.spot((arc * front.corner, z), FRONT)
        path.append((float(x), float(y) - 0.016, float(at)))
    return both("body", [tube(materials["plastic"], path, 0.010, 6)])


def _sign(
    rng: random.Random, form: Form, front: Face, materials: Mapping[str, Material], heights: tuple[float, float]
) -> Parts:
    """Make the sign above a bus's windshield, its letters alight, and lamps at the upper corners."""
    low, high = heights
    wide = 0.7 * front.corner
    form.lower.dress(form.lower.cut(softened(_rectangle((-0.3, wide), heights), 0.03), FRONT), "frit")
    text = rng.choice(ROUTES)
    middle = (low + high) / 2
    y0, y1 = (float(front.bare.spot((0.4 * wide, z), FRONT)[0][1]) for z in heights)

    def place(right: float, up: float) -> tuple[float, float, float]:
        return right, y0 + (y1 - y0) * (middle + up - low) / (high - low) - 0.012, middle + up

    size = min(0.13, 1.7 * wide / (0.78 * len(text)))
    letters = decals.stuck(decals.letters(text, size), place, materials["route"])
    marker = box(materials["amber lens"], (-0.07, -0.02, 0.0), (0.07, 0.02, 0.02), 0.008)
    lamps = both("lamp", [front.place(marker, (0.9 * front.corner, high - 0.02), 0.0, 1.0)])
    return [*lamps, *(("body", one) for one in (letters,) if one is not None)]


def _engine_grille(
    rng: random.Random, form: Form, rear: Face, materials: Mapping[str, Material], heights: tuple[float, float]
) -> Parts:
    """Cut the slots of the engine's grille into a bus's rear, and put lamps at its upper corners."""
    waist, top = heights
    wide, count, low = rng.uniform(0.45, 0.62) * rear.corner, rng.randint(4, 7), waist + 0.06
    for k in range(count):
        z = low + 0.05 * k
        slot = form.lower.cut(_rectangle((-0.3, wide), (z, z + 0.026)), REAR)
        form.lower.dress(slot, "dark")
        form.lower.recess(slot, 0.02, "dark")
    marker = box(materials["red lens"], (-0.09, -0.03, 0.0), (0.09, 0.03, 0.02), 0.008)
    return both("lamp", [rear.place(marker, (0.85 * rear.corner, top - 0.12), 0.0, 1.0)])


def _windows(rng: random.Random, form: Form, heights: tuple[float, float]) -> None:
    waist, top = heights
    nose, tail = form.plan.nose, form.plan.tail
    if form.body.kind == "truck":
        start, stop = nose + 0.55, tail - 0.28
        _pane(form, SIDE, (start, stop), (waist + 0.06, top - 0.16), "side glass")
        bottom = form.size.clearance + 0.35
        door = [(start - 0.06, bottom), (stop + 0.06, bottom), (stop + 0.06, top - 0.08), (start - 0.06, top - 0.08)]
        inner = [
            (start - 0.055, bottom + 0.005),
            (stop + 0.055, bottom + 0.005),
            (stop + 0.055, top - 0.085),
            (start - 0.055, top - 0.085),
        ]
        form.lower.dress(form.lower.cut_ring(door, inner, SIDE), "gap")
        return
    low, high = waist + rng.uniform(0.05, 0.2), top - rng.uniform(0.22, 0.4)
    start, stop = nose + 0.62, tail - rng.uniform(0.35, 0.8)
    count = round((stop - start) / rng.uniform(1.2, 1.7))
    pitch = (stop - start) / count
    bays = [(start + k * pitch, start + (k + 1) * pitch - rng.uniform(0.0, 0.01)) for k in range(count)]
    middle = (form.front_axle + form.rear_axle) / 2
    second = min(range(count), key=lambda k: abs(sum(bays[k]) / 2 - middle))
    for k, bay in enumerate(bays):
        if k not in (0, second):
            _pane(form, SIDE, bay, (low, high), "side glass")
    _doors(form, (bays[0], bays[second]), (low, high))


def _doors(form: Form, bays: Sequence[tuple[float, float]], heights: tuple[float, float]) -> None:
    """Make doors of two leaves in some bays of the side towards the kerb, windows in those of the other side."""
    low, high = heights
    skin = form.lower = form.lower.whole()
    for i, x in enumerate(skin.centres(range(len(skin.faces)))[:, 0]):
        if skin.zones[i] == "wall":
            skin.zones[i] = "kerb" if x < 0 else "road"
    bottom = form.size.clearance + 0.1
    for start, stop in bays:
        _pane(form, SIDE, (start, stop), (low, high), "side glass", ("road",))
        ahead = form.front_axle - arches.arch_radius(form) - 0.12
        end = min(stop, ahead) if start < ahead else stop
        skin.dress(skin.cut(_rectangle((start, end), (bottom, high)), SIDE, ("kerb",)), "frit")
        middle = (start + end) / 2
        for leaf in ((start + 0.05, middle - 0.03), (middle + 0.03, end - 0.05)):
            glass = skin.cut(softened(_rectangle(leaf, (bottom + 0.12, high - 0.06)), 0.04), SIDE, ("kerb",))
            skin.dress(glass, "side glass")
            skin.recess(glass, GLASS_DEPTH, "seal")


def _rectangle(span: tuple[float, float], heights: tuple[float, float]) -> Points:
    (a, b), (low, high) = span, heights
    return [(a, low), (b, low), (b, high), (a, high)]


def _arms(form: Form, materials: Mapping[str, Material], top: float) -> Parts:
    """Make large mirrors on arms at the front's corners."""
    x, y, z = form.plan.half, form.plan.nose + 0.25, top - 0.45
    case = box(materials["plastic"], (x + 0.10, y - 0.06, z - 0.22), (x + 0.30, y + 0.03, z + 0.16), 0.03)
    glass = box(materials["mirror"], (x + 0.12, y + 0.03, z - 0.19), (x + 0.28, y + 0.034, z + 0.13), 0.001)
    arm = box(materials["plastic"], (x - 0.18, y - 0.02, z + 0.15), (x + 0.24, y + 0.01, z + 0.18), 0.008)
    return both("mirror", [case, glass, arm])


def _bus_inside(form: Form, materials: Mapping[str, Material], top: float) -> Parts:
    """Make a bus's floor, seats, poles and ceiling."""
    half, nose, tail = form.plan.half - 0.13, form.plan.nose + 0.4, form.plan.tail - 0.3
    made = [
        box(materials["interior"], (-half, nose, 0.42), (half, tail, 0.46), 0.005),
        box(materials["headliner"], (-half, nose + 0.3, top - 0.03), (half, tail, top), 0.005),
    ]
    y = nose + 2.2
    while y < tail - 0.8:
        for x in (-0.72, 0.72):
            made.append(box(materials["cloth"], (x - 0.42, y - 0.42, 0.78), (x + 0.42, y, 0.90), 0.03))
            made.append(box(materials["cloth"], (x - 0.42, y, 0.85), (x + 0.42, y + 0.09, 1.55), 0.03))
        y += 0.82
    made.append(box(materials["cloth"], (0.45, nose + 0.9, 0.9), (0.95, nose + 1.0, 1.75), 0.04))
    made.append(box(materials["interior"], (-half, nose, 0.42), (half, nose + 0.3, 1.05), 0.05))
    return [("interior", join(made))]


def _cab_inside(form: Form, materials: Mapping[str, Material], waist: float) -> Parts:
    half, nose, end = form.plan.half - 0.12, form.plan.nose + 0.35, form.plan.tail - 0.12
    made = [
        box(materials["interior"], (-half, nose, waist - 0.5), (half, end, waist - 0.45), 0.005),
        box(materials["interior"], (-half, nose, waist - 0.5), (half, nose + 0.35, waist + 0.02), 0.05),
        box(materials["interior"], (-half, end - 0.04, waist - 0.5), (half, end, waist + 0.7), 0.01),
    ]
    for x in (-0.55, 0.0, 0.55):
        made.append(
            box(materials["cloth"], (x - 0.25, end - 0.28, waist - 0.35), (x + 0.25, end - 0.16, waist + 0.5), 0.04)
        )
    return [("interior", join(made))]


def _load_box(rng: random.Random, form: Form, materials: Mapping[str, Material], lettered: bool) -> Parts:
    """Make a truck's chassis, its box with doors, guards, and lamps at the rear."""
    half, start, stop = form.size.width / 2, form.plan.tail + rng.uniform(0.06, 0.16), form.size.length / 2 - 0.03
    floor = form.size.tyre + rng.uniform(0.12, 0.2)
    top = form.size.height
    skin = materials["box"]
    made: list[Shape] = [box(skin, (-half, start, floor), (half, stop, top), 0.03)]
    trim = materials["alloy"]
    for x in (-half - 0.004, half - 0.04):
        made.append(box(trim, (x, start, floor - 0.02), (x + 0.044, stop, floor + 0.09), 0.004))
        made.append(box(trim, (x, stop - 0.07, floor), (x + 0.044, stop + 0.012, top), 0.004))
    for low, high in ((floor - 0.02, floor + 0.1), (top - 0.09, top + 0.002)):
        made.append(box(trim, (-half, stop - 0.02, low), (half, stop + 0.012, high), 0.004))
    made.append(box(materials["gap"], (-0.006, stop - 0.01, floor + 0.1), (0.006, stop + 0.002, top - 0.09), 0.0005))
    for x in (-0.35, -0.12, 0.12, 0.35):
        made.append(
            box(materials["chrome"], (x - 0.012, stop, floor + 0.1), (x + 0.012, stop + 0.025, top - 0.09), 0.004)
        )
    if not lettered:
        made += _lettering(rng, materials, half, (start, stop), (floor, top))
    for x in (-0.42, 0.30):
        made.append(
            box(
                materials["under"], (x, form.plan.nose + 0.6, floor - 0.28), (x + 0.12, stop - 0.05, floor - 0.04), 0.01
            )
        )
    bar = box(materials["plastic"], (-half + 0.1, stop - 0.10, 0.42), (half - 0.1, stop + 0.01, 0.56), 0.02)
    tanks = [
        box(
            materials["under"],
            (s * half - 0.45 * (s > 0), -0.6, 0.42),
            (s * half + 0.45 * (s < 0), 0.5, floor - 0.06),
            0.05,
        )
        for s in (-1, 1)
    ]
    flaps = [
        box(
            materials["plastic"],
            (s * half - 0.6 * (s > 0), form.rear_axle + 0.55, 0.25),
            (s * half + 0.6 * (s < 0), form.rear_axle + 0.57, floor),
            0.004,
        )
        for s in (-1, 1)
    ]
    lamps = []
    for k, finish in enumerate(("red lens", "amber lens", "lens")):
        x = half - 0.16 - 0.13 * k
        lamps.append(box(materials[finish], (x - 0.055, stop - 0.06, 0.60), (x + 0.055, stop + 0.022, 0.72), 0.01))
        lamps.append(box(materials["bezel"], (x - 0.065, stop - 0.08, 0.59), (x + 0.065, stop + 0.012, 0.73), 0.005))
    struts = box(materials["under"], (-half + 0.15, stop - 0.3, 0.45), (half - 0.15, stop - 0.06, floor - 0.05), 0.02)
    for x in np.arange(-half + 0.1, half - 0.2, 0.36):
        made.append(box(materials["red lens"], (x, stop, floor + 0.01), (x + 0.18, stop + 0.014, floor + 0.07), 0.001))
    for z in np.linspace(floor + 0.3, top - 0.35, 4):
        for s in (-1, 1):
            hinge = sorted((s * (half - 0.03), s * (half - 0.24)))
            made.append(box(trim, (hinge[0], stop, z), (hinge[1], stop + 0.018, z + 0.07), 0.006))
    lamps += [
        box(materials["red lens"], (x - 0.06, stop, top - 0.07), (x + 0.06, stop + 0.03, top - 0.03), 0.008)
        for x in (0.12, half - 0.12)
    ]
    number = plate(rng, materials).turned(90, "X").turned(180, "Z").moved(y=stop + 0.012, z=0.66)
    return [("body", join([*made, bar, *tanks, *flaps, struts])), *both("lamp", lamps), ("plate", number)]


def _lettering(
    rng: random.Random,
    materials: Mapping[str, Material],
    half: float,
    span: tuple[float, float],
    heights: tuple[float, float],
) -> list[Shape]:
    """Put a firm's name and a band on the sides of most trucks' boxes."""
    if rng.random() < 0.25:
        return []
    (start, stop), (floor, top) = span, heights
    word = rng.choice(SERVICES["delivery"].words)
    size = min(rng.uniform(0.4, 0.7), 0.8 * (stop - start) / (0.78 * len(word)))
    low, tall, z = floor + rng.uniform(0.15, 0.3), rng.uniform(0.12, 0.35), floor + 0.62 * (top - floor)
    made: list[Shape] = []
    for s in (-1, 1):
        place = decals.on_plane(half, (start + stop) / 2, z, mirror=s < 0)
        drawn = decals.stuck(decals.letters(word, size, 0.2), place, materials["second paint"])
        made += [] if drawn is None else [drawn]
        band = (s * half - 0.002, start + 0.05, low), (s * half + 0.002, stop - 0.08, low + tall)
        made.append(box(materials["second paint"], *band, 0.0005))
    return made


def _roof_units(rng: random.Random, form: Form, materials: Mapping[str, Material]) -> Parts:
    """Make the air conditioning on a bus's roof."""
    top = form.size.height
    y = rng.uniform(-0.2, 0.5) * form.plan.tail
    return [
        ("body", box(materials["paint"], (-0.75, y, top - 0.1), (0.75, y + rng.uniform(1.6, 2.8), top + 0.16), 0.08))
    ]
