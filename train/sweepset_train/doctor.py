"""What is wrong with labelled images, found before hours are spent on training on them."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sweepset import taxonomy
from sweepset.errors import SweepsetError
from sweepset.findings import SEVERITIES, Finding
from sweepset.host import page
from sweepset.taxonomy import UNLABELLED_COLOR, Taxonomy

from .data import nyu
from .data.cache import BATCH, resize_image, resize_label
from .data.sources import IGNORE, OUTSIDE, Source, train_ids, unmapped
from .data.splits import choose_taxonomy, divide, open_source
from .experiment import Data
from .models.build import ModelSpec, build_model
from .segmentation import augmentation
from .segmentation import pictures as panels
from .segmentation.losses import cross_entropy

BANDS = 4
"""Parts of an image's height, from the top, in which values are counted."""
FEW = 0.1
"""The share of pixels up to which categories may become void without a warning."""
MOSTLY_VOID = 0.5
"""The share of void pixels from which there is a warning."""
STRETCHED = 1.1
"""From what factor between their sides' ratios images are stretched too differently."""
MARGIN = 0.08
"""How much better ids must agree with what rooms show when they are shifted. Of rightly labelled photos of rooms, four
at a time, and of renders none came above -0.02; most that were shifted come above 0.1."""
AGREEING = 0.5
"""The agreement from which there is anything to conclude."""
THUMBNAIL, ALIKE = (32, 24), 0.95
"""Width and height of what images are compared by; the correlation from which two are alike. Between train381 and
val414 it is 0.82 at most; the same photo, compressed or brightened, has 0.98 and more."""
TRIED, TRIED_SIZE, STEPS, LEARNED = 4, (64, 64), 120, 0.9
"""The one batch that a small network must learn: images, their size, steps, and the share of pixels to get right."""
SHOWN, WIDTH = 3, 240
"""Samples of each domain on the page, and the width of their pictures."""

Tell = Callable[[int], None]


@dataclass(frozen=True)
class Domain:
    """The labelled images of one place, looked through."""

    name: str
    source: Source
    table: np.ndarray
    """The train id of each label id, as `train_ids` has it."""
    parts: dict[str, tuple[str, ...]]
    """Names of images by part; one part where no splits were asked for."""
    counts: dict[str, np.ndarray]
    """By part, (65536, BANDS) int64: pixels of each value."""
    first: dict[int, str]
    """Where a value was met first."""
    thumbnails: dict[str, np.ndarray]
    """(H * W * 3,) float32 by image, of mean 0 and length 1, or all 0 where it has one colour."""
    sizes: Counter[tuple[int, int]]
    broken: dict[str, list[str]]
    """What is wrong with single images, by code."""

    @property
    def total(self) -> np.ndarray:
        """Pixels of each value in all parts, (65536, BANDS) int64."""
        summed: np.ndarray = np.sum(list(self.counts.values()), 0)
        return summed

    def groups(self) -> Iterator[tuple[str, str]]:
        """Go over the parts, each with the name that it has beside other domains."""
        for part in self.parts:
            yield part, self.name if len(self.parts) == 1 else f"{self.name} {part}"


@dataclass(frozen=True)
class Trial:
    """What a small network made of one batch."""

    images: int
    steps: int
    accuracy: float
    commonest: float
    """The share of the commonest class, which is had for nothing."""


@dataclass(frozen=True)
class Diagnosis:
    """All that was found."""

    taxonomy: Taxonomy
    domains: tuple[Domain, ...]
    findings: tuple[Finding, ...]
    trial: Trial | None

    def shares(self) -> dict[str, dict[str, float]]:
        """Return each group's share of every class among its labelled pixels, and of void among all."""
        found: dict[str, dict[str, float]] = {}
        for domain in self.domains:
            for part, group in domain.groups():
                pixels = _by_class(domain.counts[part].sum(1), domain.table)
                labelled = max(1, pixels[: len(self.taxonomy)].sum())
                found[group] = {c.name: float(pixels[k] / labelled) for k, c in enumerate(self.taxonomy)}
                found[group]["void"] = float(pixels[IGNORE] / max(1, pixels.sum()))
        return found


