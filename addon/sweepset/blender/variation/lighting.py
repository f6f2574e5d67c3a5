"""Vary light, in memory: lamps, the sun, the sky, emission of materials."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix, Vector

from .. import compat, labels
from . import surfaces
from .loose_objects import category_of

Draw = Callable[[str], random.Random]
"""Returns separate random numbers for each name."""
OFF = 0.35
"""The chance that a lamp is off, at full strength."""
LOWEST, HIGHEST = math.radians(8), math.radians(75)
"""Bounds of a sun's height above the horizon."""
BRIGHTEST = 20.0
"""Radiance at which a sky is clipped for its mean, to leave out the sun."""


def vary(scene: bpy.types.Scene, draw: Draw, strength: float) -> dict[str, Any]:
    """Change a scene's light by up to a strength, 0 to 1; return the factors of lamps, emission and the world.

    A lamp that is off has 0; at least one lamp stays on.
    """
    lamps = [item for item in scene.objects if item.type == "LIGHT" and not item.hide_render]
    data = sorted({item.data for item in lamps if not _is_fixed(item.data)}, key=lambda lamp: lamp.name_full)
    off = [lamp for lamp in data if draw(f"off/{lamp.name_full}").random() < OFF * strength]
    if len(off) == len({item.data for item in lamps}) and off:
        off.remove(max(off, key=lambda lamp: lamp.energy))
    told: dict[str, Any] = {"lamps": {}, "shining": {}}
    for lamp in data:
        rng = draw(f"lamp/{lamp.name_full}")
        factor = 0.0 if lamp in off else 2 ** (rng.uniform(-1.5, 1.2) * strength)
        lamp.energy *= factor
        lamp.color = [c * t for c, t in zip(lamp.color, temper(rng, strength))]
        told["lamps"][lamp.name_full] = round(factor, 3)
    for item in lamps:
        if item.data in off:
            _put_out(scene, item)
        if (
            item.data.type == "SUN"
            and item.library is None
            and not (item.parent or item.constraints or surfaces.is_keyed(item))
        ):
            _turn_sun(item, draw(f"sun/{item.name_full}"), strength)
    for material in sorted(bpy.data.materials, key=lambda one: one.name_full):
        if material.users and not surfaces.is_fixed(material):
            factor = 2 ** (draw(f"glow/{material.name_full}").uniform(-1.2, 0.8) * strength)
            if surfaces.glow(material, factor):
                told["shining"][material.name_full] = round(factor, 3)
    if scene.world is not None and not _is_fixed(scene.world):
        told["world"] = _vary_world(scene.world, draw("world"), strength)
    return told


def _put_out(scene: bpy.types.Scene, light: bpy.types.Object) -> None:
    """Switch off the emission of a lamp's object around a light, if it is labelled as a lamp."""
    for item in scene.objects:
        if item.library is not None or category_of(item) != "lamp" or item.matrix_world.determinant() == 0:
            continue
        place = item.matrix_world.inverted() @ light.matrix_world.translation
        corners = [Vector(corner) for corner in item.bound_box]
        if all(min(c[i] for c in corners) <= place[i] <= max(c[i] for c in corners) for i in range(3)):
            for slot in item.material_slots:
                if slot.material is not None and not surfaces.is_fixed(slot.material):
                    dull = slot.material.copy()
                    if surfaces.glow(dull, 0.0):
                        slot.link = "OBJECT"
                        slot.material = dull
                    else:
                        bpy.data.materials.remove(dull)


def temper(rng: random.Random, strength: float) -> tuple[float, float, float]:
    """Draw a factor of a light's colour, warm or cold, with green 1."""
    warm = rng.uniform(-0.6, 1.0) * strength
    return 2 ** (0.5 * warm), 1.0, 2 ** (-0.9 * warm)


def _is_fixed(owner: bpy.types.Light | bpy.types.World) -> bool:
    return (
        owner.library is not None
        or surfaces.is_keyed(owner)
        or (owner.node_tree is not None and surfaces.is_keyed(owner.node_tree))
    )


def _turn_sun(item: bpy.types.Object, rng: random.Random, strength: float) -> None:
    """Turn a sun around the vertical, and raise or lower it."""
    towards = item.matrix_world.to_3x3().col[2].normalized()
    height, bearing = math.asin(max(-1.0, min(1.0, towards.z))), math.atan2(towards.y, towards.x)
    wanted = height + rng.uniform(-0.5, 0.5) * strength
    if height > LOWEST:
        wanted = min(max(wanted, LOWEST), max(HIGHEST, height))
    turned = bearing + rng.uniform(-math.pi, math.pi) * strength
    turn = (
        Matrix.Rotation(turned, 4, "Z") @ Matrix.Rotation(height - wanted, 4, "Y") @ Matrix.Rotation(-bearing, 4, "Z")
    )
    place = item.matrix_world.to_translation()
    item.matrix_world = Matrix.Translation(place) @ turn @ Matrix.Translation(-place) @ item.matrix_world


def _vary_world(world: bpy.types.World, rng: random.Random, strength: float) -> float:
    """Change a world's brightness and turn its sky; return the factor."""
    factor, turn = 2 ** (rng.uniform(-1.2, 0.8) * strength), rng.uniform(-math.pi, math.pi) * strength
    if not compat.has_nodes(world):
        world.color = [c * factor for c in world.color]
        return round(factor, 3)
    tree: Any = world.node_tree
    for node in list(tree.nodes):
        if node.type == "BACKGROUND" and not node.inputs["Strength"].is_linked:
            node.inputs["Strength"].default_value *= factor
        elif node.type == "TEX_SKY":
            node.sun_rotation += turn
            node.sun_direction = Matrix.Rotation(turn, 3, "Z") @ node.sun_direction
        elif node.type == "TEX_ENVIRONMENT":
            _turn_sky(tree, node, turn)
    return round(factor, 3)


