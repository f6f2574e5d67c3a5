"""Forward optical flow from depth and rigid motion: each pixel's motion to the next frame. Imports no bpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

STEPS = 64
"""Steps per pixel of stored flow, as in KITTI."""
REACH = 32767 / STEPS
"""The largest motion in pixels, either way, that fits into 16 bits; flow beyond it is undefined."""


@dataclass(frozen=True)
class View:
    """A camera: `intrinsics`, (3, 3), in pixels with centres at .5, and `to_world`, (4, 4), with OpenCV's axes."""

    intrinsics: np.ndarray
    to_world: np.ndarray

    def lift(self, distance: np.ndarray, pixels: np.ndarray) -> np.ndarray:
        """Return the world points, (n, 3), that the pixels at n flat positions of a depth map, (H, W), show."""
        width = distance.shape[1]
        corner = np.stack([pixels % width + 0.5, pixels // width + 0.5, np.ones(len(pixels))], 1)
        local = corner @ np.linalg.inv(self.intrinsics).T * distance.ravel()[pixels, None]
        return local @ self.to_world[:3, :3].T + self.to_world[:3, 3]

    def project(self, points: np.ndarray) -> np.ndarray:
        """Return where world points, (n, 3), are in the image, (n, 2) in pixels; NaN behind the camera."""
        local = (points - self.to_world[:3, 3]) @ self.to_world[:3, :3]
        x, y, depth = (local @ self.intrinsics.T).T
        depth = np.where(depth > 0, depth, np.nan)
        return np.stack([x / depth, y / depth], 1)


def flow(
    distance: np.ndarray, ids: np.ndarray, motions: Mapping[int, np.ndarray | None], now: View, then: View
) -> np.ndarray:
    """Return the motion of each pixel, (H, W, 2) float64 in pixels (right, down), NaN if undefined.

    `distance` is depth along the axis, (H, W), 0 for nothing; `ids` are instances, (H, W). `motions` gives, for each
    instance that moves, the (4, 4) from its world points now to those of the next frame, None if it does not move
    rigidly. Flow does not depend on whether something hides the point in the next frame.
    """
    pixels = np.flatnonzero(distance)
    here = now.lift(distance, pixels)
    seen = ids.ravel()[pixels]
    for number in np.intersect1d(seen, list(motions)).tolist():
        rows = np.flatnonzero(seen == number)
        motion = motions[number]
        here[rows] = np.nan if motion is None else here[rows] @ motion[:3, :3].T + motion[:3, 3]
    result = np.full((distance.size, 2), np.nan)
    width = distance.shape[1]
    result[pixels] = then.project(here) - np.stack([pixels % width + 0.5, pixels // width + 0.5], 1)
    return result.reshape(*distance.shape, 2)


def encode(flow: np.ndarray) -> np.ndarray:
    """Return flow as it is stored, (H, W, 3) uint16: u and v times 64 plus 32768, and 1 if it is defined."""
    defined = np.abs(np.nan_to_num(flow, nan=np.inf)).max(2) <= REACH
    stored = np.zeros((*defined.shape, 3), np.uint16)
    stored[defined, :2] = np.rint(flow[defined] * STEPS).astype(np.int32) + 32768
    stored[defined, 2] = 1
    return stored
