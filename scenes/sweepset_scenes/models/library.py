"""Keep models as Blender read them, in a cache on disk, and bring them into a scene from there."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix

from sweepset import files, models
from sweepset.errors import SweepsetError
from sweepset.models import Facts, Model

from .. import digest
from . import reading


@dataclass(frozen=True)
class Loaded:
    """A model in the open file: its mesh and the points it collides as, (n, 3), both in metres in its own axes."""

    model: Model
    mesh: bpy.types.Mesh
    hull: np.ndarray
    keypoints: str


def facts(file: Path, sha256: str) -> Facts:
    """Return what is in a model's file, read at most once by this Blender on this machine.

    The current scene must be empty, and is so afterwards.
    """
    kept = _kept(sha256)
    if (known := models.facts_at(kept)) is not None:
        return known
    try:
        found = reading.read(file)
        _write(kept.with_suffix(".blend"))
    except reading.Unusable as error:
        found = Facts(problem=str(error))
    finally:
        _clear()
    files.make_folder(kept.parent)
    files.write_json(kept.with_suffix(".json"), asdict(found))
    return found


def load(folder: Path, model: Model) -> Loaded:
    """Bring a model into the open file, scaled to metres; raise SweepsetError if it cannot be read here."""
    found = facts(folder / model.file, model.sha256)
    if found.problem:
        raise SweepsetError(f"model {model.file!r}: {found.problem}")
    library = str(_kept(model.sha256).with_suffix(".blend"))
    with bpy.data.libraries.load(library, link=False) as (_, here):  # type: ignore[func-returns-value]
        here.objects = [reading.BODY, reading.HULL_NAME]
    body, hull = here.objects
    mesh, points = body.data, reading.points_of(hull.data) * model.scale
    mesh.transform(Matrix.Scale(model.scale, 4))
    mesh.name = Path(model.file).stem
    own = json.loads(body[models.KEYPOINTS_KEY])
    keypoints = json.dumps({name: [model.scale * x for x in at] for name, at in own.items()})
    bpy.data.objects.remove(body)
    bpy.data.meshes.remove(hull.data)  # and its object
    return Loaded(model, mesh, points, keypoints)


def _kept(sha256: str) -> Path:
    return models.kept_at(sha256, bpy.app.version_string, digest())


def _write(path: Path) -> None:
    """Write the model in the current scene, with its images inside."""
    for image in bpy.data.images:
        if image.source == "FILE" and image.has_data and not image.packed_files:
            image.pack()
    files.make_folder(path.parent)
    with files.replacing(path) as part:
        bpy.data.libraries.write(str(part), set(bpy.context.scene.collection.objects))


def _clear() -> None:
    """Remove all that reading a file left but the scene itself."""
    keep = {bpy.context.scene, bpy.context.scene.world}
    groups = (bpy.data.objects, bpy.data.collections, bpy.data.scenes, bpy.data.worlds, bpy.data.libraries)
    bpy.data.batch_remove([one for group in groups for one in group if one not in keep])
    bpy.ops.outliner.orphans_purge(do_recursive=True)
