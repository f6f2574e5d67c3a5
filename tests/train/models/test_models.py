"""Models, losses and baselines: sizes, weights, hand-worked losses, absent classes, and that they learn."""

from __future__ import annotations

import math
import urllib.error
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")
smp = pytest.importorskip("segmentation_models_pytorch")

import torch.nn.functional as F  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from sweepset.errors import SweepsetError  # noqa: E402
from sweepset_train.models.baselines import PositionPrior, three_layer_cnn  # noqa: E402
from sweepset_train.models.build import ModelSpec, build_model  # noqa: E402
from sweepset_train.models.names import ARCHITECTURES  # noqa: E402
from sweepset_train.segmentation import LOSSES, losses  # noqa: E402

VOID = 255


@pytest.fixture(autouse=True)
def _repeatable() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)


def small(name: str = "unet", weights: str = "none") -> ModelSpec:
    return ModelSpec(name, "resnet18", weights)


# Models


@pytest.mark.parametrize("name", ["unet", "fpn", "deeplabv3plus", "segnet", "cnn"])
def test_logits_have_the_size_of_the_images(name: str) -> None:
    model = build_model(small(name), 5).eval()
    with torch.inference_mode():
        assert model(torch.rand(2, 3, 45, 60)).shape == (2, 5, 45, 60)


def test_padding_does_nothing_where_sizes_divide() -> None:
    model = build_model(small(), 3).eval()
    images = torch.rand(1, 3, 64, 96)
    with torch.inference_mode():
        assert torch.equal(model(images), model.network(images))


def test_padding_is_to_the_right_and_at_the_bottom() -> None:
    model = build_model(small(), 3).eval()
    images = torch.zeros(1, 3, 64, 64)
    images[:, :, :40, :50] = torch.rand(1, 3, 40, 50)
    with torch.inference_mode():
        assert torch.equal(model(images[:, :, :40, :50]), model.network(images)[:, :, :40, :50])


def test_all_architectures_are_known_to_the_library() -> None:
    assert set(ARCHITECTURES) == set(smp.MODEL_ARCHITECTURES_MAPPING)


def test_checkpoints_of_the_whole_model(tmp_path: Path) -> None:
    for name in ("unet", "segnet", "cnn"):
        first = build_model(small(name), 3)
        state = first.state_dict()
        torch.save(state, tmp_path / "bare.pt")
        checkpoint = {f"model.{k}": v for k, v in state.items()} | {"loss.weights": torch.ones(3)}
        torch.save({"state_dict": checkpoint, "epoch": 3}, tmp_path / "lightning.ckpt")
        for file in ("bare.pt", "lightning.ckpt"):
            second = build_model(small(name, str(tmp_path / file)), 3).state_dict()
            assert all(torch.equal(state[key], second[key]) for key in state)


def test_checkpoints_of_an_encoder(tmp_path: Path) -> None:
    torch.save(torchvision.models.resnet18(weights=None).state_dict(), tmp_path / "resnet18.pth")
    loaded = torch.load(tmp_path / "resnet18.pth", weights_only=True)
    encoder = build_model(small("unet", str(tmp_path / "resnet18.pth")), 3).network.encoder.state_dict()
    assert encoder
    assert all(torch.equal(loaded[key], value) for key, value in encoder.items())
    vgg = torchvision.models.vgg.make_layers(torchvision.models.vgg.cfgs["D"], batch_norm=True).state_dict()
    torch.save({f"features.{key}": value for key, value in vgg.items()}, tmp_path / "vgg.pth")
    segnet = build_model(small("segnet", str(tmp_path / "vgg.pth")), 3)
    assert torch.equal(segnet.encoder[4][2][0].weight, vgg["40.weight"])


