"""Have Blender read models, and decide what of them is used, in which units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import sweepset_scenes
from sweepset import files, models
from sweepset.errors import SweepsetError
from sweepset.findings import Finding
from sweepset.models import BACKGROUND, Facts, Model, Models
from sweepset.protocol import ModelRead

from .. import storage
from ..blender import process, tasks
from ..blender.installations import Blender, blend_version
from . import listing


@dataclass(frozen=True)
class Read:
    """A model as it is used, what Blender found in its file, and what its unit was taken for, '' if it states it."""

    model: Model
    facts: Facts
    unit: str = ""


def use(place: Path, scale: float, blender: Blender) -> Models:
    """Return the models of a folder or table that can be used, read by Blender; `scale` 0 guesses their units.

    Raise SweepsetError if there are none.
    """
    listed = listing.find(place)
    found = read(listed.folder, listed.models, scale, blender)
    usable = [one for one in found if not one.facts.problem]
    if not any(one.model.weight and one.model.category != BACKGROUND for one in usable):
        first = next((one for one in found if one.facts.problem), None)
        why = f": {first.model.file}: {first.facts.problem}" if first else ""
        raise SweepsetError(f"--models {str(place)!r}: none of its {len(found)} models can be used{why}")
    told = [*listed.findings, *findings_of(found)]
    return Models(str(listed.folder), tuple(one.model for one in usable), tuple(finding.to_json() for finding in told))


def read(
    folder: Path,
    wanted: Sequence[Model],
    scale: float,
    blender: Blender,
    pictures: Path | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> list[Read]:
    """Return what is in models, in their order; only those that this machine's Blender has not read are read.

    With `pictures`, a folder, all are read, and a picture of each is rendered into it.
    """
    known = [
        _refused(folder / one.file, blender) or (None if pictures else models.facts_at(_kept(one, blender)))
        for one in wanted
    ]
    left = [number for number, facts in enumerate(known) if facts is None]
    found = {number: facts for number, facts in enumerate(known) if facts is not None}
    while left:
        say(f"reading {len(left)} models")
        for number in _ask(folder, wanted, left, blender, pictures, found):
            left.remove(number)
    return [_settle(one, found[number], scale) for number, one in enumerate(wanted)]


def _refused(file: Path, blender: Blender) -> Facts | None:
    """Return the problem of a .blend that is damaged, or that a newer Blender saved, at which older ones may crash."""
    if file.suffix.lower() != ".blend":
        return None
    try:
        saved_by = blend_version(file)
    except SweepsetError as error:
        return Facts(problem=str(error))
    if saved_by <= blender.version[:2]:
        return None
    newer, here = (".".join(map(str, version)) for version in (saved_by, blender.version))
    return Facts(
        problem=f"saved by Blender {newer}, newer than the {here} in use: save it as .glb, or pass --blender with "
        f"Blender {newer} or later"
    )


def _ask(
    folder: Path,
    wanted: Sequence[Model],
    left: Sequence[int],
    blender: Blender,
    pictures: Path | None,
    found: dict[int, Facts],
) -> list[int]:
    """Let one Blender read models, the numbers `left`, into `found`; return the numbers that are done.

    A model at which Blender crashes is done too, with a problem.
    """
    paths = [(str(folder / wanted[number].file), wanted[number].sha256) for number in left]
    done: list[int] = []
    with storage.scratch() as place:
        task = tasks.ReadModels(paths, str(place) if pictures else "")
        try:
            for event in process.follow(blender, task, place):
                if isinstance(event, ModelRead):
                    number = left[event.number]
                    found[number] = Facts.from_json(event.facts)
                    done.append(number)
                    if pictures and (made := place / f"{event.number}.png").exists():
                        (pictures / f"{number}.png").write_bytes(made.read_bytes())
        except process.BlenderCrash as error:
            if len(done) == len(left):
                return done
            reason = str(error).splitlines()[0].rpartition("(")[2].partition(")")[0]
            number = left[len(done)]
            found[number] = Facts(problem=f"Blender crashes when it reads it ({reason})")
            kept = _kept(wanted[number], blender).with_suffix(".json")
            files.make_folder(kept.parent)
            files.write_json(kept, asdict(found[number]))
            done.append(number)
    return done


def _kept(model: Model, blender: Blender) -> Path:
    return models.kept_at(model.sha256, ".".join(map(str, blender.version)), sweepset_scenes.digest())


def _settle(model: Model, facts: Facts, scale: float) -> Read:
    """Decide a model's metres per unit: the table's, else the option's, else a guess from its size."""
    if facts.problem:
        return Read(model, facts)
    largest = max(facts.size)
    guessed, unit = models.guess_scale(model.file, largest)
    if model.scale or scale:
        guessed, unit = model.scale or scale, ""
    return Read(replace(model, scale=guessed), facts, unit)


def findings_of(found: Sequence[Read]) -> list[Finding]:
    """Return the findings about models: those that cannot be used, guessed units, and what was changed in them."""
    told = [
        Finding(
            "model-unusable", "warning", one.model.file, f"left out: {one.facts.problem}", "mend or remove the file"
        )
        for one in found
        if one.facts.problem
    ]
    units = [one for one in found if one.unit]
    if units:
        names = "; ".join(f"{one.model.file} is {one.unit}" for one in units[:6]) + (" …" if len(units) > 6 else "")
        # A scale that is wrong by a thousand is worth a warning: renders of it look right.
        severity = "warning" if any(one.model.scale != 1 for one in units) else "note"
        told.append(
            Finding(
                "model-units", severity, f"{len(units)} models", f"units are guessed: {names}",
                "pass --model-scale with metres per unit, such as 0.001, or give each a scale in models.csv",
            )
        )  # fmt: skip
    told += [
        Finding(
            "model-changed",
            "warning" if any(models.NO_FILE in told for told in one.facts.warnings) else "note",
            one.model.file,
            "; ".join(one.facts.warnings),
        )
        for one in found
        if one.facts.warnings
    ]
    return told
