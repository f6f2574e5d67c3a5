"""In Blender: draw panels without a window, on a layout that checks each call against what this Blender's layout takes.

It knows the functions, arguments, icons and properties of `bpy.types.UILayout` from Blender's own description of them,
and that the operators, menus, lists and properties named in a call exist.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import bpy

FUNCTIONS = bpy.types.UILayout.bl_rna.functions
PROPERTIES = bpy.types.UILayout.bl_rna.properties
MAX_ITEMS = 30
"""How many rows of a list are drawn; a window has no room for more."""
drawn: list[str] = []
"""The texts drawn last, for a look at what a panel says."""


class Context:
    """Stand in for the context, where the interface's scale is 0 without a window."""

    def __init__(self) -> None:
        system = SimpleNamespace(ui_scale=1.0, pixel_size=1.0, dpi=72)
        self.preferences = SimpleNamespace(system=system, addons=bpy.context.preferences.addons)

    def __getattr__(self, name: str) -> Any:
        return getattr(bpy.context, name)


class Layout:
    """Stand in for a `UILayout`."""

    def __setattr__(self, name: str, value: object) -> None:
        assert name in PROPERTIES, f"layout has no {name!r}"
        kind = PROPERTIES[name]
        if kind.type == "ENUM":
            assert value in kind.enum_items, f"layout.{name} = {value!r}: it takes {list(kind.enum_items.keys())}"

    def __getattr__(self, name: str) -> Any:
        if name in FUNCTIONS:
            return lambda *args, **keys: self._call(name, args, keys)
        if name in PROPERTIES:
            return PROPERTIES[name].default if hasattr(PROPERTIES[name], "default") else None
        raise AttributeError(f"this Blender's layout has no {name!r}")

    def _call(self, name: str, args: tuple[Any, ...], keys: dict[str, Any]) -> Any:
        parameters = [one for one in FUNCTIONS[name].parameters if not one.is_output]
        assert len(args) <= len(parameters), f"layout.{name} takes no {len(args)} arguments"
        given = {**dict(zip((one.identifier for one in parameters), args)), **keys}
        names = {one.identifier: one for one in parameters}
        for key, value in given.items():
            assert key in names, f"layout.{name} has no argument {key!r} in this Blender"
            if names[key].type == "ENUM" and key in ("icon", "type", "layout_type"):
                assert value in names[key].enum_items, f"layout.{name}({key}={value!r}): no such choice"
            elif names[key].type == "STRING":
                assert isinstance(value, str), f"layout.{name}({key}={value!r}): not a text"
            elif names[key].type == "INT":
                assert isinstance(value, int), f"layout.{name}({key}={value!r}): not a whole number"
        for one in parameters:
            assert not one.is_required or one.identifier in given, f"layout.{name} misses {one.identifier!r}"
        if text := given.get("text"):
            drawn.append(text)
        for data, key in (("data", "property"), ("dataptr", "propname"), ("active_dataptr", "active_propname"),
                          ("search_data", "search_property"), ("active_data", "active_property")):  # fmt: skip
            if data in given and isinstance(prop := given.get(key), str) and prop and not prop.startswith("["):
                owner = given[data]
                assert owner is not None, f"layout.{name}: {data} is None"
                assert prop in owner.bl_rna.properties, f"layout.{name}: {owner} has no property {prop!r}"
        if "operator" in given:
            return Operator(given["operator"], given.get("property"))
        if "menu" in given:
            assert hasattr(bpy.types, given["menu"]), f"no menu {given['menu']!r}"
        if name == "template_list":
            draw_list(given)
        outputs = [one for one in FUNCTIONS[name].parameters if one.is_output]
        made = [Layout() for one in outputs]
        return tuple(made) if len(made) > 1 else made[0] if made else None