def test_bad_models_are_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "text.pt").write_text("no weights")
    torch.save({"a": 1}, tmp_path / "other.pt")
    torch.save({"state_dict": {"net.weight": torch.zeros(1)}}, tmp_path / "foreign.ckpt")
    torch.save(build_model(small("cnn"), 4).state_dict(), tmp_path / "cnn4.pt")
    torch.save({"features.0.weight": torch.zeros(1)}, tmp_path / "vgg.pt")
    cases = [
        (ModelSpec("u-net"), "unetplusplus"),
        (ModelSpec("unet", "resnet9", "none"), "resnet9"),
        (ModelSpec("unet", "mobileone_s0", "noisy"), "noisy"),
        (ModelSpec("dpt", "resnet18", "none"), "tu-"),
        (ModelSpec("cnn"), "set model.weights to none"),
        (small("unet", str(tmp_path / "none.pt")), "none.pt"),
        (small("unet", str(tmp_path / "text.pt")), "text.pt"),
        (small("unet", str(tmp_path / "other.pt")), "no weights"),
        (small("unet", str(tmp_path / "foreign.ckpt")), "no weights"),
        (small("cnn", str(tmp_path / "cnn4.pt")), "4.weight is (4, 32, 5, 5) there and (3, 32, 5, 5) here"),
        (small("unet", str(tmp_path / "cnn4.pt")), "it has no network.encoder"),
        (small("segnet", str(tmp_path / "vgg.pt")), "VGG16-BN"),
    ]
    for spec, words in cases:
        with pytest.raises(SweepsetError) as refused:
            build_model(spec, 3)
        assert words in str(refused.value)
        assert "\n" not in str(refused.value)


def test_weights_that_cannot_be_downloaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no such host")

    monkeypatch.setattr(torch.hub, "download_url_to_file", fail)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(SweepsetError, match="ImageNet weights of vgg16_bn .*no such host.*model.weights to none"):
        build_model(ModelSpec("segnet"), 3)


# Losses


def test_median_frequency_by_hand() -> None:
    # Class 0: 6 of 16 labelled pixels; 1: 2 of 8, the images that it is in; 2: nowhere; 3: 8 of 16.
    counts = np.array([[6, 2, 0, 0], [0, 0, 0, 8]])
    weights = losses.median_frequency_weights(counts)
    frequency = [6 / 8, 2 / 8, 8 / 8]
    assert weights.tolist() == pytest.approx([0.75 / frequency[0], 0.75 / frequency[1], 0, 0.75 / frequency[2]])


def test_the_median_of_an_even_number_lies_between() -> None:
    weights = losses.median_frequency_weights(np.array([[1, 3]]))
    assert weights.tolist() == pytest.approx([0.5 / 0.25, 0.5 / 0.75])


def test_no_labels_at_all_are_refused() -> None:
    with pytest.raises(SweepsetError, match="labelled"):
        losses.median_frequency_weights(np.zeros((2, 3)))


def example() -> tuple[Tensor, Tensor]:
    logits = torch.randn(2, 4, 5, 6)
    labels = torch.randint(0, 3, (2, 5, 6), dtype=torch.uint8)
    labels[0, :2] = VOID
    return logits, labels


@pytest.mark.parametrize("weights", [None, torch.tensor([0.5, 2.0, 1.0, 0.0])])
def test_cross_entropy_is_pytorchs(weights: Tensor | None) -> None:
    logits, labels = example()
    expected = F.cross_entropy(logits, labels.long(), weights, ignore_index=VOID)
    assert losses.cross_entropy(logits, labels, weights).item() == pytest.approx(expected.item(), rel=1e-6)


def test_focal_by_hand() -> None:
    logits = torch.tensor([[2.0, 0.0], [0.0, 1.0]]).log_softmax(1).view(2, 2, 1, 1)
    labels = torch.tensor([0, 0]).view(2, 1, 1)
    p = [math.e**2 / (math.e**2 + 1), 1 / (1 + math.e)]
    expected = sum(-((1 - q) ** 2) * math.log(q) for q in p) / 2
    assert losses.focal(logits, labels).item() == pytest.approx(expected, rel=1e-5)
    assert losses.focal(logits, labels, gamma=0).item() == pytest.approx(
        losses.cross_entropy(logits, labels).item(), rel=1e-6
    )


def test_dice_by_hand_leaves_out_void_and_absent_classes() -> None:
    shares = torch.tensor([[0.8, 0.1, 0.1], [0.3, 0.6, 0.1], [0.0001, 0.0001, 0.9998]])
    logits = shares.log().T.reshape(1, 3, 1, 3)
    labels = torch.tensor([[[0, 1, VOID]]])
    dice = [2 * 0.8 / (1.1 + 1), 2 * 0.6 / (0.7 + 1)]
    expected = 1 - sum(dice) / 2 - (math.log(0.8) + math.log(0.6)) / 2
    assert losses.dice_cross_entropy(logits, labels).item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("weights", [None, torch.tensor([0.5, 2.0, 1.0, 0.0])])
