"""The faces of a vehicle: lamps with reflectors, bezels and lenses, grilles, intakes, bumper and lid gaps, badges.

Outlines are drawn in the front's or the rear's view, whose first coordinate is the length along the skin from the
middle, so that a lamp keeps its form where it wraps round a corner.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from mathutils import Matrix, Vector

from ..shapes.primitives import Material, Shape, ball, box, join, lathe
from .arches import GAP, between_doors
from .form import Form
from .outlines import Points, along_ring, corners, grown, softened
from .skin import FRONT, PLAN, REAR, Skin, View

Parts = list[tuple[str, Shape]]
BUMPER = 0.035
"""Metres that bumpers stand out where they do."""
HEAD_LAMPS: dict[str, Points] = {
    "rectangle": [(0, 0.06), (1, 0.0), (1, 1), (0, 0.94)],
    "trapezoid": [(0.06, 0.0), (0.9, 0.1), (1, 1), (0, 0.9)],
    "swept": [(0, 0.42), (0.10, 0.05), (0.55, 0.0), (0.9, 0.45), (1, 1.0), (0.5, 0.98), (0.04, 0.72)],
    "almond": [(0, 0.45), (0.25, 0.05), (0.6, 0.0), (0.9, 0.35), (1, 0.85), (0.75, 1.0), (0.3, 0.9)],
    "slim": [(0, 0.30), (0.08, 0.08), (0.72, 0.0), (1, 0.55), (1, 0.95), (0.04, 0.68)],
    "drop": [(0, 0.30), (0.14, 0.0), (0.62, 0.02), (0.88, 0.5), (1, 1.0), (0.35, 0.92), (0.05, 0.66)],
    "block": [(0.03, 0.0), (0.97, 0.0), (1, 0.06), (1, 0.95), (0.96, 1), (0.03, 1), (0, 0.94), (0, 0.06)],
}
"""Outlines from the inner (0) to the outer end (1) and from the bottom (0) to the top (1)."""
LAMPS_BY_ERA = (
    ("rectangle", "block", "trapezoid"),
    ("swept", "almond", "drop", "trapezoid"),
    ("slim", "swept", "almond", "drop"),
)


def _dense(outline: Sequence[tuple[float, float]], steps: int = 3) -> Points:
    """Return an outline with points between its corners, so that a curved map keeps its form."""
    found: Points = []
    for (x0, y0), (x1, y1) in zip(outline, [*outline[1:], outline[0]]):
        found += [(x0 + (x1 - x0) * k / steps, y0 + (y1 - y0) * k / steps) for k in range(steps)]
    return found


class Face:
    """The front or the rear of a form: its middle is arc 0, `corner` the arc at which its skin turns to the side.

    Made before anything is cut into the form's lower skin.
    """

    def __init__(self, form: Form, rear: bool) -> None:
        self.form, self.rear = form, rear
        self.view: View = REAR if rear else FRONT
        self.bare = copy.deepcopy(form.lower)
        ring = corners(form.lower, 0.9, 0.0, rear)
        self.corner = float(ring[len(ring) * 3 // 4, 0])
        self._y: Callable[[float], float] = along_ring(form.lower, 0.85, rear)
        axle, ahead = (form.rear_axle, -1) if rear else (form.front_axle, 1)
        arcs = [a for a in np.linspace(0.0, 4.0, 161) if ahead * (axle - self._y(a)) > 0]
        self.reach = float(arcs[-1]) if arcs else 0.0  # the arc of the axle, where bumpers end
        self.seam = 0.0  # height of the lower edge of a rear's lid, once it is dressed

    def top(self, arc: float) -> float:
        """Return the height of the wall's upper edge at an arc."""
        return float(self.form.edge(np.array(self._y(arc))))

    def low(self) -> float:
        """Return the lowest height of the face that can be dressed."""
        return self.form.size.clearance + (0.17 if self.rear else 0.11)

    def fitted(self, outline: Points, start: float, stop: float, drop: float, height: float) -> Points:
        """Map an outline of the unit square between two arcs, its top `drop` metres below the wall's edge."""
        return [
            (start + s * (stop - start), self.top(start + s * (stop - start)) - drop - (1 - t) * height)
            for s, t in _dense(outline)
        ]

    def place(self, shape: Shape, at: tuple[float, float], out: float = 0.0, straight: float = 0.0) -> Shape:
        """Put a shape, whose front is +z, on the skin at (arc, z); `straight` turns it towards straight ahead."""
        point, normal = self.bare.spot(at, self.view)
        ahead = np.array((0.0, 1.0 if self.rear else -1.0, 0.0))
        facing = Vector((1 - straight) * normal + straight * ahead).normalized()
        turn = _facing(facing)
        where = np.array(point) + out * np.array(facing)
        return shape.bent(lambda p: p @ np.array(turn).T + where)


