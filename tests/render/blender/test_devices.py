"""Devices: the choice among GPUs, on lists as Cycles gives them; and the CPU where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from blenders import EACH
from commands import Run
from sweepset import dataset
from sweepset.errors import SweepsetError
from sweepset_render.blender import devices, process
from sweepset_render.blender.devices import Device
from sweepset_render.blender.installations import Blender

# Two NVIDIA cards, as Cycles lists them by each way to use them, and one of AMD.
CUDA = [Device("CUDA", f"CUDA_RTX_{i}", f"RTX {i}") for i in range(2)]
OPTIX = [Device("OPTIX", f"CUDA_RTX_{i}_OptiX", f"RTX {i}") for i in range(2)]
HIP = [Device("HIP", "HIP_RX_0", "RX")]


@pytest.mark.parametrize(
    ("wanted", "found", "chosen"),
    [
        ("auto", [], None),
        ("cpu", [*CUDA, *OPTIX], None),
        ("auto", [*CUDA, *OPTIX], OPTIX[0]),
        ("gpu", [*CUDA, *OPTIX], OPTIX[0]),
        ("gpu:1", [*CUDA, *OPTIX], OPTIX[1]),
        ("gpu:1", CUDA, CUDA[1]),
        ("auto", HIP, HIP[0]),
        ("auto", [*HIP, *CUDA], CUDA[0]),
        ("auto", [Device("METAL", "METAL_0", "M2")], Device("METAL", "METAL_0", "M2")),
        ("auto", [Device("ONEAPI", "ONEAPI_0", "Arc")], Device("ONEAPI", "ONEAPI_0", "Arc")),
    ],
)
def test_chooses(wanted: str, found: list[Device], chosen: Device | None) -> None:
    assert devices.choose(wanted, found) == chosen


def test_counts_a_card_once() -> None:
    assert devices.usable([*CUDA, *OPTIX, *HIP]) == OPTIX


@pytest.mark.parametrize(
    ("wanted", "found", "words"), [("gpu", [], "no GPU"), ("gpu:2", [*CUDA, *OPTIX], "gpu:1 RTX 1 (OPTIX)")]
)
def test_refuses_a_gpu_that_is_not_there(wanted: str, found: list[Device], words: str) -> None:
    with pytest.raises(SweepsetError) as told:
        devices.choose(wanted, found)
    assert words in str(told.value)


@pytest.mark.parametrize("wanted", ["", "cuda", "gpu:", "gpu:x", "gpu:-1", "CPU"])
def test_refuses_what_names_no_device(wanted: str) -> None:
    with pytest.raises(SweepsetError, match="choose auto, cpu, gpu, or gpu:0"):
        devices.check(wanted)


def test_each_worker_has_its_gpu() -> None:
    assert [devices.of_worker("auto", worker, 2) for worker in (1, 2, 3)] == ["gpu:0", "gpu:1", "gpu:0"]
    assert [devices.of_worker("auto", worker, 0) for worker in (1, 2)] == ["auto", "auto"]
    assert [devices.of_worker(wanted, 2, 2) for wanted in ("cpu", "gpu:0")] == ["cpu", "gpu:0"]


@pytest.mark.parametrize("blender", EACH)
def test_renders_on_the_cpu_where_there_is_no_gpu(
    run: Run, blender: Blender, real_scenes: Path, tmp_path: Path
) -> None:
    if process.find_gpus(blender):
        pytest.skip("this machine has a GPU")
    scene, out = real_scenes / "plain.blend", tmp_path / "out"
    options = ("--frames", "1", "--size", "32x24", "--samples", "1", "--blender", blender.executable)
    done = run("render", scene, *options, "--out", out)
    assert done.returncode == 0, done.stderr
    assert dataset.read_json(out / ".sweepset" / "units" / "000000.json")["device"] == "CPU"
    done = run("render", scene, *options, "--device", "gpu", "--out", tmp_path / "none")
    assert done.returncode == 2
    assert "--device gpu: Blender finds no GPU; choose one of these, auto or cpu" in done.stderr
