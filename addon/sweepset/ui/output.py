"""The settings of the panels Sweep and Compositing, stored in the scene, and the job they define."""

from __future__ import annotations

import dataclasses
import os
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

from .. import quality, sweeps
from ..blender import compat
from ..errors import SweepsetError
from ..ground_truth import BY_DEFAULT
from ..job import Job
from . import frustums

SHORTEST, LONGEST = 16, 8192
"""Pixels of a side, as the command allows."""


def _properties(field: dataclasses.Field[Any], hint: Any) -> Iterator[tuple[str, Any]]:
    """Yield Blender's properties, by name, for a parameter of a sweep."""
    text, unset = (field.metadata[key].replace("`", "") for key in ("help", "unset"))
    text += f"; left out: {unset}" if unset else ""
    unit = f" ({field.metadata['unit']})" if field.metadata["unit"] else ""
    name = field.name.replace("_", " ").capitalize() + unit
    what = {"name": name, "description": text[:1].upper() + text[1:]}
    default: Any = field.default
    if typing.get_origin(hint) is typing.Literal:
        items = [(value, value.capitalize(), "") for value in typing.get_args(hint)]
        yield field.name, bpy.props.EnumProperty(items=items, default=default, **what)
    elif hint is str:
        yield field.name, bpy.props.StringProperty(**what)
    elif hint is bool:
        yield field.name, bpy.props.BoolProperty(default=default, **what)
    elif hint is int:
        yield field.name, bpy.props.IntProperty(default=default, **what)
    elif hint is float:
        yield field.name, bpy.props.FloatProperty(default=default, **what)
    elif default == ():  # a point in space, or none
        switch = {"name": f"Choose {what['name'].removesuffix(unit)}", "description": what["description"]}
        yield f"use_{field.name}", bpy.props.BoolProperty(**switch)
        yield field.name, bpy.props.FloatVectorProperty(size=3, subtype="XYZ", **what)
    elif typing.get_args(hint)[-1] is ...:
        text = ", ".join(f"{number:g}" for number in default)
        what["description"] += "; numbers separated by commas"
        yield field.name, bpy.props.StringProperty(default=text, **what)
    else:
        yield field.name, bpy.props.FloatVectorProperty(size=len(default), default=default, **what)


def _group(name: str) -> type:
    """Make the property group of a sweep from its dataclass, so that parameters are declared once."""
    kind = sweeps.SWEEPS[name].parameters
    hints = typing.get_type_hints(kind)
    annotations = {
        key: value for field in dataclasses.fields(kind) for key, value in _properties(field, hints[field.name])
    }
    return type(
        f"SWEEPSET_PG_{name}",
        (bpy.types.PropertyGroup,),
        {"__annotations__": annotations, "__doc__": f"Parameters of the sweep {name}.", "__module__": __name__},
    )


SWEEP_ITEMS = [(name, name.replace("_", " ").capitalize(), kind.help) for name, kind in sweeps.SWEEPS.items()]
GROUPS = {name: _group(name) for name in sweeps.SWEEPS}


def parameters(name: str, group: Any) -> dict[str, Any]:
    """Return the parameters that a sweep's property group holds, as JSON's types."""
    values: dict[str, Any] = {}
    for field in dataclasses.fields(sweeps.SWEEPS[name].parameters):
        value = getattr(group, field.name)
        if isinstance(field.default, tuple) and isinstance(value, str):
            value = list(getattr(sweeps.parse(name, [f"{field.name}={value}"]), field.name))
        elif isinstance(field.default, tuple):
            value = [_short(number) for number in value] if getattr(group, f"use_{field.name}", True) else []
        elif isinstance(value, float):
            value = _short(value)
        values[field.name] = value
    return values


def _short(number: float) -> float:
    """Return the number that a user typed: Blender keeps fewer digits than Python."""
    return float(f"{number:.6g}")


def _look(_: bpy.types.PropertyGroup, context: bpy.types.Context) -> None:
    frustums.look_through(context)


def _take_samples(settings: Any, _: bpy.types.Context) -> None:
    settings.samples = quality.PRESETS[settings.preset].samples


_DEPTH = {"name": "Depth", "description": "Write the distance along the camera's axis, in millimetres as 16-bit PNG"}