class Operator:
    """Stand in for the properties of an operator's button."""

    def __init__(self, idname: str, menu: str | None) -> None:
        group, _, name = idname.partition(".")
        assert name in dir(getattr(bpy.ops, group)), f"no operator {idname!r}"
        self.__dict__["_rna"] = getattr(getattr(bpy.ops, group), name).get_rna_type()
        assert menu is None or menu in self._rna.properties, f"{idname} has no property {menu!r} for a menu"
        drawn.append(self._rna.name)

    def __setattr__(self, name: str, value: object) -> None:
        assert name in self._rna.properties, f"{self._rna.identifier} has no {name!r}"
        kind = self._rna.properties[name]
        if kind.type == "STRING":
            assert isinstance(value, str), f"{self._rna.identifier}.{name} = {value!r}: not a text"
        elif kind.type == "INT":
            assert isinstance(value, int), f"{self._rna.identifier}.{name} = {value!r}: not a whole number"

    def __getattr__(self, name: str) -> Any:
        return self._rna.properties[name].default


class Drawer:
    """Stand in for a panel, a menu or a list, which only Blender can make: its class's functions on a layout."""

    def __init__(self, kind: type, **attributes: object) -> None:
        self.__dict__.update(kind=kind, layout=Layout(), **attributes)

    def __getattr__(self, name: str) -> Any:
        for base in self.kind.__mro__:
            if name in vars(base) and not name.startswith("__"):
                value = vars(base)[name]
                return value.__get__(self, self.kind) if hasattr(value, "__get__") else value
        if name in self.kind.__annotations__:
            return self.kind.bl_rna.properties[name].default
        raise AttributeError(f"{self.kind.__name__} has no {name!r}")


def draw(kind: type) -> bool:
    """Draw a panel or a menu; False where its poll says no."""
    context = Context() if bpy.app.background else bpy.context
    poll: Callable[..., bool] | None = getattr(kind, "poll", None)
    if poll and not poll(context):
        return False
    one = Drawer(kind, text="")
    for part in ("draw_header", "draw_header_preset", "draw"):
        if any(part in vars(base) for base in kind.__mro__ if base.__module__.startswith("sweepset")):
            getattr(one, part)(context)
    return True


def draw_list(given: dict[str, Any]) -> None:
    """Draw the rows of a list, as `template_list` was told to."""
    context = Context() if bpy.app.background else bpy.context
    kind = getattr(bpy.types, given["listtype_name"])
    items = list(getattr(given["dataptr"], given["propname"]))
    one = Drawer(
        kind, layout_type=given.get("type", "DEFAULT"), filter_name="", use_filter_sort_alpha=False,
        use_filter_invert=False, use_filter_sort_reverse=False, use_filter_sort_lock=False, use_filter_show=False,
        bitflag_filter_item=1 << 30, list_id=given.get("list_id", ""),
    )  # fmt: skip
    if kind.__module__.startswith("bl_ui"):
        return
    own = any("filter_items" in vars(base) for base in kind.__mro__ if base.__module__.startswith("sweepset"))
    if own:
        for text in ("", "a"):
            one.__dict__["filter_name"] = text
            flags, order = one.filter_items(context, given["dataptr"], given["propname"])
            assert len(flags) in (0, len(items)), f"{kind.__name__} filters {len(flags)} of {len(items)} items"
            assert sorted(order) in ([], list(range(len(items)))), f"{kind.__name__} orders {order}"
    for index, item in enumerate(itertools.islice(items, MAX_ITEMS)):
        for layout_type in ("DEFAULT", "GRID"):
            one.__dict__["layout_type"] = layout_type
            names = ("context", "layout", "data", "item", "icon", "active_data", "active_propname", "index", "flt_flag")
            values = (context, Layout(), given["dataptr"], item, 0, given["active_dataptr"],
                      given["active_propname"], index, 0)  # fmt: skip
            function = one.draw_item
            count = function.__func__.__code__.co_argcount - 1  # the last two are optional
            variadic = function.__func__.__code__.co_flags & 0x04
            function(*values[: len(names) if variadic else count])
