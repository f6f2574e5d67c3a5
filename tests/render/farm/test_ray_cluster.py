"""Clusters: what a node lacks, and what is no cluster, is reported; `test_chaos.py` runs jobs on one."""

from __future__ import annotations

import hashlib
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sweepset
from sweepset import dataset
from sweepset.errors import SweepsetError
from sweepset_render.blender.installations import Blender
from sweepset_render.farm import ray_cluster
from sweepset_render.farm.ray_cluster import Cluster, Demands


@pytest.fixture
def demands(blender: Blender, tmp_path: Path) -> Demands:
    """Return demands that this machine meets."""
    scene = tmp_path / "flat.blend"
    scene.write_bytes(b"flat")
    (tmp_path / dataset.STATE).mkdir()
    (tmp_path / dataset.STATE / ray_cluster.TOKEN).write_text("token")
    scenes = ((str(scene), hashlib.sha256(b"flat").hexdigest()),)
    return Demands(sweepset.__version__, str(blender.executable), blender.version, scenes, tmp_path, "token")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, None),
        ({"version": "0.0.1"}, "the command 0.0.1: install the same on all nodes"),
        ({"blender_path": "no such blender"}, "no such blender"),
        ({"blender": (3, 3, 0)}, "the command 3.3.0: install the same on all nodes"),
        ({"scenes": (("no such.blend", "0"),)}, "has no 'no such.blend'"),
        ({"scenes": ((__file__, "0"),)}, "than the command: copy the scene there"),
        ({"folder": Path("/no such folder")}, "cannot see --out '/no such folder'"),
        ({"token": "another"}, "it holds something else there"),
    ],
)
def test_what_a_node_lacks_is_told(demands: Demands, change: dict[str, Any], words: str | None) -> None:
    told = ray_cluster._lack(replace(demands, **change))
    assert told is None if words is None else words in told


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("127.0.0.1:1", "Connection refused"),
        ("127.0.0.1:head", "invalid literal"),
        ("ray://127.0.0.1:10001", "run the command on a node of the cluster"),
    ],
)
def test_what_is_no_cluster_is_told(address: str, words: str) -> None:
    pytest.importorskip("ray")
    with pytest.raises(SweepsetError, match=words):
        Cluster(address)


def test_without_ray_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SweepsetError, match=r"pip install 'sweepset\[farm\]'"):
        Cluster("auto")


@pytest.mark.parametrize("gone", [True, False], ids=["ended", "another command"])
def test_a_node_stops_where_its_command_is_no_more(demands: Demands, gone: bool) -> None:
    stop = threading.Event()
    watching = threading.Thread(target=ray_cluster._watch, args=(demands, stop))
    watching.start()
    assert not stop.wait(2 * ray_cluster.WATCHED)
    if gone:
        demands.token_file.unlink()
    else:
        demands.token_file.write_text("another")
    assert stop.wait(3 * ray_cluster.WATCHED)
    watching.join()
