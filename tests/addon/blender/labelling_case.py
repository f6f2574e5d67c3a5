"""Run inside Blender: label with the interface's operators, and write down what the file then holds.

Writes FOLDER/result.json; labels are read from Blender's own properties and attributes. FOLDER is the last argument.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import bpy

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "addon"))

import bmesh  # noqa: E402

import sweepset  # noqa: E402
from sweepset import taxonomy  # noqa: E402
from sweepset.blender import instances, labels  # noqa: E402
from sweepset.blender.labelling import proposals  # noqa: E402

FOLDER = Path(sys.argv[-1])
KEY = "sweepset_category"


def empty() -> bpy.types.Scene:
    """Begin a file without anything."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return bpy.context.scene


def add(name: str, home: bpy.types.Collection | None = None, faces: int = 1, **settings: Any) -> bpy.types.Object:
    """Add an object of so many squares in a row."""
    mesh = bpy.data.meshes.new(name)
    corners = [(x, y, 0) for x in range(faces + 1) for y in (0, 1)]
    mesh.from_pydata(corners, [], [(2 * n, 2 * n + 2, 2 * n + 3, 2 * n + 1) for n in range(faces)])
    item = bpy.data.objects.new(name, mesh)
    (home or bpy.context.scene.collection).objects.link(item)
    for key, value in settings.items():
        setattr(item, key, value)
    return item


def collect(name: str, inside: bpy.types.Collection | None = None, **settings: Any) -> bpy.types.Collection:
    """Add a collection with one object; in no scene where it is in no other."""
    collection = bpy.data.collections.new(name)
    if inside is not None:
        inside.children.link(collection)
    for key, value in settings.items():
        setattr(collection, key, value)
    add(f"in {name}", collection)
    return collection


def select(*items: bpy.types.Object) -> None:
    """Select these objects, the last active."""
    bpy.context.view_layer.update()
    for item in bpy.context.view_layer.objects:
        item.select_set(item in items)
    bpy.context.view_layer.objects.active = items[-1] if items else None


def label_of(item: bpy.types.ID) -> str | None:
    """Return an object's or material's label."""
    return item.get(KEY)


def faces_of(item: bpy.types.Object) -> list[str]:
    """Return the label of each face of an object out of Edit Mode."""
    names = {"0": "", **json.loads(item.data.get(KEY, "{}"))}
    return [names[str(one.value)] for one in item.data.attributes[KEY].data]


def told(call: Callable[[], object]) -> str:
    """Return what an operator reports as an error, '' where it reports none."""
    try:
        call()
    except RuntimeError as error:
        return str(error)
    return ""


def names(items: Iterable[bpy.types.Object]) -> list[str]:
    """Return the objects' names in order."""
    return sorted(item.name for item in items)


def counts_what_renders() -> dict[str, object]:
    """Hide, exclude, instance and scatter objects in many ways; ask what counts, and what a render shows."""
    scene = empty()
    root = scene.collection

    def instance(collection: bpy.types.Collection, **settings: Any) -> None:
        item = bpy.data.objects.new(f"of {collection.name}", None)
        root.objects.link(item)
        item.instance_type, item.instance_collection = "COLLECTION", collection
        for key, value in settings.items():
            setattr(item, key, value)

    hidden = collect("hidden", root, hide_render=True)
    collect("in a hidden one", hidden)
    excluded = collect("excluded", root)
    collect("back in", excluded)
    instance(collect("hidden source", hide_render=True))
    source = collect("source")
    collect("hidden in a source", source, hide_render=True)
    instance(source)
    instance(collect("of a hidden empty"), hide_render=True)
    instance(collect("hidden in the viewport", hide_viewport=True))
    instance(collect("excluded source", root))
    layers = scene.view_layers[0].layer_collection.children
    layers["excluded"].exclude = layers["excluded source"].exclude = True
    layers["excluded"].children["back in"].exclude = False
    add("hidden object", hide_render=True)
    add("hidden in the viewport only", hide_viewport=True)
    root.objects.link(bpy.data.objects.new("light", bpy.data.lights.new("light", "POINT")))

    apart = bpy.data.collections.new("apart")
    for name, settings in (("copied", {}), ("copied though hidden", {"hide_render": True})):
        particles = add(f"grows {name}")
        particles.modifiers.new("grow", "PARTICLE_SYSTEM")
        grown = particles.particle_systems[0].settings
        grown.count, grown.frame_start, grown.frame_end = 3, 1, 1
        grown.render_type, grown.instance_object = "OBJECT", add(name, apart, **settings)
    scattered = collect("scattered")
    add("hidden and scattered", scattered, hide_render=True)
    tree = bpy.data.node_groups.new("scatter", "GeometryNodeTree")
    if hasattr(tree, "interface"):
        tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    else:
        tree.outputs.new("NodeSocketGeometry", "Geometry")
    info, end = tree.nodes.new("GeometryNodeCollectionInfo"), tree.nodes.new("NodeGroupOutput")
    info.inputs["Collection"].default_value = scattered
    tree.links.new(info.outputs[0], end.inputs[0])
    add("scatters").modifiers.new("nodes", "NODES").node_group = tree

    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    root.objects.link(camera)
    scene.camera = camera
    scene.frame_set(3)
    shown: set[str] = set()
    instances.evaluate(scene, lambda graph: shown.update(one.object.original.name for one in instances.visible(graph)))
    return {"counted": names(labels.labellable(scene)), "rendered": sorted(shown)}


