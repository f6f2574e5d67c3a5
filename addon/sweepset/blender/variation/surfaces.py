"""Change how a material looks, in memory: its colours and textures; or give it another texture or a random pattern.

A material is changed in place, so that all its objects change alike and its label stays.
"""

from __future__ import annotations

import colorsys
import random
from collections.abc import Iterator, Sequence
from typing import Any

import bpy

from ... import supplies
from ...supplies import Texture
from .. import compat

Color = tuple[float, float, float]
OPAQUE = {"BSDF_PRINCIPLED", "BSDF_DIFFUSE", "BSDF_GLOSSY", "BSDF_ANISOTROPIC", "BSDF_VELVET", "BSDF_SHEEN",
          "BSDF_METALLIC", "SUBSURFACE_SCATTERING", "BSDF_TOON"}  # fmt: skip
CLEAR = {"BSDF_TRANSPARENT", "BSDF_GLASS", "BSDF_REFRACTION", "BSDF_TRANSLUCENT", "EMISSION", "HOLDOUT",
         "PRINCIPLED_VOLUME", "VOLUME_SCATTER", "VOLUME_ABSORPTION", "BSDF_HAIR", "BSDF_HAIR_PRINCIPLED",
         "SCRIPT"}  # fmt: skip
"""Shaders with a colour to change; nodes of surfaces that are more than their colour."""
PATTERNS = ("plain", "TexChecker", "TexNoise", "TexVoronoi", "TexWave", "TexBrick", "TexMagic", "image")


def is_fixed(material: bpy.types.Material) -> bool:
    """Tell whether a material can't be changed, as it is linked, keyed or driven."""
    tree = material.node_tree
    return (
        material.library is not None
        or material.is_grease_pencil
        or is_keyed(material)
        or (tree is not None and is_keyed(tree))
    )


def is_keyed(owner: bpy.types.ID) -> bool:
    """Tell whether a property of an owner is keyed or driven, so that Blender would reset it."""
    data = owner.animation_data
    return data is not None and bool(data.action or data.drivers or data.nla_tracks)


def is_solid(material: bpy.types.Material) -> bool:
    """Tell whether a material is opaque and emits no light."""
    if not compat.has_nodes(material):
        return True
    shaders = 0
    for node in _all_nodes(material.node_tree):
        if node.type in CLEAR:
            return False
        if node.type == "OUTPUT_MATERIAL" and (
            node.inputs["Volume"].is_linked or node.inputs["Displacement"].is_linked
        ):
            return False
        if node.type == "BSDF_PRINCIPLED" and not _is_solid_principled(node):
            return False
        shaders += node.type in OPAQUE
    return shaders > 0


def _is_solid_principled(node: Any) -> bool:
    alpha, through, shine = (compat.principled(node, name) for name in ("alpha", "transmission", "emission"))
    glows = shine.is_linked or max(shine.default_value[:3]) > 0
    strength = node.inputs["Emission Strength"]
    glows = glows and (strength.is_linked or strength.default_value > 0)
    return not (alpha.is_linked or alpha.default_value < 1 or through.is_linked or through.default_value > 0 or glows)


def _all_nodes(tree: bpy.types.NodeTree) -> Iterator[Any]:
    """Yield the nodes of a tree and of the groups in it."""
    for node in tree.nodes:
        yield node
        if node.type == "GROUP" and node.node_tree is not None:
            yield from _all_nodes(node.node_tree)


def _own_trees(tree: bpy.types.NodeTree) -> Iterator[Any]:
    """Yield a tree and the groups in it, after copying groups with other users."""
    yield tree
    for node in tree.nodes:
        if node.type == "GROUP" and node.node_tree is not None:
            if node.node_tree.users > 1 or node.node_tree.library is not None:
                node.node_tree = node.node_tree.copy()
            yield from _own_trees(node.node_tree)


