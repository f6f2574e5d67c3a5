"""The cache of decoded images: what is in it, found by content, whole or not at all, one maker; subsets and mixing."""

from __future__ import annotations

import errno
import itertools
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
Image = pytest.importorskip("PIL.Image")

import torch.nn.functional as F  # noqa: E402

from sweepset.errors import SweepsetError  # noqa: E402
from sweepset.taxonomy import Category, Taxonomy  # noqa: E402
from sweepset_train.data import cache, sampling, sources  # noqa: E402
from sweepset_train.data.cache import open_cache  # noqa: E402
from sweepset_train.data.labels import BORDER, Framing  # noqa: E402
from sweepset_train.data.mixing import REAL, SYNTHETIC, Mix  # noqa: E402
from sweepset_train.data.sources import Source  # noqa: E402

VOID = 255
OWN = Taxonomy("own", tuple(Category(k, name, "", (k, k, k), True) for k, name in enumerate("abc", 1)))


def write(folder: Path, count: int = 3, size: tuple[int, int] = (12, 8)) -> Source:
    rng = np.random.default_rng(count)
    for name, shape, top in (("images", (*size[::-1], 3), 256), ("labels", size[::-1], 4)):
        (folder / name).mkdir(parents=True)
        for k in range(count):
            Image.fromarray(rng.integers(0, top, shape, np.uint8)).save(folder / name / f"{k}.png")
    return sources.open_folder(folder, OWN)


def unread(source: Source) -> Source:
    """Return the source, failing when it is decoded."""

    def fail(index: int) -> tuple[np.ndarray, np.ndarray]:
        raise AssertionError(f"{index} was decoded again")

    return replace(source, read_item=fail)


# The cache


def test_content_at_its_own_size(tmp_path: Path) -> None:
    source = write(tmp_path / "data")
    cached = open_cache(source, OWN, (12, 8), folder=tmp_path / "cache")
    assert (cached.images.shape, cached.labels.shape) == ((3, 8, 12, 3), (3, 8, 12))
    assert (cached.images.dtype, cached.labels.dtype) == (np.uint8, np.uint8)
    assert cached.names == ("0", "1", "2")
    assert cached.rooms == (None, None, None)
    assert cached.taxonomy == OWN
    for index in range(3):
        image, label = source.read(index)
        assert np.array_equal(cached.images[index], image)
        assert np.array_equal(cached.labels[index], np.where(label == 0, VOID, label.astype(int) - 1))
        assert cached.counts[index].tolist() == [(label == k).sum() for k in (1, 2, 3)]
    with pytest.raises(ValueError):
        cached.labels[0, 0, 0] = 1


def test_sizes_are_pytorchs(tmp_path: Path) -> None:
    source = write(tmp_path / "data", 2, (30, 20))
    crop = (3, 2, 27, 18)
    for size in ((8, 4), (12, 8), (48, 64), (7, 5)):
        cached = open_cache(source, OWN, size, crop, tmp_path / "cache")
        for index in range(2):
            image, label = (torch.from_numpy(array[2:18, 3:27].astype(np.float64)) for array in source.read(index))
            expected = F.interpolate(label[None, None] - 1, size[::-1], mode="nearest-exact")[0, 0].numpy()
            assert np.array_equal(cached.labels[index], np.where(expected < 0, VOID, expected))
            image = image.permute(2, 0, 1)[None]
            if 24 % size[0] == 0 and 16 % size[1] == 0:
                image = F.interpolate(image, size[::-1], mode="area")
            elif size == (48, 64):
                image = F.interpolate(image, size[::-1], mode="bilinear")
            else:
                continue
            assert np.abs(cached.images[index] - image[0].permute(1, 2, 0).numpy()).max() <= 1


def test_padded_images_keep_their_ratio(tmp_path: Path) -> None:
    source = write(tmp_path / "data", 2, (30, 10))
    cached = open_cache(source, OWN, (15, 9), None, tmp_path / "cache", pad=True)
    for index in range(2):
        image, label = (torch.from_numpy(array.astype(np.float64)) for array in source.read(index))
        shrunk = F.interpolate(image.permute(2, 0, 1)[None], (5, 15), mode="area")[0].permute(1, 2, 0).numpy()
        assert np.abs(cached.images[index, 2:7] - shrunk).max() <= 1
        assert (cached.images[index, [0, 1, 7, 8]] == BORDER).all()
        ids = F.interpolate(label[None, None] - 1, (5, 15), mode="nearest-exact")[0, 0].numpy()
        assert np.array_equal(cached.labels[index, 2:7], np.where(ids < 0, VOID, ids))
        assert (cached.labels[index, [0, 1, 7, 8]] == VOID).all()
    assert open_cache(source, OWN, (15, 9), None, tmp_path / "cache").key != cached.key