def examine(paths: Sequence[Path], settings: Data, tell: Tell | None = None) -> Diagnosis:
    """Look through data as an experiment with these settings would read it; `tell` hears how many images are done.

    Renders have no splits. NYU's own file has its official one where none is asked for. Raise SweepsetError where data
    cannot be opened at all, or a taxonomy has nothing to do with that to train on.
    """
    opened = [(path, open_source(path, settings)) for path in paths]
    names = [path.resolve().stem for path in paths]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise SweepsetError(f"two places are named {twice!r}: give each a name of its own")
    target = None
    domains = []
    for name, (path, source) in zip(names, opened, strict=True):
        own = settings
        if (path / "dataset.json").is_file():
            own = settings.model_copy(update={"train": "all", "test": None, "validate_on": None})
        elif len(source) == nyu.FRAMES and settings.train == "all" and settings.test is None:
            own = settings.model_copy(update={"train": "train795", "test": "test654"})
        split = divide(source, own)
        target = target or choose_taxonomy(settings, source, split["train"])
        domains.append(_look(name, source, train_ids(source, target), split, tell or (lambda _: None)))
    assert target is not None
    findings = [finding for domain in domains for finding in _of_domain(domain, target)]
    findings += [*_off_between(domains, findings), *_absent(domains, target), *_alike(domains), *_stretched(domains)]
    trial, remarks = _try_batch(domains, target)
    findings = sorted([*findings, *remarks], key=lambda finding: SEVERITIES.index(finding.severity))
    return Diagnosis(target, tuple(domains), tuple(findings), trial)


def write(path: Path, found: Diagnosis) -> None:
    """Write a page with the findings, the shares of classes, and samples with their labels over them."""
    head, rows = tabulate(found)
    samples = [page.Section("Classes", f"Share of the labelled pixels, %; categories of {found.taxonomy.name}.",
                            table=page.Table(head, rows), legend=found.taxonomy)]  # fmt: skip
    for domain in found.domains:
        places = np.unique(np.linspace(0, len(domain.source) - 1, min(SHOWN, len(domain.source))).astype(int))
        pictures = [picture for place in places for picture in _sample(domain, int(place), found.taxonomy)]
        text = "Image, label, and one over the other. Magenta is outside the taxonomy."
        samples.append(page.Section(f"Samples of {domain.name}", text, pictures=pictures))
    nothing = "" if found.findings else "No problems found."
    lead = ", ".join(f"{len(domain.source)} images of {domain.source.name}" for domain in found.domains)
    page.write(path, "Before training", lead, [page.Section("Findings", nothing, found.findings), *samples])


def tabulate(found: Diagnosis) -> tuple[list[str], list[list[str]]]:
    """Return the head and rows of a table of classes: their shares in % side by side, void last."""
    shares = found.shares()
    names = [*(category.name for category in found.taxonomy), "void"]
    rows = [[name, *(_percent(group[name]) for group in shares.values())] for name in names]
    return ["class", *shares], rows


def _look(name: str, source: Source, table: np.ndarray, split: dict[str, tuple[str, ...]], tell: Tell) -> Domain:
    """Read all images once."""
    part_of = {item: part for part, items in split.items() for item in items}
    counts = {part: np.zeros((65536, BANDS), np.int64) for part in split}
    first: dict[int, str] = {}
    thumbnails: dict[str, np.ndarray] = {}
    sizes: Counter[tuple[int, int]] = Counter()
    broken: dict[str, list[str]] = {}

    def read(index: int) -> tuple[str, Any]:
        """Return what is wrong, as code and message, or no code and what was read."""
        try:
            image, label = source.read_item(index)
        except SweepsetError as error:
            return "unreadable", str(error)
        if image.shape[:2] != label.shape:
            return "sizes-differ", f"{source.items[index].where} is {_size(label)} and its image {_size(image)}"
        values = [np.bincount(band.ravel()) for band in np.array_split(label, BANDS)]
        return "", (values, _thumbnail(image), (image.shape[1], image.shape[0]))

    chosen = [index for index, item in enumerate(source.items) if item.name in part_of]
    with ThreadPoolExecutor() as pool:
        order = iter(chosen)
        while batch := list(itertools.islice(order, BATCH)):
            for index, (code, answer) in zip(batch, pool.map(read, batch), strict=True):
                tell(1)
                item = source.items[index]
                if code:
                    broken.setdefault(code, []).append(answer)
                    continue
                values, thumbnails[item.name], size = answer
                sizes[size] += 1
                for band, pixels in enumerate(values):
                    counts[part_of[item.name]][: len(pixels), band] += pixels
                    for value in np.flatnonzero(pixels):
                        first.setdefault(int(value), item.where)
    return Domain(name, source, table, split, counts, first, thumbnails, sizes, broken)


