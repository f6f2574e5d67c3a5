"""Vary the opened scene, in memory only; labels follow.

All choices depend on the job's seed and variation, with separate random numbers for each object and material, so that
equal jobs show equal scenes. Variation 0 is the file as it is. A shipped scene is built from its seed; only its
textures and sky are set here.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ... import supplies
from ...findings import Finding
from ...job import Job
from ...supplies import Texture
from ...taxonomy import Category
from .. import labels
from ..viewpoints import Surroundings
from ..volumes import passed_by_rays
from . import distractors, lighting, surfaces
from .loose_objects import LooseObjects, category_of

HIDDEN = 0.35
"""Share of loose objects that are left out at full strength."""
COLORFUL = {"curtain", "pillow", "floor mat", "clothes", "books", "towel", "shower curtain", "box", "bag", "sofa",
            "bed", "chair", "paper"}  # fmt: skip
"""Categories that may have any colour; all others roughly keep their hue."""
MIXED = {"wall", "floor", "ceiling", "otherprop", "otherfurniture", "otherstructure", "objects", "furniture"}
"""Categories of unlike objects, which exchange materials at full strength only."""
AS_THEY_ARE = {"person", "mirror", "window", "television"}
"""Categories whose materials never change."""
FREE_HUE, OWN_HUE = 0.5, 0.06
"""The largest change of hue at full strength, either way, as a share of the colour wheel."""
ROLES = {
    "wall": "wall", "ceiling": "wall", "floor": "floor", "table": "wood", "desk": "wood", "cabinet": "wood",
    "bookshelf": "wood", "shelves": "wood", "dresser": "wood", "night stand": "wood", "door": "wood", "sofa": "fabric",
    "curtain": "fabric", "pillow": "fabric", "bed": "fabric", "towel": "fabric", "clothes": "fabric",
    "floor mat": "carpet", "counter": "stone",
}  # fmt: skip
"""The role of a material whose name says nothing, by the only category of the objects it is on."""


@dataclass(frozen=True)
class _Stock:
    """Materials that may change, with categories and scales of the objects each is on; names of fixed materials."""

    materials: list[bpy.types.Material]
    categories: dict[bpy.types.Material, set[str]]
    scales: dict[bpy.types.Material, list[float]]
    fixed: list[str]

    def metre(self, material: bpy.types.Material, unit_scale: float) -> float:
        """Return the length of a metre in the coordinates of the objects that a material is on."""
        return 1.0 / unit_scale / max(float(np.mean(self.scales[material] or [1.0])), 1e-6)


def vary(
    scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, kinds: Mapping[str, Category], job: Job, unit_scale: float
) -> tuple[dict[str, Any], list[Finding]]:
    """Vary a scene that was prepared for a job; return the changes, by part, and findings.

    `kinds` maps names that the scene's labels may have to categories.
    """
    parts = job.parts
    varied: dict[str, Any] = {}
    own = job.own_seed if job.procedural else f"{job.seed}/{job.variation}"

    def draw(what: str) -> random.Random:
        return random.Random(f"{own}/{what}")

    if job.hdris and (job.procedural or job.variation):
        skies = supplies.find_skies(Path(job.hdris))
        varied["sky"] = lighting.show_sky(scene, skies, draw("sky"), job.procedural)
    if job.backgrounds and (job.procedural or job.variation):
        photos = supplies.find_photos(Path(job.backgrounds))
        varied["background"] = lighting.show_background(scene, photos, draw("background"), job.size[0] / job.size[1])
    if not any(parts.values()):
        return varied, []
    textures = supplies.find_textures(Path(job.textures)) if job.textures else []
    if parts["patterns"]:
        _fill_slots()
    stock = _take_stock()
    found = []
    if parts["swap"]:
        varied["swapped"] = _swap(scene, draw, parts["swap"])
    if parts["hide"] or parts["move"] or parts["distractors"]:
        view_layer.update()
        objects = LooseObjects(scene, view_layer.depsgraph, kinds, unit_scale)
        found += _find_fixed(objects, stock)
        if parts["hide"]:
            varied["hidden"] = _hide(objects, draw, parts["hide"])
        if parts["move"]:
            varied["moved"] = _move(objects, draw, parts["move"])
        view_layer.update()
        if parts["distractors"]:
            kind, rng, number = kinds.get(distractors.CATEGORY), draw("distractors"), parts["distractors"]
            with passed_by_rays(view_layer):
                around = Surroundings(scene, view_layer.depsgraph, unit_scale)
                varied["distractors"] = distractors.strew(scene, around, objects, rng, number, kind, textures)
    if parts["materials"]:
        varied["materials"] = dict(_recolor(stock, draw, parts["materials"]))
    if parts["textures"] and textures:
        varied["textures"] = dict(_dress(stock, draw, parts["textures"], textures, unit_scale, job.procedural))
    if parts["patterns"]:
        varied["patterns"] = dict(_scramble(stock, draw, parts["patterns"], textures, unit_scale))
    if parts["lights"]:
        varied["lights"] = lighting.vary(scene, draw, parts["lights"])
    view_layer.update()
    return varied, found


def _take_stock() -> _Stock:
    """Return the materials in use, and the categories of the objects they are on."""
    categories: dict[bpy.types.Material, set[str]] = defaultdict(set)
    scales: dict[bpy.types.Material, list[float]] = defaultdict(list)
    for item in bpy.data.objects:
        for slot in item.material_slots:
            if slot.material is not None:
                categories[slot.material].add(labels.category_name(slot.material) or category_of(item))
                scales[slot.material].append(float(np.mean(tuple(item.matrix_world.to_scale()))))
    used = [m for m in sorted(bpy.data.materials, key=lambda one: one.name_full) if m.users and not m.is_grease_pencil]
    fixed = [material.name_full for material in used if surfaces.is_fixed(material)]
    materials = [
        material for material in used if material.name_full not in fixed and not categories[material] & AS_THEY_ARE
    ]
    return _Stock(materials, categories, scales, fixed)


def _fill_slots() -> None:
    """Give each mesh without a material one that can change."""
    for mesh in bpy.data.meshes:
        if mesh.library is None and mesh.users and not mesh.materials:
            mesh.materials.append(bpy.data.materials.new(mesh.name))


def _swap(scene: bpy.types.Scene, draw: Callable[[str], random.Random], strength: float) -> dict[str, str]:
    """Exchange materials between objects of one category; return the giver's name by the receiver's."""
    alike: dict[tuple[str, ...], list[bpy.types.Object]] = defaultdict(list)
    for item in sorted(scene.objects, key=lambda one: one.name_full):
        category, materials = category_of(item), [slot.material for slot in item.material_slots]
        if not category or category in AS_THEY_ARE or (category in MIXED and strength < 1) or item.library is not None:
            continue
        if not materials or not all(
            one and not labels.category_name(one) and surfaces.is_solid(one) for one in materials
        ):
            continue
        roles = [supplies.role_of(material.name) for material in materials]
        # Objects with several materials are swapped slot by slot only if the names identify the roles.
        told = len(materials) == 1 or all(roles)
        alike[(category, *roles) if told else (category, "", item.data.name_full)].append(item)
    swapped = {}
    for kind, items in sorted(alike.items()):
        rng = draw(f"swap/{kind}")
        chosen = [item for item in items if rng.random() < strength]
        givers = rng.sample(chosen, len(chosen))
        given = [[slot.material for slot in giver.material_slots] for giver in givers]
        for item, giver, materials in zip(chosen, givers, given):
            if [slot.material for slot in item.material_slots] == materials:
                continue
            for slot, material in zip(item.material_slots, materials):
                slot.link = "OBJECT"
                slot.material = material
            swapped[item.name_full] = giver.name_full
    return swapped


def _find_fixed(objects: LooseObjects, stock: _Stock) -> Iterator[Finding]:
    """Yield findings about objects and materials that can't vary although their kind does."""
    names = [*objects.fixed(), *stock.fixed]
    if names:
        yield Finding(
            "not-varied", "note", ", ".join(names[:8]) + (" …" if len(names) > 8 else ""),
            f"{len(names)} objects and materials are the same in all variations: they are linked, animated, copied, "
            "constrained, or others refer to them",
            "make them local and remove these ties, if they should vary",
        )  # fmt: skip
    if not objects.known:
        yield Finding(
            "nothing-loose", "warning", "all variations",
            "no object is labelled as one that can be moved, left out or swapped; only light and materials vary",
            "label the scene's objects",
        )  # fmt: skip


