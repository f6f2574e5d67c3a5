"""Pages that open from disk without anything else: text, tables, findings and pictures in one file of HTML."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from .. import files, png
from ..findings import Finding
from ..taxonomy import Taxonomy

VOID_COLOR = (0, 0, 0)
"""The colour of pixels of no class."""
TYPES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}


@dataclass(frozen=True)
class Table:
    """Rows of text below a head; with `numbers`, all columns but the first are aligned right."""

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
    return Picture(data_url(png.encode(image), "png"), caption)


def embed_file(path: Path, caption: str = "") -> Picture:
    """Return a PNG or JPEG file as a picture of a page."""
    return Picture(data_url(path.read_bytes(), TYPES[path.suffix.lower()]), caption)


def data_url(data: bytes, kind: str) -> str:
    """Return an encoded image, png or jpeg, as a data URL."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def write(path: Path, title: str, lead: str, sections: Sequence[Section]) -> None:
    """Write a page of sections."""
    void = "#{:02x}{:02x}{:02x}".format(*VOID_COLOR)
    fill(path, __package__, "sections.html", title=title, lead=lead, sections=sections, void=void)


def fill(path: Path, package: str, template: str, **values: Any) -> None:
    """Write a page from a template in a package's folder `templates`, which extends base.html of this package."""
    loaders = [jinja2.PackageLoader(name) for name in (package, __package__)]
    environment = jinja2.Environment(loader=jinja2.ChoiceLoader(loaders), autoescape=True)
    files.write(path, environment.get_template(template).render(**values).encode())
