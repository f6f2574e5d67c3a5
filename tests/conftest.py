"""Fixtures: the Blenders, the command, outside material, and scenes that are rendered once for all tests."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite(*(path.stem for path in (Path(__file__).parent / "support").glob("*.py")))

from blenders import ALL, DEFAULT  # noqa: E402
from commands import CHECKOUT, Run, Train, environment  # noqa: E402
from sweepset import lock, protocol  # noqa: E402
from sweepset_render.blender.installations import Blender  # noqa: E402
from truth import run_script  # noqa: E402

Once = Callable[[object, Callable[[Path], object]], Path]

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
    """Return the default Blender."""
    return DEFAULT


@pytest.fixture(scope="session")
def blenders() -> list[Blender]:
    """Return all Blenders on this machine, oldest first."""
    return ALL


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Return a function that makes a folder once for all tests: `once(what, make)` calls `make(folder)` the first time.

    Test processes that run side by side share the folders, so no test may change them.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "once"
    shared.mkdir(exist_ok=True)

    def make_once(what: object, make: Callable[[Path], object]) -> Path:
        folder = shared / f"ü {hashlib.sha256(repr(what).encode()).hexdigest()[:12]}"
        done = folder.with_suffix(".done")
        with lock.take(folder.with_suffix(".lock"), wait=True):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return make_once


@pytest.fixture(scope="session")
def built(once: Once, blenders: list[Blender]) -> Callable[..., Path]:
    """Return a function that runs a script of `support` in the oldest Blender and returns the folder that it wrote to.

    `built("unlabelled.py", "build")`: the folder is the script's last argument.

    All other Blenders open what the oldest saved.
    """
    return lambda script, *args: once((script, args), lambda folder: run_script(blenders[0], script, *args, folder))


@pytest.fixture(scope="session")
def real_scenes(built: Callable[..., Path]) -> Path:
    """Return the folder of scenes as people make them."""
    return built("real_scenes.py")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a file system of its own, of 4 MB; `mount -o remount,size=…` changes its size."""
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("needs root to mount a small file system")
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place], check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


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
def render(run: Run, once: Once) -> Callable[..., Path]:
    """Return a function that renders a dataset and returns its folder; equal calls render once.

    `render(scene, *options, blender=…, size="320x240", samples=4, timeout=300)`
    """

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

        def make(folder: Path) -> None:
            done = run("render", *given, "--out", folder / "dataset", timeout=timeout)
            assert done.returncode == 0, f"{done.args} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"

        return once(given, make) / "dataset"

    return render_once


@pytest.fixture(scope="session")
def hazard(once: Once, blenders: list[Blender]) -> Path:
    """Return the .blend of the scene of hazards, saved by the oldest Blender here, which all others can open."""
    name = "Gefahren ü.blend"
    return once("hazard", lambda folder: run_script(blenders[0], "hazard.py", folder / name)) / name


@pytest.fixture(scope="session")
def kitchen(render: Callable[..., Path], blender: Blender) -> Path:
    """Return a dataset of twelve views of a shipped kitchen."""
    return render("kitchen", "--frames", "12", "--seed", "1", size="160x120", blender=blender)


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
