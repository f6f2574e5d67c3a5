"""The add-on's zip: the same bytes each time, valid for Blender's validator, installed by Blender's own operators."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
import tomllib

import sweepset
from blenders import EACH
from commands import CHECKOUT
from sweepset_render.blender.installations import Blender

CASE = Path(__file__).with_name("addon_zip_case.py")
MANIFEST = tomllib.loads((CHECKOUT / "addon" / "sweepset" / "blender_manifest.toml").read_text(encoding="utf-8"))


def pack(folder: Path) -> Path:
    """Pack the add-on into a folder and return the zip's path."""
    done = subprocess.run(
        [sys.executable, CHECKOUT / "addon" / "package.py", folder], capture_output=True, text=True, check=True
    )
    return Path(done.stdout.strip())


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the add-on's zip."""
    return pack(tmp_path_factory.mktemp("package"))


def test_same_files_same_bytes(package: Path, tmp_path: Path) -> None:
    assert package.name == f"sweepset-{sweepset.__version__}.zip"
    assert pack(tmp_path).read_bytes() == package.read_bytes()


def test_holds_what_the_checkout_holds(package: Path) -> None:
    names = ZipFile(package).namelist()
    assert all(name.startswith("sweepset/") for name in names)
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".blend1"))]
    assert not [name for name in names if name.startswith("sweepset/host/")]  # needs packages that Blender lacks
    assert {"sweepset/LICENSE", "sweepset/blender_manifest.toml", "sweepset/taxonomies/nyu40.json"} <= set(names)
    if (CHECKOUT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=CHECKOUT / "addon", capture_output=True, text=True, check=True
        ).stdout
        there = {name for name in listed.split("\0") if (CHECKOUT / "addon" / name).is_file()}
        assert {name for name in there - {"package.py"} if not name.startswith("sweepset/host/")} <= set(names)


def test_manifest_and_bl_info_agree() -> None:
    told = sweepset.bl_info
    assert MANIFEST["version"] == sweepset.__version__ == ".".join(map(str, told["version"]))
    assert (MANIFEST["name"], MANIFEST["tagline"], MANIFEST["maintainer"]) == (
        told["name"], told["description"], told["author"]
    )  # fmt: skip
    assert told["category"] in MANIFEST["tags"]


@pytest.mark.parametrize("blender", EACH)
def test_valid_for_blender(blender: Blender, package: Path) -> None:
    if blender.kind != "wheel":
        pytest.skip("validated by the wheels, which hold Blender's validator as a script")
    (scripts,) = blender.executable.parent.parent.glob("lib/python3*/site-packages/bpy/*/scripts")
    tags = scripts / "modules" / "_bpy_internal" / "extensions" / "tags.py"
    validator = scripts / "addons_core" / "bl_pkg" / "cli" / "blender_ext.py"
    done = subprocess.run(
        [blender.executable, validator, "validate", "--valid-tags", tags, package], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("blender", EACH)
def test_installed_used_and_removed(blender: Blender, package: Path, tmp_path: Path) -> None:
    environment = {**blender.environment(), "BLENDER_USER_RESOURCES": str(tmp_path / "user")}
    result = tmp_path / "result.json"
    done = subprocess.run(
        blender.command(CASE, str(package), str(result)), env=environment, capture_output=True, text=True, timeout=180
    )
    assert result.exists(), done.stdout[-3000:] + done.stderr[-3000:]
    told = json.loads(result.read_text())
    there = {name[name.index("sweepset/") :] for name in told["installed"]}
    assert there == set(ZipFile(package).namelist())
    assert any(name.startswith("SWEEPSET_PT_") for name in told["enabled"]["types"])
    assert "sweepset" in told["enabled"]["operators"]
    assert "Scene.sweepset" in told["enabled"]["properties"]
    assert told["labelled"] == ["chair"]
    assert told["again"] == told["enabled"]
    assert told["disabled"] == told["after"] == told["before"]
    assert told["left"] == []
    assert not [line for line in done.stderr.splitlines() if "Traceback" in line or "WARN" in line], done.stderr[-3000:]
