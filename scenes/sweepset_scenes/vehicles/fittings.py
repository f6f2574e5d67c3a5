"""What is fixed to a body: mirrors, handles, wipers, exhausts, roof rails, antennas, the underbody."""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np

from ..shapes.primitives import Material, Shape, ball, box, cylinder, join, smooth, tube
from .arches import WELL
from .faces import Parts, both
from .form import Form
from .glasshouse import pillar_b, pillar_c
from .skin import FRONT, REAR, SIDE


def mirrors(rng: random.Random, form: Form, at: tuple[float, float], materials: Mapping[str, Material]) -> Parts:
    """Make the mirrors at the (y, z) of the front side window's lower corner."""
    y, z = at
    foot, _ = form.upper.spot((y + 0.05, z + 0.05), SIDE, ("wall", "inside"))
    large = 1.25 if form.body.kind in ("pickup", "van", "suv") else 1.0
    wide, tall = rng.uniform(0.20, 0.24) * large, rng.uniform(0.125, 0.15) * large
    shell = materials["paint"] if rng.random() < 0.7 else materials["plastic"]
    case = _pebble(shell).scaled(wide / 2, 0.075, tall / 2)
    glass = box(materials["mirror"], (-0.40 * wide, 0.045, -0.36 * tall), (0.40 * wide, 0.052, 0.36 * tall), 0.002)
    # The case's rear is cut flat, so that the glass lies open.
    case = case.bent(lambda p: np.column_stack((p[:, 0], np.minimum(p[:, 1], 0.048), p[:, 2])))
    head = (case + glass).turned(-8, "Z").moved(foot[0] + 0.05 + wide / 2, foot[1], foot[2] + 0.035 + tall * 0.25)
    arm = box(
        materials["plastic"],
        (foot[0] - 0.02, foot[1] - 0.035, foot[2] - 0.01),
        (foot[0] + 0.09, foot[1] + 0.03, foot[2] + 0.03),
        0.01,
    )
    return both("mirror", [head, arm])


def _pebble(material: Material) -> Shape:
    """Make a rounded box of half size 1."""
    round_ = ball(material, 1.0, 20)
    return round_.bent(lambda p: p / (np.abs(p) ** 3.2).sum(axis=1, keepdims=True) ** (1 / 3.2))


def handles(rng: random.Random, form: Form, materials: Mapping[str, Material]) -> Parts:
    """Make the door handles."""
    ends = [pillar_b(form) - 0.06]
    if form.body.doors == 4:
        ends.append(pillar_c(form) - 0.10)
    finish = materials[rng.choice(("paint", "paint", "chrome", "plastic"))]
    long, drop = rng.uniform(0.17, 0.22), rng.uniform(0.05, 0.09)
    made = []
    for end in ends:
        y = end - long / 2
        z = float(form.edge(np.array(y))) - drop
        (x, *_), _ = form.lower.spot((y, z), SIDE)
        made.append(box(finish, (x + 0.012, y - long / 2, z - 0.014), (x + 0.034, y + long / 2, z + 0.014), 0.009))
        made += [
            box(
                finish,
                (x - 0.02, y + s * long * 0.4 - 0.02, z - 0.012),
                (x + 0.02, y + s * long * 0.4 + 0.02, z + 0.012),
                0.004,
            )
            for s in (-1, 1)
        ]
        made.append(box(materials["gap"], (x - 0.02, y - 0.05, z - 0.022), (x + 0.003, y + 0.05, z + 0.022), 0.001))
    return both("body", made)


def wipers(form: Form, materials: Mapping[str, Material]) -> Parts:
    """Lay two wipers on the foot of the windshield."""
    made = []
    for start, stop in ((-0.55, 0.02), (0.05, 0.62)):
        path = []
        for share in (0.0, 0.5, 1.0):
            x = start + share * (stop - start)
            z = float(form.belt(np.array(form.cowl + 0.2))) + 0.035 + 0.03 * share
            at = form.upper.spot((abs(x), z), FRONT, ("wall", "inside"))[0]
            path.append((x, float(at[1]) - 0.012, float(at[2]) + 0.008))
        made.append(tube(materials["plastic"], smooth(path, 4), 0.007, 6))
    return [("body", join(made))]


