"""The beds of pickups, cut into the lower body behind the cab: liner, wheelhouses, tailgate, cover and load."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import numpy as np

from ..shapes.primitives import Material, Shape, box, cylinder, join
from .arches import GAP, WELL, arch_radius
from .faces import Face, Parts
from .form import Form
from .skin import PLAN, REAR, SIDE

DEPTH = 0.52
"""Metres from the bed's rail to its floor."""
RAIL = 0.11
"""Width of the rails and of the tailgate's top."""


def cut_bed(rng: random.Random, form: Form, rear: Face, materials: Mapping[str, Material]) -> Parts:
    """Cut the bed, the gap behind the cab and the tailgate's, and fill the bed with what the seed says."""
    skin, half = form.lower, form.plan.half
    start, stop = form.foot + 0.09, form.plan.tail - 0.10
    outline = [
        (-0.2, start),
        (half - RAIL, start),
        (half - RAIL, stop - 0.12),
        (half - RAIL - 0.03, stop),
        (-0.2, stop),
    ]
    faces = skin.cut(outline, PLAN, ("cover", "round"))
    skin.dress(faces, "liner", "bed")
    skin.recess(faces, DEPTH, "liner", along=(0.0, 0.0, 1.0))
    gap = [(form.foot + 0.025, 0.0), (form.foot + 0.045, 0.0), (form.foot + 0.045, 9.0), (form.foot + 0.025, 9.0)]
    skin.dress(skin.cut(gap, SIDE, ("wall", "round", "cover")), "gap")
    at = 0.80 * rear.corner
    gate = [(at, rear.low() + 0.25), (at + GAP, rear.low() + 0.25), (at + GAP, 9.0), (at, 9.0)]
    skin.dress(skin.cut(gate, REAR, ("wall",)), "gap")
    floor = float(form.belt(np.array(form.rear_axle))) - DEPTH
    _wheelhouses(form, faces)
    return _load(rng, form, (start, stop), floor, materials)


def _wheelhouses(form: Form, floor: Sequence[int]) -> None:
    """Lift the bed's floor over the wheels' wells."""
    skin = form.lower
    used = np.unique([v for i in floor for v in skin.faces[i]])
    x, y, z = skin.data[used, :3].T
    over = (np.abs(y - form.rear_axle) < arch_radius(form) + 0.07) & (x > form.plan.half - WELL - 0.13)
    skin.data[used, 2] = np.where(over, np.maximum(z, form.radius + arch_radius(form) + 0.02), z)


def _load(
    rng: random.Random, form: Form, span: tuple[float, float], floor: float, materials: Mapping[str, Material]
) -> Parts:
    kind = rng.choices(("empty", "cover", "crates", "pipes"), (5, 3, 2, 1))[0]
    start, stop = span
    half = form.plan.half - RAIL
    belt = float(form.belt(np.array(form.rear_axle)))
    if kind == "cover":
        return [
            (
                "bed",
                box(materials["canvas"], (-half - 0.02, start, belt - 0.01), (half + 0.02, stop, belt + 0.03), 0.012),
            )
        ]
    made: list[Shape] = []
    if kind == "crates":
        y = start + 0.05
        while y < stop - 0.7:
            for x in (-0.36, 0.36):
                wide, deep, tall = rng.uniform(0.22, 0.33), rng.uniform(0.4, 0.62), rng.uniform(0.25, 0.75)
                if rng.random() < 0.8:
                    made.append(
                        box(
                            materials[rng.choice(("crate", "canvas", "liner"))],
                            (x - wide, y, floor),
                            (x + wide, y + deep, floor + tall),
                            0.01,
                        )
                    )
            y += 0.66
    elif kind == "pipes":
        long = stop - start - 0.1
        for k in range(rng.randint(4, 9)):
            pipe = cylinder(materials["brake"], 0.05, long, 0.003, 16).turned(-90, "X")
            made.append(pipe.moved(-0.35 + 0.115 * (k % 7), start + 0.05, floor + 0.05 + 0.1 * (k // 7)))
    return [("bed", join(made))] if made else []
