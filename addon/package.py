"""Pack the add-on: `python addon/package.py [FOLDER]` writes FOLDER/sweepset-VERSION.zip; FOLDER is `dist` by default.

The zip has one folder, `sweepset`, so that both extensions and the older add-ons can be installed from it.
Equal files give equal bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sweepset import __version__, files
from sweepset.errors import SweepsetError

ADDON = Path(__file__).resolve().parent / "sweepset"
CHECKOUT = ADDON.parent.parent


def pack(folder: Path) -> Path:
    """Write the zip into a folder and return its path."""
    found = {path.relative_to(ADDON): path for path in ADDON.rglob("*") if path.is_file()}
    packed = {name.as_posix(): path for name, path in found.items() if not _is_left_out(name)}
    packed["LICENSE"] = CHECKOUT / "LICENSE"
    files.make_folder(folder)
    path = folder / f"sweepset-{__version__}.zip"
    with files.replacing(path, _check) as temporary, ZipFile(temporary, "w") as archive:
        for name in sorted(packed):
            entry = ZipInfo(f"sweepset/{name}")  # dated 1980, whenever the files were written
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, packed[name].read_bytes(), ZIP_DEFLATED)
    return path


def _check(path: Path) -> None:
    """Raise ValueError if an entry of a zip is damaged."""
    with ZipFile(path) as archive:
        if damaged := archive.testzip():
            raise ValueError(f"{damaged} is damaged")


def _is_left_out(name: Path) -> bool:
    """Tell whether a file is a cache, hidden, or only for the host's commands, whose packages Blender lacks."""
    return name.parts[0] == "host" or "__pycache__" in name.parts or any(part.startswith(".") for part in name.parts)


if __name__ == "__main__":
    try:
        print(pack(Path(sys.argv[1]) if len(sys.argv) > 1 else CHECKOUT / "dist"))
    except SweepsetError as error:
        print(f"package.py: {error}", file=sys.stderr)
        sys.exit(2)
