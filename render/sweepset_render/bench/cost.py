"""Measure the cost of ground truth, against Blender alone on the same frames, and the growth of memory."""

from __future__ import annotations

import math
import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sweepset import dataset
from sweepset.ground_truth import ALWAYS, KINDS, ON_REQUEST
from sweepset.job import Job
from sweepset.protocol import PlainFrame, PlainReady

from .. import storage
from ..blender import process, tasks
from ..blender.installations import Blender
from ..farm import plan, shard
from ..farm import workers as crew
from ..farm.dataset_builder import DatasetBuilder
from ..farm.events import Began, Written

STEADY_FRAME = 20
"""The frame after which resident memory should no longer grow."""
TOLD = 50
"""Number of frames after which resident memory is printed again."""
LONG_SIZE, LONG_SAMPLES = (64, 48), 1


@dataclass(frozen=True)
class Round:
    """Seconds a frame, from the first frame's start to the last one's end; `processor` counts all of the run.

    That is CPU time, of all cores and processes, the scene's start included: it hardly depends on what else runs.
    """

    seconds: float
    processor: float
    memory: tuple[int, ...] = ()


def compare(job: Job, blender: Blender, rounds: int, say: Callable[[str], None]) -> dict[str, float]:
    """Render the same frames with Blender alone and with Sweepset, in turns; say and return ratios of their times.

    The ratios are those of the default ground truth, of all ground truth but stereo, and of each kind on request.
    Stereo is compared with twice the time, since it is two images.
    """
    everything = tuple(name for name in ON_REQUEST if not KINDS[name].is_image)
    jobs = {"default": job, "everything": replace(job, outputs=(*job.outputs, *everything))}
    each = {name: replace(job, outputs=(*job.outputs, name)) for name in ON_REQUEST}
    times: dict[str, list[float]] = {name: [] for name in ("alone", *jobs, *each)}
    processor: dict[str, list[float]] = {name: [] for name in times}
    with storage.scratch() as folder:
        # The first run, not counted, finds the cameras and warms the disk's cache.
        cameras = folder / "cameras"
        _sweepset(cameras, replace(job, samples=1), blender)
        for number in range(rounds):
            rendered = {"alone": _plain(cameras, job, blender, folder / f"alone{number}")}
            for name, one in {**jobs, **(each if number == 0 else {})}.items():
                rendered[name] = _sweepset(folder / f"{name}{number}", one, blender)
            for name, took in rendered.items():
                times[name].append(took.seconds)
                processor[name].append(took.processor)
            told = ", ".join(f"{name} {times[name][-1]:.3f}" for name in ("alone", *jobs))
            say(f"round {number + 1}, seconds a frame: {told}")
            told = ", ".join(f"{name} {processor[name][-1]:.2f}" for name in ("alone", *jobs))
            say(f"round {number + 1}, CPU seconds a frame, of all cores, start included: {told}")
    images = {name: 2 for name in ON_REQUEST if KINDS[name].is_image}
    ratios = {
        name: statistics.median(
            [ours / images.get(name, 1) / alone for ours, alone in zip(times[name], times["alone"], strict=False)]
        )
        for name in (*jobs, *each)
    }
    say(f"cost against Blender alone, {job.frames} frames of {job.size[0]}x{job.size[1]}, {job.samples} samples:")
    by_default = ", ".join([*ALWAYS, *job.outputs])
    of_processor = statistics.median(a / b for a, b in zip(processor["default"], processor["alone"], strict=True))
    say(f"  {by_default}: median ratio {ratios['default']:.3f}, of CPU time {of_processor:.3f}")
    say(f"  these and {', '.join(everything)}: median ratio {ratios['everything']:.3f}")
    for name in each:
        say(f"  these and {name} (one round): ratio {ratios[name]:.3f}{' a picture' if name in images else ''}")
    return ratios


