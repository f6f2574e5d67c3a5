"""Images painted by code: pictures, posters, photos, screens, woven and printed patterns. No bpy is needed.

Each painter takes random numbers and returns (H, W, 3) float32 in 0..1, sRGB-encoded, the first row on top. Patterns
repeat seamlessly; pictures don't.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

Tone = tuple[float, float, float]

FAMILIES = (
    (0x2F4B6E, 0x7FA3C1, 0xE4DCC8, 0xC7623A, 0x3B3A36),
    (0x5B1F1E, 0xB4462F, 0xE0B25A, 0xF0E3C2, 0x2D3B3A),
    (0x20362C, 0x5E7F52, 0xB9C48B, 0xEDE6CE, 0x8A5A35),
    (0x2B2440, 0x6C4E86, 0xC48FA8, 0xF1DCD3, 0xD9A441),
    (0x0F2F3A, 0x1F7A82, 0xA6D0C8, 0xF4F0E4, 0xE0683C),
    (0x1B1B1D, 0x55565A, 0x9B9C9E, 0xE6E5E1, 0xB02A2A),
    (0x6A4A2F, 0xA67C4E, 0xD8BD8D, 0xF2E7D0, 0x4D5B57),
    (0x1E3F8B, 0xE0342B, 0xF6C62F, 0xF4F1E8, 0x202124),
)
"""Colours that go together, 0xRRGGBB."""


def tone(code: int) -> Tone:
    """Return 0xRRGGBB as three numbers in 0..1."""
    return (code >> 16 & 255) / 255, (code >> 8 & 255) / 255, (code & 255) / 255


def family(rng: random.Random) -> list[Tone]:
    """Return colours that go together, in random order."""
    codes = list(rng.choice(FAMILIES))
    rng.shuffle(codes)
    return [tone(code) for code in codes]


def clouds(rng: random.Random, height: int, width: int, slope: float = 2.0) -> np.ndarray:
    """Return seamless noise in 0..1, (H, W), the smoother the larger the slope of its spectrum."""
    own = np.random.default_rng(rng.getrandbits(32))
    fy, fx = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    amplitude = np.maximum(np.hypot(fy, fx), 1.0 / max(height, width)) ** -slope
    amplitude[0, 0] = 0.0
    spectrum = amplitude * np.exp(2j * np.pi * own.random(amplitude.shape))
    field = np.fft.irfft2(spectrum, s=(height, width))
    low, high = np.percentile(field, (2, 98))
    return np.clip((field - low) / max(high - low, 1e-9), 0.0, 1.0)


class Canvas:
    """An image that shapes are painted on; x runs to the right from 0 to `width / height`, y down from 0 to 1."""

    def __init__(self, height: int, width: int, ground: Tone) -> None:
        self.height, self.width = height, width
        self.wide = width / height
        self.pixels = np.tile(np.array(ground, np.float32), (height, width, 1))
        self.y, self.x = np.mgrid[0:height, 0:width].astype(np.float32)
        self.y, self.x = (self.y + 0.5) / height, (self.x + 0.5) / height

    def paint(self, cover: np.ndarray, color: Tone | np.ndarray) -> None:
        """Mix a colour in where `cover`, (H, W) in 0..1, says."""
        self.pixels += cover[..., None].astype(np.float32) * (np.asarray(color, np.float32) - self.pixels)

    def within(self, distance: np.ndarray) -> np.ndarray:
        """Return the cover of a shape, inside which the signed distance is below 0, with an edge one pixel soft."""
        return np.clip(0.5 - distance * self.height, 0.0, 1.0)

    def disc(self, x: float, y: float, rx: float, ry: float, color: Tone | np.ndarray, degrees: float = 0.0) -> None:
        """Paint an ellipse."""
        reach, turn = max(rx, ry), np.radians(degrees)
        window = self._window(x - reach, y - reach, x + reach, y + reach)
        dx, dy = self.x[window] - x, self.y[window] - y
        u, v = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
        self._mix(window, self.within((np.hypot(u / rx, v / ry) - 1) * min(rx, ry)), color)

    def bar(self, x0: float, y0: float, x1: float, y1: float, color: Tone | np.ndarray) -> None:
        """Paint a rectangle."""
        window = self._window(x0, y0, x1, y1)
        x, y = self.x[window], self.y[window]
        self._mix(window, self.within(np.maximum(np.maximum(x0 - x, x - x1), np.maximum(y0 - y, y - y1))), color)

    def inset(self, x0: float, y0: float, image: np.ndarray) -> None:
        """Lay an image in, its upper left corner at a place; parts beyond the edge are cut off."""
        room = self.pixels[max(int(y0 * self.height), 0) :, max(int(x0 * self.height), 0) :]
        tall, wide = (min(a, b) for a, b in zip(room.shape[:2], image.shape[:2]))
        room[:tall, :wide] = image[:tall, :wide]

    def write(
        self, rng: random.Random, area: Sequence[float], line: float, inks: Sequence[Tone], ragged: float = 0.4
    ) -> None:
        """Fill an area (x0, y0, x1, y1) with lines of words, `line` high."""
        x0, y, x1, y1 = area
        while y + line <= y1:
            x, end = x0, x1 - ragged * rng.random() ** 2 * (x1 - x0)
            while x < end - 0.3 * line:
                length = min(line * rng.uniform(0.6, 3.2), end - x)
                window = self._window(x, y + 0.28 * line, x + length, y + 0.72 * line)
                letters = 0.6 + 0.4 * np.clip(1.5 * np.sin(self.x[window] / line * 19.0 + y * 91.0), -1.0, 1.0)
                inside = (self.x[window] > x) & (self.x[window] < x + length)
                row = self.within(np.abs(self.y[window] - y - 0.5 * line) - 0.22 * line)
                self._mix(window, letters * row * inside, rng.choice(inks))
                x += length + 0.35 * line
            y += line

    def _window(self, x0: float, y0: float, x1: float, y1: float) -> tuple[slice, slice]:
        rows, columns = (
            slice(min(max(int(low * self.height) - 1, 0), most), min(max(int(high * self.height) + 2, 0), most))
            for low, high, most in ((y0, y1, self.height), (x0, x1, self.width))
        )
        return rows, columns

    def _mix(self, window: tuple[slice, slice], cover: np.ndarray, color: Tone | np.ndarray) -> None:
        part = self.pixels[window]
        part += cover[..., None].astype(np.float32) * (np.asarray(color, np.float32) - part)

    def grain(self, rng: random.Random, amount: float) -> None:
        """Add fine unevenness, as of a print or of paint."""
        self.pixels *= (1 - amount + 2 * amount * clouds(rng, self.height, self.width, 0.6))[..., None]

    def done(self) -> np.ndarray:
        """Return the image."""
        return np.clip(self.pixels, 0.0, 1.0)


def ridge(rng: random.Random, canvas: Canvas, rough: float) -> np.ndarray:
    """Return the outline of hills, (W,), in -1..1."""
    return 2 * clouds(rng, 4, canvas.width, rough)[0] - 1


def landscape(rng: random.Random, height: int = 160, width: int = 224) -> np.ndarray:
    """Paint a view: sky, clouds, hills behind each other, maybe water, trees."""
    hue = rng.choice(("day", "day", "evening", "grey", "autumn"))
    tops = {"day": 0x5B8EC4, "evening": 0x39426F, "grey": 0x9AA5AE, "autumn": 0x86A7C0}
    lows = {"day": 0xD5E4EA, "evening": 0xF0A860, "grey": 0xD3D4D0, "autumn": 0xEFE3C8}
    lands = {
        "day": (0x7894A0, 0x5F7F4C, 0x3F5F2E, 0x8A8A45),
        "evening": (0x4A4766, 0x3C3550, 0x241F30, 0x5A3B33),
        "grey": (0x87929A, 0x66726B, 0x4A5648, 0x7A7458),
        "autumn": (0x8793A0, 0xA8743A, 0x7C4A26, 0x5F6632),
    }
    c = Canvas(height, width, tone(tops[hue]))
    horizon = rng.uniform(0.35, 0.65)
    c.paint(np.clip(c.y / horizon, 0, 1) ** 1.3, tone(lows[hue]))
    c.paint(np.clip(clouds(rng, height, width, 1.7) * 2 - 0.9, 0, 0.8) * (c.y < horizon), (0.95, 0.94, 0.92))
    if hue == "evening":
        c.disc(rng.uniform(0.2, c.wide - 0.2), horizon - 0.06, 0.05, 0.05, (1.0, 0.86, 0.6))
    for i, code in enumerate(lands[hue]):
        top = horizon + i * rng.uniform(0.06, 0.14) + ridge(rng, c, 1.6)[None, :] * (0.12 - 0.02 * i)
        cover = c.within(top - c.y)
        c.paint(cover, np.array(tone(code)) * (0.75 + 0.5 * clouds(rng, height, width, 1.1))[..., None])
    if rng.random() < 0.4:
        shore = rng.uniform(0.68, 0.85)
        waves = 0.85 + 0.3 * clouds(rng, height, width, 1.2)[:, :1] * np.ones((1, width))
        c.paint(c.within(shore - c.y), np.array(tone(tops[hue])) * waves[..., None])
    for _ in range(rng.choice((0, 3, 7, 14))):
        x, y = rng.uniform(0, c.wide), rng.uniform(horizon + 0.1, 0.95)
        size = 0.05 + 0.16 * (y - horizon)
        c.bar(x - 0.08 * size, y - size, x + 0.08 * size, y, (0.2, 0.14, 0.09))
        shade = rng.uniform(0.5, 1.1)
        r, g, b = tone(lands[hue][rng.randrange(1, 4)])
        c.disc(x, y - 1.3 * size, 0.55 * size, 0.8 * size, (r * shade, g * shade, b * shade))
    c.grain(rng, 0.12)
    return c.done()


def people(rng: random.Random, height: int = 192, width: int = 160) -> np.ndarray:
    """Paint a photo of one to three people before something blurred."""
    c = Canvas(height, width, tone(rng.choice((0x7A8A99, 0xA99A82, 0x6D7F62, 0x4A4038, 0xC9CCD0))))
    c.paint(clouds(rng, height, width, 2.2) * 0.6, rng.choice(family(rng)))
    count = rng.choice((1, 1, 2, 3))
    for i in range(count):
        x = c.wide * (i + 0.5 + rng.uniform(-0.15, 0.15)) / count
        size = rng.uniform(0.13, 0.17) * (1.0 if count == 1 else 0.8)
        y = rng.uniform(0.36, 0.48)
        skin = tone(rng.choice((0xE5BD9E, 0xC98F68, 0x8A5A3C, 0x5C3A28, 0xF0D2BC)))
        hair = tone(rng.choice((0x1C1512, 0x4A2E1B, 0x8A6434, 0xC9B08A, 0x9A9A98)))
        c.disc(x, y + 3.4 * size, 1.9 * size, 2.1 * size, rng.choice(family(rng)))
        c.bar(x - 0.35 * size, y, x + 0.35 * size, y + 1.5 * size, skin)
        long = rng.uniform(0.1, 0.7)
        c.disc(x, y - 0.18 * size + long * size * 0.4, 0.98 * size, (1.1 + long * 0.6) * size, hair)
        c.disc(x, y + 0.08 * size, 0.72 * size, 0.98 * size, skin)
        for s in (-1, 1):
            c.disc(x + 0.28 * s * size, y - 0.02 * size, 0.1 * size, 0.06 * size, (0.1, 0.08, 0.07))
        c.disc(x, y + 0.5 * size, 0.24 * size, 0.07 * size, (0.6, 0.25, 0.22))
    if rng.random() < 0.25:
        c.pixels = np.repeat(c.pixels.mean(axis=2, keepdims=True), 3, axis=2) * np.array((1.0, 0.93, 0.8), np.float32)
    c.grain(rng, 0.06)
    return c.done()


def still_life(rng: random.Random, height: int = 176, width: int = 160) -> np.ndarray:
    """Paint flowers in a vase."""
    colors = family(rng)
    c = Canvas(height, width, colors[0])
    c.paint(0.6 * clouds(rng, height, width, 1.8), colors[1])
    table = rng.uniform(0.74, 0.84)
    c.paint(c.within(table - c.y), np.array(colors[2]) * 0.7)
    x = c.wide * rng.uniform(0.42, 0.58)
    for _ in range(26):
        a, r = rng.uniform(-2.9, -0.2), rng.uniform(0.08, 0.34)
        px, py = x + 1.1 * r * float(np.cos(a)), 0.55 + r * float(np.sin(a))
        if rng.random() < 0.4:
            c.disc(px, py, 0.06, 0.02, (0.16, 0.3 + 0.15 * rng.random(), 0.12), rng.uniform(0, 180))
            continue
        petal, size = rng.choice((*colors[3:], (0.9, 0.86, 0.8), (0.75, 0.2, 0.25))), rng.uniform(0.022, 0.05)
        for k in range(5):
            t = 2 * np.pi * k / 5
            c.disc(px + size * np.cos(t) * 0.7, py + size * np.sin(t) * 0.7, size * 0.6, size * 0.6, petal)
        c.disc(px, py, size * 0.35, size * 0.35, (0.85, 0.65, 0.2))
    c.disc(x, table - 0.06, 0.1, 0.15, np.array(colors[4]) * 0.9)
    c.grain(rng, 0.12)
    return c.done()


def abstract(rng: random.Random, height: int = 160, width: int = 160) -> np.ndarray:
    """Paint shapes: fields of colour, circles, stripes, blots or a grid."""
    colors = family(rng)
    c = Canvas(height, width, colors[0])
    kind = rng.choice(("fields", "discs", "stripes", "blots", "grid", "lines"))
    for i in range({"fields": 6, "discs": 14, "stripes": 9, "blots": 5, "grid": 30, "lines": 12}[kind]):
        color = colors[1 + i % 4]
        x, y = rng.uniform(0, c.wide), rng.uniform(0, 1)
        if kind == "fields":
            c.bar(x, y, x + rng.uniform(0.2, 0.7), y + rng.uniform(0.15, 0.6), color)
        elif kind == "discs":
            r = rng.uniform(0.04, 0.22)
            c.disc(x, y, r, r, color)
        elif kind == "stripes":
            c.bar(0.0, y, c.wide, y + rng.uniform(0.01, 0.12), color)
        elif kind == "blots":
            c.paint((clouds(rng, height, width, 1.9) > rng.uniform(0.55, 0.75)).astype(float), color)
        elif kind == "grid":
            x, y = (i % 5) / 5 * c.wide, (i // 5) / 6
            c.bar(x, y, x + c.wide / 5 - 0.012, y + 1 / 6 - 0.012, rng.choice(colors))
        else:
            slope = rng.uniform(-1.5, 1.5)
            away = np.abs(c.y - y - slope * (c.x - x)) / float(np.hypot(1.0, slope))
            c.paint(c.within(away - rng.uniform(0.002, 0.015)), color)
    c.grain(rng, 0.05)
    return c.done()


def poster(rng: random.Random, height: int = 224, width: int = 160) -> np.ndarray:
    """Paint a poster: a picture, a title in big letters, small print."""
    colors = family(rng)
    c = Canvas(height, width, colors[0])
    inner = rng.choice((landscape, people, abstract, abstract, still_life))
    top, tall = rng.choice(((0.0, 1.0), (0.05, 0.62), (0.25, 0.62)))
    edge = 0.0 if tall == 1.0 else 0.05
    h, w = int(height * tall), int(height * (c.wide - 2 * edge))
    c.inset(edge, top, inner(rng, h, w))
    ink = max(colors, key=lambda color: abs(sum(color) - sum(colors[0])))
    title = rng.choice((0.06, 0.72, 0.85))
    c.write(rng, (0.06, title, c.wide - 0.06, title + 0.13), rng.choice((0.06, 0.11)), [ink], 0.2)
    if rng.random() < 0.6:
        c.write(rng, (0.06, 0.93, c.wide - 0.06, 0.98), 0.018, [ink], 0.2)
    return c.done()


def collage(rng: random.Random, height: int = 192, width: int = 256) -> np.ndarray:
    """Paint a pin board of photos and notes."""
    c = Canvas(height, width, tone(rng.choice((0xB58A55, 0x9A7244, 0xE8E6E0, 0x3A4A5C))))
    c.grain(rng, 0.15)
    for _ in range(rng.randint(9, 18)):
        h = rng.randint(height // 8, height // 3)
        w = int(h * rng.uniform(0.7, 1.4))
        x, y = rng.uniform(0.0, c.wide - w / height), rng.uniform(0.0, 1.0 - h / height)
        if rng.random() < 0.55:
            inside = rng.choice((landscape, people, abstract))(rng, h, w)
        else:
            note = Canvas(h, w, tone(rng.choice((0xF3F1EA, 0xF2E58A, 0xF4C3CF, 0xBFE0EE, 0xD6EBC0))))
            note.write(rng, (0.08, 0.08, note.wide - 0.08, 0.92), rng.choice((0.07, 0.1)), [(0.2, 0.2, 0.3)])
            inside = note.done()
        c.inset(x, y, inside)
    return c.done()


PICTURES = (landscape, landscape, people, people, still_life, abstract, abstract, poster)


def picture(rng: random.Random) -> np.ndarray:
    """Paint a picture to frame: a view, people, a still life or shapes."""
    return rng.choice(PICTURES)(rng)


def screen(rng: random.Random, height: int = 180, width: int = 320) -> np.ndarray:
    """Paint the image on a screen: a desktop with windows, an editor, a page, a table, a film."""
    kind = rng.choice(("desktop", "editor", "page", "table", "film", "film"))
    if kind == "film":
        c = Canvas(height, width, (0.0, 0.0, 0.0))
        band = rng.choice((0, height // 8))
        c.pixels[band : height - band] = rng.choice((landscape, people))(rng, height - 2 * band, width)
        c.pixels *= rng.uniform(0.6, 1.0)
        return c.done()
    if kind == "desktop":
        c = Canvas(height, width, (0.1, 0.3, 0.5))
        c.pixels[:] = rng.choice((landscape, abstract))(rng, height, width)
        for i in range(rng.randint(3, 9)):
            c.bar(0.05, 0.05 + 0.1 * i, 0.1, 0.1 + 0.1 * i, rng.choice(family(rng)))
    else:
        c = Canvas(height, width, (0.93, 0.93, 0.92))
    for _ in range(rng.randint(1, 3) if kind == "desktop" else 1):
        x0, y0, x1, y1 = 0.0, 0.0, c.wide, 0.94
        if kind == "desktop":
            x0, y0 = rng.uniform(0.1, 0.7), rng.uniform(0.05, 0.3)
            x1, y1 = x0 + rng.uniform(0.6, 1.0), y0 + rng.uniform(0.4, 0.6)
        dark = kind == "editor" or rng.random() < 0.2
        c.bar(x0, y0, x1, y1, (0.12, 0.13, 0.16) if dark else (0.97, 0.97, 0.96))
        c.bar(x0, y0, x1, y0 + 0.05, (0.2, 0.21, 0.24) if dark else rng.choice(family(rng)))
        area, ink = (x0 + 0.04, y0 + 0.08, x1 - 0.04, y1 - 0.03), (0.15, 0.15, 0.18)
        if kind == "table":
            for k in range(12):
                c.bar(x0, y0 + 0.05 + 0.075 * k, x1, y0 + 0.053 + 0.075 * k, (0.7, 0.72, 0.74))
                c.bar(x0 + 0.15 * k, y0 + 0.05, x0 + 0.153 + 0.15 * k, y1, (0.8, 0.81, 0.83))
            c.write(rng, area, 0.075, [ink], 0.6)
        elif dark:
            c.write(rng, area, 0.034, [tone(code) for code in (0x9CDCFE, 0xCE9178, 0xC586C0, 0xD4D4D4)], 0.9)
        else:
            c.write(rng, area, rng.choice((0.03, 0.04)), [ink], 0.3)
            if rng.random() < 0.6:
                shown = rng.choice((landscape, people, abstract))(rng, int(0.3 * height), int(0.4 * height))
                c.inset(x0 + 0.1, y0 + 0.1, shown)
    c.bar(0.0, 0.94, c.wide, 1.0, rng.choice(((0.1, 0.11, 0.13), (0.82, 0.83, 0.85), (0.16, 0.28, 0.5))))
    return c.done()


def whiteboard(rng: random.Random, height: int = 200, width: int = 300) -> np.ndarray:
    """Paint a whiteboard with lines of writing, boxes and arrows, or wiped."""
    c = Canvas(height, width, (0.9, 0.9, 0.89))
    c.paint(np.clip(clouds(rng, height, width, 1.5) - 0.55, 0, 1) * 0.35, (0.6, 0.62, 0.66))
    inks = [tone(code) for code in (0x1F3A93, 0x1A1A1A, 0xB3262A, 0x1E7A3A)]
    for _ in range(rng.choice((0, 3, 6, 9))):
        x, y = rng.uniform(0.03, c.wide - 0.4), rng.uniform(0.03, 0.75)
        ink = rng.choice(inks)
        if rng.random() < 0.6:
            c.write(rng, (x, y, x + rng.uniform(0.25, 0.6), y + rng.uniform(0.08, 0.3)), rng.uniform(0.04, 0.07), [ink])
        else:
            w, h = rng.uniform(0.1, 0.3), rng.uniform(0.08, 0.2)
            c.bar(x, y, x + w, y + h, ink)
            c.bar(x + 0.01, y + 0.01, x + w - 0.01, y + h - 0.01, (0.9, 0.9, 0.89))
            c.bar(x + w, y + h / 2 - 0.004, x + w + 0.12, y + h / 2 + 0.004, ink)
    return c.done()


def sheet(rng: random.Random, height: int = 420, width: int = 297) -> np.ndarray:
    """Paint a printed or written page: text, a form, a chart, a photo."""
    c = Canvas(height, width, tone(rng.choice((0xF1F0EA, 0xF6F5F1, 0xEDE7D6, 0xE9EDF2))))
    ink = rng.choice(((0.12, 0.12, 0.14), (0.15, 0.2, 0.45)))
    y = 0.06
    if rng.random() < 0.5:
        c.write(rng, (0.07, y, c.wide - 0.07, y + 0.04), 0.032, [ink], 0.5)
        y += 0.08
    if rng.random() < 0.35:
        shown = rng.choice((landscape, abstract, people))
        c.inset(0.08, y, shown(rng, int(0.25 * height), int(0.45 * height)))
        y += 0.3
    c.write(rng, (0.07, y, c.wide - 0.07, rng.uniform(0.6, 0.95)), rng.choice((0.014, 0.016, 0.02)), [ink], 0.25)
    return c.done()


# Patterns, which repeat.


def floral(rng: random.Random, colors: Sequence[Tone], size: int = 144) -> np.ndarray:
    """Paint scattered flowers and leaves on the first colour."""
    c = Canvas(size, size, colors[0])
    for _ in range(rng.randint(9, 22)):
        # Each is painted in the middle of the rolled image, so that it continues over the edge.
        c.pixels = np.roll(c.pixels, (rng.randrange(size), rng.randrange(size)), axis=(0, 1))
        r, turn, petals = rng.uniform(0.04, 0.13), rng.uniform(0, 6), rng.choice((4, 5, 6, 8))
        color = rng.choice(list(colors[1:]))
        for k in range(rng.randint(0, 3)):
            a = turn + 2.1 * k
            x, y = 0.5 + 1.5 * r * float(np.cos(a)), 0.5 + 1.5 * r * float(np.sin(a))
            c.disc(x, y, 0.8 * r, 0.25 * r, colors[-1], float(np.degrees(a)))
        dx, dy = c.x - 0.5, c.y - 0.5
        c.paint(c.within(np.hypot(dx, dy) - r * (0.72 + 0.28 * np.cos(petals * (np.arctan2(dy, dx) + turn)))), color)
        c.disc(0.5, 0.5, 0.3 * r, 0.3 * r, rng.choice(list(colors)))
    return c.done()


def striped(rng: random.Random, colors: Sequence[Tone], size: int = 128) -> np.ndarray:
    """Paint stripes across v, of many widths."""
    c = Canvas(size, size, colors[0])
    y = 0.0
    while y < 1.0:
        width = rng.choice((0.02, 0.04, 0.08, 0.14))
        c.paint(((c.y >= y) & (c.y < y + width)).astype(float), rng.choice(list(colors)))
        y += width + rng.choice((0.0, 0.03, 0.1))
    return c.done()


def plaid(rng: random.Random, colors: Sequence[Tone], size: int = 128) -> np.ndarray:
    """Paint checks or a tartan: stripes both ways over each other."""
    stripes = striped(rng, colors, size)
    return 0.5 * stripes + 0.5 * stripes.transpose(1, 0, 2)


def geometric(rng: random.Random, colors: Sequence[Tone], size: int = 160) -> np.ndarray:
    """Paint a lattice: dots, diamonds, zigzags, waves, rings or a trellis."""
    c = Canvas(size, size, colors[0])
    count = rng.choice((3, 4, 6, 8))
    u, v = c.x * count, c.y * count
    a, b = np.abs(u % 1 - 0.5), np.abs(v % 1 - 0.5)
    thick = rng.uniform(0.08, 0.3)
    kind = rng.choice(("dots", "diamonds", "zigzag", "waves", "rings", "trellis", "squares"))
    field = {
        "dots": np.hypot(a, b) - thick,
        "diamonds": a + b - 0.25 - 0.5 * thick,
        "zigzag": np.abs((v + 2 * a * 0.5) % 1 - 0.5) - 0.25,
        "waves": np.abs((v + 0.2 * np.sin(2 * np.pi * u)) % 1 - 0.5) - thick,
        "rings": np.abs(np.hypot(a, b) - 0.36) - 0.4 * thick,
        "trellis": np.minimum(np.abs(a + b - 0.5), np.abs(a - b)) - 0.3 * thick,
        "squares": np.maximum(a, b) - 0.5 + 0.5 * thick,
    }[kind]
    c.paint(c.within(field / count), colors[1])
    if rng.random() < 0.5:
        c.paint(c.within((np.hypot(a, b) - 0.5 * thick) / count), colors[2 % len(colors)])
    return c.done()


def damask(rng: random.Random, colors: Sequence[Tone], size: int = 192) -> np.ndarray:
    """Paint mirrored blots, as of wallpaper, brocade or an ikat."""
    quarter = clouds(rng, size // 2, size // 2, rng.uniform(1.6, 2.2))
    field = np.block([[quarter, quarter[:, ::-1]], [quarter[::-1], quarter[::-1, ::-1]]])
    c = Canvas(size, size, colors[0])
    c.paint(np.clip((field - 0.52) * 20, 0, 1), colors[1])
    if rng.random() < 0.6:
        c.paint(np.clip((field - 0.75) * 20, 0, 1), colors[2 % len(colors)])
    return c.done()


def mottled(rng: random.Random, colors: Sequence[Tone], size: int = 160) -> np.ndarray:
    """Paint a tweed: threads of near colours."""
    c = Canvas(size, size, colors[0])
    c.paint(0.5 * clouds(rng, size, size, 0.3), colors[1])
    c.pixels *= (0.85 + 0.3 * clouds(rng, size, size, 1.2))[..., None]
    return c.done()


PATTERNS = (floral, floral, striped, plaid, geometric, geometric, damask)


def pattern(rng: random.Random, colors: Sequence[Tone]) -> np.ndarray:
    """Paint a pattern of cloth in given colours, of which the first is the ground's."""
    return rng.choice(PATTERNS)(rng, colors)