def _of_domain(domain: Domain, target: Taxonomy) -> Iterator[Finding]:
    """Go over what is wrong with a domain by itself."""
    texts = {
        "sizes-differ": "labels are not of their images' size",
        "unreadable": "images or labels can't be read",
    }
    for code, messages in domain.broken.items():
        yield Finding(
            code, "error", domain.name, f"{len(messages)} {texts[code]}: {messages[0]}",
            "put right files there, or leave them out of the split",
        )  # fmt: skip
    pixels = domain.total.sum(1)
    values = np.flatnonzero(pixels).tolist()
    if not values:
        return
    if values in ([255], [0, 255]):
        yield Finding(
            "mask-0-255", "error", domain.name, "labels hold nothing but 0 and 255: black-and-white masks, no ids",
            f"write the category's id for 255, such as {domain.source.taxonomy.categories[0].id} for "
            f"{domain.source.taxonomy.categories[0].name}",
        )  # fmt: skip
        return
    outside = [value for value in values if domain.table[value] == OUTSIDE]
    if outside:
        some = ", ".join(map(str, outside[:6])) + (" …" if len(outside) > 6 else "")
        share = pixels[outside].sum() / pixels.sum()
        yield Finding(
            "outside-taxonomy", "error", domain.name,
            f"{_percent(share)} % of the pixels have ids that {domain.source.taxonomy.name} does not know: {some}; the "
            f"first in {domain.first[outside[0]]}",
            "name the taxonomy that labels are in (data.labels_taxonomy), or declare the ids void (data.void)",
        )  # fmt: skip
    yield from _off_by_one(domain, values, outside)
    by_class = _by_class(pixels, domain.table)
    void = by_class[IGNORE] / by_class.sum()
    if not by_class[: len(target)].any():
        yield Finding(
            "all-void", "error", domain.name, f"no pixel is of a category of {target.name}",
            "there is nothing to learn from; see whether labels are what they should be",
        )  # fmt: skip
    elif void > MOSTLY_VOID:
        yield Finding(
            "mostly-void", "warning", domain.name, f"{_percent(void)} % of the pixels are void, and teach nothing",
            "label more, or see which categories are void",
        )  # fmt: skip
    ids = domain.source.taxonomy.ids
    lost = {name: pixels[ids[name]] / pixels.sum() for name in unmapped(domain.source.taxonomy, target)}
    share = float(sum(lost.values()))
    if share > 0:
        worst = sorted((name for name in lost if lost[name] > 0), key=lambda name: -lost[name])
        some = ", ".join(f"{name} ({_percent(lost[name])} %)" for name in worst[:5]) + (" …" if len(worst) > 5 else "")
        yield Finding(
            "unmapped", "warning" if share > FEW else "note", domain.name,
            f"{len(worst)} categories, {_percent(share)} % of the pixels, have no counterpart in {target.name} and are "
            f"void: {some}",
            f"right where {target.name} is meant to leave them out; else add a map to the labels' taxonomy",
        )  # fmt: skip


def _off_by_one(domain: Domain, values: Sequence[int], outside: Sequence[int]) -> Iterator[Finding]:
    """Say where ids are likely one too high or low.

    Two things tell: that values lie outside the taxonomy, and none would if they were shifted; and that shifted ids lie
    where rooms of NYU Depth V2 show their categories, at what height and how often, and unshifted ones don't.
    """
    void = domain.source.void
    judge = _judge(domain.source)
    for shift in (-1, 1):
        inside = {value if value in void else value + shift for value in values}
        fits = bool(outside) and all(0 <= value < 65536 and domain.table[value] != OUTSIDE for value in inside)
        better = clearly = False
        told = ""
        if judge:
            table, expected = judge
            as_is, moved = (_agreement(_places(domain.total, table, by), expected) for by in (0, shift))
            better, clearly = moved > as_is, moved > max(AGREEING, as_is + MARGIN)
            told = f"categories lie where they do in rooms to {_percent(as_is)} %, so shifted to {_percent(moved)} %"
        if not (clearly or (fits and (better or not judge))):
            continue
        why = ["no id would be outside the taxonomy"] if fits else []
        sure = "very likely" if fits and clearly else "likely" if clearly else "possibly"
        yield Finding(
            "off-by-one", "error" if fits and clearly else "warning", domain.name,
            f"ids are {sure} one too {'high' if shift < 0 else 'low'}: " + "; ".join([*why, *([told] if told else [])]),
            "look at the samples: if names don't fit what they are on, write ids anew or name another taxonomy",
        )  # fmt: skip
        return


