"""Time the add-on on a scene of 2,000 objects, in a window and in the default Blender: `make bench-addon`.

Each figure is of one click with its step of undo and what Blender evaluates after it. Drawing is the median of 20 times
that Blender draws its whole window with all our panels open in the sidebar; beside it the same at Blender's tab View.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

import window
from sweepset_render.blender.installations import find
from truth import run_script

SCRIPT = Path(__file__).with_name("bench_addon_case.py")
BAR = 1.0
"""Seconds that each may take."""
LAG = 0.05
"""Seconds that drawing the sidebar may take longer than Blender's own: what one begins to notice."""


def read(output: str) -> dict[str, float]:
    """Return the times that `bench_addon_case.py` printed."""
    found = re.search(r"^TIMES (.*)$", output, re.MULTILINE)
    assert found, output[-3000:]
    return json.loads(found[1])


def main() -> None:
    """Measure, print a table, and exit with 1 where a bar is missed."""
    columns = {}
    if window.missing():
        print(window.missing(), file=sys.stderr)
    else:
        columns["window"] = read(window.run_in_window(SCRIPT, timeout=300))
    blender = find()
    columns[".".join(map(str, blender.version))] = read(run_script(blender, SCRIPT))
    names = list(dict.fromkeys(name for times in columns.values() for name in times))
    print(f"{'2,000 objects, seconds':32}" + "".join(f"{column:>10}" for column in columns))
    for name in names:
        print(f"{name:32}" + "".join(f"{times.get(name, float('nan')):10.3f}" for times in columns.values()))
    slow = [name for times in columns.values() for name, seconds in times.items() if seconds > BAR]
    if "window" in columns:
        lag = columns["window"]["draw the window, tab Sweepset"] - columns["window"]["draw the window, tab View"]
        slow += [f"draw: {lag:.3f} s more than Blender's own"] * (lag > LAG)
    sys.exit(f"over the bar of {BAR:g} s: {', '.join(slow)}" if slow else 0)


if __name__ == "__main__":
    main()
