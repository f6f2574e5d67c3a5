"""One vehicle by its seed: form, windows, faces, wheels, inside and paint, joined to one object with one mesh."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import bpy
import numpy as np
from mathutils import Matrix

from sweepset.blender import labels

from ..shapes.primitives import Shape, join, place
from . import arches, beds, cabin, coach, fittings, glasshouse, liveries, wheels
from .bodies import BODIES
from .choice import split_service
from .decals import Surface
from .dimensions import Dimensions
from .faces import Face, Parts, dress_front, dress_rear
from .form import Form, draw_form
from .outlines import corners
from .paint import Finishes, draw_finishes
from .services import SERVICES
from .skin import FRONT, SIDE, Skin

PART_OF = {
    "windshield": "window",
    "side glass": "window",
    "rear side glass": "window",
    "rear glass": "window",
    "frit": "window",
    "lens": "lamp",
    "red lens": "lamp",
    "amber lens": "lamp",
    "bezel": "lamp",
    "liner": "bed",
    "reflector": "lamp",
}
"""The part of a skin's face by its finish, where it is not the body."""


OPEN = 0.12
"""How often the tailgate of a bed without a cover is open."""
FRAME = 0.03
"""Metres that the frame of an open car's windshield is thick."""


@dataclass(frozen=True)
class Vehicle:
    """A vehicle: its body's name, category, shape, and the name of the part of each face."""

    body: str
    kind: str
    service: str
    """Taxi, police, ambulance or delivery; empty for a private vehicle."""
    size: Dimensions
    shape: Shape
    parts: tuple[str, ...]


def make_vehicle(rng: random.Random, body: str) -> Vehicle:
    """Make a vehicle, its front towards -y, standing on z = 0 about the origin.

    `body` is the name of a body, after that of a service if it does one: `sedan`, `taxi sedan`.
    """
    service, body = split_service(body)
    one_box = BODIES[body].one_box
    form = coach.draw_coach(rng, body) if one_box else draw_form(rng, body)
    materials = draw_finishes(rng, form.era, SERVICES.get(service), one_box)
    made = (_coach if one_box else _car)(rng, form, materials, service)
    shape = join([one for _, one, _ in made])
    parts = tuple(name for _, _, names in made for name in names)
    return Vehicle(body, form.body.kind, service, form.size, shape, parts)


def _coach(rng: random.Random, form: Form, materials: Finishes, service: str) -> list[tuple[str, Shape, list[str]]]:
    surface = Surface([form.lower])
    parts = coach.dress_coach(rng, form, materials, bool(service)) + _wheels(rng, form, materials)
    if service:
        pattern = liveries.paint_pattern(rng, form, service)
        parts += liveries.serve(rng, form, service, pattern, surface, materials)
    made = [(name, shape, [name] * len(shape.faces)) for name, shape in parts]
    return [*made, _skin(form.lower, materials)]


def _skin(skin: Skin, materials: Finishes) -> tuple[str, Shape, list[str]]:
    whole = skin.whole() if skin.half else skin
    return "body", whole.shape(materials), [PART_OF.get(finish, "body") for finish in whole.finish]


def _car(rng: random.Random, form: Form, materials: Finishes, service: str) -> list[tuple[str, Shape, list[str]]]:
    arches.flare(rng, form)
    plan = cabin.floor_plan(form)
    window_corner = corners(form.upper, 0.95, 0.06)
    at = next((y, z) for _, y, z in window_corner if z > float(form.belt(np.array(y))) + 0.03)
    clad = form.body.kind == "suv" and rng.random() < 0.65
    front, rear = Face(form, rear=False), Face(form, rear=True)
    surface = Surface([form.lower, form.upper])
    pattern = liveries.paint_pattern(rng, form, service) if service else ""
    if not service:
        _two_tone(rng, form)
    parts: Parts = dress_front(rng, front, materials)
    parts += dress_rear(rng, rear, materials)
    arches.cut_arches(form, rng.uniform(0.03, 0.06) if clad else 0.0)
    arches.cut_sills(rng, form, clad)
    arches.cut_doors(form)
    parts += fittings.handles(rng, form, materials)
    glasshouse.cut_windows(rng, form)
    parts += fittings.mirrors(rng, form, at, materials)
    parts += fittings.wipers(form, materials)
    cabin.open_cabin(form, plan)
    parts += cabin.furnish(rng, form, plan, materials)
    free = False
    if form.body.bed:
        load, free = beds.cut_bed(rng, form, rear, materials)
        parts += load
    if form.body.roof == "open":
        _open_roof(rng, form, window_corner)
    if form.upper.finish.count("canvas") == 0 and "cover" in form.upper.zones:
        parts += cabin.headliner(form, materials["headliner"])
    parts += fittings.underbody(form, materials)
    parts += fittings.exhausts(rng, form, materials)
    if (form.body.kind in ("suv", "van") or form.name == "wagon") and rng.random() < 0.6:
        parts += fittings.roof_rails(rng, form, materials)
    if form.body.roof != "open" and rng.random() < 0.7:
        parts += fittings.antenna(rng, form, materials)
    parts += _wheels(rng, form, materials)
    if service:
        parts += liveries.serve(rng, form, service, pattern, surface, materials)
    if form.body.roof != "open":
        parts += fittings.rear_trim(rng, form, materials)
    if rng.random() < 0.6:
        parts += liveries.model_name(rng, form, surface, materials)
    if not service and rng.random() < 0.12:
        parts += liveries.stickers(rng, form, surface, materials)
    skins = [form.lower, form.upper]
    if free and rng.random() < OPEN:
        parts, gate = beds.open_tailgate(form, rear, parts, materials)
        skins.append(gate)
    made = [(name, shape, [name] * len(shape.faces)) for name, shape in parts]
    return [*made, *(_skin(skin, materials) for skin in skins)]


