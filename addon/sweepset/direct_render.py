"""Blender's own F12 and Ctrl-F12 write labels: a scene set up for it, and given back as it was."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

import bpy

from . import compat, compositing, labels, passes, preparation
from .compositing import Output
from .dataset import FOLDERS
from .taxonomy import Taxonomy

KEY = "sweepset_direct_render"
"""Custom property of a scene that is set up: the settings, what to give back, and which labels were written."""
DOF_KEY = "sweepset_dof"
"""Custom property of a camera whose depth of field was switched off: whether it was on, and whether by keys."""


@dataclass(frozen=True)
class Settings:
    """What each render writes besides labels, how large, and into which folder, which may begin with `//`."""

    folder: str
    size: tuple[int, int]
    image: bool = True
    depth: bool = False

    def outputs(self, max_id: int, unit: float) -> list[Output]:
        """Return the files of a frame, laid out as a dataset is; `unit` is metres in one of the scene's units."""
        names = {kind: f"{folder}/######" for kind, folder in FOLDERS.items()}
        wanted = [compositing.label_output(max_id, names["label"])]
        if self.image:
            wanted.append(Output(names["image"], "Combined", "PNG", 8))
        if self.depth:
            wanted.append(Output(names["depth"], "millimetres", "PNG", 16, scale=1000.0 * unit))
        return wanted


def is_set_up(scene: bpy.types.Scene) -> bool:
    """Tell whether the scene's renders write labels."""
    return KEY in scene


def set_up(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, settings: Settings) -> list[str]:
    """Make every render of a scene write labels, and return what was put aside for it, until `remove`.

    What would spoil labels is switched off: other engines than Cycles, depth of field, motion blur, render regions and
    the like. Not for a scene with an object in Edit Mode, whose faces can't be read.
    """
    remove(scene)
    passes.refuse_edit_mode()
    kept, aside = _put_aside(scene, view_layer, settings)
    scene[KEY] = json.dumps({"layer": view_layer.name, "kept": kept, "aside": aside})
    try:
        kinds = labels.taxonomy_of(scene)
        outputs = settings.outputs(max(category.id for category in kinds), preparation.metres_per_unit(scene))
        passes.write_categories(kinds)
        compositing.set_up(scene, view_layer, outputs, settings.folder)
    except BaseException:
        remove(scene)
        raise
    _note(scene, settings=dataclasses.asdict(settings), written=passes.checksum(kinds))
    return aside


def remove(scene: bpy.types.Scene) -> None:
    """Give the scene back as it was before `set_up`; nothing where it is not set up."""
    if not is_set_up(scene):
        return
    state = _state(scene)
    compositing.remove(scene)
    view_layer = scene.view_layers.get(state["layer"])
    owners = {"render": scene.render, "cycles": scene.cycles, "layer": view_layer}
    for owner, name, value in reversed(state["kept"]):
        if owners[owner] is not None:
            if name == "material_override":
                value = bpy.data.materials.get(value)
            setattr(owners[owner], name, value)
    for camera in bpy.data.cameras:
        if DOF_KEY in camera:
            on, keyed = camera[DOF_KEY]
            camera.dof.use_dof = bool(on)
            for curve in _focus_curves(camera) if keyed else ():
                curve.mute = False
            del camera[DOF_KEY]
    del scene[KEY]
    if not any(is_set_up(other) for other in bpy.data.scenes):
        passes.remove()


def refresh(scene: bpy.types.Scene) -> bool:
    """Write the labels as they are now, where they changed since; False where Edit Mode forbids it for now.

    Where nothing changed nothing is touched, so that undo and redo can call it.
    """
    if not is_set_up(scene) or _is_written(scene):
        return True
    return rewrite(scene)


def rewrite(scene: bpy.types.Scene) -> bool:
    """Write the labels as they are now, where the scene is set up; False where Edit Mode forbids it for now."""
    if not is_set_up(scene):
        return True
    if passes.edited():
        return False
    state, kinds = _state(scene), labels.taxonomy_of(scene)
    if state["wide"] == _is_wide(kinds):
        passes.write_categories(kinds)
        _note(scene, written=passes.checksum(kinds))
    else:
        view_layer = scene.view_layers.get(state["layer"]) or scene.view_layers[0]
        set_up(scene, view_layer, settings_of(scene))
    return True


def _is_written(scene: bpy.types.Scene) -> bool:
    items = [item for items in (bpy.data.objects, bpy.data.materials) for item in items]
    there = all(passes.KEPT_KEY in item or passes.VARIANT_KEY in item for item in items)
    return there and _state(scene)["written"] == passes.checksum(labels.taxonomy_of(scene))


def put_aside(scene: bpy.types.Scene) -> list[str]:
    """Return what a scene that is set up does without until `remove`."""
    return _state(scene)["aside"]


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


def _put_aside(
    scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, settings: Settings
) -> tuple[list[tuple[str, str, Any]], list[str]]:
    """Set what right labels need; return what to give back, as owner, name and value, and what to tell."""
    render, cycles = scene.render, scene.cycles
    kept: list[tuple[str, str, Any]] = []
    aside: list[str] = []

    def overrule(owner: Any, name: str, value: Any, told: str = "") -> None:
        before = getattr(owner, name)
        if before == value:
            return
        where = {render: "render", cycles: "cycles"}.get(owner, "layer")
        kept.append((where, name, before.name if isinstance(before, bpy.types.ID) else before))
        setattr(owner, name, value)
        if told and told not in aside:
            aside.append(told)

    engine = str(render.engine).replace("_", " ").title().replace("Eevee", "EEVEE").removeprefix("Blender ")
    overrule(render, "engine", "CYCLES", f"engine {engine.removesuffix(' Next')}")
    overrule(render, "use_motion_blur", False, "motion blur")
    for owner, name, value, code, _ in preparation.spoilers(scene, view_layer):
        if code != "osl":
            overrule(owner, name, value, code.replace("-", " "))
    overrule(render, "use_sequencer", False, "sequencer" if compat.has_strips(scene) else "")
    overrule(render, "resolution_x", settings.size[0])
    overrule(render, "resolution_y", settings.size[1])
    overrule(render, "resolution_percentage", 100)
    overrule(cycles, "transparent_max_bounces", max(cycles.transparent_max_bounces, preparation.CLEAR_BOUNCES))
    overrule(view_layer, "use", True)
    for camera in {item.data for item in scene.objects if item.type == "CAMERA"}:
        keyed = [curve for curve in _focus_curves(camera) if not curve.mute]
        if camera.dof.use_dof or keyed:
            camera[DOF_KEY] = [camera.dof.use_dof, bool(keyed)]
            camera.dof.use_dof = False
            for curve in keyed:
                curve.mute = True
            aside.append(f"depth of field of {camera.name}")
    return kept, aside


def _focus_curves(camera: bpy.types.Camera) -> list[bpy.types.FCurve]:
    """Return the curve of keys that switch a camera's depth of field on and off, if there is one."""
    return [curve for curve in compat.curves(camera) if curve.data_path == "dof.use_dof"]
