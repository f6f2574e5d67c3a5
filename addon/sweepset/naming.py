"""Propose a category from the names that people give to objects. Imports no bpy.

Names are cut into words, and words are looked up in `vocabulary.json`. Then the word that names the object itself is
found: a table lamp is a lamp, a chair leg belongs to a chair, a door handle is no door.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from . import taxonomy as taxonomies
from .taxonomy import Taxonomy

THRESHOLD = 0.6
"""Proposals of at least this confidence count as sure by default. A plain word in the name of an object, mesh,
collection or parent is above it; a material's name alone or an ambiguous word is below."""
VOCABULARY = Path(__file__).with_name("vocabulary.json")

TRUST = {"object name": 1.0, "mesh name": 0.92, "parent": 0.78, "collection": 0.75, "material": 0.55}
"""How much each kind of name is trusted, in the order in which they are read."""
PLAIN, COMPOUND, GUESSED, WEAK = 0.95, 0.85, 0.65, 0.45
LONGEST = 4
"""Words in the longest phrase that is looked up."""
COMPOUNDING = {"de", "no"}
ROMANCE = {"fr", "es"}
CONTAINERS = {"cabinet", "refridgerator", "dresser", "night stand", "desk", "bookshelf", "otherfurniture"}
"""Categories whose doors, drawers and shelves are parts of them."""
PLACES = {"wall", "floor", "ceiling", "table", "desk", "door", "window"}
ON_PLACES = {"lamp", "picture", "mirror", "otherprop", "pillow", "chair", "television", "towel", "books"}
"""Objects whose place is written behind their name in some asset kits: `lampFloor` is a lamp."""


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
class Sense:
    """The meaning of a word or phrase of the vocabulary."""

    category: str
    languages: frozenset[str]
    weak: bool = False


@dataclass(frozen=True)
class Word:
    """A word or phrase of a name: its role, and its meaning if it names a thing.

    `role` is thing, part, before, ignored, modifier or unknown; `languages` is empty if all languages share the word.
    """

    text: str
    role: str
    sense: Sense | None = None
    confidence: float = PLAIN
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Vocabulary:
    """The table of words, in the folded form in which names are looked up."""

    things: Mapping[str, Sense]
    roles: Mapping[str, str]
    inner: frozenset[str]
    romance: Mapping[str, frozenset[str]]
    before_romance: frozenset[str]


def propose(names: ObjectNames, taxonomy: Taxonomy) -> Proposal | None:
    """Return the best category of `taxonomy` for an object with these names, None if they say nothing."""
    own = tuple(category.name for category in taxonomy if taxonomy.name != "nyu40")
    readings = [
        (source, name, reading)
        for source, name in _sources(names)
        if (reading := _read(name, own, source == "material")) is not None
    ]
    if not readings:
        return None
    source, name, (category, confidence, word) = max(
        readings, key=lambda entry: (entry[2][1] > WEAK, TRUST[entry[0]] * entry[2][1])
    )
    confidence *= TRUST[source]
    others = {kind: reading[0] for kind, other, reading in reversed(readings) if (kind, other) != (source, name)}
    agreeing = [kind for kind, other in others.items() if other == category]
    against = [kind for kind, other in others.items() if other != category and kind in ("object name", "mesh name")]
    against += [kind for kind, other in others.items() if other != category and kind == "parent"]
    for _ in agreeing:
        confidence += (1 - confidence) * 0.35
    confidence -= 0.06 * len(against)
    target = _target(category, taxonomy)
    if target is None:
        return None
    reason = f"{source} {name!r}: {word}"
    if agreeing:
        reason += f"; {' and '.join(agreeing)} too"
    if against:
        reason += f"; {' and '.join(f'{kind} says {others[kind]}' for kind in against)}"
    return Proposal(target, round(min(max(confidence, 0.0), 0.99), 2), reason)


def _sources(names: ObjectNames) -> Iterator[tuple[str, str]]:
    yield "object name", names.object
    yield "mesh name", names.mesh
    yield from (("parent", name) for name in names.parents)
    yield from (("collection", name) for name in names.collections)
    yield from (("material", name) for name in names.materials)


