"""Each extra alone: every --help is shown, or one line names the extra that is missing."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
IMPORTED = {
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "pyyaml": "yaml",
    "universal_pathlib": "upath",
    "segmentation-models-pytorch": "segmentation_models_pytorch",
    "openexr": "OpenEXR",
}
"""Packages that are imported by another name than they are installed by."""

TRIAL = """
import runpy, sys

class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Lacking())
for words in {commands!r}:
    module, *rest = words
    sys.argv = [module, *rest]
    for name in [name for name in sys.modules if name.startswith(("sweepset_", "click", "rich"))]:
        del sys.modules[name]
    print("---", *words, flush=True)
    print("---", *words, file=sys.stderr, flush=True)
    try:
        runpy.run_module(module, run_name="__main__")
    except SystemExit as end:
        print("status", end.code, flush=True)
"""


def extras() -> dict[str, set[str]]:
    """Return the modules that each extra installs by itself."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    found = {}
    for name, lines in setup["options.extras_require"].items():
        packages = re.findall(r"^[A-Za-z][\w-]*", lines, re.MULTILINE)
        found[name] = {IMPORTED.get(one.lower(), one.replace("-", "_")) for one in packages}
    return found


def commands() -> list[list[str]]:
    from sweepset_render.cli import main
    from sweepset_train import cli

    modules = {"sweepset_render.cli": main.cli, "sweepset_train": cli.cli}
    return [[module, *words, "--help"] for module, group in modules.items() for words in ((), *zip(group.commands))]


@pytest.mark.parametrize("extra", [*sorted(set(extras()) - {"dev"}), ""])
def test_an_extra_alone(extra: str) -> None:
    """Without an extra there is nothing but numpy."""
    every = extras()
    own = every.get(extra, set())
    blocked = {name for names in every.values() for name in names} - own
    asked = commands()
    folders = os.pathsep.join(str(ROOT / name) for name in ("addon", "scenes", "render", "train"))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TRIAL.format(blocked=blocked, commands=asked)],
        env={**os.environ, "PYTHONPATH": folders}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for words, out, told in zip(asked, done.stdout.split("--- ")[1:], done.stderr.split("--- ")[1:], strict=True):
        _, _, out = out.partition("\n")
        _, _, told = told.partition("\n")
        of = "render" if words[0].startswith("sweepset_render") else "train"
        if out.endswith("status 0\n"):
            assert "Usage:" in out, words
        else:
            assert of != extra, (words, told)
            assert re.fullmatch(rf"sweepset[a-z-]*: no module '[\w.]+': install the extra {of}, pip .*\n", told), told
            assert out == "status 2\n", words
