"""Checks of labelled images: each goes over all domains and yields findings."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from sweepset.findings import Finding
from sweepset.taxonomy import Taxonomy

from ..data.labels import IGNORE, OUTSIDE
from ..data.sources import unmapped
from .domain import Domain, by_class
from .places import AGREEING, MARGIN, agreement, expected_places, found_places
from .shapes import CODES, suspects

FEW = 0.1
"""The share of pixels up to which categories may become void without a warning."""
MOSTLY_VOID = 0.5
"""The share of void pixels from which there is a warning."""
STRETCHED = 1.1
"""The ratio of two images' aspect ratios from which they are stretched too differently."""
ALIKE = 0.95
"""The correlation of thumbnails from which two images are alike. Between train381 and val414 it is 0.82 at most; the
same photo, compressed or brightened, has 0.98 and more."""

MUCH = 0.25
"""The share of pixels from which 0 is more than the unlabelled rest, if it can be a category."""

CLEARER = 1.5
"""How much better turned labels must meet their photos' edges than they do as they are."""

Check = Callable[[Sequence[Domain], Taxonomy], Iterator[Finding]]


def broken(domains: Sequence[Domain], target: Taxonomy) -> Iterator[Finding]:
    """Find images and labels that can't be read or differ in size."""
    texts = {
        "sizes-differ": "labels are not of their images' size",
        "unreadable": "images or labels can't be read",
    }
    advice = "replace these files by right ones, or leave them out of the split"
    for domain in domains:
        for code, messages in domain.broken.items():
            yield Finding(code, "error", domain.name, f"{len(messages)} {texts[code]}: {messages[0]}", advice)


def noted(domains: Sequence[Domain], target: Taxonomy) -> Iterator[Finding]:
    """Find what reading the data already noticed."""
    for domain in domains:
        for note in domain.source.notes:
            yield Finding("noted", "note", domain.name, note, "correct it, if this is not what was meant")


def black_and_white(domains: Sequence[Domain], target: Taxonomy) -> Iterator[Finding]:
    """Find labels that hold masks instead of ids."""
    for domain in domains:
        if domain.is_mask:
            example = next(one for one in reversed(domain.source.taxonomy.categories) if one.id or len(target) == 1)
            yield Finding(
                "mask-0-255", "error", domain.name, "labels hold nothing but 0 and 255: black-and-white masks, no ids",
                f"write the category's id for 255, such as {example.id} for {example.name}",
            )  # fmt: skip


def masks(domains: Sequence[Domain], target: Taxonomy) -> Iterator[Finding]:
    """Find binary masks whose shapes are suspect."""
    for domain in domains:
        found = suspects(domain.shapes)
        for code, what in CODES.items():
            own = [one for one in found if one.code == code]
            if own:
                some = "; ".join(f"{one.name}: {one.text}" for one in own[:3])
                yield Finding(
                    code, "note" if code == "mask-holes" else "warning", domain.name,
                    f"{len(own)} of {len(domain.shapes)} masks {what}: {some}{' …' if len(own) > 3 else ''}",
                    "look at them on the page; correct what is wrong, or leave the photos out",
                )  # fmt: skip


def zero_based(domains: Sequence[Domain], target: Taxonomy) -> Iterator[Finding]:
    """Find labels in which 0 is likely a category, although it stands for none."""
    for domain in domains:
        sure = _is_zero_based(domain)
        if sure:
            kinds = domain.source.taxonomy
            pixels = domain.total.sum(1)
            yield Finding(
                "zero-based", "error" if sure == "very likely" else "warning", domain.name,
                f"0 is {sure} the first category, {kinds.categories[0].name}, and counts as void: it covers "
                f"{_percent(pixels[0] / pixels.sum())} % of the pixels, and ids end at {max(_ids(domain))}, below "
                f"the {len(kinds)} categories of {kinds.name}",
                "if the samples show so, set data.labels_from_zero=true; 255 is void then",
            )  # fmt: skip


def _is_zero_based(domain: Domain) -> str:
    """Return how likely 0 is a category although it stands for none; nothing if it is not.

    Ids fit positions from 0, and the last id never occurs. Beside this, 255 stands for no category already; or 0 covers
    much and all ids up to the last one occur.
    """
    kinds, ids = domain.source.taxonomy, _ids(domain)
    last = len(kinds)
    if not domain.has_ids or 0 not in domain.source.void or 0 in kinds.ids.values() or not ids:
        return ""
    if 0 not in domain.values or max(kinds.ids.values()) != last or max(ids) >= last:
        return ""
    pixels = domain.total.sum(1)
    much = bool(pixels[0] / pixels.sum() > MUCH)
    if 255 in domain.values and last < 255:
        return "very likely" if 255 not in domain.source.void else "likely"
    return "possibly" if much and len(ids) == last - 1 else ""


def _ids(domain: Domain) -> list[int]:
    """Return the values that occur, but those that may stand for no category."""
    return [value for value in domain.values if value not in (0, 255)]