def _target(category: str, taxonomy: Taxonomy) -> str | None:
    """Return the taxonomy's name for a category that is its own or NYU40's."""
    if category in taxonomy.ids:
        return category
    number = taxonomy.ids_from(_nyu40()).get(category)
    return taxonomy.category(number).name if number is not None else None


@lru_cache(maxsize=1)
def _nyu40() -> Taxonomy:
    return taxonomies.load("nyu40")


def fold(text: str) -> str:
    """Return text without case, accents and full-width forms; Japanese letters keep their marks."""
    text = unicodedata.normalize("NFKD", text)
    text = "".join(letter for letter in text if not 0x300 <= ord(letter) < 0x370)
    text = unicodedata.normalize("NFC", text).casefold()
    for letter, plain in (("ı", "i"), ("ø", "o"), ("æ", "ae"), ("œ", "oe"), ("ð", "d"), ("ł", "l")):
        text = text.replace(letter, plain)
    return text


def spellings(text: str) -> set[str]:
    """Return the folded forms of a word: `Tür` is written tur and tuer, `Dør` dor and doer."""
    spelled = text.casefold()
    for letter, pair in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ø", "oe"), ("å", "aa")):
        spelled = spelled.replace(letter, pair)
    return {fold(text), fold(spelled)}


def _is_japanese(letter: str) -> bool:
    return "\u3040" <= letter <= "\u30ff" or "\u3400" <= letter <= "\u9fff" or letter in "々ー"


def tokens(name: str) -> list[str]:
    """Cut a name into folded words: at case, underscores, digits and other signs; Japanese runs stay whole."""
    name = unicodedata.normalize("NFC", re.sub(r"\(\s*(clone|instance|copy)\s*\)", " ", name, flags=re.IGNORECASE))
    words, word = [], ""
    for place, letter in enumerate(name):
        before = name[place - 1] if place else " "
        after = name[place + 1 : place + 2]
        starts = (
            _is_japanese(letter) != _is_japanese(before)
            or (letter.isupper() and before.islower())
            or (letter.isupper() and before.isupper() and after.islower() and not after.isdigit())
        )
        if word and (starts or not (letter.isalpha() or letter == "ー")):
            words.append(word)
            word = ""
        if letter.isalpha() or letter == "ー" or unicodedata.combining(letter):
            word += letter
    return [fold(word) for word in [*words, word] if word]


@lru_cache(maxsize=8)
def _vocabulary(own: tuple[str, ...]) -> Vocabulary:
    """Read the table; `own` are a taxonomy's names, which override the table's."""
    data = json.loads(VOCABULARY.read_text(encoding="utf-8"))
    things: dict[str, Sense] = {}
    for language, categories in data["things"].items():
        for category, entries in categories.items():
            for entry in entries:
                for key in _keys(entry.rstrip("?")):
                    known = things.get(key)
                    weak = entry.endswith("?")
                    if known is None or (known.weak and not weak):
                        things[key] = Sense(category, frozenset({language}), weak)
                    elif known.category == category:
                        things[key] = Sense(category, known.languages | {language}, known.weak and weak)
                    elif not known.weak and not weak:  # two meanings; English, which comes first, keeps the word
                        things[key] = known if "en" in known.languages else Sense(known.category, known.languages, True)
    for name in (*_nyu40().ids, *own):
        for key in _keys(name):
            things[key] = Sense(name, frozenset({"en"}))
    roles: dict[str, str] = {}
    listings = {"before": ["before", "before_romance"], "part": ["parts"], "modifier": ["modifiers"]}
    listings["ignored"] = ["ignored", "primitives"]
    for role, listed in ((role, listed) for role, many in listings.items() for listed in many):
        for entry in data[listed]:
            for key in _keys(entry):
                roles.setdefault(key, role)
    romance: dict[str, frozenset[str]] = {}
    for language, entries in data["romance"].items():
        for key in (key for entry in entries for key in _keys(entry)):
            romance[key] = romance.get(key, frozenset()) | {language}
    inner = frozenset(key for entry in data["inner"] for key in _keys(entry))
    before_romance = frozenset(key for entry in data["before_romance"] for key in _keys(entry))
    return Vocabulary(things, roles, inner, romance, before_romance)


