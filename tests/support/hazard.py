"""Build the scene of hazards and save it: run inside a Blender, `hazard.py -- FILE.blend`.

Beside FILE.blend it writes `FILE.library.blend`, which the scene links, and `FILE.taxonomy.json`. Every piece is there
because it once broke somebody's masks. The category `never` labels what no pixel may show.

A material's custom property `truth_alpha` tells the ray cast what the test knows of it: `none` for a surface that is
fully transparent, `image` for one that the alpha of the image node's nearest texel cuts. All others are opaque to it.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "addon"))

from sweepset import taxonomy
from sweepset.blender import labels

CATEGORIES = {
    "floor": 1,
    "pane": 2,
    "leaf": 3,
    "glass": 4,
    "hairy": 5,
    "mover": 6,
    "source": 7,
    "host": 8,
    "child": 9,
    "shared a": 10,
    "shared b": 11,
    "part a": 12,
    "part b": 13,
    "metal": 14,
    "rest": 15,
    "linked": 16,
    "text": 17,
    "curve": 18,
    "metaball": 19,
    "flipped": 20,
    "never": 21,
    "kept": 22,
    "nested": 23,
    "wood": 24,
    "realized": 25,
    "fur": 26,
    "primitive": 27,
    "behind": 28,
    "日本語": 255,
    "Ümläut": 256,
    "deep": 2049,
    "last": 32767,
}
FRAME = 5
SPACING = 2.4
LEAF = ("........", ".##..##.", "########", "##.##.##", "..####..", ".######.", "..#..#..", "...##...")


def hazard_taxonomy() -> taxonomy.Taxonomy:
    """Return the scene's taxonomy, with ids up to the largest that there may be."""
    categories = [{"id": number, "name": name} for name, number in CATEGORIES.items()]
    return taxonomy.parse({"name": "hazards", "categories": categories}, "hazards")


TAXONOMY = hazard_taxonomy()


def label(item: Any, name: str) -> Any:
    """Label an object or a material, and return it."""
    labels.set_category(item, TAXONOMY.category(name))
    return item


def cell(column: int, row: int, height: float = 0.0) -> tuple[float, float, float]:
    """Return the place of a cell of the grid that the pieces stand on."""
    return (column - 3.5) * SPACING, (row - 2.0) * SPACING, height


def add(data: bpy.types.ID | None, name: str, place: Sequence[float], **settings: Any) -> bpy.types.Object:
    """Link a new object to the scene's main collection."""
    item = bpy.data.objects.new(name, data)
    item.location = place
    for key, value in settings.items():
        setattr(item, key, value)
    bpy.context.scene.collection.objects.link(item)
    return item


def mesh(name: str, vertices: Iterable[Sequence[float]], faces: Iterable[Sequence[int]]) -> bpy.types.Mesh:
    """Make a mesh from lists."""
    data = bpy.data.meshes.new(name)
    data.from_pydata(list(vertices), [], list(faces))
    data.update()
    return data


def box(name: str, size: Sequence[float] = (1, 1, 1)) -> bpy.types.Mesh:
    """Make a box that stands on its origin."""
    x, y, z = size[0] / 2, size[1] / 2, size[2]
    corners = [(i * x, j * y, k * z) for k in (0, 1) for j in (-1, 1) for i in (-1, 1)]
    faces = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    return mesh(name, corners, faces)


def ball(name: str, radius: float = 0.5, steps: int = 16) -> bpy.types.Mesh:
    """Make a ball that stands on its origin, its faces smooth."""
    vertices, faces = [(0.0, 0.0, 0.0)], []
    for i in range(1, steps):
        a = math.pi * i / steps
        for j in range(2 * steps):
            b = math.pi * j / steps
            flat = radius * math.sin(a)
            vertices.append((flat * math.cos(b), flat * math.sin(b), radius - radius * math.cos(a)))
    vertices.append((0.0, 0.0, 2 * radius))
    ring = 2 * steps
    for j in range(ring):
        k = (j + 1) % ring
        faces.append((0, 1 + k, 1 + j))
        faces.append((len(vertices) - 1, len(vertices) - 1 - ring + j, len(vertices) - 1 - ring + k))
        for i in range(steps - 2):
            faces.append((1 + i * ring + j, 1 + i * ring + k, 1 + (i + 1) * ring + k, 1 + (i + 1) * ring + j))
    data = mesh(name, vertices, faces)
    data.polygons.foreach_set("use_smooth", np.ones(len(data.polygons), bool))
    return data


