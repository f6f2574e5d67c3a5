"""The scene of a user's own models: drawn by weight, put where a setting says, and settled by physics."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix, Vector

from sweepset import models as own
from sweepset import taxonomy
from sweepset.blender import labels
from sweepset.blender.capture.rendering import LAYOUT_KEY
from sweepset.blender.placement import CLOSE_UP_KEY
from sweepset.errors import SweepsetError
from sweepset.findings import Finding
from sweepset.models import Models

from . import heap, things
from .parameters import Objects
from .settings import SETTINGS, Place
from .things import Thing

LARGEST = {"tabletop": 0.6, "shelf": 0.6, "conveyor": 1.0}
"""Metres of the largest side of a model in settings that have a size of their own."""


def build(
    seed: int, models: Mapping[str, Any], layout: Sequence[Any] | None = None, **parameters: Any
) -> list[Finding]:
    """Build a layout of models into the current scene, with a taxonomy of their categories; return the findings.

    With a `layout`, as an earlier build of the same seed recorded it, things are put there without physics.
    """
    asked, known = Objects(**parameters), Models.from_json(models)
    scene = bpy.context.scene
    kinds = taxonomy.parse(known.taxonomy(), "models")
    labels.write_taxonomy(scene, taxonomy.default())  # that of rooms and clutter, until all of it is background
    rng = random.Random(f"objects {seed}")
    made = _make(rng, asked, known)
    fit, left_out = _fitting(asked.setting, made)
    half = heap.area(fit, asked.occlusion)
    tall = 2 * max(thing.radius for thing in fit)
    _allow_background(scene)
    place = SETTINGS[asked.setting](rng, half, tall)
    at = _recorded(layout) if layout else _settle(fit, place, _start(rng, asked, place, fit))
    left = _put(fit, at)
    labels.write_taxonomies(kinds)
    things.label_background(list(bpy.data.objects), kinds.category(own.BACKGROUND))
    labels.set_category(scene.world, kinds.category(own.BACKGROUND))
    scene[LAYOUT_KEY] = json.dumps([None if spot is None else [x for row in spot for x in row] for spot in at])
    _tell_cameras(scene, left, place.lowest)
    return [*(Finding(**row) for row in known.findings), *left_out]


def _settle(fit: Sequence[Thing], place: Place, start: Sequence[Matrix | None]) -> list[Matrix | None]:
    """Return the transforms of the things' objects at rest, None for those without a place, or that fell off."""
    falling = [(thing, spot) for thing, spot in zip(fit, start) if spot is not None]
    spots = [spot for _, spot in falling]
    if place.falls:
        spots = heap.settle([thing for thing, _ in falling], spots, place.fixed)
    rest = {
        thing: spot @ Matrix.Translation(-thing.middle)
        for (thing, _), spot in zip(falling, spots, strict=True)
        if not place.falls or _lies(thing, spot, place)
    }
    return [rest.get(thing) for thing in fit]


def _put(fit: Sequence[Thing], at: Sequence[Matrix | None]) -> list[Thing]:
    """Move the things' objects to where they are, remove those that have no place, and return the others."""
    left = []
    for thing, spot in zip(fit, at, strict=True):
        if spot is None:
            _remove(thing)
        else:
            thing.item.matrix_world = spot
            left.append(thing)
    bpy.context.view_layer.update()
    return left


def _allow_background(scene: bpy.types.Scene) -> None:
    """Let settings label what they make as background, beside the categories of rooms."""
    default = taxonomy.default()
    labels.write_taxonomy(
        scene,
        taxonomy.parse(
            {
                "name": default.name,
                "categories": [*default.to_json()["categories"], {"id": 1000, "name": own.BACKGROUND, "isthing": 0}],
            },
            default.name,
        ),
    )


def _make(rng: random.Random, asked: Objects, known: Models) -> list[Thing]:
    """Make models and distractors, in a random order."""
    count = rng.randint(*(round(end) for end in asked.count))
    others = round(count * asked.distractors / (1 - asked.distractors))
    folder = Path(known.folder)
    drawn = things.draw_models(rng, known, count, distractors=False)
    strangers = things.draw_models(rng, known, others, distractors=True)
    strangers = strangers[: rng.randint(0, others)]
    made = things.make_models(rng, folder, [*drawn, *strangers], asked.materials == "varied")
    size = float(np.median([np.ptp(thing.hull, axis=0).max() for thing in made[:count]]))
    made += things.make_clutter(rng, others - len(strangers), size)
    rng.shuffle(made)
    return made


