"""Procedural scenes, built by code in Blender and labelled at creation. Importing this imports no bpy."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import import_module
from itertools import accumulate
from pathlib import Path
from typing import Any

from sweepset.findings import Finding

from .objects.parameters import Objects, Solids
from .streets.conditions import WORLDS, StreetChoice, VehiclesChoice
from .vehicles.choice import VehicleChoice


@dataclass(frozen=True)
class NoParameters:
    """The parameters of a scene that has none."""


@dataclass(frozen=True)
class Scene:
    """A scene: the module of this package that builds it, its taxonomy, the kind of scene, and a line about it."""

    module: str
    """Has a function `build(seed, **parameters)`, which builds into Blender's current scene."""
    taxonomy: str
    """The scene's labels are in this shipped taxonomy, or in the JSON file of this path in the package."""
    kind: str
    about: str
    parameters: type = NoParameters
    """A dataclass as in `sweepset.parameters`: its fields are the parameters of `build`, and check what users give."""
    sweep: tuple[str, ...] = ("viewpoints",)
    """The sweep that suits the scene, and its parameters as `key=value`."""
    takes_models: bool = False
    """Whether `build` takes `models`, the user's own as `sweepset.models.Models` in JSON's types."""

    def build(self, seed: int, **parameters: Any) -> list[Finding]:
        """Build the scene into Blender's current scene, which must be empty; the same seed gives the same scene.

        Return what its `build` found, which most have nothing of.
        """
        import bpy

        from sweepset import taxonomy
        from sweepset.blender import labels

        own = Path(__file__).parent / self.taxonomy
        labels.write_taxonomy(bpy.context.scene, taxonomy.load(own if own.is_file() else self.taxonomy))
        return import_module(f".{self.module}", __name__).build(seed, **parameters) or []


