"""What is refused before a training begins: too little memory, batches of one, folders of others, typos."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from PIL import Image  # noqa: E402

import training_data  # noqa: E402
from commands import Train  # noqa: E402
from sweepset_train import experiment, memory, training  # noqa: E402
from sweepset_train.comparison import local_runner  # noqa: E402
from sweepset_train.data.splits import Part, open_parts  # noqa: E402
from sweepset_train.models.names import ARCHITECTURES  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]

# Lightning and TensorBoard warn of themselves.
pytestmark = pytest.mark.filterwarnings("ignore")


def asked(changes: list[str]) -> list[str]:
    return [word for change in changes for word in ("--set", change)]


def refused(answer: tuple[int, str, str], *words: str) -> None:
    status, _, told = answer
    assert status == 2, told
    assert told.startswith("sweepset-train: ")
    assert told.count("\n") == 1, told
    assert all(word in told for word in words), told


def test_too_much_memory_is_refused_before_anything(train: Train, tmp_path: Path) -> None:
    data = training_data.write(tmp_path / "data")
    for change in ("trainer.batch=100000000", "data.size=[200000,200000]"):
        refused(train("fit", "baseline", *asked([*training_data.changes(data), change])), "too little memory", "GB")
    assert not (tmp_path / "runs").exists()
    assert not (tmp_path / "cache").exists()


def test_the_estimate_is_what_a_small_network_takes() -> None:
    """By hand for 3 layers of 3x3 convolutions: what goes into each is kept, and the logits twice."""
    asked = experiment.read("baseline", ["model.name=cnn", "model.weights=none", "trainer.precision=float32"])
    width, height = asked.data.size
    with torch.device("meta"):
        model = memory.runs.build_model(asked, "none", 13)
        images = [torch.zeros(count, 3, height, width) for count in (1, 2)]
    kept = [memory._kept(model.train(), one) for one in images]
    assert kept[1] == 2 * kept[0]
    weights = sum(one.numel() for one in model.parameters()) * 4
    inputs = 2 * width * height * (2 * 4 + 3 * 4)
    assert memory._estimate(asked, model, images[1]) == 4 * weights + kept[1] + inputs
    real = []
    model = memory.runs.build_model(asked, "none", 13).train()
    with torch.autograd.graph.saved_tensors_hooks(lambda one: real.append(one) or one, lambda one: one):
        logits = model(torch.zeros(2, 3, height, width))
    storages = {one.data_ptr(): one.nbytes for one in real if not isinstance(one, torch.nn.Parameter)}
    assert kept[1] == sum(storages.values()) + 2 * logits.nbytes


def test_memory_that_is_free(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text("MemTotal: 900 kB\nMemAvailable:     800 kB\n")
    assert memory._free_in_system(tmp_path) == 800 * 1024
    group = tmp_path / "sys/fs/cgroup"
    group.mkdir(parents=True)
    for name, text in (("max", "max\n"), ("current", "500000\n"), ("stat", "anon 1\nfile 300000\n")):
        (group / f"memory.{name}").write_text(text)
    assert memory._free_in_system(tmp_path) == 800 * 1024
    (group / "memory.max").write_text("600000\n")
    assert memory._free_in_system(tmp_path) == 400000


def test_batches_of_one_are_refused_where_a_model_normalizes_over_them() -> None:
    """Found by trying each architecture: those that pool an image to one pixel."""
    refuse = set()
    for name in ARCHITECTURES:
        own = ["model.encoder=tu-vit_tiny_patch16_224.augreg_in21k", "data.size=[224, 224]"] if name == "dpt" else []
        for batch in (1, 2):
            changes = [f"model.name={name}", "model.weights=none", f"trainer.batch={batch}", *own]
            try:
                memory.check(experiment.read("baseline", changes))
            except memory.SweepsetError as error:
                refuse.add((name, batch, "set trainer.batch to 2 or more" in str(error)))
    assert refuse == {(name, 1, True) for name in ("pan", "deeplabv3", "deeplabv3plus", "upernet")}
    small = ["model.name=unet", "model.weights=none", "trainer.batch=1", "data.size=[32, 32]"]
    with pytest.raises(memory.SweepsetError, match="1 image of 32x32"):
        memory.check(experiment.read("baseline", small))
    with pytest.raises(memory.SweepsetError, match="takes no batch of 16 images of 160x128: .*224"):
        memory.check(
            experiment.read("baseline", ["model.name=dpt", "model.encoder=tu-vit_tiny_patch16_224.augreg_in21k"])
        )


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("Unable to allocate 4 GiB"),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory: 12 bytes"),
        RuntimeError("DataLoader worker (pid 7) is killed by signal: Killed."),
    ],
)
def test_memory_that_runs_out_is_one_line(
    train: Train, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(training, "open_parts", fail)
    data = training_data.write(tmp_path / "data")
    refused(train("fit", "baseline", *asked(training_data.changes(data))), "too little memory", "trainer.batch 4")


def test_folders_of_others_are_left_alone(train: Train, tmp_path: Path) -> None:
    data = training_data.write(tmp_path / "data")
    for name in ("renders", "started", "notes"):
        (tmp_path / name).mkdir()
    (tmp_path / "renders/dataset.json").write_text("{}", encoding="utf-8")
    (tmp_path / "started/.sweepset").mkdir()
    (tmp_path / "notes/a.txt").touch()
    (tmp_path / "file").touch()
    before = sorted(tmp_path.rglob("*"))
    fit = asked(training_data.changes(data))
    for name, words in (
        ("renders", "holds a dataset"),
        ("started", "holds a dataset"),
        ("notes", "'a.txt'"),
        ("file", "is a file"),
    ):
        refused(train("fit", "baseline", *fit, "--out", name), name, words)
    for name, words in (("renders", "holds a dataset"), ("notes", "'a.txt'")):
        with pytest.raises(memory.SweepsetError, match=words):
            local_runner.open_all(tmp_path / name, [])
    assert sorted(tmp_path.rglob("*")) == before
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden/.gitkeep").touch()
    assert train("fit", "baseline", *fit, "--out", "hidden")[0] == 0
    assert train("fit", "baseline", *fit, "--out", "hidden")[0] == 0
    for name in ("renders", "hidden"):
        refused(train("predict", "hidden", data / "images", "--out", name), name)


def test_photos_that_cannot_be_read_are_left_out(train: Train, tmp_path: Path) -> None:
    data = training_data.write(tmp_path / "data")
    assert train("fit", "baseline", *asked(training_data.changes(data, max_steps=2)), "--out", "run")[0] == 0
    photos = tmp_path / "photos"
    (photos / "deep/er").mkdir(parents=True)
    with Image.open(data / "images/0001.png") as photo:
        for name in ("a.png", "a.JPG", "b.webp", "c.TIF", "d.bmp", "deep/a.png", "deep/er/e.jpeg"):
            photo.save(photos / name)
    whole = (photos / "a.png").read_bytes()
    (photos / "cut.png").write_bytes(whole[: len(whole) // 2])
    (photos / "empty.jpg").touch()
    (photos / "notes.heic").touch()
    (photos / ".hidden.png").touch()
    status, said, told = train("predict", "run", photos, "--out", photos / "out")
    assert status == 1
    assert told.count("\n") == 1
    assert "2 of 9 photos can't be read" in told
    assert "cut.png'" in said
    assert "empty.jpg'" in said
    assert "left out as no photos: 1 (.heic)" in said
    masks = {path.relative_to(photos / "out/masks").as_posix() for path in (photos / "out/masks").rglob("*.png")}
    assert masks == {"a.png.png", "a.JPG.png", "b.png", "c.png", "d.png", "deep/a.png", "deep/er/e.png"}
    page = (photos / "out/index.html").read_text(encoding="utf-8")
    assert "Left out" in page
    assert "empty.jpg" in page
    # Once more: what is in the folder of predictions is no photo. Files by name, and no broken ones.
    assert "2 of 9 photos" in train("predict", "run", photos, "--out", photos / "out")[2]
    status, said, _ = train("predict", "run", photos / "a.JPG", photos / "deep", "--out", "some")
    assert (status, said[:7]) == (0, "3 masks")
    assert {path.name for path in (tmp_path / "some/masks").rglob("*.png")} == {"a.png", "e.png"}
    refused(train("predict", "run", photos / "notes.heic", "--out", "none"), "no photo")
    refused(train("predict", "run", data, "--out", "none"), "data/images")
    assert not (tmp_path / "none").exists()


def test_a_part_of_nothing_but_void_is_refused(train: Train, tmp_path: Path) -> None:
    data = training_data.write(tmp_path / "data")
    for name in ("0011", "0012"):
        Image.fromarray(np.zeros((48, 64), np.uint8)).save(data / "labels" / f"{name}.png")
    changes = training_data.changes(data, max_steps=2)
    refused(train("fit", "baseline", *asked(changes)), "2 images of the test part have no labelled pixel")
    swapped = [*changes, f"data.validate_on={data / 'test.txt'}", f"data.test={data / 'val.txt'}"]
    refused(train("fit", "baseline", *asked(swapped)), "validation part")
    assert not (tmp_path / "runs").exists()
    assert train("fit", "baseline", *asked([*changes, "data.test=null"]), "--out", "run")[0] == 0
    refused(train("evaluate", "run", data, "--split", data / "test.txt"), "no labelled pixel")


def test_wrong_words_are_reported_before_pytorch_is_imported(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    commands = [
        ["fit", "baselin"],
        ["fit", "baseline", "--set", "trainer.batc=3"],
        ["fit", "baseline", "--set", "trainer.batch=many"],
        ["fit", "baseline", "--set", "model.name=unit"],
        ["fit", "baseline", "--set", "trainer.loss=dise"],
        ["fit", "baseline", "--outt", "x"],
        ["fit", "baseline"],
        ["fit", "baseline", "--nyu", "nowhere.mat"],
        ["fit", "synthetic", "--data", "nowhere"],
        ["compare", "nyu-smal"],
        ["compare", "nyu-small", "--set", "trainer.batc=3"],
        ["doctor", "nowhere"],
        ["doctor", "photos", "--set", "data.lables=x"],
        ["evaluate", "nowhere"],
        ["predict", "nowhere", "photos"],
        ["bench", "baselin"],
        ["fit", "--help"],
    ]
    code = f"""