def recolor(material: bpy.types.Material, rng: random.Random, strength: float, freedom: float) -> list[float]:
    """Change a material's colours and gloss by up to a strength, 0 to 1; return hue's shift and the other factors.

    `freedom` is the largest shift of hue at full strength, either way, as a share of the colour wheel.
    """
    hue = rng.uniform(-1, 1) * freedom * strength
    saturation, value = 2 ** (rng.uniform(-0.9, 0.6) * strength), 2 ** (rng.uniform(-0.9, 0.6) * strength)
    saturation *= 1 - 2 * min(abs(hue), 0.25)  # a brown that turns green must not be garish
    # Greys have no hue to shift.
    warm, green = rng.uniform(-1, 1) * 0.16 * strength, rng.uniform(-1, 1) * 0.05 * strength
    tint = (1 + min(warm, 0), 1 - max(green, 0) - abs(warm) / 3, 1 - max(warm, 0))
    rougher = rng.uniform(-0.25, 0.25) * strength

    def change(color: Sequence[float]) -> Color:
        h, s, v = colorsys.rgb_to_hsv(*(max(c, 0.0) for c in color[:3]))
        changed = colorsys.hsv_to_rgb((h + hue) % 1, min(s * saturation, 1), min(v * value, max(v, 0.85)))
        red, green, blue = (c * t for c, t in zip(changed, tint))
        return red, green, blue

    material.diffuse_color = (*change(material.diffuse_color), material.diffuse_color[3])
    for tree in _own_trees(material.node_tree) if compat.has_nodes(material) else ():
        for node in [node for node in tree.nodes if node.type in OPAQUE | {"BSDF_TRANSLUCENT"}]:
            socket = node.inputs["Base Color" if node.type in ("BSDF_PRINCIPLED", "BSDF_METALLIC") else "Color"]
            if not socket.is_linked:
                socket.default_value = (*change(socket.default_value), 1)
            else:
                _filter(tree, socket, hue, saturation, value, tint)
            gloss = node.inputs.get("Roughness")
            if gloss is not None and not gloss.is_linked and gloss.default_value > 0.1:
                gloss.default_value = min(max(gloss.default_value + rougher, 0.08), 1.0)
    return [round(number, 3) for number in (hue, saturation, value)]


def _filter(tree: Any, socket: Any, hue: float, saturation: float, value: float, tint: Color) -> None:
    """Insert nodes that change a colour before a socket."""
    source = socket.links[0].from_socket
    shift = tree.nodes.new("ShaderNodeHueSaturation")
    for name, number in (("Hue", 0.5 + hue), ("Saturation", saturation), ("Value", value)):
        shift.inputs[name].default_value = number
    tree.links.new(source, shift.inputs["Color"])
    tinted = _add(tree, "MixRGB", {0: 1.0, 1: shift.outputs[0], 2: (*tint, 1.0)}, blend_type="MULTIPLY")
    tree.links.new(tinted.outputs[0], socket)


def rescale(material: bpy.types.Material, rng: random.Random, strength: float) -> None:
    """Change the scale of a material's procedural textures, and the scale and place of repeating ones."""
    factor = 2 ** (rng.uniform(-0.7, 0.7) * strength)
    shift = [rng.uniform(-1, 1) * strength for _ in range(3)]
    for tree in _own_trees(material.node_tree) if compat.has_nodes(material) else ():
        for node in tree.nodes:
            scale = node.inputs.get("Scale")
            if scale is None or scale.is_linked:
                continue
            if node.type == "MAPPING":
                repeats = any(abs(size - 1) > 0.01 for size in scale.default_value)
                if repeats and node.vector_type == "POINT" and not node.inputs["Location"].is_linked:
                    scale.default_value = [size * factor for size in scale.default_value]
                    place = node.inputs["Location"].default_value
                    node.inputs["Location"].default_value = [a + b for a, b in zip(place, shift)]
            elif node.type.startswith("TEX_"):
                scale.default_value *= factor


def glow(material: bpy.types.Material, factor: float) -> bool:
    """Multiply the emission of a material by a factor; tell whether it has any."""
    shines = False
    for tree in _own_trees(material.node_tree) if compat.has_nodes(material) else ():
        for node in tree.nodes:
            name = {"EMISSION": "Strength", "BSDF_PRINCIPLED": "Emission Strength"}.get(node.type)
            strength = node.inputs.get(name) if name else None
            if strength is None or strength.is_linked or strength.default_value == 0:
                continue
            shine = node.inputs["Color"] if node.type == "EMISSION" else compat.principled(node, "emission")
            if shine.is_linked or max(shine.default_value[:3]) > 0:
                strength.default_value *= factor
                shines = True
    return shines


