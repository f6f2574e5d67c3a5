"""Classes in tables: a CSV of files and classes, and a CSV of metadata that is joined to images by an id."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sweepset.dataset import PICTURES
from sweepset.errors import SweepsetError

FILES = ("file", "filename", "file_name", "fname", "path", "image", "image_path", "relative_im_path", "image_name")
"""Names of columns of files; without one of them, it is the first column."""
KINDS = ("class", "label", "class_name", "category")
"""Names of columns of classes, if there are several others."""
DELIMITERS = ",;\t"


def read_labels(path: Path, column: str | None) -> tuple[list[tuple[Path, str, str]], tuple[str, ...]]:
    """Return path, name and class of the images in a CSV, and notes; files are beside it or in a folder `images`.

    Rows without a class are left out. Raise SweepsetError if files are missing, or a file has two classes.
    """
    head, rows = _read(path)
    file = next((name for name in head if name.lower() in FILES), head[0])
    kind = _column(path, head, file, column)
    kinds: dict[str, str] = {}
    blank = twice = 0
    for row in rows:
        name, value = row[file].strip(), row[kind].strip()
        if not value:
            blank += 1
            continue
        if name in kinds:
            twice += 1
            if kinds[name] != value:
                raise SweepsetError(
                    f"{str(path)!r} gives {name!r} two classes, {kinds[name]!r} and {value!r}: keep one"
                )
        kinds[name] = value
    found: list[tuple[Path, str, str]] = []
    missing = []
    for name, value in kinds.items():
        place = _find(path.parent, name)
        if place is None:
            missing.append(name)
            continue
        found.append((place, _stem(name), value))
    if missing:
        raise SweepsetError(
            f"{str(path)!r} names {len(missing)} of {len(kinds)} files that are missing, such as {missing[0]!r}: put "
            f"them beside it or into {str(path.parent / 'images')!r}, or remove their rows"
        )
    notes = [f"{blank} rows of {path.name} have no {kind} and are left out"] if blank else []
    notes += [f"{twice} rows of {path.name} repeat a file"] if twice else []
    return _clear(found), tuple(notes)


def join(
    pictures: Sequence[Path], folder: Path, path: Path, column: str | None
) -> tuple[list[tuple[Path, str, str, str]], tuple[str, ...]]:
    """Return path, name, class and id of pictures by a CSV that has a row an id, and notes.

    The id is the CSV's column `id`, else its first column: a picture belongs to the id that is its name without suffix,
    or begins it before a `_` or `-`. Pictures without an id or a class are left out.
    """
    head, rows = _read(path)
    key = next((name for name in head if name.lower() == "id"), None)
    key = key or next((name for name in head if name.lower() in FILES), head[0])
    kind = _column(path, head, key, column)
    ids = [_stem(row[key].strip()) for row in rows]
    ((one, times),) = Counter(ids).most_common(1)
    if times > 1:
        raise SweepsetError(f"{str(path)!r} has the id {one!r} {times} times: give each id one row")
    kinds = dict(zip(ids, (row[kind].strip() for row in rows), strict=True))
    found, left = [], 0
    for picture in pictures:
        own = _id_of(picture.stem, kinds)
        if own is None or not kinds[own]:
            left += 1
            continue
        name = picture.relative_to(folder).as_posix().removesuffix(picture.suffix)
        found.append((picture, name, kinds[own], own))
    if not found:
        raise SweepsetError(
            f"no picture in {str(folder)!r} has an id of {str(path)!r}, such as {ids[0]!r}: file names begin with it"
        )
    return found, (
        (f"{left} of {len(pictures)} pictures have no {kind} in {path.name} and are left out",) if left else ()
    )


def _id_of(stem: str, kinds: dict[str, str]) -> str | None:
    """Return the longest id that a name is, or begins with."""
    if stem in kinds:
        return stem
    ends = [place for place, letter in enumerate(stem) if letter in "_-"]
    return next((stem[:end] for end in reversed(ends) if stem[:end] in kinds), None)


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Return the head and rows of a CSV, separated by commas, semicolons or tabs."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SweepsetError(f"cannot read {str(path)!r}: {error}; save it as CSV in UTF-8") from None
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.DictReader(text.splitlines(), delimiter=delimiter, restval="")
    head = [name for name in reader.fieldnames or () if name]
    rows = [{name: row[name] or "" for name in head} for row in reader]
    if len(head) < 2 or not rows:
        raise SweepsetError(
            f"{str(path)!r} has {len(head)} columns and {len(rows)} rows: expected a line of names such as file,class, "
            "and a line an image below it"
        )
    return head, rows


def _column(path: Path, head: Sequence[str], key: str, column: str | None) -> str:
    others = [name for name in head if name != key]
    if column in others:
        return str(column)
    if column is not None:
        raise SweepsetError(f"{str(path)!r} has no column {column!r}: set data.column to one of {', '.join(others)}")
    usual = [name for name in others if name.lower() in KINDS]
    chosen = others if len(others) == 1 else usual
    if len(chosen) != 1:
        raise SweepsetError(f"{str(path)!r} has several columns: set data.column to one of {', '.join(others)}")
    return chosen[0]


def _find(folder: Path, name: str) -> Path | None:
    for place in (folder / name, folder / "images" / name):
        if place.is_file():
            return place
        for suffix in PICTURES:
            if place.with_name(place.name + suffix).is_file():
                return place.with_name(place.name + suffix)
    return None


def _stem(name: str) -> str:
    return name[: -len(Path(name).suffix)] if Path(name).suffix.lower() in PICTURES else name


def _clear(found: Sequence[tuple[Path, str, str]]) -> list[tuple[Path, str, str]]:
    """Give names their suffixes where only these tell files apart."""
    times = Counter(name for _, name, _ in found)
    return [(path, name if times[name] == 1 else f"{name}{path.suffix}", kind) for path, name, kind in found]
