"""Labels of one file from every Blender on this machine agree."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from sweepset_render.blender.installations import Blender
from truth import Dataset, boundaries, render_hazard, run_script

AGREE = 0.999


ROOT = Path(__file__).resolve().parents[3]
ON_BLENDERS_SIDE = ("addon/sweepset/blender", "addon/sweepset/ui", "render/sweepset_render/inside_blender", "scenes")


def asked_with_a_default() -> dict[str, str]:
    """Map the attributes that `getattr` is asked for with a default, outside compat.py, to a place where it is."""
    found = {}
    for path in (path for folder in ON_BLENDERS_SIDE for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
                name = node.args[1]
                if len(node.args) == 3 and isinstance(name, ast.Constant) and path.name != "compat.py":
                    found[name.value] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def test_only_compat_asks_for_what_some_versions_lack(blenders: list[Blender]) -> None:
    """Elsewhere, `getattr` with a default tells kinds of objects apart, not versions of Blender."""
    asked = asked_with_a_default()
    assert asked
    for one in blenders:
        (line,) = (line for line in run_script(one, "rna_names.py").splitlines() if line.startswith("NAMES "))
        lacking = {asked[name] for name in asked.keys() - set(json.loads(line.removeprefix("NAMES ")))}
        assert not lacking, f"{one} lacks these, ask in compat.py: {lacking}"


def disagreement(one: np.ndarray, other: np.ndarray) -> str:
    """Return how two label maps disagree, "" if they agree on 99.9 % of the pixels and off boundaries on all."""
    differs = one != other
    apart = differs & ~boundaries(one) & ~boundaries(other)
    if differs.mean() <= 1 - AGREE and not apart.any():
        return ""
    places = np.argwhere(apart if apart.any() else differs)[:5].tolist()
    return f"{differs.mean():.4%} differ, {apart.sum()} off boundaries: {places}"


def test_oldest_agrees_on_a_frame(
    render: Callable[..., Path], hazard: Path, blender: Blender, blenders: list[Blender]
) -> None:
    """The oldest Blender here labels the first frame as the default one does."""
    if blenders[0].version == blender.version:
        pytest.skip("only one Blender is installed: `make blenders` adds others")
    usual = render_hazard(render, hazard, blender)
    oldest = render_hazard(render, hazard, blenders[0], "--frames", "1")
    assert disagreement(usual.array("labels", 0), oldest.array("labels", 0)) == ""


@pytest.mark.full
def test_versions_agree(render: Callable[..., Path], hazard: Path, blenders: list[Blender]) -> None:
    """Every pair of versions agrees on 99.9 % of the pixels, and elsewhere on all but boundaries."""
    newest_of = {one.version[:2]: one for one in blenders}
    if len(newest_of) < 2:
        pytest.skip("only one Blender is installed: `make blenders` adds others")
    datasets: dict[str, Dataset] = {}
    for one in newest_of.values():
        datasets[".".join(map(str, one.version))] = render_hazard(render, hazard, one)
    wrong = {}
    for (first, one), (second, other) in combinations(datasets.items(), 2):
        assert one.frames == other.frames
        for frame in one.frames:
            if found := disagreement(one.array("labels", frame), other.array("labels", frame)):
                wrong[first, second, frame] = found
    assert not wrong
