"""Jobs whose processes are killed at random end whole; `make test-chaos` is the same for longer."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import chaos
from commands import environment

NEEDS = {"local": "sweepset", "s3": "s3fs", "ray": "ray"}


@pytest.mark.full
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes in /proc")
def test_killed_at_random_a_job_ends_whole() -> None:
    attacks = [attack for attack, package in NEEDS.items() if importlib.util.find_spec(package)]
    command = [sys.executable, Path(chaos.__file__), *attacks, "--frames", "10", "--kills", "3"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-5000:]}"
    for attack in attacks:
        assert f"{attack}: 10 frames whole" in done.stdout