def rug(rng: random.Random, colors: Sequence[Tone], height: int = 256, width: int = 176) -> np.ndarray:
    """Paint a whole rug: an oriental one with borders and a medallion, or a plainer one. It does not repeat."""
    c = Canvas(height, width, colors[0])
    kind = rng.choice(("oriental", "oriental", "framed", "pattern", "blots"))
    if kind == "pattern":
        tile = pattern(rng, colors)
        return np.tile(tile, (height // tile.shape[0] + 1, width // tile.shape[1] + 1, 1))[:height, :width]
    if kind == "blots":
        c.paint((clouds(rng, height, width, 1.8) > 0.55).astype(float), colors[1])
        c.paint((clouds(rng, height, width, 1.8) > 0.7).astype(float), colors[2 % len(colors)])
        return c.done()
    edge = np.minimum(np.minimum(c.x, c.wide - c.x), np.minimum(c.y, 1 - c.y))
    if kind == "oriental":
        field = floral(rng, colors, 64)
        c.pixels[:] = np.tile(field, (height // 64 + 1, width // 64 + 1, 1))[:height, :width]
        dx, dy = np.abs(c.x - c.wide / 2), np.abs(c.y - 0.5)
        for grow, color in ((1.0, colors[1]), (0.8, colors[2 % len(colors)]), (0.45, colors[0])):
            scallop = 1 + 0.08 * np.cos(12 * np.arctan2(dy, dx))
            c.paint(c.within((np.hypot(dx / 0.22, dy / 0.32) - grow * scallop) * 0.22), color)
    for i in range(rng.randint(1, 4)):
        low = 0.015 + 0.035 * i
        band = ((edge > low) & (edge < low + 0.028)).astype(float)
        motif = 0.5 + 0.5 * np.sign(np.sin((c.x + c.y) * 110) * np.sin((c.x - c.y) * 110))
        c.paint(band, colors[(i + 1) % len(colors)])
        if kind == "oriental":
            c.paint(band * motif * 0.7, colors[(i + 2) % len(colors)])
    c.paint((edge < 0.012).astype(float), colors[1])
    c.grain(rng, 0.1)
    return c.done()
