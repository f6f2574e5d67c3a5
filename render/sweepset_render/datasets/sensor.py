"""The faults of a real camera, applied to a rendered image: a lens's distortion, noise, and sharpening.

Ground truth is distorted in the same way, with the nearest pixel's value. All chance comes from (seed, frame).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np

from sweepset import color, sweeps
from sweepset.ground_truth import KINDS

LUMINANCE = color.LUMINANCE[::-1].astype(np.float32)
"""Weights of linear blue, green, red."""
NATIVE = 640
"""The width in pixels of the pictures whose noise is drawn."""
USUAL, MOST_GAIN = 0.17, 6.0
"""The mean luminance that cameras meter for, and how much they make up for at most, either way."""
RANGE, MOST_CONTRAST = (4.0, 253.0), 2.5
"""Usual 2nd and 98th percentiles of a Kinect's grey values (medians over NYU Depth V2: 8 and 253)."""


@dataclass(frozen=True)
class Sensor:
    """A camera's faults in one frame.

    `distortion` is OpenCV's (k1, k2, p1, p2, k3). By the share `fringe`, red is larger and blue smaller than green.
    `vignette` is the light lost in the corners, `gain` the wrong white balance of red and blue, `softness` the lens's
    blur in pixels. `shot` and `read` are the noise's variance per linear value and at black; with `mosaic`, the sensor
    has one colour per pixel. `metering` is the corrected share, in stops, of a dark or bright exposure, `stretch` the
    share by which grey values are spread over the whole range. `sharpening` is the amount of an unsharp mask, `jpeg` a
    quality or None.
    """

    distortion: tuple[float, float, float, float, float]
    fringe: float
    vignette: float
    gain: tuple[float, float]
    softness: float
    shot: float
    read: float
    mosaic: bool
    metering: float
    stretch: float
    sharpening: float
    jpeg: int | None

    def to_json(self) -> dict[str, Any]:
        """Return the faults in JSON's types, without the distortion, which the camera's record has."""
        told = {key: value for key, value in asdict(self).items() if key != "distortion"}
        return {**told, "gain": list(self.gain)}


def draw(kind: str, seed: int, frame: int, width: int = NATIVE) -> Sensor:
    """Draw a frame's faults: those of a Kinect's colour camera, or of a phone in a room's light.

    An image of less `width` than theirs stands for one of theirs made smaller: its pixels are means, with less noise.
    """
    rng = sweeps.random_for(seed, frame, 3)
    share = min(width / NATIVE, 1.0) ** 2
    if kind == "kinect":
        # Close to published calibrations of first Kinects.
        k1, k2, k3 = rng.gauss(0.2, 0.03), rng.gauss(-0.55, 0.06), rng.gauss(0.45, 0.05)
        return Sensor(
            distortion=(k1, k2, rng.gauss(0, 0.001), rng.gauss(0, 0.001), k3),
            fringe=abs(rng.gauss(0, 0.0006)),
            vignette=rng.uniform(0.05, 0.25),
            gain=(2 ** rng.gauss(0, 0.09), 2 ** rng.gauss(0, 0.09)),
            softness=rng.uniform(0.35, 0.8),
            shot=share * 10 ** rng.uniform(-4.0, -3.1),
            read=share * 10 ** rng.uniform(-6.0, -4.9),
            mosaic=True,
            metering=rng.uniform(0.6, 0.85),
            stretch=rng.uniform(0.5, 1.0),
            sharpening=rng.uniform(0.4, 1.3),
            jpeg=rng.randint(80, 96),
        )
    return Sensor(
        distortion=(rng.gauss(0.0, 0.03), rng.gauss(0.0, 0.02), rng.gauss(0, 0.0005), rng.gauss(0, 0.0005), 0.0),
        fringe=abs(rng.gauss(0, 0.0003)),
        vignette=rng.uniform(0.0, 0.12),
        gain=(2 ** rng.gauss(0, 0.04), 2 ** rng.gauss(0, 0.04)),
        softness=rng.uniform(0.2, 0.5),
        shot=share * 10 ** rng.uniform(-5.0, -3.8),
        read=share * 10 ** rng.uniform(-7.0, -5.5),
        mosaic=False,
        metering=rng.uniform(0.5, 0.8),
        stretch=rng.uniform(0.1, 0.5),
        sharpening=rng.uniform(0.2, 1.0),
        jpeg=rng.randint(85, 97),
    )


