"""Places behind URLs: what is no place, and leases, against a server that speaks S3."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import chaos
from commands import Run, refused
from object_store import BUCKET, serve
from sweepset.errors import SweepsetError
from sweepset_render import storage

pytest.importorskip("s3fs")
pytest.importorskip("moto")

FAST = ("--frames", "4", "--size", "80x60", "--samples", "2")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Serve S3 and return the environment for its clients."""
    with serve(tmp_path_factory.mktemp("store")) as environment:
        yield environment


@pytest.fixture
def place(store: dict[str, str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """Return a place of the test's own."""
    for name, value in store.items():
        monkeypatch.setenv(name, value)
    return storage.find(f"s3://{BUCKET}/{request.node.name}")


@pytest.mark.full
def test_a_dataset_in_a_store_is_that_of_a_folder(run: Run, room: Path, place: Path, tmp_path: Path) -> None:
    whole, url = tmp_path / "whole", str(place)
    assert run("render", room, *FAST, "--out", whole).returncode == 0
    done = run("farm", room, *FAST, "--workers", "2", "--out", url)
    assert done.returncode == 0, done.stderr
    assert f"4 image/label pairs in {url}" in done.stdout
    place.fs.get(place.path, str(tmp_path / "copy"), recursive=True)
    chaos.assert_same(whole, tmp_path / "copy", 4)
    assert "is complete already" in run("farm", room, *FAST, "--out", url).stdout
    assert run("status", url).stdout.splitlines() == ["complete", "4 of 4 frames, 0 failed, 0 tried again"]
    assert "other seed" in refused(run("farm", room, *FAST, "--seed", "1", "--out", url))
    assert "remove it first" in refused(run("farm", room, *FAST, "--seed", "1", "--out", url, "--overwrite"))


@pytest.mark.full
def test_two_commands_on_one_place_are_one_too_many(run: Run, room: Path, place: Path) -> None:
    slow = ("--frames", "100", "--size", "160x120", "--out", str(place))
    first = subprocess.Popen(chaos.sweepset("render", room, *slow), env=chaos.environment(), stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 300
        while not (place / ".sweepset" / "frames" / "000000.json").exists():
            assert first.poll() is None
            assert time.monotonic() < end
            time.sleep(0.2)
        assert "another command is rendering to" in refused(run("render", room, *slow))
        assert run("status", str(place)).stdout.startswith("running: process")
    finally:
        first.kill()
        first.wait()
    assert run("status", str(place)).stdout.startswith("stopped")


@pytest.mark.full
def test_what_is_wrong_with_a_store_is_told_in_one_line(
    run: Run, room: Path, place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(url: str) -> str:
        return refused(run("render", room, *FAST, "--out", url))

    assert "'s3://nobody/x': The specified bucket does not exist" in fail("s3://nobody/x")
    assert not [path for path in place.fs.ls("") if "nobody" in path]
    with serve(tmp_path, strict=True) as environment:
        monkeypatch.setenv("AWS_ENDPOINT_URL", environment["AWS_ENDPOINT_URL"])
        assert re.search("cannot write .*(Forbidden|AccessDenied|Access Key)", fail(str(place)))
    assert "cannot reach" in fail(str(place))  # the server is gone
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "Unable to locate credentials" in fail(str(place))


@pytest.mark.parametrize("given", ["a/b", "/tmp/x", "file:///tmp/x"])
def test_folders_stay_paths(given: str) -> None:
    place = storage.find(given)
    assert isinstance(place, Path)
    assert not storage.is_remote(place)


def test_what_is_unreachable_is_told() -> None:
    with pytest.raises(SweepsetError, match=r"gcsfs"):
        storage.find("gs://bucket/folder")
    with pytest.raises(SweepsetError, match=r"'nowhere://x': Unsupported filesystem"):
        storage.find("nowhere://x")


def test_a_lease_is_one_commands(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "BEAT", 0.2)
    monkeypatch.setattr(storage, "PATIENCE", 1)
    lease = storage.Lease(place / "lock")
    monkeypatch.setattr(storage, "_host", lambda: "another machine")
    with pytest.raises(BlockingIOError):
        storage.Lease(place / "lock")
    assert json.loads(place.fs.cat_file((place / "lock").path))["beats"] > 0
    lease.close()
    assert not (place / "lock").exists()


@pytest.mark.parametrize("host", ["ours", "another"])
def test_a_dead_commands_lease_is_taken_over(place: Path, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    monkeypatch.setattr(storage, "BEAT", 0.2)
    monkeypatch.setattr(storage, "PATIENCE", 60 if host == "ours" else 1)
    state = {"host": storage._host() if host == "ours" else "another", "pid": dead.pid, "id": "1", "beats": 3}
    (place / "lock").write_bytes(json.dumps(state).encode())
    lease = storage.Lease(place / "lock")
    assert json.loads((place / "lock").read_bytes())["pid"] == os.getpid()
    assert not lease.lost
    (place / "lock").write_bytes(json.dumps(state).encode())  # another takes over, as after a long sleep
    lease._renewer.join(10)
    assert lease.lost
    lease.close()
    assert (place / "lock").exists()
