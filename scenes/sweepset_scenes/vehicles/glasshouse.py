"""The cabin's windows, cut into its shell: windshield, rear window, side windows with their pillars, and their trim."""

from __future__ import annotations

import random

import numpy as np

from .form import Form
from .outlines import Points, between, corners, softened
from .skin import FRONT, REAR, SIDE, View

GLASS_DEPTH = 0.006
"""Metres that glass lies behind the metal around it."""
FRIT = 0.022
"""Width of the black rim of glued glass."""


def cut_windows(rng: random.Random, form: Form) -> None:
    """Cut all windows of a cabin with a roof into its shell."""
    pillar = rng.uniform(0.035, 0.05)
    edges = {
        rear: (corners(form.upper, share, -pillar, rear), corners(form.upper, share, pillar, rear))
        for rear, share in ((False, 0.95), (True, 0.95))
    }
    _sides(rng, form, edges[False][1], edges[True][1])
    _across(form, edges[False][0], FRONT)
    if not form.body.blind:
        _across(form, edges[True][0], REAR)
    elif rng.random() < 0.65:
        _across(form, edges[True][0], REAR, 0.06)  # one in each door
    if form.body.blind:
        form.upper.dress(form.upper.cut([(-0.1, 0.0), (0.003, 0.0), (0.003, 9.0), (-0.1, 9.0)], REAR), "gap")


def _across(form: Form, edge: np.ndarray, view: View, start: float = -0.3) -> None:
    """Cut the windshield or the rear window; `edge` is its outer edge, rows of (arc, y, z), `start` its inner arc."""
    low, high = edge[0, 2] + 0.03, edge[-1, 2] - 0.022
    if view == REAR:
        low += 0.035
    z = np.linspace(low, high, 7)
    arc = np.interp(z, edge[:, 2], edge[:, 0])
    outline: Points = [(start, float(low)), *((float(a), float(b)) for a, b in zip(arc, z)), (start, float(high))]
    outer = softened(outline, 0.05)
    form.upper.dress(form.upper.cut(outer, view), "frit")
    ahead = start + (FRIT if start > 0 else 0.0)
    inner = [(ahead, low + FRIT), *((float(a) - FRIT, float(b)) for a, b in zip(arc, z)), (ahead, high - FRIT)]
    inner[1], inner[-2] = (inner[1][0], low + FRIT), (inner[-2][0], high - FRIT)
    glass = form.upper.cut(softened(inner, 0.05), view)
    form.upper.dress(glass, "windshield" if view == FRONT else "rear glass")
    form.upper.recess(glass, GLASS_DEPTH, "seal")


def _sides(rng: random.Random, form: Form, front: np.ndarray, rear: np.ndarray) -> None:
    body = form.body
    two_box = form.foot > form.size.length / 2 - 0.25
    pillar = rng.uniform(0.10, 0.22) if two_box else rng.uniform(0.12, 0.26)
    if two_box and not body.quarter:
        pillar += 0.12  # a hatchback's rear pillar is broad, a wagon's slim beside its third window
    if body.roof == "cab":
        pillar = rng.uniform(0.05, 0.1)
    margin = rng.uniform(0.02, 0.035)
    kick = rng.choice((0.0, 0.0, rng.uniform(0.02, 0.08)))
    start_kick = form.rear_axle - rng.uniform(0.2, 0.6)

    def low(y: float) -> float:
        return float(form.belt(np.array(y))) + 0.012 + kick * max(0.0, (y - start_kick) / 0.6) ** 1.4

    def high(y: float) -> float:
        ahead = np.interp(y, front[:, 1], front[:, 2], left=0.0, right=9.0)
        behind = np.interp(y + pillar, rear[::-1, 1], rear[::-1, 2], left=9.0, right=0.0)
        return float(min(form.rail(np.array(y)) - margin, ahead, behind))

    at = np.linspace(front[0, 1], rear[0, 1], 200)
    tall = [y for y in at if high(y) - low(y) > 0.035]
    first, last = tall[0], tall[-1]
    trim = rng.choice(("chrome", "seal", "seal"))
    whole = between(lambda y: low(y) - 0.012, lambda y: high(y) + 0.012, first - 0.012, last + 0.012, 24)
    form.upper.dress(form.upper.cut(softened(whole, 0.03), SIDE), trim)
    frame = form.upper.cut(softened(between(low, high, first, last, 24), 0.03), SIDE)
    form.upper.dress(frame, rng.choice(("seal", "seal", "paint")) if not body.blind else "paint")
    lean = rng.uniform(0.0, 0.12)
    for number, (start, stop) in enumerate(_split(rng, form, first, last)):
        if body.blind and number > 0:
            continue
        pane = between(
            lambda y: low(y) + 0.006, lambda y: high(y) - 0.008, start, stop, 12, 0.0 if stop == last else lean
        )
        glass = form.upper.cut(softened(pane, 0.025), SIDE)
        form.upper.dress(glass, "side glass" if number == 0 else "rear side glass")
        form.upper.recess(glass, GLASS_DEPTH, "seal")


def _split(rng: random.Random, form: Form, first: float, last: float) -> list[tuple[float, float]]:
    """Return where each side window begins and ends."""
    body, half = form.body, rng.uniform(0.03, 0.045)
    b_pillar = pillar_b(form)
    c_pillar = pillar_c(form)
    if body.roof == "cab" and body.doors == 2:
        return [(first, last)]
    panes = [(first, b_pillar - half), (b_pillar + half, last)]
    if body.doors == 4 and body.quarter and last - c_pillar > 0.25:
        panes[1:] = [(b_pillar + half, c_pillar - 0.02), (c_pillar + 0.03, last)]
    return [(a, b) for a, b in panes if b - a > 0.12]


def pillar_b(form: Form) -> float:
    """Return the y of the pillar behind the front door."""
    if form.body.roof == "cab":
        # Of a cab: a regular one ends there, an extended one a little behind, a crew cab has a second door.
        share = {"pickup regular": 1.0, "pickup extended": 0.70, "pickup crew": 0.56}[form.name]
        return form.cowl + 0.35 + share * (form.foot - form.cowl - 0.45)
    share = 0.53 if form.body.doors == 4 else 0.72 if form.body.kind == "car" else 0.66
    return form.front_axle + share * form.size.wheelbase


def pillar_c(form: Form) -> float:
    """Return the y where the rear door's window ends."""
    if form.body.roof == "cab":
        return form.foot - 0.10
    return form.rear_axle - 0.02
