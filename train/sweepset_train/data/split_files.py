"""Text files of the images of a split, as people and programs write them: names, file names or paths, a line each."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from sweepset.dataset import PICTURES
from sweepset.errors import SweepsetError

from .sources import Source


def read_names(path: Path, source: Source) -> tuple[str, ...]:
    """Return the names of items of `source` that a text file lists; what is no item's name stays as it is written.

    A line is a name, which may have spaces; a path to an image or a label, with or without folders and suffix; an
    image and its label; or several names. Empty lines and lines that begin with # are skipped. The text is UTF-8, or
    UTF-16 with a byte order mark. Raise SweepsetError if it is neither, names none, or names an image twice;
    FileNotFoundError and other OSErrors if it can't be read.
    """
    data = path.read_bytes()
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise SweepsetError(f"split {str(path)!r} is no text in UTF-8: save it as that") from None
    known = {_composed(item.name): item.name for item in source.items}
    names = [name for line in text.splitlines() if line.strip() for name in _names(line.strip(), known)]
    if not names:
        raise SweepsetError(f"split {str(path)!r} has no names: write the name of an image in each line")
    ((name, times),) = Counter(names).most_common(1)
    if times > 1:
        raise SweepsetError(f"split {str(path)!r} has a name twice, {name!r}: write each name once")
    return tuple(names)


def _names(line: str, known: Mapping[str, str]) -> Iterator[str]:
    """Go over the names of a line."""
    whole = _find(line, known)
    if whole is None and line.startswith("#"):
        return
    if whole is None:
        line = re.sub(r"\s#.*", "", line)
        whole = _find(line, known)
    if whole is not None:
        yield whole
        return
    found = {word: _find(word, known) for word in line.split()}
    if not any(found.values()):
        yield line
        return
    # An image and its label are one item.
    words = [name if name is not None else word for word, name in found.items()]
    if len(found) == len(line.split()) and len(set(words)) == 1:
        yield words[0]
        return
    yield from (found[word] or word for word in line.split())


def _find(text: str, known: Mapping[str, str]) -> str | None:
    """Return the name of the item that a text names, by itself or as the end of a path."""
    text = _composed(text)
    parts = text.replace("\\", "/").split("/")
    stem, dot, suffix = parts[-1].rpartition(".")
    ends = [parts[-1], *([stem] if dot and f".{suffix.lower()}" in PICTURES else [])]
    candidates = ["/".join([*parts[k:-1], end]) for k in range(len(parts)) for end in ends]
    return next((known[one] for one in (text, *candidates) if one in known), None)


def _composed(text: str) -> str:
    """Return a text with each letter and its accents as one character: file systems differ in this."""
    return unicodedata.normalize("NFC", text)