def watch_memory(job: Job, blender: Blender, frames: int, say: Callable[[str], None]) -> float:
    """Render a long sweep of small frames; say and return resident memory at its end over that at frame 20."""
    job = replace(job, frames=frames, size=LONG_SIZE, samples=LONG_SAMPLES)
    kept = crew.Crew(limits=shard.Limits(frames=frames))  # one Blender for all
    with storage.scratch() as folder:
        memory = _sweepset(folder / "long", job, blender, kept).memory
    if not all(memory):
        say("resident memory: not known on this system")
        return math.nan
    for frame in range(TOLD, frames + 1, TOLD):
        say(f"resident memory at frame {frame}: {memory[frame - 1] / 2**20:.1f} MiB")
    early, late = memory[min(STEADY_FRAME, len(memory)) - 1], memory[-1]
    say(
        f"resident memory: {early / 2**20:.0f} MiB at frame {min(STEADY_FRAME, frames)}, "
        f"{late / 2**20:.0f} MiB at frame {frames}, ratio {late / early:.3f}"
    )
    if frames > STEADY_FRAME + 1:
        steady = np.array(memory[STEADY_FRAME - 1 :]) / 2**20
        slope = np.polyfit(np.arange(len(steady)), steady, 1)[0] * 1000
        say(f"slope from frame {STEADY_FRAME}: {slope:+.2f} MiB in 1,000 frames")
    return late / early


def compare_workers(job: Job, blender: Blender, workers: int, rounds: int, say: Callable[[str], None]) -> float:
    """Render the same frames with one Blender on all cores and with several that share them, in turns.

    Say and return the median ratio of frames an hour, from the first frame of either to its last.
    """
    ratios = []
    with storage.scratch() as folder:
        for number in range(rounds):
            hourly = []
            for count in (1, workers):
                several = crew.Crew(count, limits=shard.Limits(threads=crew.threads(count)))
                times = _frame_times(folder / f"{number}-{count}", job, blender, several)
                hourly.append(3600 * (len(times) - count) / (times[-1] - times[count - 1]))
            ratios.append(hourly[1] / hourly[0])
            say(f"round {number + 1}, frames an hour: one {hourly[0]:.0f}, {workers} {hourly[1]:.0f}")
    ratio = statistics.median(ratios)
    say(f"{workers} Blenders at once against one, {job.frames} frames of {job.size[0]}x{job.size[1]}, {job.samples} "
        f"samples: median ratio {ratio:.2f}")  # fmt: skip
    return ratio


def _frame_times(folder: Path, job: Job, blender: Blender, several: crew.Crew) -> list[float]:
    """Render a dataset and return when its frames were done, in seconds."""
    builder = DatasetBuilder(folder, plan.make([job]), blender)
    builder.begin()
    return [time.perf_counter() for report in crew.render(builder, several) if isinstance(report.event, Written)]


def _sweepset(folder: Path, job: Job, blender: Blender, crewed: crew.Crew | None = None) -> Round:
    builder = DatasetBuilder(folder, plan.make([job]), blender)
    builder.begin()
    memory: list[int] = []

    def events() -> Iterator[object]:
        for report in crew.render(builder, crewed or crew.Crew()):
            if isinstance(report.event, Written):
                memory.append(report.event.memory)
            yield report.event

    return _time(events(), job.frames or 1, memory)


def _plain(cameras: Path, job: Job, blender: Blender, folder: Path) -> Round:
    """Render the poses of a dataset's cameras.json with Blender alone."""
    folder.mkdir()
    shots = []
    for camera in dataset.read_json(cameras / "cameras.json")["frames"]:
        pose = np.array(camera["camera_to_world"]) @ np.diag([1.0, -1.0, -1.0, 1.0])
        shots.append({"matrix": pose.tolist(), "angle": 2 * math.atan(job.size[0] / 2 / camera["K"][0][0])})
    rendered = dataset.read_json(cameras / "dataset.json")["render"]
    for shot in shots:
        for row in range(3):
            shot["matrix"][row][3] /= rendered["unit"]
    task = tasks.PlainRender(job, str(folder), shots, rendered["denoised"], rendered["exposure"])
    return _time(process.follow(blender, task, folder), len(shots))


def _time(events: Iterable[object], frames: int, memory: Sequence[int] = ()) -> Round:
    """Return the time of some frames; `memory` is filled while the events are read."""
    begun = ended = 0.0
    before = os.times()
    for event in events:
        if isinstance(event, (Began, PlainReady)):
            begun = time.perf_counter()
        elif isinstance(event, (Written, PlainFrame)):
            ended = time.perf_counter()
    after = os.times()  # of the Blenders too: they have ended
    processor = sum(after[:4]) - sum(before[:4])
    return Round((ended - begun) / frames, processor / frames, tuple(memory))
