"""What is noteworthy about a scene: findings, with advice. Imports no bpy."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SEVERITIES = ("error", "warning", "note")
"""From worst: labels or pictures will be wrong; they may be; the scene's setting was put aside."""


@dataclass(frozen=True)
class Finding:
    """One thing found: a stable `code`, how bad it is, what it is about, what was found, what to do.

    `frames` are the numbers of all the frames it is about, where it is about some.
    """

    code: str
    severity: str
    subject: str
    message: str
    advice: str = ""
    frames: Sequence[int] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON's types; `frames` only where there are some."""
        values = {**dataclasses.asdict(self), "frames": list(self.frames)}
        return values if self.frames else {key: value for key, value in values.items() if key != "frames"}


def name_frames(frames: Sequence[int], most: int = 12) -> str:
    """Return frames as a finding's subject, such as 'frames 000003, 000007 …'."""
    names = ", ".join(f"{frame:06d}" for frame in frames[:most]) + (" …" if len(frames) > most else "")
    return f"frame{'s' if len(frames) > 1 else ''} {names}"
