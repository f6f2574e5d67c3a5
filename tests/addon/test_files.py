"""Files are written whole or not at all, and one sentence says why one could not be written."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from commands import CHECKOUT, environment
from sweepset import files, png

OLD = b"the old file"


def entries(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def fill(disk: Path, left: int) -> None:
    """Leave so many bytes free."""
    (disk / "ballast").write_bytes(bytes(files.free_space(disk) - left))


def test_replaces_a_file_as_a_whole(tmp_path: Path) -> None:
    files.write(tmp_path / "a.bin", OLD)
    files.write(tmp_path / "a.bin", b"")
    assert (tmp_path / "a.bin").read_bytes() == b""
    files.write_json(tmp_path / "a.json", {"ü": [1]})
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == '{\n "ü": [\n  1\n ]\n}'
    assert entries(tmp_path) == {"a.bin", "a.json"}


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(OLD)
    (tmp_path / "link").symlink_to(tmp_path / "there")
    files.write(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there").read_bytes() == b"new"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("folder", "it is a folder; name a file"),
        ("file/below", "a part of the path is a file"),
        ("nowhere/x", "its folder does not exist"),
        ("x" * 300, "the name is too long"),
        ("pipe", "no ordinary file"),
    ],
)
def test_says_why_a_path_is_none_to_write_to(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(OLD)
    os.mkfifo(tmp_path / "pipe")
    before = entries(tmp_path)
    with pytest.raises(files.WriteError, match=words) as told:
        files.write(tmp_path / name, b"new")
    assert name in str(told.value)
    assert entries(tmp_path) == before
    assert (tmp_path / "file").read_bytes() == OLD


def test_a_name_as_long_as_the_system_allows(tmp_path: Path) -> None:
    files.write(tmp_path / ("x" * 251 + ".png"), b"new")
    assert len(entries(tmp_path)) == 1


def test_rights_that_are_missing(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        told = files.explain(tmp_path / "x", OSError(errno.EACCES, "Permission denied"))
        assert told == f"cannot write {str(tmp_path / 'x')!r}: no permission to write there; " + (
            "change the permissions, or name another place"
        )
        return
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(files.WriteError, match="no permission to write there"):
            files.write(tmp_path / "x", b"new")
    finally:
        tmp_path.chmod(0o755)


def test_a_full_disk(disk: Path) -> None:
    (disk / "a").write_bytes(OLD)
    fill(disk, 20_480)
    with pytest.raises(files.WriteError, match=r"the disk is full \(100\.0 kB needed, 20\.5 kB free\); free some"):
        files.write(disk / "a", bytes(100_000))
    # NumPy's and Pillow's errors have no number.
    with pytest.raises(files.WriteError, match=r"the disk is full \(.*free\)"), files.replacing(disk / "a.npy") as part:
        np.save(part, np.ones(100_000))
    with pytest.raises(files.WriteError, match=r"the disk is full"), files.replacing_folder(disk / "b") as folder:
        (folder / "c").write_bytes(bytes(100_000))
    assert entries(disk) == {"a", "ballast"}
    assert (disk / "a").read_bytes() == OLD


def test_a_disk_without_room_for_another_name(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,nr_inodes=3", disk], check=True)
    (disk / "a").write_bytes(OLD)
    (disk / "b").write_bytes(OLD)
    with pytest.raises(files.WriteError, match="it holds as many files as it can"):
        files.write(disk / "a", b"new")
    assert (disk / "a").read_bytes() == OLD


def test_a_disk_that_is_read_only(disk: Path) -> None:
    (disk / "a").write_bytes(OLD)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    with pytest.raises(files.WriteError, match="the disk is read-only; name another place"):
        files.write(disk / "a", b"new")


def test_a_limit_on_the_size_of_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(OLD)
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(files.WriteError, match="larger than the system allows"):
            files.write(tmp_path / "a", bytes(2000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert (tmp_path / "a").read_bytes() == OLD
    assert entries(tmp_path) == {"a"}


def test_what_was_written_is_opened(tmp_path: Path) -> None:
    whole = png.encode(np.zeros((4, 4), np.uint8))
    path = tmp_path / "a.png"
    for data in (whole[:-5], b"", b"GIF89a"):
        with pytest.raises(files.WriteError, match="cannot be opened"), files.replacing(path, png.check) as part:
            part.write_bytes(data)
    assert not entries(tmp_path)
    with files.replacing(path, png.check) as part:
        assert part.suffix == ".png"
        part.write_bytes(whole)
    assert entries(tmp_path) == {"a.png"}


def interrupted(path: Path) -> None:
    """Be stopped by Ctrl-C or a scheduler while a file or a folder is written."""
    with files.replacing_folder(path) if path.is_dir() else files.replacing(path) as part:
        (part / "new" if path.is_dir() else part).touch()
        raise KeyboardInterrupt


def test_an_interrupted_writer_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "old").touch()
    for name in ("a", "b"):
        with pytest.raises(KeyboardInterrupt):
            interrupted(tmp_path / name)
    assert entries(tmp_path) == {"a"}
    assert entries(tmp_path / "a") == {"old"}
    with files.replacing_folder(tmp_path / "a") as folder:
        (folder / "new").touch()
    assert entries(tmp_path / "a") == {"new"}


def test_the_add_ons_zip_on_a_full_disk(disk: Path) -> None:
    pack = [sys.executable, CHECKOUT / "addon" / "package.py", disk]
    subprocess.run(pack, check=True, env=environment(), capture_output=True)
    (zipped,) = disk.glob("*.zip")
    fill(disk, 50_000)
    done = subprocess.run(pack, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"package.py: cannot write {str(zipped)!r}: the disk is full (")
    assert done.stderr.count("\n") == 1
    with ZipFile(zipped) as archive:
        assert archive.testzip() is None
    assert entries(disk) == {zipped.name, "ballast"}