def _keys(entry: str) -> set[str]:
    """Return the keys of an entry: its words joined, in all spellings."""
    return {re.sub(r"[\W_\d]+", "", spelled) for spelled in spellings(entry)}


@lru_cache(maxsize=4096)  # many objects have one material, collection or mesh
def _read(name: str, own: tuple[str, ...], material: bool) -> tuple[str, float, str] | None:
    """Return the category that a name says, the confidence, and the word for it; `own` as for `_vocabulary`."""
    if re.fullmatch(r"(?i)box[._ ]?0\d+(\.\d+)?", name):  # what modelling programs call a new cuboid
        return None
    vocabulary = _vocabulary(own)
    words = list(_words(tokens(name), vocabulary))
    if material and words and words[-1].text.endswith("mat"):
        words = words[:-1]
    if not any(word.sense for word in words):
        return None
    romance = _is_romance(words, vocabulary)
    behind = [word for word in words if word.sense]
    words = _cut(words, vocabulary, romance)
    things = [place for place, word in enumerate(words) if word.sense]
    place = things[0] if romance else things[-1]
    head = words[place]
    assert head.sense is not None
    category, confidence = head.sense.category, head.confidence
    if head.sense.weak:
        confidence = WEAK if not (romance and head.sense.languages <= ROMANCE) else GUESSED
    others = [words[other] for other in things if other != place]
    wholes = [word for word in behind if word != head and word.sense and word.sense.category in CONTAINERS]
    first = next((word for word in others if word.sense and word.sense.category in ON_PLACES), None)
    if head.text in vocabulary.inner and wholes and wholes[-1].sense:
        return wholes[-1].sense.category, min(confidence, 0.9), f"{head.text} of a {wholes[-1].text}"
    if not romance and category in PLACES and first is not None and first.sense:
        thing = first.sense.category
        on_place = thing != "otherprop" or category in ("wall", "floor", "ceiling")
        if on_place:
            return thing, GUESSED, f"{first.text}, with a {head.text}"
    after = words[place + 1 :] if not romance else []
    unknown = sum(word.role == "unknown" for word in after)
    confidence -= 0.12 * min(unknown, 2)
    if head.text == "light" and any(word.role == "modifier" for word in after):  # `light_grey` is no lighting
        return None
    if any(word.sense and word.sense.category != category for word in others):
        confidence -= 0.05
    said = head.text
    parts = [word.text for word in words if word.role == "part"]
    return category, confidence, f"{parts[-1]} of a {said}" if parts and not romance else said


def _is_romance(words: Sequence[Word], vocabulary: Vocabulary) -> bool:
    """Tell whether a name is French or Spanish: there the thing comes first."""
    things = [word for word in words if word.sense]
    own = sum(
        bool(word.languages) and word.languages <= ROMANCE
        for word in words
        if word.role != "before" or word.text in ("de", "del", "du", "des", "para", "pour", "avec", "con")
    )
    if not any(word.languages & ROMANCE for word in things):
        return False
    foreign = sum(bool(word.languages) and not word.languages & ROMANCE for word in words)
    return own > foreign


def _cut(words: list[Word], vocabulary: Vocabulary, romance: bool) -> list[Word]:
    """Leave out the words after `of`, `with` and the like, unless only parts are before them."""
    for place, word in enumerate(words):
        fits = word.text in vocabulary.before_romance if romance else word.text not in ("d", "sur", "a", "del")
        if word.role == "before" and fits:
            if any(other.sense for other in words[:place]):
                return words[:place]
            if any(other.sense for other in words[place:]) and any(other.role == "part" for other in words[:place]):
                return words[place:]
    return words


def _words(cut: Sequence[str], vocabulary: Vocabulary) -> Iterator[Word]:
    """Look up the words of a name, the longest phrases first."""
    place = 0
    while place < len(cut):
        for length in range(min(LONGEST, len(cut) - place), 0, -1):
            text = " ".join(cut[place : place + length])
            sense = _inflected("".join(cut[place : place + length]), vocabulary)
            if sense is not None and (length > 1 or vocabulary.roles.get(text) != "before"):
                yield Word(text, "thing", sense, PLAIN, sense.languages)
                place += length
                break
        else:
            yield from _word(cut[place], vocabulary)
            place += 1