def _hide(objects: LooseObjects, draw: Callable[[str], random.Random], strength: float) -> list[str]:
    """Leave some objects out, with all that rests on them, and return their names."""
    hidden: list[str] = []
    for name, group in (objects.loose() | objects.hung()).items():
        gone = {thing.name for thing in group}
        if gone.isdisjoint(hidden) and draw(f"hide/{name}").random() < HIDDEN * strength:
            objects.hide(group)
            hidden += sorted(gone)
    return hidden


def _move(objects: LooseObjects, draw: Callable[[str], random.Random], strength: float) -> dict[str, list[float]]:
    """Shift and turn objects a little; return metres along x and y, and degrees."""
    told = {}
    for name, group in objects.loose().items():
        rng = draw(f"move/{name}")
        if rng.random() < 0.4 + strength:
            moved = objects.shift(group, rng, strength)
            if moved is not None:
                told[name] = moved
    return told


def _recolor(stock: _Stock, draw: Callable[[str], random.Random], strength: float) -> Iterator[tuple[str, list[float]]]:
    for material in stock.materials:
        rng = draw(f"material/{material.name_full}")
        colorful = bool(stock.categories[material]) and stock.categories[material] <= COLORFUL
        told = surfaces.recolor(material, rng, strength, FREE_HUE if colorful else OWN_HUE)
        if surfaces.is_solid(material):
            surfaces.rescale(material, rng, strength)
        yield material.name_full, told


def _role(material: bpy.types.Material, categories: set[str]) -> str:
    """Return a material's role: by its name, else by the category of its objects."""
    told = supplies.role_of(material.name)
    return told or (ROLES.get(next(iter(categories)), "") if len(categories) == 1 else "")


def _dress(
    stock: _Stock,
    draw: Callable[[str], random.Random],
    strength: float,
    textures: list[Texture],
    unit_scale: float,
    in_uv: bool,
) -> Iterator[tuple[str, str]]:
    for material in stock.materials:
        rng = draw(f"texture/{material.name_full}")
        fitting = supplies.suiting(textures, _role(material, stock.categories[material]))
        if fitting and surfaces.is_solid(material) and rng.random() < strength:
            texture = rng.choice(fitting)
            surfaces.dress(material, texture, rng, 1.0 if in_uv else stock.metre(material, unit_scale), in_uv)
            yield material.name_full, texture.name


def _scramble(
    stock: _Stock, draw: Callable[[str], random.Random], strength: float, textures: list[Texture], unit_scale: float
) -> Iterator[tuple[str, str]]:
    for material in stock.materials:
        rng = draw(f"pattern/{material.name_full}")
        if surfaces.is_solid(material) and rng.random() < strength:
            yield material.name_full, surfaces.scramble(material, rng, stock.metre(material, unit_scale), textures)