def _facing(direction: Vector) -> Matrix:
    """Return the turn that maps z to a direction and keeps y upright."""
    up = Vector((0.0, 0.0, 1.0))
    right = up.cross(direction).normalized()
    return Matrix((right, direction.cross(right), direction)).transposed()


def mirrored(shape: Shape) -> Shape:
    """Return a shape on the other side of x = 0."""
    return Shape(
        shape.vertices * (-1.0, 1.0, 1.0),
        [face[::-1] for face in shape.faces],
        [uv[::-1] for uv in shape.uvs],
        shape.materials,
    )


def both(part: str, shapes: Sequence[Shape]) -> Parts:
    """Return parts of the right side and their copies on the left."""
    if not shapes:
        return []
    right = join(shapes)
    return [(part, right), (part, mirrored(right))]


def lamp(
    face: Face,
    outline: Points,
    lens: str,
    bowls: Sequence[tuple[float, float, float]],
    materials: Mapping[str, Material],
    bezel: str = "bezel",
    depth: float = 0.05,
) -> Parts:
    """Cut a lamp in: a bezel, a lens over a hollow, and bowls of (arc, z, radius) with bulbs in it."""
    skin = face.form.lower
    skin.dress(skin.cut(grown(outline, 0.006), face.view), "gap")
    faces = skin.cut(outline, face.view)
    shapes = []
    for arc, z, radius in bowls:
        shapes.append(face.place(_bowl(radius, materials), (arc, z), -0.018, 0.75))
    skin.dress(faces, bezel, "lamp")
    skin.recess(faces, depth, bezel, lid=lens)
    return both("lamp", shapes)


def _bowl(radius: float, materials: Mapping[str, Material]) -> Shape:
    """Make a reflector of a lamp with its bulb, open towards +z."""
    depth = 0.45 * radius
    steps = np.linspace(0.15, 1.0, 6)
    inner = [(radius * float(t), depth * float(t**2) - depth) for t in steps]
    outer = [(r + 0.003, z - 0.003) for r, z in reversed(inner)]
    reflector = lathe(materials["reflector"], [*inner[::-1], *outer[::-1]], 20, closed=True)
    return reflector + ball(materials["bulb"], 0.30 * radius, 10).moved(z=-0.55 * depth)


def dress_front(rng: random.Random, face: Face, materials: Mapping[str, Material]) -> Parts:
    """Cut and dress a front: lamps, grille, intake, fog lamps, bumper gap, hood gap, badge and plate."""
    form = face.form
    upright = form.body.kind in ("pickup", "suv", "van") and rng.random() < 0.6
    style = rng.choice(LAMPS_BY_ERA[0] if upright else LAMPS_BY_ERA[min(int(form.era * 3), 2)])
    tall = face.top(0.0) - face.low()
    height = rng.uniform(0.28, 0.37) * tall * (1.25 if style in ("swept", "almond", "drop") or form.body.blunt else 0.9)
    inner, outer = rng.uniform(0.52, 0.66) * face.corner, rng.uniform(1.02, 1.28) * face.corner
    if style in ("rectangle", "block"):
        outer = rng.uniform(0.95, 1.08) * face.corner
    drop = rng.uniform(0.004, 0.03)
    outline = softened(face.fitted(HEAD_LAMPS[style], inner, outer, drop, height), 0.012)
    span = outer - inner
    bowls = []
    for share in (0.30, 0.62) if rng.random() < 0.75 else (0.45,):
        arc = inner + share * span
        bowls.append((arc, face.top(arc) - drop - 0.52 * height, min(0.36 * height, 0.17 * span)))
    parts = lamp(face, outline, "lens", bowls, materials, rng.choice(("bezel", "reflector", "reflector")))
    lamp_bottom = face.top(0.5 * (inner + outer)) - drop - height
    bumper = _bumper(rng, face, lamp_bottom) if has_bumper(rng, form) else 0.0
    parts += _grille(rng, face, materials, (inner - 0.03, lamp_bottom), bumper)
    skin = form.lower
    seam = [(-0.1, lamp_bottom - 0.02), (face.reach, lamp_bottom - 0.02)]
    skin.dress(skin.cut([*seam, *((a, z - GAP) for a, z in seam[::-1])], FRONT), "gap")
    if not form.body.one_box:
        _hood_gap(rng, form)
    return parts


