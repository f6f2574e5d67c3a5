"""Propose categories for the objects of an open scene, from their names or, if these say nothing, their shape.

All lengths are in metres, once `Room` has measured the scene.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import bpy
import numpy as np

from ... import naming
from ...naming import THRESHOLD, ObjectNames, Proposal
from ...taxonomy import Taxonomy
from .. import instances, labels, preparation

SURROUNDINGS = 60.0
"""Larger objects, such as a sky dome or terrain, belong to no room."""
FLAT = 0.3
"""Largest height of a floor or a ceiling, largest thickness of a wall."""
MOST = 0.4
"""Smallest share of the room's area that a floor or a ceiling covers."""
AROUND = 0.6
"""Smallest share of the room's area that the box of its walls covers."""
SHAPED = 0.7
"""Confidence in the shape of a floor; a little less for walls and ceilings."""
INDEXED = 0.9
"""Confidence in a pass index that no name confirms or contradicts."""
LEAST_INDEXED, LEAST_SHARE, LEAST_FITTING, LEAST_AGREEING = 3, 0.3, 0.75, 0.5
"""When pass indices count as labels: at least so many objects have one, this share of all; this share of them are ids
of the taxonomy; and this share of those that a name identifies agree with it."""
NUMBERED = 6
"""So many objects, each with a pass index of its own, are numbered, not labelled."""
TURNED = 0.5
"""A floor or ceiling of which a larger share stands upright is none, nor a wall of which less than the rest does."""


@dataclass(frozen=True)
class Suggestion:
    """A proposal for an object: `category` is '' for none, and `reason` says why in plain words.

    `state` is proposed, labelled (it has a label already), linked (its label can only be saved in its own file) or
    unknown. `faces` are faces of its mesh that get another category than the object. `source` is the main evidence:
    name, shape or pass index.
    """

    object: bpy.types.Object
    category: str
    confidence: float
    reason: str
    state: str = "proposed"
    faces: Mapping[str, Sequence[int]] = field(default_factory=dict)
    source: str = "name"


@dataclass(frozen=True)
class Room:
    """The box of most objects of a scene: corners (3,), the height that objects stand on, and metres in a unit."""

    low: np.ndarray
    high: np.ndarray
    level: float
    unit_scale: float

    @property
    def area(self) -> float:
        """The area that the room covers, in square metres."""
        return float(np.prod((self.high - self.low)[:2]))


def propose(scene: bpy.types.Scene, taxonomy: Taxonomy, view_layer: bpy.types.ViewLayer) -> list[Suggestion]:
    """Return a suggestion for each object that the scene renders, by name.

    Objects are those with a surface, also inside instanced collections. If a file has no labels but pass indices, these
    count as labels, as in the renderer.
    """
    unit_scale = preparation.metres_per_unit(scene)
    view_layer.update()
    boxes = {item.original: box for item, box in _boxes(view_layer, unit_scale)}
    items = sorted({*labels.labellable(scene), *boxes}, key=lambda item: item.name_full)
    boxes.update((item, _box(item, unit_scale)) for item in items if item not in boxes)
    room = _measure([boxes[item] for item in items], unit_scale)
    homes, parents = _homes(), _parents()
    names = {item: _names(item, homes[item], parents) for item in items}
    spoken = naming.listen(names.values())
    named = {item: naming.propose(names[item], taxonomy, spoken) for item in items}
    indexed = {} if labels.any_label() else _indexed(named, taxonomy)
    return [_suggest(item, boxes[item], room, taxonomy, named[item], indexed.get(item, "")) for item in items]


