"""Propose a category from the names that people give to objects. Imports no bpy.

`words` looks up the words of a name. Here the word that names the object itself is found: a table lamp is a lamp, a
chair leg belongs to a chair, a door handle is no door. Then the names of object, mesh, parents, collections and
materials are weighed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from . import words
from .taxonomy import Taxonomy
from .words import GUESSED, WEAK, Spoken, Vocabulary, Word

THRESHOLD = 0.6
"""Proposals of at least this confidence count as sure by default. A plain word in the name of an object, mesh,
collection or parent is above it; a material's name alone or an ambiguous word is below."""

TRUST = {"object name": 1.0, "mesh name": 0.92, "parent": 0.78, "collection": 0.75, "material": 0.55}
"""How much each kind of name is trusted, in the order in which they are read."""
AROUND = ("parent", "collection")
TRUST_AGAINST = ("object name", "mesh name", "parent")
"""The kinds of names that lower the confidence if they say something else."""
CONTAINERS = {"cabinet", "refridgerator", "dresser", "night stand", "desk", "bookshelf", "otherfurniture"}
"""Categories whose doors, drawers and shelves are parts of them."""
PLACES = {"wall", "floor", "ceiling", "table", "desk", "door", "window"}
ON_PLACES = {"lamp", "picture", "mirror", "otherprop", "pillow", "chair", "television", "towel", "books", "shelves"}
"""Objects whose place is written behind their name in some asset kits: `lampFloor` is a lamp."""
CARRIERS = (
    PLACES
    | CONTAINERS
    | {"shelves", "counter", "bed", "sofa", "sink", "bathtub", "toilet", "otherstructure", "box", "bag"}
)
"""Categories of which parents and collections also hold what lies on or hangs at them."""
DISPUTED = 0.6
"""What remains of the confidence if the mesh and the collection of an object whose own name is silent disagree."""
LITTLE_KNOWN = 0.8
"""What remains of a carrier's word for an object with a name of its own that no language lists."""


@dataclass(frozen=True)
class ObjectNames:
    """The names around an object; the nearest parents and collections first."""

    object: str
    mesh: str = ""
    collections: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A category for an object, the confidence in it (0 to 1), and the reason in plain words."""

    category: str
    confidence: float
    reason: str


@dataclass(frozen=True)
class Reading:
    """What a name says: a category, the confidence in it, the word for it; `inner` for a door, drawer or shelf."""

    category: str
    confidence: float
    word: str
    inner: bool = False


@dataclass(frozen=True)
class Source:
    """What a name of one kind says."""

    kind: str
    name: str
    reading: Reading

    @property
    def sure(self) -> bool:
        """Whether the name says it plainly."""
        return self.reading.confidence > WEAK

    @property
    def confidence(self) -> float:
        """The confidence in the name's word, by what kind of name it is."""
        return TRUST[self.kind] * self.reading.confidence


def listen(names: Iterable[ObjectNames]) -> Spoken:
    """Return the words by which the languages of a file are known, for `propose`."""
    return words.listen({name for one in names for _, name in _named(one)})


def propose(names: ObjectNames, taxonomy: Taxonomy, spoken: Spoken | None = None) -> Proposal | None:
    """Return the best category of `taxonomy` for an object with these names, None if they say nothing.

    `spoken` is what `listen` heard in the file; without it, the object's own names tell the language.
    """
    own = tuple(category.name for category in taxonomy if taxonomy.name != "nyu40")
    spoken = listen([names]) if spoken is None else spoken
    sources = [
        Source(kind, name, reading)
        for kind, name in _named(names)
        if (reading := _read(name, own, kind == "material", spoken)) is not None
    ]
    if not sources:
        return None
    best = max(sources, key=lambda source: (source.sure, source.confidence))
    whole = _whole(best, sources)
    if whole is not None:
        category, confidence = whole.reading.category, best.confidence * 0.9
        reason = f"{best.kind} {best.name!r}: {best.reading.word} of the {whole.kind} {whole.name!r}"
    else:
        category, confidence, reason = best.reading.category, best.confidence, ""
        reason = f"{best.kind} {best.name!r}: {best.reading.word}"
        confidence *= _doubt(best, sources, names, own, spoken)
    others = {one.kind: one.reading.category for one in reversed(sources) if one is not best and one is not whole}
    agreeing = [kind for kind, other in others.items() if other == category]
    against = [kind for kind, other in others.items() if other != category and kind in TRUST_AGAINST]
    for _ in agreeing:
        confidence += (1 - confidence) * 0.35
    confidence -= 0.06 * len(against)
    target = _target(category, taxonomy)
    if target is None:
        return None
    if agreeing:
        reason += f"; {' and '.join(agreeing)} too"
    if against:
        reason += f"; {' and '.join(f'{kind} says {others[kind]}' for kind in against)}"
    return Proposal(target, round(min(max(confidence, 0.0), 0.99), 2), reason)


def _named(names: ObjectNames) -> Iterator[tuple[str, str]]:
    """Yield each name with its kind; an exported name's end that is only the material's is left out."""
    own = names.object
    for material in names.materials:
        own = own.removesuffix(f"_{material}_0") or own
    yield "object name", own
    yield "mesh name", names.mesh
    yield from (("parent", name) for name in names.parents)
    yield from (("collection", name) for name in names.collections)
    yield from (("material", name) for name in names.materials)