def turned(domains: Sequence[Domain], target: Taxonomy) -> Iterator[Finding]:
    """Find labels that lie on their photos only if they are turned as EXIF turns these."""
    for domain in domains:
        if not domain.edges:
            continue
        as_is, moved = np.mean(domain.edges, 0)
        if moved > CLEARER * as_is:
            yield Finding(
                "labels-turned", "warning", domain.name,
                f"EXIF turns {len(domain.edges)} photos, whose edges meet those of their labels {moved:.1f} times as "
                f"often as chance if labels are turned too, and {as_is:.1f} times if not",
                "if the samples show so, set data.labels_upright=false: labels were drawn on the pixels as stored",
            )  # fmt: skip


def outside_taxonomy(domains: Sequence[Domain], target: Taxonomy) -> Iterator[Finding]:
    """Find ids that are not in the labels' taxonomy."""
    for domain in domains:
        outside = _outside(domain)
        if not domain.has_ids or not outside or (outside == [255] and _is_zero_based(domain)):
            continue
        pixels = domain.total.sum(1)
        some = ", ".join(map(str, outside[:6])) + (" …" if len(outside) > 6 else "")
        share = pixels[outside].sum() / pixels.sum()
        yield Finding(
            "outside-taxonomy", "error", domain.name,
            f"{_percent(share)} % of the pixels have ids that {domain.source.taxonomy.name} does not know: {some}; the "
            f"first in {domain.first[outside[0]]}",
            "name the taxonomy that labels are in (data.labels_taxonomy), or declare the ids void (data.void)",
        )  # fmt: skip


def off_by_one(domains: Sequence[Domain], target: Taxonomy) -> Iterator[Finding]:
    """Find ids that are likely one too high or low: by themselves, else beside another domain."""
    suspected = set()
    for domain in domains:
        for finding in _off_alone(domain):
            suspected.add(domain.name)
            yield finding
    for one, other in itertools.combinations(domains, 2):
        if not {one.name, other.name} & suspected and all(d.has_ids and d.has_places for d in (one, other)):
            yield from _off_between(one, other)


def _off_alone(domain: Domain) -> Iterator[Finding]:
    """Find shifted ids by two signs.

    Values are outside the taxonomy, and none would be if all were shifted; or shifted ids are where rooms of NYU Depth
    V2 show their categories, at what height and how often, and unshifted ones are not.
    """
    if not domain.has_ids or _is_zero_based(domain):
        return
    outside, void = _outside(domain), domain.source.void
    expected = expected_places(domain.source) if domain.has_places else None
    for shift in (-1, 1):
        inside = {value if value in void else value + shift for value in domain.values}
        fits = bool(outside) and all(0 <= value < 65536 and domain.table[value] != OUTSIDE for value in inside)
        better = clearly = False
        places = ""
        if expected:
            table, where = expected
            as_is, moved = (agreement(found_places(domain.total, table, by), where) for by in (0, shift))
            better, clearly = moved > as_is, moved > max(AGREEING, as_is + MARGIN)
            places = f"categories are where rooms have them to {_percent(as_is)} %, if shifted to {_percent(moved)} %"
        if not (clearly or (fits and (better or not expected))):
            continue
        why = ["no id would be outside the taxonomy"] if fits else []
        sure = "very likely" if fits and clearly else "likely" if clearly else "possibly"
        yield Finding(
            "off-by-one", "error" if fits and clearly else "warning", domain.name,
            f"ids are {sure} one too {'high' if shift < 0 else 'low'}: " + "; ".join([*why, *filter(None, [places])]),
            "look at the samples: if names don't fit what they are on, write ids anew, "
            + ("set data.labels_from_zero=true, " if shift > 0 and 0 in domain.values else "")
            + "or name another taxonomy",
        )  # fmt: skip
        return


def _off_between(one: Domain, other: Domain) -> Iterator[Finding]:
    """Find two domains of no rooms that agree far better if the ids of one are shifted."""
    if expected_places(one.source) or expected_places(other.source):
        return
    fixed = found_places(other.total, other.table, 0)
    as_is, *moved = (agreement(found_places(one.total, one.table, shift), fixed) for shift in (0, -1, 1))
    if max(moved) > max(AGREEING, as_is + MARGIN):
        yield Finding(
            "off-by-one", "warning", f"{one.name}, {other.name}",
            f"one of them is possibly off by one: the places of their classes agree to {_percent(as_is)} %, with the "
            f"ids of {one.name} one {'lower' if moved[0] > moved[1] else 'higher'} to {_percent(max(moved))} %",
            "look at the samples of both",
        )  # fmt: skip


def void(domains: Sequence[Domain], target: Taxonomy) -> Iterator[Finding]:
    """Find labels of which all or most pixels are void."""
    for domain in domains:
        if not domain.has_ids:
            continue
        pixels = by_class(domain.total.sum(1), domain.table)
        share = pixels[IGNORE] / pixels.sum()
        blank = [
            group
            for part, group in domain.groups()
            if not by_class(domain.counts[part].sum(1), domain.table)[: len(target)].any()
        ]
        for group in blank:
            yield Finding(
                "all-void", "error", group, f"no pixel is of a category of {target.name}",
                "there is nothing to learn from, and nothing to score; see whether labels are what they should be",
            )  # fmt: skip
        if not blank and share > MOSTLY_VOID and not _is_zero_based(domain):
            yield Finding(
                "mostly-void", "warning", domain.name, f"{_percent(share)} % of the pixels are void, and teach nothing",
                "label more, or see which categories are void",
            )  # fmt: skip