def _turn_sky(tree: Any, node: Any, turn: float) -> None:
    """Insert a turn around the vertical before an image of the sky."""
    socket = node.inputs["Vector"]
    source = socket.links[0].from_socket if socket.is_linked else tree.nodes.new("ShaderNodeTexCoord").outputs[0]
    rotate = tree.nodes.new("ShaderNodeVectorRotate")
    rotate.rotation_type = "Z_AXIS"
    rotate.inputs["Angle"].default_value = turn
    tree.links.new(source, rotate.inputs["Vector"])
    tree.links.new(rotate.outputs[0], socket)


def show_sky(scene: bpy.types.Scene, skies: Iterable[Path], rng: random.Random, keep_strength: bool) -> str:
    """Put a random HDRI behind the scene, turned at random, and return its name.

    With `keep_strength`, its mean brightness is that of the scene's own background.
    """
    path = rng.choice(sorted(skies))
    image = bpy.data.images.load(str(path), check_existing=True)
    if scene.world is None:
        scene.world = bpy.data.worlds.new("Sweepset sky")
    tree: Any = compat.nodes_of(scene.world)
    background = next((node for node in tree.nodes if node.type == "BACKGROUND"), None) if keep_strength else None
    if background is None:
        tree.nodes.clear()
        background = tree.nodes.new("ShaderNodeBackground")
        tree.links.new(background.outputs[0], tree.nodes.new("ShaderNodeOutputWorld").inputs["Surface"])
    sky = tree.nodes.new("ShaderNodeTexEnvironment")
    sky.image = image
    _turn_sky(tree, sky, rng.uniform(-math.pi, math.pi))
    color = sky.outputs[0]
    if keep_strength:
        scale = tree.nodes.new("ShaderNodeVectorMath")
        scale.operation = "SCALE"
        scale.inputs["Scale"].default_value = 0.6 / max(_mean(image), 1e-4)
        tree.links.new(color, scale.inputs[0])
        color = scale.outputs[0]
    tree.links.new(color, background.inputs["Color"])
    return path.name


def show_background(scene: bpy.types.Scene, photos: Iterable[Path], rng: random.Random, aspect: float) -> str:
    """Put a random photo behind all that cameras see, also through glass, and return its name.

    It covers a picture of the width/height `aspect`, cut to it. It neither lights nor is mirrored, its pixels have no
    label, and objects that are the scene's backdrop are hidden from cameras.
    """
    path = rng.choice(sorted(photos))
    image = bpy.data.images.load(str(path), check_existing=True)
    for item in scene.objects:
        if item.get(labels.BACKDROP_KEY):
            item.visible_camera = False
    if scene.world is None:
        scene.world = bpy.data.worlds.new("Sweepset background")
    labels.set_category(scene.world, None)
    tree: Any = compat.nodes_of(scene.world)
    output = next((node for node in tree.nodes if node.type == "OUTPUT_WORLD" and node.is_active_output), None)
    output = output or tree.nodes.new("ShaderNodeOutputWorld")
    window, mapping, shown = (tree.nodes.new(f"ShaderNode{kind}") for kind in ("TexCoord", "Mapping", "TexImage"))
    own = image.size[0] / max(image.size[1], 1)
    wide, tall = min(aspect / own, 1.0), min(own / aspect, 1.0)
    mapping.inputs["Scale"].default_value = (wide, tall, 1.0)
    mapping.inputs["Location"].default_value = (rng.random() * (1 - wide), rng.random() * (1 - tall), 0.0)
    shown.image, shown.extension = image, "EXTEND"
    photo, mix, seen, ray = (
        tree.nodes.new(f"ShaderNode{kind}") for kind in ("Background", "MixShader", "Math", "LightPath")
    )
    # The exposure that follows brings the photo back to its own brightness.
    photo.inputs["Strength"].default_value = 2.0**-scene.view_settings.exposure
    seen.operation = "MAXIMUM"
    before = output.inputs["Surface"].links[0].from_socket if output.inputs["Surface"].links else None
    for source, socket in (
        (window.outputs["Window"], mapping.inputs["Vector"]),
        (mapping.outputs[0], shown.inputs[0]),
        (shown.outputs[0], photo.inputs["Color"]),
        (ray.outputs["Is Camera Ray"], seen.inputs[0]),
        (ray.outputs["Is Transmission Ray"], seen.inputs[1]),
        (seen.outputs[0], mix.inputs[0]),
        (before, mix.inputs[1]),
        (photo.outputs[0], mix.inputs[2]),
        (mix.outputs[0], output.inputs["Surface"]),
    ):
        if source is not None:
            tree.links.new(source, socket)
    return path.name


def _mean(image: bpy.types.Image) -> float:
    """Return an image's mean luminance without the sun."""
    pixels = np.empty(image.size[0] * image.size[1] * image.channels, np.float32)
    image.pixels.foreach_get(pixels)
    return float(np.minimum(pixels.reshape(-1, image.channels)[:, :3].mean(1), BRIGHTEST).mean())