def _off_between(domains: Sequence[Domain], found: Sequence[Finding]) -> Iterator[Finding]:
    """Say where two domains agree far better with the ids of one shifted, of those that nothing else can judge."""
    known = {finding.subject for finding in found if finding.code in ("off-by-one", "mask-0-255")}
    for one, other in itertools.combinations(domains, 2):
        if known & {one.name, other.name} or _judge(one.source) or _judge(other.source):
            continue
        fixed = _places(other.total, other.table, 0)
        as_is, *moved = (_agreement(_places(one.total, one.table, shift), fixed) for shift in (0, -1, 1))
        if max(moved) > max(AGREEING, as_is + MARGIN):
            yield Finding(
                "off-by-one", "warning", f"{one.name}, {other.name}",
                f"one of them is possibly off by one: their classes lie alike to {_percent(as_is)} %, with the ids of "
                f"{one.name} one {'lower' if moved[0] > moved[1] else 'higher'} to {_percent(max(moved))} %",
                "look at the samples of both",
            )  # fmt: skip


def _absent(domains: Sequence[Domain], target: Taxonomy) -> Iterator[Finding]:
    """Say which classes are in one group and not in another."""
    groups = {group: (domain, part) for domain in domains for part, group in domain.groups()}
    seen = {
        group: _by_class(domain.counts[part].sum(1), domain.table)[: len(target)] > 0
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


def _alike(domains: Sequence[Domain]) -> Iterator[Finding]:
    """Say which images of different groups are nearly the same."""
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
                f"(thumbnails correlate to {score:.3f}, from {ALIKE} they count)",
                "keep such images in one part, or scores are of what was learned by heart",
            )  # fmt: skip


def _stretched(domains: Sequence[Domain]) -> Iterator[Finding]:
    sizes = sorted({size for domain in domains for size in domain.sizes}, key=lambda size: size[0] / size[1])
    if sizes and sizes[-1][0] / sizes[-1][1] > STRETCHED * sizes[0][0] / sizes[0][1]:
        (a, b), (c, d) = sizes[0], sizes[-1]
        yield Finding(
            "stretched", "warning", ", ".join(domain.name for domain in domains),
            f"images are from {a}x{b} to {c}x{d}: resized to one size, they are stretched differently",
            "crop or render them to one ratio of width to height",
        )  # fmt: skip


