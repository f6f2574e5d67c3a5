"""A dataset's `index.html` as the window writes it, with nothing but Python: images beside labels, legend, findings.

The command's page says more, and replaces it.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Mapping
from typing import Any

STYLE = """body{font:14px sans-serif;margin:2em;background:#fff;color:#222}img{width:320px;max-width:45vw}
img.label{filter:url(#colors);image-rendering:pixelated}td,th{padding:2px 10px;text-align:left}i{display:inline-block;
width:1em;height:1em;border:1px solid #888;vertical-align:middle}"""


def page(data: Mapping[str, Any]) -> str:
    """Return the page of a dataset from the content of its `dataset.json`; its files are relative to the page.

    A filter of the browser colours labels by id, so that their files stay as they are; 16-bit labels stay grey.
    """
    kinds = {category["id"]: category for category in data["taxonomy"]["categories"]}
    pixels: Counter[int] = Counter()
    for frame in data["frames"]:
        pixels.update({int(number): count for number, count in frame["pixels"].items()})
    total = max(pixels.total(), 1)
    names = {0: "unlabelled", **{number: kind["name"] for number, kind in kinds.items()}}
    colors = {0: (0, 0, 0), **{number: kind["color"] for number, kind in kinds.items()}}
    rows = "".join(
        f'<tr><td><i style="background:rgb{tuple(colors.get(number, (0, 0, 0)))}"></i> '
        f"{html.escape(names.get(number, str(number)))}<td>{count / total:.1%}"
        for number, count in pixels.most_common()
    )
    findings = "".join(f"<li>{html.escape(found['message'])}" for found in data["findings"])
    frames = "".join(
        f"<p>{frame['frame']}<br>"
        + _picture(frame["files"]["image"], "image")
        + _picture(frame["files"]["label"], "label")
        for frame in data["frames"]
    )
    title = html.escape(data["name"])
    return (
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        f"{_filter(colors)}<h1>{title}</h1><p>{len(data['frames'])} image/label pairs, rendered in Blender's window"
        f"<ul>{findings}</ul><table><tr><th>category<th>pixels{rows}</table>{frames}</html>\n"
    )


def _picture(path: str, kind: str) -> str:
    return f'<a href="{path}"><img class="{kind}" loading="lazy" src="{path}"></a> '


def _filter(colors: Mapping[int, Any]) -> str:
    """Return an SVG filter that maps grey n/255 to the colour of id n."""
    if max(colors) > 255:
        return "<style>img.label{filter:none}</style>"
    functions = "".join(
        f'<feFunc{name} type="discrete" tableValues="'
        + " ".join(f"{colors.get(number, (0, 0, 0))[place] / 255:.4g}" for number in range(256))
        + '"/>'
        for place, name in enumerate("RGB")
    )
    return (
        '<svg width="0" height="0" style="position:absolute"><filter id="colors" color-interpolation-filters="sRGB">'
        f"<feComponentTransfer>{functions}</feComponentTransfer></filter></svg>"
    )