def test_what_was_framed_is_found_again() -> None:
    """At a photo's own size, its place in the framed image is exactly its size."""
    rng = np.random.default_rng(0)
    for _ in range(300):
        height, width, across, down = rng.integers(1, 900, 4).tolist()
        framing = Framing((across, down), pad=True)
        left, top, right, bottom = framing.place((height, width))
        assert 0 <= left < right <= across
        assert 0 <= top < bottom <= down
        assert right - left == across or bottom - top == down
        whole, (x0, y0, x1, y1) = framing.unframe((height, width))
        assert (y1 - y0, x1 - x0) == (height, width)
        assert 0 <= x0 < x1 <= whole[1]
        assert 0 <= y0 < y1 <= whole[0]
        scale = (right - left) / width, (bottom - top) / height
        assert abs(whole[1] * scale[0] - across) <= max(1, scale[0])
        assert abs(whole[0] * scale[1] - down) <= max(1, scale[1])


def test_found_by_content_and_not_by_place(tmp_path: Path) -> None:
    first = write(tmp_path / "here")
    again = write(tmp_path / "there")
    folder = tmp_path / "cache"
    key = open_cache(first, OWN, (6, 4), folder=folder).key
    assert open_cache(unread(first), OWN, (6, 4), folder=folder).key == key
    assert open_cache(unread(again), OWN, (6, 4), folder=folder).key == key
    others = [
        open_cache(first, OWN, (4, 6), folder=folder).key,
        open_cache(first, OWN, (6, 4), (0, 0, 10, 8), folder).key,
        open_cache(first, Taxonomy("two", OWN.categories[:2]), (6, 4), folder=folder).key,
        open_cache(replace(first, void=(0, 1)), OWN, (6, 4), folder=folder).key,
    ]
    assert len({key, *others}) == 5


def test_a_change_of_the_same_length_and_time_is_seen(tmp_path: Path) -> None:
    source = write(tmp_path / "data")
    path = tmp_path / "data/labels/1.png"
    Image.fromarray(np.full((8, 12), 1, np.uint8)).save(path)
    before = open_cache(source, OWN, (12, 8), folder=tmp_path / "cache")
    status = path.stat()
    Image.fromarray(np.full((8, 12), 2, np.uint8)).save(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size
    after = open_cache(source, OWN, (12, 8), folder=tmp_path / "cache")
    assert before.labels[1].tolist() == [[0] * 12] * 8
    assert after.labels[1].tolist() == [[1] * 12] * 8


def test_a_value_outside_the_taxonomy_leaves_nothing(tmp_path: Path) -> None:
    source = write(tmp_path / "data")
    Image.fromarray(np.full((8, 12), 77, np.uint8)).save(tmp_path / "data/labels/2.png")
    with pytest.raises(SweepsetError, match=r"labels/2\.png.* 77 .*96 pixels"):
        open_cache(source, OWN, (12, 8), folder=tmp_path / "cache")
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".lock"]


def test_bad_sizes_and_empty_sources(tmp_path: Path) -> None:
    source = write(tmp_path / "data")
    for size, crop, words in (((0, 4), None, "0x4"), ((4, 4), (0, 0, 13, 8), "12x8"), ((4, 4), (5, 0, 5, 8), "crop")):
        with pytest.raises(SweepsetError, match=words):
            open_cache(source, OWN, size, crop, tmp_path / "cache")
    with pytest.raises(SweepsetError, match="no images"):
        open_cache(replace(source, items=()), OWN, (4, 4), folder=tmp_path / "cache")


