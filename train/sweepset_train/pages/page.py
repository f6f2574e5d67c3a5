"""Pages that open from disk without anything else: findings, tables, text and pictures in one file of HTML."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import numpy as np
from PIL import Image

from sweepset import dataset
from sweepset.findings import Finding
from sweepset.taxonomy import Taxonomy

VOID_COLOR = (0, 0, 0)
"""The colour of pixels of no class."""
TYPES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}


@dataclass(frozen=True)
class Table:
    """Rows of text below a head; those of `numbers` stand at the right, but for the first column."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: bool = True


@dataclass(frozen=True)
class Picture:
    """A picture as a data URL, with a caption."""

    url: str
    caption: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a page with a heading; it shows what it has, in this order. `code` keeps its lines."""

    title: str
    text: str = ""
    findings: Sequence[Finding] = ()
    items: Sequence[str] = ()
    table: Table | None = None
    legend: Taxonomy | None = None
    pictures: Sequence[Picture] = ()
    code: str = ""


def embed(image: np.ndarray, caption: str = "") -> Picture:
    """Return an image (H, W, 3) uint8 RGB as a picture of a page."""
    data = io.BytesIO()
    Image.fromarray(image).save(data, "PNG")
    return _encoded(data.getvalue(), "png", caption)


def embed_file(path: Path, caption: str = "") -> Picture:
    """Return a PNG or JPEG file as a picture of a page."""
    return _encoded(path.read_bytes(), TYPES[path.suffix.lower()], caption)


def write(path: Path, title: str, lead: str, sections: Sequence[Section]) -> None:
    """Write a page."""
    environment = jinja2.Environment(loader=jinja2.PackageLoader("sweepset_train.pages"), autoescape=True)
    void = "#{:02x}{:02x}{:02x}".format(*VOID_COLOR)
    text = environment.get_template("page.html").render(title=title, lead=lead, sections=sections, void=void)
    dataset.write_whole(path, text.encode())


def _encoded(data: bytes, kind: str, caption: str) -> Picture:
    return Picture(f"data:image/{kind};base64,{base64.b64encode(data).decode()}", caption)