def rear_trim(rng: random.Random, form: Form, materials: Mapping[str, Material]) -> Parts:
    """Put a third brake lamp above the rear window, and a wiper on it where the tail is upright."""
    if form.body.blind:
        return []
    heights = [form.upper.points[v, 2] for v in _on_rear_glass(form)]
    low, high = min(heights), max(heights)
    at = form.upper.spot((0.0, high + 0.012), REAR, ("wall", "inside"))[0]
    wide = rng.uniform(0.10, 0.22)
    box_ = box(materials["red lens"], (-wide, at[1] - 0.03, at[2] - 0.009), (wide, at[1] + 0.012, at[2] + 0.009), 0.004)
    parts: Parts = [("lamp", box_)]
    if form.foot > form.plan.tail - 0.25 and rng.random() < 0.75:
        path = []
        for share in (0.0, 0.5, 1.0):
            z = low + 0.02 + 0.03 * share
            at = form.upper.spot((0.32 * share, z), REAR, ("wall", "inside"))[0]
            path.append((0.32 * share, float(at[1]) + 0.014, float(at[2]) + 0.006))
        parts.append(("body", tube(materials["plastic"], smooth(path, 4), 0.007, 6)))
    return parts


def _on_rear_glass(form: Form) -> set[int]:
    skin = form.upper
    return {v for face, finish in zip(skin.faces, skin.finish) if finish == "rear glass" for v in face}


def underbody(form: Form, materials: Mapping[str, Material]) -> Parts:
    """Close the body from below between the wells, and hang exhausts under its tail."""
    size = form.size
    z = size.clearance + 0.055
    inner = form.plan.half - WELL - 0.06
    radius = form.radius * 1.25
    nose, tail = form.plan.nose + 0.22, form.plan.tail - 0.24
    wide = form.plan.half - 0.13
    pans = [
        box(materials["under"], (-inner, nose, z), (inner, tail, z + 0.14), 0.01),
        box(materials["under"], (-wide, form.front_axle + radius, z), (wide, form.rear_axle - radius, z + 0.09), 0.01),
    ]
    return [("body", join(pans))]


def exhausts(rng: random.Random, form: Form, materials: Mapping[str, Material]) -> Parts:
    """Make one tail pipe, or two."""
    radius, at = rng.uniform(0.022, 0.034), form.plan.half * rng.uniform(0.5, 0.7)
    pipe = cylinder(materials["under"], 0.8 * radius, 0.5).moved(z=0.02)
    tip = cylinder(materials["brake"], radius, 0.07, 0.003)
    hole = cylinder(materials["dark"], 0.8 * radius, 0.01).moved(z=-0.001)
    # It ends just below the bumper, whose corners are drawn back.
    end = form.plan.tail - 0.14
    one = (pipe + tip + hole).turned(90, "X").moved(at, end, form.size.clearance + 0.115)
    return both("body", [one]) if rng.random() < 0.35 else [("body", one)]


def roof_rails(rng: random.Random, form: Form, materials: Mapping[str, Material]) -> Parts:
    """Make rails along the roof's sides."""
    finish = materials[rng.choice(("plastic", "alloy", "plastic"))]
    start, stop = form.header + 0.2, form.rear - 0.12
    path = []
    for k, share in enumerate(np.linspace(0.0, 1.0, 7)):
        y = start + share * (stop - start)
        column = form.upper.data
        near = column[np.abs(column[:, 1] - y) < 0.08]
        rail = float(form.rail(np.array(y)))
        edge = near[near[:, 2] > rail + 0.02]
        x = float(edge[:, 0].max()) - 0.015
        up = 0.0 if k in (0, 6) else 0.045
        path.append((x, y, rail + 0.035 + up))
    return both("body", [tube(finish, smooth(path, 3), 0.014, 8)])


def antenna(rng: random.Random, form: Form, materials: Mapping[str, Material]) -> Parts:
    """Make a short mast or a fin at the rear of the roof."""
    y = form.rear - 0.3
    near = form.upper.points[np.abs(form.upper.points[:, 1] - y) < 0.1]
    top = float(near[:, 2].max())
    if rng.random() < 0.5:
        return [
            (
                "body",
                tube(
                    materials["plastic"],
                    [(0, y, top - 0.02), (0, y + rng.uniform(0.05, 0.15), top + rng.uniform(0.12, 0.25))],
                    [0.008, 0.003],
                    6,
                ),
            )
        ]
    fin = _pebble(materials["paint"]).scaled(0.022, 0.07, 0.035).moved(0, y, top + 0.008)
    return [("body", fin)]
