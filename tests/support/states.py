"""In Blender: the states a file can be in when a panel draws: empty, each type of object, each mode, linked, broken.

`states()` brings them about one by one and yields what each is called.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import bpy

ADDERS: dict[str, Callable[[], object]] = {
    "mesh": lambda: bpy.ops.mesh.primitive_cube_add(),
    "curve": lambda: bpy.ops.curve.primitive_bezier_circle_add(),
    "surface": lambda: bpy.ops.surface.primitive_nurbs_surface_sphere_add(),
    "metaball": lambda: bpy.ops.object.metaball_add(),
    "text": lambda: bpy.ops.object.text_add(),
    "volume": lambda: bpy.ops.object.volume_add(),
    "armature": lambda: bpy.ops.object.armature_add(),
    "lattice": lambda: bpy.ops.object.add(type="LATTICE"),
    "empty": lambda: bpy.ops.object.empty_add(),
    "image": lambda: bpy.ops.object.empty_add(type="IMAGE"),
    "light": lambda: bpy.ops.object.light_add(),
    "camera": lambda: bpy.ops.object.camera_add(),
    "speaker": lambda: bpy.ops.object.speaker_add(),
    "force field": lambda: bpy.ops.object.effector_add(),
    "hair": lambda: bpy.ops.object.curves_random_add(),
    "point cloud": lambda: bpy.ops.object.pointcloud_random_add(),  # from 5.0 on
    "grease pencil": lambda: bpy.ops.object.grease_pencil_add(type="STROKE"),  # from 4.3 on
    "old grease pencil": lambda: bpy.ops.object.gpencil_add(type="STROKE"),  # before 4.3
    "light probe": lambda: bpy.ops.object.lightprobe_add(),
}
"""How to add an object of each type; what a Blender lacks is left out."""
MODES = ("EDIT", "POSE", "SCULPT", "VERTEX_PAINT", "WEIGHT_PAINT", "TEXTURE_PAINT", "PARTICLE_EDIT", "EDIT_GPENCIL",
         "SCULPT_GPENCIL", "PAINT_GPENCIL", "PAINT_GREASE_PENCIL", "SCULPT_GREASE_PENCIL", "SCULPT_CURVES")  # fmt: skip


def states(outside: Path | None) -> Iterator[str]:
    """Bring about one state after the other and yield its name; `outside` is a folder with other people's scenes."""
    yield from files()
    yield from objects()
    yield from libraries()
    yield from outputs()
    yield from scenes(outside)


def fresh() -> bpy.types.Scene:
    """Open Blender's own first scene and return it."""
    bpy.ops.wm.read_homefile(use_factory_startup=True, load_ui=False)
    return bpy.context.scene


def with_taxonomy() -> None:
    """Give the scene a taxonomy."""
    categories = [{"id": number, "name": name} for number, name in enumerate(("chair", "table", "floor", "lamp"), 1)]
    bpy.context.scene["sweepset_taxonomy"] = json.dumps({"name": "small", "categories": categories})


def files() -> Iterator[str]:
    """Yield files without what panels might count on, and files that carry odd things."""
    fresh()
    yield "Blender's own first scene"
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True, load_ui=False)
    yield "Blender's empty file"
    scene = fresh()
    bpy.data.batch_remove([*bpy.data.objects, *bpy.data.collections, *bpy.data.worlds, *bpy.data.materials])
    yield "nothing in the scene"
    bpy.ops.mesh.primitive_plane_add()
    yield "no camera"
    bpy.context.view_layer.objects.active = None
    yield "no active object"
    bpy.ops.object.select_all(action="SELECT")
    yield "selected, none active"
    bpy.context.view_layer.objects.active = bpy.data.objects[0]
    bpy.data.objects[0].hide_set(True)
    yield "the active object is hidden"
    scene = fresh()
    bpy.context.view_layer.layer_collection.children[0].exclude = True
    yield "the collection is excluded"
    for engine in ("BLENDER_WORKBENCH", "BLENDER_EEVEE", "BLENDER_EEVEE_NEXT", "CYCLES"):
        try:
            scene.render.engine = engine
        except TypeError:
            continue
        yield f"engine {engine}"
    bpy.context.view_layer.layer_collection.children[0].exclude = False
    cube = bpy.data.objects["Cube"]
    for kind, text in {
        "no JSON": "{",
        "a list": "[]",
        "no categories": '{"categories": []}',
        "two of one id": '{"categories": [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]}',
    }.items():
        scene["sweepset_taxonomy"] = text
        yield f"the scene's taxonomy is {kind}"
    scene["sweepset_taxonomy"] = 5
    yield "the scene's taxonomy is a number"
    categories = [{"id": number, "name": f"ç{number} " + "long name " * (number % 7)} for number in range(1, 200)]
    scene["sweepset_taxonomy"] = json.dumps({"name": "big", "categories": categories})
    yield "a taxonomy of 200 categories"
    cube["sweepset_category"] = "no such category"
    yield "a label that the taxonomy lacks"
    cube["sweepset_category"] = 3
    yield "a label that is a number"
    cube.data.attributes.new("sweepset_category", "INT", "FACE")
    cube.data["sweepset_category"] = "not JSON"
    yield "faces with a broken list of names"
    cube.data.attributes.remove(cube.data.attributes["sweepset_category"])
    cube.data.attributes.new("sweepset_category", "FLOAT", "POINT")
    yield "an attribute of the label's name and another type"
    cube.data.materials.clear()
    yield "no material"
    cube.data.materials.append(None)
    yield "an empty slot"
    bpy.data.scenes.new("second")
    bpy.context.window.scene = bpy.data.scenes["second"]
    yield "a second, empty scene"


