"""How much of a scene varies from one variation to the next, part by part. Imports no bpy."""

from __future__ import annotations

from .errors import SweepsetError

USUAL = ("lights", "materials", "textures", "swap", "hide", "move")
"""Parts that one number sets for all: what may differ between two photos of a place."""
RANDOM = ("patterns", "distractors")
"""Parts that are on only where they are named: what makes no sense in a photo."""
PARTS = (*USUAL, *RANDOM)
EVERYTHING = "random"
"""The word for all parts at full strength: domain randomization."""
OF_FILES, OF_SHIPPED = "0.5", "textures=0.5"
"""What counts where nothing is said: for a .blend, and for a shipped scene, which each seed builds anew."""


def parse(text: str) -> dict[str, float]:
    """Return the strength of each part, 0 to 1, from what a user wrote: `0.5`, `0.5,swap=0`, `lights=1` or `random`."""
    strengths = dict.fromkeys(PARTS, 0.0)
    for word in text.split(","):
        name, _, number = word.strip().rpartition("=")
        if not name and number == EVERYTHING:
            strengths = dict.fromkeys(PARTS, 1.0)
            continue
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1 or (name and name not in PARTS):
            raise SweepsetError(
                f"vary is {text!r}: write a strength from 0 to 1, such as 0.5, parts with their own, such as "
                f"0.5,swap=0 or lights=1 (there are {', '.join(PARTS)}), or {EVERYTHING}"
            )
        strengths |= {name: value} if name else dict.fromkeys(USUAL, value)
    return strengths