def card(name: str, width: float, height: float) -> bpy.types.Mesh:
    """Make an upright rectangle in the xz plane, with UVs over the whole image."""
    x = width / 2
    data = mesh(name, [(-x, 0, 0), (x, 0, 0), (x, 0, height), (-x, 0, height)], [(0, 1, 2, 3)])
    layer = data.uv_layers.new(name="UVMap")
    for loop, uv in zip(layer.data, ((0, 0), (1, 0), (1, 1), (0, 1))):
        loop.uv = uv
    return data


def material(name: str, color: Sequence[float] = (0.6, 0.6, 0.6), **inputs: float) -> bpy.types.Material:
    """Make a Principled material."""
    item = bpy.data.materials.new(name)
    if bpy.app.version < (5, 0):
        item.use_nodes = True
    shader = next(node for node in item.node_tree.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
    shader.inputs["Base Color"].default_value = (*color, 1)
    for key, value in inputs.items():
        shader.inputs[key.replace("_", " ")].default_value = value
    return item


def shader_material(name: str, shader: str) -> bpy.types.Material:
    """Make a material of one shader node."""
    item = material(name)
    tree = item.node_tree
    output = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeOutputMaterial")
    tree.links.new(tree.nodes.new(shader).outputs[0], output.inputs["Surface"])
    return item


def leaf_material() -> bpy.types.Material:
    """Make a material that an image's alpha cuts, texel by texel."""
    rows = np.array([[character == "#" for character in row] for row in LEAF[::-1]], np.float32)
    rows = rows.repeat(2, 0).repeat(2, 1)
    image = bpy.data.images.new("Blätter", rows.shape[1], rows.shape[0], alpha=True)
    pixels = np.ones((*rows.shape, 4), np.float32)
    pixels[..., :3] = (0.1, 0.5, 0.1)
    pixels[..., 3] = rows
    image.pixels.foreach_set(pixels.ravel())
    image.update()
    image.pack()
    item = material("Blatt")
    tree = item.node_tree
    shader = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
    texture = tree.nodes.new("ShaderNodeTexImage")
    texture.image, texture.interpolation, texture.extension = image, "Closest", "EXTEND"
    tree.links.new(texture.outputs["Color"], shader.inputs["Base Color"])
    tree.links.new(texture.outputs["Alpha"], shader.inputs["Alpha"])
    item["truth_alpha"] = "image"
    return item


def node_group(name: str, build: Callable[[bpy.types.NodeTree, Any], Any]) -> bpy.types.NodeTree:
    """Make a geometry node group; `build` gets the tree and the input's socket and returns the output's."""
    tree = bpy.data.node_groups.new(name, "GeometryNodeTree")
    if hasattr(tree, "interface"):
        tree.interface.new_socket(name="Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
        tree.interface.new_socket(name="Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    else:
        tree.inputs.new("NodeSocketGeometry", "Geometry")
        tree.outputs.new("NodeSocketGeometry", "Geometry")
    start, end = tree.nodes.new("NodeGroupInput"), tree.nodes.new("NodeGroupOutput")
    tree.links.new(build(tree, start.outputs[0]), end.inputs[0])
    return tree


def instance_on_points(tree: bpy.types.NodeTree, points: Any, what: Any, scale: float) -> Any:
    """Add an Instance on Points node and return its output."""
    node = tree.nodes.new("GeometryNodeInstanceOnPoints")
    tree.links.new(points, node.inputs["Points"])
    tree.links.new(what, node.inputs["Instance"])
    node.inputs["Scale"].default_value = (scale, scale, scale)
    return node.outputs["Instances"]


def object_info(tree: bpy.types.NodeTree, item: bpy.types.Object) -> Any:
    """Add an Object Info node that gives an instance of an object, and return its output."""
    node = tree.nodes.new("GeometryNodeObjectInfo")
    node.inputs["Object"].default_value = item
    node.inputs["As Instance"].default_value = True
    return node.outputs["Geometry"]


def join(tree: bpy.types.NodeTree, *parts: Any) -> Any:
    """Add a Join Geometry node and return its output."""
    node = tree.nodes.new("GeometryNodeJoinGeometry")
    for part in parts:
        tree.links.new(part, node.inputs[0])
    return node.outputs[0]


def add_nodes(item: bpy.types.Object, tree: bpy.types.NodeTree) -> None:
    """Add a geometry-nodes modifier."""
    item.modifiers.new("Nodes", "NODES").node_group = tree


def add_basics() -> None:
    """Add the floor, things with extreme ids and names, one with no label, and lights that a camera sees."""
    floor = mesh("Boden", [(-15, -11, 0), (15, -11, 0), (15, 11, 0), (-15, 11, 0)], [(0, 1, 2, 3)])
    label(add(floor, "Boden", (0, 0, 0)), "floor")
    label(add(box("箱"), "日本語の箱", cell(0, 0)), "日本語")
    label(add(ball("Kugel"), "Ümläut-Kugel", cell(1, 0)), "Ümläut")
    label(add(box("deep", (0.8, 0.8, 1.4)), "deep", cell(2, 0), rotation_euler=(0, 0, 0.6)), "deep")
    label(add(ball("last", 0.6, 4), "last", cell(3, 0)), "last")
    add(box("unlabelled"), "unlabelled", cell(4, 0))
    sun = bpy.data.lights.new("Sun", "SUN")
    sun.energy = 2
    add(sun, "Sun", (0, 0, 9), rotation_euler=(0.5, 0.3, 0))
    lamp = bpy.data.lights.new("Lamp", "AREA")
    lamp.energy, lamp.size = 100, 1.5
    add(lamp, "Lamp", cell(5, 0, 2.4), rotation_euler=(0.3, 0, 0))


def add_transparency() -> None:
    """Add glass, panes of little and no opacity, a deep stack of clear panes, and leaves."""
    glass = label(add(ball("glass", 0.6), "glass", cell(0, 1)), "glass")
    glass.data.materials.append(shader_material("Glas", "ShaderNodeBsdfGlass"))
    for column, name, alpha in ((1, "pane", 0.3), (2, "faint pane", 0.01)):
        label(add(box(name + " back"), name + " back", cell(column, 1)), "rest")
        pane = label(add(card(name, 1.0, 1.0), name, cell(column, 0.65), rotation_euler=(0, 0, 0.2)), "pane")
        pane.data.materials.append(material(name, Alpha=alpha))
    clear = shader_material("clear", "ShaderNodeBsdfTransparent")
    clear["truth_alpha"] = "none"
    principled = material("clear principled", Alpha=0.0)
    principled["truth_alpha"] = "none"
    label(add(box("behind", (1, 0.6, 1)), "behind", cell(3, 1.2)), "behind")
    for number in range(10):
        data = card(f"clear {number}", 1.8, 1.8)
        data.materials.append(clear if number % 2 else principled)
        label(add(data, f"clear {number}", cell(3, 1.0 - 0.05 * number)), "never")
    leaf = leaf_material()
    data = card("leaf card", 1.6, 1.6)
    data.materials.append(leaf)
    label(add(data, "leaf card", cell(4, 0.8), rotation_euler=(0, 0, 0.15)), "leaf")
    label(add(ball("leaf back"), "leaf back", cell(4, 1.2)), "rest")
    source = label(add(card("leaf", 0.5, 0.5), "leaf", cell(6, 0), hide_render=True), "leaf")
    source.data.materials.append(leaf)
    label(add(box("trunk", (0.2, 0.2, 0.3)), "trunk", cell(5, 1)), "wood")
    spiral = [(0.45 * math.cos(2.4 * k), 0.07 * k - 0.5, 0.8 + 0.45 * math.sin(2.4 * k)) for k in range(14)]
    crown = label(add(mesh("crown", spiral, []), "crown", cell(5, 1)), "never")
    add_nodes(crown, node_group("Baum", lambda t, g: join(t, g, instance_on_points(t, g, object_info(t, source), 1))))


def add_instances() -> None:
    """Add geometry-nodes instances, realized ones, and nested collection instances."""
    source = label(add(box("source", (0.3, 0.3, 0.3)), "source", cell(7, 0), hide_render=True), "source")
    part = label(add(box("source part", (0.3, 0.3, 0.3)), "source part", cell(7, 0), hide_render=True), "source")
    labels.set_face_category(part.data, [1], TAXONOMY.category("part b"))
    grid = [(0.6 * i, 0.6 * j, 0.05) for j in (-1, 0, 1) for i in (-1, 0, 1)]
    quads = [(k, k + 1, k + 4, k + 3) for k in (0, 1, 3, 4)]
    points = mesh("points", grid, quads)

    def realize(tree: bpy.types.NodeTree, geometry: Any) -> Any:
        node = tree.nodes.new("GeometryNodeRealizeInstances")
        tree.links.new(instance_on_points(tree, geometry, object_info(tree, part), 1), node.inputs[0])
        return node.outputs[0]

    def primitive(tree: bpy.types.NodeTree, geometry: Any) -> Any:
        cube = tree.nodes.new("GeometryNodeMeshCube")
        return instance_on_points(tree, geometry, cube.outputs["Mesh"], 0.3)

    host = label(add(points, "host", cell(0, 2)), "host")
    add_nodes(host, node_group("Host", lambda t, g: join(t, g, instance_on_points(t, g, object_info(t, source), 1))))
    add_nodes(label(add(points, "realized", cell(1, 2)), "realized"), node_group("Realize", realize))
    add_nodes(label(add(points, "primitive", cell(2, 2, 0.2)), "primitive"), node_group("Primitive", primitive))

    emitter = label(add(ball("emitter", 0.4, 4), "emitter", cell(6, 0, 0.2), show_instancer_for_render=False), "never")
    settings = emitter.modifiers.new("Particles", "PARTICLE_SYSTEM").particle_system.settings
    settings.type, settings.count, settings.hair_length, settings.use_emit_random = "HAIR", 24, 0.5, False
    settings.render_type, settings.instance_object, settings.particle_size = "OBJECT", source, 1.0
    frame = label(add(points, "frame", cell(7, 0), instance_type="VERTS", show_instancer_for_render=False), "never")
    corner = label(add(ball("corner", 0.2, 4), "corner", (0, 0, 0)), "child")
    corner.parent = frame

    inner, outer = bpy.data.collections.new("Innen"), bpy.data.collections.new("Außen")
    for group, name, data, kind in (
        (inner, "nested", ball("nested", 0.25), "nested"),
        (inner, "nested part", box("nested part", (0.2, 0.9, 0.2)), "child"),
        (outer, "child", box("child", (0.9, 0.2, 0.3)), "child"),
    ):
        group.objects.link(label(bpy.data.objects.new(name, data), kind))
    empty = label(bpy.data.objects.new("inner instance", None), "never")
    empty.instance_type, empty.instance_collection = "COLLECTION", inner
    empty.location = (0, 0, 0.3)
    outer.objects.link(empty)
    for number, scale in enumerate((1, -1)):
        group = label(add(None, f"outer instance {number}", cell(3 + number, 2)), "never")
        group.instance_type, group.instance_collection = "COLLECTION", outer
        group.scale, group.rotation_euler = (scale, 1, 1.3), (0, 0, 0.4)


def add_meshes() -> None:
    """Add shared meshes, face and material labels under modifiers, and negative scale."""
    shared = box("shared", (0.6, 0.6, 1))
    label(add(shared, "shared a", (cell(5, 2)[0] - 0.4, cell(5, 2)[1], 0)), "shared a")
    label(add(shared, "shared b", (cell(5, 2)[0] + 0.4, cell(5, 2)[1], 0)), "shared b")
    add(shared, "shared none", (cell(5, 2)[0], cell(5, 2)[1] + 0.8, 0))

    wood, metal = label(material("Holz", (0.4, 0.2, 0.1)), "wood"), label(material("Metall", Metallic=1.0), "metal")
    plain = material("plain")
    parts = box("parts", (0.5, 0.9, 0.9))
    for item in (wood, metal, plain):
        parts.materials.append(item)
    parts.polygons.foreach_set("material_index", np.array([0, 0, 1, 1, 2, 2], np.int32))
    labels.set_face_category(parts, [1], TAXONOMY.category("part a"))
    labels.set_face_category(parts, [4, 3], TAXONOMY.category("part b"))
    item = label(add(parts, "parts", (cell(6, 2)[0] - 0.35, cell(6, 2)[1], 0)), "rest")
    smooth = item.modifiers.new("Subdivision", "SUBSURF")
    smooth.levels, smooth.render_levels = 0, 2
    mirror = item.modifiers.new("Mirror", "MIRROR")
    mirror.use_axis[0] = True
    pivot = add(None, "pivot", cell(6, 2))
    mirror.mirror_object, mirror.show_viewport = pivot, False
    array = item.modifiers.new("Array", "ARRAY")
    array.count, array.use_relative_offset, array.use_constant_offset = 2, False, True
    array.constant_offset_displace = (0.0, 1.1, 0.0)

    mixed = box("linked slots")
    mixed.materials.append(wood)
    mixed.materials.append(plain)
    mixed.polygons.foreach_set("material_index", np.array([0, 0, 0, 1, 0, 1], np.int32))
    label(add(mixed, "slots by mesh", cell(7, 2)), "rest")
    by_object = label(add(mixed, "slots by object", cell(7, 3)), "rest")
    by_object.material_slots[0].link = "OBJECT"
    by_object.material_slots[0].material = metal

    corners = [(-0.5, -0.5, 0), (0.5, -0.5, 0), (0, 0.5, 0), (-0.3, 0, 1.2)]
    wedge = mesh("wedge", corners, [(0, 2, 1), (0, 1, 3), (1, 2, 3), (2, 0, 3)])
    labels.set_face_category(wedge, [2], TAXONOMY.category("part a"))
    label(add(wedge, "flipped", cell(0, 3), scale=(-1.2, 1, 1)), "flipped")
    label(add(wedge, "turned inside out", cell(1, 3, 1.2), scale=(-1, -1, -1)), "flipped")


def add_other_types(folder: Path, stem: str) -> None:
    """Add text, curves, a metaball, hair, and objects and collections of another file."""
    text = bpy.data.curves.new("text", "FONT")
    text.body, text.extrude, text.size = "Äg7", 0.1, 1.2
    label(add(text, "text", (cell(2, 3)[0] - 0.8, cell(2, 3)[1], 0.1), rotation_euler=(1.2, 0, 0)), "text")
    curve = bpy.data.curves.new("curve", "CURVE")
    curve.dimensions, curve.bevel_depth = "3D", 0.12
    spline = curve.splines.new("BEZIER")
    spline.bezier_points.add(2)
    for point, place in zip(spline.bezier_points, ((-0.7, 0, 0.2), (0, 0.2, 1.2), (0.7, -0.2, 0.3))):
        point.co, point.handle_left_type, point.handle_right_type = place, "AUTO", "AUTO"
    label(add(curve, "curve", cell(3, 3)), "curve")
    family = bpy.data.metaballs.new("metaball")
    family.render_resolution, family.resolution = 0.15, 0.4
    for x in (-0.35, 0.35):
        element = family.elements.new()
        element.co, element.radius = (x, 0, 0.5), 0.7
    label(add(family, "metaball", cell(4, 3)), "metaball")

    for column, name, kind in ((5, "hairy", "hairy"), (6, "furry", "hairy")):
        item = label(add(ball(name, 0.4, 4), name, cell(column, 3)), kind)
        item.data.polygons.foreach_set("use_smooth", np.zeros(len(item.data.polygons), bool))
        item.data.materials.append(material(name + " skin"))
        if name == "furry":
            item.data.materials.append(label(material("Fell"), "fur"))
        settings = item.modifiers.new("Hair", "PARTICLE_SYSTEM").particle_system.settings
        settings.type, settings.count, settings.hair_length, settings.hair_step = "HAIR", 24, 0.5, 2
        settings.emit_from, settings.use_emit_random = "FACE", False
        settings.root_radius = settings.tip_radius = 1.0
        settings.radius_scale, settings.use_close_tip = 0.1, False
        settings.render_step = settings.display_step = 1
        settings.material = len(item.data.materials)

    library = folder / f"{stem}.library.blend"
    outside = label(bpy.data.objects.new("from the library", ball("library ball", 0.5, 5)), "linked")
    group = bpy.data.collections.new("Bibliothek")
    inside = label(bpy.data.objects.new("in the library's collection", box("library box", (0.5, 0.5, 0.9))), "linked")
    inside.data.materials.append(label(material("library material"), "wood"))
    inside.data.polygons[1].material_index = 1
    inside.data.materials.append(material("library plain"))
    group.objects.link(inside)
    outside.location = cell(0, 4)
    bpy.data.libraries.write(str(library), {outside, group}, fake_user=True)
    for block in (outside, inside):
        bpy.data.objects.remove(block)
    bpy.data.collections.remove(group)
    for name in ("library ball", "library box"):
        bpy.data.meshes.remove(bpy.data.meshes[name])
    for name in ("library material", "library plain"):
        bpy.data.materials.remove(bpy.data.materials[name])
    with bpy.data.libraries.load(str(library), link=True) as (_, here):
        here.objects, here.collections = ["from the library"], ["Bibliothek"]
    bpy.context.scene.collection.objects.link(here.objects[0])
    empty = add(None, "library instance", cell(1, 4))
    empty.instance_type, empty.instance_collection = "COLLECTION", here.collections[0]


def add_hidden() -> None:
    """Add what is hidden in each of Blender's ways, a thing behind each; and what only looks hidden."""
    for column in (2, 3, 4, 5):
        label(add(box(f"shown {column}"), f"shown {column}", cell(column, 4)), "rest")
    front = box("front", (1.2, 0.1, 1.2))
    label(add(front, "not rendered", cell(2, 3.65), hide_render=True), "never")
    label(add(front, "not for cameras", cell(3, 3.65), visible_camera=False), "never")
    away = bpy.data.collections.new("Ausgeschlossen")
    bpy.context.scene.collection.children.link(away)
    excluded = label(bpy.data.objects.new("excluded", front), "never")
    excluded.location = cell(4, 3.65)
    away.objects.link(excluded)
    bpy.context.view_layer.layer_collection.children[away.name].exclude = True
    both = label(add(front, "hidden everywhere", cell(5, 3.65), hide_render=True, hide_viewport=True), "never")
    both.hide_set(True)
    for name, front_of, data, kind, hidden in (
        ("collection not rendered", cell(6, 3.65), front, "never", "hide_render"),
        ("collection out of viewports", cell(5, 0), ball("kept collection", 0.4, 6), "kept", "hide_viewport"),
    ):
        group = bpy.data.collections.new(name)
        bpy.context.scene.collection.children.link(group)
        group.objects.link(label(bpy.data.objects.new(f"in {name}", data), kind))
        group.objects[0].location = front_of
        setattr(group, hidden, True)
    shy = bpy.data.objects["shown 2"].modifiers.new("Only in viewports", "ARRAY")
    shy.show_render, shy.use_relative_offset, shy.use_constant_offset = False, False, True
    shy.constant_offset_displace = (0.0, 0.0, 1.0)
    label(add(ball("kept", 0.45, 6), "hidden in viewports", cell(6, 4), hide_viewport=True), "kept")
    label(add(box("kept too"), "hidden by eye", cell(7, 4)), "kept").hide_set(True)


def add_movers() -> None:
    """Add things that move fast enough to smear under motion blur."""

    def animate(item: bpy.types.Object, path: str, values: Sequence[Sequence[float]]) -> None:
        for frame, value in zip((FRAME - 4, FRAME, FRAME + 4), values):
            setattr(item, path, value)
            item.keyframe_insert(path, frame=frame)

    x, y, _ = cell(6, 1)
    mover = label(add(box("mover", (0.6, 0.6, 0.9)), "mover", (x, y, 0)), "mover")
    animate(mover, "location", ((x - 6, y, 0), (x, y, 0), (x + 6, y, 3)))
    bar = label(add(box("spinner", (1.4, 0.2, 0.4)), "spinner", cell(7, 1)), "mover")
    animate(bar, "rotation_euler", ((0, 0, -6), (0, 0, 0.5), (0, 0, 6)))
    camera = bpy.data.objects["Überblick"]
    place = tuple(camera.location)
    animate(camera, "location", ((place[0] - 3, place[1], place[2]), place, (place[0] + 3, place[1], place[2])))


def add_cameras() -> None:
    """Add cameras: depth of field, shift, a scaled parent, a vertical fit, and a close one."""
    from mathutils import Vector

    def camera(name: str, place: Sequence[float], target: Sequence[float], lens: float, **settings: Any) -> Any:
        data = bpy.data.cameras.new(name)
        data.lens, data.clip_start, data.clip_end = lens, 0.05, 200
        for key, value in settings.items():
            setattr(data, key, value)
        direction = Vector(target) - Vector(place)
        return add(data, name, place, rotation_euler=direction.to_track_quat("-Z", "Y").to_euler())

    main = camera("Überblick", (0, -14, 9.5), (0, -0.6, 0), 30)
    main.data.dof.use_dof, main.data.dof.focus_distance, main.data.dof.aperture_fstop = True, 4, 0.05
    bpy.context.scene.camera = main
    camera("shifted", (-9, -9, 6), (-3, -1, 0), 35, shift_x=0.2, shift_y=-0.15)
    scaled = camera("scaled", (8.5, -7.5, 5.5), (3.5, 0, 0.3), 32, sensor_fit="VERTICAL", sensor_height=30)
    parent = add(None, "scaled parent", (0, 0, 0), scale=(2, 2, 2))
    scaled.parent = parent
    scaled.location = scaled.location / 2
    camera("close", (-2.5, -5.6, 2.2), (-0.4, -1.6, 0.5), 28)
    camera("back", (2, 10.5, 6), (0.5, 1, 0.4), 28)


def add_compositor(scene: bpy.types.Scene) -> None:
    """Give the scene a compositor tree of its own that blurs."""
    if hasattr(scene, "compositing_node_group"):
        tree = scene.compositing_node_group = bpy.data.node_groups.new("Eigenes", "CompositorNodeTree")
        tree.interface.new_socket(name="Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        end = tree.nodes.new("NodeGroupOutput")
    else:
        scene.use_nodes = True
        tree = scene.node_tree
        tree.nodes.clear()
        end = tree.nodes.new("CompositorNodeComposite")
    start, blur = tree.nodes.new("CompositorNodeRLayers"), tree.nodes.new("CompositorNodeBlur")
    if hasattr(blur, "size_x"):
        blur.size_x = blur.size_y = 20
    else:
        blur.inputs["Size"].default_value = (20, 20)
    tree.links.new(start.outputs["Image"], blur.inputs["Image"])
    tree.links.new(blur.outputs["Image"], end.inputs[0])


def spoil_settings(scene: bpy.types.Scene) -> None:
    """Set everything in the scene's settings that a careless renderer would leave as it is."""
    render = scene.render
    render.engine = "CYCLES"
    render.resolution_x, render.resolution_y, render.resolution_percentage = 640, 400, 50
    render.pixel_aspect_x = 2
    render.use_border = render.use_crop_to_border = True
    render.border_min_x, render.border_max_x, render.border_min_y, render.border_max_y = 0.2, 0.6, 0.3, 0.7
    render.use_stamp = True
    render.stamp_font_size = 40
    render.use_motion_blur, render.motion_blur_shutter = True, 1.0
    render.filepath = "C:\\Benutzer\\Ümläut\\Bild"
    render.image_settings.file_format = "JPEG"
    render.use_overwrite = render.use_file_extension = False
    render.use_placeholder = True
    render.dither_intensity = 2
    render.film_transparent = True
    scene.view_settings.exposure = 2
    scene.view_settings.gamma = 2
    cycles = scene.cycles
    cycles.samples = 1
    cycles.use_denoising = True
    cycles.transparent_max_bounces = 2
    cycles.filter_width = 4
    for key, value in {"sample_offset": 7, "use_sample_subset": True, "sample_subset_offset": 7}.items():
        if hasattr(cycles, key):
            setattr(cycles, key, value)
    editor = scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    length = {"length": 100} if bpy.app.version >= (5, 0) else {"frame_end": 101}
    strips.new_effect(name="Farbe", type="COLOR", channel=1, frame_start=1, **length)
    add_compositor(scene)
    layer = scene.view_layers[0]
    layer.pass_alpha_threshold = 0.8
    scene.frame_start, scene.frame_end = FRAME, FRAME + 1
    scene.frame_set(FRAME)


def add_other_layers(scene: bpy.types.Scene) -> None:
    """Add a second view layer, which shows what the first leaves out, and a second scene."""
    layer = scene.view_layers.new("Zweite Ebene")
    for item in layer.layer_collection.children:
        item.exclude = False
    other = bpy.data.scenes.new("Zweite Szene")
    thing = label(bpy.data.objects.new("elsewhere", box("elsewhere", (9, 9, 9))), "never")
    other.collection.objects.link(thing)
    data = bpy.data.cameras.new("elsewhere")
    other.camera = bpy.data.objects.new("camera elsewhere", data)
    other.camera.location = (0, -30, 4)
    other.collection.objects.link(other.camera)


def spoil_indices() -> None:
    """Set pass indices that mean nothing; the labels must win over them."""
    for number, item in enumerate([*bpy.data.objects, *bpy.data.materials]):
        if item.library is None:
            item.pass_index = (number * 7919 + 13) % 32768


def build(path: Path) -> None:
    """Build the scene and save it, its library and its taxonomy."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.preferences.filepaths.save_version = 0
    scene = bpy.context.scene
    scene.name = "Gefahren"
    scene.unit_settings.scale_length = 1
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    add_cameras()
    add_basics()
    add_transparency()
    add_instances()
    add_meshes()
    add_other_types(path.parent, path.stem)
    add_hidden()
    add_movers()
    spoil_settings(scene)
    add_other_layers(scene)
    spoil_indices()
    labels.write_taxonomy(scene, TAXONOMY)
    bpy.ops.wm.save_as_mainfile(filepath=str(path), relative_remap=True)
    text = json.dumps(TAXONOMY.to_json(), ensure_ascii=False, indent=1)
    path.with_name(f"{path.stem}.taxonomy.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[-1]).resolve())
