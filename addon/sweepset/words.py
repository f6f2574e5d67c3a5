"""The words of names, in many languages: cut a name into words and look these up. Imports no bpy.

Each file of `languages` is one language: its words for things by category, its words for parts, and words that change
no meaning. A word can mean different things in different languages (`sol` is the floor in French, left in Turkish), so
the words around it decide which language is spoken.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from . import taxonomy as taxonomies
from .taxonomy import Taxonomy

LANGUAGES = Path(__file__).with_name("languages")
ROLES = {"before": "before", "things": "thing", "others": "other", "parts": "part", "modifiers": "modifier"}
ROLES["ignored"] = "ignored"
"""The lists of a language and the role of their words, in the order in which they win within a language."""
PLAIN, COMPOUND, GUESSED, WEAK = 0.95, 0.85, 0.65, 0.45
LONG_STEM = 5
"""Letters of a word of a language not heard, from which on it is recognized inflected: `border` is no Swedish table."""
LONGEST = 4
"""Words in the longest phrase that is looked up."""
SURFACES = {"wall", "floor", "ceiling"}
FURNITURE = {"cabinet", "bookshelf", "shelves", "dresser", "desk", "bed", "night stand", "otherfurniture"}
"""Furniture whose own boards are called floor or wall in compounds: a `Regalboden` belongs to a Regal."""
JOINTS = ("", "s", "n", "en", "es", "e", "er")
"""Letters that join the parts of a compound."""
AT_LEAST = {"en": 0.5, "any": 0.4, "own": 1e6}
"""How many words of English, of no language and of a taxonomy's own names count as heard at least."""
UNKNOWN_LETTER = 3
"""The cost of an unknown letter when a run without spaces is cut; a known word costs 1."""
LONG_ENOUGH = {"katakana": 4, "han": 2, "hiragana": 3, "hangul": 2}
"""Letters of a word that is recognized at the end of an unknown run; shorter ones are chance, as イス in アイス."""


@dataclass(frozen=True)
class Spoken:
    """The words of names that only one language has: each language heard, with its words."""

    heard: tuple[tuple[str, frozenset[str]], ...] = ()

    def count(self, language: str, but: str) -> int:
        """Return how many other words than `but` were heard of a language."""
        return next((len(found - {but}) for known, found in self.heard if known == language), 0)

    @property
    def most(self) -> str:
        """The language with most words, '' if none was heard."""
        return max(self.heard, key=lambda entry: len(entry[1]), default=("", frozenset()))[0]


@dataclass(frozen=True)
class Meaning:
    """What a word means in a language; `category` is '' unless its role is thing. `weak` ones say little alone."""

    language: str
    role: str
    category: str = ""
    weak: bool = False


@dataclass(frozen=True)
class Word:
    """A word or phrase of a name, and its role: thing, part, before, other, ignored, modifier or unknown.

    `languages` are those in which it has this meaning. `inner` is a door, drawer or shelf, which furniture has, too.
    """

    text: str
    role: str
    category: str = ""
    confidence: float = PLAIN
    languages: frozenset[str] = frozenset()
    inner: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """All languages, with words in the folded form in which they are looked up."""

    meanings: Mapping[str, tuple[Meaning, ...]]
    inner: frozenset[str]
    thing_first: frozenset[str]
    compounds: frozenset[str]
    endings: Sequence[tuple[str, str, str]]
    """Language, ending, and what it replaces: `(en, ies, y)`."""


@lru_cache(maxsize=1)
def nyu40() -> Taxonomy:
    """Return the taxonomy whose categories the languages' words have."""
    return taxonomies.load("nyu40")


@lru_cache(maxsize=8)
def vocabulary(own: tuple[str, ...] = ()) -> Vocabulary:
    """Read the languages; `own` are a taxonomy's names, which override their words."""
    meanings: defaultdict[str, list[Meaning]] = defaultdict(list)
    inner: set[str] = set()
    thing_first, compounds = set(), set()
    endings: list[tuple[str, str, str]] = []
    for path in sorted(LANGUAGES.glob("*.json"), key=lambda path: (path.stem != "en", path.stem)):
        language, data = path.stem, json.loads(path.read_text(encoding="utf-8"))
        for listing, role in ROLES.items():
            by_category = data.get(listing, {}) if role == "thing" else {"": data.get(listing, [])}
            for category, entries in by_category.items():
                for entry in entries:
                    weak = entry.endswith("?")
                    for key in keys(entry.rstrip("?")):
                        meanings[key].append(Meaning(language, role, category, weak))
        inner |= {key for entry in data.get("inner", []) for key in keys(entry)}
        thing_first |= {language} if data.get("thing_first") else set()
        compounds |= {language} if data.get("compounds") else set()
        endings += [(language, ending, plain) for ending, plain in data.get("endings", [])]
    for name in (*nyu40().ids, *own):
        for key in keys(name):
            meanings[key] = [Meaning("own", "thing", name)]
    settled = {key: tuple(found) for key, found in meanings.items()}
    return Vocabulary(settled, frozenset(inner), frozenset(thing_first), frozenset(compounds), endings)


