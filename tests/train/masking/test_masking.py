"""The task masking: scores against hand-worked values and pycocotools, networks, training, resuming, prediction."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import masked_photos

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

import colorsys  # noqa: E402

from PIL import Image  # noqa: E402

from sweepset.errors import SweepsetError  # noqa: E402
from sweepset_train import evaluation, experiment, prediction, runs, training  # noqa: E402
from sweepset_train.data import augmentation  # noqa: E402
from sweepset_train.masking import losses, networks, scores  # noqa: E402
from sweepset_train.masking.task import TASK, Mask  # noqa: E402
from sweepset_train.models.whole import Whole  # noqa: E402
from sweepset_train.settings import Augmentation  # noqa: E402

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("repeatable")]
CPU = torch.device("cpu")


def tallied(pairs: list[tuple[list[int], list[int]]], threshold: int = 128) -> dict[str, np.ndarray]:
    """Return the tallies of images of one row, each truth and shares."""
    masks = [Mask(np.array([shares], np.uint8), threshold) for _, shares in pairs]
    labels = np.array([[truth] for truth, _ in pairs], np.uint8)
    return dict(TASK.tally(labels, masks, 2))


def test_dice_by_hand() -> None:
    """Half found, nothing where nothing is, something where nothing is, and a void pixel that does not count."""
    rows = [([1, 1, 0, 0], [200, 0, 0, 0]), ([0, 0, 0, 0], [0, 0, 0, 0]), ([0, 0, 0, 0], [0, 0, 0, 255])]
    rows += [([1, 255, 0, 0], [255, 255, 0, 0])]
    found = tallied(rows)
    assert TASK.score(found, np.eye(4))[:, 0] == pytest.approx([2 / 3, 1, 0, 1])
    assert TASK.score(found, np.eye(4))[:, 1] == pytest.approx([1 / 2, 1, 0, 1])
    summary = TASK.summarize(found)
    assert summary["dice"] == pytest.approx((2 / 3 + 2) / 4)
    assert summary["dice_median"] == pytest.approx((2 / 3 + 1) / 2)
    assert TASK.by_class(found)["pixels"].tolist() == [12, 3]
    doubled = TASK.score(found, np.array([[2.0, 1, 0, 0]]))
    assert doubled[0, 0] == pytest.approx((4 / 3 + 1) / 3)


def test_scores_equal_those_of_other_libraries() -> None:
    """IoU by pycocotools, Dice by scikit-learn's F1, for random masks at a random threshold."""
    metrics = pytest.importorskip("sklearn.metrics")
    coco = pytest.importorskip("pycocotools.mask")
    rng = np.random.default_rng(0)
    truth = (rng.random((5, 12, 17)) < 0.3).astype(np.uint8)
    shares = rng.integers(0, 256, truth.shape, np.uint8)
    found = scores.by_image(TASK.tally(truth, [Mask(one, 90) for one in shares], 2))
    for own, label, share in zip(found, truth, shares, strict=True):
        mask = (share >= 90).astype(np.uint8)
        encoded = [coco.encode(np.asfortranarray(one)) for one in (mask, label)]
        assert own[0] == pytest.approx(metrics.f1_score(label.ravel(), mask.ravel()))
        assert own[1] == pytest.approx(coco.iou(encoded[:1], encoded[1:], [0])[0, 0])


def test_the_threshold_is_the_best_of_all() -> None:
    rng = np.random.default_rng(1)
    truth = (rng.random((3, 20, 20)) < 0.4).astype(np.uint8)
    shares = np.clip(rng.normal(60 + 50 * truth, 30), 0, 255).astype(np.uint8)
    found = dict(TASK.tally(truth, [Mask(one, 128) for one in shares], 2, thorough=False))
    each = [np.mean([dice(label == 1, share >= t) for label, share in zip(truth, shares)]) for t in range(1, 256)]
    assert scores.curve(found["histograms"])[1:] == pytest.approx(each)
    model = networks.build(runs.ModelSpec("cnn", "", "none"))
    TASK.settle(model, found)
    best = round(float(model.threshold) * 255)
    assert each[best - 1] == max(each)
    # A validation is scored at the threshold that it chooses.
    assert TASK.summarize(found)["dice"] == pytest.approx(max(each))


def dice(one: np.ndarray, other: np.ndarray) -> float:
    return 2 * (one & other).sum() / (one.sum() + other.sum())


def test_losses_by_hand() -> None:
    logits, truth = torch.zeros(1, 1, 4), torch.tensor([[[1.0, 0, 1, 0]]])
    labelled = torch.tensor([[[1.0, 1, 0, 0]]])
    assert float(losses.cross_entropy(logits, truth, labelled)) == pytest.approx(np.log(2))
    assert float(losses.dice(logits, truth, labelled)) == pytest.approx(1 - 2 / 3)
    nothing = torch.zeros_like(truth)
    assert float(losses.dice(torch.full_like(logits, -99), nothing, labelled)) == 0


