"""Colour management inside each Blender: images are as Blender saves them in sRGB, and albedo does not depend on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blenders import EDGES
from sweepset_render.blender.installations import Blender
from truth import SUPPORT, run_script

ACES = SUPPORT / "aces.ocio"
REC709_FROM_ACESCG = np.array(
    [[1.70505, -0.62179, -0.08326], [-0.13026, 1.14080, -0.01055], [-0.02400, -0.12897, 1.15297]]
)
"""As the Academy publishes it, adapted from D60 to D65."""
Found = dict[str, dict[str, Any]]


@pytest.fixture(scope="module", params=EDGES)
def renders(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Found, Found]:
    """Render the files in a Blender with its own configuration and with one of ACES."""
    blender: Blender = request.param
    folder = tmp_path_factory.mktemp("color")
    script = Path(__file__).with_name("color_case.py")
    run_script(blender, script, "save", folder)
    found = []
    for config in ("", str(ACES)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("OCIO", config)
            run_script(blender, script, "render", folder)
        found.append(json.loads((folder / "result.json").read_text(encoding="utf-8")))
    return found[0], found[1]


def srgb(linear: list[float] | np.ndarray) -> np.ndarray:
    """Return linear light as 8-bit sRGB values, by the definition above its linear toe."""
    return 255 * (1.055 * np.clip(linear, 0, 1) ** (1 / 2.4) - 0.055)


def test_images_are_as_blender_saves_them(renders: tuple[Found, Found]) -> None:
    for found in renders:
        for name, one in found.items():
            if one["own"] is not None:
                assert np.abs(np.subtract(one["image"], one["own"])).max() <= 1, name
    plain = renders[0]["plain"]
    assert plain["found"] == {}
    assert np.abs(plain["image"][0] - srgb(0.6 * np.array([0.5, 0.1, 0.08]))).max() <= 2
    assert renders[0]["curves"]["image"] != plain["image"] != renders[0]["override"]["image"]


def test_another_display_is_reported(renders: tuple[Found, Found]) -> None:
    found = renders[0]["display"]
    assert found["image"] == renders[0]["plain"]["image"]
    assert "images are saved for sRGB" in found["found"]["display"]
    assert "False Color" in renders[0]["chart"]["found"]["view-transform"]


def test_what_a_configuration_lacks_is_reported(renders: tuple[Found, Found]) -> None:
    found = renders[1]["plain"]["found"]
    assert found["view-transform"].startswith("Standard: a view that this Blender lacks")
    assert "sRGB: a texture's colour space" in found["color-space"]


def test_albedo_is_srgb(renders: tuple[Found, Found]) -> None:
    """A colour's albedo is what the working space says that it is, a picture's is the picture."""
    own, aces = renders
    plain = srgb([0.5, 0.1, 0.08])
    for name, one in own.items():
        assert np.abs(one["albedo"] - np.array([plain, [40, 120, 200], srgb([0.18] * 3)])).max() <= 1, name
    # The picture's colour space is unknown there, so Blender shows another picture: that is reported.
    colors = np.array([srgb(REC709_FROM_ACESCG @ [0.5, 0.1, 0.08]), srgb([0.18] * 3)])
    for name in ("plain", "curves"):
        assert np.abs(np.array(aces[name]["albedo"])[[0, 2]] - colors).max() <= 1


def test_geometry_is_the_same(renders: tuple[Found, Found]) -> None:
    geometry = renders[0]["plain"]["geometry"]
    assert len(set(geometry[0])) == 1
    for found in renders:
        for name, one in found.items():
            assert one["geometry"] == geometry, name
