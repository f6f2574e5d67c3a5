"""Meter a scene's light and set its exposure, as a photographer would.

The light of surfaces decides, whatever the background: an empty background, black or white, is not metered. An exposure
changes only if nothing seen is brighter than black, or most of it is lost in white; else its author meant it. That of
close-ups in a scene that was lit as a whole changes as soon as most of what they show is dark or bright.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from ...findings import Finding
from ...sweeps import Pose
from .. import color_management, compat, preparation
from ..placement import CLOSE_UP_KEY
from . import capture
from .capture import Capture

SOLID, CLEAR = 0.5, 0.02
"""Opacities: pixels above the first show a surface, pixels below the second nothing, unless they shine."""
BRIGHTEST = 99.9
"""Percentile of the surfaces' light that counts as the brightest thing: a lit part of any size, but no lone pixel."""
BLACK, DARK, LIGHT, WHITE = 0.15, 0.35, 0.66, 0.9
"""Displayed values, 0 to 1: what is black as the brightest thing, the middle that dark and bright pictures are
corrected to, and what the brightest thing of a dark picture reaches at most."""
LOST = 1.1
"""Stops that surfaces may lie beyond WHITE on average: a white background does, a blown-out room more."""
FAINT = 1e-3
"""Linear luminance up to which a denoiser makes light out of nothing."""
RAMP = np.arange(-24.0, 24.01, 0.125)
"""Stops around a luminance of 1 at which a scene's view is sampled."""


@dataclass(frozen=True)
class Exposed:
    """Whether ambient light was added to a scene, and the findings about its light."""

    light_added: bool
    findings: list[Finding]


def expose(shots: Capture, scene: bpy.types.Scene, poses: list[Pose], exposure: str) -> Exposed:
    """Light a scene that has no light, and expose it as a job says: 'auto', 'keep' or stops as text."""
    if exposure == "keep":
        return Exposed(False, [])
    found: list[Finding] = []
    light = _meter(shots, poses)
    if light.size and light.max() < FAINT:
        light = _meter(shots, poses, denoise=False)
    black = light.size > 0 and not light.any() and not any(_shows_world(shots, pose) for pose in poses)
    unlit = black and not shots.has_lamps()
    if unlit:
        preparation.add_fill_light(scene)
        light = _meter(shots, poses)
        advice = "add lamps or a sky to the scene for natural light"
        what = "the scene has no light; ambient light was added"
        found.append(Finding("no-light", "warning", scene.name, what, advice))
    elif black:
        what = "no lamp of the scene shines on what its pictures show: they are black"
        found.append(Finding("unlit", "warning", scene.name, what, "move the lamps, or add a sky"))
    view = scene.view_settings
    if exposure != "auto":
        view.exposure = float(exposure)
    elif view.view_transform not in color_management.TECHNICAL:
        found += _correct(scene, view, light)
    return Exposed(unlit, found)


def _meter(shots: Capture, poses: list[Pose], denoise: bool = True) -> np.ndarray:
    """Return the light, (N,), of surfaces in small renders of some poses."""
    return np.concatenate([surfaces(*shots.meter(pose, denoise=denoise)) for pose in poses])


def _shows_world(shots: Capture, pose: Pose) -> bool:
    """Tell whether a pose shows anything that is not black, such as a sky behind dark things."""
    return bool(shots.meter(pose, world=True, denoise=False)[0].any())


def surfaces(light: np.ndarray, opacity: np.ndarray) -> np.ndarray:
    """Return the luminances of those of a picture's pixels that show a surface, a fire or smoke.

    `light` is premultiplied by opacity. Pixels on edges and of clear glass show more of the background.
    """
    solid = opacity > SOLID
    if not solid.any():
        own = light / np.where(opacity > CLEAR, opacity, 1)
        return own[(opacity > CLEAR) | (light > 0)]
    own = np.where(solid, light / np.maximum(opacity, SOLID), light)
    return own[solid | (own > np.median(own[solid]))]


def _correct(scene: bpy.types.Scene, view: bpy.types.ColorManagedViewSettings, light: np.ndarray) -> Iterator[Finding]:
    """Correct a view's exposure for the light of surfaces, (N,), if need be, and yield a finding if so."""
    before, shown = view.exposure, show_ramp(scene)
    view.exposure += correction(light, shown) or (closer(light, shown) if CLOSE_UP_KEY in scene else 0.0)
    stops = view.exposure - before
    if stops > 0:  # what was too faint to sample is seen now
        scene.cycles.light_sampling_threshold *= 2.0**-stops
        scene.cycles.adaptive_threshold *= 2.0 ** (-stops / 2)
    if stops:
        part, done = ("brightest", "raised") if stops > 0 else ("typical", "lowered")
        value = np.interp(np.log2(np.percentile(light, BRIGHTEST if stops > 0 else 50)), RAMP, shown)
        what = f"exposure {done} by {abs(stops):.1f} stops: the {part} surface came out at {255 * value:.0f} of 255"
        yield Finding("exposure", "note", scene.name, what, "pass --exposure keep to leave it")


def correction(light: np.ndarray, shown: np.ndarray) -> float:
    """Return the stops by which an exposure has to change, mostly 0.

    `light` are linear luminances, (N,), of surfaces in the pictures, `shown` what `show_ramp` returns.
    """
    if not light.any():
        return 0.0
    reached = np.searchsorted(shown, (BLACK, DARK, LIGHT, WHITE))
    black, dark, bright, white = np.append(RAMP, np.inf)[reached].tolist()
    stops = np.log2(np.maximum(light, np.finfo(np.float32).tiny))
    middle, brightest = float(np.median(stops)), float(np.percentile(stops, BRIGHTEST))
    if brightest < black:
        return min(dark - middle, white - brightest)
    if middle > white and np.maximum(stops - white, 0).mean() > LOST:
        return bright - middle
    return 0.0


def closer(light: np.ndarray, shown: np.ndarray) -> float:
    """Return the stops by which the exposure of close-ups has to change: their median is neither dark nor bright.

    Nine tenths of the surfaces are below WHITE, unless the others became dark by it. Arguments are as for `correction`.
    """
    if not light.any():
        return 0.0
    reached = np.searchsorted(shown, (DARK, LIGHT, WHITE))
    dark, bright, white = np.append(RAMP, RAMP[-1])[reached].tolist()
    stops = np.log2(np.maximum(light, np.finfo(np.float32).tiny))
    middle = float(np.median(stops))
    change = float(np.clip(0.0, dark - middle, bright - middle))
    return max(min(change, white - float(np.percentile(stops, 90))), dark - middle)


def show_ramp(scene: bpy.types.Scene) -> np.ndarray:
    """Return the values, (len(RAMP),) from 0 to 1, that saved images of a scene have for grey light of 2**RAMP."""
    ramp = bpy.data.images.new("Sweepset ramp", len(RAMP), 1, float_buffer=True)
    with tempfile.TemporaryDirectory(dir=bpy.app.tempdir) as folder:
        path = Path(folder) / "ramp.png"
        try:
            ramp.pixels.foreach_set(np.repeat(2.0**RAMP, 4).astype(np.float32))
            ramp.save_render(compat.literal(path), scene=scene)
        finally:
            bpy.data.images.remove(ramp)
        values = capture.read_image(path)[0].mean(axis=1)
    # Some looks are not monotonic.
    return np.maximum.accumulate(values)
