"""Simulations that Blender would compute anew while it renders: those that are not baked.

The state of such a simulation depends on the frames that the same Blender showed before, so each worker would render
another one, and so would a command that goes on after it was stopped.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import bpy

from ..errors import SweepsetError
from . import compat

PARTICLES = ("NEWTON", "BOIDS", "FLUID")
"""Physics of particles that move from frame to frame; of others each frame can be had alone."""


@dataclass(frozen=True)
class Simulation:
    """A simulation of an object: its `kind` in Blender's words, its first frame, and whether it is baked."""

    name: str
    kind: str
    start: int
    baked: bool


def demand_baked(scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph, times: Sequence[int]) -> None:
    """Raise SweepsetError if frames at these times need a simulation that is not baked; its first frame needs none.

    Frames that were played and not baked don't count: preparing the scene makes Blender drop some of them.
    """
    found = [one for one in _simulations(scene, depsgraph) if not one.baked and max(times) > one.start]
    if not found:
        return
    names = sorted({f"{one.name} ({one.kind})" for one in found})
    shown = f"{', '.join(names[:8])}{' …' if len(names) > 8 else ''}"
    start = min(one.start for one in found)
    when = f"frame {times[0]}" if len(set(times)) == 1 else f"frames {min(times)} to {max(times)}"
    raise SweepsetError(
        f"simulations are not baked: {shown}; at {when} they depend on the frames rendered before, which differ from "
        "worker to worker: bake them in Blender (Physics > Cache > Bake All Dynamics; fluids and simulation nodes in "
        f"panels of their own) and save the file, disable them in renders, or stay at frame {start}"
    )


def _simulations(scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> Iterator[Simulation]:
    """Yield the simulations that what renders depends on."""
    items = {item.original for item in depsgraph.objects}
    for item in sorted(items, key=lambda item: item.name_full):
        world = scene.rigidbody_world
        if world and world.enabled and _falls(item, world):
            yield _cached(item.name, "rigid body", world.point_cache)
        for system in item.particle_systems:
            shown = any(m.show_viewport for m in item.modifiers if getattr(m, "particle_system", None) == system)
            if shown and system.settings.type == "HAIR" and system.use_hair_dynamics and system.cloth:
                yield _cached(item.name, "hair", system.cloth.point_cache)
            elif shown and system.settings.type == "EMITTER" and system.settings.physics_type in PARTICLES:
                yield replace(
                    _cached(item.name, "particles", system.point_cache), start=int(system.settings.frame_start)
                )
        for modifier in item.modifiers:
            if modifier.show_viewport:
                yield from _of_modifier(scene, item, modifier)


def _falls(item: bpy.types.Object, world: bpy.types.RigidBodyWorld) -> bool:
    body = item.rigid_body
    return (
        body is not None
        and body.type == "ACTIVE"
        and body.enabled
        and not body.kinematic
        and world.collection is not None
        and item.name in world.collection.all_objects
    )


def _of_modifier(scene: bpy.types.Scene, item: bpy.types.Object, modifier: Any) -> Iterator[Simulation]:
    if modifier.type in ("CLOTH", "SOFT_BODY"):
        yield _cached(item.name, modifier.type.lower().replace("_", " "), modifier.point_cache)
    elif modifier.type == "DYNAMIC_PAINT" and modifier.canvas_settings:
        for surface in modifier.canvas_settings.canvas_surfaces:
            if surface.is_active and surface.surface_format == "VERTEX":
                yield _cached(item.name, "dynamic paint", surface.point_cache)
    elif modifier.type == "FLUID" and modifier.fluid_type == "DOMAIN":
        domain = modifier.domain_settings
        baked = domain.has_cache_baked_data and (not domain.use_mesh or domain.has_cache_baked_mesh)
        baked = baked and domain.cache_type != "REPLAY"  # which stores what is played
        there = _has_files(Path(bpy.path.abspath(domain.cache_directory, library=item.library)) / "data", "*")
        yield Simulation(item.name, "fluid", domain.cache_frame_start, baked and there)
    elif modifier.type == "NODES" and modifier.node_group:
        for bake in compat.bakes(modifier):
            if bake.node and bake.node.type == "SIMULATION_OUTPUT":
                own = bake.use_custom_simulation_frame_range
                start = bake.frame_start if own else scene.frame_start
                yield Simulation(item.name, "simulation nodes", start, _is_baked(item, modifier, bake))


def _cached(name: str, kind: str, cache: bpy.types.PointCache) -> Simulation:
    """Return a simulation that has one of Blender's point caches, in the file or in a folder."""
    in_folder = cache.use_disk_cache or cache.use_external
    there = cache.is_baked and (not in_folder or _has_files(_folder_of(cache), "*.bphys"))
    return Simulation(name, kind, cache.frame_start, there)


def _folder_of(cache: bpy.types.PointCache) -> Path:
    if cache.use_external:
        return Path(bpy.path.abspath(cache.filepath))
    return Path(bpy.path.abspath(f"//blendcache_{Path(bpy.data.filepath).stem}"))


def _has_files(folder: Path, pattern: str) -> bool:
    return any(folder.glob(pattern))


def _is_baked(item: bpy.types.Object, modifier: Any, bake: Any) -> bool:
    """Tell whether a simulation zone is baked, in a folder or, since 4.3, packed into the file."""
    if _has_files(_root_of(item, modifier, bake) / "meta", "*"):
        return True
    if not compat.packs_bakes() or not bpy.data.filepath:
        return False
    # Only unpacking tells whether there is something packed. It then is in a folder of this process, and used there.
    with tempfile.TemporaryDirectory(dir=bpy.app.tempdir) as folder:
        bake.use_custom_path, bake.directory = True, folder
        which = {"session_uid": item.session_uid, "modifier_name": modifier.name, "bake_id": bake.bake_id}
        unpacked = bpy.ops.object.geometry_node_bake_unpack_single(**which, method="WRITE_ORIGINAL")
        if "FINISHED" in unpacked:
            bpy.ops.object.geometry_node_bake_pack_single(**which)
            return True
    return False


def _root_of(item: bpy.types.Object, modifier: Any, bake: Any) -> Path:
    if bake.use_custom_path:
        return Path(bpy.path.abspath(bake.directory, library=item.library))
    return Path(bpy.path.abspath(compat.bake_directory(modifier), library=item.library)) / str(bake.bake_id)