def has_bumper(rng: random.Random, form: Form) -> bool:
    """Tell whether bumpers stand out from the body, as those of pickups and of old cars do."""
    return form.body.bed or (form.era < 0.35 and rng.random() < 0.6)


def _bumper(rng: random.Random, face: Face, below: float) -> float:
    """Push a band of the face out as a bumper, and return the height of its top."""
    skin = face.form.lower
    low = face.low() + rng.uniform(0.0, 0.06)
    high = min(low + rng.uniform(0.14, 0.22), below - 0.06)
    reach = face.corner * rng.uniform(1.12, 1.3)
    outline = softened([(-0.3, low), (reach, low), (reach, high), (-0.3, high)], 0.03)
    finish = rng.choice(("chrome", "chrome", "plastic", "paint") if face.form.body.bed else ("chrome", "plastic"))
    faces = skin.cut(outline, face.view)
    skin.dress(faces, finish, "bumper")
    skin.recess(faces, -BUMPER, finish)
    return high


def _grille(
    rng: random.Random, face: Face, materials: Mapping[str, Material], room: tuple[float, float], bumper: float
) -> Parts:
    """Cut the grille and what is below it; `room` is its largest half width and the height of the lamps' lower edge."""
    reach, lamp_bottom = room
    skin, low, top = face.form.lower, face.low(), face.top(0.0)
    blunt, era = face.form.body.blunt, face.form.era
    kind = rng.choices(("bar", "tall", "deep", "slim"), (2 if blunt else 4, 7 if blunt else 1 + 3 * era, 3 * era, 1))[0]
    high = top - rng.uniform(0.015, 0.04)
    if bumper and kind == "deep":
        kind = "tall"
    bottom = {
        "bar": lamp_bottom + rng.uniform(-0.03, 0.03),
        "tall": lamp_bottom - rng.uniform(0.05, 0.16),
        "deep": low + 0.06,
        "slim": high - rng.uniform(0.05, 0.08),
    }[kind]
    bottom = max(bottom, bumper + 0.05)
    wide = reach * rng.uniform(0.72, 1.0)
    foot = wide * rng.uniform(0.62, 0.98)
    outline = softened(
        [(-0.2, bottom), (foot, bottom), (wide, bottom + 0.6 * (high - bottom)), (wide * 0.97, high), (-0.2, high)],
        0.02,
    )
    rim = rng.uniform(0.010, 0.024)
    skin.dress(skin.cut(grown(outline, rim), FRONT), rng.choice(("chrome", "chrome", "plastic", "paint")))
    _slats(rng, skin, outline, rng.choice(("chrome", "plastic", "plastic", "chrome")))
    parts: Parts = []
    badge_z = (bottom + high) / 2 if kind != "slim" and rng.random() < 0.6 else top + 0.005
    parts.append(("body", face.place(_badge(rng, materials), (0.0, min(badge_z, top - 0.02)), 0.004)))
    plate_z = low + 0.5 * (lamp_bottom - low) if kind == "deep" else 0.5 * (low + 0.10 + bottom)
    if bumper:
        plate_z = bumper - 0.09
    else:
        if kind != "deep":
            _intake(rng, face, low, bottom)
        _fog(rng, face, low, lamp_bottom, parts, materials)
    out = 0.012 + (BUMPER if bumper else 0.0)
    parts.append(("plate", face.place(plate(rng, materials), (0.0, plate_z), out, 1.0)))
    return parts


