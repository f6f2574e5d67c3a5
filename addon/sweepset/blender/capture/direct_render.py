"""Blender's own F12 and Ctrl-F12 write labels: a scene set up for it, and given back as it was."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bpy

from ...errors import SweepsetError
from ...ground_truth import KINDS
from ...taxonomy import Taxonomy
from .. import compat, compositing, labels, passes, preparation
from ..compositing import Output

KEY = "sweepset_direct_render"
"""Custom property of a scene that is set up: its settings, the values to restore, and a checksum of written labels.

On a view layer, it marks the layer whose labels are written.
"""
DOF_KEY = "sweepset_dof"
"""Custom property of a camera whose depth of field was switched off: whether it was on, and whether by keys."""


@dataclass(frozen=True)
class Settings:
    """The files that each render writes besides labels, their size, and their folder, which may begin with `//`."""

    folder: str
    size: tuple[int, int]
    image: bool = True
    depth: bool = False

    def outputs(self, max_id: int, unit_scale: float) -> list[Output]:
        """Return the files of a frame, laid out as a dataset is; `unit_scale` is metres in one of the scene's units."""
        names = {kind: f"{row.folder}/######" for kind, row in KINDS.items()}
        wanted = [compositing.label_output(max_id, names["label"])]
        if self.image:
            wanted.append(Output(names["image"], "Combined", "PNG", 8))
        if self.depth:
            wanted.append(Output(names["depth"], "millimetres", "PNG", 16, scale=1000.0 * unit_scale))
        return wanted


def is_set_up(scene: bpy.types.Scene) -> bool:
    """Return whether the scene's renders write labels; a linked scene is left to its own file."""
    return KEY in scene and scene.library is None


def set_up(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, settings: Settings) -> list[str]:
    """Make every render of a scene write labels until `remove`; return the names of the settings that were changed.

    Settings that spoil labels are switched off: engines other than Cycles, depth of field, motion blur, render regions
    and the like. Raise SweepsetError if an object is in Edit Mode, in which its faces cannot be read, or if another
    scene is set up in another taxonomy: an object has one pass index in all scenes.
    """
    kinds = labels.taxonomy_of(scene)
    passes.refuse_edit_mode()
    for other in bpy.data.scenes:
        if other != scene and is_set_up(other) and _is_readable(other) and labels.taxonomy_of(other).ids != kinds.ids:
            raise SweepsetError(
                f"scene {other.name!r} writes labels too, in another taxonomy: press Remove in that scene first"
            )
    remove(scene)
    kept, aside = _put_aside(scene, view_layer, settings)
    scene[KEY] = json.dumps({"kept": kept, "aside": aside})
    view_layer[KEY] = True
    try:
        outputs = settings.outputs(max(category.id for category in kinds), preparation.metres_per_unit(scene))
        passes.write_categories(kinds)
        compositing.set_up(scene, view_layer, outputs, settings.folder)
    except BaseException:
        remove(scene)
        raise
    _note(scene, settings=dataclasses.asdict(settings), written=passes.checksum(kinds))
    return aside


def remove(scene: bpy.types.Scene) -> None:
    """Restore the scene as it was before `set_up`; do nothing if it is not set up."""
    if not is_set_up(scene):
        return
    state = _state(scene)
    compositing.remove(scene)
    view_layer = _layer(scene)
    owners = {"render": scene.render, "cycles": scene.cycles, "layer": view_layer}
    for owner, name, value in reversed(state["kept"]):
        if owners[owner] is not None:
            if name == "material_override":
                value = bpy.data.materials.get(value)
            setattr(owners[owner], name, value)
    if view_layer is not None:
        del view_layer[KEY]
    del scene[KEY]
    others = [other for other in bpy.data.scenes if is_set_up(other)]
    for camera in bpy.data.cameras:
        if DOF_KEY in camera and not any(camera in _lenses(other) for other in others):
            on, keyed = camera[DOF_KEY]
            camera.dof.use_dof = bool(on)
            for curve in _focus_curves(camera) if keyed else ():
                curve.mute = False
            del camera[DOF_KEY]
    if not others:
        passes.remove()


def is_fresh(scene: bpy.types.Scene) -> bool:
    """Return whether a render now would write the present labels, or, of a scene that is not set up, none."""
    return not is_set_up(scene) or not _is_readable(scene) or _is_written(scene)


def refresh(scene: bpy.types.Scene, rendering: bool | None = None) -> bool:
    """Write the labels if they changed since the last time; return False if `rewrite` cannot do so now.

    Without a change nothing is touched, so that undo and redo can call it.
    """
    return is_fresh(scene) or rewrite(scene, rendering)


def rewrite(scene: bpy.types.Scene, rendering: bool | None = None) -> bool:
    """Write the labels of a scene that is set up; return False if Edit Mode or a render prevents it now.

    While the scene's taxonomy cannot be read, the labels of the last time stay. `rendering` tells whether a render
    reads the scene, by default while one runs: one that waits in a handler `render_init` does not yet.
    """
    if not is_set_up(scene) or not _is_readable(scene):
        return True
    if rendering is None:
        rendering = bool(bpy.app.is_job_running("RENDER"))  # type: ignore[func-returns-value]
    if rendering or passes.edited():
        return False
    state, kinds = _state(scene), labels.taxonomy_of(scene)
    if state["wide"] == _is_wide(kinds):
        passes.write_categories(kinds)
        _note(scene, written=passes.checksum(kinds))
    else:
        set_up(scene, _layer(scene) or scene.view_layers[0], settings_of(scene))
    return True