AROUND_VEHICLES = ("hemisphere", "elevation=2,25")
"""All of a vehicle in view, from a low or a somewhat higher stand."""
AS_PHOTOGRAPHED = ("photographer",)
"""As people photograph cars: what stands around hides little of the main one, the frame cuts it now and then."""
SCENES = {
    "kitchen": Scene("rooms.kitchen", "nyu40", "room", "fitted cabinets with sink, stove and refrigerator"),
    "bedroom": Scene("rooms.bedroom", "nyu40", "room", "a bed with night stands, a wardrobe or a dresser, clothes"),
    "living_room": Scene("rooms.living_room", "nyu40", "room", "a sofa with a low table, a television, shelves"),
    "bathroom": Scene("rooms.bathroom", "nyu40", "room", "a bathtub or a shower, a toilet, a washbasin, tiles"),
    "office": Scene("rooms.office", "nyu40", "room", "desks with computers, shelves, filing cabinets, whiteboards"),
    "dining_room": Scene("rooms.dining_room", "nyu40", "room", "a table with chairs below a lamp, a sideboard"),
    "rooms": Scene("rooms.any_room", "nyu40", "room", "one of these, drawn by the seed as often as in NYU Depth V2"),
    "blank": Scene(
        "vehicles.blank",
        "vehicles",
        "vehicle",
        "a road vehicle of any body before a plain backdrop",
        VehicleChoice,
        AROUND_VEHICLES,
    ),
    "blank_parts": Scene(
        "vehicles.blank",
        "vehicle-parts",
        "vehicle",
        "the same, the vehicle labelled by its parts",
        VehicleChoice,
        AROUND_VEHICLES,
    ),
    "street": Scene(
        "streets.street",
        "vehicles",
        "vehicle",
        "a vehicle among others between houses and shops",
        StreetChoice,
        AS_PHOTOGRAPHED,
    ),
    "suburb": Scene(
        "streets.suburb",
        "vehicles",
        "vehicle",
        "a vehicle among houses with lawns and driveways",
        StreetChoice,
        AS_PHOTOGRAPHED,
    ),
    "parking": Scene(
        "streets.parking",
        "vehicles",
        "vehicle",
        "a vehicle in a car park, open or in a garage",
        StreetChoice,
        AS_PHOTOGRAPHED,
    ),
    "road": Scene(
        "streets.road",
        "vehicles",
        "vehicle",
        "a vehicle on a country road between fields",
        StreetChoice,
        AS_PHOTOGRAPHED,
    ),
    "studio": Scene(
        "streets.studio",
        "vehicles",
        "vehicle",
        "a vehicle on a turntable before a dealer's pale wall",
        VehicleChoice,
        ("turntable", "distance=7.6"),
    ),
    "vehicles": Scene(
        "streets.any_world",
        "vehicles",
        "vehicle",
        "a vehicle in one of these worlds, drawn by the seed",
        VehiclesChoice,
        AS_PHOTOGRAPHED,
    ),
    "solids": Scene(
        "objects.solids",
        "objects/taxonomy.json",
        "objects",
        "cubes, spheres, cylinders and others on a ground, dropped by physics or floating",
        Solids,
        ("hemisphere", "target=0,0,0.1", "distance=0.9,2.2", "elevation=15,75"),
    ),
    "objects": Scene(
        "objects.own_models",
        "objects/unnamed.json",
        "objects",
        "your own models (--models DIR), lying on a table in a room, in a bin, on a shelf …",
        Objects,
        ("hemisphere", "fill=0.12,0.5", "elevation=15,75"),
        takes_models=True,
    ),
}
"""All scenes by name."""
OF_MODELS = "objects"
"""The scene that shows the user's own models."""
MIXED, MIXED_WORLDS = "rooms", "vehicles"
"""Scenes that draw one of several by the seed."""
WEIGHTS = {"kitchen": 235, "bedroom": 383, "living_room": 221, "bathroom": 121, "office": 166, "dining_room": 121}
"""How often the scene `rooms` draws a kind: its images among NYU Depth V2's 1,449 labelled ones, by their scene type
(the field `sceneTypes` of nyu_depth_v2_labeled.mat): bedroom 383, kitchen 225 and office kitchen 10, living room 221,
bathroom 121, dining room 117 and dinette 4, office 78, home office 50, study 25, study room 7 and computer lab 6.
Shops, classrooms and other rare types are left out."""
MIXTURES = {MIXED: WEIGHTS, MIXED_WORLDS: dict.fromkeys(WORLDS, 1)}
"""What those scenes draw, and how often; worlds of vehicles equally often."""
GOLDEN = 0x9E3779B97F4A7C15
"""2^64 divided by the golden ratio: its multiples are spread evenly over 0 to 2^64, however few or many there are."""
FIRST = 6
"""The multiple that seed 0 takes: seeds 0 to 5 show each kind of room once."""


def kind_of(name: str, seed: int, chosen: str = "") -> str:
    """Return which scene a scene of a seed is: `rooms` draws one, so that the shares in any row of seeds are alike.

    `chosen` is the one that a user chose, '' for none.
    """
    weights = MIXTURES.get(name)
    if weights is None or chosen:
        return chosen if weights else name
    place = ((seed + FIRST) * GOLDEN % 2**64) * sum(weights.values()) >> 64
    ends = accumulate(weights.values())
    return next(kind for kind, end in zip(weights, ends) if place < end)


def build(name: str, seed: int = 0, **parameters: Any) -> list[Finding]:
    """Build a scene by its name; see `Scene.build`."""
    if name not in SCENES:
        raise ValueError(f"unknown scene {name!r}: have {', '.join(sorted(SCENES))}")
    return SCENES[name].build(seed, **parameters)


def digest() -> str:
    """Return the SHA-256 of this package's code, each file by its path: scenes of other code are other scenes."""
    folder = Path(__file__).parent
    code = hashlib.sha256()
    for name in sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in (".py", ".json")
    ):
        code.update(f"{name}\0".encode() + (folder / name).read_bytes())
    return code.hexdigest()
