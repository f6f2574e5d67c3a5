"""What is seen through a vehicle's glass: seats, dashboard, steering wheel, headliner, and now and then a driver."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

import numpy as np

from ..shapes.primitives import Material, Shape, ball, box, join, lathe, loft, shape, tube
from .arches import WELL, arch_radius
from .faces import Parts, mirrored
from .form import Form
from .glasshouse import pillar_b
from .skin import PLAN

FAR = 99.0
SITTING = 0.84
"""Height of a driver's shape above the seat."""
INSET = 0.05
"""Metres from the cabin's foot to its inner walls."""


def floor_plan(form: Form) -> np.ndarray:
    """Return the right half of the cabin's inside at the belt, from front to rear, (n, 2) of x and y.

    Take it before windows are cut.
    """
    upper = form.upper.data
    wall = upper[
        np.unique([v for face, zone in zip(form.upper.faces, form.upper.zones) if zone == "wall" for v in face])
    ]
    levels = np.unique(np.round(wall[:, 5], 6))
    ring = wall[np.isclose(wall[:, 5], levels[1])]
    ring = ring[np.argsort(ring[:, 3])][:, :2]
    middle = np.array((0.0, ring[:, 1].mean()))
    size = np.array((ring[:, 0].max(), np.ptp(ring[:, 1]) / 2))
    return (ring - middle) * (1 - INSET / size) + middle


def open_cabin(form: Form, plan: np.ndarray) -> None:
    """Cut the cabin's opening into the lower body's cover."""
    outline = [(-0.2, float(plan[0, 1])), *((float(x), float(y)) for x, y in plan[::2]), (-0.2, float(plan[-1, 1]))]
    form.lower.remove(form.lower.cut(outline, PLAN, ("cover", "round")))


def furnish(rng: random.Random, form: Form, plan: np.ndarray, materials: Mapping[str, Material]) -> Parts:
    """Make the inside of a cabin."""
    parts: list[Shape] = [_tub(form, plan, materials["interior"])]
    belt = float(form.belt(np.array(form.cowl + 0.6)))
    reach = float(plan[:, 0].max())
    floor = form.size.clearance + 0.19
    cloth = materials["cloth"]
    seat_z = max(floor + 0.14, min(belt - 0.40, form.size.height - 0.10 - SITTING))
    long_door = form.body.kind == "car" and form.body.doors == 2
    front_y = max(pillar_b(form) - (0.28 if long_door else 0.12), form.header + 0.30)
    rows = [front_y]
    rear_y = float(min(plan[-1, 1] - 0.35, front_y + 0.95, form.rear + 0.05))
    if rear_y - front_y > 0.62 and not form.body.blind:
        rows.append(rear_y)
    for number, y in enumerate(rows):
        roof = float(form.rail(np.array(y + 0.2))) + (0.0 if y + 0.2 < form.rear else -0.1)
        top = min(roof - 0.15, belt + 0.20)
        for side in (-1, 1):
            wide = 0.26 if number == 0 else 0.32
            seat = _seat(cloth, wide, seat_z, top).moved(x=side * reach * 0.5, y=y)
            room = reach * 0.92 if number == 0 else form.plan.half - WELL - 0.13
            parts.append(seat.within((-room, -FAR, 0.0), (room, FAR, FAR)))
    left = reach * 0.5
    dash_y = float(plan[0, 1]) + 0.12
    parts.append(
        box(
            materials["interior"],
            (-reach * 0.93, dash_y, belt - 0.35),
            (reach * 0.93, form.header - 0.15, belt + 0.005),
            0.05,
        )
    )
    wheel_y = max(form.header - 0.05, front_y - 0.52)
    parts.append(_steering_wheel(materials["interior"]).moved(left, wheel_y, belt + 0.02))
    if rng.random() < 0.3:
        parts.append(_driver(materials, rng).moved(left, front_y - 0.05, seat_z))
    return [("interior", join(parts))]