def apply(
    kind: str, seed: int, frame: int, image: np.ndarray, arrays: Mapping[str, np.ndarray], intrinsics: np.ndarray
) -> tuple[np.ndarray, dict[str, np.ndarray], dict[str, Any]]:
    """Return a frame as a camera takes it: image, (H, W, 3) uint8 BGR, ground truth, entries of the camera's record.

    The focal length of the camera's own K is longer than that of `intrinsics`, so that nothing is missing at the edge.
    """
    faults = draw(kind, seed, frame, image.shape[1])
    lens = longer(intrinsics, faults.distortion, image.shape)
    bent_image = _bend_image(image, intrinsics, lens, faults)
    columns, rows = sources(lens, faults.distortion, intrinsics, image.shape)
    nearest = (
        np.clip(np.floor(rows).astype(int), 0, image.shape[0] - 1),
        np.clip(np.floor(columns).astype(int), 0, image.shape[1] - 1),
    )
    bent = {name: array[nearest] if KINDS[name].bends else array for name, array in arrays.items()}
    rng = np.random.default_rng((seed, frame, 3))
    told = {"K": lens.tolist(), "distortion": list(faults.distortion), "sensor": faults.to_json()}
    return expose(bent_image, faults, rng), bent, told


def bend(points: np.ndarray, distortion: tuple[float, ...]) -> np.ndarray:
    """Return the distorted places of points, both (2, N) on the plane at distance 1, by OpenCV's model."""
    k1, k2, p1, p2, k3 = distortion
    x, y = points
    r = x * x + y * y
    radial = 1 + r * (k1 + r * (k2 + r * k3))
    return np.stack(
        [x * radial + 2 * p1 * x * y + p2 * (r + 2 * x * x), y * radial + p1 * (r + 2 * y * y) + 2 * p2 * x * y]
    )


def unbend(points: np.ndarray, distortion: tuple[float, ...]) -> np.ndarray:
    """Return the points that a lens shows at places, both (2, N) on the plane at distance 1."""
    found = points.copy()
    for _ in range(12):
        found += points - bend(found, distortion)
    return found


