"""The page of a diagnosis: findings, shares of classes, and samples with their labels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from sweepset.errors import SweepsetError
from sweepset.host import page

from ..data.labels import Framing
from .diagnosis import Diagnosis, tabulate
from .domain import Domain
from .shapes import CODES, suspects

SHOWN, WIDTH = 3, 240
SUSPECTS = 12
"""Samples of each domain on the page, and the width of their pictures."""


def write(path: Path, found: Diagnosis) -> None:
    """Write a page with the findings, the shares of classes, and samples with their labels over them."""
    head, rows = tabulate(found)
    samples = [page.Section("Classes", f"Share of the labelled pixels, %; categories of {found.taxonomy.name}.",
                            table=page.Table(head, rows), legend=found.taxonomy)]  # fmt: skip
    for domain in found.domains:
        places = np.unique(np.linspace(0, len(domain.source) - 1, min(SHOWN, len(domain.source))).astype(int))
        pictures = [picture for place in places for picture in _sample(found, domain, int(place))]
        text = "Image, label, and one over the other. Magenta is outside the taxonomy."
        samples.append(page.Section(f"Samples of {domain.name}", text, pictures=pictures))
    samples += [section for domain in found.domains for section in _suspects(found, domain)]
    nothing = "" if found.findings else "No problems found."
    lead = ", ".join(f"{len(domain.source)} images of {domain.source.name}" for domain in found.domains)
    page.write(path, "Before training", lead, [page.Section("Findings", nothing, found.findings), *samples])


def _suspects(found: Diagnosis, domain: Domain) -> list[page.Section]:
    """Return a section of the masks of a domain that may be wrong, the first of each kind."""
    index = {item.name: place for place, item in enumerate(domain.source.items)}
    pictures: list[page.Picture] = []
    own = suspects(domain.shapes)
    for code in CODES:
        for one in [one for one in own if one.code == code][:SUSPECTS]:
            for picture in _sample(found, domain, index[one.name]):
                pictures.append(replace(picture, caption=f"{one.name}: {one.text}"))
    text = f"{len(own)} suspicions, the first {SUSPECTS} of each kind: photo, mask, and one over the other."
    return [page.Section(f"Suspect masks of {domain.name}", text, pictures=pictures)] if own else []


def _sample(found: Diagnosis, domain: Domain, index: int) -> list[page.Picture]:
    """Return an item's image, label and overlay in one picture, or nothing if it can't be read."""
    source = domain.source
    try:
        image, label = source.read(index)
    except SweepsetError:
        return []  # reported as a finding
    size = (WIDTH, max(1, round(WIDTH * image.shape[0] / image.shape[1])))
    framing = Framing(size)
    image, encoded = framing.image(image), source.form.encode(label, domain.table, framing)
    drawn = [found.task.draw(image, encoded, found.taxonomy, over) for over in (False, True)]
    return [page.embed(np.concatenate([image, *drawn], 1), source.items[index].name)]
