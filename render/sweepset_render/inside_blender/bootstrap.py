"""Run a script of this folder inside Blender: `blender -b -P bootstrap.py -- SCRIPT TASK.json`.

With the bpy wheel: `python bootstrap.py -- SCRIPT TASK.json`. SCRIPT is a module of this folder, such as `worker`; its
`run` gets the content of TASK.json and reports to the host by `sweepset.protocol`. Exit status: 0 done, 2 bad input,
1 anything else.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import traceback
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# All packages are in one folder when installed, each in a folder of its own in a checkout.
for folder in (ROOT.parent / "scenes", ROOT.parent / "addon", ROOT):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from sweepset import files  # noqa: E402
from sweepset.errors import SweepsetError  # noqa: E402
from sweepset.protocol import Done, Error, tell  # noqa: E402


def end_with_parent() -> None:
    """Let the system end this process together with the thread that started it; only Linux can.

    Elsewhere the process exits on its next write, to a closed pipe.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def main(script: str, task_file: str) -> int:
    """Run a script on its task and return the exit status."""
    end_with_parent()
    task = json.loads(Path(task_file).read_text(encoding="utf-8"))
    try:
        import_module(f"sweepset_render.inside_blender.{script}").run(task)
    except SweepsetError as error:
        tell(Error(str(error), refused=True))
        return 2
    except OSError as error:
        tell(Error(files.explain(task.get("folder") or error.filename or "", error)))
        return 2
    except Exception:
        traceback.print_exc()
        return 1
    tell(Done())
    return 0


if __name__ == "__main__":
    status = main(*sys.argv[-2:])
    sys.stdout.flush()
    os._exit(status)  # everything is written; Blender's own clean-up can hang, and costs time