def dress(material: bpy.types.Material, texture: Texture, rng: random.Random, metre: float, in_uv: bool) -> None:
    """Give a material a texture's pictures; `metre` is the length of a metre in the material's coordinates.

    These are its UV map if `in_uv`, else the object's own, with the picture projected from three sides.
    """
    tree = _clear(material)
    wide = supplies.SIZES.get(texture.role, 0.6) * rng.uniform(0.8, 1.25) * metre
    if in_uv:
        vector = _add(tree, "UVMap").outputs[0]
    else:
        vector = _add(tree, "TexCoord").outputs["Object"]
    place = [rng.uniform(0, wide) for _ in range(3)]
    moved = _add(tree, "VectorMath", {0: vector, 1: place}, operation="ADD").outputs[0]
    vector = _add(tree, "VectorMath", {0: moved, "Scale": 1 / wide}, operation="SCALE").outputs[0]

    def show(path: Any, data: bool) -> Any:
        image = bpy.data.images.load(str(path), check_existing=True)
        if data:
            image.colorspace_settings.is_data = True
        node = _add(tree, "TexImage", {"Vector": vector}, image=image)
        if not in_uv:
            node.projection, node.projection_blend = "BOX", 0.15
        return node.outputs[0]

    values = {"Base Color": show(texture.color, False), "Roughness": 0.2 if texture.role == "tile" else 0.6}
    if texture.role == "metal":
        values["Metallic"] = 1.0
    if texture.rough is not None:
        values["Roughness"] = show(texture.rough, True)
    if texture.normal is not None and in_uv:  # it is in the UV map's axes
        values["Normal"] = _add(tree, "NormalMap", {"Color": show(texture.normal, True)}).outputs[0]
    _finish(tree, values)


def scramble(material: bpy.types.Material, rng: random.Random, metre: float, textures: Sequence[Texture]) -> str:
    """Give a material a random pattern, or a random texture; return its name."""
    kind = rng.choice(PATTERNS if textures else PATTERNS[:-1])
    if kind == "image":
        texture = rng.choice(textures)
        dress(material, texture, rng, metre * rng.uniform(0.3, 1.5), False)
        return texture.name
    tree = _clear(material)
    colors = [(*colorsys.hsv_to_rgb(rng.random(), rng.random() ** 0.7, rng.uniform(0.03, 0.9)), 1.0) for _ in range(2)]
    values: dict[str, Any] = {"Base Color": colors[0], "Roughness": rng.uniform(0.1, 1.0)}
    values["Metallic"] = float(rng.random() < 0.12)
    if kind != "plain":
        vector = _add(tree, "TexCoord").outputs["Object"]
        turned = _add(tree, "VectorRotate", {"Vector": vector}, rotation_type="EULER_XYZ")
        turned.inputs["Rotation"].default_value = [rng.uniform(0, 3) for _ in range(3)]
        node = _add(tree, kind, {"Vector": turned.outputs[0], "Scale": 2 ** rng.uniform(0.5, 4.5) / metre})
        factor = next(output for output in node.outputs if output.type == "VALUE")
        mixed = _add(tree, "MixRGB", {0: factor, 1: colors[0], 2: colors[1]})
        values["Base Color"] = mixed.outputs[0]
    _finish(tree, values)
    return kind.removeprefix("Tex").lower()


def _clear(material: bpy.types.Material) -> Any:
    """Return a material's own tree, emptied."""
    tree = compat.nodes_of(material)
    tree.nodes.clear()
    return tree


def _add(tree: Any, kind: str, inputs: dict[Any, Any] | None = None, **settings: Any) -> Any:
    """Add a node; inputs map a socket to a value or to another node's output."""
    node = tree.nodes.new(f"ShaderNode{kind}")
    for key, value in settings.items():
        setattr(node, key, value)
    for key, value in (inputs or {}).items():
        if isinstance(value, bpy.types.NodeSocket):
            tree.links.new(value, node.inputs[key])
        else:
            node.inputs[key].default_value = value
    return node


def _finish(tree: Any, values: dict[str, Any]) -> None:
    shader = _add(tree, "BsdfPrincipled", values)
    tree.links.new(shader.outputs[0], tree.nodes.new("ShaderNodeOutputMaterial").inputs["Surface"])
