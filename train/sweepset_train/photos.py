"""The photos that a user names to predict: files and folders, with those below them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sweepset.dataset import PICTURES
from sweepset.errors import SweepsetError


@dataclass(frozen=True)
class Photo:
    """A photo, and the name of its predictions: a relative path without suffix, unique among the photos."""

    path: Path
    name: str


def find(places: Sequence[Path], out: Path) -> tuple[list[Photo], list[Path]]:
    """Return all photos of files and folders, sorted, and the files that are of other kinds.

    Hidden files and what is in `out` are left out. A name is the path from the folder that was named, or from the
    folder that all places share; where only suffixes tell photos apart, it has the suffix. Raise SweepsetError if a
    place is missing or a labelled dataset, or there are no photos.
    """
    paths = list(dict.fromkeys(path for place in places for path in _files(place, out.resolve())))
    photos = [path for path in paths if path.suffix.lower() in PICTURES]
    if not photos:
        given = ", ".join(repr(str(place)) for place in places)
        raise SweepsetError(f"{given} has no photos: expected {', '.join(PICTURES)}")
    base = Path(os.path.commonpath([place.resolve() if place.is_dir() else place.resolve().parent for place in places]))
    whole = [path.resolve().relative_to(base).as_posix() for path in photos]
    named = sorted(map(Photo, photos, _names(whole)), key=lambda photo: photo.name)
    return named, [path for path in paths if path.suffix.lower() not in PICTURES]


def _files(place: Path, out: Path) -> Iterator[Path]:
    if place.is_file():
        if place.suffix.lower() not in PICTURES:
            raise SweepsetError(f"{str(place)!r} is no photo: expected {', '.join(PICTURES)}, or a folder of them")
        yield place
        return
    if not place.is_dir():
        raise SweepsetError(f"no folder {str(place)!r}: give photos, or folders of photos")
    if (place / "images").is_dir() and ((place / "dataset.json").is_file() or (place / "labels").is_dir()):
        raise SweepsetError(f"{str(place)!r} has labels beside its images: give {str(place / 'images')!r}")
    for path in sorted(place.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(place).parts)
        if path.is_file() and not hidden and out not in path.resolve().parents:
            yield path


def _names(whole: Sequence[str]) -> list[str]:
    """Return paths without suffix where that leaves them different, also on a file system that ignores case."""
    names = [path[: -len(Path(path).suffix)] for path in whole]
    while True:
        times = Counter(name.casefold() for name in names)
        clearer = [path if times[name.casefold()] > 1 else name for name, path in zip(names, whole, strict=True)]
        if clearer == names:
            return names
        names = clearer
