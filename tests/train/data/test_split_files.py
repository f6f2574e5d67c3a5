"""Text files of splits name images as people, editors and other programs write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PIL.Image")

from sweepset.errors import SweepsetError
from sweepset.taxonomy import Category, Taxonomy
from sweepset_train.data.sources import Item, Source
from sweepset_train.data.split_files import read_names


def source(*names: str) -> Source:
    """Return a source of items of these names, which no test reads."""
    kinds = Taxonomy("own", (Category(1, "x", "", (0, 0, 0), True),))
    items = tuple(Item(name, None, name) for name in names)
    return Source("data", kinds, items, (), lambda index: (np.zeros(0), np.zeros(0)))


NUMBERS = source("0001", "0002", "0003")
ROOMS = source("living room 1", "living room 2", "k\u00fcche", "a.b", "#7")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0001\n0003\n", ["0001", "0003"]),
        ("0001 0003", ["0001", "0003"]),
        ("\ufeff0001\r\n0003\r\n", ["0001", "0003"]),
        ("\n  0001  \n\n0003", ["0001", "0003"]),
        ("# train\n0001\n0003 # a note", ["0001", "0003"]),
        ("0001.png\n0003.JPG", ["0001", "0003"]),
        ("./0001\n./images/0003.png", ["0001", "0003"]),
        ("/data/set/images/0001.jpg\nC:\\data\\images\\0003.tif", ["0001", "0003"]),
        ("images/0001.jpg labels/0001.png\nimages/0003.jpg labels/0003.png", ["0001", "0003"]),
        ("0001 0002 kitchen", ["0001", "0002", "kitchen"]),
        ("0001\nliving room 9", ["0001", "living room 9"]),
    ],
)
def test_names_of_numbers(tmp_path: Path, text: str, expected: list[str]) -> None:
    (tmp_path / "split.txt").write_bytes(text.encode())
    assert list(read_names(tmp_path / "split.txt", NUMBERS)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("living room 1\nliving room 2", ["living room 1", "living room 2"]),
        ("images/living room 1.png\n./living room 2", ["living room 1", "living room 2"]),
        ("ku\u0308che\na.b.png\n#7", ["k\u00fcche", "a.b", "#7"]),
        ("a.b", ["a.b"]),
    ],
)
def test_names_with_spaces_dots_and_accents(tmp_path: Path, text: str, expected: list[str]) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        (tmp_path / "split.txt").write_text(text, encoding=encoding)
        assert list(read_names(tmp_path / "split.txt", ROOMS)) == expected, encoding


def test_names_below_folders_keep_them(tmp_path: Path) -> None:
    exported = source("train/a", "val/a")
    (tmp_path / "split.txt").write_text("/x/val/a.png", encoding="utf-8")
    assert read_names(tmp_path / "split.txt", exported) == ("val/a",)
    (tmp_path / "split.txt").write_text("a", encoding="utf-8")
    assert read_names(tmp_path / "split.txt", exported) == ("a",)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"0001\n./0001.png", "'0001'"),
        (b"0001 0001", "name twice"),
        (b"# nothing\n\n", "no names"),
        (b"0001\nk\xfcche", "UTF-8"),
    ],
)
def test_files_that_are_no_split(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "split.txt").write_bytes(data)
    with pytest.raises(SweepsetError, match=r"split\.txt") as error:
        read_names(tmp_path / "split.txt", NUMBERS)
    assert words in str(error.value)