def counts_parts() -> dict[str, object]:
    """Label by object, by all materials, by some, by all faces, by some."""
    scene = empty()
    wall = taxonomy.load("nyu40").category("wall")
    labelled, bare = bpy.data.materials.new("labelled"), bpy.data.materials.new("bare")
    labels.set_category(labelled, wall)
    labels.set_category(add("own"), wall)
    pairs = {"materials": [labelled, labelled], "one material": [labelled, bare], "empty slot": [labelled, None]}
    for name, materials in pairs.items():
        item = add(name)
        for material in materials:
            item.data.materials.append(material)
    labels.set_face_category(add("faces", faces=2).data, [0, 1], wall)
    labels.set_face_category(add("one face", faces=2).data, [1], wall)
    add("nothing")
    found = labels.progress(scene)
    return {
        "labelled": names(item for item in scene.objects if labels.is_labelled(item)),
        "progress": [found.labelled, found.total, dict(found.objects)],
    }


def changes_taxonomy() -> dict[str, object]:
    """Label in nyu40, go to nyu13 and to syntrain16; own names stay."""
    scene = empty()
    bpy.ops.sweepset.choose_taxonomy(name="nyu40")
    nyu40 = labels.read_taxonomy(scene)
    sofa, own, parts = add("sofa"), add("own"), add("parts", faces=4)
    labels.set_category(sofa, nyu40.category("sofa"))
    own[KEY] = "spaceship"
    screen = bpy.data.materials.new("screen")
    labels.set_category(screen, nyu40.category("television"))
    for place, name in enumerate(("night stand", "floor", "lamp")):
        labels.set_face_category(parts.data, [place], nyu40.category(name))

    def state() -> dict[str, object]:
        return {
            "sofa": label_of(sofa),
            "own": label_of(own),
            "screen": label_of(screen),
            "faces": faces_of(parts),
            "scene": json.loads(scene["sweepset_taxonomy"])["name"],
        }

    left = labels.change_taxonomy(taxonomy.load("nyu13"))
    there = {"nyu13": state(), "left": left}
    bpy.ops.sweepset.choose_taxonomy(name="syntrain16")
    there["list"] = [entry.name for entry in scene.sweepset.categories]
    return {**there, "syntrain16": state(), "unmapped": sorted(labels.used() - set(taxonomy.load("syntrain16").ids))}


def refuses_taxonomies() -> dict[str, object]:
    """Load files that are no taxonomies, then open a scene with a broken one."""
    scene = empty()
    bpy.ops.sweepset.choose_taxonomy(name="nyu13")
    before = scene["sweepset_taxonomy"]
    errors = []
    twice = '{"categories": [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]}'
    for name, text in (("broken", '{"categories": ['), ("twice", twice)):
        path = FOLDER / f"{name}.json"
        path.write_text(text)
        errors.append(told(lambda path=path: bpy.ops.sweepset.load_taxonomy(filepath=str(path))))
    errors.append(told(lambda: bpy.ops.sweepset.load_taxonomy(filepath=str(FOLDER / "nowhere.json"))))
    kept = scene["sweepset_taxonomy"] == before
    scene["sweepset_taxonomy"] = "{"
    bpy.context.view_layer.update()
    add("something")
    bpy.context.view_layer.update()
    problem, listed = scene.sweepset.problem, len(scene.sweepset.categories)
    bpy.ops.sweepset.choose_taxonomy(name="nyu13")
    return {"errors": errors, "kept": kept, "problem": problem, "listed": listed, "after": scene.sweepset.problem}