def fold(text: str) -> str:
    """Return text without case, accents and full-width forms; Japanese and Korean letters keep their marks."""
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


def keys(entry: str) -> set[str]:
    """Return the keys of an entry: its words joined, in all spellings."""
    return {re.sub(r"[\W_\d]+", "", spelled) for spelled in spellings(entry)}


def script(letter: str) -> str:
    """Return the script of a letter whose language is written without spaces or in syllables, '' for others."""
    if "\u30a0" <= letter <= "\u30ff":
        return "katakana"
    if "\u3040" <= letter <= "\u309f":
        return "hiragana"
    if "\u3400" <= letter <= "\u9fff" or letter == "々":
        return "han"
    return "hangul" if "\uac00" <= letter <= "\ud7a3" else ""


def repair(name: str) -> str:
    """Return a name as it was before its UTF-8 was read as Latin letters: `KÃ¼che` is Küche."""
    for encoding in ("cp1252", "latin-1"):
        try:
            repaired = name.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return repaired
    return name


def tokens(name: str) -> list[str]:
    """Cut a name into folded words: at case, underscores, digits and other signs; runs without spaces stay whole."""
    name = unicodedata.normalize("NFC", repair(name))
    name = re.sub(r"\(\s*(clone|instance|copy)\s*\)", " ", name, flags=re.IGNORECASE)
    words, word = [], ""
    for place, letter in enumerate(name):
        before = name[place - 1] if place else " "
        after = name[place + 1 : place + 2]
        starts = (
            bool(script(letter)) != bool(script(before))
            or (letter.isupper() and before.islower())
            or (letter.isupper() and before.isupper() and after.islower() and not after.isdigit())
        )
        if word and (starts or not (letter.isalpha() or letter == "ー")):
            words.append(word)
            word = ""
        if letter.isalpha() or letter == "ー" or unicodedata.combining(letter):
            word += letter
    return [fold(word) for word in [*words, word] if word]


def listen(names: Iterable[str]) -> Spoken:
    """Return the words of names by which their languages are known."""
    table = vocabulary()
    heard: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        for word in read(name, table, Spoken()):
            languages = {meaning.language for meaning in _meanings(word.text, table, Spoken())} - {"any", "own"}
            if len(languages) == 1 and (len(word.text) > 2 or script(word.text[0])):
                heard[languages.pop()].add(word.text)
            elif any(script(letter) in ("katakana", "hiragana") for letter in word.text):
                heard["ja"].add(word.text)
    return Spoken(tuple((language, frozenset(found)) for language, found in sorted(heard.items())))


def read(name: str, table: Vocabulary, spoken: Spoken) -> list[Word]:
    """Return the words of a name with their meanings, the longest phrases first."""
    cut = tokens(name)
    found: list[Word] = []
    place = 0
    while place < len(cut):
        for length in range(min(LONGEST, len(cut) - place), 0, -1):
            text = "".join(cut[place : place + length])
            word = _known(text, table, spoken)
            if word is not None and (length == 1 or word.role in ("thing", "other")):
                shown = " ".join(cut[place : place + length])
                found.append(Word(shown, word.role, word.category, word.confidence, word.languages, word.inner))
                place += length
                break
        else:
            found += _unlisted(cut[place], table, spoken)
            place += 1
    return found


def _meanings(text: str, table: Vocabulary, spoken: Spoken) -> tuple[Meaning, ...]:
    """Return the meanings of a word as it is or, if it is no word so, as an inflected form."""
    text = text.replace(" ", "")
    found = table.meanings.get(text, ())
    if found or len(text) < 4 or script(text[0]):
        return found
    inflected: list[Meaning] = []
    for language, ending, plain in table.endings:
        stem = text.removesuffix(ending)
        foreign = language != "en" and not spoken.count(language, text)
        if stem == text or (foreign and len(stem) < LONG_STEM):
            continue
        hard = stem[:-1] + {"g": "k", "b": "p", "d": "t"}.get(stem[-1:], stem[-1:]) if language == "tr" else ""
        for form in {stem + plain, hard} - {""}:
            if len(form) > 2:
                inflected += [one for one in table.meanings.get(form, ()) if one.language in (language, "own")]
    things = [meaning for meaning in inflected if meaning.role in ("thing", "part")]
    return tuple(dict.fromkeys(things))


