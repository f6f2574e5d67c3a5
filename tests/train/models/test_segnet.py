"""SegNet: the published layers, unpooling against PyTorch's own, sizes, determinism, weights, and that it learns."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")

import torch.nn.functional as F  # noqa: E402

from sweepset_train.models.segnet import SegNet, unpool  # noqa: E402

VGG16 = [(3, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256), (256, 256), (256, 512)] + [(512, 512)] * 5
"""VGG16's convolutions, in and out: column D of the table in Simonyan and Zisserman, 2015."""


@pytest.fixture(autouse=True)
def _repeatable() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.use_deterministic_algorithms(False)
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def segnet() -> SegNet:
    torch.manual_seed(0)
    return SegNet(11)


def test_layers_are_the_published_ones(segnet: SegNet) -> None:
    convolutions = [layer for layer in segnet.modules() if isinstance(layer, torch.nn.Conv2d)]
    mirrored = [(b, a) for a, b in reversed(VGG16)]
    mirrored[-1] = (64, 11)
    assert [(layer.in_channels, layer.out_channels) for layer in convolutions] == VGG16 + mirrored
    assert {layer.kernel_size for layer in convolutions} == {(3, 3)}
    assert sum(isinstance(layer, torch.nn.BatchNorm2d) for layer in segnet.modules()) == 25


def test_parameters_are_29_4_million(segnet: SegNet) -> None:
    weights = sum(9 * a * b for a, b in VGG16) + sum(9 * a * b for a, b in VGG16[1:]) + 9 * 64 * 11
    widths = sum(b for _, b in VGG16) + sum(a for a, _ in VGG16[1:])
    count = sum(parameter.numel() for parameter in segnet.parameters())
    assert count == weights + 3 * widths + 11  # a bias, a scale and a shift a channel; a bias a class
    assert round(count / 1e6, 1) == 29.4


def test_maps_have_the_published_sizes(segnet: SegNet) -> None:
    sizes: list[tuple[int, int]] = []
    hooks = [
        stage.register_forward_hook(lambda _, __, x: sizes.append((x.shape[3], x.shape[2])))
        for stage in [*segnet.encoder, *segnet.decoder]
    ]
    with torch.inference_mode():
        assert segnet(torch.zeros(1, 3, 360, 480)).shape == (1, 11, 360, 480)
    for hook in hooks:
        hook.remove()
    down = [(480, 360), (240, 180), (120, 90), (60, 45), (30, 23)]
    assert sizes == down + down[::-1]


@pytest.mark.parametrize("size", [(1, 1), (33, 47), (32, 64)])
def test_any_size_comes_out_as_it_went_in(segnet: SegNet, size: tuple[int, int]) -> None:
    segnet.eval()
    with torch.inference_mode():
        assert segnet(torch.rand(1, 3, *size)).shape == (1, 11, *size)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_unpooling_is_pytorchs(layout: torch.memory_format, kind: torch.dtype) -> None:
    x = torch.randn(2, 5, 13, 18, dtype=kind).contiguous(memory_format=layout)
    pooled, indices = F.max_pool2d(x, 2, ceil_mode=True, return_indices=True)
    ours, theirs = pooled.clone().requires_grad_(), pooled.clone().requires_grad_()
    unpooled = unpool(ours, indices, x.shape[-2:])
    expected = F.max_unpool2d(theirs, indices, 2, output_size=x.shape[-2:])
    assert torch.equal(unpooled, expected)
    assert unpooled.is_contiguous(memory_format=layout)
    weights = torch.randn_like(expected)
    unpooled.backward(weights)
    expected.backward(weights)
    assert torch.equal(ours.grad, theirs.grad)


def test_unpooling_by_hand() -> None:
    x = torch.tensor([[[[1.0, 5, 2], [3, 4, 7], [9, 8, 6]]]])
    pooled, indices = F.max_pool2d(x, 2, ceil_mode=True, return_indices=True)
    assert unpool(pooled, indices, x.shape[-2:]).tolist() == [[[[0, 5, 0], [0, 0, 7], [9, 0, 6]]]]


def _step(
    layout: torch.memory_format = torch.contiguous_format, kind: torch.dtype = torch.float32
) -> dict[str, torch.Tensor]:
    torch.manual_seed(3)
    model = SegNet(4).to(kind, memory_format=layout)
    images, labels = torch.randn(2, 3, 23, 30, dtype=kind), torch.randint(0, 4, (2, 23, 30))
    F.cross_entropy(model(images.contiguous(memory_format=layout)), labels).backward()
    torch.optim.SGD(model.parameters(), lr=0.1).step()
    return model.state_dict()


def test_a_step_is_deterministic() -> None:
    torch.use_deterministic_algorithms(True)
    first, second = _step(), _step()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_layout_in_memory_changes_nothing() -> None:
    first, second = _step(kind=torch.float64), _step(torch.channels_last, torch.float64)
    assert all(torch.allclose(first[name], second[name], atol=1e-6) for name in first)


def _vgg() -> tuple[torch.nn.Module, dict[str, torch.Tensor]]:
    """Return torchvision's own convolutions with random weights and statistics, and their state."""
    from torchvision.models.vgg import cfgs, make_layers

    torch.manual_seed(5)
    features = make_layers(cfgs["D"], batch_norm=True)
    for layer in features.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.1)
            layer.running_var.uniform_(0.5, 1.5)
    state = {f"features.{name}": value for name, value in features.state_dict().items()}
    return features.eval(), state


@pytest.mark.parametrize("counters", [True, False])
def test_encoder_takes_torchvisions_weights(counters: bool) -> None:
    features, state = _vgg()
    state["classifier.0.weight"] = torch.zeros(1)
    if not counters:
        state = {name: value for name, value in state.items() if "num_batches" not in name}
    model = SegNet(3).eval()
    model.load_encoder(state)
    x = images = torch.rand(1, 3, 64, 32)
    with torch.inference_mode():
        for stage in model.encoder:
            x = F.max_pool2d(stage(x), 2, ceil_mode=True)
        torch.testing.assert_close(x, features(images))


@pytest.mark.parametrize("change", ["missing", "narrow", "other"])
def test_other_networks_weights_are_refused(segnet: SegNet, change: str) -> None:
    _, state = _vgg()
    if change == "missing":
        state = {name: value for name, value in state.items() if not name.startswith("features.40.")}
    elif change == "narrow":
        state["features.0.weight"] = state["features.0.weight"][:32]
    else:
        state = {"conv1.weight": torch.zeros(64, 3, 7, 7)}
    with pytest.raises(ValueError):
        segnet.load_encoder(state)


def test_it_overfits_two_images() -> None:
    model = SegNet(3)
    images, labels = torch.randn(2, 3, 16, 24), torch.zeros(2, 16, 24, dtype=torch.long)
    labels[0, 4:12, 6:20], labels[1, 8:, :9], labels[1, :6, 16:] = 1, 2, 1
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    for _ in range(60):
        optimizer.zero_grad()
        logits = model(images)
        F.cross_entropy(logits, labels).backward()
        optimizer.step()
        accuracy = (logits.argmax(1) == labels).float().mean().item()
        if accuracy > 0.99:
            break
    assert accuracy > 0.99
