"""A scene's animation: the moments that it renders, what changes with time, and the cameras of its markers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import bpy
import numpy as np

from . import compat
from .instances import mesh_of, visible

LOOKS = (bpy.types.Light, bpy.types.Material, bpy.types.World)
"""Kinds of data that change an image without changing any object."""
WITHOUT_SURFACE = ("LIGHT", "VOLUME")
"""Kinds of objects that images show and labels don't."""


def moments(scene: bpy.types.Scene) -> range:
    """Return the frames of the scene's range and step, which Blender renders as its animation."""
    return range(scene.frame_start, scene.frame_end + 1, scene.frame_step)


def spread(scene: bpy.types.Scene, count: int) -> list[int]:
    """Return `count` of the scene's moments, evenly from the first to the last; the first if it is one."""
    own = moments(scene)
    places = [step / max(count - 1, 1) * (len(own) - 1) for step in range(count)]
    # Rounded with the first frame, as a half is rounded to the even number.
    return [own[round(own[0] + place) - own[0]] for place in places]


def marked_cameras(scene: bpy.types.Scene) -> dict[int, bpy.types.Object]:
    """Return the camera of each moment that a marker binds to it; nothing if no marker binds a camera.

    Like Blender: the last marker at or before the moment counts, else the first; cameras hidden in renders don't.
    """
    bound = [marker for marker in scene.timeline_markers if marker.camera and not marker.camera.hide_render]
    bound.sort(key=lambda marker: marker.frame)
    if not bound:
        return {}
    return {
        time: next((marker for marker in reversed(bound) if marker.frame <= time), bound[0]).camera
        for time in moments(scene)
    }


def places(scene: bpy.types.Scene, item: bpy.types.Object, times: Iterable[int]) -> dict[int, np.ndarray]:
    """Return where an object is at each of the scene's times, (3,) in scene units; the present time stays."""
    present, subframe = scene.frame_current, scene.frame_subframe
    found = {}
    for time in sorted(set(times)):
        scene.frame_set(time)
        found[time] = np.array(item.matrix_world.translation)
    scene.frame_set(present, subframe=subframe)
    return found


def moving(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer) -> set[bpy.types.ID]:
    """Return all data that changes with time: animated, driven by time, simulated, or dependent on such.

    Blender itself knows: these it evaluates anew when the scene is set to a frame, even to the present one.
    """
    found: set[bpy.types.ID] = set()

    def note(_: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> None:
        if depsgraph.view_layer.name == view_layer.name:
            found.update(update.id.original for update in depsgraph.updates)

    with compat.without_actions(_idle(scene)):
        view_layer.update()
        bpy.app.handlers.frame_change_post.append(note)
        try:
            scene.frame_set(scene.frame_current, subframe=scene.frame_subframe)
        finally:
            bpy.app.handlers.frame_change_post.remove(note)
    view_layer.update()
    return found


def seen(changing: set[bpy.types.ID], scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer) -> list[str]:
    """Return the names of the data among `changing` that a camera which stands still can see change.

    The scene is set to other moments if only that tells whether an object changes.
    """
    depsgraph = view_layer.depsgraph
    shown: set[bpy.types.ID] = set()
    for instance in visible(depsgraph):
        shown.add(instance.object.original)
        if instance.parent:
            shown.add(instance.parent.original)
    objects = [item for item in changing if isinstance(item, bpy.types.Object)]
    found = {item.name for item in changing if isinstance(item, LOOKS)} | _played_images(depsgraph)
    if scene in changing and scene.animation_data:
        found.add(scene.name)
    unsure = [item for item in objects if any(_may_idle(modifier) for modifier in item.modifiers)]
    for item in objects:
        shows = item in shown and not _is_path(item, depsgraph)
        if item not in unsure and (item.type in WITHOUT_SURFACE or shows or _appears(item)):
            found.add(item.name)
    if not found and unsure:
        found |= _changing_shape([item for item in unsure if item in shown], scene, view_layer)
    return sorted(found)


def _played_images(depsgraph: bpy.types.Depsgraph) -> set[str]:
    """Return the names of materials, worlds and lights that show an image sequence or a movie."""
    found = set()
    for item in depsgraph.ids:
        waiting = [tree] if isinstance(item, LOOKS) and (tree := item.node_tree) else []
        while waiting:
            for node in waiting.pop().nodes:
                image = getattr(node, "image", None)
                if image and image.source in ("SEQUENCE", "MOVIE") and node.image_user.frame_duration > 1:
                    found.add(item.name)
                if node.type == "GROUP" and node.node_tree:
                    waiting.append(node.node_tree)
    return found


def _appears(item: bpy.types.Object) -> bool:
    """Tell whether an object that is hidden now is shown at other times."""
    if not item.hide_render or not item.animation_data:
        return False
    return any(curve.data_path == "hide_render" for curve in (*compat.curves(item), *item.animation_data.drivers))


def _is_path(item: bpy.types.Object, depsgraph: bpy.types.Depsgraph) -> bool:
    """Tell whether an object is a curve without a surface, such as the path of a camera."""
    if item.type != "CURVE":
        return False
    mesh = mesh_of(item.evaluated_get(depsgraph))
    return mesh is None or not len(mesh.triangles)


def _may_idle(modifier: bpy.types.Modifier) -> bool:
    """Tell whether Blender evaluates a modifier on each frame although it may change nothing."""
    return modifier.type == "COLLISION" or not modifier.show_viewport


def _changing_shape(
    items: Sequence[bpy.types.Object], scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer
) -> set[str]:
    """Return the names of the objects whose place or shape differs at the start, middle or end of the animation."""
    now, times = scene.frame_current, moments(scene)
    states: dict[str, set[bytes]] = {item.name: set() for item in items}
    for time in (times[0], times[len(times) // 2], times[-1]):
        scene.frame_set(time)
        for item in items:
            evaluated = item.evaluated_get(view_layer.depsgraph)
            mesh = mesh_of(evaluated)
            shape = b"" if mesh is None else mesh.vertices.tobytes()
            states[item.name].add(np.array(evaluated.matrix_world).tobytes() + shape)
    scene.frame_set(now)
    return {name for name, found in states.items() if len(found) > 1}


def _idle(scene: bpy.types.Scene) -> list[Any]:
    """Return the data whose animation keeps its values over the scene's range."""
    times = moments(scene)
    return [owner for owner in _animated() if all(_is_constant(curve, times) for curve in compat.curves(owner))]


def _animated() -> Iterator[Any]:
    """Yield all data with an action of its own."""
    for kind in bpy.data.bl_rna.properties:
        if kind.type != "COLLECTION":
            continue
        for item in getattr(bpy.data, kind.identifier):
            for owner in (item, getattr(item, "node_tree", None)):
                animation = getattr(owner, "animation_data", None)
                if animation and animation.action and not owner.library:
                    yield owner


def _is_constant(curve: bpy.types.FCurve, times: Sequence[int]) -> bool:
    """Tell whether an animation curve has one value at all times."""
    if not any(modifier for modifier in curve.modifiers if not modifier.mute):
        heights = {point[1] for key in curve.keyframe_points for point in (key.handle_left, key.co, key.handle_right)}
        if len(heights) <= 1:
            return True
    first = curve.evaluate(times[0]) if times else 0.0
    return all(curve.evaluate(time) == first for time in times)