class SWEEPSET_PG_output(bpy.types.PropertyGroup):
    """Settings of renders, and their folders."""

    width: bpy.props.IntProperty(
        name="Size X",
        description="Width of images and labels in pixels",
        default=640,
        min=SHORTEST,
        max=LONGEST,
        subtype="PIXEL",
    )
    height: bpy.props.IntProperty(
        name="Y",
        description="Height of images and labels in pixels",
        default=480,
        min=SHORTEST,
        max=LONGEST,
        subtype="PIXEL",
    )
    direct_folder: bpy.props.StringProperty(
        name="Folder",
        description="Where each render writes labels/000012.png, images/000012.png and so on",
        default="//labelled/",
        subtype="DIR_PATH",
        options=compat.RELATIVE_PATH,
    )
    direct_image: bpy.props.BoolProperty(
        name="Image",
        description="Write the image beside the label, as 8-bit PNG with the scene's view transform",
        default=True,
    )
    direct_depth: bpy.props.BoolProperty(**_DEPTH)
    sweep: bpy.props.EnumProperty(
        name="Sweep",
        description="How cameras are placed",
        items=SWEEP_ITEMS,
    )
    every_frame: bpy.props.BoolProperty(
        name="All Frames",
        description="As many frames as the file's cameras have: every frame of animated ones",
        default=True,
    )
    frames: bpy.props.IntProperty(name="Frames", description="Frames to render", default=sweeps.DEFAULT_FRAMES, min=1)
    seed: bpy.props.IntProperty(name="Seed", description="Seed of everything random", min=0)
    fov: bpy.props.FloatProperty(
        name="Field of View (°)",
        description="Horizontal field of view in degrees, except for the file's own cameras; 57 is the Kinect's",
        default=sweeps.KINECT_FOV,
        min=1,
        max=sweeps.WIDEST_FOV,
    )
    lens_jitter: bpy.props.FloatProperty(
        name="Lens Jitter",
        description="Vary the field of view by up to this share, either way",
        min=0,
        max=0.9,
        subtype="FACTOR",
    )
    sweep_folder: bpy.props.StringProperty(
        name="Folder",
        description="The dataset to write: a new or empty folder, or a dataset to finish",
        default="//sweep/",
        subtype="DIR_PATH",
        options=compat.RELATIVE_PATH,
    )
    preset: bpy.props.EnumProperty(
        name="Quality",
        description="Quality of images, and time to render them",
        items=[(name, name.capitalize(), told) for name, told in quality.ABOUT.items()],
        default=quality.DEFAULT,
        update=_take_samples,
    )
    samples: bpy.props.IntProperty(
        name="Samples",
        description="Largest number of samples per pixel",
        default=quality.PRESETS[quality.DEFAULT].samples,
        min=1,
        max=65536,
    )
    denoise: bpy.props.BoolProperty(
        name="Denoise", description="Denoise images with OpenImageDenoise, if this Blender has it", default=True
    )
    instances: bpy.props.BoolProperty(
        name="Instances",
        description="Write an image of ids that tell objects, and copies of one object, apart",
        default=True,
    )
    depth: bpy.props.BoolProperty(default=True, **_DEPTH)
    correct_exposure: bpy.props.BoolProperty(
        name="Correct Exposure",
        description="Correct a scene that renders black or overexposed, and light a scene without light",
        default=True,
    )
    trust_scripts: bpy.props.BoolProperty(
        name="Run Scripts", description="Run the scripts and drivers inside the file while rendering"
    )
    shown: bpy.props.IntProperty(
        name="Look Through",
        description="Look through this camera of the preview",
        min=0,
        update=_look,
    )


# Each sweep's parameters are a property by the sweep's name.
SWEEPSET_PG_output.__annotations__.update(
    {name: bpy.props.PointerProperty(type=group) for name, group in GROUPS.items()}
)


def draw_size(layout: bpy.types.UILayout, settings: Any) -> None:
    """Draw width and height as Blender draws a resolution."""
    column = layout.column(align=True)
    column.prop(settings, "width")
    column.prop(settings, "height")


def all_frames(settings: Any) -> bool:
    """Tell whether the file's cameras set the number of frames."""
    return sweeps.SWEEPS[settings.sweep].own_frames and settings.every_frame


def job_of(context: bpy.types.Context, blend: str, sha256: str) -> Job:
    """Return the job that the scene's settings ask for, of a .blend's path and its SHA-256."""
    scene, settings = context.scene, context.scene.sweepset_output
    sweep = {"name": settings.sweep, **parameters(settings.sweep, getattr(settings, settings.sweep))}
    sweeps.from_json(sweep)  # raises if a value is out of range
    return Job(
        scene=blend,
        procedural=False,
        scene_sha256=sha256,
        sweep=sweep,
        frames=None if all_frames(settings) else settings.frames,
        size=(settings.width, settings.height),
        preset=settings.preset,
        samples=settings.samples,
        denoise=settings.denoise,
        fov=_short(settings.fov),
        lens_jitter=_short(settings.lens_jitter),
        seed=settings.seed,
        outputs=tuple(output for output in BY_DEFAULT if getattr(settings, output)),
        exposure="auto" if settings.correct_exposure else "keep",
        scene_name=scene.name if len(bpy.data.scenes) > 1 else "",
        view_layer=context.view_layer.name if len(scene.view_layers) > 1 else "",
        trust_scripts=settings.trust_scripts,
    )


def folder_of(path: str, what: str) -> Path:
    """Return a user's folder as an absolute path; raise SweepsetError if it can't be written to.

    A folder relative to an unsaved file can't.
    """
    if not path.strip():
        raise SweepsetError(f"{what}: no folder is chosen; choose one in the panel")
    if path.startswith("//") and not bpy.data.filepath:
        raise SweepsetError(
            f"{what}: folder {path!r} is relative to the file, which was never saved: save the file first"
        )
    folder = Path(bpy.path.abspath(path)).resolve()
    there = next(one for one in (folder, *folder.parents) if one.exists())
    if not there.is_dir():
        raise SweepsetError(f"{what}: {str(there)!r} is a file: choose a folder")
    if not os.access(there, os.W_OK):
        raise SweepsetError(f"{what}: nothing can be written to {str(there)!r}: choose another folder")
    return folder


classes = (*GROUPS.values(), SWEEPSET_PG_output)
_register_classes, _unregister_classes = bpy.utils.register_classes_factory(classes)


def register() -> None:
    """Give scenes the settings."""
    _register_classes()
    bpy.types.Scene.sweepset_output = bpy.props.PointerProperty(type=SWEEPSET_PG_output)


def unregister() -> None:
    """Remove the settings."""
    del bpy.types.Scene.sweepset_output
    _unregister_classes()
