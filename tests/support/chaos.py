"""Kill what renders a job at random until it is done, and hold the result against a run that nobody disturbed.

`python tests/support/chaos.py [local|ray|s3] [--frames N] [--kills N] [--seed N]`
finds processes in /proc, as on Linux.
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
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import object_store
from commands import environment
from sweepset import dataset, ground_truth
from sweepset_render import storage
from sweepset_render.blender import installations as blenders
from sweepset_render.blender import process as blender_process
from truth import run_script

MARK = "SWEEPSET_TEST_CHAOS"
"""An environment variable that tells a test's processes, and what they start, from all others."""
Job = Sequence[str | Path]
"""What to render, as arguments of the command."""
OUR_OWN = {"dataset.json", "cameras.json", "index.html", dataset.STATE, *ground_truth.FOLDERS}
"""All that may lie in a finished dataset's folder."""


@dataclass
class Trial:
    """A command that is killed again and again; `victims` finds more processes to kill than its Blenders, by kind.

    `halfway` is called once, when half of the kills are done.
    """

    command: Sequence[str]
    frames_there: Callable[[], int]
    folder: Path
    mark: str
    victims: Callable[[], dict[str, list[int]]] = dict
    halfway: Callable[[], None] = lambda: None
    killed: Counter[str] = field(default_factory=Counter)

    def endure(self, frames: int, kills: int, seed: int, patience: float = 300) -> None:
        """Run the command, and again where it ended, until it is content; meanwhile kill at random.

        Each kill waits for some frames, so that all kills fall into the run and no start is killed for ever.
        """
        chance = random.Random(seed)
        due = sorted(chance.randrange(frames * 2 // 3) for _ in range(kills))
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
                    time.sleep(chance.choice((0, chance.uniform(0, 0.5))))
                    if self._kill(process, chance):
                        due.pop(0)
                        if len(due) == kills // 2:
                            self.halfway()
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
                self.command, env=environment(), stdin=subprocess.DEVNULL, stdout=written, stderr=written
            )

    def _kill(self, process: subprocess.Popen[bytes], chance: random.Random) -> bool:
        """Kill one process and return whether there was one."""
        # The worker by its whole path: the command lines of Ray's own processes name workers of Ray's.
        found = {
            "Blender": marked(self.mark, str(blender_process.BOOTSTRAP)),
            "command": [process.pid],
            **self.victims(),
        }
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


@contextmanager
def marked_environment(folder: Path, **more: str) -> Iterator[str]:
    """Mark all that is started meanwhile, and let it put temporary files into a folder; yield the mark."""
    mark, before = uuid.uuid4().hex, dict(os.environ)
    (folder / "tmp").mkdir()
    os.environ.update({MARK: mark, "TMPDIR": str(folder / "tmp"), **more})
    try:
        yield mark
    finally:
        os.environ.clear()
        os.environ.update(before)


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
        strange |= {place for place in there if place.split("/")[0] in ground_truth.FOLDERS} - named
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


def undisturbed(job: Job, folder: Path) -> Path:
    """Render a job that nobody disturbs and return its folder."""
    command = sweepset("render", *job, "--out", folder / "whole")
    subprocess.run(command, env=environment(), check=True, stdout=subprocess.DEVNULL)
    return folder / "whole"


def attack_local(job: Job, whole: Path, folder: Path, frames: int, kills: int, seed: int) -> Counter[str]:
    """Attack a job whose workers are processes of this machine; return how often what was killed."""
    broken = folder / "broken"
    with marked_environment(folder) as mark:
        command = sweepset("farm", *job, "--workers", "2", "--out", broken)
        trial = Trial(command, lambda: count(broken), folder, mark)
        trial.endure(frames, kills, seed)
    assert_same(whole, broken, frames)
    assert_empty(folder / "tmp")
    return trial.killed


def attack_s3(job: Job, whole: Path, folder: Path, frames: int, kills: int, seed: int) -> Counter[str]:
    """Attack a job whose dataset goes to an S3 server."""
    broken = folder / "broken"
    with object_store.serve(folder) as environment, marked_environment(folder, **environment) as mark:
        url = f"s3://{object_store.BUCKET}/broken"
        place: Any = storage.find(url)
        trial = Trial(sweepset("farm", *job, "--workers", "2", "--out", url), lambda: count(place), folder, mark)
        trial.endure(frames, kills, seed)
        place.fs.get(place.path, str(broken), recursive=True)
        assert not (broken / dataset.STATE / "lock").exists()
    assert_same(whole, broken, frames)
    assert_empty(folder / "tmp")
    return trial.killed


def attack_ray(job: Job, whole: Path, folder: Path, frames: int, kills: int, seed: int) -> Counter[str]:
    """Attack a job whose workers are on two nodes of a Ray cluster, and one of the nodes."""
    broken = folder / "broken"
    # Not where other temporary files go, as the paths of sockets must be short.
    with (
        tempfile.TemporaryDirectory(prefix="ray", dir="/tmp") as short,
        marked_environment(
            folder,
            RAY_TMPDIR=short,
            RAY_AUTH_MODE="token",
            RAY_AUTH_TOKEN=uuid.uuid4().hex,
            RAY_USAGE_STATS_ENABLED="0",
            RAY_raylet_start_wait_time_s="300",  # a busy machine is no fault
        ) as mark,
    ):
        from ray.cluster_utils import Cluster  # which reads the environment when it is imported

        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        nodes = [cluster.head_node, cluster.add_node(num_cpus=1)]

        def lose_a_node() -> None:
            cluster.remove_node(nodes.pop(), allow_graceful=False)
            trial.killed["node"] += 1

        try:
            command = sweepset("farm", *job, "--ray", cluster.address, "--cpus-per-worker", "1", "--out", broken)
            trial = Trial(
                command, lambda: count(broken), folder, mark, lambda: {"Ray's worker": ray_workers(nodes)}, lose_a_node
            )
            trial.endure(frames, kills, seed)
        finally:
            cluster.shutdown()
    assert_same(whole, broken, frames)
    assert_empty(folder / "tmp")
    return trial.killed


def count(folder: Path) -> int:
    """Return how many frames a dataset has so far."""
    place = folder / ground_truth.KINDS["label"].folder
    return len(list(place.glob("*.png"))) if place.exists() else 0


def ray_workers(nodes: Sequence[Any]) -> list[int]:
    """Return the processes of Ray's nodes that render a shard; they overwrite their environment with their title."""
    raylets = {node.all_processes["raylet"][0].process.pid for node in nodes}
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cmdline").read_bytes().startswith(b"ray::_work"):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                found += [int(entry.name)] * (parent in raylets)
        except OSError:
            continue
    return found


def assert_empty(folder: Path) -> None:
    """Check that no temporary file was left."""
    left = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
    assert not left, f"left in the folder of temporary files: {left}"


ATTACKS: dict[str, Any] = {"local": attack_local, "s3": attack_s3, "ray": attack_ray}


def main() -> None:
    """Attack as the command line says and tell what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("attacks", nargs="*", default=list(ATTACKS), help=", ".join(ATTACKS))
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        scene = build(Path(folder))
        job = [scene, "--frames", str(given.frames), "--size", "64x48", "--samples", "200"]  # slow enough to be killed
        whole = undisturbed(job, Path(folder))
        for name in given.attacks:
            (place := Path(folder) / name).mkdir()
            begun = time.monotonic()
            killed = ATTACKS[name](job, whole, place, given.frames, given.kills, given.seed)
            print(f"{name}: {given.frames} frames whole after {dict(killed)} killed, {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