def edits_faces() -> dict[str, object]:
    """Label faces of two meshes in Edit Mode, one with a shape key and a hidden face."""
    scene = empty()
    bpy.ops.sweepset.choose_taxonomy(name="nyu40")
    first, second = add("first", faces=3), add("second", faces=2)
    first.shape_key_add(name="Basis")
    first.shape_key_add(name="Other").data[0].co.z = 5
    first.data.polygons[2].hide = True
    select(first, second)
    bpy.ops.object.mode_set(mode="EDIT")
    for item, wanted in ((first, [True, False, False]), (second, [False, True])):
        edited = bmesh.from_edit_mesh(item.data)
        bpy.context.tool_settings.mesh_select_mode = (False, False, True)
        for face, chosen in zip(edited.faces, wanted):
            face.select_set(chosen)
        bmesh.update_edit_mesh(item.data)
    bpy.ops.sweepset.assign_faces(category="lamp")
    bpy.ops.sweepset.assign_faces(category="door")
    inside = [dict(labels.face_counts(item.data)) for item in (first, second)]
    bpy.ops.object.mode_set(mode="OBJECT")
    result = {
        "inside": inside,
        "faces": [faces_of(first), faces_of(second)],
        "shape": first.data.shape_keys.key_blocks["Other"].data[0].co.z,
        "hidden": [face.hide for face in first.data.polygons],
        "recent": [one.name for one in scene.sweepset.recent],
    }
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="DESELECT")
    result["nothing selected"] = told(lambda: bpy.ops.sweepset.assign_faces(category="wall"))
    bpy.ops.sweepset.select_faces(category="door")
    bpy.ops.sweepset.clear_faces()
    bpy.ops.object.mode_set(mode="OBJECT")
    return {**result, "cleared": [faces_of(first), faces_of(second)]}


def labels_library() -> dict[str, object]:
    """Link a collection, override part of it, label all, save and open again: what Blender keeps is what was told."""
    empty()
    assets = bpy.data.collections.new("assets")
    bpy.context.scene.collection.children.link(assets)
    add("labelled there", assets)[KEY] = "wall"
    add("bare there", assets)
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "library.blend"))

    def link(override: bool) -> list[bpy.types.Object]:
        scene = empty()
        bpy.ops.sweepset.choose_taxonomy(name="nyu40")
        with bpy.data.libraries.load(str(FOLDER / "library.blend"), link=True) as (_, there):
            there.collections = ["assets"]
        scene.collection.children.link(there.collections[0])
        if override:
            there.collections[0].override_hierarchy_create(scene, bpy.context.view_layer)
        bpy.context.view_layer.update()
        return [item for item in bpy.context.view_layer.objects if bool(item.override_library) == override]

    result = {}
    for override in (False, True):
        items = link(override)
        bpy.context.view_layer.update()
        errors = {}
        for item in items:
            select(item)
            errors[item.name] = told(lambda: bpy.ops.sweepset.assign(category="chair"))
        path = str(FOLDER / f"main {override}.blend")
        bpy.ops.wm.save_as_mainfile(filepath=path)
        before = {item.name: label_of(item) for item in items}
        bpy.ops.wm.open_mainfile(filepath=path)
        again = {item.name: label_of(item) for item in bpy.data.objects if bool(item.override_library) == override}
        listed = len(bpy.context.scene.sweepset.categories)
        result[str(override)] = {"errors": errors, "before": before, "again": again, "listed": listed}
        if override:
            select(next(item for item in bpy.data.objects if item.override_library and item.name == "labelled there"))
            bpy.ops.sweepset.clear()
            bpy.ops.wm.save_mainfile()
            bpy.ops.wm.open_mainfile(filepath=path)
            found = next(item for item in bpy.data.objects if item.override_library and item.name == "labelled there")
            result["cleared"] = labels.category_name(found)
    return result


