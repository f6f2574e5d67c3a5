"""Furnished rooms make physical sense and differ; `make test-rooms` tries a hundred of each kind."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sweepset_render.blender.installations import Blender
from sweepset_scenes import SCENES, WEIGHTS, kind_of

KINDS = [name for name, scene in SCENES.items() if scene.kind == "room" and name != "rooms"]
SEEDS = int(os.environ.get("SWEEPSET_ROOM_SEEDS", "2"))
SECONDS = 3.0
EXPECTED = {
    "bedroom": {"bed", "pillow"},
    "living_room": {"sofa"},
    "bathroom": {"toilet", "sink", "mirror"},
    "office": {"desk", "chair"},
    "dining_room": {"table", "chair"},
    "kitchen": {"cabinet", "counter", "sink", "refridgerator"},
}
"""What all rooms of a kind have, where there is room for it: what a person would name them by."""


def check(blender: Blender, kind: str, count: int, *more: str) -> list[dict[str, Any]]:
    """Build the first rooms of a kind and return what the check says of each.

    Kitchens laid out by hand are not among them: test_kitchen judges those.
    """
    command = blender.command(Path(__file__).with_name("rooms_check.py"), kind, "0", str(count), *more)
    done = subprocess.run(command, capture_output=True, text=True, timeout=120 + 60 * count, check=False)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(found) == count, done.stderr[-3000:]
    return found


@pytest.fixture(scope="module", params=KINDS)
def rooms(request: pytest.FixtureRequest, blender: Blender) -> list[dict[str, Any]]:
    """Build rooms of a kind and return what the check says of each."""
    return check(blender, request.param, SEEDS)


def test_rooms_are_a_mix_in_any_row_of_seeds() -> None:
    kinds = [kind_of("rooms", seed) for seed in range(2000)]
    shares = {kind: weight / sum(WEIGHTS.values()) for kind, weight in WEIGHTS.items()}
    assert set(kinds[:6]) == set(KINDS) == set(WEIGHTS)
    for length, most in ((3, 1.2), (6, 1.5), (16, 1.8), (200, 2.5)):
        for first in range(0, 2000 - length, 7):
            run = kinds[first : first + length]
            assert all(abs(run.count(kind) - share * length) < most for kind, share in shares.items()), (first, length)
    assert all(len({*kinds[seed : seed + 3]}) > 1 for seed in range(1990))
    assert {kind_of(kind, 3) for kind in KINDS} == set(KINDS)


def test_the_check_sees_what_is_wrong(blender: Blender) -> None:
    problems = " ".join(check(blender, "living_room", 1, "spoilt")[0]["problems"])
    assert " floats at 0.15" in problems
    assert "wall" in problems
    assert " cuts " in problems
    assert "no way in from any door" in problems


def test_rooms_make_sense(rooms: list[dict[str, Any]]) -> None:
    wrong = [f"{room['kind']} {room['seed']}: {problem}" for room in rooms for problem in room["problems"]]
    assert wrong == []


def test_rooms_are_what_they_are_called(rooms: list[dict[str, Any]]) -> None:
    for room in rooms:
        assert {"wall", "floor", "ceiling", "door"} <= set(room["categories"])
    named = [room for room in rooms if EXPECTED[room["kind"]] <= set(room["categories"])]
    assert len(named) >= 0.95 * len(rooms)
    assert all(len(room["categories"]) >= 10 for room in rooms)


def test_rooms_are_built_soon(rooms: list[dict[str, Any]]) -> None:
    assert max(room["seconds"] for room in rooms) < SECONDS


def test_no_two_rooms_are_alike(rooms: list[dict[str, Any]]) -> None:
    assert len({(room["objects"], room["vertices"]) for room in rooms}) == len(rooms)