def sources(
    lens: np.ndarray, distortion: tuple[float, ...], intrinsics: np.ndarray, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return column and row, pixel centres at .5, of each bent pixel in the rendered picture, two of (H, W)."""
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]] + 0.5
    seen = np.stack([(columns.ravel() - lens[0, 2]) / lens[0, 0], (rows.ravel() - lens[1, 2]) / lens[1, 1]])
    x, y = unbend(seen, distortion)
    return (
        (intrinsics[0, 0] * x + intrinsics[0, 2]).reshape(shape[:2]),
        (intrinsics[1, 1] * y + intrinsics[1, 2]).reshape(shape[:2]),
    )


def longer(intrinsics: np.ndarray, distortion: tuple[float, ...], shape: tuple[int, ...]) -> np.ndarray:
    """Return intrinsics with a longer focal length, so that the distorted image is within the rendered one."""
    lens = intrinsics.copy()
    for _ in range(40):
        columns, rows = sources(lens, distortion, intrinsics, shape)
        beyond = max(-columns.min(), columns.max() - shape[1], -rows.min(), rows.max() - shape[0])
        if beyond <= 0:
            break
        lens[0, 0] *= 1 + 2.2 * max(beyond, 0.05) / shape[1]
        lens[1, 1] *= 1 + 2.2 * max(beyond, 0.05) / shape[1]
    return lens


def _bend_image(image: np.ndarray, intrinsics: np.ndarray, lens: np.ndarray, faults: Sensor) -> np.ndarray:
    """Return the bent picture, red and blue a little larger and smaller than green, as float32 linear values."""
    linear = to_linear(image)
    channels = []
    for i, scale in enumerate((1 - faults.fringe, 1.0, 1 + faults.fringe)):  # blue, green, red
        own = lens.copy()
        own[0, 0] *= scale
        own[1, 1] *= scale
        columns, rows = sources(own, faults.distortion, intrinsics, image.shape)
        maps = ((columns - 0.5).astype(np.float32), (rows - 0.5).astype(np.float32))
        channels.append(cv2.remap(linear[..., i], *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
    return np.stack(channels, axis=2)


def expose(linear: np.ndarray, faults: Sensor, rng: np.random.Generator) -> np.ndarray:
    """Return the image, uint8 BGR, that a sensor and its software make of light, (H, W, 3) linear BGR."""
    height, width = linear.shape[:2]
    soft = cv2.GaussianBlur(linear, (0, 0), faults.softness)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    off = ((columns + 0.5 - width / 2) ** 2 + (rows + 0.5 - height / 2) ** 2) / ((width**2 + height**2) / 4)
    red, blue = faults.gain
    light = soft * (1 - faults.vignette * off)[..., None] * np.array((blue, 1.0, red), np.float32)
    noise = rng.standard_normal(light.shape, np.float32)
    light += noise * np.sqrt(faults.shot * np.maximum(light, 0) + faults.read)
    if faults.mosaic:
        light = _demosaic(light)
    # Noise is there before light is made up for: dark rooms are noisier.
    seen = max(float((light @ LUMINANCE).mean()), 1e-4)
    light *= np.clip((USUAL / seen) ** faults.metering, 1 / MOST_GAIN, MOST_GAIN)
    grey = _stretch(to_display(light).astype(np.float32), faults.stretch)
    if faults.sharpening:
        grey += faults.sharpening * (grey - cv2.GaussianBlur(grey, (0, 0), 1.0))
    image = np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    if faults.jpeg is None:
        return image
    packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, faults.jpeg])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))


def _stretch(grey: np.ndarray, share: float) -> np.ndarray:
    """Return grey values whose 2nd to 98th percentiles are moved by a share towards the range that photos have."""
    low, high = (float(value) for value in np.percentile(grey, (2, 98)))
    dark, bright = low + share * (min(RANGE[0], low) - low), high + share * (max(RANGE[1], high) - high)
    slope = min((bright - dark) / max(high - low, 1.0), MOST_CONTRAST)
    return (dark + bright) / 2 + slope * (grey - (low + high) / 2)


def _demosaic(light: np.ndarray) -> np.ndarray:
    """Return light as seen through a Bayer pattern of red, green, green, blue: each pixel knows one colour."""
    mosaic = light[..., 1].copy()
    mosaic[0::2, 0::2] = light[0::2, 0::2, 2]
    mosaic[1::2, 1::2] = light[1::2, 1::2, 0]
    # The square root keeps the dark values apart in 16 bits.
    coded = np.rint(np.sqrt(np.clip(mosaic, 0, 1)) * 65535).astype(np.uint16)
    return (cv2.cvtColor(coded, cv2.COLOR_BayerRGGB2BGR).astype(np.float32) / 65535) ** 2


def to_linear(image: np.ndarray) -> np.ndarray:
    """Return 8-bit sRGB as linear float32."""
    return color.decode_srgb(np.arange(256, dtype=np.float32) / 255).astype(np.float32)[image]


def to_display(linear: np.ndarray) -> np.ndarray:
    """Return linear values as sRGB of 0..255, not rounded."""
    return 255 * color.encode_srgb(np.clip(linear, 0, 1))
