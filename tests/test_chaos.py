"""Jobs whose processes are killed at random end whole; `make test-chaos` is the same for longer."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from chaos import environment

NEEDS = {"local": (), "s3": ("s3fs", "moto"), "ray": ("ray",)}


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes in /proc")
@pytest.mark.parametrize("attack", NEEDS)
def test_killed_at_random_a_job_ends_whole(attack: str) -> None:
    for name in NEEDS[attack]:
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"needs {name}")
    command = [sys.executable, Path(__file__).with_name("chaos.py"), attack, "--frames", "12", "--kills", "4"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-5000:]}"
    assert f"{attack}: 12 frames whole" in done.stdout
