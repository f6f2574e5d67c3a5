"""The beds of pickups, cut into the lower body behind the cab: liner, wheelhouses, tailgate, cover and load."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import numpy as np

from ..shapes.primitives import Material, Shape, box, cylinder, join, tube
from .arches import GAP, WELL, arch_radius
from .faces import Face, Parts, both
from .form import Form
from .skin import PLAN, REAR, SIDE, Skin, View, edges

DEPTH = 0.52
"""Metres from the bed's rail to its floor."""
RAIL = 0.11
"""Width of the rails and of the tailgate's top."""
GATE = 0.10
"""Metres that the tailgate is thick."""
ACROSS: View = (0, 2)
"""The view from behind, not unrolled."""


def cut_bed(rng: random.Random, form: Form, rear: Face, materials: Mapping[str, Material]) -> tuple[Parts, bool]:
    """Cut the bed, the gap behind the cab and the tailgate's, and fill the bed with what the seed says.

    Return also whether the tailgate may stand open: there is no cover.
    """
    skin, half = form.lower, form.plan.half
    start, stop = form.foot + 0.09, form.plan.tail - GATE
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
    kind = rng.choices(("empty", "cover", "crates", "pipes"), (5, 3, 2, 1))[0]
    return _load(rng, form, kind, (start, stop), floor, materials), kind != "cover"


def open_tailgate(form: Form, rear: Face, parts: Parts, materials: Mapping[str, Material]) -> tuple[Parts, Skin]:
    """Take the tailgate out of the skin and let it down, with what is fixed to it; return all parts and the gate."""
    skin, stop = form.lower, form.plan.tail - GATE
    wide = float(rear.bare.spot((0.785 * rear.corner, rear.seam + 0.1), REAR)[0][0])
    liner = [v for face, finish in zip(skin.faces, skin.finish) if finish == "liner" for v in face]
    floor = float(skin.data[liner, 2].min())
    low = max(rear.seam, floor + 0.02)
    tail = [i for i, y in enumerate(skin.centres(range(len(skin.faces)))[:, 1]) if y > stop - 1e-4]
    for i in tail:
        skin.zones[i] = "tail"
    chosen = skin.cut([(-0.1, low), (wide, low), (wide, 9.0), (-0.1, 9.0)], ACROSS, ("tail",))
    own = edges(skin.faces[i] for i in chosen)
    gone = set(chosen)
    others = edges(face for i, face in enumerate(skin.faces) if i not in gone)
    rim = {a: b for a, b in own if (b, a) in others}
    path = [next(iter(rim.keys() - set(rim.values())))]
    while path[-1] in rim:
        path.append(rim[path[-1]])
    upright = [k for k, v in enumerate(path) if skin.data[v, 0] > wide - 1e-4]
    first, last = upright[0], upright[-1]
    caps = [path[first : last + 1], path[: first + 1] + path[last:]]
    finish = [skin.finish[i] for i in chosen]
    gate = Skin(
        skin.data.copy(),
        [skin.faces[i] for i in chosen] + [cap[::-1] for cap in caps],
        ["gate"] * (len(chosen) + 2),
        [*finish, "paint", "paint"],
    )
    hinge = float(skin.data[path, 1].max())

    def lowered(points: np.ndarray) -> np.ndarray:
        x, y, z = points.T
        return np.column_stack((x, hinge + 0.045 + z - low, low + stop + 0.02 - y))

    gate.data[:, :3] = lowered(gate.points)
    skin.remove(chosen)
    for cap, name in zip(caps, ("paint", "liner")):
        skin.add(cap, "inside", name)
    moved: Parts = []
    for name, one in parts:
        x, y, z = one.vertices.mean(axis=0)
        on_gate = y > stop and z > low and abs(x) < wide and name != "lamp"
        moved.append((name, one.bent(lowered) if on_gate else one))
    top = rear.top(0.0)
    stay = tube(
        materials["plastic"],
        [(wide - 0.005, hinge - 0.07, low + 0.7 * (top - low)), (wide - 0.03, hinge + 0.6 * (top - low), low + 0.01)],
        0.006,
        6,
    )
    return moved + both("body", [stay]), gate


def _wheelhouses(form: Form, floor: Sequence[int]) -> None:
    """Lift the bed's floor over the wheels' wells."""
    skin = form.lower
    used = np.unique([v for i in floor for v in skin.faces[i]])
    x, y, z = skin.data[used, :3].T
    over = (np.abs(y - form.rear_axle) < arch_radius(form) + 0.07) & (x > form.plan.half - WELL - 0.13)
    skin.data[used, 2] = np.where(over, np.maximum(z, form.radius + arch_radius(form) + 0.02), z)


def _load(
    rng: random.Random,
    form: Form,
    kind: str,
    span: tuple[float, float],
    floor: float,
    materials: Mapping[str, Material],
) -> Parts:
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
