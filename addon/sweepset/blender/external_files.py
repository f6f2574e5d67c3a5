"""Files that a scene needs and that are not there, with the objects that use them.

Images are not among them, except parts of sequences: `preparation` looks for these, and replaces what it can't find.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import bpy

from ..findings import Finding

PATHS = ("FILE_PATH", "DIR_PATH")
"""Kinds of text properties that hold a path."""
ADVICE = "put the file there, or point the .blend to where it is: File, External Data, Find Missing Files"


def missing(depsgraph: bpy.types.Depsgraph) -> Iterator[Finding]:
    """Yield a finding for each missing file that something which renders uses."""
    for library in bpy.data.libraries:
        if not os.path.exists(bpy.path.abspath(library.filepath)):
            yield Finding(
                "library-missing",
                "error",
                library.name,
                f"no file {library.filepath!r}; what it held is not there",
                "put the library where the file expects it, or make its objects local and save",
            )
    shown = {item.original for item in depsgraph.objects if item.original.type != "CAMERA" or item.constraints}
    worlds = {depsgraph.scene.original.world}
    users = bpy.data.user_map()
    for owner, name, path, numbers in _references(shown):
        what = _lacking(bpy.path.abspath(path, library=owner.library), numbers)
        if what:
            by = sorted(item.name for item in _users_of(owner, users) & (shown | worlds))
            if by:
                subject = ", ".join(by[:6]) + (" …" if len(by) > 6 else "")
                yield Finding("file-missing", "warning", subject, f"{name}: {what}; what it holds is not shown", ADVICE)


def _references(shown: set[bpy.types.ID]) -> Iterator[tuple[bpy.types.ID, str, str, range | None]]:
    """Yield the paths of files: the data that has it, its name for people, the path, and the numbers of a sequence."""
    data = bpy.data
    for item in (*data.images, *data.fonts, *data.movieclips, *data.cache_files, *data.volumes):
        numbers = _numbers(item)
        packed = getattr(item, "packed_file", None) or item.filepath in ("", "<builtin>")
        if not packed and (numbers is not None or not isinstance(item, bpy.types.Image)):
            yield item, item.name, item.filepath, numbers
    for item in shown:
        for modifier in item.modifiers:
            if modifier.show_viewport and (modifier.type == "MESH_CACHE" or getattr(modifier, "is_cached", False)):
                yield item, modifier.name, modifier.filepath, None
    for owner, node in _nodes():
        for holder in _holders(node):
            for path in _paths(holder):
                yield owner, node.name, path, None


def _nodes() -> Iterator[tuple[bpy.types.ID, bpy.types.Node]]:
    """Yield all nodes of the file, each behind the data that has it."""
    for owner in (*bpy.data.materials, *bpy.data.worlds, *bpy.data.lights, *bpy.data.node_groups):
        tree = owner if isinstance(owner, bpy.types.NodeTree) else owner.node_tree
        for node in tree.nodes if tree else ():
            yield owner, node


def _holders(node: bpy.types.Node) -> list[Any]:
    """Return a node and its unlinked inputs, which may have paths."""
    external = getattr(node, "mode", "EXTERNAL") == "EXTERNAL"  # else a script or light profile of the .blend is used
    return [*([node] if external else []), *(socket for socket in node.inputs if not socket.is_linked)]


def _paths(holder: Any) -> Iterator[str]:
    for item in holder.bl_rna.properties:
        if item.type == "STRING" and item.subtype in PATHS and getattr(holder, item.identifier):
            yield getattr(holder, item.identifier)


def _numbers(item: Any) -> range | None:
    """Return the numbers in the names of a sequence's files, None if there is no sequence."""
    if isinstance(item, bpy.types.Image):
        if item.source != "SEQUENCE" or item.packed_files:
            return None
        using = [getattr(node, "image_user", None) for _, node in _nodes() if getattr(node, "image", None) == item]
        ends = [(used.frame_offset + 1, used.frame_offset + used.frame_duration) for used in using if used]
        return range(min(first for first, _ in ends), max(last for _, last in ends) + 1) if ends else None
    if isinstance(item, bpy.types.Volume) and item.is_sequence:
        return range(item.frame_offset + 1, item.frame_offset + item.frame_duration + 1)
    if isinstance(item, bpy.types.MovieClip) and item.source == "SEQUENCE":
        first = int((re.findall(r"\d+", os.path.basename(item.filepath)) or [0])[-1]) + item.frame_offset
        return range(first, first + item.frame_duration)
    return None


def _lacking(path: str, numbers: range | None) -> str:
    """Return what is missing in words, '' for nothing."""
    folder, name = os.path.split(os.path.normpath(path))
    digits = list(re.finditer(r"\d+", os.path.splitext(name)[0]))
    if not numbers or not digits:
        return "" if os.path.exists(path) else f"no file {os.path.normpath(path)!r}"
    start, end = digits[-1].span()
    names = [f"{name[:start]}{number:0{end - start}d}{name[end:]}" for number in numbers]
    there = set(os.listdir(folder)) if os.path.isdir(folder) else set()
    gone = [name for name in names if name not in there]
    return f"{len(gone)} of {len(names)} files are missing, first {os.path.join(folder, gone[0])!r}" if gone else ""


def _users_of(owner: bpy.types.ID, users: dict[bpy.types.ID, set[bpy.types.ID]]) -> set[bpy.types.ID]:
    """Return the objects and worlds that use some data, by whatever way."""
    found: set[bpy.types.ID] = set()
    waiting, known = [owner], {owner}
    while waiting:
        item = waiting.pop()
        if isinstance(item, (bpy.types.Object, bpy.types.World)):
            found.add(item)
        else:
            more = {user for user in users.get(item, ()) if not isinstance(user, (bpy.types.Camera, bpy.types.Scene))}
            waiting += more - known
            known |= more
    return found
