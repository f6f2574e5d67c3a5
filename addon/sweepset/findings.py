"""Findings: problems and notes about a scene or its frames, with advice. Imports no bpy."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SEVERITIES = ("error", "warning", "note")
"""The worst first: labels or images are wrong; they may be wrong; a setting of the scene was ignored."""


@dataclass(frozen=True)
class Finding:
    """One finding: a stable `code`, its severity, its subject, a message, and advice.

    `frames` are the numbers of all frames that it is about, empty for a finding about the scene.
    """

    code: str
    severity: str
    subject: str
    message: str
    advice: str = ""
    frames: Sequence[int] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON's types; `frames` only if there are any."""
        values = {**dataclasses.asdict(self), "frames": list(self.frames)}
        return values if self.frames else {key: value for key, value in values.items() if key != "frames"}


def name_frames(frames: Sequence[int], most: int = 12) -> str:
    """Return frames as a finding's subject, such as 'frames 000003, 000007 …'."""
    names = ", ".join(f"{frame:06d}" for frame in frames[:most]) + (" …" if len(frames) > most else "")
    return f"frame{'s' if len(frames) > 1 else ''} {names}"