def _tub(form: Form, plan: np.ndarray, material: Material) -> Shape:
    """Make the walls and the floor inside the doors, seen from within."""
    outline = [(float(x), float(y)) for x, y in plan] + [(-float(x), float(y)) for x, y in plan[-2:0:-1]]
    arch, floor = arch_radius(form) + form.radius + 0.06, form.size.clearance + 0.18
    narrow = form.plan.half - WELL - 0.13

    def clear(x: float, y: float) -> float:
        """Return x, nearer to the middle beside the wheels' wells."""
        beside = min(abs(y - axle) for axle in (form.front_axle, form.rear_axle)) < arch_radius(form) + 0.14
        return min(max(x, -narrow), narrow) if beside else x

    rings = [
        [(x, y, float(form.belt(np.array(y))) - 0.03) for x, y in outline],
        [(0.97 * x, y, min(arch, float(form.belt(np.array(y))) - 0.04)) for x, y in outline],
        [(clear(0.97 * x, y), y, arch - 0.05) for x, y in outline],
        [(clear(0.93 * x, y), y, floor) for x, y in outline],
    ]
    hull = loft(material, rings)
    # Without its upper cap the loft, whose rings go down, is a tub whose faces look inwards.
    count = len(outline)
    keep = [i for i, face in enumerate(hull.faces) if not (len(face) == count and 0 in face)]
    return Shape(
        hull.vertices, [hull.faces[i] for i in keep], [hull.uvs[i] for i in keep], [hull.materials[i] for i in keep]
    )


def _seat(material: Material, wide: float, seat_z: float, top: float) -> Shape:
    """Make a seat about x = 0: its cushion, its back at y = 0, leaning, and a headrest."""
    cushion = box(material, (-wide, -0.48, seat_z - 0.14), (wide, 0.02, seat_z + 0.06), 0.05)
    back = box(material, (-wide, 0.0, 0.0), (wide, 0.13, top - seat_z - 0.08), 0.05)
    rest = box(material, (-0.13, 0.03, top - seat_z - 0.06), (0.13, 0.12, top - seat_z + 0.12), 0.035)
    return cushion + (back + rest).turned(-14, "X").moved(z=seat_z)


def _steering_wheel(material: Material) -> Shape:
    turns = np.linspace(0, 2 * math.pi, 21)[:-1]
    ring = [
        [
            (
                (0.185 + 0.014 * math.cos(s)) * math.cos(t),
                (0.185 + 0.014 * math.cos(s)) * math.sin(t),
                0.014 * math.sin(s),
            )
            for s in np.linspace(2 * math.pi, 0, 7)[:-1]
        ]
        for t in turns
    ]
    rim = loft(material, ring, closed=True)
    hub = lathe(material, [(0.06, -0.02), (0.06, 0.02), (0.03, 0.035)], 12)
    spokes = box(material, (-0.18, -0.02, -0.01), (0.18, 0.02, 0.01), 0.005)
    return (rim + hub + spokes).turned(62, "X")


def _driver(materials: Mapping[str, Material], rng: random.Random) -> Shape:
    """Make a driver's shape about the seat's back: trunk, arms, head."""
    cloth, skin = materials["cloth"], materials["skin"]
    trunk = ball(cloth, 1.0, 14).scaled(0.21, 0.13, 0.32).turned(-12, "X").moved(y=-0.06, z=0.28)
    head = ball(skin, 1.0, 14).scaled(0.078, 0.10, 0.12).moved(y=-0.06, z=0.70)
    hair = ball(materials["interior"], 1.0, 12).scaled(0.083, 0.10, 0.10).moved(y=-0.035, z=0.735)
    neck = tube(skin, [(0, -0.02, 0.5), (0, -0.05, 0.66)], 0.05)
    arms = [
        tube(cloth, [(s * 0.2, -0.05, 0.46), (s * 0.25, -0.2, 0.26), (s * 0.16, -0.46, 0.32)], 0.042) for s in (-1, 1)
    ]
    return join([trunk, head, hair, neck, *arms]).scaled(1.0, 1.0, rng.uniform(0.92, 1.04))


def headliner(form: Form, material: Material) -> Parts:
    """Line the roof from below, a little smaller than it."""
    chosen = [i for i, zone in enumerate(form.upper.zones) if zone == "cover"]
    used = np.unique([v for i in chosen for v in form.upper.faces[i]])
    place = {int(v): k for k, v in enumerate(used)}
    points = form.upper.points[used] * (0.98, 1.0, 1.0) - (0.0, 0.0, 0.02)
    faces = [tuple(place[v] for v in reversed(form.upper.faces[i])) for i in chosen]
    right = shape(material, points, faces)
    return [("interior", right), ("interior", mirrored(right))]
