"""The packages keep to their sides: imports go one way, and pure modules need no Blender."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {
    "sweepset": ROOT / "addon" / "sweepset",
    "sweepset_scenes": ROOT / "scenes" / "sweepset_scenes",
    "sweepset_render": ROOT / "render" / "sweepset_render",
    "sweepset_train": ROOT / "train" / "sweepset_train",
}
MAY_IMPORT = {
    "sweepset": set(),
    "sweepset_scenes": {"sweepset"},
    "sweepset_render": {"sweepset", "sweepset_scenes"},
    "sweepset_train": {"sweepset"},
}
PURE = [
    "boxes",
    "dataset",
    "errors",
    "findings",
    "job",
    "job_file",
    "lock",
    "motion",
    "naming",
    "png",
    "protocol",
    "quality",
    "supplies",
    "sweeps",
    "taxonomy",
    "variety",
]
IN_BLENDER = ["gpus", "inspection", "labeller", "plain", "trials", "worker"]


def imports(path: Path) -> Iterator[str]:
    """Go over the full names of what a module imports from outside its package."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_one_way(package: str) -> None:
    for path in PACKAGES[package].rglob("*.py"):
        ours = {name.split(".")[0] for name in imports(path)} & set(PACKAGES)
        assert ours - {package} <= MAY_IMPORT[package], f"{path} imports {ours}"


def test_training_uses_pure_modules_only() -> None:
    for path in PACKAGES["sweepset_train"].rglob("*.py"):
        for name in imports(path):
            if name.split(".")[0] == "sweepset" and "." in name:
                assert name.split(".")[1] in PURE, f"{path} imports {name}"


def test_host_modules_import_without_blender() -> None:
    host = [path.stem for path in PACKAGES["sweepset_render"].glob("*.py") if path.stem not in IN_BLENDER]
    names = [f"sweepset.{name}" for name in PURE] + ["sweepset_scenes"]
    names += ["sweepset_render" if name == "__init__" else f"sweepset_render.{name}" for name in host]
    code = "import sys; sys.modules['bpy'] = None; import " + ", ".join(names)
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_blender_versions_are_named_in_one_module() -> None:
    sides = [*PACKAGES["sweepset"].rglob("*.py"), *PACKAGES["sweepset_scenes"].rglob("*.py")]
    sides += [PACKAGES["sweepset_render"] / f"{name}.py" for name in IN_BLENDER]
    for path in sides:
        if path.name != "compat.py":
            assert "app.version" not in path.read_text(encoding="utf-8").replace("app.version_string", ""), path


def test_blender_side_is_python_3_10() -> None:
    for package in ("sweepset", "sweepset_scenes"):
        for path in PACKAGES[package].rglob("*.py"):
            ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 10))