def _whole(best: Source, sources: Sequence[Source]) -> Source | None:
    """Return the parent or collection that has this door, drawer or shelf as its part, None if there is none."""
    if not best.reading.inner or best.kind not in ("object name", "mesh name"):
        return None
    around = [one for one in sources if one.sure and one.kind in AROUND]
    return around[0] if around and around[0].reading.category in CONTAINERS else None


def _doubt(best: Source, sources: Sequence[Source], names: ObjectNames, own: tuple[str, ...], spoken: Spoken) -> float:
    """Return what remains of the confidence in the word of a mesh, parent or collection for an object.

    Against a parent or collection counts what the object or its mesh say weakly, or a name that no language lists;
    against a mesh, whose name duplicates keep, what the nearest parent or collection says, unless it carries the thing.
    """
    if best.kind == "mesh name":
        around = next((one.reading.category for one in sources if one.sure and one.kind in AROUND), "")
        return DISPUTED if around not in ("", best.reading.category, *CARRIERS) else 1.0
    if best.kind not in AROUND:
        return 1.0
    said = [one.reading.category for one in sources if one.kind in ("object name", "mesh name")]
    if said and best.reading.category not in said:
        return DISPUTED
    read = words.read(names.object, words.vocabulary(own), spoken)
    unlisted = any(word.role == "unknown" and len(word.text) > 2 for word in read)
    return LITTLE_KNOWN if unlisted and best.reading.category in CARRIERS else 1.0


def _target(category: str, taxonomy: Taxonomy) -> str | None:
    """Return the taxonomy's name for a category that is its own or NYU40's."""
    if category in taxonomy.ids:
        return category
    number = taxonomy.ids_from(words.nyu40()).get(category)
    return taxonomy.category(number).name if number is not None else None


@lru_cache(maxsize=4096)  # many objects have one material, collection or mesh
def _read(name: str, own: tuple[str, ...], material: bool, spoken: Spoken) -> Reading | None:
    """Return what a name says, None if nothing; `own` as for `words.vocabulary`."""
    if re.fullmatch(r"(?i)box[._ ]?0\d+(\.\d+)?", name):  # what modelling programs call a new cuboid
        return None
    table = words.vocabulary(own)
    found = words.read(name, table, spoken)
    if material and found and found[-1].text.endswith("mat"):
        found = found[:-1]
    if not any(word.category for word in found):
        return None
    thing_first = _is_thing_first(found, table, spoken)
    behind = [word for word in found if word.category]
    found = _cut(_without_material(name, found), table, thing_first)
    things = [place for place, word in enumerate(found) if word.category]
    place = things[0] if thing_first else things[-1]
    head = found[place]
    others = [found[other] for other in things if other != place]
    wholes = [word for word in behind if word != head and word.category in CONTAINERS | {"table"}]
    if head.inner and wholes:
        whole = wholes[-1]
        return Reading(whole.category, min(head.confidence, 0.9), f"{head.text} of a {whole.text}")
    first = next((word for word in others if word.category in ON_PLACES), None)
    on_place = first is not None and (first.category != "otherprop" or head.category in words.SURFACES)
    if not thing_first and head.category in PLACES and first is not None and on_place:
        return Reading(first.category, GUESSED, f"{first.text}, with a {head.text}")
    after = found[place + 1 :] if not thing_first else []
    if any(word.role == "other" and " " in word.text for word in after):  # `bed_car seat` names something else
        return None
    if head.text == "light" and any(word.role == "modifier" for word in after):  # `light_grey` is no lighting
        return None
    sure = max(word.confidence for word in [head, *others] if word.category == head.category)
    confidence = sure - 0.12 * min(sum(word.role in ("unknown", "other") for word in after), 2)
    if any(word.category != head.category for word in others):
        confidence -= 0.05
    parts = [word.text for word in found if word.role == "part"]
    said = f"{parts[-1]} of a {head.text}" if parts and not thing_first else head.text
    return Reading(head.category, confidence, said, head.inner)


def _without_material(name: str, found: list[Word]) -> list[Word]:
    """Leave out the material's name from names such as `Table_Wood_0`, which Sketchfab's exports have."""
    if re.search(r"_0(\.\d+)?$", name) is None:
        return found
    thing = next(place for place, word in enumerate(found) if word.category)
    ends = [place for place in range(thing + 1, len(found)) if found[place].role in ("modifier", "ignored")]
    return found[: ends[0]] if ends else found


def _is_thing_first(found: Sequence[Word], table: Vocabulary, spoken: Spoken) -> bool:
    """Tell whether a name is of a language in which the thing comes first: `lampe de table` is a lamp."""
    if not any(word.languages & table.thing_first for word in found if word.category):
        return False
    clear = [word.languages for word in found if word.languages]
    own = sum(languages <= table.thing_first for languages in clear)
    foreign = sum(not languages & table.thing_first for languages in clear)
    if own != foreign:
        return own > foreign
    return spoken.most in table.thing_first


def _cut(found: list[Word], table: Vocabulary, thing_first: bool) -> list[Word]:
    """Leave out the words after `of`, `with` and the like, unless only parts are before them."""
    for place, word in enumerate(found):
        if word.role == "before" and bool(word.languages & table.thing_first) == thing_first:
            if any(other.category for other in found[:place]):
                return found[:place]
            if any(other.category for other in found[place:]) and any(other.role == "part" for other in found[:place]):
                return found[place:]
    return found