def _known(text: str, table: Vocabulary, spoken: Spoken) -> Word | None:
    """Return a word with its most likely meaning, None if no language has it.

    The language with most other words in `spoken` decides. If languages that are as likely disagree, it says little.
    """
    meanings = _meanings(text, table, spoken)
    if not meanings:
        return None
    if len(text) == 1 and not script(text):
        return Word(text, "ignored")

    def heard(meaning: Meaning) -> float:
        return max(spoken.count(meaning.language, text), AT_LEAST.get(meaning.language, 0))

    most = max(map(heard, meanings))
    likely = [meaning for meaning in meanings if heard(meaning) == most]
    order = list(ROLES.values())
    best = min(likely, key=lambda meaning: (order.index(meaning.role), meaning.weak))
    same = [one for one in meanings if (one.role, one.category) == (best.role, best.category)]
    languages = frozenset(one.language for one in same) - {"any"}
    if best.role != "thing":
        return Word(text, best.role, languages=languages)
    rivals = [one for one in likely if one not in same and one.language not in languages and not one.weak]
    disputed = most < 1 and any(one.role in ("thing", "other", "modifier") for one in rivals)
    weak = disputed or all(one.weak for one in same)
    sure = WEAK if weak else PLAIN
    return Word(text, "thing", best.category, sure, languages, text in table.inner)


def _unlisted(text: str, table: Vocabulary, spoken: Spoken) -> Iterator[Word]:
    """Return the words of a text that no language lists: a compound, a run without spaces, or an unknown word."""
    if len(text) == 1 and not script(text):
        yield Word(text, "ignored")
    elif any(script(letter) for letter in text):
        yield from _cut_run(text, table, spoken)
    else:
        yield _compound(text, table, spoken) or Word(text, "unknown")


def _compound(text: str, table: Vocabulary, spoken: Spoken) -> Word | None:
    """Read a compound word: the last part is the thing, so `Esstischlampe` is a lamp."""
    for start in range(2, len(text) - 2):
        head, rest = _known(text[start:], table, spoken), text[:start]
        if head is None or head.role not in ("thing", "part") or (head.role == "part" and len(head.text) <= 3):
            continue
        stems = [rest.removesuffix(joint) for joint in JOINTS if rest.endswith(joint)]
        known = [word for stem in stems if len(stem) > 2 and (word := _known(stem, table, spoken)) is not None]
        whole = next((word for word in known if word.role == "thing"), None)
        if whole is not None and (head.role == "part" or (head.inner and whole.category in FURNITURE)):
            return Word(text, "thing", whole.category, COMPOUND, whole.languages)
        if whole is not None and head.category in SURFACES and whole.category in FURNITURE:
            return Word(text, "thing", whole.category, GUESSED, whole.languages)
        if head.role == "part" or head.confidence <= WEAK:
            continue
        if whole is not None or any(word.role == "modifier" for word in known):
            return Word(text, "thing", head.category, COMPOUND, head.languages)
        if len(head.text) >= 5 and head.languages & table.compounds:
            return Word(text, "thing", head.category, GUESSED, head.languages)
    return None


def _cut_run(text: str, table: Vocabulary, spoken: Spoken) -> Iterator[Word]:
    """Cut a run without spaces into known words so that the fewest letters and words are left.

    A word that unknown letters of its script touch is chance (イス in アイス, 本 in 本体), unless it is long and last.
    """
    costs, cuts = [0], [0]
    for end in range(1, len(text) + 1):
        options = [(costs[end - 1] + UNKNOWN_LETTER, end - 1)]
        options += [(costs[start] + 1, start) for start in range(end) if text[start:end] in table.meanings]
        cost, start = min(options)
        costs.append(cost)
        cuts.append(start)
    pieces: list[str] = []
    end = len(text)
    while end:
        start = cuts[end]
        piece, known = text[start:end], text[start:end] in table.meanings
        if not known and pieces and pieces[0].startswith("?"):
            pieces[0] = f"?{piece}{pieces[0][1:]}"
        else:
            pieces.insert(0, piece if known else f"?{piece}")
        end = start
    for place, piece in enumerate(pieces):
        if piece.startswith("?"):
            yield Word(piece[1:], "unknown")
            continue
        word = _known(piece, table, spoken)
        assert word is not None
        before, after = pieces[place - 1] if place else "", pieces[place + 1] if place + 1 < len(pieces) else ""
        glued_before = before.startswith("?") and script(before[-1]) == script(piece[0])
        glued_after = after.startswith("?") and script(after[1]) == script(piece[-1])
        if word.role not in ("thing", "part") or not (glued_before or glued_after):
            yield word
        elif glued_after or len(piece) < LONG_ENOUGH[script(piece[0])]:
            yield Word(piece, "unknown")
        else:
            yield Word(piece, word.role, word.category, min(word.confidence, GUESSED), word.languages, word.inner)
