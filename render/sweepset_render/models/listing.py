"""Find the models in a folder or a table, each with its category and the hash of all files that belong to it."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import os
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweepset import models
from sweepset.errors import SweepsetError
from sweepset.findings import Finding
from sweepset.models import FORMATS, Model

TABLES = ("models.csv", "models.json")
"""Tables that a folder may have in it."""
COLUMNS = ("file", "category", "weight", "scale", "symmetry", "up")
BESIDE = {
    ".mtl", ".bin", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".tga", ".bmp", ".webp", ".exr", ".hdr", ".dds", ".ktx2",
    ".txt", ".md", ".csv", ".json", ".html", ".pdf", ".url", "",
}  # fmt: skip
"""Suffixes of files that are no models, but may belong to one, or tell about it."""
LARGEST_LIST = 20_000
"""Files in a folder of models, at most: more are a disk, not a folder of models."""


@dataclass(frozen=True)
class Listed:
    """The models of an absolute folder, their scales 0 where no table states one, and what was found beside them."""

    folder: Path
    models: tuple[Model, ...]
    findings: tuple[Finding, ...] = ()


def find(place: Path) -> Listed:
    """Return the models of a folder or of a table of models; raise SweepsetError if there are none, or for bad rows."""
    path = place.expanduser().resolve()
    if path.is_file() and path.suffix.lower() in (".csv", ".json"):
        return _of_table(path)
    if path.is_file():
        what = "unpack it and name the folder" if path.suffix.lower() == ".zip" else "name the folder that it is in"
        raise SweepsetError(f"--models {str(place)!r} is a file: {what}, or a table: {', '.join(TABLES)}")
    if not path.is_dir():
        raise SweepsetError(f"--models {str(place)!r} is not there: name a folder with {', '.join(FORMATS)} files")
    table = next((path / name for name in TABLES if (path / name).is_file()), None)
    return _of_table(table) if table else _of_folder(path, str(place))


def _of_folder(folder: Path, named: str) -> Listed:
    listed = _files(folder, named)
    found = [one for one in listed if one.suffix.lower() in FORMATS]
    strange = [one.relative_to(folder).as_posix() for one in listed if one.suffix.lower() not in {*FORMATS, *BESIDE}]
    if not found:
        other = f"; it has {', '.join(strange[:4])}" if strange else ""
        raise SweepsetError(f"--models {named!r} has no files of the kinds {', '.join(FORMATS)}{other}")
    rows = []
    for one in found:
        name = one.relative_to(folder)
        category = name.parts[0] if len(name.parts) > 1 else name.stem
        rows.append(_model(folder, one, listed, category=category))
    findings = []
    if strange:
        what = f"{len(strange)} files are no models that Blender reads"
        advice = "unpack archives; convert CAD files to one of " + ", ".join(FORMATS)
        subject = ", ".join(strange[:6]) + (" …" if len(strange) > 6 else "")
        findings.append(Finding("models-skipped", "warning", subject, what, advice))
    return Listed(folder, tuple(rows), tuple(findings))


def _files(folder: Path, named: str) -> list[Path]:
    """Return the files below a folder but hidden ones, by name; links are followed, to each folder once."""
    found: list[Path] = []
    seen: set[str] = set()
    for top, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(top)
        folders[:] = [] if real in seen else [name for name in folders if not name.startswith(".")]
        if real not in seen:
            found += [Path(top, name) for name in names if not name.startswith(".")]
        seen.add(real)
        if len(found) > LARGEST_LIST:
            raise SweepsetError(f"--models {named!r} has more than {LARGEST_LIST} files: name a folder of models alone")
    return sorted(found)


def _model(folder: Path, file: Path, listed: list[Path], **given: Any) -> Model:
    name = file.relative_to(folder).as_posix()
    given["category"] = unicodedata.normalize("NFC", given["category"].strip())  # macOS takes accents apart
    up = given.pop("up", "") or models.format_of(file).up
    return Model(name, _hash(file, listed), scale=given.pop("scale", 0.0), up=up, **given)


def _hash(file: Path, listed: list[Path]) -> str:
    """Return the SHA-256 of a model's file and of the files below its folder whose names are in it, or in these."""
    beside = [one for one in listed if one.parent.is_relative_to(file.parent) and one.suffix.lower() not in FORMATS]
    digest = hashlib.sha256()
    waiting, seen = [file], {file}
    while waiting:
        one = waiting.pop(0)
        try:
            content = one.read_bytes()
        except OSError as error:
            raise SweepsetError(f"cannot read the model {str(one)!r}: {error.strerror or error}") from None
        digest.update(f"{one.relative_to(file.parent).as_posix()}\0{len(content)}\0".encode() + content)
        for other in beside:
            if other not in seen and other.name.encode() in content:
                seen.add(other)
                waiting.append(other)
    return digest.hexdigest()


