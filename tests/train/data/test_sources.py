"""Where labelled images come from: NYU's file, splits and names, folders, datasets, fetching; and what is refused."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

h5py = pytest.importorskip("h5py")
scipy_io = pytest.importorskip("scipy.io")
Image = pytest.importorskip("PIL.Image")

from sweepset import taxonomy  # noqa: E402
from sweepset.errors import SweepsetError  # noqa: E402
from sweepset.taxonomy import Category, Taxonomy  # noqa: E402
from sweepset_train.data import nyu, sources  # noqa: E402
from sweepset_train.data.sources import Source  # noqa: E402

VOID = 255


def kinds(*names: str, name: str = "own", first: int = 1) -> Taxonomy:
    return Taxonomy(name, tuple(Category(first + k, text, "", (k, k, k), True) for k, text in enumerate(names)))


def refused(call: Callable[[], object], *words: str) -> None:
    with pytest.raises(SweepsetError) as error:
        call()
    assert all(word in str(error.value) for word in words), str(error.value)
    assert "\n" not in str(error.value)


# NYU: the outside facts and frames


@pytest.fixture(scope="module")
def nyu_folder(shared: Path) -> Path:
    if not (shared / "nyu").is_dir():
        pytest.skip("no frames of NYU Depth V2")
    return shared / "nyu"


@pytest.fixture(scope="module")
def sample(nyu_folder: Path) -> Source:
    return nyu.open_mat(nyu_folder / "sample_labeled.mat")


def test_the_mat_gives_the_frames_as_they_are(sample: Source, nyu_folder: Path) -> None:
    assert len(sample) == 12
    for index, item in enumerate(sample.items):
        number = str(item.room).removeprefix("unknown_")  # that file has the frames' numbers for rooms
        image, label = sample.read(index)
        photo, raw = np.asarray(Image.open(nyu_folder / f"images/{number}.jpg")), nyu_folder / f"raw894/{number}.png"
        assert (image.dtype, image.shape, label.dtype, label.shape) == (np.uint8, (480, 640, 3), np.uint16, (480, 640))
        assert np.abs(image.astype(int) - photo).mean() < 2  # JPEG's own error
        ids = np.asarray(Image.open(raw))
        assert np.array_equal(label, np.where(ids == 65535, 0, ids))


def test_names_are_those_of_the_facts(nyu_folder: Path) -> None:
    facts = json.loads((nyu_folder / "classes.json").read_text())
    raw = nyu.load_taxonomy("nyu894")
    assert {str(category.id): category.name for category in raw} == facts["raw894"]
    to40 = taxonomy.load("nyu40").ids_from(raw)
    assert {facts["raw894"][key]: value for key, value in facts["raw894_to_nyu40"].items()} == to40
    to13 = taxonomy.load("nyu13").ids_from(raw)
    assert all(to13[name] == facts["nyu40_to_nyu13"][str(number)] for name, number in to40.items())
    to16 = taxonomy.load("syntrain16").ids_from(raw)
    original = {facts["raw894"][key]: value + 1 for key, value in facts["syntrain16_from_raw894"].items()}
    assert to16 == original


def test_maps_give_the_labels_of_40_and_13(sample: Source, nyu_folder: Path) -> None:
    facts = json.loads((nyu_folder / "classes.json").read_text())
    to13 = np.array([0] + [facts["nyu40_to_nyu13"][str(k)] for k in range(1, 41)])
    tables = {name: sources.train_ids(sample, taxonomy.load(name)) for name in ("nyu40", "nyu13")}
    for index, item in enumerate(sample.items):
        number = str(item.room).removeprefix("unknown_")
        expected = np.asarray(Image.open(nyu_folder / f"label40/{number}.png")).astype(int)
        ids = sample.read(index)[1]
        known = ids > 0  # where the raw id could not be recovered, the file has 0 and label40 may have more
        forty = sources.to_train_ids(ids, tables["nyu40"], "")
        assert np.array_equal(forty[known], expected[known] - 1)
        assert (forty[~known] == VOID).all()
        assert np.array_equal(sources.to_train_ids(ids, tables["nyu13"], "")[known], to13[expected[known]] - 1)


def test_folder_of_raw_ids_gives_label40(nyu_folder: Path) -> None:
    raw = sources.open_folder(nyu_folder, nyu.load_taxonomy("nyu894"), labels="raw894", void=(0, 65535))
    forty = sources.open_folder(nyu_folder, taxonomy.load("nyu40"), labels="label40")
    assert len(raw) == len(forty) == 795
    tables = [sources.train_ids(source, taxonomy.load("nyu40")) for source in (raw, forty)]
    for index in range(0, 795, 60):
        one, other = (sources.read_label(Path(source.items[index].where)) for source in (raw, forty))
        known = (one > 0) & (one < 65535)
        assert np.array_equal(tables[0][one][known], tables[1][other][known])
    careless = sources.open_folder(nyu_folder, nyu.load_taxonomy("nyu894"), labels="raw894")
    table = sources.train_ids(careless, taxonomy.load("nyu40"))
    refused(
        lambda: [sources.to_train_ids(careless.read(k)[1], table, careless.items[k].where) for k in range(9)], "65535"
    )


def test_splits_are_those_of_the_lists(nyu_folder: Path) -> None:
    train = sorted(path.stem for path in (nyu_folder / "images").iterdir())
    assert list(nyu.official_split("train795")) == train
    for name in ("train381", "val414"):
        assert list(nyu.official_split(name)) == (nyu_folder / f"{name}.txt").read_text().split()


def test_splits_divide_the_frames() -> None:
    parts = {name: set(nyu.official_split(name)) for name in nyu.SPLITS}
    assert [len(part) for part in parts.values()] == [795, 654, 381, 414]
    assert parts["train795"] | parts["test654"] == {f"{k:04d}" for k in range(1, 1450)}
    assert parts["train381"] | parts["val414"] == parts["train795"]
    assert {"0001", "0002", "0009"} <= parts["test654"]
    refused(lambda: nyu.official_split("train"), "train795")


# NYU: files made here, in the published layout


def mat(path: Path, images: np.ndarray, labels: np.ndarray, rooms: list[str], names: list[str] | None = None) -> Path:
    """Write images (N, H, W, 3) and labels (N, H, W) as MATLAB 7.3 does: columns first, texts by reference."""
    names = [category.name for category in nyu.load_taxonomy("nyu894")] if names is None else names
    with h5py.File(path, "w", userblock_size=512) as file:
        file["images"], file["labels"] = images.transpose(0, 3, 2, 1), labels.transpose(0, 2, 1)
        for key, texts in (("names", names), ("scenes", rooms)):
            cells = file.create_dataset(key, (1, len(texts)), h5py.ref_dtype)
            for k, text in enumerate(texts):
                cell = file.create_dataset(f"#refs#/{key}{k}", data=np.array([[ord(c)] for c in text], np.uint16))
                cells[0, k] = cell.ref
    return path


@pytest.fixture
def frames() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (3, 4, 6, 3), np.uint8), rng.integers(0, 895, (3, 4, 6), np.uint16)


def test_a_mat_by_hand(tmp_path: Path, frames: tuple[np.ndarray, np.ndarray]) -> None:
    rooms = ["kitchen_0004", "kitchen_0004", "office_0001"]
    source = nyu.open_mat(mat(tmp_path / "small.mat", *frames, rooms))
    assert [(item.name, item.room) for item in source.items] == list(zip(["0001", "0002", "0003"], rooms))
    for index in range(3):
        image, label = source.read(index)
        assert np.array_equal(image, frames[0][index])
        assert np.array_equal(label, frames[1][index])


def test_wrong_mats_are_refused(tmp_path: Path, frames: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = frames
    rooms = ["a"] * 3
    whole = mat(tmp_path / "whole.mat", images, labels, rooms).read_bytes()
    (tmp_path / "truncated.mat").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.mat").write_text("MATLAB 5.0 MAT-file")
    scipy_io.savemat(tmp_path / "five.mat", {"images": images})
    with h5py.File(tmp_path / "other.mat", "w") as file:
        file["depths"] = images
    names = [category.name for category in nyu.load_taxonomy("nyu894")]
    swapped = [names[1], names[0], *names[2:]]
    mat(tmp_path / "swapped.mat", images, labels, rooms, swapped)
    mat(tmp_path / "few.mat", images, labels, rooms, names[:40])
    mat(tmp_path / "rooms.mat", images, labels, rooms[:2])
    mat(tmp_path / "sizes.mat", images, labels[:, :, :3], rooms)
    mat(tmp_path / "frames.mat", images, labels[:2], rooms)
    mat(tmp_path / "bytes.mat", images, labels.astype(np.uint8), rooms)
    for name, words in {
        "none": "no file",
        "truncated": "truncated",
        "text": "MATLAB 7.3",
        "five": "MATLAB 7.3",
        "other": "no images",
        "swapped": "label 1",
        "few": "40 labels",
        "rooms": "2 scenes",
        "sizes": "expected",
        "frames": "expected",
        "bytes": "uint16",
    }.items():
        refused(partial(nyu.open_mat, tmp_path / f"{name}.mat"), f"{name}.mat", words)


def test_a_damaged_frame_is_named(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), np.uint8)
    path = mat(tmp_path / "small.mat", images, np.zeros((2, 64, 64), np.uint16), ["a", "b"])
    with h5py.File(path, "r+") as file:
        del file["images"]
        made = file.create_dataset("images", (2, 3, 64, 64), "u1", chunks=(1, 3, 64, 64), compression="gzip")
        made[:] = images.transpose(0, 3, 2, 1)
        place = made.id.get_chunk_info(1)
    with path.open("r+b") as file:
        file.seek(place.byte_offset + 100 + 512 * (place.byte_offset < 512))
        file.write(bytes(2000))
    source = nyu.open_mat(path)
    assert np.array_equal(source.read(0)[0], images[0])
    refused(lambda: source.read(1), "frame 2", "damaged")


@pytest.mark.parametrize("version", [5, 7])
def test_splits_of_both_matlabs(tmp_path: Path, frames: tuple[np.ndarray, np.ndarray], version: int) -> None:
    source = nyu.open_mat(mat(tmp_path / "small.mat", *frames, ["a"] * 3))

    def write(train: list[int], test: list[int]) -> Path:
        path = tmp_path / "splits.mat"
        data = {"trainNdxs": np.array(train)[:, None], "testNdxs": np.array(test)[:, None]}
        if version == 5:
            scipy_io.savemat(path, data)
        else:
            with h5py.File(path, "w", userblock_size=512) as file:
                for key, value in data.items():
                    file[key] = value.T.astype(np.float64)
        return path

    assert nyu.read_splits(write([1, 3], [2]), source) == (("0001", "0003"), ("0002",))
    for train, test in (([1, 3], [2, 4]), ([1, 2, 3], [3]), ([1], [2]), ([0, 1], [2])):
        refused(partial(nyu.read_splits, write(train, test), source), "splits.mat", "3")


def test_files_that_are_no_splits(tmp_path: Path, frames: tuple[np.ndarray, np.ndarray]) -> None:
    small = mat(tmp_path / "small.mat", *frames, ["a"] * 3)
    source = nyu.open_mat(small)
    (tmp_path / "text.mat").write_text("1 2 3")
    scipy_io.savemat(tmp_path / "other.mat", {"train": [1]})
    for path in (tmp_path / "text.mat", tmp_path / "other.mat", small, tmp_path / "none.mat"):
        refused(partial(nyu.read_splits, path, source), path.name, "splits.mat")


# Folders


def write_pair(folder: Path, stem: str, label: np.ndarray, image: np.ndarray | None = None) -> None:
    for name, array in (
        ("images", np.zeros((*label.shape, 3), np.uint8) if image is None else image),
        ("labels", label),
    ):
        (folder / name).mkdir(parents=True, exist_ok=True)
        Image.fromarray(array).save(folder / name / f"{stem}.png")


def test_folder_by_hand(tmp_path: Path) -> None:
    image = np.random.default_rng(1).integers(0, 256, (2, 3, 3), np.uint8)
    label = np.array([[0, 1, 2], [7, 300, 2]], np.uint16)
    write_pair(tmp_path, "b", label, image)
    write_pair(tmp_path, "a", np.zeros((2, 3), np.uint8))
    source = sources.open_folder(tmp_path, kinds("x", "y"))
    assert [item.name for item in source.items] == ["a", "b"]
    read = source.read(1)
    assert read[1].dtype == np.uint16
    assert np.array_equal(read[0], image)
    assert np.array_equal(read[1], label)


def test_palettes_are_read_by_index(tmp_path: Path) -> None:
    picture = Image.new("P", (2, 2))
    picture.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0])
    picture.putdata([0, 1, 2, 1])
    picture.save(tmp_path / "a.png")
    assert sources.read_label(tmp_path / "a.png").tolist() == [[0, 1], [2, 1]]


def test_bad_folders_are_refused(tmp_path: Path) -> None:
    def opened(name: str) -> Source:
        return sources.open_folder(tmp_path / name, kinds("x"))

    grey = np.zeros((4, 4), np.uint8)
    refused(lambda: opened("none"), "none", "no folder")
    (tmp_path / "empty/images").mkdir(parents=True)
    refused(lambda: opened("empty"), "empty", "no pictures")
    write_pair(tmp_path / "odd", "a", grey)
    write_pair(tmp_path / "odd", "b", grey)
    (tmp_path / "odd/labels/a.png").unlink()
    refused(lambda: opened("odd"), "a.png", "no counterpart in 'labels'")
    (tmp_path / "odd/images/a.png").unlink()
    write_pair(tmp_path / "odd", "c", grey)
    (tmp_path / "odd/images/c.png").unlink()
    refused(lambda: opened("odd"), "c.png", "no counterpart in 'images'")
    write_pair(tmp_path / "twice", "a", grey)
    Image.fromarray(grey).save(tmp_path / "twice/images/a.jpg")
    refused(lambda: opened("twice"), "a.png", "a.jpg")


def test_bad_pictures_are_named(tmp_path: Path) -> None:
    write_pair(tmp_path, "size", np.zeros((4, 5), np.uint8), np.zeros((4, 6, 3), np.uint8))
    write_pair(tmp_path, "rgb", np.zeros((64, 64, 3), np.uint8), np.zeros((64, 64, 3), np.uint8))
    write_pair(tmp_path, "text", np.zeros((4, 4), np.uint8))
    write_pair(
        tmp_path, "cut", np.zeros((64, 64), np.uint8), np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    )
    (tmp_path / "labels/text.png").write_text("no picture")
    data = (tmp_path / "images/cut.png").read_bytes()
    (tmp_path / "images/cut.png").write_bytes(data[: len(data) // 2])
    source = sources.open_folder(tmp_path, kinds("x"))
    places = {item.name: index for index, item in enumerate(source.items)}
    refused(lambda: source.read(places["size"]), "labels/size.png", "5x4", "6x4")
    refused(lambda: source.read(places["rgb"]), "rgb.png", "RGB")
    refused(lambda: source.read(places["text"]), "text.png", "no whole picture")
    refused(lambda: source.read(places["cut"]), "cut.png", "no whole picture")


# Train ids


def test_train_ids_by_hand(tmp_path: Path) -> None:
    write_pair(tmp_path, "a", np.array([[0, 5, 6, 7]], np.uint8))
    source = sources.open_folder(tmp_path, kinds("floor", "rug", "chair", first=5), void=(0, 9))
    target = kinds("chair", "floor", name="two")
    table = sources.train_ids(source, target)
    ids = sources.to_train_ids(np.array([[0, 5, 6, 7, 9]], np.uint16), table, "here")
    assert ids.dtype == np.uint8
    assert ids.tolist() == [[VOID, 1, VOID, 0, VOID]]
    assert sources.unmapped(source.taxonomy, target) == ["rug"]
    for value in (1, 8, 255, 65535):
        refused(
            partial(sources.to_train_ids, np.array([[5, value]], np.uint16), table, "labels/a.png"),
            "labels/a.png",
            str(value),
        )


def test_taxonomies_that_do_not_match(tmp_path: Path) -> None:
    write_pair(tmp_path, "a", np.zeros((2, 2), np.uint8))
    source = sources.open_folder(tmp_path, kinds("floor", "wall"))
    refused(lambda: sources.train_ids(source, kinds("cat", "dog", name="pets")), "own", "pets", "no category")
    refused(lambda: sources.train_ids(source, kinds("wall", "floor")), "own", "'floor' is 1 and 2")
    many = kinds(*map(str, range(255)), name="many")
    refused(lambda: sources.train_ids(source, many), "255 categories", "254")


def test_commonest_by_hand(tmp_path: Path) -> None:
    write_pair(tmp_path, "a", np.array([[3, 3, 1, 0]], np.uint8))
    write_pair(tmp_path, "b", np.array([[2, 2, 2, 2]], np.uint8))
    source = sources.open_folder(tmp_path, kinds("x", "y", "z"))
    assert sources.commonest(source, 2).ids == {"y": 1, "z": 2}
    assert sources.commonest(source, 2, ["a"]).ids == {"z": 1, "x": 2}
    two = sources.commonest(source, 2)
    assert sources.train_ids(source, two)[[0, 1, 2, 3]].tolist() == [VOID, VOID, 0, 1]
    refused(lambda: sources.commonest(source, 4), "3 categories")


# Datasets


def write_dataset(folder: Path, own: Taxonomy, scene: str = "scenes/kitchen.blend", format: int = 1) -> Path:
    labels = np.arange(24).reshape(2, 3, 4) % 3
    frames = []
    for number, label in enumerate(labels):
        write_pair(folder, f"{number:06d}", label.astype(np.uint8), np.full((3, 4, 3), number, np.uint8))
        files = {"image": f"images/{number:06d}.png", "label": f"labels/{number:06d}.png"}
        frames.append({"frame": number, "files": files, "pixels": {}} | ({"variation": 1} if number else {}))
    data = {"format": format, "taxonomy": own.to_json(), "job": {"scene": scene}, "frames": frames}
    (folder / "dataset.json").write_text(json.dumps(data))
    return folder


def test_datasets_by_hand(tmp_path: Path) -> None:
    own = kinds("floor", "wall")
    folders = [write_dataset(tmp_path / "one", own), write_dataset(tmp_path / "two", own, "flat")]
    source = sources.open_datasets(folders)
    assert [(item.name, item.room) for item in source.items] == [
        ("one/000000", "kitchen"),
        ("one/000001", "kitchen"),
        ("two/000000", "flat"),
        ("two/000001", "flat"),
    ]
    image, label = source.read(3)
    assert (image == 1).all()
    assert label.tolist() == [[0, 1, 2, 0], [1, 2, 0, 1], [2, 0, 1, 2]]
    assert source.taxonomy == own


def test_a_dataset_of_several_scenes_names_its_rooms(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "several", kinds("floor", "wall"))
    data = json.loads((folder / "dataset.json").read_text())
    scenes = [
        {"name": "kitchen", "scene": "kitchen", "procedural": True},
        {"name": "flat-2", "scene": "/b/flat.blend", "procedural": False},
    ]
    data["job"] = {"scene": "kitchen", "procedural": True, "seed": 3, "scenes": scenes, "variations": 2}
    for frame, scene in zip(data["frames"], ("kitchen", "flat-2"), strict=True):
        frame |= {"scene": scene, "variation": 1}
    (folder / "dataset.json").write_text(json.dumps(data))
    # A shipped scene's variation 1 of seed 3 is what seed 4 shows; variations of a file show one room.
    assert [item.room for item in sources.open_datasets([folder]).items] == ["kitchen-4", "flat-2"]


def test_datasets_that_do_not_match(tmp_path: Path) -> None:
    one, two = write_dataset(tmp_path / "one", kinds("floor", "wall")), tmp_path / "two"
    refused(lambda: sources.open_datasets([]), "dataset")
    refused(lambda: sources.open_datasets([one, two]), "dataset.json", "two")
    write_dataset(two, kinds("wall", "floor"))
    refused(lambda: sources.open_datasets([one, two]), "one", "two", "'floor' is 1 and 2")
    write_dataset(two, kinds("floor", "wall"), format=2)
    refused(lambda: sources.open_datasets([two]), "format 2")
    (two / "dataset.json").write_text('{"format": 1}')
    refused(lambda: sources.open_datasets([two]), "has no", "frames")
    refused(lambda: sources.open_datasets([one, one]), "'one'")


# Hashes


def test_digest_follows_content(tmp_path: Path) -> None:
    write_pair(tmp_path / "here", "a", np.zeros((2, 2), np.uint8))
    write_pair(tmp_path / "there", "a", np.zeros((2, 2), np.uint8))
    here, there = (sources.open_folder(tmp_path / name, kinds("x")) for name in ("here", "there"))
    first = here.digest()
    assert first == there.digest()
    assert sources.open_folder(tmp_path / "here", kinds("y")).digest() != first
    assert sources.open_folder(tmp_path / "here", kinds("x"), void=(0, 9)).digest() != first
    write_pair(tmp_path / "here", "a", np.ones((2, 2), np.uint8))
    assert here.digest() != first


# Fetching

CONTENT = bytes(np.random.default_rng(5).integers(0, 256, 3_000_000, np.uint8))


class Server(BaseHTTPRequestHandler):
    """Serves CONTENT, and does what `faults` tells of for the next answers: cut it, ignore ranges, or refuse."""

    faults: list[str] = []
    ranges: list[str | None] = []

    def do_GET(self) -> None:
        fault = self.faults.pop(0) if self.faults else ""
        asked = self.headers.get("Range")
        self.ranges.append(asked)
        if fault.isdigit():
            self.send_error(int(fault))
            return
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and fault != "whole" else 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        self.send_response(206 if asked and fault != "whole" else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(CONTENT[start:] if fault != "cut" else CONTENT[start : start + 1_000_000])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[nyu.Remote]:
    Server.faults, Server.ranges = [], []
    running = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    url = f"http://127.0.0.1:{running.server_port}/data.mat"
    yield nyu.Remote(url, hashlib.md5(CONTENT).hexdigest(), len(CONTENT))
    running.shutdown()
    thread.join()
    running.server_close()


def test_fetching_and_nothing_twice(server: nyu.Remote, tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    for _ in range(2):
        assert nyu.download(tmp_path / "new", [server], lambda *what: told.append(what)) == [tmp_path / "new/data.mat"]
    assert (tmp_path / "new/data.mat").read_bytes() == CONTENT
    assert told[-1] == ("data.mat", len(CONTENT), len(CONTENT))
    assert Server.ranges == [None]
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["data.mat"]


def test_going_on_after_a_cut(server: nyu.Remote, tmp_path: Path) -> None:
    Server.faults = ["cut", "cut"]
    nyu.download(tmp_path, [server])
    assert (tmp_path / "data.mat").read_bytes() == CONTENT
    assert Server.ranges == [None, "bytes=1000000-", "bytes=2000000-"]


def test_going_on_in_a_later_run(server: nyu.Remote, tmp_path: Path) -> None:
    Server.faults = ["cut", "503"]
    refused(lambda: nyu.download(tmp_path, [server]), "503")
    assert not (tmp_path / "data.mat").exists()
    nyu.download(tmp_path, [server])
    assert (tmp_path / "data.mat").read_bytes() == CONTENT
    assert Server.ranges[2:] == ["bytes=1000000-"]


def test_a_server_without_ranges_starts_over(server: nyu.Remote, tmp_path: Path) -> None:
    (tmp_path / "data.mat.part").write_bytes(CONTENT[:5000])
    Server.faults = ["whole"]
    nyu.download(tmp_path, [server])
    assert (tmp_path / "data.mat").read_bytes() == CONTENT


def test_a_whole_part_needs_no_more(server: nyu.Remote, tmp_path: Path) -> None:
    (tmp_path / "data.mat.part").write_bytes(CONTENT)
    nyu.download(tmp_path, [server])
    assert (tmp_path / "data.mat").read_bytes() == CONTENT


def test_other_content_is_refused_and_fetched_anew(server: nyu.Remote, tmp_path: Path) -> None:
    (tmp_path / "data.mat.part").write_bytes(bytes(5000))
    refused(lambda: nyu.download(tmp_path, [server]), "something else")
    assert list(tmp_path.iterdir()) == []
    nyu.download(tmp_path, [server])
    (tmp_path / "data.mat").write_bytes(b"other")
    refused(lambda: nyu.download(tmp_path, [server]), "data.mat", "not the published file")


def test_no_server_and_no_disk(server: nyu.Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(
        lambda: nyu.download(tmp_path, [nyu.Remote("http://127.0.0.1:9/x.mat", "0")]), "127.0.0.1:9", "run it again"
    )
    (tmp_path / "file").touch()
    refused(lambda: nyu.download(tmp_path / "file", [server]), "file")
    monkeypatch.setattr(nyu.shutil, "disk_usage", lambda _: nyu.shutil._ntuple_diskusage(9, 9, 0))
    refused(lambda: nyu.download(tmp_path, [server]), "disk is full")
