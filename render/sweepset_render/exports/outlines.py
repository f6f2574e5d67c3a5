"""Outlines of masks along the edges of pixels, and several of them joined into one polygon."""

from __future__ import annotations

import numpy as np

ROWS = 256
"""How many distances are computed at once, by rows of the table, to spare memory."""


def trace(mask: np.ndarray) -> list[np.ndarray]:
    """Return the closed outlines of an (h, w) bool mask, each (n, 2) int64, corners x, y in pixels.

    Outlines run along the edges of pixels, clockwise around pieces and counter-clockwise around holes; pixels that only
    touch at a corner are in pieces of their own. The last corner is not the first again.
    """
    height, width = mask.shape
    inside = np.pad(mask, 1)
    wide = width + 1  # corners in a row
    steps = (1, wide, -1, -wide)  # right, down, left, up; the mask is to the right of the way
    begins = np.zeros((4, height + 1, wide), bool)
    begins[0] = inside[1:, 1:] & ~inside[:-1, 1:]
    begins[1] = inside[1:, :-1] & ~inside[1:, 1:]
    begins[2] = inside[:-1, :-1] & ~inside[1:, :-1]
    begins[3] = inside[:-1, 1:] & ~inside[:-1, :-1]
    edges = [bytearray(direction.tobytes()) for direction in begins]
    outlines = []
    for start in np.flatnonzero(begins[0]).tolist():
        if not edges[0][start]:
            continue
        corners, at, way = [start], start, 0
        while True:
            edges[way][at] = 0
            at += steps[way]
            right, left = (way + 1) % 4, (way - 1) % 4
            if at == start and (right == 0 or (left == 0 and not edges[right][at])):
                break
            if edges[right][at] or not edges[way][at]:
                corners.append(at)
                way = right if edges[right][at] else left
        outlines.append(np.array([(corner % wide, corner // wide) for corner in corners]))
    return outlines


def join(outlines: list[np.ndarray]) -> np.ndarray:
    """Return one polygon, (n, 2), of outlines, which are linked by the shortest lines, walked there and back.

    Lines walked twice enclose nothing, so that the polygon has the outlines' area, holes left out.
    """
    points = np.concatenate(outlines)
    owners = np.repeat(np.arange(len(outlines)), [len(outline) for outline in outlines])
    firsts = np.searchsorted(owners, np.arange(len(outlines)))
    least = np.full(
        len(points), np.iinfo(np.int64).max
    )  # squared distance to the polygon so far, and its nearest point
    nearest = np.zeros(len(points), np.int64)
    added = max(range(len(outlines)), key=lambda i: len(outlines[i]))
    polygon = list(range(firsts[added], firsts[added] + len(outlines[added])))
    left = owners != added
    while left.any():
        rest = np.flatnonzero(left)
        own = np.flatnonzero(owners == added)
        for some in np.split(own, range(ROWS, len(own), ROWS)):
            distances = ((points[rest, None] - points[None, some]) ** 2).sum(2)
            best = distances.argmin(1)
            distance = distances[np.arange(len(rest)), best]
            closer = distance < least[rest]
            least[rest[closer]], nearest[rest[closer]] = distance[closer], some[best[closer]]
        link = rest[least[rest].argmin()]
        added = owners[link]
        first, size = firsts[added], len(outlines[added])
        around = [first + (link - first + i) % size for i in range(size + 1)]
        at = polygon.index(nearest[link])
        polygon[at + 1 : at + 1] = [*around, nearest[link]]
        left[first : first + size] = False
    return points[polygon]