def _of_table(table: Path) -> Listed:
    """Return the models that a table names, relative to its own folder."""
    folder, rows = table.parent, []
    listed = _files(folder, str(folder))
    for where, row in _rows(table):
        strange = [key for key in row if key not in COLUMNS]
        if strange:
            raise SweepsetError(f"{where}: unknown column {strange[0]!r}; a table has {', '.join(COLUMNS)}")
        name = str(row.get("file") or "").strip()
        file = Path(os.path.abspath(folder / name))  # links stay as they are
        if not name or not file.is_file() or not file.is_relative_to(folder):
            raise SweepsetError(f"{where}: no file {name!r} in {str(folder)!r}: name one that is in the table's folder")
        if file.suffix.lower() not in FORMATS:
            raise SweepsetError(f"{where}: {name!r} is no model; its suffix may be {', '.join(FORMATS)}")
        up = str(row.get("up") or "").strip().lower()
        if up not in ("", "y", "z"):
            raise SweepsetError(f"{where}: up is {up!r}; write y or z, or leave it out")
        relative = file.relative_to(folder)
        category = str(row.get("category") or (relative.parts[0] if len(relative.parts) > 1 else relative.stem))
        weight = _number(where, row, "weight", 1.0)
        scale = _number(where, row, "scale", 0.0)
        if row.get("scale") not in (None, "") and scale <= 0:
            raise SweepsetError(f"{where}: scale is {row['scale']!r}; write metres per unit above 0, or leave it out")
        symmetry = models.demand_symmetry(str(row.get("symmetry") or ""), where)
        rows.append(
            _model(folder, file, listed, category=category, weight=weight, scale=scale, symmetry=symmetry, up=up)
        )
    if not rows:
        raise SweepsetError(f"{str(table)!r} names no model: write a row for each, with {', '.join(COLUMNS)}")
    if not any(row.weight and row.category != models.BACKGROUND for row in rows):
        raise SweepsetError(f"{str(table)!r}: no model has a weight above 0 and a category of its own: nothing to show")
    return Listed(folder, tuple(rows))


def _rows(table: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the rows of a table, each with its place in words."""
    try:
        text = table.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise SweepsetError(f"cannot read the table {str(table)!r}: {error}") from None
    if table.suffix.lower() == ".csv":
        for line, row in enumerate(csv.DictReader(text.splitlines(), skipinitialspace=True), 2):
            given = {key: value for key, value in row.items() if key}
            if any(given.values()):
                yield f"{table.name} line {line}", given
        return
    try:
        rows = json.loads(text)
    except ValueError as error:
        raise SweepsetError(f"{str(table)!r} is not JSON: {error}") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SweepsetError(f'{str(table)!r}: expected a list of objects such as {{"file": "cup.glb", "weight": 2}}')
    yield from ((f"{table.name} row {number}", row) for number, row in enumerate(rows, 1))


def _number(where: str, row: Mapping[str, Any], key: str, default: float) -> float:
    given = row.get(key)
    if given in (None, ""):
        return default
    try:
        value = float(given)
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise SweepsetError(f"{where}: {key} is {given!r}; write a number of 0 or more, or leave it out")
    return value
