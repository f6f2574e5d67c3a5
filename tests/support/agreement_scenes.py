"""Save scenes in which an image can show other things than labels: `agreement_scenes.py -- FOLDER`.

Everything shines in its category's colour, so that the image itself tells what a pixel shows.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parent))

import hazard
from sweepset import taxonomy
from sweepset.blender import compat, labels

COLORS = {"floor": (0.5, 0.5, 0.5), "wall": (0, 0, 1), "red": (1, 0, 0), "green": (0, 1, 0), "screen": (0, 1, 1)}
KINDS = taxonomy.parse(
    {"name": "colors", "categories": [{"id": n, "name": name} for n, name in enumerate(COLORS, 1)]}, "colors"
)
Point = tuple[float, float, float]


def glow(kind: str) -> bpy.types.Material:
    """Make a material that shines in a category's colour."""
    made = hazard.shader_material(kind, "ShaderNodeEmission")
    node = next(node for node in made.node_tree.nodes if node.bl_idname == "ShaderNodeEmission")
    node.inputs["Color"].default_value = (*COLORS[kind], 1)
    return made


def add(kind: str, data: Any, place: Point, **settings: Any) -> bpy.types.Object:
    """Add a labelled object that shines in its category's colour."""
    if not data.materials:
        data.materials.append(glow(kind))
    item = hazard.add(data, data.name, place, **settings)
    labels.set_category(item, KINDS.category(kind))
    return item


