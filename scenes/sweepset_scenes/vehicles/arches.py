"""Wheel arches and wells, sills, doors and other lines of the lower body's sides."""

from __future__ import annotations

import random

import numpy as np

from .form import Form
from .glasshouse import pillar_b, pillar_c
from .outlines import Points, circle, grown, softened
from .skin import SIDE

WELL = 0.34
"""Metres that a wheel well is deep."""
GAP = 0.0045
"""Width of the gaps round doors."""


def flare(rng: random.Random, form: Form) -> None:
    """Bulge the uncut wall around the wheels."""
    by, wide = rng.uniform(0.006, 0.022), rng.uniform(0.07, 0.12)
    data = form.lower.data
    wall = np.unique([v for face, zone in zip(form.lower.faces, form.lower.zones) if zone != "cover" for v in face])
    for axle in (form.front_axle, form.rear_axle):
        y, z = data[wall, 1] - axle, data[wall, 2] - form.radius
        distance = np.hypot(y, z)
        lift = np.exp(-(((distance - arch_radius(form)) / wide) ** 2)) * (data[wall, 0] > 0.6 * form.plan.half)
        data[wall, 0] += by * lift * np.clip((form.plan.half + 0.002 - data[wall, 0]) / 0.02, 0, 1)


def arch_radius(form: Form) -> float:
    """Return the radius of the wheel arches' openings."""
    return form.radius * 1.10 + (0.045 if form.body.kind in ("pickup", "truck", "suv") else 0.025)


def cut_arches(form: Form, cladding: float = 0.0) -> None:
    """Cut the wheel arches and push their wells in; with `cladding`, a rim of plastic of that width is round them."""
    radius = arch_radius(form)
    for axle in (form.front_axle, form.rear_axle):
        at = (axle, form.radius - 0.01)
        if cladding:
            form.lower.dress(form.lower.cut(circle(at, radius + cladding), SIDE, ("wall", "under")), "plastic")
        faces = form.lower.cut(circle(at, radius), SIDE, ("wall", "under"))
        form.lower.dress(faces, "well", "well")
        form.lower.recess(faces, WELL, "well", along=(1.0, 0.0, 0.0))


def cut_sills(rng: random.Random, form: Form, cladding: bool) -> None:
    """Dress the lowest strip of the sides in plastic."""
    high = form.size.clearance + (rng.uniform(0.12, 0.18) if cladding else rng.uniform(0.05, 0.075))
    start, stop = form.front_axle + 0.1, form.rear_axle - 0.1
    strip = [(start, 0.0), (stop, 0.0), (stop, high), (start, high)]
    form.lower.dress(form.lower.cut(strip, SIDE, ("wall", "under")), "plastic")


def door_outlines(form: Form) -> list[Points]:
    """Return the outlines of the doors below the belt, in side view."""
    radius = arch_radius(form)
    front = form.front_axle + radius + 0.10
    b_pillar, c_pillar = pillar_b(form), pillar_c(form)
    bottom = form.size.clearance + 0.10
    top = 0.02

    def belt(y: float) -> float:
        return float(form.edge(np.array(y))) + top

    outlines = [[(front, bottom), (b_pillar, bottom), (b_pillar, belt(b_pillar)), (front - 0.02, belt(front))]]
    if form.body.doors == 4:
        around, centre = radius + 0.045, form.radius - 0.01
        turns = np.radians(np.linspace(170, 112, 6))
        rear = [(form.rear_axle + around * float(np.cos(t)), centre + around * float(np.sin(t))) for t in turns]
        ahead = b_pillar + GAP
        outlines.append(
            [(ahead, bottom), (rear[0][0], bottom), *rear, (c_pillar + 0.02, belt(c_pillar)), (ahead, belt(ahead))]
        )
    return [softened(outline, 0.06, 3) for outline in outlines]


def between_doors(low: float) -> Points:
    """Return the gap between two doors of a rear, from a height up."""
    return [(-0.1, low), (GAP / 2, low), (GAP / 2, 9.0), (-0.1, 9.0)]


def cut_doors(form: Form) -> None:
    """Cut the gaps round the doors."""
    for outline in door_outlines(form):
        form.lower.dress(form.lower.cut_ring(outline, grown(outline, -GAP), SIDE, ("wall", "round")), "gap")