def test_the_small_unet_has_its_parameters_and_any_size() -> None:
    model = networks.SmallUNet().eval()
    assert sum(one.numel() for one in model.parameters()) == 8_633_921
    assert model(torch.zeros(1, 3, 33, 50)).shape == (1, 1, 33, 50)
    with pytest.raises(SweepsetError, match="small-unet has no ImageNet weights"):
        networks.build(runs.ModelSpec("small-unet", "", "imagenet"))


class Brightness(torch.nn.Module):
    """A network that answers each pixel by itself, and remembers what sizes it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: set[tuple[int, ...]] = set()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        self.sizes.add(tuple(images.shape[2:]))
        return images.sum(1, keepdim=True)


def test_tiles_and_flips_answer_as_the_whole() -> None:
    images = torch.randn(2, 3, 37, 53)
    network = Brightness()
    found = Whole(network, (16, 12), 0.25, True)(images)
    assert network.sizes == {(12, 16)}
    assert torch.allclose(found, images.sum(1, keepdim=True), atol=1e-5)
    assert Whole(network, (60, 40), 0.25, False)(images).equal(images.sum(1, keepdim=True))
    with pytest.raises(SweepsetError, match="a model that answers each pixel"):
        Whole(torch.nn.Flatten(), None, 0.25, True)(images)


def test_colours_turn_as_colorsys_turns_them() -> None:
    rng = np.random.default_rng(2)
    images = torch.from_numpy(rng.integers(0, 256, (2, 3, 4, 5), np.uint8))
    images[0, :, 0, 0] = 90  # grey: it has no hue
    settings = Augmentation(flip=0, scale=(1, 1), color=0, hue=100, saturation=0.3, value=0.2)
    drawn = augmentation.draw(settings, 2, 3, 7)
    pixels, _ = augmentation.vary(images, drawn)
    mean, std = (torch.tensor(one).view(3, 1, 1) for one in (augmentation.MEAN, augmentation.STD))
    found = (pixels * std + mean).permute(0, 2, 3, 1).numpy()
    for image, varied, (hue, purity, bright) in zip(images, found, drawn[:, 22:].tolist(), strict=True):
        for old, new in zip(image.permute(1, 2, 0).reshape(-1, 3).tolist(), varied.reshape(-1, 3), strict=True):
            h, s, v = colorsys.rgb_to_hsv(*(one / 255 for one in old))
            s = min(1, max(0, s + purity)) if s else 0
            wanted = colorsys.hsv_to_rgb((h + hue) % 1, s, min(1, max(0, v + bright)))
            assert new == pytest.approx(wanted, abs=1e-4)


def test_a_quarter_turn_turns_image_and_mask() -> None:
    images = torch.zeros(1, 3, 20, 20, dtype=torch.uint8)
    images[0, :, 2:6, 3:5] = 255
    drawn = torch.tensor([[1.0, 1, 0, 0, 1, 1, 1, 0, 0, 0, np.pi / 2, *[0] * 4, 1, *[0] * 9]])
    batch = TASK.augment(images, (images[:, 0] > 0).to(torch.uint8), drawn)
    turned = np.rot90(images[0, 0].numpy() > 0)
    assert np.array_equal(batch["targets"][0].numpy() == 1, turned)
    assert np.array_equal(batch["images"][0, 0].numpy() > 0, turned)
    drawn[0, 10], drawn[0, 20], drawn[0, 21] = 0, 0.1, -0.2  # what is seen moves left by 2 and down by 4
    moved = TASK.augment(images, (images[:, 0] > 0).to(torch.uint8), drawn)["targets"][0].numpy()
    assert np.array_equal(np.argwhere(moved == 1), np.argwhere(images[0, 0].numpy() > 0) + np.array([4, -2]))
    assert (moved[:4] == 255).all()


def test_a_run_learns_resumes_and_predicts(tmp_path: Path) -> None:
    folder = masked_photos.write(tmp_path / "photos")
    asked = experiment.read("masking", [*masked_photos.changes(folder), "augmentation.crop=[32, 24]"])
    told: list[str] = []
    run, parts = training.fit(asked, tmp_path / "run", told.append)
    assert parts.test is not None
    vehicles = {part: {name[:6] for name in own.names} for part, own in parts.named().items()}
    assert sum(map(len, vehicles.values())) == len(set.union(*vehicles.values())) == masked_photos.VEHICLES
    place, found, prior = evaluation.evaluate_run(run, parts.test, "test", "best", CPU)
    assert prior is not None
    assert found.summary()["dice"] > 0.95 > prior.summary()["dice"]
    assert (place / "threshold.png").exists()
    photos = [folder / "train" / f"{name}.jpg" for name in parts.test.names]
    assert prediction.predict_folder(run, photos, tmp_path / "out", "best", CPU) == 4
    mask = np.asarray(Image.open(tmp_path / "out" / "masks" / f"{parts.test.names[0]}.png"))
    assert set(np.unique(mask)) == {0, 255}
    assert dice(mask == 255, masked_photos.masks()[parts.test.names[0]]) > 0.9

    class Stop(training.Callback):
        def on_train_batch_end(self, trainer: object, *_: object) -> None:
            if getattr(trainer, "global_step", 0) == 33:
                raise KeyError("stopped")

    with pytest.raises(KeyError, match="stopped"):
        training.fit(asked, tmp_path / "half", told.append, [Stop()])
    training.fit(asked, tmp_path / "half", told.append)
    assert "resuming from step 30" in told
    one, other = (torch.load(tmp_path / n / "checkpoints" / "last.ckpt", weights_only=True) for n in ("run", "half"))
    assert all(torch.equal(value, other["state_dict"][name]) for name, value in one["state_dict"].items())
    assert one["plateau"] == other["plateau"]
    assert float(one["state_dict"]["model.threshold"]) != 0.5
    # Another run goes on from these weights.
    settings = masked_photos.changes(folder, max_steps=2, validate_every=2)
    more = experiment.read("masking", [*settings, f"model.weights={run.checkpoint()}"])
    training.fit(more, tmp_path / "more", told.append)


def test_plateaus_lower_the_rate() -> None:
    from sweepset_train.learner import Plateau

    plateau = Plateau()
    for score in (0.5, 0.6, 0.6, 0.60005, 0.4, 0.59):
        plateau.see(score)
    assert (plateau.best, plateau.factor) == (0.6, 0.1)


def test_renders_are_foreground_by_their_taxonomy() -> None:
    from sweepset import taxonomy

    mask = taxonomy.load("mask")
    for name, thing, other in (("vehicles", "suv", "backdrop"), ("vehicle-parts", "wheel", "road")):
        found = mask.ids_from(taxonomy.load(name))
        assert len(found) == len(taxonomy.load(name))
        assert (found[thing], found[other]) == (2, 1)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("data.taxonomy=nyu13", "task masking has two classes, not 13"),
        ("augmentation.crop=[64, 64]", r"augmentation.crop \[64, 64\] exceeds data.size \[48, 32\]"),
        ("trainer.balance=true", "trainer.balance is for classes"),
        ("trainer.loss=focal", "trainer.loss is 'focal'.*bce-dice"),
    ],
)
def test_bad_settings_are_told(tmp_path: Path, change: str, text: str) -> None:
    folder = masked_photos.write(tmp_path / "photos")
    with pytest.raises(SweepsetError, match=text):
        training.fit(experiment.read("masking", [*masked_photos.changes(folder), change]), tmp_path / "run", print)
    assert not list((tmp_path / "run").rglob("*.ckpt"))


def test_the_page_of_bench_data_is_readable(tmp_path: Path) -> None:
    keys = TASK.make_data(tmp_path / "made")
    source = TASK.open(tmp_path / "made", experiment.read("masking").data.model_copy(update=keys))
    assert len(source) == 24
    assert json.dumps(sorted({int(one) for one in np.unique(source.read(0)[1])})) == "[1, 2]"


def test_groups_have_intervals_over_vehicles() -> None:
    """Of a score that is each vehicle's own, the interval is that of Student's t over vehicles, not over images."""
    from scipy import stats

    from sweepset_train import grouping

    rng = np.random.default_rng(3)
    hits = np.repeat(rng.integers(30, 70, 12), 4)  # of 100 pixels, 12 vehicles in 4 views
    rows = [([1] * 100, [255] * hit + [0] * (100 - hit)) for hit in hits]
    found = tallied(rows)
    rooms = np.repeat([f"{k:02d}" for k in range(12)], 4)
    point, low, high = (ends[0] for ends in grouping.intervals(TASK, found, rooms))
    values = 2 * hits[::4] / (100 + hits[::4])
    wide = stats.t.isf(0.025, 11) * values.std(ddof=1) / np.sqrt(12)
    assert point == pytest.approx(values.mean())
    assert (high - low) / 2 == pytest.approx(wide, rel=0.1)
    views = [{"view": f"{k % 4:02d}"} for k in range(48)]
    overall, by_view = grouping.tables(TASK, found, list(rooms), views)
    assert overall.rows[0][:3] == ("all", "48", "12")
    assert [row[:3] for row in by_view.rows] == [(f"{k:02d}", "12", "12") for k in range(4)]
    assert grouping.tables(TASK, found, list(rooms), [{}] * 48) == []