def stage() -> bpy.types.Scene:
    """Build an empty scene with a floor, a wall behind it, two boxes, and a camera that looks along +y."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.preferences.filepaths.save_version = 0
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.view_settings.view_transform = "Standard"
    labels.write_taxonomy(scene, KINDS)
    add("floor", hazard.mesh("floor", [(-9, -9, 0), (9, -9, 0), (9, 9, 0), (-9, 9, 0)], [(0, 1, 2, 3)]), (0, 0, 0))
    add("wall", hazard.card("wall", 18, 6), (0, 4, 0))
    add("red", hazard.box("red", (1.2, 1, 1.2)), (-1.6, 0, 0))
    add("green", hazard.box("green", (1, 1, 2)), (0.9, 0.5, 0))
    lens = bpy.data.cameras.new("camera")
    scene.camera = hazard.add(lens, "camera", (0, -6, 1.6), rotation_euler=(math.pi / 2, 0, 0))
    return scene


def fog(name: str, surface: str = "") -> bpy.types.Material:
    """Make a material that is a thin volume, and the surface of a category if one is named."""
    made = glow(surface) if surface else hazard.shader_material(name, "ShaderNodeEmission")
    made.name = name
    tree = made.node_tree
    output = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeOutputMaterial")
    if not surface:
        tree.links.remove(output.inputs["Surface"].links[0])
    scatter = tree.nodes.new("ShaderNodeVolumeScatter")
    scatter.inputs["Density"].default_value = 0.02
    tree.links.new(scatter.outputs[0], output.inputs["Volume"])
    return made


def cloud(name: str, size: Point, place: Point, kind: str = "screen") -> bpy.types.Object:
    """Add a labelled box of fog."""
    data = hazard.box(name, size)
    data.materials.append(fog(name))
    return add(kind, data, place)


def build_fog(folder: Path) -> None:
    """Save `fog.blend`, with volumes in the planes of surfaces, and `air.blend`, the same without them."""
    scene = stage()
    solid = hazard.box("filled", (0.6, 0.6, 0.6))
    solid.materials.append(fog("filled", "green"))
    add("green", solid, (-0.4, -1, 0))
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "air.blend"))
    cloud("on the floor", (5, 4, 3), (0, 0, 0))
    del cloud("inside the other", (2, 2, 1), (0, 0, 0))[labels.KEY]
    cloud("on the wall", (4, 1, 4), (-4, 3.5, 0.5))
    cloud("around the camera", (10, 10, 5), (0, -5, 0))
    cloud("in two slots", (1, 1, 1), (3, 0, 0)).data.materials.append(glow("screen"))
    bent = cloud("bent", (2, 2, 1), (-3, -1, 0))
    bent.modifiers.new("subdivision", "SUBSURF").subdivision_type = "SIMPLE"
    bent.modifiers.new("displacement", "DISPLACE").strength = 0.0
    lent = cloud("of its object", (2, 2, 1), (3, -2, 0))
    lent.material_slots[0].link = "OBJECT"
    lent.material_slots[0].material = lent.data.materials[0]
    lent.data.materials[0] = glow("screen")
    made = cloud("made by nodes", (2, 1, 1), (-2, -3, 0))
    mist = made.data.materials[0]
    made.data.materials[0] = glow("screen")

    def set_material(tree: bpy.types.NodeTree, start: Any) -> Any:
        node = tree.nodes.new("GeometryNodeSetMaterial")
        node.inputs["Material"].default_value = mist
        tree.links.new(start, node.inputs["Geometry"])
        return node.outputs[0]

    hazard.add_nodes(made, hazard.node_group("mist", set_material))
    stock = bpy.data.collections.new("stock")
    copied = cloud("copied", (1.5, 1.5, 1), (0, 0, 0))
    scene.collection.objects.unlink(copied)
    stock.objects.link(copied)
    copy = hazard.add(None, "copy", (1.5, -2, 0), instance_type="COLLECTION")
    copy.instance_collection = stock
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "fog.blend"))


def build_shutters(folder: Path) -> None:
    """Save `shutter_start.blend`, `shutter_end.blend` and `rolling.blend`, with a camera that moves 1 m a frame.

    It is at x = 0 at frame 2; the shutter is open for half a frame.
    """
    scene = stage()
    scene.frame_start, scene.frame_end = 1, 3
    scene.render.use_motion_blur, scene.render.motion_blur_shutter = True, 0.5
    for frame, x in ((1, -1), (3, 1)):
        scene.camera.location.x = x
        scene.camera.keyframe_insert("location", index=0, frame=frame)
    for curve in compat.curves(scene.camera):
        for point in curve.keyframe_points:
            point.interpolation = "LINEAR"
        curve.extrapolation = "LINEAR"
    owner = scene.render if hasattr(scene.render, "motion_blur_position") else scene.cycles
    for position in ("START", "END"):
        owner.motion_blur_position = position
        bpy.ops.wm.save_as_mainfile(filepath=str(folder / f"shutter_{position.lower()}.blend"))
    owner.motion_blur_position = "CENTER"
    scene.cycles.rolling_shutter_type, scene.cycles.rolling_shutter_duration = "TOP", 0.01
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "rolling.blend"))


def lamp(kind: str, place: Point, **settings: Any) -> bpy.types.Object:
    """Add a lamp that a camera sees."""
    data = bpy.data.lights.new(kind, kind)
    data.energy = 2000
    for name, value in settings.items():
        setattr(data, name, value)
    return hazard.add(data, kind, place, visible_camera=True)


def build_lamps(folder: Path) -> None:
    """Save `lamps.blend`, with lamps in view, and others that are hidden by surfaces or from cameras.

    One is behind a pane that is half transparent, which counts as a surface; one behind a clear one, which doesn't.
    """
    scene = stage()
    scene.frame_start, scene.frame_end = 1, 2
    scene.camera.keyframe_insert("location", frame=1)
    square = lamp("AREA", (-1.6, -1, 1.9), size=0.6)
    square.rotation_euler, square.scale = (-math.pi / 2, 0, 0.4), (1.5, 0.8, 1)
    lamp("AREA", (-0.5, 1, 2.6), shape="DISK", size=0.7).rotation_euler = (-math.pi / 2, 0, 0)
    lamp("POINT", (0.2, -1, 0.8), shadow_soft_size=0.3)
    lamp("SPOT", (0.3, 0, 2.6), shadow_soft_size=0.25).rotation_euler = (-math.pi / 2, 0, 0)
    lamp("POINT", (1, 1.5, 1), shadow_soft_size=0.3).name = "behind the green box"
    lamp("POINT", (0, -2, 1.6), shadow_soft_size=0.3).visible_camera = False
    for x, opacity in ((1.2, 0.5), (2.0, 0.0)):
        lamp("POINT", (x, 0, 2.8), shadow_soft_size=0.25).name = f"behind a pane of opacity {opacity}"
        pane = hazard.card(f"pane {opacity}", 0.7, 0.7)
        pane.materials.append(hazard.material(f"pane {opacity}", Alpha=opacity))
        add("screen", pane, (x * 5.5 / 6, -0.5, 2.35))
    moving = lamp("POINT", (1.2, -1, 0.4), shadow_soft_size=0.2)
    for frame, x in ((1, 1.2), (2, 1.6)):
        moving.location.x = x
        moving.keyframe_insert("location", index=0, frame=frame)
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "lamps.blend"))


def panel(name: str, made: bpy.types.Material | None = None) -> bpy.types.Object:
    """Add an upright square at the next place of a grid before the wall, and return it."""
    number = sum(item.name.startswith("panel") for item in bpy.data.objects)
    data = hazard.card(f"panel {name}", 0.6, 0.6)
    data.materials.append(made or glow("screen"))
    return add("screen", data, (0.75 * (number % 5) - 1.5, 0, 0.75 + 0.72 * (number // 5)))


def see_through(opacity: float = 0.0, lit_by: str = "") -> bpy.types.Material:
    """Make a material whose opacity is constant, or an output of a Light Path node."""
    made = glow("screen")
    tree = made.node_tree
    output = tree.get_output_node("ALL")
    mix = tree.nodes.new("ShaderNodeMixShader")
    mix.inputs[0].default_value = opacity
    tree.links.new(output.inputs["Surface"].links[0].from_socket, mix.inputs[2])
    tree.links.new(tree.nodes.new("ShaderNodeBsdfTransparent").outputs[0], mix.inputs[1])
    tree.links.new(mix.outputs[0], output.inputs["Surface"])
    if lit_by:
        tree.links.new(tree.nodes.new("ShaderNodeLightPath").outputs[lit_by], mix.inputs[0])
    return made


def of_engines(shows: str) -> bpy.types.Material:
    """Make a material that shines in one engine, CYCLES or EEVEE, and is clear in the other."""
    made = see_through()
    tree = made.node_tree
    mix = next(node for node in tree.nodes if node.type == "MIX_SHADER")
    tree.nodes.remove(tree.get_output_node("ALL"))
    for target in ("CYCLES", "EEVEE"):
        output = tree.nodes.new("ShaderNodeOutputMaterial")
        output.target = target
        tree.links.new(mix.inputs[2 if target == shows else 1].links[0].from_socket, output.inputs["Surface"])
    return made


def in_collection(item: bpy.types.Object, setting: str) -> None:
    """Move an object into a collection of its own with a setting of the view layer."""
    scene = bpy.context.scene
    own = bpy.data.collections.new(item.name)
    scene.collection.children.link(own)
    scene.collection.objects.unlink(item)
    own.objects.link(item)
    setattr(scene.view_layers[0].layer_collection.children[own.name], setting, True)


def blended(made: bpy.types.Material, old: str) -> bpy.types.Material:
    """Set how EEVEE draws a material: `old` until 4.1, blended since."""
    if hasattr(made, "surface_render_method"):
        made.surface_render_method = "BLENDED"
    else:
        made.blend_method = old
    return made


def build_engines(folder: Path) -> None:
    """Save `engines.blend`, with panels that EEVEE draws otherwise than Cycles."""
    stage()
    for name in ("red", "green"):
        bpy.data.objects.remove(bpy.data.objects[name])
    for name, turn in (("front", 0.0), ("back", math.pi)):
        made = glow("screen")
        made.use_backface_culling = True
        panel(f"culled, {name}", made).rotation_euler.z = turn
    mirrored = panel("culled, mirrored", bpy.data.materials["screen"].copy())
    mirrored.scale.x, mirrored.active_material.use_backface_culling = -1, True
    plain = bpy.data.materials.new("without nodes")
    if bpy.app.version < (5, 0):
        plain.use_nodes = False
    plain.use_backface_culling = True
    panel("culled, without nodes", plain).rotation_euler.z = math.pi
    panel("hidden from cameras").visible_camera = False
    in_collection(panel("indirect only"), "indirect_only")
    in_collection(panel("held out by its collection"), "holdout")
    panel("held out").is_holdout = True
    panel("clear, drawn as opaque", blended(see_through(), "OPAQUE"))
    panel("blended", blended(glow("screen"), "BLEND"))
    far = hazard.mesh("far", [(-0.3, 2.5, 0), (0.3, 2.5, 0), (0.3, 2.5, 0.6), (-0.3, 2.5, 0.6)], [(0, 1, 2, 3)])
    far.materials.append(blended(glow("red"), "BLEND"))
    place = bpy.data.objects["panel blended"].location
    add("red", far, (place.x, place.y - 2, place.z))  # behind the panel, with its origin in front of it
    panel("of Cycles alone", of_engines("CYCLES"))
    panel("of EEVEE alone", of_engines("EEVEE"))
    panel("for cameras alone", see_through(lit_by="Is Camera Ray"))
    panel("behind clear things alone", see_through(lit_by="Transparent Depth"))
    bump = glow("screen")
    shift = bump.node_tree.nodes.new("ShaderNodeVectorDisplacement")
    shift.space = "WORLD"
    shift.inputs["Vector"].default_value[2] = 0.3
    bump.node_tree.links.new(shift.outputs[0], bump.node_tree.get_output_node("ALL").inputs["Displacement"])
    owner = bump if hasattr(bump, "displacement_method") else bump.cycles
    owner.displacement_method = "DISPLACEMENT"
    panel("displaced", bump)
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "engines.blend"))


def build_islands(folder: Path) -> None:
    """Save `islands.blend`: one mesh of eight upright cards, each with a grey by Random Per Island."""
    stage()
    for name in ("red", "green"):
        bpy.data.objects.remove(bpy.data.objects[name])
    corners, cards = [], []
    for number in range(8):
        left = 0.6 * number - 2.35
        cards.append(tuple(range(len(corners), len(corners) + 4)))
        corners += [(left, 0, 0.2), (left + 0.5, 0, 0.2), (left + 0.5, 0, 2.4), (left, 0, 2.4)]
    made = glow("screen")
    geometry = made.node_tree.nodes.new("ShaderNodeNewGeometry")
    shining = next(node for node in made.node_tree.nodes if node.bl_idname == "ShaderNodeEmission")
    made.node_tree.links.new(geometry.outputs["Random Per Island"], shining.inputs["Color"])
    mesh = hazard.mesh("cards", corners, cards)
    mesh.materials.append(made)
    add("screen", mesh, (0, 0, 0))
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "islands.blend"))


if __name__ == "__main__":
    build_fog(Path(sys.argv[-1]))
    build_shutters(Path(sys.argv[-1]))
    build_lamps(Path(sys.argv[-1]))
    build_engines(Path(sys.argv[-1]))
    build_islands(Path(sys.argv[-1]))
