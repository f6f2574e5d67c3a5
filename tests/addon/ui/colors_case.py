"""Run inside Blender: colours by category come and go, and what the user had comes back exactly.

The last argument is a folder to save files in.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "addon"))

import sweepset  # noqa: E402
from sweepset import taxonomy  # noqa: E402
from sweepset.blender import labels  # noqa: E402
from sweepset.blender.labelling import colors  # noqa: E402

FOLDER = Path(sys.argv[-1])
TAXONOMY = taxonomy.parse(
    {
        "name": "three",
        "categories": [
            {"id": 1, "name": "red", "color": [255, 0, 0]},
            {"id": 2, "name": "grey", "color": [188, 188, 188]},
            {"id": 3, "name": "dark", "color": [10, 0, 255]},
        ],
    },
    "three",
)
# By the definition of sRGB: ((188 / 255 + 0.055) / 1.055) ** 2.4 and 10 / 255 / 12.92.
SHOWN = {"red": (1, 0, 0), "grey": (0.502886, 0.502886, 0.502886), "dark": (0.00303527, 0, 1), "": (1, 0, 1)}
SHADINGS = [
    {"type": "SOLID", "light": "MATCAP", "color_type": "RANDOM", "show_cavity": True, "cavity_type": "WORLD"},
    {"light": "FLAT", "color_type": "VERTEX", "type": "WIREFRAME"},
    {"light": "STUDIO", "color_type": "MATERIAL", "show_cavity": False, "type": "MATERIAL"},
    {"light": "STUDIO", "color_type": "TEXTURE", "type": "RENDERED"},
]


def shadings() -> list[bpy.types.View3DShading]:
    """Return the shading of each 3D view of the file."""
    areas = [area for screen in sorted(bpy.data.screens, key=lambda one: one.name) for area in screen.areas]
    return [space.shading for area in areas for space in area.spaces if space.type == "VIEW_3D"]


def state() -> dict[str, object]:
    """Return what is the user's: objects' colours and properties, and all settings of the views' shading."""
    names = [p.identifier for p in bpy.types.View3DShading.bl_rna.properties if not p.is_readonly]
    names = [name for name in names if name not in ("rna_type", "sweepset_own", "studio_light")]
    views = []
    for one in shadings():
        kind = one.type
        one.type = "SOLID"  # each type shows settings of its own by the same names
        views.append({"kind": kind, **{name: repr(getattr(one, name)) for name in names}})
        one.type = kind
        views.append({name: repr(getattr(one, name)) for name in names})
    return {
        "colors": {item.name_full: tuple(item.color) for item in bpy.data.objects},
        "keys": {item.name_full: sorted(item.keys()) for item in (*bpy.data.objects, *bpy.data.scenes)},
        "views": views,
    }


def shown(**expected: str) -> None:
    """Assert that objects show the colours of these categories, and every view objects' colours."""
    for name, category in expected.items():
        np.testing.assert_allclose(bpy.data.objects[name].color[:3], SHOWN[category], atol=1e-6, err_msg=name)
    assert all((one.type, one.color_type, one.light) == ("SOLID", "OBJECT", "FLAT") for one in shadings())


