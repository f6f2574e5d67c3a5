"""Make the screenshots of docs/labelling.md anew: `python docs/labelling/screenshots.py [NAME …]`, under Xvfb.

They show the kitchen that comes with Sweepset, its labels taken away and some things renamed as people leave them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZE = (1200, 800)
"""Of Blender's window, in pixels."""
NAMELESS = {
    "wall east": "Plane",
    "wall north": "Plane.001",
    "wall south": "Plane.002",
    "wall west": "Plane.003",
    "ceiling": "Plane.004",
    "floor": "Plane.005",
    "jar": "Cylinder",
    "jar.001": "Cylinder.001",
    "canister": "Cylinder.002",
    "shelf": "Cube.017",
    "shelf.001": "Cube.018",
    "radiator": "Cube.021",
    "refrigerator": "Kühlschrank",
    "waste bin": "Cylinder.007",
    "base unit": "CAB_base_2doors",
}
"""New names of some things."""

if "bpy" in sys.modules:
    import bpy
    from mathutils import Euler, Vector

    import screen
    import sweepset_scenes
    from screen import Steps

    OUT = Path(screen.ARGS[0])
    ONLY = screen.ARGS[1:]

    def build() -> None:
        """Build the kitchen as someone else might have left it: unlabelled."""
        bpy.data.batch_remove([*bpy.data.objects, *bpy.data.collections])
        sweepset_scenes.build("kitchen", 0)
        scene = bpy.context.scene
        for item in (*bpy.data.objects, *bpy.data.materials, *bpy.data.meshes, scene):
            for key in [key for key in item.keys() if key.startswith("sweepset_")]:  # noqa: SIM118
                del item[key]
        for mesh in bpy.data.meshes:
            if "sweepset_category" in mesh.attributes:
                mesh.attributes.remove(mesh.attributes["sweepset_category"])
        for old, new in NAMELESS.items():
            item = bpy.data.objects[old]
            item.name = item.data.name = new
        camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
        camera.location, camera.rotation_euler = (0.95, 0.35, 1.6), Euler((1.36, 0, -0.52))
        camera.data.lens = 20
        scene.collection.objects.link(camera)
        scene.camera = camera
        scene.render.resolution_x, scene.render.resolution_y = 640, 480

    def look() -> None:
        """Look into the room from where the camera stands."""
        space = screen.area().spaces.active
        camera = bpy.data.objects["Camera"]
        space.lens = 26
        view = space.region_3d
        view.view_perspective, view.view_distance = "PERSP", 1.0
        view.view_rotation = camera.rotation_euler.to_quaternion()
        view.view_location = camera.location + view.view_rotation @ Vector((0.25, -0.1, -1.0))
        for name in ("show_floor", "show_axis_x", "show_axis_y", "show_cursor", "show_extras", "show_object_origins"):
            setattr(space.overlay, name, False)
        space.show_gizmo = False
        space.shading.show_cavity = True
        space.show_region_toolbar = False

    def open_panels(*names: str) -> None:
        """Have only these panels of ours open when they are drawn first: register all anew."""
        kinds = [getattr(bpy.types, name) for name in dir(bpy.types) if name.startswith("SWEEPSET_PT_")]
        kinds.sort(key=lambda kind: hasattr(kind, "bl_parent_id"))
        for kind in reversed(kinds):
            bpy.utils.unregister_class(kind)
        for kind in kinds:
            options = set(getattr(kind, "bl_options", set())) - {"DEFAULT_CLOSED"}
            kind.bl_options = options if kind.__name__[12:] in names else options | {"DEFAULT_CLOSED"}
            bpy.utils.register_class(kind)

    def clear_screen() -> Steps:
        """Leave only the 3D view in the workspace."""
        bpy.data.workspaces["Layout"].name = "Plain"
        for kind in ("OUTLINER", "PROPERTIES", "DOPESHEET_EDITOR"):
            with screen.context(kind):
                bpy.ops.screen.area_close()
            yield from screen.redraw()

    def stage(*panels: str, width: int = 70) -> Steps:
        """Go to a fresh workspace, in which panels begin as they are registered, and open the sidebar."""
        with bpy.context.temp_override(window=screen.window()):
            screen.window().workspace = bpy.data.workspaces["Plain"]
        yield from screen.redraw()
        with bpy.context.temp_override(window=screen.window()):
            bpy.ops.workspace.duplicate()
        yield from screen.redraw()
        look()
        open_panels(*panels)
        yield from screen.show_sidebar(width=width)
        yield from screen.move(400, 400)
        yield from screen.redraw()

    def shoot(name: str, part: str = "WINDOW", height: int = 0) -> Steps:
        """Take a picture of the 3D view, with `part="UI"` of its sidebar alone, of some height from the top."""
        yield 0.2
        yield from screen.redraw()
        if ONLY and name not in ONLY:
            return
        screen.shoot(OUT / f"{name}.png")
        box = screen.region(part="UI") if part == "UI" else screen.area()
        left, width = (box.x, box.width) if part == "UI" else (0, SIZE[0])
        bottom = box.y + box.height - height if height else 0  # with the status bar
        (OUT / f"{name}.txt").write_text(f"{left} {bottom} {width} {box.y + box.height - bottom}")
        print("took", name, flush=True)

    def steps() -> Steps:
        """Label the kitchen, and take pictures on the way."""
        screen.enable()
        bpy.context.preferences.view.show_statusbar_stats = False
        yield from clear_screen()
        build()
        yield
        scene = bpy.context.scene
        yield from stage("labels")
        yield from shoot("open")

        with screen.context():
            bpy.ops.sweepset.choose_taxonomy("EXEC_DEFAULT", True, name="nyu40")
            bpy.ops.sweepset.propose_labels("EXEC_DEFAULT", True)
        yield from stage("auto_labelling", width=130)
        yield from shoot("auto_label", "UI", 370)

        with screen.context():
            bpy.ops.sweepset.accept_proposals("EXEC_DEFAULT", True)
            bpy.ops.sweepset.toggle_colors("EXEC_DEFAULT", True)
            bpy.ops.object.select_all(action="DESELECT")
        yield from stage("view")
        yield from shoot("colors")

        yield from stage("labels", "recent")
        settings = scene.sweepset
        settings.active_index = settings.categories.find("lamp")
        with screen.context():
            bpy.ops.sweepset.label_by_clicking("INVOKE_DEFAULT")
        x, y = screen.place(bpy.data.objects["pendant"].matrix_world @ Vector((0, 0, -0.5)))
        for step in range(8):
            yield from screen.move(x + 8 - step, y)
        yield from shoot("clicking")
        yield from screen.press("ESC", (400, 400))

        yield from stage("labels")
        table = bpy.data.objects["table"]
        with screen.context():
            table.select_set(True)
            bpy.context.view_layer.objects.active = table
        yield from screen.move(520, 400)
        with screen.context():
            bpy.ops.wm.call_menu_pie("INVOKE_DEFAULT", name="SWEEPSET_MT_recent_pie")
        yield 0.5
        yield from shoot("pie")
        yield from screen.press("ESC", (520, 400))

        unit = bpy.data.objects["end unit"]
        with screen.context():
            bpy.ops.object.select_all(action="DESELECT")
            unit.select_set(True)
            bpy.context.view_layer.objects.active = unit
            bpy.ops.object.mode_set(mode="EDIT")
            bpy.ops.mesh.select_mode(type="FACE")
            bpy.ops.mesh.select_all(action="DESELECT")
            bpy.ops.object.mode_set(mode="OBJECT")
            for face in unit.data.polygons:
                face.select = face.center.z > 0.85
            bpy.ops.object.mode_set(mode="EDIT")
            bpy.ops.sweepset.assign_faces("EXEC_DEFAULT", True, category="counter")
        yield from stage("labels", "active_object")
        view = screen.area().spaces.active.region_3d
        view.view_rotation, view.view_distance = Euler((1.1, 0, 1.0)).to_quaternion(), 2.6
        view.view_location = unit.matrix_world @ Vector((0.45, -0.3, 0.5))
        yield from screen.redraw()
        yield from shoot("parts")
        with screen.context():
            bpy.ops.object.mode_set(mode="OBJECT")
            bpy.ops.object.select_all(action="DESELECT")

        with screen.context():
            bpy.ops.sweepset.audit("EXEC_DEFAULT", True)
        yield from stage("audit", width=130)
        yield from shoot("audit", "UI", 350)

        yield from stage("view")
        with screen.context():
            bpy.ops.screen.area_split(direction="VERTICAL", factor=0.6)
        yield from screen.redraw()
        min(screen.window().screen.areas, key=lambda area: area.width).type = "IMAGE_EDITOR"
        yield from screen.redraw()
        with screen.context():
            bpy.ops.sweepset.preview_labels("INVOKE_DEFAULT", True)
        yield 0.5
        with screen.context("IMAGE_EDITOR"):
            bpy.ops.image.view_all(fit_view=True)
        yield from shoot("preview")

    screen.run(steps())


def main() -> None:
    """Take the pictures, and write them cropped."""
    sys.path.insert(0, str(HERE.parents[1] / "tests"))
    import cv2

    import window

    if lacking := window.missing():
        sys.exit(lacking)
    with tempfile.TemporaryDirectory() as folder:
        print(window.run_in_window(Path(__file__), folder, *sys.argv[1:], timeout=500, size=SIZE))
        for path in sorted(Path(folder).glob("*.png")):
            image = cv2.imread(str(path))
            box = path.with_suffix(".txt")
            if box.exists():
                left, bottom, width, height = map(int, box.read_text().split())
                image = image[SIZE[1] - bottom - height : SIZE[1] - bottom, left : left + width]
            cv2.imwrite(str(HERE / f"{path.stem}.jpg"), image, [cv2.IMWRITE_JPEG_QUALITY, 88])


if __name__ == "__main__" and "bpy" not in sys.modules:
    main()
