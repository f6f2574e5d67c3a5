"""The table of bodies: what makes a sedan a sedan, as ranges from which each vehicle's proportions are drawn.

To add a body, add a row here and its sizes in `dimensions.SIZES`.
"""

from __future__ import annotations

from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True)
class Body:
    """A body's category and ranges of its proportions. Shares are of the height, angles are degrees from horizontal."""

    kind: str
    """The category of the whole vehicle."""
    overhang: Range
    """Front overhang as a share of both."""
    dash: Range
    """Metres from the front axle to the foot of the windshield, at the middle."""
    hood: Range
    """Height of the hood's front edge, a share."""
    cowl: Range
    """Height of the hood at the windshield, a share."""
    rise: Range
    """Metres that the belt line climbs from there to the rear."""
    windshield: Range
    backlight: Range
    """Angle of the rear window."""
    deck: Range
    """Metres from the foot of the rear window to the tail; of pickups, as a share of the length."""
    drop: Range
    """Metres that the roof falls to the rear."""
    lean: Range = (0.34, 0.44)
    """How far the side windows lean in, as a tangent."""
    doors: int = 4
    quarter: bool = False
    """Whether a third side window follows those of the doors."""
    roof: str = "roof"
    """What is above the belt: roof, soft top, open or cab."""
    bed: bool = False
    boxy: Range = (2.5, 3.1)
    """Exponents of the super-ellipses of nose and tail in plan: 2 an ellipse, 5 nearly a rectangle."""
    bow: Range = (0.6, 0.85)
    """Depths of the bows of nose and tail, metres."""
    blunt: bool = False
    """Whether the hood runs nearly level to an upright nose."""
    blind: bool = False
    """Whether the sides behind the front doors are sheet metal."""
    one_box: bool = False
    """Whether the walls go up to the roof, as a bus's; only the overhang counts then of all the ranges."""


UNUSED: Range = (0.0, 0.0)
BODIES = {
    "city car": Body(
        "car",
        (0.50, 0.56),
        (0.06, 0.20),
        (0.53, 0.58),
        (0.65, 0.69),
        (0.03, 0.09),
        (29, 36),
        (58, 72),
        (0.08, 0.13),
        (0.05, 0.10),
        doors=4,
        boxy=(2.4, 2.9),
        bow=(0.55, 0.7),
    ),
    "hatchback": Body(
        "car",
        (0.48, 0.54),
        (0.22, 0.40),
        (0.53, 0.58),
        (0.65, 0.68),
        (0.03, 0.09),
        (26, 31),
        (40, 58),
        (0.08, 0.16),
        (0.09, 0.15),
    ),
    "sedan": Body(
        "car",
        (0.43, 0.49),
        (0.34, 0.54),
        (0.52, 0.57),
        (0.645, 0.68),
        (0.02, 0.08),
        (25, 30),
        (21, 30),
        (0.42, 0.66),
        (0.07, 0.12),
        quarter=True,
    ),
    "wagon": Body(
        "car",
        (0.43, 0.49),
        (0.34, 0.52),
        (0.51, 0.56),
        (0.63, 0.67),
        (0.02, 0.06),
        (26, 31),
        (42, 62),
        (0.10, 0.17),
        (0.06, 0.11),
        quarter=True,
    ),
    "coupe": Body(
        "car",
        (0.42, 0.48),
        (0.52, 0.70),
        (0.52, 0.57),
        (0.645, 0.69),
        (0.03, 0.10),
        (24, 29),
        (15, 24),
        (0.28, 0.50),
        (0.07, 0.13),
        doors=2,
        quarter=True,
        lean=(0.40, 0.50),
    ),
    "convertible": Body(
        "car",
        (0.42, 0.48),
        (0.50, 0.70),
        (0.52, 0.57),
        (0.66, 0.70),
        (0.00, 0.05),
        (27, 32),
        (24, 34),
        (0.50, 0.72),
        (0.05, 0.09),
        doors=2,
        roof="open",
    ),
    "suv": Body(
        "suv",
        (0.42, 0.48),
        (0.30, 0.46),
        (0.60, 0.645),
        (0.665, 0.70),
        (0.01, 0.06),
        (33, 42),
        (56, 74),
        (0.07, 0.13),
        (0.04, 0.09),
        lean=(0.24, 0.32),
        quarter=True,
        boxy=(2.9, 3.8),
        bow=(0.35, 0.52),
        blunt=True,
    ),
    "crossover": Body(
        "suv",
        (0.46, 0.52),
        (0.26, 0.42),
        (0.56, 0.61),
        (0.65, 0.69),
        (0.05, 0.12),
        (28, 34),
        (46, 60),
        (0.10, 0.16),
        (0.08, 0.13),
        lean=(0.30, 0.38),
        quarter=True,
        boxy=(2.6, 3.1),
        bow=(0.5, 0.68),
    ),
    "minivan": Body(
        "van",
        (0.46, 0.52),
        (0.0, 0.16),
        (0.47, 0.52),
        (0.59, 0.63),
        (0.02, 0.06),
        (27, 33),
        (58, 72),
        (0.07, 0.12),
        (0.05, 0.10),
        lean=(0.24, 0.32),
        quarter=True,
        boxy=(2.6, 3.2),
        bow=(0.5, 0.7),
    ),
    "van": Body(
        "van",
        (0.46, 0.52),
        (-0.02, 0.18),
        (0.44, 0.50),
        (0.56, 0.60),
        (0.00, 0.02),
        (38, 48),
        (82, 87),
        (0.04, 0.07),
        (0.00, 0.03),
        lean=(0.12, 0.20),
        doors=2,
        blind=True,
        boxy=(3.4, 4.6),
        bow=(0.35, 0.55),
    ),
    "pickup regular": Body(
        "pickup",
        (0.40, 0.45),
        (0.30, 0.42),
        (0.595, 0.64),
        (0.645, 0.68),
        (0.00, 0.02),
        (36, 41),
        (76, 84),
        (0.41, 0.46),
        (0.02, 0.05),
        lean=(0.20, 0.26),
        doors=2,
        roof="cab",
        bed=True,
        boxy=(3.6, 5.0),
        bow=(0.28, 0.42),
        blunt=True,
    ),
    "pickup extended": Body(
        "pickup",
        (0.40, 0.45),
        (0.30, 0.42),
        (0.595, 0.64),
        (0.645, 0.68),
        (0.00, 0.02),
        (36, 41),
        (76, 84),
        (0.345, 0.39),
        (0.02, 0.05),
        lean=(0.20, 0.26),
        doors=2,
        quarter=True,
        roof="cab",
        bed=True,
        boxy=(3.6, 5.0),
        bow=(0.28, 0.42),
        blunt=True,
    ),
    "pickup crew": Body(
        "pickup",
        (0.40, 0.45),
        (0.30, 0.42),
        (0.595, 0.64),
        (0.645, 0.68),
        (0.00, 0.02),
        (35, 40),
        (74, 84),
        (0.28, 0.35),
        (0.02, 0.05),
        lean=(0.20, 0.26),
        doors=4,
        roof="cab",
        bed=True,
        boxy=(3.6, 5.0),
        bow=(0.28, 0.42),
        blunt=True,
    ),
    "box truck": Body(
        "truck", (0.3, 0.4), UNUSED, UNUSED, UNUSED, UNUSED, UNUSED, UNUSED, UNUSED, UNUSED, one_box=True
    ),
    "bus": Body("bus", (0.40, 0.46), UNUSED, UNUSED, UNUSED, UNUSED, UNUSED, UNUSED, UNUSED, UNUSED, one_box=True),
}
"""All bodies by name."""
