"""Taxonomies: ordered sets of categories, read from JSON. Imports no bpy."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from .errors import SweepsetError

UNLABELLED = 0
"""The id of pixels that belong to no category."""
MAX_ID = 32767
"""The largest id: the upper end of Blender's pass index."""
UNLABELLED_COLOR = (255, 0, 255)
"""The loud colour, 8-bit sRGB, of unlabelled objects."""

FOLDER = Path(__file__).parent / "taxonomies"


@dataclass(frozen=True)
class Category:
    """One category, in COCO's words; `color` is 8-bit sRGB."""

    id: int
    name: str
    supercategory: str
    color: tuple[int, int, int]
    isthing: bool


@dataclass(frozen=True)
class Taxonomy:
    """An ordered set of categories, and maps of their names to those of other taxonomies."""

    name: str
    categories: tuple[Category, ...]
    maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Category]:
        return iter(self.categories)

    def __len__(self) -> int:
        return len(self.categories)

    @property
    def ids(self) -> dict[str, int]:
        """Map each category's name to its id."""
        return {category.name: category.id for category in self.categories}

    def category(self, key: str | int) -> Category:
        """Return the category with this name or id; raise SweepsetError if there is none."""
        for category in self.categories:
            if key in (category.name, category.id):
                return category
        raise SweepsetError(
            f"unknown category {key!r}: taxonomy {self.name} has {', '.join(c.name for c in self.categories)}"
        )

    def ids_from(self, source: Taxonomy) -> dict[str, int]:
        """Map the names of `source` to ids of this taxonomy.

        A shipped map overrides equal names; a name that maps neither way is left out.
        """
        by_map = source.maps.get(self.name, {})
        ids = self.ids
        names = ((category.name, by_map.get(category.name, category.name)) for category in source)
        return {name: ids[target] for name, target in names if target in ids}

    def to_json(self) -> dict[str, Any]:
        """Return the taxonomy as JSON's types, the form that `parse` reads."""
        return {
            "name": self.name,
            "categories": [
                {
                    "id": c.id,
                    "name": c.name,
                    "supercategory": c.supercategory,
                    "color": list(c.color),
                    "isthing": int(c.isthing),
                }
                for c in self.categories
            ],
            "maps": {target: dict(names) for target, names in self.maps.items()},
        }


def shipped() -> list[str]:
    """Return the names of the taxonomies that come with Sweepset."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


@cache
def default() -> Taxonomy:
    """Return nyu40, the taxonomy of scenes without one."""
    return load("nyu40")


def load(name: str | Path, least: int = 1) -> Taxonomy:
    """Read a shipped taxonomy by its name, or any taxonomy from a JSON file; `least` is the smallest id allowed."""
    try:
        path = FOLDER / f"{name}.json" if str(name) in shipped() else Path(name).expanduser()
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError, RuntimeError) as error:  # not UTF-8, an invalid path, or ~ of an unknown user
        why = getattr(error, "strerror", None) or error
        raise SweepsetError(
            f"cannot read taxonomy {str(name)!r}: name one of {', '.join(shipped())} or a readable JSON file ({why})"
        ) from None
    try:
        return parse(json.loads(text), str(name), least)
    except json.JSONDecodeError as error:
        raise SweepsetError(
            f"taxonomy {str(name)!r} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from None
    except (ValueError, RecursionError) as error:
        raise SweepsetError(f"taxonomy {str(name)!r} can't be read as JSON: {error}") from None


def parse(data: Any, where: str, least: int = 1) -> Taxonomy:
    """Check a taxonomy in JSON's types and return it; `where` names it in errors.

    `least` is the smallest id allowed: 1 where 0 is UNLABELLED, as in all that Sweepset renders, 0 for other masks.
    """

    def refuse(what: str) -> SweepsetError:
        return SweepsetError(f"taxonomy {where!r}: {what}")

    if not isinstance(data, dict) or not isinstance(data.get("categories"), list):
        raise refuse('expected an object with a list "categories", as in the shipped nyu13.json')
    categories = []
    for position, entry in enumerate(data["categories"]):
        if not isinstance(entry, dict):
            raise refuse(f"category {position} is {entry!r}; expected an object with id and name")
        number, name = entry.get("id"), entry.get("name")
        if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= MAX_ID:
            raise refuse(f"category {position} has id {number!r}; ids are whole numbers from {least} to {MAX_ID}")
        if not isinstance(name, str) or not name.strip():
            raise refuse(f"category {number} has name {name!r}; a name is text that is not empty")
        if any(letter < " " or "\ud800" <= letter <= "\udfff" for letter in name):
            raise refuse(f"category {number} has name {name!r}; a name is one line of letters that UTF-8 has")
        color = entry.get("color", _color(number))
        if not (
            isinstance(color, (list, tuple))
            and len(color) == 3
            and all(isinstance(c, int) and 0 <= c <= 255 for c in color)
        ):
            raise refuse(f"category {number} has color {color!r}; a colour is three whole numbers from 0 to 255")
        categories.append(
            Category(number, name, str(entry.get("supercategory", "")), tuple(color), bool(entry.get("isthing", 1)))
        )
    if not categories:
        raise refuse("it has no categories; at least one is needed")
    for attribute in ("id", "name"):
        ((value, times),) = Counter(getattr(category, attribute) for category in categories).most_common(1)
        if times > 1:
            raise refuse(f"{attribute} {value!r} is used more than once; each category needs its own")
    return Taxonomy(str(data.get("name", Path(where).stem)), tuple(categories), _parse_maps(data, refuse))


def _parse_maps(data: dict[str, Any], refuse: Any) -> dict[str, dict[str, str]]:
    maps = data.get("maps", {})
    if not isinstance(maps, dict) or not all(isinstance(names, dict) for names in maps.values()):
        raise refuse(f"maps is {maps!r}; expected an object of objects, taxonomy name to category names")
    return {str(target): {str(a): str(b) for a, b in names.items()} for target, names in maps.items()}


def _color(number: int) -> tuple[int, int, int]:
    """Return a colour for a category without one: steps of the golden angle around the colour wheel."""
    import colorsys

    red, green, blue = colorsys.hsv_to_rgb(number * 0.618033988749895 % 1.0, 0.65, 0.95 - 0.3 * (number % 2))
    return round(red * 255), round(green * 255), round(blue * 255)