def _try_batch(domains: Sequence[Domain], target: Taxonomy) -> tuple[Trial | None, list[Finding]]:
    """Let a small network learn one batch by heart, which it can unless something is wrong."""
    images, labels = [], []
    per_domain = max(1, TRIED // len(domains))
    for domain in domains:
        names = sorted(domain.thumbnails)
        index = {item.name: place for place, item in enumerate(domain.source.items)}
        for place in np.unique(np.linspace(0, len(names) - 1, min(per_domain, len(names))).astype(int)):
            image, label = domain.source.read(index[names[place]])
            ids = domain.table[label]
            images.append(resize_image(image, TRIED_SIZE))
            labels.append(resize_label(np.where(ids == OUTSIDE, IGNORE, ids).astype(np.uint8), TRIED_SIZE))
    if not images:
        return None, []
    truth = torch.from_numpy(np.stack(labels))
    seen = truth != IGNORE
    shares = np.bincount(truth[seen].numpy(), minlength=len(target)) / max(1, int(seen.sum()))
    if shares.max() in (0, 1):
        if not shares.max():
            return None, []  # told as all-void
        name = target.categories[int(shares.argmax())].name
        message, advice = f"all labelled pixels are {name}: anything that answers it is right", "see the samples"
        return None, [Finding("one-class", "warning", "one batch", message, advice)]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # for a network as small as this, more only wait for each other
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = build_model(ModelSpec("unet", "resnet18", "none"), len(target)).train()
        inputs = augmentation.prepare(torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2))
        optimizer = torch.optim.AdamW(model.parameters(), 2e-3)
        accuracy, steps = 0.0, 0
        while steps < STEPS and accuracy < LEARNED:
            logits = model(inputs)
            optimizer.zero_grad()
            cross_entropy(logits, truth).backward()
            optimizer.step()
            accuracy = float((logits.argmax(1) == truth)[seen].float().mean())
            steps += 1
    torch.set_num_threads(threads)
    trial = Trial(len(images), steps, accuracy, float(shares.max()))
    if accuracy >= LEARNED:
        return trial, []
    return trial, [
        Finding(
            "one-batch", "warning", "one batch",
            f"a small network gets {_percent(accuracy)} % of the pixels of {len(images)} images right after {steps} "
            f"steps, and {_percent(LEARNED)} % is easy where labels follow from images (their commonest class alone: "
            f"{_percent(trial.commonest)} %)",
            "see whether images are blank and labels noise, or far finer than the images",
        )
    ]  # fmt: skip


def _judge(source: Source) -> tuple[np.ndarray, np.ndarray] | None:
    """Return a table of ids and where rooms show each class, (C, BANDS); None where categories are of no room."""
    nyu40, own = taxonomy.load("nyu40"), source.taxonomy
    judge = nyu40 if own.ids == nyu40.ids or own.maps.get("nyu40") else own
    known = judge.ids_from(nyu40)
    positions = {category.id: place for place, category in enumerate(judge)}
    data: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "nyu_places.json").read_text(encoding="utf-8"))
    expected = np.zeros((len(judge), BANDS))
    for category, shares in zip(nyu40, data["shares"], strict=True):
        if category.name in known:
            expected[positions[known[category.name]]] += shares
    if expected.sum() < AGREEING:
        return None
    return train_ids(source, judge), expected / expected.sum()


def _places(pixels: np.ndarray, table: np.ndarray, shift: int) -> np.ndarray:
    """Return the share of each train id and of OUTSIDE in each band, (256, BANDS), with ids shifted first."""
    found = np.zeros((256, BANDS))
    for value in np.flatnonzero(pixels.sum(1)):
        moved = value + shift
        number = table[moved] if 0 <= moved < len(table) else OUTSIDE
        if number != IGNORE:
            found[number] += pixels[value]
    return found / max(1, found.sum())


def _agreement(one: np.ndarray, other: np.ndarray) -> float:
    """Return how alike two distributions are, 0 to 1: Bhattacharyya's coefficient."""
    count = min(len(one), len(other))
    return float(np.sqrt(one[:count] * other[:count]).sum())


def _by_class(pixels: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Return pixels of each train id, of OUTSIDE and IGNORE, (256,), from those of each value."""
    return np.bincount(table, pixels, minlength=256)


def _thumbnail(image: np.ndarray) -> np.ndarray:
    small = resize_image(image, THUMBNAIL).astype(np.float32).ravel()
    small -= small.mean()
    length = float(np.linalg.norm(small))
    return small / length if length > len(small) ** 0.5 else np.zeros_like(small)


def _sample(domain: Domain, index: int, target: Taxonomy) -> list[page.Picture]:
    """Return an item's image, label and overlay in one picture, or nothing where it can't be read."""
    try:
        image, label = domain.source.read(index)
    except SweepsetError:
        return []  # told as a finding
    size = (WIDTH, max(1, round(WIDTH * image.shape[0] / image.shape[1])))
    image, ids = resize_image(image, size), resize_label(domain.table[label], size)
    colored = panels.colorize(ids, target)
    colored[ids == OUTSIDE] = UNLABELLED_COLOR
    mixed = image // 2 + colored // 2
    return [page.embed(np.concatenate([image, colored, mixed], 1), domain.source.items[index].name)]


def _size(array: np.ndarray) -> str:
    return f"{array.shape[1]}x{array.shape[0]}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