def without_counterpart(domains: Sequence[Domain], target: Taxonomy) -> Iterator[Finding]:
    """Find categories that become void, as the taxonomy to train on has none for them."""
    for domain in domains:
        if not domain.has_ids:
            continue
        pixels, own = domain.total.sum(1), domain.source.taxonomy
        lost = {name: pixels[own.ids[name]] / pixels.sum() for name in unmapped(own, target)}
        share = float(sum(lost.values()))
        if share > 0:
            worst = sorted((name for name in lost if lost[name] > 0), key=lambda name: -lost[name])
            some = ", ".join(f"{name} ({_percent(lost[name])} %)" for name in worst[:5])
            yield Finding(
                "unmapped", "warning" if share > FEW else "note", domain.name,
                f"{len(worst)} categories, {_percent(share)} % of the pixels, have no counterpart in {target.name} and "
                f"are void: {some}{' …' if len(worst) > 5 else ''}",
                f"right if {target.name} is meant to leave them out; else add a map to the labels' taxonomy",
            )  # fmt: skip


def absent(domains: Sequence[Domain], target: Taxonomy) -> Iterator[Finding]:
    """Find classes that are in one group and not in another."""
    groups = {group: (domain, part) for domain in domains for part, group in domain.groups()}
    seen = {
        group: by_class(domain.counts[part].sum(1), domain.table)[: len(target)] > 0
        for group, (domain, part) in groups.items()
    }
    anywhere = np.any(list(seen.values()), 0)
    for group, (domain, part) in groups.items():
        missing = [c.name for c, here, there in zip(target, seen[group], anywhere, strict=True) if there and not here]
        if not missing or not seen[group].any():
            continue
        between = len(domain.parts) > 1
        if between and part == "train":
            severity, advice = "warning", "a model that learns from these images alone can't find them"
        elif between:
            severity, advice = "note", "scores on these images say nothing about finding them"
        else:
            severity, advice = "note", "nothing is learned about them here; other data must show them"
        yield Finding("absent", severity, group, f"no image shows {', '.join(missing)}, which others do", advice)


def near_duplicates(domains: Sequence[Domain], target: Taxonomy) -> Iterator[Finding]:
    """Find images of different groups that are nearly the same."""
    groups = [(domain, part, group) for domain in domains for part, group in domain.groups()]
    for one, other in itertools.combinations(groups, 2):
        (here, a), (there, b) = (
            ([name for name in domain.parts[part] if name in domain.thumbnails], domain)
            for domain, part, _ in (one, other)
        )
        if not here or not there:
            continue
        columns = np.stack([b.thumbnails[name] for name in there]).T
        pairs = []
        for start in range(0, len(here), 512):
            block = here[start : start + 512]
            close = np.stack([a.thumbnails[name] for name in block]) @ columns
            pairs += [(float(close[i, j]), block[i], there[j]) for i, j in np.argwhere(close >= ALIKE)]
        if pairs:
            count = len({name for _, _, name in pairs})
            score, first, second = max(pairs)
            yield Finding(
                "near-duplicates", "warning", f"{one[2]}, {other[2]}",
                f"{count} images of {other[2]} are nearly the same as some of {one[2]}, such as {second} as {first} "
                f"(thumbnails correlate to {score:.3f}, reported from {ALIKE})",
                "keep such images in one part; otherwise the test has images that were trained on",
            )  # fmt: skip


def stretched(domains: Sequence[Domain], target: Taxonomy) -> Iterator[Finding]:
    """Find images whose aspect ratios differ, so that resizing stretches them differently."""
    sizes = sorted({size for domain in domains for size in domain.sizes}, key=lambda size: size[0] / size[1])
    if sizes and sizes[-1][0] / sizes[-1][1] > STRETCHED * sizes[0][0] / sizes[0][1]:
        (a, b), (c, d) = sizes[0], sizes[-1]
        yield Finding(
            "stretched", "warning", ", ".join(domain.name for domain in domains),
            f"images are from {a}x{b} to {c}x{d}: resized to one size, they are stretched differently",
            "crop or render them to one ratio of width to height",
        )  # fmt: skip


def _outside(domain: Domain) -> list[int]:
    """Return the ids that the labels' taxonomy does not know."""
    return [value for value in domain.values if domain.table[value] == OUTSIDE]


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


CHECKS: tuple[Check, ...] = (
    broken,
    noted,
    black_and_white,
    masks,
    zero_based,
    turned,
    outside_taxonomy,
    off_by_one,
    void,
    without_counterpart,
    absent,
    near_duplicates,
    stretched,
)