import sys
from sweepset_train import cli
for words in {commands!r}:
    try:
        cli.main(words)
    except SystemExit as end:
        print(end.code, *words)
heavy = {{"torch", "lightning", "segmentation_models_pytorch", "scipy.stats"}} & {{*sys.modules}}
assert not heavy, heavy
"""
    folders = os.pathsep.join([str(ROOT / name) for name in ("addon", "train")])
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": folders}, cwd=tmp_path, capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    statuses = [line.split()[0] for line in done.stdout.splitlines() if line[:2] in ("0 ", "1 ", "2 ")]
    assert statuses == ["2"] * (len(commands) - 1) + ["0"], done.stdout
    assert done.stderr.count("\n") == len(commands) - 1, done.stderr


def test_a_wrong_encoder_is_one_line(train: Train, tmp_path: Path) -> None:
    data = training_data.write(tmp_path / "data")
    for encoder, near in (("resnet81", "resnet18"), ("tu-resnet27", "tu-resnet26"), ("x", "of timm as tu-NAME")):
        changes = [*training_data.changes(data), "model.name=unet", f"model.encoder={encoder}"]
        answer = train("fit", "baseline", *asked(changes))
        refused(answer, f"unknown model.encoder '{encoder}'", near)
        assert len(answer[2]) < 300


def test_renders_hold_out_whole_rooms(train: Train, tmp_path: Path) -> None:
    """Four rooms of two frames each, in two folders; one room is in both."""
    for folder, seeds in (("one", (1, 2)), ("two", (2, 3, 4))):
        data = training_data.write(tmp_path / folder, 2 * len(seeds))
        frames = [
            {
                "frame": k + 1,
                "variation": k // 2,
                "files": {kind: f"{kind}s/{k + 1:04d}.png" for kind in ("image", "label")},
            }
            for k in range(2 * len(seeds))
        ]
        kinds = json.loads((ROOT / "addon/sweepset/taxonomies/nyu40.json").read_text("utf-8"))
        job = {"scene": "kitchen", "procedural": True, "seed": seeds[0]}
        content = {"format": 1, "job": job, "taxonomy": kinds, "frames": frames}
        (data / "dataset.json").write_text(json.dumps(content), encoding="utf-8")
    small = [
        "data.size=[64, 48]",
        "model.name=cnn",
        "trainer.max_steps=2",
        "trainer.batch=2",
        "trainer.accelerator=cpu",
    ]
    given = ["--data", "one", "--data", "two", *asked([*small, "data.taxonomy=nyu40"])]
    status, _, told = train(
        "fit", "synthetic", *given, *asked(["data.test=0.25", "data.validate_on=0.25"]), "--out", "a"
    )
    assert status == 0, told
    parts = {name: set(part.names) for name, part in parts_of(tmp_path / "a").items()}
    assert set(parts) == {"synthetic", "validation", "test"}
    rooms = {name: {room(one) for one in names} for name, names in parts.items()}
    assert sum(map(len, parts.values())) == 10
    assert not rooms["test"] & rooms["synthetic"]
    assert not rooms["validation"] & (rooms["synthetic"] | rooms["test"])
    refused(train("fit", "synthetic", *given, *asked(["data.test=seeded20"])), "share", "0.2")
    one = ["--data", "one", *asked([*small, "data.taxonomy=nyu40", "data.test=0.9"])]
    refused(train("fit", "synthetic", *one), "2 rooms")


def room(name: str) -> int:
    """Return the seed of the kitchen that a frame of the two folders shows."""
    folder, _, number = name.partition("/")
    return {"one": 1, "two": 2}[folder] + (int(number) - 1) // 2


def parts_of(run: Path) -> dict[str, Part]:
    """Return the parts of a run's own data."""
    return open_parts(experiment.read(run / "experiment.yaml")).named()