def objects() -> Iterator[str]:
    """Yield each type of object in each of its modes."""
    seen = set()
    fresh()
    with_taxonomy()
    yield "Blender's own first scene with a taxonomy"
    for kind, add in ADDERS.items():
        bpy.data.batch_remove(list(bpy.data.objects))
        try:
            add()
        except (AttributeError, RuntimeError):  # an operator that this Blender lacks or can't run without a surface
            continue
        item = bpy.context.view_layer.objects.active
        seen.add(item.type)
        yield f"a {kind} is active"
        for mode in MODES:
            try:
                bpy.ops.object.mode_set(mode=mode)
            except (TypeError, RuntimeError):
                continue
            if bpy.context.mode != "OBJECT":
                seen.add(bpy.context.mode)
                yield f"a {kind} in mode {bpy.context.mode}"
                bpy.ops.object.mode_set(mode="OBJECT")
    expected = {"MESH", "CURVE", "SURFACE", "META", "FONT", "EMPTY", "CAMERA", "ARMATURE", "LATTICE", "VOLUME", "LIGHT"}
    expected |= {"EDIT_MESH", "SCULPT", "PAINT_WEIGHT", "PAINT_VERTEX", "PAINT_TEXTURE", "EDIT_CURVE", "POSE"}
    assert not expected - seen, f"not brought about: {expected - seen}"
    bpy.data.batch_remove(list(bpy.data.objects))
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.mesh.primitive_cube_add(location=(3, 0, 0))
    bpy.ops.object.select_all(action="SELECT")
    bpy.ops.object.mode_set(mode="EDIT")
    yield "two meshes in Edit Mode"
    bpy.ops.object.mode_set(mode="OBJECT")


def libraries() -> Iterator[str]:
    """Yield linked, overridden and instanced objects."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "library.blend")
        fresh()
        group = bpy.data.collections.new("group")
        bpy.context.scene.collection.children.link(group)
        group.objects.link(bpy.data.objects["Cube"])
        bpy.data.objects["Cube"]["sweepset_category"] = "chair"
        bpy.data.libraries.write(path, {group}, fake_user=True)
        scene = fresh()
        with_taxonomy()
        bpy.data.batch_remove(list(bpy.data.objects))
        with bpy.data.libraries.load(path, link=True) as (_, wanted):
            wanted.collections = ["group"]
        linked = bpy.data.collections["group"]
        scene.collection.children.link(linked)
        bpy.context.view_layer.objects.active = linked.objects[0]
        linked.objects[0].select_set(True)
        yield "a linked object is active"
        scene.collection.children.unlink(linked)
        holder = bpy.data.objects.new("holder", None)
        holder.instance_type, holder.instance_collection = "COLLECTION", linked
        scene.collection.objects.link(holder)
        bpy.context.view_layer.objects.active = holder
        yield "an instance of a linked collection is active"
        override = linked.override_hierarchy_create(scene, bpy.context.view_layer)
        assert override is not None, "Blender made no override"
        item = next(one for one in override.all_objects if one.override_library)
        bpy.context.view_layer.objects.active = item
        yield "an overridden object is active"
        Path(path).unlink()
        bpy.ops.wm.save_as_mainfile(filepath=str(Path(folder) / "file.blend"))
        bpy.ops.wm.open_mainfile(filepath=str(Path(folder) / "file.blend"))
        yield "the library is missing"
        fresh()


def outputs() -> Iterator[str]:
    """Yield each sweep, and a scene whose renders write labels: as set up, spoiled, changed, and linked."""
    scene = fresh()
    with_taxonomy()
    settings = scene.sweepset_output
    for name in settings.bl_rna.properties["sweep"].enum_items.keys():  # noqa: SIM118
        settings.sweep = name
        yield f"the sweep {name}"
    with tempfile.TemporaryDirectory() as folder:
        bpy.data.cameras[0].dof.use_dof = True
        settings.direct_folder = folder
        bpy.ops.sweepset.set_up_compositing()
        yield "compositing is set up"
        settings.direct_depth = not settings.direct_depth
        yield "compositing is set up with other settings"
        scene.render.engine = "BLENDER_WORKBENCH"
        scene.render.use_border = True
        bpy.data.cameras[0].dof.use_dof = True
        yield "compositing is set up and spoiled"
        bpy.ops.mesh.primitive_cube_add()
        bpy.ops.object.mode_set(mode="EDIT")
        yield "compositing is set up, in Edit Mode"
        bpy.ops.object.mode_set(mode="OBJECT")
        path = str(Path(folder) / "set up.blend")
        bpy.ops.wm.save_as_mainfile(filepath=path, copy=True)
        bpy.ops.sweepset.remove_compositing()
        yield "compositing is removed"
        bpy.ops.sweepset.toggle_colors()
        yield "category colors are on"
        bpy.ops.sweepset.toggle_colors()
        fresh()
        with bpy.data.libraries.load(path, link=True) as (_, wanted):
            wanted.scenes = ["Scene"]
        bpy.context.window_manager.windows[0].scene = wanted.scenes[0]
        yield "a linked scene that is set up"
        fresh()


def scenes(outside: Path | None) -> Iterator[str]:
    """Yield the kitchen and, where they are at hand, other people's scenes."""
    import sweepset_scenes

    fresh()
    bpy.data.batch_remove(list(bpy.data.objects))
    sweepset_scenes.build("kitchen", 0)
    yield "the kitchen"
    bpy.ops.object.select_all(action="SELECT")
    yield "the kitchen, all selected"
    for path in sorted(outside.glob("*.blend")) if outside else ():
        bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=False)
        with_taxonomy()
        yield path.stem