def _slats(rng: random.Random, skin: Skin, outline: Points, finish: str) -> None:
    """Cut the bars of a grille into its outline, and push in what is between them."""
    wide = max(x for x, _ in outline)
    bottom, high = min(z for _, z in outline), max(z for _, z in outline)
    if rng.random() < 0.7:
        count = rng.randint(2, 6)
        pitch = (high - bottom) / count
        thick = min(rng.uniform(0.2, 0.4) * pitch, 0.02)
        bars = [
            [
                (-0.2, bottom + k * pitch - thick),
                (wide, bottom + k * pitch - thick),
                (wide, bottom + k * pitch),
                (-0.2, bottom + k * pitch),
            ]
            for k in range(1, count)
        ]
    else:
        count = rng.randint(5, 9)
        pitch = wide / count
        thick = rng.uniform(0.25, 0.4) * pitch
        bars = [
            [(k * pitch, bottom), (k * pitch + thick, bottom), (k * pitch + thick, high), (k * pitch, high)]
            for k in range(count)
        ]
    skin.cut(outline, FRONT)
    within = {i for bar in bars for i in skin.cut(bar, FRONT)}
    opening = skin.cut(outline, FRONT)
    skin.dress([i for i in opening if i in within], finish, "slat")
    _hollow(skin, [i for i in opening if i not in within], 0.035)


def _hollow(skin: Skin, faces: Sequence[int], depth: float) -> None:
    """Push faces in and make them black."""
    skin.dress(faces, "dark", "hollow")
    skin.recess(faces, depth, "dark")


def _intake(rng: random.Random, face: Face, low: float, bottom: float) -> None:
    """Cut the opening of the lower bumper."""
    skin = face.form.lower
    high = low + rng.uniform(0.35, 0.5) * (bottom - low)
    wide = face.corner * rng.uniform(0.5, 0.8)
    outline = softened([(-0.2, low), (wide, low), (wide * rng.uniform(0.85, 1.05), high), (-0.2, high)], 0.02)
    if rng.random() < 0.5:
        skin.dress(skin.cut(grown(outline, 0.02), FRONT), "plastic")
    middle = (low + high) / 2
    bar = [(-0.2, middle - 0.008), (wide * 1.1, middle - 0.008), (wide * 1.1, middle + 0.008), (-0.2, middle + 0.008)]
    slat = set(skin.cut(bar, FRONT))
    opening = skin.cut(outline, FRONT)
    skin.dress([i for i in opening if i in slat], "plastic", "slat")
    _hollow(skin, [i for i in opening if i not in slat], 0.035)


def _fog(
    rng: random.Random, face: Face, low: float, lamp_bottom: float, parts: Parts, materials: Mapping[str, Material]
) -> None:
    """Cut the recesses of the bumper's corners, with fog lamps in most."""
    if rng.random() < 0.2:
        return
    skin, at = face.form.lower, face.corner * rng.uniform(0.9, 1.0)
    z = low + rng.uniform(0.3, 0.45) * (lamp_bottom - low)
    wide, tall = rng.uniform(0.07, 0.13), rng.uniform(0.035, 0.055)
    if at - wide < face.corner * 0.6:
        return
    pocket = softened(
        [(at - wide, z - tall), (at + wide * 0.6, z - tall), (at + wide, z + tall), (at - wide * 0.8, z + tall)], 0.025
    )
    faces = skin.cut(pocket, FRONT)
    disc = face.place(_bowl(tall * 0.75, materials), (at, z), -0.012, 0.8)
    skin.dress(faces, "plastic", "hollow")
    skin.recess(faces, 0.025, "plastic")
    parts += both("lamp", [disc])


