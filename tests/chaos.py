"""Kill what renders a job at random until it is done, and hold the result against a run that nobody disturbed.

`python tests/chaos.py [local|ray|s3] [--frames N] [--kills N] [--seed N]`; processes are found in /proc, as on Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conftest import CHECKOUT
from sweepset import dataset
from sweepset_render import blender as blenders
from truth import run_script

MARK = "SWEEPSET_TEST_CHAOS"
"""An environment variable that tells a test's processes, and what they start, from all others."""
OUR_OWN = {"dataset.json", "cameras.json", "index.html", dataset.STATE, *dataset.FOLDERS.values()}
"""All that may lie in a finished dataset's folder."""


@dataclass
class Trial:
    """A command that is killed again and again; `victims` finds more processes to kill than its Blenders, by kind."""

    command: Sequence[str]
    frames_there: Callable[[], int]
    victims: Callable[[], dict[str, list[int]]] = dict
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="sweepset-chaos-")))
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    killed: Counter[str] = field(default_factory=Counter)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the command, in which all of its temporary files go to a folder of the trial's."""
        return environment() | {MARK: self.mark, "TMPDIR": str(self.temporary)}

    @property
    def temporary(self) -> Path:
        """The folder of temporary files."""
        return self.folder / "tmp"

    def endure(self, frames: int, kills: int, seed: int, patience: float = 120) -> None:
        """Run the command, and again where it ended, until it is content; meanwhile kill at random.

        Each kill waits for some frames, so that all kills fall into the run and no start is killed for ever.
        """
        chance = random.Random(seed)
        due = sorted(chance.randrange(frames * 3 // 4) for _ in range(kills))
        self.temporary.mkdir(exist_ok=True)
        process, starts, moved, there = self._start(), 1, time.monotonic(), 0
        try:
            while (status := process.poll()) != 0:
                if status is not None:
                    assert starts <= 2 * kills + 2, f"no end after {starts} starts:\n{self.output()}"
                    process, starts = self._start(), starts + 1
                now = self.frames_there()
                if now != there:
                    there, moved = now, time.monotonic()
                assert time.monotonic() < moved + patience, f"no frame in {patience} s:\n{self.output()}"
                if due and there >= due[0]:
                    time.sleep(chance.choice((0, chance.uniform(0, 2))))
                    if self._kill(process, chance):
                        due.pop(0)
                time.sleep(0.02)
        finally:
            process.kill()
            process.wait()
        assert not due, f"the job was done before {len(due)} of {kills} kills"

    def output(self) -> str:
        """Return the end of what the command said, all starts together."""
        return (self.folder / "output.txt").read_text(errors="replace")[-3000:]

    def _start(self) -> subprocess.Popen[bytes]:
        with (self.folder / "output.txt").open("ab") as written:
            return subprocess.Popen(
                self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=written, stderr=written
            )

    def _kill(self, process: subprocess.Popen[bytes], chance: random.Random) -> bool:
        """Kill one process and return whether there was one."""
        found = {"Blender": marked(self.mark, "worker.py"), "command": [process.pid], **self.victims()}
        kind = chance.choice(sorted(kind for kind, pids in found.items() if pids))
        pid = chance.choice(sorted(found[kind]))
        if kind == "command" and process.poll() is not None:
            return False
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        if kind == "command":
            process.wait()
        self.killed[kind] += 1
        return True


def environment() -> dict[str, str]:
    """Return the environment in which this checkout's command runs."""
    folders = [str(CHECKOUT / name) for name in ("addon", "render", "train", "scenes")]
    path = os.pathsep.join([*folders, *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"}


def marked(mark: str, word: str) -> list[int]:
    """Return the processes with a mark in their environment and a word in their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and f"{MARK}={mark}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                found += [int(entry.name)] * (word.encode() in (entry / "cmdline").read_bytes())
        except OSError:  # ended, or another user's
            continue
    return found


def assert_same(whole: Path, broken: Path, frames: int) -> None:
    """Check that a dataset has each frame once, with the other's ground truth to the byte, and nothing besides."""
    rows = []
    for folder in (whole, broken):
        data = json.loads((folder / "dataset.json").read_text())
        assert [row["frame"] for row in data["frames"]] == list(range(frames))
        rows.append([{key: value for key, value in row.items() if key != "seconds"} for row in data["frames"]])
        named = {place for row in data["frames"] for place in row["files"].values()}
        there = set(files(folder))
        assert named <= there
        strange = {place for place in there - named if place.split("/")[0] not in OUR_OWN}
        strange |= {place for place in there if place.split("/")[0] in dataset.FOLDERS.values()} - named
        strange |= {place for place in there if "/raw" in place or place.endswith((".tmp", ".npy"))}
        assert not strange, f"left in {folder}: {sorted(strange)}"
    for one, other in zip(*rows):
        differing = [key for key in one if one[key] != other[key]]
        assert not differing, f"frame {one['frame']} differs in {differing}"
        for kind in set(one["files"]) - {"image"}:
            place = one["files"][kind]
            assert (whole / place).read_bytes() == (broken / place).read_bytes(), f"{place} differs"


def files(folder: Path) -> Iterator[str]:
    """Yield the files in a folder, as paths inside it."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def build(folder: Path) -> Path:
    """Save a small labelled room and return its file."""
    run_script(blenders.find(), "real_scenes.py", folder)
    return folder / "plain.blend"


def sweepset(*arguments: str | Path) -> list[str]:
    """Return the command line of this checkout's command."""
    return [sys.executable, "-m", "sweepset_render.cli", *map(str, arguments)]


def attack_local(scene: Path, folder: Path, frames: int, kills: int, seed: int) -> Counter[str]:
    """Attack a job whose workers are processes of this machine; return how often what was killed."""
    job = (scene, "--frames", frames, "--size", "64x48", "--samples", "4")
    whole, broken = folder / "whole", folder / "broken"
    subprocess.run(
        sweepset("render", *map(str, job), "--out", whole), env=environment(), check=True, capture_output=True
    )
    labels = broken / dataset.FOLDERS["label"]
    trial = Trial(sweepset("render", *map(str, job), "--out", broken), lambda: len(list(labels.glob("*.png"))))
    trial.endure(frames, kills, seed)
    assert_same(whole, broken, frames)
    assert not list(trial.temporary.iterdir()), list(files(trial.temporary))
    return trial.killed


ATTACKS: dict[str, Any] = {"local": attack_local}


def main() -> None:
    """Attack as the command line says and tell what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("attacks", nargs="*", default=list(ATTACKS))
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sweepset-chaos-") as folder:
        scene = build(Path(folder))
        for name in given.attacks:
            (place := Path(folder) / name).mkdir()
            begun = time.monotonic()
            killed = ATTACKS[name](scene, place, given.frames, given.kills, given.seed)
            print(f"{name}: {given.frames} frames whole after {dict(killed)} killed, {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
