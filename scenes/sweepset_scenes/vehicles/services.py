"""Services of vehicles: which bodies serve, how often, in which colours. All names are invented. Imports no bpy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """The bodies that do a service, and what they look like. Colours are a screen's 0xRRGGBB."""

    bodies: tuple[str, ...]
    share: float
    """How often one of these bodies does it, by estimate."""
    paints: tuple[tuple[int, int], ...]
    """The paint, and the second colour for bands and letters."""
    words: tuple[str, ...]
    """What the sides say."""
    pattern: tuple[str, ...]
    """What the sides show: plain, band, checks, or doors in the second colour."""


SERVICES = {
    "taxi": Service(
        ("sedan", "wagon", "minivan", "hatchback", "crossover"),
        0.05,
        ((0xE3B11F, 0x111113), (0xE3B11F, 0x111113), (0xE6DCC0, 0x22252A), (0x101113, 0xE3B11F), (0x2B6E4A, 0xF0EEE8)),
        ("TAXI", "CAB 27", "TAXI 418"),
        ("plain", "checks", "checks"),
    ),
    "police": Service(
        ("sedan", "wagon", "suv", "crossover", "pickup crew"),
        0.03,
        ((0x0E0F11, 0xF1F1EE), (0xF1F1EE, 0x1D3E86), (0xC9CCCE, 0x2A5CA8), (0xF1F1EE, 0x2C6E46)),
        ("POLICE",),
        ("doors", "band", "checks"),
    ),
    "ambulance": Service(
        ("van", "box truck"),
        0.06,
        ((0xF3F2EE, 0xB3261E), (0xF0D21E, 0x2D7A3E), (0xF3F2EE, 0xD9622B)),
        ("AMBULANCE",),
        ("band", "checks"),
    ),
    "delivery": Service(
        ("van", "box truck", "minivan", "city car"),
        0.25,
        (
            (0xF3F2EE, 0x1F4E8C),
            (0xF3F2EE, 0xB3261E),
            (0x6B4226, 0xE0A81C),
            (0xE0A81C, 0xB3261E),
            (0x1E6B45, 0xF3F2EE),
            (0x5A2D7A, 0xF3F2EE),
            (0xD9622B, 0xF3F2EE),
        ),
        ("NORVO", "LUMIRO", "TAVIRA", "BELOXA", "KORIN CARGO", "PAVEX", "MILO FLORA"),
        ("plain", "band"),
    ),
}
"""All services by name."""