def test_void_pixels_change_nothing(name: str, weights: Tensor | None) -> None:
    loss = losses.build_loss(name, weights)
    logits, labels = example()
    logits.requires_grad_()
    value = loss(logits, labels)
    value.backward()
    assert value.dtype == torch.float32
    assert logits.grad[0, :, :2].abs().max() == 0
    assert logits.grad[0, :, 2:].abs().min() > 0
    changed = logits.detach().clone()
    changed[0, :, :2] = 9 * torch.randn(4, 2, 6)
    assert loss(changed, labels).item() == pytest.approx(value.item(), rel=1e-6)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("weights", [None, torch.ones(4)])
def test_a_batch_of_void_is_0(name: str, weights: Tensor | None) -> None:
    logits, labels = example()
    value = losses.build_loss(name, weights)(logits.requires_grad_(), torch.full_like(labels, VOID))
    value.backward()
    assert value.item() == 0
    assert logits.grad.abs().max() == 0


@pytest.mark.parametrize("name", LOSSES)
def test_half_precision_is_summed_in_full(name: str) -> None:
    logits, labels = example()
    half = losses.build_loss(name)(logits.bfloat16(), labels)
    assert half.item() == pytest.approx(losses.build_loss(name)(logits, labels).item(), rel=0.02)


def test_unknown_loss() -> None:
    with pytest.raises(SweepsetError, match="cross-entropy, dice, focal"):
        losses.build_loss("mse")


# Baselines and learning


def test_commonest_class_by_hand() -> None:
    labels = torch.tensor(
        [
            [[0, 1, VOID], [2, 1, VOID]],
            [[0, 1, VOID], [1, VOID, VOID]],
            [[2, 0, VOID], [VOID, VOID, VOID]],
        ],
        dtype=torch.uint8,
    )
    prior = PositionPrior(4, (3, 2)).count([labels[:2], labels[2:]])
    # At (1, 0), 1 and 2 tie, and 1 is the commoner; where nothing was labelled, 1 is the commonest of all.
    answer = prior(torch.zeros(2, 3, 2, 3)).argmax(1)
    assert answer[0].tolist() == [[0, 1, 1], [1, 1, 1]]
    assert torch.equal(answer[0], answer[1])
    double = prior(torch.zeros(1, 3, 4, 6)).argmax(1)[0]
    assert torch.equal(double, answer[0].repeat_interleave(2, 0).repeat_interleave(2, 1))


def fit(model: nn.Module, images: Tensor, labels: Tensor, loss: losses.Loss, rate: float, steps: int) -> float:
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    accuracy = 0.0
    for _ in range(steps):
        optimizer.zero_grad()
        logits = model(images)
        loss(logits, labels).backward()
        optimizer.step()
        accuracy = (logits.argmax(1) == labels)[labels != VOID].float().mean().item()
        if accuracy > 0.99:
            break
    return accuracy


@pytest.mark.parametrize("name", LOSSES)
def test_unet_overfits_two_images_under_every_loss(name: str) -> None:
    images, labels = torch.randn(2, 3, 32, 32), torch.zeros(2, 32, 32, dtype=torch.uint8)
    labels[0, 8:28, 6:20], labels[1, 20:, :9], labels[1, :12, 20:], labels[0, :3] = 1, 2, 1, VOID
    assert fit(build_model(small(), 3), images, labels, losses.build_loss(name), 2e-3, 60) > 0.99


def test_three_layers_learn_colours() -> None:
    labels = torch.randint(0, 3, (2, 4, 4)).repeat_interleave(8, 1).repeat_interleave(8, 2)
    images = torch.eye(3)[labels].movedim(-1, 1) + 0.1 * torch.randn(2, 3, 32, 32)
    model = three_layer_cnn(3)
    assert sum(isinstance(layer, nn.Conv2d) for layer in model) == 3
    assert fit(model, images, labels, losses.cross_entropy, 5e-3, 60) > 0.97
