"""Measure quality presets: their cost, and their difference from an image of many samples."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from sweepset import files, outputs, png, protocol
from sweepset.job import Job
from sweepset.protocol import Event, TrialsReady
from sweepset.quality import PRESETS, Quality

from .. import storage
from ..blender import process, tasks
from ..blender.installations import Blender
from ..datasets.dataset import decode

PLAIN = "plain"
"""The name of Blender with BlenderProc's default settings, with which presets are compared."""
REFERENCE, REFERENCE_SAMPLES, REFERENCE_SEED = "reference", 3000, 1000
"""The reference of all comparisons: not denoised, with random numbers of its own."""
COMPARED = {
    **{name: look for name, look in PRESETS.items() if not look.eevee},
    PLAIN: Quality(samples=1024, threshold=0.01, least_samples=0, prefilter="ACCURATE"),
}
SSIM_WINDOW, SSIM_SIGMA, SSIM_STEADY = 11, 1.5, ((0.01 * 255) ** 2, (0.03 * 255) ** 2)
"""The window, in pixels, and the constants of Wang et al., Image Quality Assessment (2004)."""


@dataclass(frozen=True)
class Shot(protocol.Shot):
    """An image's cost, and its difference from the reference."""

    psnr: float
    ssim: float


@dataclass(frozen=True)
class Row:
    """A preset over all frames; `speed` is relative to plain Blender's, by the time of all cores."""

    name: str
    frames_an_hour: float
    processor: float
    speed: float
    psnr_least: float
    psnr_mean: float
    ssim: float


def psnr(image: np.ndarray, reference: np.ndarray) -> float:
    """Return the peak signal-to-noise ratio of two 8-bit images in dB, infinite if they are equal."""
    error = float(np.mean((image.astype(float) - reference.astype(float)) ** 2))
    return 10 * math.log10(255**2 / error) if error else math.inf


def ssim(image: np.ndarray, reference: np.ndarray) -> float:
    """Return the structural similarity of two 8-bit images, the mean over channels and whole windows."""

    def mean(array: np.ndarray) -> np.ndarray:
        edge = SSIM_WINDOW // 2
        return cv2.GaussianBlur(array, (SSIM_WINDOW, SSIM_WINDOW), SSIM_SIGMA)[edge:-edge, edge:-edge]

    x, y = image.astype(float), reference.astype(float)
    mx, my = mean(x), mean(y)
    vx, vy, vxy = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
    a, b = SSIM_STEADY
    return float(np.mean((2 * mx * my + a) * (2 * vxy + b) / ((mx**2 + my**2 + a) * (vx + vy + b))))


def compare(job: Job, blender: Blender, folder: Path, samples: int, say: Callable[[str], None]) -> list[Row]:
    """Render a job's frames at each preset and by plain Blender, in turns, and compare them with a reference.

    The images, presets.json and, if matplotlib is installed, presets.png stay in `folder`; an existing reference of
    `samples` is not rendered again.
    """
    outputs.demand(folder, "a comparison of presets")
    files.make_folder(folder)
    frames = range(job.frames or 1)
    shots = [(name, frame) for frame in frames for name in (REFERENCE, *COMPARED)]
    measured: list[Shot] = []
    ready: dict[str, Any] = {}
    for event in render(job, blender, folder, shots, samples):
        if isinstance(event, TrialsReady):
            ready = {"light_added": event.light_added, "exposure": event.exposure}
        elif isinstance(event, protocol.Shot) and event.name == REFERENCE:
            say(f"frame {event.frame}, reference: {event.processor:.0f} s of CPU time")
        elif isinstance(event, protocol.Shot):
            image, reference = (
                decode((folder / picture(name, event.frame)).read_bytes(), ".png") for name in (event.name, REFERENCE)
            )
            shot = Shot(**vars(event), psnr=psnr(image, reference), ssim=ssim(image, reference))
            measured.append(shot)
            say(
                f"frame {shot.frame}, {shot.name}: {shot.psnr:.2f} dB, SSIM {shot.ssim:.4f}, "
                f"{shot.processor:.2f} s of CPU time"
            )
    rows = summarize(measured)
    about = {"scene": job.scene, "size": list(job.size), "samples": samples, "blender": str(blender), **ready}
    told = {**about, "rows": list(map(vars, rows)), "shots": list(map(vars, measured))}
    files.write_json(folder / "presets.json", told)
    for line in table(rows):
        say(line)
    if not draw(rows, folder / "presets.png"):
        say("no plot: matplotlib is not installed")
    return rows


def picture(name: str, frame: int) -> str:
    """Return the file name of an image, as Blender's side writes it."""
    return f"{name}-{frame:06d}.png"


def render(job: Job, blender: Blender, folder: Path, shots: list[tuple[str, int]], samples: int) -> Iterator[Event]:
    """Render images into `folder` by one Blender and yield its events."""
    reference = Quality(samples=samples, threshold=1.0, least_samples=samples)
    looks = {
        name: {"quality": dataclasses.asdict(look), "denoised": name != REFERENCE, "seed": seed}
        for name, look, seed in [
            (REFERENCE, reference, REFERENCE_SEED),
            *((name, look, 0) for name, look in COMPARED.items()),
        ]
    }
    task = tasks.PresetTrials(job, str(folder.resolve()), looks, shots)
    with storage.scratch() as scratch:
        yield from process.follow(blender, task, scratch)


def summarize(shots: list[Shot]) -> list[Row]:
    """Return a row for each preset, plain Blender's last."""
    of = {name: [shot for shot in shots if shot.name == name] for name in COMPARED}
    cost = {name: statistics.mean(shot.processor for shot in some) for name, some in of.items()}
    return [
        Row(
            name,
            3600 / statistics.mean(shot.clock for shot in some),
            cost[name],
            cost[PLAIN] / cost[name],
            min(shot.psnr for shot in some),
            statistics.mean(shot.psnr for shot in some),
            statistics.mean(shot.ssim for shot in some),
        )
        for name, some in of.items()
    ]


def table(rows: list[Row]) -> list[str]:
    """Return rows as lines for people."""
    lines = [f"{'':10}{'frames/h':>10}{'CPU s':>8}{'speed':>7}{'PSNR least':>12}{'mean':>7}{'SSIM':>8}"]
    for row in rows:
        lines.append(
            f"{row.name:10}{row.frames_an_hour:10.0f}{row.processor:8.2f}{row.speed:7.2f}"
            f"{row.psnr_least:12.2f}{row.psnr_mean:7.2f}{row.ssim:8.4f}"
        )
    return lines


def draw(rows: list[Row], path: Path) -> bool:
    """Plot PSNR over CPU time, bars from the least to the mean; return False if matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return False
    figure = Figure(figsize=(5.5, 3.3), layout="constrained")
    axes = figure.add_subplot(xscale="log", xlabel="CPU time a frame (s)", ylabel="PSNR, least and mean (dB)")
    for row in rows:
        color = "#888888" if row.name == PLAIN else "#2b6cb0"
        axes.plot([row.processor] * 2, [row.psnr_least, row.psnr_mean], color=color, marker="o", markersize=5)
        offset, side = ((6, -11), "left") if row.name == PLAIN else ((-6, 3), "right")
        axes.annotate(
            row.name, (row.processor, row.psnr_mean), xytext=offset, textcoords="offset points", ha=side, fontsize=9
        )
    axes.margins(x=0.25, y=0.15)
    axes.grid(alpha=0.3)
    with files.replacing(path, png.check) as temporary:
        figure.savefig(temporary, dpi=100)
    return True
