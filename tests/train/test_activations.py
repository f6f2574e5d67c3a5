"""Activations: recorded layers, principal components and read-outs by hand, and the page by the command."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import masked_photos
import training_data

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from commands import Train  # noqa: E402
from sweepset.errors import SweepsetError  # noqa: E402
from sweepset_train import experiment, training  # noqa: E402
from sweepset_train.activations import recording  # noqa: E402
from sweepset_train.masking.networks import SmallUNet  # noqa: E402

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("repeatable")]


def test_layers_are_recorded_by_stage() -> None:
    """Four stages down, the middle, three up, and the last with the head, each at its size."""
    torch.manual_seed(0)
    layers, logits = recording.record(SmallUNet((2, 3, 4, 5)).eval(), torch.randn(1, 3, 32, 48))
    assert logits.shape == (1, 32, 48)
    chosen = recording.choose(layers, [])
    assert [one.features.shape[1] for one in chosen] == [32, 16, 8, 4, 2, 4, 8, 16, 32]
    assert [one.decodes for one in chosen] == [False] * 5 + [True] * 4
    assert recording.choose(layers, ["down.1"])[0].features.shape == (3, 16, 24)
    with pytest.raises(SweepsetError, match="no layer 'down.9'.*down"):
        recording.choose(layers, ["down.9"])


def test_maps_by_hand() -> None:
    """One channel is a blob, and another follows it: so does the principal component, and the read-out of logits."""
    rng = np.random.default_rng(0)
    blob = np.zeros((8, 12))
    blob[2:5, 3:7] = 1
    features = np.stack([3 * blob, blob, 0.01 * rng.normal(size=blob.shape)]).astype(np.float32)
    layer = recording.Layer("one", features, True)
    assert np.abs(recording.principal(layer) - blob).max() < 0.05
    strongest = recording.strongest(layer, 2)
    assert strongest.shape == (2, 8, 12)
    assert np.array_equal(strongest[0], blob)
    logits = np.kron(5 * blob - 2, np.ones((2, 2)))[None].astype(np.float32)
    guess, share = recording.read_out(layer, logits)
    assert share > 0.99
    assert ((guess[0] > 0) == (logits[0] > 0)).mean() > 0.9
    assert recording.read_out(recording.Layer("noise", features[2:], True), logits)[1] < 0.3


def test_the_command_for_masking_and_segmentation(tmp_path: Path, train: Train) -> None:
    photos = masked_photos.write(tmp_path / "photos")
    asked = experiment.read("masking", masked_photos.changes(photos, max_steps=2, validate_every=2))
    training.fit(asked, tmp_path / "mask", lambda _: None)
    labelled = training_data.write(tmp_path / "labelled")
    changes = training_data.changes(labelled, max_steps=2, validate_every=2)
    training.fit(experiment.read("baseline", changes), tmp_path / "classes", lambda _: None)
    for run, photo in (("mask", photos / "train" / "000000_01.jpg"), ("classes", labelled / "images" / "0001.png")):
        status, said, _ = train("activations", tmp_path / run, photo, "--out", tmp_path / f"{run}.html")
        assert status == 0
        assert "layers: 4" in said
        text = (tmp_path / f"{run}.html").read_text(encoding="utf-8")
        assert all(word in text for word in ("Eigen-CAM", "R²", "Maps of 4"))
    for words, text in (
        (["--layer", "nothing"], "no layer 'nothing'"),
        (["--out", tmp_path], "is a folder"),
        (["--checkpoint", "last"], ""),
    ):
        status, _, told = train("activations", tmp_path / "mask", photos / "train" / "000000_01.jpg", *words)
        assert status == (2 if text else 0)
        assert text in told
        assert len(told.splitlines()) == bool(text)
    status, _, told = train("activations", tmp_path / "mask", tmp_path / "none.jpg")
    assert (status, "no such file" in told) == (2, True)