@pytest.mark.parametrize("when", ["before", "while writing"])
def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    source = write(tmp_path / "data")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if when == "before":
            patch.setattr(cache.shutil, "disk_usage", lambda _: cache.shutil._ntuple_diskusage(9, 9, 0))
        else:
            patch.setattr(cache.np, "save", full)
        with pytest.raises(SweepsetError, match="disk is full.*SWEEPSET_CACHE"):
            open_cache(source, OWN, (12, 8), folder=tmp_path / "cache")
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".lock"]
    assert len(open_cache(source, OWN, (12, 8), folder=tmp_path / "cache")) == 3


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    with pytest.raises(SweepsetError, match="cannot write the cache"):
        open_cache(write(tmp_path / "data"), OWN, (12, 8), folder=tmp_path / "cache")


MAKER = """
import sys, time
from dataclasses import replace
from pathlib import Path
sys.path[:0] = {path!r}
from sweepset.taxonomy import Category, Taxonomy
from sweepset_train.data import cache, sources
own = Taxonomy("own", tuple(Category(k, name, "", (k, k, k), True) for k, name in enumerate("abc", 1)))
source = sources.open_folder(Path({data!r}), own)
def slow(index):
    sys.stdout.write(str(index) + chr(10))
    sys.stdout.flush()
    time.sleep(0.2)
    return source.read_item(index)
cached = cache.open_cache(replace(source, read_item=slow), own, (12, 8), folder=Path({cache!r}))
print("key", cached.key, int(cached.images.sum()))
"""


def maker(tmp_path: Path) -> subprocess.Popen[str]:
    """Start a process that makes the cache of tmp_path / data, slowly, and tells of each image that it decodes."""
    code = MAKER.format(path=sys.path, data=str(tmp_path / "data"), cache=str(tmp_path / "cache"))
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment)


def test_one_of_two_processes_makes_it(tmp_path: Path) -> None:
    write(tmp_path / "data", 8)
    processes = [maker(tmp_path), maker(tmp_path)]
    told = [process.communicate(timeout=60)[0].splitlines() for process in processes]
    assert told[0][-1] == told[1][-1]
    assert told[0][-1].startswith("key")
    assert sorted(line for lines in told for line in lines[:-1]) == [str(k) for k in range(8)]


def test_a_killed_maker_leaves_nothing_that_counts(tmp_path: Path) -> None:
    source = write(tmp_path / "data", 200)
    process = maker(tmp_path)
    assert process.stdout is not None
    next(process.stdout)
    time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert sorted(path.suffix for path in (tmp_path / "cache").iterdir()) == [".lock", ".tmp"]
    assert len(open_cache(source, OWN, (12, 8), folder=tmp_path / "cache")) == 200
    assert sorted(path.suffix for path in (tmp_path / "cache").iterdir()) == ["", ".lock"]


def test_items_by_name(tmp_path: Path) -> None:
    cached = open_cache(write(tmp_path / "data"), OWN, (6, 4), folder=tmp_path / "cache")
    assert cached.indices(("2", "0")).tolist() == [2, 0]
    with pytest.raises(SweepsetError, match="1 of 2 items.*'0009'"):
        cached.indices(("1", "0009"))


# Subsets

NAMES = [f"{k:04d}" for k in range(1, 1450)]


def test_smaller_shares_lie_in_larger_ones() -> None:
    shares = [sampling.take_share(NAMES, share, 3) for share in (0.05, 0.1, 0.25, 0.5, 1)]
    assert [len(part) for part in shares] == [72, 145, 362, 724, 1449]
    for small, large in itertools.pairwise(shares):
        assert set(small) < set(large)
        assert list(small) == sorted(small)
    assert sampling.take_share(NAMES, 0.1, 4) != shares[1]
    assert set(sampling.take_share(NAMES[::-1], 0.1, 3)) == set(shares[1])


def test_seeded_80_20_leaks_and_the_official_split_less() -> None:
    from sweepset_train.data.nyu import official_split

    train, test = sampling.split_seeded(NAMES, 0)
    assert (len(train), len(test)) == (1159, 290)
    assert set(train) | set(test) == set(NAMES)
    leak = np.mean([sampling.neighbour_share(*sampling.split_seeded(NAMES, seed)) for seed in range(20)])
    assert leak == pytest.approx(0.96, abs=0.01)
    assert sampling.neighbour_share(official_split("train795"), official_split("test654")) == pytest.approx(
        0.37, abs=0.005
    )
    assert sampling.neighbour_share(["1", "2", "5"], ["3", "7", "10", "6"]) == 0.5


