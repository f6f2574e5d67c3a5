"""Run in Blender's window: colours by category in the 3D view, and a preview in the Image Editor.

The last argument is a folder for pictures, and for the file `done`.
"""

from __future__ import annotations

import time
from pathlib import Path

import bpy
import numpy as np
from mathutils import Euler, Vector

import screen

FOLDER = Path(screen.ARGS[-1])
COLORS = {"red": (255, 0, 0), "grey": (188, 188, 188), "dark": (10, 0, 255)}
UNLABELLED = (255, 0, 255)
PLACES = {"labelled": 0.0, "by material": 3.0, "by face": 6.0, "unlabelled": 9.0}
"""Where squares lie along x, each of two faces from -1 to 1, the first of them left."""


def build() -> None:
    """Build four squares, seen from above, and a camera above them."""
    from sweepset import taxonomy
    from sweepset.blender import labels

    for item in list(bpy.data.objects):
        bpy.data.objects.remove(item)
    categories = [{"id": n, "name": name, "color": list(color)} for n, (name, color) in enumerate(COLORS.items(), 1)]
    known = taxonomy.parse({"name": "three", "categories": categories}, "three")
    scene = bpy.context.scene
    labels.write_taxonomies(known)
    for name, x in PLACES.items():
        mesh = bpy.data.meshes.new(name)
        corners = [(-1, -1, 0), (0, -1, 0), (1, -1, 0), (1, 1, 0), (0, 1, 0), (-1, 1, 0)]
        mesh.from_pydata(corners, [], [(0, 1, 4, 5), (1, 2, 3, 4)])
        item = bpy.data.objects.new(name, mesh)
        item.location.x = x
        item.color = (0.2, 0.3, 0.4, 1)
        scene.collection.objects.link(item)
        if name != "unlabelled":
            labels.set_category(item, known.category("red"))
        if name == "by material":
            for label in ("grey", "dark"):
                mesh.materials.append(bpy.data.materials.new(label))
                labels.set_category(mesh.materials[-1], known.category(label))
            mesh.polygons[1].material_index = 1
        if name == "by face":
            labels.set_face_category(mesh, [1], known.category("dark"))
    camera = bpy.data.objects.new("above", bpy.data.cameras.new("above"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", 12
    camera.location = (4.5, 0, 5)
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.resolution_x, scene.render.resolution_y = 120, 40


def look_down() -> None:
    """Turn the 3D view to the squares."""
    view = screen.area().spaces.active.region_3d
    view.view_perspective = "ORTHO"
    view.view_rotation = Euler((0, 0, 0)).to_quaternion()
    view.view_location, view.view_distance = (4.5, 0, 0), 16


def shown(picture: np.ndarray, name: str, x: float) -> tuple[int, ...]:
    """Return the colour that the window shows of a square at a place along it."""
    across, up = screen.place(Vector((PLACES[name] + x, 0.5, 0)))
    return tuple(picture[up, across].tolist())


def near(got: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    """Tell whether colours are equal but for what Blender rounds where it lays drawings over its view."""
    return max(abs(a - b) for a, b in zip(got, expected)) <= 9


def pixels(image: bpy.types.Image) -> np.ndarray:
    values = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(values)
    return values.reshape(image.size[1], image.size[0], -1)


def switch_many() -> screen.Steps:
    """Switch the colours of 2,004 objects, each way within a second."""
    for number in range(2000):
        item = bpy.data.objects.new(f"copy {number}", bpy.data.meshes["labelled"])
        item.location.z = -1 - number
        item["sweepset_category"] = "grey"
        bpy.context.scene.collection.objects.link(item)
    yield from screen.redraw()
    for state in ("on", "off"):
        begun = time.perf_counter()
        with screen.context():
            bpy.ops.sweepset.toggle_colors()
        seconds = time.perf_counter() - begun
        print(f"{state} with 2,004 objects: {seconds:.3f} s")
        assert seconds < 1
        yield from screen.redraw()


def steps() -> screen.Steps:
    screen.enable()
    build()
    look_down()
    with screen.context():
        bpy.ops.object.select_all(action="DESELECT")
    yield from screen.redraw()
    before = screen.pixels()
    with screen.context():
        bpy.ops.sweepset.toggle_colors()
    yield from screen.redraw()
    picture = screen.pixels()
    screen.shoot(FOLDER / "colors.png")
    expected = {
        ("labelled", -0.5): COLORS["red"],
        ("labelled", 0.5): COLORS["red"],
        ("by material", -0.5): COLORS["grey"],
        ("by material", 0.5): COLORS["dark"],
        ("by face", -0.5): COLORS["red"],
        ("by face", 0.5): COLORS["dark"],
        ("unlabelled", 0.5): UNLABELLED,
    }
    for (name, x), color in expected.items():
        assert near(shown(picture, name, x), color), (name, x, shown(picture, name, x))
    # Faces keep their colour in Edit Mode, so that the selection still shows through.
    bpy.context.view_layer.objects.active = bpy.data.objects["by face"]
    with screen.context():
        bpy.ops.object.mode_set(mode="EDIT")
    yield from screen.redraw()
    screen.shoot(FOLDER / "edit.png")
    right, left = (shown(screen.pixels(), "by face", x) for x in (0.5, -0.5))
    assert right[2] > 100 > right[0], right
    assert left[0] > 100 > left[2], left
    with screen.context():
        bpy.ops.object.mode_set(mode="OBJECT")
        bpy.ops.sweepset.toggle_colors()
    yield from screen.redraw()
    after = screen.pixels()
    area = screen.region()
    part = (slice(area.y + 60, area.y + area.height - 80), slice(area.x + 80, area.x + area.width - 160))
    assert (before[part] == after[part]).mean() > 0.999

    scene = bpy.context.scene
    bpy.ops.render.render()
    kept = FOLDER / "own.png"
    bpy.data.images["Render Result"].save_render(str(kept), scene=scene)
    with screen.context():
        bpy.ops.sweepset.preview_labels()
    yield 0.5
    bpy.data.images["Render Result"].save_render(str(FOLDER / "own after.png"), scene=scene)
    assert (
        pixels(bpy.data.images.load(str(kept))) == pixels(bpy.data.images.load(str(FOLDER / "own after.png")))
    ).all()
    image = bpy.data.images["Sweepset Labels"]
    assert not image.is_dirty
    assert tuple(image.size) == (120, 40)
    areas = [one for each in bpy.context.window_manager.windows for one in each.screen.areas]
    assert [one for one in areas if one.type == "IMAGE_EDITOR" and one.spaces.active.image == image]
    colors = np.rint(pixels(image)[..., :3] * 255).astype(int)
    for (name, x), color in expected.items():
        column = round((PLACES[name] + x - 4.5 + 6) * 10)
        assert tuple(colors[20, column]) == color, (name, x)
    assert not colors[20, 30].any()  # between two squares there is nothing
    # A quarter of the picture is squares, of which one in four is unlabelled: 20 by 20 of 120 by 40 pixels.
    assert abs(scene.sweepset_view.share - 400 / 4800) < 0.005, scene.sweepset_view.share

    yield from switch_many()
    (FOLDER / "done").touch()


screen.run(steps())