def _fitting(setting: str, made: Sequence[Thing]) -> tuple[list[Thing], list[Finding]]:
    """Return the things that fit a setting, and the finding about those that do not, which are removed."""
    limit = LARGEST.get(setting, math.inf)
    large = [thing for thing in made if np.ptp(thing.hull, axis=0).max() > limit]
    names = sorted({thing.model.file for thing in large if thing.model})
    sizes = {thing.model.file: float(np.ptp(thing.hull, axis=0).max()) for thing in large if thing.model}
    fit = [thing for thing in made if thing not in large]
    if not any(thing.model for thing in fit):
        raise SweepsetError(
            f"setting {setting} takes models of up to {limit:g} m, and {names[0]} is {sizes[names[0]]:.3g} m large: "
            "pass -p setting=floor, or --model-scale if its unit is another"
        )
    for thing in large:
        _remove(thing)
    if not names:
        return fit, []
    what = f"left out: larger than the {limit:g} m that setting {setting} has room for"
    return fit, [Finding("model-large", "warning", ", ".join(names), what, "pass -p setting=floor, or mend the unit")]


def _start(rng: random.Random, asked: Objects, place: Place, fit: Sequence[Thing]) -> list[Matrix | None]:
    """Return where the things' middles start."""
    if not place.falls:
        return _floating(rng, fit, place.half[0], asked.occlusion)
    turn = Matrix.Rotation(math.radians(place.turn), 4, "Z")
    number = len(place.boards)
    found: list[Matrix | None] = [None] * len(fit)
    for board, level in enumerate(place.boards):
        own_share = range(board, len(fit), number)
        stacked = asked.occlusion != "none" and number == 1
        spots = heap.start(rng, [fit[i] for i in own_share], place.half, stacked, level, place.standing)
        for i, spot in zip(own_share, spots):
            found[i] = None if spot is None else turn @ spot
    return found


def _floating(rng: random.Random, fit: Sequence[Thing], half: float, occlusion: str) -> list[Matrix | None]:
    """Return places in a ball, apart from each other."""
    reach = {"none": 1.3, "some": 1.0, "heavy": 0.75}[occlusion] * half
    taken: list[tuple[Vector, float]] = []
    found: list[Matrix | None] = []
    for thing in fit:
        place = None
        for _ in range(heap.TRIES):
            at = Vector([rng.uniform(-reach, reach) for _ in range(3)])
            if at.length < reach and all((at - other).length > thing.radius + r for other, r in taken):
                taken.append((at, thing.radius))
                place = Matrix.Translation(at) @ heap.random_turn(rng)
                break
        found.append(place)
    return found


def _recorded(layout: Sequence[Any]) -> list[Matrix | None]:
    return [None if row is None else Matrix([row[4 * i : 4 * i + 4] for i in range(4)]) for row in layout]


def _middle(thing: Thing) -> Matrix:
    """Return the transform of a thing's middle."""
    return thing.item.matrix_world @ Matrix.Translation(thing.middle)


def _lies(thing: Thing, middle: Matrix, place: Place) -> bool:
    """Return whether a thing has come to rest where things lie, not beside it."""
    at = np.array(middle)
    points = (thing.hull - thing.middle) @ at[:3, :3].T + at[:3, 3]
    centre = Matrix.Rotation(-math.radians(place.turn), 4, "Z") @ middle.translation
    beside = any(abs(centre[axis]) > 4 * place.half[axis] + 1 for axis in (0, 1))
    return bool(points[:, 2].min() > place.lost) and not beside


def _remove(thing: Thing) -> None:
    for item in (*thing.item.children, thing.item):
        bpy.data.objects.remove(item)


def _tell_cameras(scene: bpy.types.Scene, left: Sequence[Thing], lowest: float) -> None:
    """Record what cameras look at: the middle of the models, the radius of one, and how near and low cameras come."""
    shown = [thing for thing in left if thing.model] or list(left)
    middles = np.array([tuple(_middle(thing).translation) for thing in shown] or [(0.0, 0.0, 0.0)])
    middle = (middles.min(axis=0) + middles.max(axis=0)) / 2
    radius = float(np.median([thing.radius for thing in shown])) if shown else 0.1
    reach = max((np.linalg.norm(np.array(_middle(t).translation) - middle) + t.radius for t in left), default=0.1)
    scene[CLOSE_UP_KEY] = [*(float(x) for x in middle), radius, float(reach) + 2.5 * radius, lowest]
