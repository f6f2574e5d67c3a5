"""Write a dataset's index.html: contact sheet, legend, pixel shares, warnings and settings in one file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from sweepset import sweeps
from sweepset.ground_truth import ALWAYS
from sweepset.host import page
from sweepset.taxonomy import MAX_ID, UNLABELLED_COLOR, Taxonomy, parse

from .dataset import read_picture

SHOWN = 48
"""Most frames on the contact sheet, spread evenly over the dataset."""
WIDTH = 320
"""Width in pixels of a picture on the sheet."""
OVERLAY = 0.55
"""Weight of the label's colours over the image."""


UNREADABLE = {"file-missing", "file-broken", "wrong-size", "wrong-type", "outside-taxonomy"}
"""Codes of a verification's findings whose frames can't be shown."""


def write(folder: Path, data: Mapping[str, Any], verified: Mapping[str, Any] | None = None) -> Path:
    """Write FOLDER/index.html from the content of `dataset.json` and, if any, of `verification.json`."""
    taxonomy = parse(data["taxonomy"], data["taxonomy"]["name"])
    broken = {
        frame
        for finding in (verified or {"findings": []})["findings"]
        if finding["code"] in UNREADABLE
        for frame in finding.get("frames", [])
    }
    records = [record for record in data["frames"] if record["frame"] not in broken]
    picked = np.unique(np.linspace(0, len(records) - 1, min(SHOWN, len(records))).round().astype(int)).tolist()
    path = folder / "index.html"
    page.fill(
        path,
        __package__,
        "index.html",
        title=data["name"],
        data=data,
        verified=verified,
        frames=[_pictures(folder, records[i], taxonomy) for i in picked],
        total=len(data["frames"]),
        legend=_legend(data["frames"], taxonomy),
        settings=_settings(data),
    )
    return path


def colors(taxonomy: Taxonomy) -> np.ndarray:
    """Return the colours of ids, (32768, 3) uint8 BGR; unlabelled is magenta."""
    table = np.zeros((MAX_ID + 1, 3), np.uint8)
    table[0] = UNLABELLED_COLOR[::-1]
    for category in taxonomy:
        table[category.id] = category.color[::-1]
    return table


def _pictures(folder: Path, record: dict[str, Any], taxonomy: Taxonomy) -> dict[str, Any]:
    image, label = (read_picture(folder / record["files"][kind], kind) for kind in ("image", "label"))
    image = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    colored = colors(taxonomy)[label]
    overlay = cv2.addWeighted(colored, OVERLAY, image, 1 - OVERLAY, 0)
    names = {str(category.id): category.name for category in taxonomy} | {"0": "unlabelled"}
    counts = sorted(record["pixels"].items(), key=lambda item: -item[1])
    return {
        "frame": record["frame"],
        "shows": "".join(f" · {record[key]}" for key in ("scene", "variation", "kind") if key in record),
        "seen": ", ".join(f"{names[number]} {_percent(count / label.size)}" for number, count in counts),
        "categories": sum(number != "0" for number in record["pixels"]),
        "pictures": [
            _embed(image, cv2.INTER_AREA, 82),
            _embed(colored, cv2.INTER_NEAREST),
            _embed(overlay, cv2.INTER_AREA, 82),
        ],
    }


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.005 else "<1%"


def _embed(picture: np.ndarray, interpolation: int, jpeg_quality: int = 0) -> str:
    """Return a picture as a data URL: JPEG, or PNG without a quality."""
    height = max(1, round(WIDTH * picture.shape[0] / picture.shape[1]))
    small = cv2.resize(picture, (WIDTH, height), interpolation=interpolation)
    if jpeg_quality:
        kind, encoded = "jpeg", cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, jpeg_quality])[1]
    else:
        kind, encoded = "png", cv2.imencode(".png", small)[1]
    return page.data_url(encoded.tobytes(), kind)


def _legend(records: list[dict[str, Any]], taxonomy: Taxonomy) -> list[dict[str, Any]]:
    """Return the visible categories, the commonest first, with their pixels' share and frames; unlabelled last."""
    totals: dict[int, int] = {}
    frames: dict[int, int] = {}
    for record in records:
        for number, count in record["pixels"].items():
            totals[int(number)] = totals.get(int(number), 0) + count
            frames[int(number)] = frames.get(int(number), 0) + 1
    pixels = sum(totals.values()) or 1

    def row(number: int, name: str, color: tuple[int, int, int]) -> dict[str, Any]:
        return {
            "id": number,
            "name": name,
            "color": "#{:02x}{:02x}{:02x}".format(*color),
            "share": totals.get(number, 0) / pixels,
            "frames": frames.get(number, 0),
        }

    rows = [row(c.id, c.name, c.color) for c in taxonomy if c.id in totals]
    rows.sort(key=lambda entry: -entry["share"])
    return [*rows, row(0, "unlabelled", UNLABELLED_COLOR)]


def _settings(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    job, render, versions = data["job"], data["render"], data["versions"]
    sweep = dict(job["sweep"])
    name = sweep.pop("name")
    pace = sum(record["seconds"] for record in data["frames"]) / max(len(data["frames"]), 1)
    changed = {key: value for key, value in sweep.items() if value != _default(name, key)}
    return [
        *_scenes(job),
        ("sweep", " ".join([name, *(f"{key}={value}" for key, value in changed.items())])),
        ("frames", str(len(data["frames"]))),
        ("size", "{}x{}".format(*job["size"])),
        ("samples", f"{job['samples']}, {'denoised' if render['denoised'] else 'not denoised'}"),
        ("field of view", f"{job['fov']:g}°, jitter {job['lens_jitter']:g}"),
        ("seed", str(job["seed"])),
        ("taxonomy", data["taxonomy"]["name"]),
        ("outputs", ", ".join([*ALWAYS, *job["outputs"]])),
        ("exposure", f"{render['exposure']:+.1f} stops, view transform {render['view_transform']}"),
        ("versions", f"Sweepset {versions['sweepset']}, Blender {versions['blender']}"),
        ("render time", f"{pace:.2f} s a frame"),
    ]


def _scenes(job: Mapping[str, Any]) -> list[tuple[str, str]]:
    if "scenes" not in job:
        return [("scene", job["scene"]), ("scene SHA-256", job["scene_sha256"][:16])]
    names = ", ".join(scene["scene"] for scene in job["scenes"])
    return [("scenes", names), ("variations of each", str(job["variations"]))]


def _default(sweep: str, key: str) -> Any:
    value = getattr(sweeps.SWEEPS[sweep].parameters(), key)
    return list(value) if isinstance(value, tuple) else value