def labels_many() -> dict[str, object]:
    """Label by instance, by collection, by slot, from the active object; find what is unlabelled."""
    scene = empty()
    bpy.ops.sweepset.choose_taxonomy(name="nyu40")
    sofas = collect("sofas")
    add("cushion", sofas)
    empties = []
    for name in ("one", "two"):
        item = bpy.data.objects.new(name, None)
        item.instance_type, item.instance_collection = "COLLECTION", sofas
        scene.collection.objects.link(item)
        empties.append(item)
    light = bpy.data.objects.new("light", bpy.data.lights.new("light", "POINT"))
    scene.collection.objects.link(light)
    first, second, third = add("first"), add("second"), add("third")
    wood = bpy.data.materials.new("wood")
    first.data.materials.append(wood)
    bpy.ops.sweepset.select_unlabelled()
    result: dict[str, object] = {"unlabelled": names(bpy.context.selected_objects)}
    select(empties[0])
    bpy.ops.sweepset.assign(category="sofa")
    result["instance"] = {item.name: label_of(item) for item in (*sofas.objects, *empties)}
    select(light)
    result["light"] = told(lambda: bpy.ops.sweepset.assign(category="lamp"))
    select(first)
    bpy.ops.sweepset.assign_slot(category="table")
    result["material"] = label_of(wood)
    select(second)
    bpy.ops.sweepset.assign(category="desk")
    select(second, third, light)
    bpy.context.view_layer.objects.active = second
    bpy.ops.sweepset.copy_label()
    result["copied"] = label_of(third)
    bpy.ops.sweepset.select_unlabelled() if not all(map(labels.is_labelled, labels.labellable(scene))) else None
    result["progress"] = labels.progress(scene).labelled, labels.progress(scene).total
    select(first)
    result["recent"] = [one.name for one in scene.sweepset.recent]
    bpy.ops.sweepset.assign_recent(number=10)
    result["tenth"] = label_of(first)
    bpy.ops.sweepset.select_category(category="desk")
    result["desks"] = names(bpy.context.selected_objects)
    bpy.ops.sweepset.assign_collection(category="box")
    result["collection"] = [label_of(item) for item in (first, second, third, light)]
    return result


def box(name: str, *size: float, place: tuple[float, float, float] = (0, 0, 0), **settings: Any) -> bpy.types.Object:
    """Add a box with its lowest corner at a place."""
    mesh = bpy.data.meshes.new("Cube")
    steps = [(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]
    corners = [tuple(p + s * one for p, s, one in zip(place, size, step)) for step in steps]
    mesh.from_pydata(corners, [], [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])
    item = bpy.data.objects.new(name, mesh)
    settings.pop("home", bpy.context.scene.collection).objects.link(item)
    for key, value in settings.items():
        setattr(item, key, value)
    return item


def proposed(**indices: int) -> dict[str, tuple[str, bool, str]]:
    """Return what is proposed for each object, whether surely, and the evidence; after setting pass indices."""
    for item in bpy.context.scene.objects:
        item.pass_index = indices.get(item.name, 0)
    found = proposals.propose(bpy.context.scene, taxonomy.load("nyu40"), bpy.context.view_layer)
    return {one.object.name: (one.category, one.confidence >= proposals.THRESHOLD, one.source) for one in found}


def proposes() -> dict[str, object]:
    """Propose for names that shapes contradict, for collections, and for pass indices that are labels or are not."""
    empty()
    box("Floor.001", 4, 5, 2.5)
    box("Ceiling fitting", 1, 1, 2, place=(1, 1, 0))
    box("Wall.flat", 2, 2, 0.01, place=(1, 1, 0.5))
    box("Wall", 4, 0.1, 2.5)
    chairs = bpy.data.collections.new("Chairs")
    bpy.context.scene.collection.children.link(chairs)
    mislaid = box("Cube.001", 0.5, 0.5, 1, place=(1, 1, 0), home=chairs)
    mislaid.data.name = "Table.004"
    box("Cube.002", 0.5, 0.5, 1, place=(2, 2, 0), home=chairs)
    result: dict[str, object] = {"shapes": proposed()}
    empty()
    numbers = range(8)
    for number in numbers:
        box(f"Cube.{number:03d}", 0.3, 0.3, 0.3, place=(number, 0, 0))
    for name, place in {"Sofa": 10, "Lamp": 12, "Bed": 14}.items():
        box(name, 0.5, 0.5, 0.5, place=(place, 0, 0))
    named = {"Sofa": 6, "Lamp": 35, "Bed": 4}
    own = {f"Cube.{number:03d}": 5 + number % 3 for number in numbers}
    for case, indices in {
        "lone": {"Cube.001": 1},
        "labels": {**own, **named},
        "few": dict(list(own.items())[:2]),
        "numbers": {f"Cube.{number:03d}": number + 1 for number in numbers},
        "foreign": {**{name: 100 * index for name, index in own.items()}, "Sofa": 6, "Cube.000": 6},
        "against names": {**own, "Sofa": 5, "Lamp": 6, "Bed": 7},
    }.items():
        result[case] = sorted(name for name, (_, _, source) in proposed(**indices).items() if source == "pass index")
    return result


sweepset.register()
CASES = (
    counts_what_renders,
    counts_parts,
    changes_taxonomy,
    refuses_taxonomies,
    edits_faces,
    labels_library,
    labels_many,
    proposes,
)
(FOLDER / "result.json").write_text(json.dumps({case.__name__: case() for case in CASES}))
sys.stdout.flush()
__import__("os")._exit(0)