def _word(text: str, vocabulary: Vocabulary) -> Iterator[Word]:
    """Return a single word that names no thing as it is: a role, a compound, split Japanese, or an unknown word."""
    role = vocabulary.roles.get(text)
    if role is not None:
        languages = vocabulary.romance.get(text, ROMANCE if text in vocabulary.before_romance else frozenset())
        yield Word(text, role, languages=frozenset(languages))
    elif len(text) == 1 and not _is_japanese(text):
        yield Word(text, "ignored")
    elif any(_is_japanese(letter) for letter in text):
        yield from _japanese(text, vocabulary)
    else:
        compound = _compound(text, vocabulary)
        yield compound if compound is not None else Word(text, "unknown")


def _inflected(text: str, vocabulary: Vocabulary) -> Sense | None:
    """Return the meaning of a word, as it is, as a plural or as a Turkish possessive."""
    things = vocabulary.things
    if text in things:
        return things[text]
    if text in vocabulary.roles:
        return None
    if len(text) < 4 or _is_japanese(text[0]):
        return None
    for ending, plain in (("ies", "y"), ("ves", "f"), ("es", ""), ("s", ""), ("x", "")):
        if text.endswith(ending) and (stem := text[: -len(ending)] + plain) in things and len(stem) > 2:
            return things[stem]
    for ending in ("lar", "ler", "si", "su", "i", "u"):
        stem = text[: -len(ending)]
        hard = stem[:-1] + {"g": "k", "b": "p", "d": "t", "c": "c"}.get(stem[-1:], "")
        for form in (stem, hard):
            if text.endswith(ending) and len(form) > 2 and "tr" in getattr(things.get(form), "languages", ()):
                return things[form]
    return None


def _compound(text: str, vocabulary: Vocabulary) -> Word | None:
    """Split a compound word: the last part is the thing, so `Esstischlampe` is a lamp."""
    for start in range(2, len(text) - 2):
        head, rest = text[start:], text[:start]
        sense = _inflected(head, vocabulary)
        part = vocabulary.roles.get(head) == "part" and len(head) > 3
        if sense is None and not part:
            continue
        known = any(
            stem in vocabulary.things or vocabulary.roles.get(stem) == "modifier"
            for joint in ("", "s", "n", "en", "es", "e", "er")
            if rest.endswith(joint) and len(stem := rest.removesuffix(joint)) > 2
        )
        whole = _compound_stem(rest, vocabulary) if known else None
        if whole is not None and (part or (head in vocabulary.inner and whole.category in CONTAINERS)):
            return Word(text, "thing", whole, COMPOUND, whole.languages)
        if sense is None or sense.weak:
            continue
        if known or (len(head) >= 5 and sense.languages & COMPOUNDING):
            return Word(text, "thing", sense, COMPOUND if known else GUESSED, sense.languages)
    return None


def _compound_stem(rest: str, vocabulary: Vocabulary) -> Sense | None:
    stems = (rest.removesuffix(joint) for joint in ("", "s", "n", "en", "es", "e", "er"))
    return next((vocabulary.things[stem] for stem in stems if stem in vocabulary.things), None)


def _japanese(text: str, vocabulary: Vocabulary) -> Iterator[Word]:
    """Cut Japanese, which has no spaces, into the longest known words."""
    place, unknown = 0, ""
    while place < len(text):
        for end in range(len(text), place, -1):
            word = text[place:end]
            if word in vocabulary.things or word in vocabulary.roles:
                if unknown:
                    yield Word(unknown, "unknown")
                unknown = ""
                sense = vocabulary.things.get(word)
                yield Word(word, "thing" if sense else vocabulary.roles[word], sense, languages=frozenset({"ja"}))
                place = end
                break
        else:
            unknown += text[place]
            place += 1
    if unknown:
        yield Word(unknown, "unknown")