def apply(suggestions: Sequence[Suggestion], taxonomy: Taxonomy, threshold: float = THRESHOLD) -> int:
    """Label the unlabelled objects whose suggestion is sure enough; return how many.

    The taxonomy is written to every scene of the file, so that the labels keep their meaning.
    """
    done = 0
    for suggestion in suggestions:
        sure = suggestion.state == "proposed" and suggestion.category and suggestion.confidence >= threshold
        if sure and not labels.category_name(suggestion.object):
            labels.set_category(suggestion.object, taxonomy.category(suggestion.category))
            for category, faces in suggestion.faces.items():
                labels.set_face_category(suggestion.object.data, faces, taxonomy.category(category))
            done += 1
    labels.write_taxonomies(taxonomy)
    return done


def _boxes(
    view_layer: bpy.types.ViewLayer, unit_scale: float
) -> Iterator[tuple[bpy.types.Object, tuple[np.ndarray, np.ndarray]]]:
    """Yield the evaluated objects that the scene shows and renders, with their boxes in metres."""
    for instance in instances.visible(view_layer.depsgraph):
        if not instance.object.original.hide_render:
            low, high = instances.bounds(instance)
            yield instance.object, (low * unit_scale, high * unit_scale)


def _box(item: bpy.types.Object, unit_scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners of an object's box in the world, in metres."""
    matrix = np.array(item.matrix_world)
    corners = np.array([tuple(corner) for corner in item.bound_box]) @ matrix[:3, :3].T + matrix[:3, 3]
    return corners.min(0) * unit_scale, corners.max(0) * unit_scale


def _measure(boxes: Sequence[tuple[np.ndarray, np.ndarray]], unit_scale: float) -> Room | None:
    """Return the room around the objects, None if there are none."""
    fitting = [box for box in boxes if np.isfinite(box).all() and 0 < np.linalg.norm(box[1] - box[0]) <= SURROUNDINGS]
    upright = [box for box in fitting if box[1][2] - box[0][2] > FLAT]
    if len(upright) < 2:
        return None
    low = np.min([low for low, _ in upright], axis=0)
    high = np.max([high for _, high in upright], axis=0)
    level = float(np.percentile([box[0][2] for box in upright], 20))
    return Room(low, high, level, unit_scale)


def _homes() -> Mapping[bpy.types.Object, list[bpy.types.Collection]]:
    """Map each object to its collections, all at once: Blender would search every collection for each object."""
    homes: defaultdict[bpy.types.Object, list[bpy.types.Collection]] = defaultdict(list)
    for collection in (*bpy.data.collections, *(scene.collection for scene in bpy.data.scenes)):
        for item in collection.objects:
            homes[item].append(collection)
    return homes


def _parents() -> Mapping[bpy.types.Collection, bpy.types.Collection]:
    """Map each collection to one of its parents."""
    return {child: collection for collection in bpy.data.collections for child in collection.children}


def _names(
    item: bpy.types.Object,
    homes: Sequence[bpy.types.Collection],
    parents: Mapping[bpy.types.Collection, bpy.types.Collection],
) -> ObjectNames:
    """Return the names around an object."""
    collections: list[str] = []
    above = []
    for collection in sorted(homes, key=lambda one: (len(one.objects), one.name)):
        while collection is not None and collection.name not in collections:
            collections.append(collection.name)
            collection = parents.get(collection)
    parent = item.parent
    while parent is not None:
        above.append(parent.name)
        parent = parent.parent
    materials = [slot.material.name for slot in item.material_slots if slot.material]
    mesh = item.data.name if item.data is not None else ""
    return ObjectNames(item.name, mesh, tuple(collections), tuple(materials), tuple(above))


def _suggest(
    item: bpy.types.Object,
    box: tuple[np.ndarray, np.ndarray],
    room: Room | None,
    taxonomy: Taxonomy,
    named: Proposal | None,
    indexed: str,
) -> Suggestion:
    """Return the suggestion for an object; `indexed` is the category whose id is its pass index, '' for none."""
    if labels.is_labelled(item):
        own = labels.category_name(item)
        return Suggestion(item, own, 1.0, "labelled already" if own else "labelled already, by its parts", "labelled")
    suggestion = Suggestion(item, named.category, named.confidence, named.reason) if named else None
    against = _contradiction(item, box, suggestion.category) if suggestion else ""
    if suggestion and against:
        sure = round(suggestion.confidence * 0.5, 2)
        suggestion = replace(suggestion, confidence=sure, reason=f"{suggestion.reason}; but {against}")
    if indexed:
        suggestion = _index(item, indexed, suggestion)
    elif suggestion is None or suggestion.confidence < THRESHOLD:
        shaped = _shape(item, box, room, taxonomy)
        if shaped is not None:
            suggestion = _weigh(shaped, suggestion)
        elif suggestion is None:
            suggestion = Suggestion(item, "", 0.0, "no name says what it is", "unknown")
    obstacle = labels.obstacle(item)
    if obstacle:
        return replace(suggestion, state="linked", reason=f"{suggestion.reason}; {obstacle}")
    return suggestion


def _indexed(named: Mapping[bpy.types.Object, Proposal | None], taxonomy: Taxonomy) -> dict[bpy.types.Object, str]:
    """Return the categories that pass indices name, by object; none if the indices are no labels of this taxonomy."""
    known = {category.id: category.name for category in taxonomy}
    indices = {item: item.pass_index for item in named if item.pass_index}
    fitting = {item: known[index] for item, index in indices.items() if index in known}
    sure = {item: one.category for item, one in named.items() if one is not None and one.confidence >= THRESHOLD}
    judged = [sure[item] == category for item, category in fitting.items() if item in sure]
    few = len(fitting) < LEAST_INDEXED or len(indices) < LEAST_SHARE * len(named)
    foreign = len(fitting) < LEAST_FITTING * len(indices) or sum(judged) < LEAST_AGREEING * len(judged)
    numbered = len(set(indices.values())) == len(indices) >= NUMBERED
    return {} if few or foreign or numbered else fitting


def _contradiction(item: bpy.types.Object, box: tuple[np.ndarray, np.ndarray], category: str) -> str:
    """Return why the shape of an object cannot be the floor, ceiling or wall that its name says, '' if it can."""
    if category not in ("floor", "ceiling", "wall") or item.type != "MESH" or not len(item.data.polygons):
        return ""
    upright, _ = _sides(item)
    if category == "wall":
        flat = float(box[1][2] - box[0][2]) <= FLAT and upright < 1 - TURNED
        return "it lies flat" if flat else ""
    return f"{upright:.0%} of it stands upright" if upright > TURNED and box[1][2] - box[0][2] > 2 * FLAT else ""


def _index(item: bpy.types.Object, category: str, named: Suggestion | None) -> Suggestion:
    """Combine a pass index with the names' proposal."""
    sure, reason = INDEXED, f"pass index {item.pass_index} is {category}"
    if named is not None:
        agrees = named.category == category
        sure, reason = (0.99, f"{reason}; {named.reason}") if agrees else (SHAPED, f"{reason}; but {named.reason}")
    return Suggestion(item, category, sure, reason, source="pass index")


def _weigh(shaped: Suggestion, named: Suggestion | None) -> Suggestion:
    """Combine a shape with an unsure name."""
    if named is None:
        return shaped
    if named.category in (shaped.category, *shaped.faces):
        sure = shaped.confidence + (1 - shaped.confidence) * 0.35
        return replace(shaped, confidence=round(sure, 2), reason=f"{shaped.reason}; {named.reason}")
    sure = round(shaped.confidence - 0.15, 2)
    return replace(shaped, confidence=sure, reason=f"{shaped.reason}; but {named.reason}")


def _shape(
    item: bpy.types.Object, box: tuple[np.ndarray, np.ndarray], room: Room | None, taxonomy: Taxonomy
) -> Suggestion | None:
    """Return the proposal from an object's shape and place, None if they say nothing.

    They identify only floor, walls and ceiling safely, not furniture.
    """
    low, high = box
    if room is None or item.type != "MESH" or not np.isfinite(box).all():
        return None
    size = high - low
    if np.linalg.norm(size) > SURROUNDINGS or room.area <= 0:
        return None
    overlap = np.minimum(high, room.high)[:2] - np.maximum(low, room.low)[:2]
    share = float(np.prod(np.maximum(overlap, 0.0))) / room.area
    category, sure, reason = "", SHAPED, ""
    faces: dict[str, list[int]] = {}
    if size[2] <= FLAT and share >= MOST and min(size[:2]) >= 1.0:
        if abs(high[2] - room.level) <= FLAT:
            category, reason = "floor", f"covers {share:.0%} of the room at the height that things stand on"
        elif low[2] - room.level >= 2.0 and room.high[2] - low[2] <= 0.5:
            category, sure, reason = "ceiling", SHAPED - 0.05, f"covers {share:.0%} of the room above all else"
    elif size[2] >= 2.0 and abs(low[2] - room.level) <= FLAT:
        category, sure, reason, faces = _wall(item, box, room, share)
    if not {category, *faces} <= taxonomy.ids.keys():
        return None
    reason = f"shape, as no name is plain: {reason}"
    return Suggestion(item, category, round(sure, 2), reason, faces=faces, source="shape")


def _wall(
    item: bpy.types.Object, box: tuple[np.ndarray, np.ndarray], room: Room, share: float
) -> tuple[str, float, str, dict[str, list[int]]]:
    """Tell whether an object as high as a room is one or more walls; for a whole room, which faces are not."""
    low, high = box
    size, extent = high - low, room.high - room.low
    thin = int(np.argmin(size[:2]))
    edge = min(abs(low[thin] - room.low[thin]), abs(high[thin] - room.high[thin]))
    sure = SHAPED - 0.05
    if size[thin] <= FLAT and size[1 - thin] >= max(2.0, 0.5 * extent[1 - thin]) and edge <= 0.5:
        return "wall", sure, f"upright, {size[1 - thin]:.1f} m long and {size[2]:.1f} m high, at the room's edge", {}
    if share < AROUND or not len(item.data.polygons):
        return "", 0.0, "", {}
    upright, faces = _sides(item)
    reason = f"goes around {share:.0%} of the room, {size[2]:.1f} m high, {upright:.0%} upright"
    if upright >= 0.8:
        return "wall", sure, reason, {}
    if upright < 0.3 or item.data.users > 1 or item.data.library is not None or labels.face_ids(item.data).any():
        return "", 0.0, "", {}
    return "wall", sure, reason + "; its level faces are " + " and ".join(faces), faces


def _sides(item: bpy.types.Object) -> tuple[float, dict[str, list[int]]]:
    """Return the share of a mesh's area that stands upright in the world, and its faces that are floor and ceiling."""
    mesh = item.data
    count = len(mesh.polygons)
    normals, centers = np.empty(3 * count, np.float32), np.empty(3 * count, np.float32)
    areas = np.empty(count, np.float32)
    mesh.polygons.foreach_get("normal", normals)
    mesh.polygons.foreach_get("center", centers)
    mesh.polygons.foreach_get("area", areas)
    matrix = np.array(item.matrix_world)
    turned = normals.reshape(-1, 3) @ np.linalg.pinv(matrix[:3, :3])
    level = np.abs(turned[:, 2]) / np.maximum(np.linalg.norm(turned, axis=1), 1e-12)
    heights = centers.reshape(-1, 3) @ matrix[2, :3] + matrix[2, 3]
    share = (heights - heights.min()) / max(float(np.ptp(heights)), 1e-12)
    at = {"floor": (level > 0.7) & (share < 0.2), "ceiling": (level > 0.7) & (share > 0.8)}
    faces = {category: np.flatnonzero(chosen).tolist() for category, chosen in at.items() if chosen.any()}
    return float(areas[level < 0.3].sum() / max(areas.sum(), 1e-12)), faces