def _badge(rng: random.Random, materials: Mapping[str, Material]) -> Shape:
    """Make the badge of an invented make: an oval, a shield, a lozenge or bars; its front is +z."""
    size = rng.uniform(0.035, 0.06)
    kind = rng.choice(("oval", "ring", "lozenge", "bars"))
    chrome = materials["chrome"]
    if kind == "bars":
        return join(
            [
                box(chrome, (-size * w, -0.012 + dy, 0.0), (size * w, 0.0 + dy, 0.012), 0.003)
                for w, dy in ((1.2, 0.016), (0.7, -0.008))
            ]
        )
    sides = 4 if kind == "lozenge" else 24
    disc = lathe(chrome, [(size, 0.0), (size, 0.006), (size * 0.8, 0.012), (0.001, 0.012)], sides)
    if kind == "ring":
        disc = disc + lathe(materials["plastic"], [(size * 0.7, 0.010), (size * 0.65, 0.014), (0.001, 0.014)], sides)
    return disc.scaled(1.3 if kind == "oval" else 1.0, 0.75 if kind == "oval" else 1.0, 1.0)


def plate(rng: random.Random, materials: Mapping[str, Material]) -> Shape:
    """Make a number plate with glyphs that spell nothing, its front +z."""
    wide, high = rng.choice(((0.152, 0.076), (0.26, 0.056)))
    made = [box(materials["plate"], (-wide, -high, 0.0), (wide, high, 0.008), 0.003)]
    count = rng.randint(6, 7)
    pitch = 1.7 * wide / count
    tall = min(0.042, 0.62 * high)
    for k in range(count):
        x = -0.85 * wide + (k + 0.5) * pitch
        strokes = [
            (-0.3, -1, -0.14, 1),
            (0.14, -1, 0.3, 1),
            (-0.3, 0.72, 0.3, 1),
            (-0.3, -1, 0.3, -0.72),
            (-0.3, -0.14, 0.3, 0.14),
        ]
        for a, b, c, d in rng.sample(strokes, rng.randint(2, 4)):
            made.append(
                box(materials["ink"], (x + a * pitch, b * tall, 0.007), (x + c * pitch, d * tall, 0.0095), 0.0003)
            )
    return join(made)


def _hood_gap(rng: random.Random, form: Form) -> None:
    """Cut the gap round the hood, and dress the strip below the windshield."""
    share = rng.uniform(0.80, 0.88)
    half = form.plan.half
    nose, cowl = form.plan.nose + rng.uniform(0.07, 0.1), form.cowl + 0.34
    y = np.linspace(nose + 0.25, cowl, 6)
    outline = [
        (-0.1, nose),
        (0.5 * half, nose + 0.03),
        (0.72 * half * share, nose + 0.10),
        *((share * half * (0.93 + 0.07 * (a - nose) / (cowl - nose)), float(a)) for a in y),
        (-0.1, cowl),
    ]
    skin = form.lower
    skin.dress(skin.cut_ring(outline, grown(outline, -GAP), PLAN, ("cover", "round")), "gap")
    cowl_strip = [
        (-0.1, form.cowl - 0.05),
        (0.55 * half, form.cowl + 0.02),
        (0.9 * half, form.cowl + 0.34),
        (0.9 * half, cowl + 0.2),
        (-0.1, cowl + 0.2),
    ]
    skin.dress(skin.cut(cowl_strip, PLAN, ("cover",)), "plastic")


