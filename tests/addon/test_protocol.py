"""Events as lines: each comes back as it was, and lines that hold none are refused or left to Blender."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest

from sweepset import protocol
from sweepset.findings import Finding
from sweepset.job import Job
from sweepset.protocol import Done, Error, FrameDone, Labelled, ObjectLabel, Ready, Scene, parse, tell

FINDING = Finding("units", "warning", "Scene", "the scene is 3000 m large", "pass --unit", (1, 2))
READY = Ready(3, [{"id": 1}], [FINDING], "4.5.0", True, 0.5, "Standard", 0.01, {"moved": []}, 1 << 30)


@pytest.mark.parametrize(
    "event",
    [
        Done(),
        Error("no camera", refused=True),
        Scene([FINDING, Finding("empty", "error", "Scene", "nothing")], {"name": "tiny"}, "CPU"),
        READY,
        FrameDone(2, {"frame": 2, "K": [[1.0]]}, 7, 0.25, following=3, no_flow=["cloth"]),
        FrameDone(2, {"frame": 2}, 7, 0.25, instances=[{"id": 1}], memory=5),
        Labelled("nyu40", [ObjectLabel("Chair", "chair", 0.9, "its name", "name", "new")]),
    ],
    ids=lambda event: type(event).__name__,
)
def test_events_come_back(event: protocol.Event, capsys: pytest.CaptureFixture[str]) -> None:
    tell(event)
    before, line, after = capsys.readouterr().out.split("\n")
    assert (before, after) == ("", "")
    found = parse(line)
    assert type(found) is type(event)
    for field in dataclasses.fields(event):
        one, other = getattr(found, field.name), getattr(event, field.name)
        if field.name == "findings":
            one, other = ([finding.to_json() for finding in some] for some in (one, other))
        assert one == other, field.name


def test_other_lines_are_blenders_own() -> None:
    assert parse("Fra:1 Mem:20M | Sample 1/4\n") is None
    assert parse("") is None


@pytest.mark.parametrize(
    "told",
    [
        "{",
        '{"event": "Done"',
        '{"event": "Finished"}',
        "{}",
        "[]",
        '{"event": "Error"}',
        '{"event": "Done", "frames": 3}',
        '{"event": "Scene", "findings": [{"colour": 1}], "taxonomy": {}, "device": "CPU"}',
        '{"event": "Scene", "findings": 3, "taxonomy": {}, "device": "CPU"}',
    ],
)
def test_lines_that_hold_no_event_are_refused(told: str) -> None:
    with pytest.raises(ValueError, match="no event of this version"):
        parse(protocol.MARK + told)


def test_every_event_is_a_frozen_dataclass_that_says_what_it_means() -> None:
    for kind in get_args(protocol.Event):
        assert dataclasses.is_dataclass(kind)
        assert kind.__dataclass_params__.frozen, kind
        assert not kind.__doc__.startswith(f"{kind.__name__}("), kind  # what a dataclass has without a docstring


def test_files_keep_their_key_for_metres_per_scene_unit() -> None:
    assert READY.to_json()["unit"] == 0.01
    assert "unit_scale" not in READY.to_json()
    job = Job("flat.blend", False, "", {"name": "orbit"}, unit_scale=0.01)
    told = job.to_json()
    assert told["unit"] == 0.01
    assert "unit_scale" not in told
    assert Job.from_json(told) == job