def _is_readable(scene: bpy.types.Scene) -> bool:
    try:
        labels.taxonomy_of(scene)
    except SweepsetError:  # the panel of labels shows the error
        return False
    return True


def _is_written(scene: bpy.types.Scene) -> bool:
    items = [item for items in (bpy.data.objects, bpy.data.materials) for item in items]
    there = all(passes.KEPT_KEY in item or passes.VARIANT_KEY in item for item in items)
    return there and _state(scene)["written"] == passes.checksum(labels.taxonomy_of(scene))


def put_aside(scene: bpy.types.Scene) -> list[str]:
    """Return the names of the settings that are changed until `remove`."""
    return _state(scene)["aside"]


def spoiled(scene: bpy.types.Scene) -> list[str]:
    """Return the names of changes since `set_up` that prevent correct labels."""
    view_layer = _layer(scene)
    if view_layer is None:
        return ["view layer"]
    found = [] if compositing.is_whole(scene) else ["nodes"]
    for owner, name, value, told in _required(scene, view_layer, settings_of(scene)):
        if told and getattr(owner, name) != value:
            found.append(told)
    found += [f"depth of field of {camera.name}" for camera in _lenses(scene) if camera.dof.use_dof]
    return list(dict.fromkeys(found))


def settings_of(scene: bpy.types.Scene) -> Settings:
    """Return the settings that a scene was set up with."""
    found = _state(scene)["settings"]
    return Settings(**{**found, "size": tuple(found["size"])})


def _state(scene: bpy.types.Scene) -> dict[str, Any]:
    return json.loads(scene[KEY])


def _note(scene: bpy.types.Scene, **what: Any) -> None:
    scene[KEY] = json.dumps({**_state(scene), "wide": _is_wide(labels.taxonomy_of(scene)), **what})


def _is_wide(kinds: Taxonomy) -> bool:
    return compositing.label_output(max(category.id for category in kinds)).depth > 8


def _layer(scene: bpy.types.Scene) -> bpy.types.ViewLayer | None:
    """Return the view layer whose labels are written, None if it is gone."""
    return next((one for one in scene.view_layers if KEY in one), None)


def _lenses(scene: bpy.types.Scene) -> set[bpy.types.Camera]:
    return {item.data for item in scene.objects if isinstance(item.data, bpy.types.Camera)}


def _required(
    scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, settings: Settings
) -> Iterator[tuple[Any, str, Any, str]]:
    """Yield the settings that labels need: owner, name, value, and the words for another value."""
    render, cycles = scene.render, scene.cycles
    engine = str(render.engine).replace("_", " ").title().replace("Eevee", "EEVEE").removeprefix("Blender ")
    yield render, "engine", "CYCLES", f"engine {engine.removesuffix(' Next')}"
    yield render, "use_motion_blur", False, "motion blur"
    if not compat.denoisers(scene):  # Blender would refuse to render
        yield cycles, "use_denoising", False, "denoising, which this Blender was built without"
    for owner, name, value, code, _ in preparation.spoilers(scene, view_layer):
        if code != "osl":
            yield owner, name, value, code.replace("-", " ")
    yield render, "use_sequencer", False, "sequencer" if compat.has_strips(scene) else ""
    yield render, "resolution_x", settings.size[0], ""
    yield render, "resolution_y", settings.size[1], ""
    yield render, "resolution_percentage", 100, ""
    yield cycles, "transparent_max_bounces", max(cycles.transparent_max_bounces, preparation.CLEAR_BOUNCES), ""
    yield view_layer, "use", True, ""


def _put_aside(
    scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, settings: Settings
) -> tuple[list[tuple[str, str, Any]], list[str]]:
    """Set what labels need; return the values to restore, as owner, name and value, and the names of the changes."""
    kept: list[tuple[str, str, Any]] = []
    aside: list[str] = []
    for owner, name, value, told in list(_required(scene, view_layer, settings)):
        before = getattr(owner, name)
        if before != value:
            where = {scene.render: "render", scene.cycles: "cycles"}.get(owner, "layer")
            kept.append((where, name, before.name if isinstance(before, bpy.types.ID) else before))
            setattr(owner, name, value)
            aside.append(told)
    for camera in _lenses(scene):
        keyed = [curve for curve in _focus_curves(camera) if not curve.mute]
        if camera.dof.use_dof or keyed:
            camera[DOF_KEY] = [camera.dof.use_dof, bool(keyed)]
            camera.dof.use_dof = False
            for curve in keyed:
                curve.mute = True
            aside.append(f"depth of field of {camera.name}")
    return kept, list(dict.fromkeys(filter(None, aside)))


def _focus_curves(camera: bpy.types.Camera) -> list[bpy.types.FCurve]:
    """Return the curve of keys that switch a camera's depth of field on and off, if there is one."""
    return [curve for curve in compat.curves(camera) if curve.data_path == "dof.use_dof"]
