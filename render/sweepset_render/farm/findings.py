"""Findings about a whole dataset, from its frames' records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sweepset.findings import Finding, name_frames
from sweepset.job import Job

from ..datasets.limits import BLACK, BLOCKED, BLOWN_SHARE, DIM, UNLABELLED_SHARE
from .plan import Plan


def of_unit(plan: Plan, unit: int, found: Iterable[Finding], known: Iterable[Finding]) -> Iterator[Finding]:
    """Go over the findings about a unit that are to be kept; of several units, the first of each kind."""
    if not plan.several:
        yield from found
        return
    codes = {finding.code for finding in known}
    name, variation = plan.name_of(unit)
    for finding in found:
        if finding.code not in codes:
            codes.add(finding.code)
            yield replace(finding, subject=f"{name} {variation}, maybe others: {finding.subject}")


def missing(failed: Mapping[int, str], total: int | None) -> Finding:
    """Return the finding that frames failed; `failed` has the reasons, by frame."""
    numbers = sorted(failed)
    return Finding(
        "frames-missing", "error", name_frames(numbers), f"{len(numbers)} of {total} frames failed and are missing",
        "see dataset.json for why, and run the same command again to try them again", numbers,
    )  # fmt: skip


def finished_early(there: int, total: int) -> Finding:
    """Return the finding that a dataset has fewer frames than its job."""
    return Finding(
        "finished-early", "note", "dataset", f"{there} of {total} frames are rendered",
        "run its render command again to render the others",
    )  # fmt: skip


def of_frames(records: Sequence[Mapping[str, Any]], job: Job) -> Iterator[Finding]:
    """Go over the findings about all frames: blocked, black or blown-out images, undefined flow, missing labels."""
    near = [r["frame"] for r in records if r["median_depth"] is not None and 0 < r["median_depth"] < BLOCKED]
    if near:
        yield Finding(
            "blocked", "warning", name_frames(near),
            f"{len(near)} of {len(records)} views are blocked from less than 0.5 m",
            "try other parameters of the sweep, or --sweep viewpoints", near,
        )  # fmt: skip
    black = [r["frame"] for r in records if r["mean"] < BLACK and r.get("brightest", 0) < DIM]
    dark = [frame for frame in black if frame not in near]
    if dark:
        what = f"{len(dark)} of {len(records)} images are black"
        yield Finding("black", "error", name_frames(dark), what, "add light", dark)
    blown = [record["frame"] for record in records if record["blown"] > BLOWN_SHARE]
    if blown:
        yield Finding(
            "blown-out", "warning", name_frames(blown), f"{len(blown)} of {len(records)} images are blown out",
            "pass --exposure with fewer stops, such as -1", blown,
        )  # fmt: skip
    without = [record["frame"] for record in records if record.get("no_flow")]
    if without:
        names = sorted({name for record in records for name in record.get("no_flow", ())})
        yield Finding(
            "flow-undefined", "note", name_frames(without),
            f"flow is undefined on what changes shape or goes: {', '.join(names[:8])}{' …' if len(names) > 8 else ''}",
            "leave these pixels out of what is trained", without,
        )  # fmt: skip
    pixels = len(records) * job.size[0] * job.size[1]
    share = sum(record["pixels"].get("0", 0) for record in records) / max(pixels, 1)
    if share > UNLABELLED_SHARE:
        yield Finding(
            "pixels-unlabelled", "warning", "all frames", f"{share:.1%} of pixels are unlabelled",
            "label what they show; sky and openings stay unlabelled",
        )  # fmt: skip
