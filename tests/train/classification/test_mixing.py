"""Images that are turned, erased and mixed: what is drawn is what happens, and classes are shared by it."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from sweepset_train.classification.models import Objective  # noqa: E402
from sweepset_train.classification.task import TASK  # noqa: E402
from sweepset_train.data import augmentation  # noqa: E402
from sweepset_train.settings import Augmentation  # noqa: E402

STILL = {"flip": 0, "scale": (1, 1), "color": 0}


def photos(count: int = 64) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (count, 3, 16, 20), generator=generator, dtype=torch.uint8)


def test_half_a_turn_is_two_mirrors() -> None:
    images = photos(2)
    drawn = augmentation.draw(Augmentation(**STILL), 2, 0, 0)
    drawn[:, 10] = torch.pi
    found, _ = augmentation.vary(images, drawn)
    assert torch.allclose(found, augmentation.prepare(images.flip(2).flip(3)), atol=1e-3)
    angles = augmentation.draw(Augmentation(**STILL, rotate=30), 64, 0, 0)[:, 10]
    assert 0.3 < angles.abs().max() <= torch.pi / 6


def test_a_quarter_turn_keeps_its_proportions() -> None:
    images = photos(1)[..., :16]
    drawn = augmentation.draw(Augmentation(**STILL), 1, 0, 0)
    drawn[:, 10] = torch.pi / 2
    found, _ = augmentation.vary(images, drawn)
    turned = [augmentation.prepare(torch.rot90(images, times, (2, 3))) for times in (1, 3)]
    assert any(torch.allclose(found, one, atol=1e-3) for one in turned)


def test_erased_rectangles_are_the_mean_colour() -> None:
    drawn = augmentation.draw(Augmentation(**STILL, erase=0.5), 64, 0, 0)
    found, _ = augmentation.vary(torch.full((64, 3, 40, 40), 255, dtype=torch.uint8), drawn)
    share = (found == 0).all(1).float().mean((1, 2))
    assert 0.3 < (share > 0).float().mean() < 0.7
    assert 0.01 < share[share > 0].min()
    assert share.max() < 0.36


def test_classes_are_shared_as_images_are() -> None:
    dark, bright = torch.zeros(2, 1, 1, 1), torch.ones(2, 1, 1, 1)
    images = torch.stack([dark[0], bright[0]]).expand(2, 3, 50, 50).contiguous()
    for settings in (Augmentation(**STILL, mixup=1), Augmentation(**STILL, cutmix=1)):
        for step in range(8):
            drawn = augmentation.draw(settings, 2, 0, step)
            mixed, share = augmentation.mix(images, drawn)
            assert mixed[1].mean() == pytest.approx(float(share[1]), abs=1e-5)
            assert mixed[0].mean() == pytest.approx(1 - float(share[0]), abs=1e-5)
            values = set(mixed.unique().tolist())
            assert settings.mixup or values <= {0.0, 1.0}


def test_the_loss_of_a_mixed_image_is_by_hand() -> None:
    logits = torch.tensor([[2.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 3.0]])
    targets = torch.tensor([0, 2, 255], dtype=torch.uint8)
    batch = {"images": logits, "targets": targets, "others": targets.roll(-1), "shares": torch.tensor([0.7, 1.0, 1.0])}
    shares = logits.log_softmax(1)
    expected = -(0.7 * shares[0, 0] + 0.3 * shares[0, 2] + shares[1, 2]) / 2
    assert Objective(0, None)(torch.nn.Identity(), batch) == pytest.approx(float(expected))
    assert (
        TASK.augment(photos(4), torch.arange(4), augmentation.draw(Augmentation(), 4, 0, 0))["shares"].tolist()
        == [1] * 4
    )