def test_rooms_are_held_out_whole() -> None:
    rooms = [f"room {k // 10}" for k in range(200)]
    names = NAMES[:200]
    train, held = sampling.hold_out_rooms(names, rooms, 0.2, 1)
    assert (len(train), len(held)) == (160, 40)
    of = dict(zip(names, rooms))
    assert not {of[name] for name in train} & {of[name] for name in held}
    assert sampling.hold_out_rooms(names, rooms, 0.2, 2)[1] != held


def test_bad_parts_are_refused() -> None:
    for call, words in (
        (lambda: sampling.take_share(NAMES, 0, 1), "share 0"),
        (lambda: sampling.take_share(NAMES, 1.5, 1), "share 1.5"),
        (lambda: sampling.take_share(NAMES[:3], 0.1, 1), "of 3 items is none"),
        (lambda: sampling.hold_out_rooms(NAMES[:2], ["a", None], 0.5, 1), "not known"),
        (lambda: sampling.hold_out_rooms(NAMES[:3], ["a"] * 3, 0.5, 1), "1 rooms"),
    ):
        with pytest.raises(SweepsetError, match=words):
            call()


# Mixing


def test_every_batch_has_its_share() -> None:
    mix = Mix(real=50, synthetic=30, batch=16, share=0.25, seed=1)
    for batch in itertools.islice(mix.steps(), 40):
        assert [domain for domain, _ in batch] == [REAL] * 12 + [SYNTHETIC] * 4


@pytest.mark.parametrize("share", [0, 0.3, 1 / 3, 0.9, 1])
def test_shares_that_do_not_divide_hold_over_the_run(share: float) -> None:
    mix = Mix(real=40, synthetic=40, batch=7, share=share, seed=1)
    made = 0
    for step, batch in enumerate(itertools.islice(mix.steps(), 100), 1):
        synthetic = sum(domain == SYNTHETIC for domain, _ in batch)
        assert len(batch) == 7
        assert abs(synthetic - 7 * share) < 1
        made += synthetic
        assert abs(made - step * 7 * share) < 1.001


def test_each_domain_goes_round_by_itself() -> None:
    mix = Mix(real=9, synthetic=4, batch=6, share=0.5, seed=5)
    drawn: dict[int, list[int]] = {REAL: [], SYNTHETIC: []}
    for batch in itertools.islice(mix.steps(), 12):
        for domain, index in batch:
            drawn[domain].append(index)
    for domain, count in ((REAL, 9), (SYNTHETIC, 4)):
        rounds = [drawn[domain][k : k + count] for k in range(0, 36, count)]
        assert all(Counter(one) == Counter(range(count)) for one in rounds)
        assert len(set(map(tuple, rounds))) > 1


def test_any_step_is_the_same_however_it_is_reached() -> None:
    mix = Mix(real=23, synthetic=11, batch=5, share=0.4, seed=7)
    through = list(itertools.islice(mix.steps(), 50))
    assert list(itertools.islice(replace(mix).steps(17), 33)) == through[17:]
    assert [mix.at(step) for step in (49, 3, 30)] == [through[step] for step in (49, 3, 30)]
    assert list(itertools.islice(replace(mix, seed=8).steps(), 50)) != through


def test_domains_do_not_depend_on_each_other() -> None:
    def reals(mix: Mix) -> list[int]:
        return [index for batch in itertools.islice(mix.steps(), 60) for domain, index in batch if domain == REAL][:90]

    alone = Mix(real=10, synthetic=0, batch=4, share=0, seed=2)
    assert reals(alone) == reals(Mix(real=10, synthetic=5, batch=4, share=0.5, seed=2))


def test_bad_mixes_are_refused() -> None:
    for values, words in (
        ((0, 5, 4, 0.5, 0), "needs real images"),
        ((5, 0, 4, 0.5, 0), "needs synthetic images"),
        ((5, 5, 0, 0.5, 0), "batch 0"),
        ((5, 5, 4, 1.5, 0), "share 1.5"),
        ((5, 5, 4, 0.5, -1), "seed -1"),
    ):
        with pytest.raises(SweepsetError, match=words):
            Mix(*values)
