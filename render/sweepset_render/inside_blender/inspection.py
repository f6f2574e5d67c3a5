"""Inspect a scene's content for problems of its labels and images, and report them as findings."""

from __future__ import annotations

from collections.abc import Iterator

import bpy
import numpy as np

from sweepset.blender import external_files, instances, labels, precision, volumes
from sweepset.blender.labelling import audit
from sweepset.blender.viewpoints import Surroundings
from sweepset.findings import Finding
from sweepset.taxonomy import Taxonomy

ROOM = (1.0, 300.0)
"""Plausible extents of a scene in metres; outside them its units are probably wrong."""


def inspect(
    scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, taxonomy: Taxonomy, ids: dict[str, int], unit_scale: float
) -> list[Finding]:
    """Return the findings about an open scene."""
    return [
        *external_files.missing(view_layer.depsgraph),
        *precision.inspect(view_layer.depsgraph, unit_scale),
        *_scripts(),
        *_choice(scene, view_layer),
        *_labels(view_layer, taxonomy, ids),
        *_cameras(scene),
        *_size(scene, view_layer, unit_scale),
    ]


def _scripts() -> Iterator[Finding]:
    texts = [text.name for text in bpy.data.texts if text.use_module]
    if texts:
        yield Finding(
            "scripts",
            "warning",
            ", ".join(texts),
            "scripts that wanted to run when the file opened did not",
            "pass --trust-scripts if you trust the file and need them",
        )
    if bpy.app.autoexec_fail:
        yield Finding(
            "scripts",
            "warning",
            bpy.app.autoexec_fail_message or "driver",
            "a script of the file did not run",
            "pass --trust-scripts if you trust the file and need it",
        )


def _choice(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer) -> Iterator[Finding]:
    if len(bpy.data.scenes) > 1:
        names = ", ".join(other.name for other in bpy.data.scenes)
        yield Finding("scenes", "note", scene.name, f"used, of the scenes {names}", "choose with --scene-name")
    if len(scene.view_layers) > 1:
        names = ", ".join(other.name for other in scene.view_layers)
        yield Finding("view-layers", "note", view_layer.name, f"used, of {names}", "choose with --view-layer")


def _labels(view_layer: bpy.types.ViewLayer, taxonomy: Taxonomy, ids: dict[str, int]) -> Iterator[Finding]:
    if not labels.any_label():
        yield Finding(
            "unlabelled",
            "warning",
            "scene",
            "nothing is labelled: every label pixel will be 0",
            "label it first: `sweepset label SCENE --auto --out labelled.blend`, or by hand as docs/labels.md shows",
        )
        return
    unknown = list(audit.outside(ids))
    if unknown:
        yield Finding(
            "outside-taxonomy",
            "error",
            ", ".join(map(repr, unknown)),
            f"labels that have no place in taxonomy {taxonomy.name}; what has them is unlabelled",
            "relabel it, or pass --taxonomy with one that has these names or a map to them",
        )
    shown = {item.original for item in (i.object for i in instances.visible(view_layer.depsgraph))}
    fog = set(volumes.hulls(view_layer.depsgraph))  # has no label to lose
    bare = [item.name for item in audit.unlabelled(shown) if item not in fog]
    if bare:
        yield Finding(
            "objects-unlabelled",
            "warning",
            ", ".join(bare[:8]) + (" …" if len(bare) > 8 else ""),
            f"{len(bare)} of {len(shown)} visible objects have no label",
            "label them: docs/labels.md shows how",
        )
    hidden = [item.name for item in audit.hidden(shown)]
    if hidden:
        yield Finding(
            "labelled-hidden",
            "note",
            ", ".join(hidden[:8]) + (" …" if len(hidden) > 8 else ""),
            f"{len(hidden)} labelled objects don't render: hidden, excluded or in another scene",
        )


def _cameras(scene: bpy.types.Scene) -> Iterator[Finding]:
    for camera in [item for item in scene.objects if item.type == "CAMERA"]:
        if camera.data.type != "PERSP":
            yield Finding(
                "camera-type",
                "warning",
                camera.name,
                f"the camera is {camera.data.type.lower()}, no pinhole camera; sweep cameras leaves it out",
                "make it perspective to use it",
            )
        elif abs(np.linalg.det(np.array(camera.matrix_world.normalized())[:3, :3]) - 1) > 1e-3:
            what = "the camera is mirrored or sheared by its scale or a parent: its pose is no rotation"
            yield Finding("camera-sheared", "warning", camera.name, what, "clear the parent's scale to use it")
    if scene.camera is not None and scene.camera.type != "CAMERA":
        yield Finding("active-camera", "note", scene.camera.name, "the active camera is no camera; it is not used")


def _size(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, unit_scale: float) -> Iterator[Finding]:
    around = Surroundings(scene, view_layer.depsgraph, unit_scale)
    if around.empty:
        yield Finding("empty", "error", scene.name, "nothing in the scene renders", "check what is hidden from renders")
        return
    extent = float((around.high - around.low).max()) * unit_scale
    if not ROOM[0] <= extent <= ROOM[1]:
        yield Finding(
            "units",
            "warning",
            scene.name,
            f"the scene is {extent:.3g} m large by its units",
            "pass --unit with metres per unit, such as 0.01 where a unit is a centimetre",
        )


def inspect_cameras(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, unit_scale: float) -> Iterator[Finding]:
    """Look through the file's perspective cameras by ray cast; report those that see nothing or a wall."""
    cameras = [item for item in scene.objects if item.type == "CAMERA"]
    aspect = scene.render.resolution_x / scene.render.resolution_y
    for camera in [camera for camera in cameras if camera.data.type == "PERSP"]:
        pose = np.array(camera.matrix_world.normalized())
        with volumes.passed_by_rays(view_layer):
            around = Surroundings(scene, view_layer.depsgraph, unit_scale)
            view = around.look(pose, float(np.degrees(camera.data.angle_x)), aspect)
        if np.isinf(view.distances).all():
            yield Finding("camera-empty", "error", camera.name, "the camera sees nothing", "turn it towards the scene")
        elif float((view.distances * unit_scale < 0.1).mean()) > 0.9:
            yield Finding("camera-blocked", "error", camera.name, "the camera is inside or right behind something")
        elif max(view.shares.values(), default=0.0) > 0.95:
            name = max(view.shares, key=lambda key: view.shares[key])
            yield Finding("camera-blocked", "warning", camera.name, f"one thing fills the view: {name or 'unlabelled'}")