def _two_tone(rng: random.Random, form: Form) -> None:
    """Give few vehicles a roof, or old pickups and wagons a lower half, of another paint."""
    if rng.random() > 0.09:
        return
    if form.era < 0.5 and (form.body.bed or form.body.kind in ("suv", "van") or form.name == "wagon"):
        skin, high = form.lower, float(form.edge(np.array(0.0))) - rng.uniform(0.25, 0.4)
        nose, tail = form.plan.nose - 1.0, form.plan.tail + 1.0
        skin.dress(skin.cut([(nose, -1.0), (tail, -1.0), (tail, high), (nose, high)], SIDE), "second paint")
    elif form.body.roof == "roof" and not form.body.blind:
        form.upper.dress(range(len(form.upper.faces)), "roof paint")


def _open_roof(rng: random.Random, form: Form, edge: np.ndarray) -> None:
    """Make a cabin a convertible's: its roof of canvas, or none but the windshield's frame, which ends at `edge`."""
    skin = form.upper
    if rng.random() < 0.4:
        skin.dress([i for i, finish in enumerate(skin.finish) if finish == "paint"], "canvas")
        return
    frame = [(-1.0, 0.0), *((float(arc), float(z)) for arc, _, z in edge), (-1.0, 9.0)]
    ahead = skin.cut(frame, FRONT, ("wall", "inside"))
    keep = set(ahead) | {i for i, finish in enumerate(skin.finish) if finish == "windshield"}
    skin.remove([i for i in range(len(skin.faces)) if i not in keep])
    skin.thicken([i for i, finish in enumerate(skin.finish) if finish != "windshield"], FRAME)


def _wheels(rng: random.Random, form: Form, materials: Finishes) -> Parts:
    width = rng.uniform(0.32, 0.36) * form.size.tyre * (1.0 if form.body.kind != "car" else 0.98)
    style = wheels.draw_wheel(rng, form.radius, min(width, 0.29), form.era)
    if form.body.one_box:
        style = replace(style, finish="steel", rim=min(style.rim, 0.6 * form.radius))
    one = wheels.wheel(style, materials)
    steered = rng.choice((0.0, 0.0, rng.uniform(-22, 22)))
    half = form.plan.half - 0.035 - style.width / 2
    return [
        ("wheel", wheels.standing(one, style, (side * half, axle), steered if axle == form.front_axle else 0.0))
        for axle in (form.front_axle, form.rear_axle)
        for side in (1, -1)
    ]


def place_vehicle(vehicle: Vehicle, at: Matrix | None = None) -> bpy.types.Object:
    """Make the object of a vehicle; in the taxonomy `vehicle-parts` its faces are labelled by their parts."""
    taxonomy = labels.taxonomy_of(bpy.context.scene)
    by_parts = taxonomy.name == "vehicle-parts"
    item = place(vehicle.body, vehicle.shape, "body" if by_parts else vehicle.kind, at)
    if by_parts:
        label_parts(item.data, vehicle.parts)
    return item


def label_parts(mesh: bpy.types.Mesh, parts: Sequence[str]) -> None:
    """Label the faces of a mesh by the names of their parts."""
    taxonomy = labels.taxonomy_of(bpy.context.scene)
    names = np.array(parts)
    for name in sorted(set(parts)):
        labels.set_face_category(mesh, np.flatnonzero(names == name).tolist(), taxonomy.category(name))