def dress_rear(rng: random.Random, face: Face, materials: Mapping[str, Material]) -> Parts:
    """Cut and dress a rear: lamps, plate, lid and bumper gaps, strip, badge and exhausts."""
    form = face.form
    top, low = face.top(0.0), face.low()
    tall = top - low
    hatch = form.foot > form.plan.tail - 0.25
    seam = face.seam = low + tall * rng.uniform(0.40, 0.52)
    upright = form.body.kind in ("pickup", "van") or (hatch and rng.random() < 0.5)
    inner = face.corner * (rng.uniform(0.82, 0.92) if upright else rng.uniform(0.45, 0.68))
    outer = face.corner * (rng.uniform(1.1, 1.2) if upright else rng.uniform(1.1, 1.35))
    height = (top - seam) * (rng.uniform(0.85, 0.98) if upright else rng.uniform(0.4, 0.7))
    style = "block" if upright else rng.choice(("rectangle", "trapezoid", "slim", "swept", "almond"))
    drop = rng.uniform(0.0, 0.02)
    outline = softened(face.fitted(HEAD_LAMPS[style], inner, outer, drop, height), 0.015)
    skin, span = form.lower, outer - inner
    bowls = []
    if upright:
        bowls = [(inner + 0.45 * span, face.top(inner) - drop - height * s, 0.15 * height) for s in (0.22, 0.55)]
    else:
        bowls = [
            (inner + s * span, face.top(inner + s * span) - drop - height * 0.5, 0.3 * height) for s in (0.3, 0.66)
        ]
    parts = lamp(face, outline, "red lens", bowls, materials, "reflector", 0.03)
    for s, finish in ((0.05, "lens"), (0.72, "amber lens")) if rng.random() < 0.8 else ():
        if upright:
            z1 = face.top(inner) - drop - height * (0.62 if finish == "lens" else 0.82)
            band = [
                (inner - 0.1, z1 - 0.18 * height),
                (outer + 0.1, z1 - 0.18 * height),
                (outer + 0.1, z1),
                (inner - 0.1, z1),
            ]
        else:
            a = inner + s * span
            band = [(a, 0.0), (a + 0.2 * span, 0.0), (a + 0.2 * span, 9.0), (a, 9.0)]
        skin.dress(skin.cut(band, REAR, ("lid",)), finish)
    parts += _lid(rng, face, inner, seam, hatch, materials)
    return parts


def _lid(
    rng: random.Random, face: Face, inner: float, seam: float, hatch: bool, materials: Mapping[str, Material]
) -> Parts:
    """Cut bumper and lid of a rear, and dress them: plate, strip, badge, reflectors."""
    skin, top, low = face.form.lower, face.top(0.0), face.low()
    bumper = _bumper(rng, face, seam) if has_bumper(rng, face.form) else 0.0
    line = [(-0.1, seam), (face.reach, seam)]
    skin.dress(skin.cut([*line, *((a, z - GAP) for a, z in line[::-1])], REAR), "gap")
    edge = min(inner - 0.01, 0.84 * face.corner)
    lid = [(edge, seam), (edge + GAP, seam), (edge + GAP, top + 0.1), (edge, top + 0.1)]
    skin.dress(skin.cut(lid, REAR), "gap")
    if face.form.body.blind:
        skin.dress(skin.cut(between_doors(seam), REAR), "gap")
    on_lid = (bool(bumper) or rng.random() < 0.65) and top - seam > 0.2
    z = seam + 0.42 * (top - seam) if on_lid else low + 0.62 * (seam - low)
    parts: Parts = []
    pocket = softened([(-0.2, z - 0.085), (0.27, z - 0.085), (0.24, z + 0.085), (-0.2, z + 0.085)], 0.02)
    faces = skin.cut(pocket, REAR)
    parts.append(("plate", face.place(plate(rng, materials), (0.0, z), -0.012, 1.0)))
    skin.dress(faces, rng.choice(("paint", "paint", "plastic")), "hollow")
    skin.recess(faces, 0.025, "paint")
    if on_lid and rng.random() < 0.7:
        strip = box(materials["chrome"], (-0.26, -0.012, 0.0), (0.26, 0.012, 0.018), 0.005)
        parts.append(("body", face.place(strip, (0.0, z + 0.115), 0.0, 1.0)))
    parts.append(("body", face.place(_badge(rng, materials), (0.0, min(top - 0.03, z + 0.2)), 0.002)))
    if not bumper and rng.random() < 0.5:
        stop = face.reach
        lip = [(-0.2, low - 0.3), (stop, low - 0.3), (stop, low + 0.06), (-0.2, low + 0.06)]
        skin.dress(skin.cut(lip, REAR, ("wall", "under")), "plastic")
    reflector_z = low + 0.35 * (seam - low)
    patch = [
        (0.72 * face.corner, reflector_z - 0.02),
        (0.95 * face.corner, reflector_z - 0.02),
        (0.95 * face.corner, reflector_z + 0.02),
        (0.72 * face.corner, reflector_z + 0.02),
    ]
    if not bumper and rng.random() < 0.5:
        skin.dress(skin.cut(patch, REAR), "red lens")
    return parts
