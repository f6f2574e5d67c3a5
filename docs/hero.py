"""Render one view of each kind of room and write docs/hero.webp, in which the labels wipe over the images.

python docs/hero.py [FOLDER OF RENDERS]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import sweepset_render as sr

VIEWS = {"kitchen": (2, 1), "living_room": (3, 0), "dining_room": (1, 0), "bedroom": (0, 0), "office": (0, 0),
         "bathroom": (0, 0)}  # fmt: skip
"""The seed and the frame of each room, chosen by eye among the first of each."""
SIZE, SAMPLES = (480, 360), 96
STEPS, HOLD, STEP = 16, 900, 45
"""Pictures of one wipe; milliseconds that image and label stand still, and of one step between them."""


def colors(frame: sr.Frame, taxonomy: sr.Taxonomy) -> np.ndarray:
    """Return a frame's label in the colours of its categories, (H, W, 3) uint8."""
    table = np.zeros((int(frame.label.max()) + 1, 3), np.uint8)
    for category in taxonomy:
        table[category.id : category.id + 1] = category.color
    return table[frame.label]


def main() -> None:
    """Render missing frames, and write the animation."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "renders/hero")
    pictures: list[Image.Image] = []
    durations: list[int] = []
    for scene, (seed, number) in VIEWS.items():
        options = {"frames": number + 1, "seed": seed, "size": SIZE, "samples": SAMPLES}
        dataset = sr.render(scene, folder / scene, **options)
        image, label = dataset[number].image, colors(dataset[number], dataset.taxonomy)
        edges = np.linspace(0, SIZE[0], STEPS + 1).round().astype(int).tolist()
        for edge in [*edges, *edges[-2:0:-1]]:
            picture = Image.fromarray(np.concatenate([label[:, :edge], image[:, edge:]], 1))
            if 0 < edge < SIZE[0]:
                ImageDraw.Draw(picture).line([(edge, 0), (edge, SIZE[1])], "white", 2)
            pictures.append(picture)
            durations.append(HOLD if edge in (0, SIZE[0]) else STEP)
    out = Path(__file__).with_name("hero.webp")
    pictures[0].save(out, save_all=True, append_images=pictures[1:], duration=durations, loop=0, quality=70, method=6)
    print(f"{len(pictures)} pictures, {out.stat().st_size / 1e6:.2f} MB in {out}")


if __name__ == "__main__":
    main()
