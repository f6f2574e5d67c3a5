"""Run inside Blender: install the add-on's zip as a user does, enable it, use it, disable it, remove it.

`… addon_zip_case.py -- ZIP RESULT.json`; Blender's user folder must be a throw-away one (BLENDER_USER_RESOURCES).
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import bpy

ZIP, RESULT = sys.argv[-2:]
OWNERS = ("Scene", "WindowManager", "Object", "Material", "Mesh", "Collection", "Screen", "WorkSpace", "ViewLayer")


def state() -> dict[str, list[str]]:
    """Return all that an add-on could leave behind."""
    keys = bpy.context.window_manager.keyconfigs.addon
    return {
        "types": [name for name in dir(bpy.types) if "sweepset" in name.lower()],
        "operators": [name for name in dir(bpy.ops) if "sweepset" in name],
        "properties": [
            f"{owner}.{name}"
            for owner in OWNERS
            for name in getattr(bpy.types, owner).bl_rna.properties.keys()  # noqa: SIM118
        ],
        "handlers": [
            f"{event}: {function.__module__}.{function.__name__}"
            for event in dir(bpy.app.handlers)
            if isinstance(functions := getattr(bpy.app.handlers, event), list)
            for function in functions
        ],
        "keys": sorted(
            f"{keymap.name}: {item.idname}"
            for keymap in (keys.keymaps if keys else [])
            for item in keymap.keymap_items
            if "sweepset" in item.idname or "sweepset" in str(getattr(item.properties, "name", "")).lower()
        ),
        "drawn": [name for name in dir(bpy.types.VIEW3D_MT_object) if "sweepset" in name],
    }


def extensions() -> bool:
    """Tell whether this Blender has extensions."""
    return hasattr(bpy.types, "EXTENSIONS_OT_package_install_files")


def install() -> str:
    """Install and enable the zip; return the module's name."""
    if extensions():
        bpy.ops.extensions.package_install_files(filepath=ZIP, repo="user_default", enable_on_install=False)
        name = "bl_ext.user_default.sweepset"
    else:
        bpy.ops.preferences.addon_install(filepath=ZIP)
        name = "sweepset"
    bpy.ops.preferences.addon_enable(module=name)
    return name


def remove() -> None:
    """Remove what was installed."""
    if extensions():
        repos = [repo.module for repo in bpy.context.preferences.extensions.repos]
        bpy.ops.extensions.package_uninstall(repo_index=repos.index("user_default"), pkg_id="sweepset")
    else:
        window = bpy.context.window_manager.windows[0]
        with bpy.context.temp_override(window=window, area=window.screen.areas[0]):  # it redraws where it was asked
            bpy.ops.preferences.addon_remove(module="sweepset")


def files() -> list[str]:
    """Return the add-on's files in Blender's user folder."""
    folder = Path(bpy.utils.resource_path("USER"))
    found = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return sorted(name for name in found if "sweepset" in name and "__pycache__" not in name)


bpy.ops.wm.read_factory_settings()
told = {"before": state()}
module = install()
told |= {"module": [module], "installed": files(), "enabled": state()}
bpy.data.objects["Cube"].name = "Chair"
bpy.ops.sweepset.propose_labels()
bpy.ops.sweepset.accept_proposals()
told["labelled"] = [bpy.data.objects["Chair"]["sweepset_category"]]
bpy.ops.preferences.addon_disable(module=module)
told["disabled"] = state()
bpy.ops.preferences.addon_enable(module=module)
told["again"] = state()
bpy.ops.preferences.addon_disable(module=module)
remove()
told |= {"after": state(), "left": files()}
Path(RESULT).write_text(json.dumps(told))
sys.stdout.flush()
os._exit(0)
