"""What is noteworthy about a scene: findings, with advice. Imports no bpy."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

SEVERITIES = ("error", "warning", "note")
"""From worst: labels or pictures will be wrong; they may be; the scene's setting was put aside."""


@dataclass(frozen=True)
class Finding:
    """One thing found: a stable `code`, how bad it is, what it is about, what was found, what to do."""

    code: str
    severity: str
    subject: str
    message: str
    advice: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON's types."""
        return dataclasses.asdict(self)
