"""Places behind URLs: what is no place, and leases, against a server that speaks S3."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from object_store import BUCKET, serve
from sweepset.errors import SweepsetError
from sweepset_render import places

pytest.importorskip("s3fs")
pytest.importorskip("moto")


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
    return places.find(f"s3://{BUCKET}/{request.node.name}")


@pytest.mark.parametrize("given", ["a/b", "/tmp/x", "file:///tmp/x"])
def test_folders_stay_paths(given: str) -> None:
    place = places.find(given)
    assert isinstance(place, Path)
    assert not places.is_remote(place)


def test_what_is_unreachable_is_told() -> None:
    with pytest.raises(SweepsetError, match=r"gcsfs"):
        places.find("gs://bucket/folder")
    with pytest.raises(SweepsetError, match=r"'nowhere://x': Unsupported filesystem"):
        places.find("nowhere://x")


def test_a_lease_is_one_commands(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "BEAT", 0.2)
    monkeypatch.setattr(places, "PATIENCE", 1)
    lease = places.Lease(place / "lock")
    monkeypatch.setattr(places, "_host", lambda: "another machine")
    with pytest.raises(BlockingIOError):
        places.Lease(place / "lock")
    assert json.loads((place / "lock").read_bytes())["beats"] > 0
    lease.close()
    assert not (place / "lock").exists()


@pytest.mark.parametrize("host", ["ours", "another"])
def test_a_dead_commands_lease_is_taken_over(place: Path, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    monkeypatch.setattr(places, "BEAT", 0.2)
    monkeypatch.setattr(places, "PATIENCE", 60 if host == "ours" else 1)
    state = {"host": places._host() if host == "ours" else "another", "pid": dead.pid, "id": "1", "beats": 3}
    (place / "lock").write_bytes(json.dumps(state).encode())
    lease = places.Lease(place / "lock")
    assert json.loads((place / "lock").read_bytes())["pid"] == os.getpid()
    assert not lease.lost
    (place / "lock").write_bytes(json.dumps(state).encode())  # another takes over, as after a long sleep
    lease._renewer.join(10)
    assert lease.lost
    lease.close()
    assert (place / "lock").exists()