def add(name: str, category: str, color: tuple[float, ...]) -> bpy.types.Object:
    """Add a triangle with a colour of its own."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    item = bpy.data.objects.new(name, mesh)
    item.color = color
    bpy.context.scene.collection.objects.link(item)
    if category:
        labels.set_category(item, TAXONOMY.category(category))
    return item


def build() -> None:
    """Build a file with objects labelled in every way, one of them linked, and differently shaded views."""
    bpy.ops.wm.read_factory_settings(use_empty=False)
    library = FOLDER / "library.blend"
    bpy.data.libraries.write(str(library), {add("linked", "grey", (0.7, 0.1, 0.2, 0.3))})
    for item in list(bpy.data.objects):
        if item.name != "Light":
            bpy.data.objects.remove(item)
    with bpy.data.libraries.load(str(library), link=True) as (_, here):
        here.objects = ["linked"]
    bpy.context.scene.collection.objects.link(here.objects[0])
    add("red", "red", (0.1, 0.2, 0.3, 0.4))
    add("none", "", (1, 1, 1, 1))
    wood = bpy.data.materials.new("wood")
    labels.set_category(wood, TAXONOMY.category("dark"))
    add("by material", "red", (0.5, 0.5, 0.5, 1)).data.materials.append(wood)
    strange = add("strange", "", (0.3, 0.3, 0.3, 1))
    strange[labels.KEY] = "hovercraft"
    text = bpy.data.objects.new("text", bpy.data.curves.new("text", "FONT"))
    labels.set_category(text, TAXONOMY.category("dark"))
    bpy.context.scene.collection.objects.link(text)
    labels.write_taxonomy(bpy.context.scene, TAXONOMY)
    for number, one in enumerate(shadings()):
        for name, value in SHADINGS[number % len(SHADINGS)].items():
            setattr(one, name, value)
    assert len(shadings()) >= 4
    bpy.context.view_layer.update()


def toggle() -> None:
    bpy.ops.sweepset.toggle_colors()
    bpy.context.view_layer.update()


def check_on_and_off() -> None:
    before = state()
    toggle()
    shown(red="red", none="", strange="", linked="grey", text="dark", **{"by material": "dark"})
    assert state()["colors"]["Light"] == before["colors"]["Light"]
    labels.set_category(bpy.data.objects["red"], TAXONOMY.category("grey"))
    ui_changed()
    shown(red="grey", none="")
    labels.set_category(bpy.data.objects["red"], TAXONOMY.category("red"))
    ui_changed()
    toggle()
    assert state() == before


def ui_changed() -> None:
    from sweepset.ui.changes import labels_changed

    labels_changed(bpy.context.scene)


def check_undo() -> None:
    before = state()
    bpy.ops.ed.undo_push(message="start")
    toggle()
    bpy.ops.ed.undo_push(message="on")
    add("new", "", (0.2, 0.4, 0.6, 0.8))
    bpy.context.view_layer.update()
    shown(new="", red="red")
    bpy.ops.ed.undo_push(message="new object")
    bpy.ops.ed.undo()
    assert "new" not in bpy.data.objects
    shown(red="red", none="", linked="grey")
    bpy.ops.ed.undo()
    assert state() == before
    bpy.ops.ed.redo()
    shown(red="red", none="", linked="grey")
    bpy.ops.ed.redo()
    shown(new="", red="red", linked="grey")
    toggle()
    np.testing.assert_allclose(bpy.data.objects["new"].color, (0.2, 0.4, 0.6, 0.8))
    bpy.data.objects.remove(bpy.data.objects["new"])
    assert state() == before
    bpy.ops.ed.undo_push(message="off")
    bpy.ops.ed.undo()
    shown(new="", red="red", linked="grey")
    bpy.ops.ed.undo()
    bpy.ops.ed.undo()
    assert state() == before


def check_files() -> None:
    before = state()
    toggle()
    path = FOLDER / "colored.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    shown(red="red", none="", linked="grey")
    for load_ui in (True, False):
        bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=load_ui)
        shown(red="red", none="", linked="grey")
    toggle()
    assert state()["colors"] == before["colors"]
    assert state()["keys"] == before["keys"]
    for view in before["views"]:  # Blender itself opens files without rendering in their views
        for name in ("kind", "type"):
            view[name] = view.get(name, "").replace("RENDERED", "SOLID")
    assert [{**view, "kind": view.get("kind", "")} for view in state()["views"]] == before["views"]
    another = FOLDER / "another.blend"
    another.write_bytes(path.read_bytes())
    with bpy.data.libraries.load(str(another)) as (_, here):
        here.objects = ["red"]
    np.testing.assert_allclose(here.objects[0].color, (0.1, 0.2, 0.3, 0.4))
    assert colors.OWN_KEY not in here.objects[0]
    # Recovered from what Blender saved by itself, a file may hold objects in their category's colour.
    bpy.ops.wm.open_mainfile(filepath=str(path))
    autosaved = FOLDER / "autosaved.blend"
    bpy.data.libraries.write(str(autosaved), {bpy.data.objects["red"]})
    toggle()
    with bpy.data.libraries.load(str(autosaved)) as (_, here):
        here.objects = ["red"]
    strange = here.objects[0]
    assert colors.OWN_KEY in strange
    bpy.context.scene.collection.objects.link(strange)
    bpy.context.view_layer.update()
    np.testing.assert_allclose(strange.color, (0.1, 0.2, 0.3, 0.4))
    assert colors.OWN_KEY not in strange


def check_linked_scene() -> None:
    """A scene that is linked from a file saved in colours has no say here."""
    with bpy.data.libraries.load(str(FOLDER / "colored.blend"), link=True) as (_, here):
        here.scenes = ["Scene"]
    assert colors.colored_scene() is None
    before = state()
    toggle()
    assert colors.colored_scene() == bpy.context.scene
    toggle()
    assert state() == before


def check_without_addon() -> None:
    before = state()
    toggle()
    sweepset.unregister()
    assert state() == before
    bpy.ops.wm.open_mainfile(filepath=str(FOLDER / "colored.blend"))
    np.testing.assert_allclose(bpy.data.objects["red"].color, (0.1, 0.2, 0.3, 0.4))
    assert not any(colors.OWN_KEY in item for item in bpy.data.objects)


sweepset.register()
build()
check_on_and_off()
check_undo()
check_files()
build()
check_linked_scene()
build()
check_without_addon()
(FOLDER / "done.json").write_text(json.dumps({"objects": len(bpy.data.objects)}))
sys.stdout.flush()
os._exit(0)
