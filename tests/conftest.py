"""Fixtures: the Blenders, the command, outside material, and scenes that are rendered once for all tests."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commands import CHECKOUT, Run, Train, environment
from sweepset import protocol
from sweepset_render.blender import installations as blenders_here
from sweepset_render.blender.installations import Blender
from truth import run_script

# Where a shell started the tests in the background, Ctrl-C is ignored, also by what they start: tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let all temporary files go to a folder that is removed at the end: a Blender that is ended leaves some."""
    folder = str(tmp_path_factory.mktemp("temporary"))
    with pytest.MonkeyPatch.context() as patch:
        for name in protocol.TEMPORARY:
            patch.setenv(name, folder)
        patch.setattr(tempfile, "tempdir", folder)
        yield
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def blender() -> Blender:
    """Return the Blender that is used where none is named."""
    return blenders_here.find()


@pytest.fixture(scope="session")
def blenders() -> list[Blender]:
    """Return all Blenders on this machine, oldest first."""
    return sorted(blenders_here.installed(), key=lambda one: one.version)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of outside material, which is no part of the project; skip where there is none."""
    given = os.environ.get("SWEEPSET_SHARED")
    folder = Path(given) if given else CHECKOUT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"no outside material in {folder}: name its folder in SWEEPSET_SHARED")
    return folder


@pytest.fixture(scope="session")
def run() -> Run:
    """Return a function that runs the real command: `run("render", …, timeout=SECONDS)`."""

    def run_command(*args: str | Path, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sweepset_render.cli", *map(str, args)],
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=False,
        )

    return run_command


@pytest.fixture(scope="session")
def render(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that renders a dataset and returns its folder; equal calls render once.

    `render(scene, *options, blender=…, size="320x240", samples=4, timeout=300)`
    """
    done: dict[tuple[str, ...], Path] = {}

    def render_once(
        scene: str | Path,
        *options: str | Path,
        blender: Blender,
        size: str = "320x240",
        samples: int = 4,
        timeout: float = 300,
    ) -> Path:
        given = (
            str(scene),
            *map(str, options),
            *("--size", size),
            *("--samples", str(samples)),
            *("--blender", str(blender.executable)),
        )
        if given not in done:
            folder = tmp_path_factory.mktemp("rendered") / "dataset"
            result = run("render", *given, "--out", folder, timeout=timeout)
            assert result.returncode == 0, f"{result.args} failed:\n{result.stdout[-3000:]}\n{result.stderr[-3000:]}"
            done[given] = folder
        return done[given]

    return render_once


@pytest.fixture(scope="session")
def hazard(blenders: list[Blender], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the .blend of the scene of hazards, saved by the oldest Blender here, which all others can open."""
    path = tmp_path_factory.mktemp("hazard") / "Gefahren ü.blend"
    run_script(blenders[0], "hazard.py", path)
    return path


@pytest.fixture
def repeatable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let trainings use one thread, and a cache of the test's own."""
    import torch

    torch.set_num_threads(1)
    monkeypatch.setenv("SWEEPSET_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def train(
    repeatable: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Train:
    """Return a function that runs `sweepset-train`, in this process and an empty folder: status, output, errors."""
    from sweepset_train import cli

    monkeypatch.chdir(tmp_path)

    def run(*words: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main([*map(str, words)])
        return (int(ended.value.code or 0), *capsys.readouterr())

    return run
