"""Folders of a user's own textures and skies: their files, and the role of each texture. Imports no bpy."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import SweepsetError

PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".exr")
SKIES = (".hdr", ".exr")
PHOTOS = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp")
ROLES = {
    "tile": "tile tiles tiled mosaic terrazzo",
    "planks": "plank planks parquet laminate floorboard floorboards",
    "carpet": "carpet rug carpets",
    "leather": "leather",
    "fabric": "fabric cloth textile linen cotton denim wool tweed velvet curtain upholstery canvas burlap jersey knit "
    "knitted towel bedding blanket pillow quilt silk",
    "brick": "brick bricks",
    "stone": "stone marble granite concrete slate travertine cement rock",
    "metal": "metal steel iron aluminium aluminum brass copper bronze tin",
    "paper": "paper cardboard",
    "plastic": "plastic rubber",
    "wood": "wood wooden oak pine walnut beech birch maple cherry mahogany teak bamboo veneer plywood timber chipboard",
    "wall": "wall walls plaster stucco wallpaper paint painted ceiling",
    "floor": "floor",
}
"""Roles of textures and materials, each with its words in names; the first role that matches counts."""
SUITS = {
    "planks": ("planks", "wood"),
    "wood": ("wood", "planks"),
    "wall": ("wall", "brick"),
    "floor": ("planks", "tile", "carpet", "stone", "floor", "wood"),
}
"""The roles of textures that a material of a role can get; a role that is not listed gets its own."""
SIZES = {"planks": 2.0, "tile": 1.2, "wall": 2.0, "brick": 1.5, "stone": 1.5, "carpet": 1.0, "wood": 1.2, "floor": 2.0}
"""The width of a texture's image in metres by role, since files do not state it; 0.6 for other roles."""
COLOR = {"diff", "diffuse", "col", "color", "colour", "albedo", "basecolor"}
NORMAL = {"nor", "normal", "normalgl", "nrm"}
ROUGH = {"rough", "roughness"}
OTHER = {"ao", "ambientocclusion", "arm", "orm", "disp", "displacement", "height", "bump", "spec", "specular", "gloss",
         "glossiness", "metal", "metallic", "metalness", "opacity", "mask", "translucent", "normaldx"}  # fmt: skip
"""Last words of file names that identify an image of a texture, as do `_gl` and `_dx` for normals; images in OTHER are
not used."""


@dataclass(frozen=True)
class Texture:
    """A texture: its name, its role ('' if unknown), and its images."""

    name: str
    role: str
    color: Path
    normal: Path | None = None
    rough: Path | None = None


def words(text: str) -> list[str]:
    """Return the words of a name, in small letters: of `DarkWood_02.001` they are dark and wood."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", text)]


def role_of(text: str) -> str:
    """Return the role that a name states, '' for none."""
    found = set(words(text))
    return next((role for role, telling in ROLES.items() if found.intersection(telling.split())), "")


def suiting(textures: Iterable[Texture], role: str) -> list[Texture]:
    """Return the textures that a material of a role can get."""
    return [texture for texture in textures if texture.role and texture.role in SUITS.get(role, (role,))]


def find_textures(folder: Path) -> list[Texture]:
    """Return the textures in a folder and those below it, by name; raise SweepsetError if no name states a role."""
    sets: dict[str, dict[str, Path]] = {}
    for path in _files(folder, PICTURES, "textures"):
        name, kind = _name_and_kind(path)
        sets.setdefault((path.parent.relative_to(folder) / name).as_posix(), {}).setdefault(kind, path)
    for maps in list(sets.values()):
        other = maps.get("other")
        if other is not None and "color" not in maps and role_of(other.stem):  # rusty_metal.jpg is no map of rusty
            sets[(other.parent.relative_to(folder) / other.stem).as_posix()] = {"color": other}
    found = [
        Texture(name, role_of(Path(name).name) or role_of(name), maps["color"], maps.get("normal"), maps.get("rough"))
        for name, maps in sorted(sets.items())
        if "color" in maps
    ]
    if not any(texture.role for texture in found):
        raise SweepsetError(
            f"textures {str(folder)!r}: no name of a file or folder states a role; use names such as "
            f"oak_veneer_diff_2k.jpg, with one of the words {', '.join(ROLES)}"
        )
    return found


def find_skies(folder: Path) -> list[Path]:
    """Return the HDRIs in a folder and those below it; raise SweepsetError if there is none."""
    return list(_files(folder, SKIES, "hdris"))


def find_photos(folder: Path, what: str = "backgrounds") -> list[Path]:
    """Return the photos in a folder and those below it; raise SweepsetError, with `what` they are, if there is none."""
    return list(_files(folder, PHOTOS, what))


def checksum(folder: Path, files: Iterable[Path]) -> str:
    """Return the SHA-256 of files' names and contents."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        with path.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())  # type: ignore[attr-defined,unused-ignore]
    return digest.hexdigest()


def pictures(textures: Iterable[Texture]) -> Iterator[Path]:
    """Go over the files of textures."""
    for texture in textures:
        yield from (path for path in (texture.color, texture.normal, texture.rough) if path is not None)


FOLDERS: dict[str, Callable[[Path], list[Path]]] = {
    "textures": lambda folder: list(pictures(find_textures(folder))),
    "hdris": find_skies,
    "backgrounds": find_photos,
}
"""The kinds of folders that users supply, each with a function that returns its files."""


def _files(folder: Path, suffixes: tuple[str, ...], what: str) -> list[Path]:
    if not folder.is_dir():
        raise SweepsetError(f"{what} {str(folder)!r} is no folder: name one with {', '.join(suffixes)} files")
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in suffixes and path.is_file())
    found = [path for path in found if not path.name.startswith(".")]
    if not found:
        raise SweepsetError(f"{what} {str(folder)!r} has no files of the kinds {', '.join(suffixes)}")
    return found


def _name_and_kind(path: Path) -> tuple[str, str]:
    """Return the name of the texture that a picture belongs to, and whether it is its color, normal, rough or other."""
    parts = _without_form(re.split(r"[_\-. ]", path.stem))
    last = parts[-1].lower()
    if last in ("gl", "dx") and len(parts) > 2:
        return "_".join(parts[:-2]), "normal" if last == "gl" else "other"
    kinds = (("color", COLOR), ("normal", NORMAL), ("rough", ROUGH), ("other", OTHER))
    kind = next((kind for kind, telling in kinds if last in telling and len(parts) > 1), "")
    if not kind:
        return "_".join(parts), "color"
    parts.pop()
    if kind == "color" and parts[-1].lower() == "base" and len(parts) > 1:
        parts.pop()
    return "_".join(_without_form(parts)), kind


def _without_form(parts: list[str]) -> list[str]:
    """Return a name's words without a resolution and a format at its end."""
    while len(parts) > 1 and re.fullmatch(r"\d+k|jpe?g|png|exr|tiff?", parts[-1].lower()):
        parts = parts[:-1]
    return parts
