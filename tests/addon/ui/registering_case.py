"""Run inside Blender: register the add-on, take it back, twice, and compare all that an add-on can leave behind."""

from __future__ import annotations

import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "addon"))

import bpy.utils.previews

import sweepset

Made = dict[str, list[object]]


def watch() -> Made:
    """Keep account of what Blender hands out without a list of its own: timers, draw handlers, previews, messages."""
    made: Made = {"timers": [], "draw handlers": [], "previews": [], "messages": []}

    def follow(place: type, add: str, remove: str, kind: str, key: Callable[..., object]) -> None:
        really = {name: vars(place)[name] for name in (add, remove)}
        bound = isinstance(place, type)  # to a class: Blender's class methods

        def real(name: str, *owner: type) -> Callable[..., object]:
            return really[name].__get__(None, *owner) if bound else really[name]

        def adding(*given: object, **keys: object) -> object:
            owner, args = given[:bound], given[bound:]
            result = real(add, *owner)(*args, **keys)
            if sys._getframe(1).f_globals["__name__"].startswith("sweepset"):  # not by Blender's own scripts
                made[kind].append(key(result, *args, **keys))
            return result

        def removing(*given: object, **keys: object) -> object:
            owner, args = given[:bound], given[bound:]
            first = next(iter((*args, *keys.values())))
            made[kind][:] = [one for one in made[kind] if one is not first]
            return real(remove, *owner)(*args, **keys)

        setattr(place, add, classmethod(adding) if bound else adding)
        setattr(place, remove, classmethod(removing) if bound else removing)

    def result_of(result: object, *args: object, **keys: object) -> object:
        return result

    follow(bpy.app.timers, "register", "unregister", "timers", lambda result, function, **keys: function)
    follow(bpy.utils.previews, "new", "remove", "previews", result_of)
    follow(bpy.msgbus, "subscribe_rna", "clear_by_owner", "messages", lambda result, *args, owner, **keys: owner)
    follow(bpy.types.Space, "draw_handler_add", "draw_handler_remove", "draw handlers", result_of)
    return made


def state(made: Made) -> dict[str, object]:
    """Return what is registered in Blender now."""
    keymaps = []
    for configuration in bpy.context.window_manager.keyconfigs:
        for keymap in configuration.keymaps:
            for item in keymap.keymap_items:
                keymaps.append((configuration.name, keymap.name, item.idname, item.type, item.value, item.shift))
    types = {name: getattr(bpy.types, name) for name in dir(bpy.types)}
    extended = [
        (name, function.__module__, function.__name__)
        for name, kind in types.items()
        for function in getattr(getattr(kind, "draw", None), "_draw_funcs", ())
        if not function.__module__.startswith("bl_ui.")  # Blender's own, in the list once anything else was
    ]
    return {
        "handlers": Counter(
            (name, function.__module__, function.__name__)
            for name in dir(bpy.app.handlers)
            if isinstance(functions := getattr(bpy.app.handlers, name), list)
            for function in functions
        ),
        "types": set(types),
        "operators": {f"{group}.{name}" for group in dir(bpy.ops) for name in dir(getattr(bpy.ops, group))},
        "properties": {
            f"{name}.{key}"
            for name, kind in types.items()
            if hasattr(kind, "bl_rna")
            for key in kind.bl_rna.properties.keys()  # noqa: SIM118
        },
        "key map items": Counter(keymaps),
        "extended menus": Counter(extended),
        "driver functions": set(bpy.app.driver_namespace),
        **{kind: Counter({kind: len(things)}) for kind, things in made.items()},
    }  # fmt: skip


def differences(one: dict[str, object], other: dict[str, object]) -> str:
    """Return what two states differ in, "" where they are equal."""
    lines = []
    for kind, before in one.items():
        if before != other[kind]:
            a, b = (Counter(map(str, Counter(each).elements())) for each in (before, other[kind]))
            lines.append(f"{kind}: gone {dict(a - b)}, left behind {dict(b - a)}")
    return "\n".join(lines)


def main() -> None:
    """Register, use, unregister, twice."""
    made = watch()
    clean = state(made)
    sweepset.register()
    registered = state(made)
    assert any(name.startswith("SWEEPSET_PT_") for name in registered["types"] - clean["types"]), "no panel registered"
    sweepset.unregister()
    assert not (left := differences(clean, state(made))), left
    sweepset.register()
    assert not (left := differences(registered, state(made))), left
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    bpy.ops.mesh.primitive_cube_add()
    sweepset.unregister()
    assert not (left := differences(clean, state(made))), left


try:
    main()
except BaseException:
    traceback.print_exc()
    sys.stderr.flush()
    os._exit(1)
os._exit(0)
