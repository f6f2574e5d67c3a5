"""Props of streets: their sizes, that they stand on the ground, are closed and face outwards, and are cheap."""

from __future__ import annotations

import json
from pathlib import Path

from blenders import DEFAULT
from truth import run_script

HEIGHTS = {
    "tree": (3.0, 15.5), "bush": (0.5, 2.4), "hedge": (1.0, 1.4), "person": (1.45, 2.0), "child": (0.95, 1.55),
    "lamp": (3.2, 9.6), "signal": (2.8, 6.3), "sign": (2.2, 3.3), "bollard": (0.6, 1.2), "utility pole": (8.0, 10.1),
    "cone": (0.45, 0.8), "bench": (0.4, 1.0), "bin": (0.9, 1.2), "rail": (0.7, 0.8), "fence": (0.85, 2.1),
    "shelter": (2.2, 2.6), "trolley": (0.95, 1.1),
    "wall": (0.6, 2.0), "mailbox": (1.2, 1.4), "hydrant": (0.7, 0.8), "cabinet": (0.9, 1.45),
}  # fmt: skip
"""Metres."""
FACES = {"tree": 8000, "bush": 3000, "hedge": 4000}


def test_props(tmp_path: Path) -> None:
    out = tmp_path / "props.json"
    run_script(DEFAULT, Path(__file__).with_name("props_check.py"), out)
    wrong = []
    for row in json.loads(out.read_text(encoding="utf-8")):
        name = next(key for key in HEIGHTS if row["name"].startswith(key))
        low, high = HEIGHTS[name]
        top = row["low"][2] + row["size"][2]
        if not low <= top <= high:
            wrong.append(f"{row['name']}: {top:.2f} m high")
        if not -0.35 <= row["low"][2] <= 0.01:
            wrong.append(f"{row['name']}: its foot is at {row['low'][2]:.3f} m")
        if row["faces"] > FACES.get(name, 1200):
            wrong.append(f"{row['name']}: {row['faces']} faces")
        if row["open"] or row["volume"] <= 0:
            wrong.append(f"{row['name']}: {row['open']} open edges, smallest volume {row['volume']:.2e}")
        if name in ("person", "child") and row["categories"] != ["person"]:
            wrong.append(f"{row['name']}: {row['categories']}")
    assert not wrong, "\n".join(wrong)
