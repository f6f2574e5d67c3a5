"""The packages and folders keep to their sides: imports go one way, and only named folders need Blender."""

from __future__ import annotations

import ast
import configparser
import dataclasses
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from sweepset import sweeps
from sweepset.ground_truth import KINDS
from sweepset.job import Job

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {
    "sweepset": ROOT / "addon",
    "sweepset_scenes": ROOT / "scenes",
    "sweepset_render": ROOT / "render",
    "sweepset_train": ROOT / "train",
}
MAY_IMPORT = {
    "sweepset": set(),
    "sweepset_scenes": {"sweepset"},
    "sweepset_render": {"sweepset", "sweepset_scenes"},
    "sweepset_train": {"sweepset"},
}
IN_BLENDER = ("sweepset.blender", "sweepset.ui", "sweepset_render.inside_blender", "sweepset_scenes")
"""Packages whose modules may import bpy and run in Blender's Python."""
MODULES = {
    ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__"): path
    for package, folder in PACKAGES.items()
    for path in sorted((folder / package).rglob("*.py"))
}


def inside(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def imports(module: str, path: Path) -> Iterator[str]:
    """Go over the modules, ours in full, that a module imports anywhere in its code."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*base, *filter(None, [node.module])])
            for alias in node.names:
                yield f"{source}.{alias.name}" if f"{source}.{alias.name}" in MODULES else source


IMPORTS = {module: sorted(set(imports(module, path))) for module, path in MODULES.items()}


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_one_way(package: str) -> None:
    for module, found in IMPORTS.items():
        if inside(module, (package,)):
            ours = {name.split(".")[0] for name in found} & set(PACKAGES)
            assert ours - {package} <= MAY_IMPORT[package], f"{module} imports {ours}"


def test_only_blenders_side_imports_bpy() -> None:
    for module, found in IMPORTS.items():
        needs = {name for name in found if name.split(".")[0] in ("bpy", "bmesh", "mathutils", "gpu", "bpy_extras")}
        assert not needs or inside(module, IN_BLENDER), f"{module} imports {needs}"


def test_the_host_imports_nothing_of_blenders_side() -> None:
    """`sweepset_scenes` itself names the scenes for the host; the scripts in Blender are started, not imported."""
    for module, found in IMPORTS.items():
        if not inside(module, IN_BLENDER) and module != "sweepset":  # whose register() is called by Blender alone
            strange = [name for name in found if inside(name, IN_BLENDER) and name != "sweepset_scenes"]
            assert not strange, f"{module} imports {strange}"


def test_blenders_side_imports_nothing_of_the_commands() -> None:
    """`sweepset.host` is left out of the add-on's zip, and needs packages that Blender lacks."""
    for module, found in IMPORTS.items():
        shared = inside(module, ("sweepset",)) and not inside(module, ("sweepset.host",))
        if shared or inside(module, IN_BLENDER):
            strange = [name for name in found if inside(name, ("sweepset.host",))]
            assert not strange, f"{module} imports {strange}"


def test_host_modules_import_without_blender() -> None:
    names = [module for module in MODULES if not inside(module, IN_BLENDER) and not module.endswith("__main__")]
    code = "import sys; sys.modules['bpy'] = None; import " + ", ".join([*names, "sweepset_scenes"])
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=120)


def folders(module: str) -> list[str]:
    """Return the packages that a module is in, the outermost first; a package is in itself."""
    parts = module.split(".")
    depth = len(parts) if MODULES[module].name == "__init__.py" else len(parts) - 1
    return [".".join(parts[: k + 1]) for k in range(depth)]


def test_no_two_folders_import_each_other() -> None:
    """Of folders side by side, one may import the other; the modules above them may import both."""
    ties: dict[tuple[str, str], str] = {}
    for module, found in IMPORTS.items():
        for name in set(found) & set(MODULES):
            mine, other = folders(module)[-1], folders(name)[-1]
            if not inside(mine, (other,)) and not inside(other, (mine,)):
                ties[mine, other] = f"{module} imports {name}"
    both = [(text, ties[other, mine]) for (mine, other), text in ties.items() if (other, mine) in ties]
    assert not both, both


def test_no_modules_import_each_other_in_a_circle() -> None:
    sorter = graphlib.TopologicalSorter({module: set(found) & set(MODULES) for module, found in IMPORTS.items()})
    sorter.prepare()  # raises CycleError, which names the circle


def scene_parts(module: str) -> set[str]:
    """Return the modules and folders of sweepset_scenes, the topmost only, that a module imports."""
    return {name.split(".")[1] for name in IMPORTS[module] if name.startswith("sweepset_scenes.")}


def test_scenes_build_on_shapes_and_pieces_alone() -> None:
    """Rooms build on interior, interior on furniture, all on shapes: another family of scenes needs no interior."""
    allowed = {"materials": set(), "light_sources": {"materials"}, "shapes": {"materials"}, "piece": {"shapes"}}
    for module in MODULES:
        part = [*module.split("."), "", ""][1]
        if inside(module, ("sweepset_scenes",)) and part:
            ours = scene_parts(module) - {part}
            assert ours <= allowed.get(part, ours), f"{module} imports {ours}"
            if part not in ("interior", "rooms"):
                assert not ours & {"interior", "rooms"}, f"{module} imports {ours}"


def version_branches(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Go over what code does to tell Blender versions apart: its line, and its form."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("version", "version_file"):
            if isinstance(node.value, ast.Attribute) and node.value.attr == "app":
                yield node.lineno, "bpy.app.version"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "hasattr":
            yield node.lineno, "hasattr"
        elif isinstance(node, ast.Compare) and any(isinstance(way, ast.In | ast.NotIn) for way in node.ops):
            inner = [part for right in node.comparators for part in ast.walk(right)]
            if any(isinstance(part, ast.Attribute) and part.attr == "bl_rna" for part in inner):
                yield node.lineno, "in bl_rna"
        elif isinstance(node, ast.ExceptHandler) and node.type is not None:
            caught = {part.id for part in ast.walk(node.type) if isinstance(part, ast.Name)}
            if caught & {"AttributeError", "TypeError"}:
                yield node.lineno, f"except {', '.join(sorted(caught))}"


def test_blender_versions_are_told_apart_in_one_module() -> None:
    """`getattr` with a default is left to tests/addon/blender/test_versions.py, which asks each Blender."""
    for module, path in MODULES.items():
        if inside(module, IN_BLENDER) and path.name != "compat.py":
            found = list(version_branches(ast.parse(path.read_text(encoding="utf-8"))))
            assert not found, f"{path}: move into compat.py: {found}"


@pytest.mark.parametrize(
    "code",
    [
        "bpy.app.version >= (4, 0)",
        "hasattr(scene, 'eevee')",
        "'a' in bpy.types.Scene.bl_rna.properties",
        "'a' not in scene.bl_rna.properties.keys()",
        "try: scene.a = 1\nexcept (AttributeError, ValueError): pass",
        "try: scene.a = 'b'\nexcept TypeError: pass",
    ],
)
def test_version_branches_are_found(code: str) -> None:
    assert list(version_branches(ast.parse(code)))


def run_in_blender() -> set[str]:
    """Return the modules that run in Blender's Python: those of its side, and all that these import.

    Python runs the packages around a module too; these import on first use, so that their imports are not followed.
    """
    found, left = set(), [module for module in MODULES if inside(module, IN_BLENDER)]
    while left:
        module = left.pop()
        if module in MODULES and module not in found:
            found.add(module)
            left += IMPORTS[module]
    return found | {package for module in found for package in folders(module)}


def test_blender_side_is_python_3_10() -> None:
    modules = run_in_blender()
    assert {"sweepset_render.farm.plan", "sweepset_render.blender.tasks", "sweepset.job"} <= modules
    for module in modules | {name for name in MODULES if inside(name, ("sweepset",))}:
        ast.parse(MODULES[module].read_text(encoding="utf-8"), feature_version=(3, 10))


def test_blender_side_needs_numpy_alone() -> None:
    """Beside the standard library and the modules of Blender itself."""
    of_blender = {"bpy", "bmesh", "mathutils", "gpu", "gpu_extras", "bpy_extras", "blf", "rna_keymap_ui"}
    for module in run_in_blender():
        roots = {name.partition(".")[0] for name in IMPORTS[module]} - set(sys.stdlib_module_names) - of_blender
        assert roots <= {"numpy", *PACKAGES}, f"{module} imports {roots}"


def test_every_folder_is_installed() -> None:
    """setuptools finds every package inside those of package_dir by itself, unless a list says which."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = setup["options"]["package_dir"].strip().split("\n")
    assert {line.partition("=")[0].strip() for line in lines} == set(PACKAGES)
    assert "packages" not in setup["options"]


def table(module: str, name: str) -> ast.Dict:
    """Return a table at a module's top level, which may need Blender or packages to be imported."""
    nodes = ast.parse(MODULES[module].read_text(encoding="utf-8")).body
    targets = [(node, node.targets[0]) for node in nodes if isinstance(node, ast.Assign)]
    targets += [(node, node.target) for node in nodes if isinstance(node, ast.AnnAssign)]
    (found,) = (node.value for node, target in targets if isinstance(target, ast.Name) and target.id == name)
    assert isinstance(found, ast.Dict)
    return found


def keys(found: ast.Dict) -> set[str]:
    """Return the keys of a table: its strings and names."""
    return {key.value if isinstance(key, ast.Constant) else key.id for key in found.keys}


def test_every_sweep_is_placed() -> None:
    """A sweep is a member of `Sweep`, a row of `SWEEPS`, and a row of `PLACED`."""
    kinds = [kind.parameters for kind in sweeps.SWEEPS.values()]
    assert set(get_args(sweeps.Sweep)) == set(kinds)
    assert len(set(kinds)) == len(kinds)
    assert keys(table("sweepset.blender.placement", "PLACED")) == {kind.__name__ for kind in kinds}


def test_names_of_sweeps_are_free() -> None:
    """A sweep is a property beside the window's settings; its parameters are beside the sweep's name in a job."""
    tree = ast.parse(MODULES["sweepset.ui.output"].read_text(encoding="utf-8"))
    (group,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "SWEEPSET_PG_output")
    settings = {node.target.id for node in group.body if isinstance(node, ast.AnnAssign)}
    assert "frames" in settings
    taken = {"name", *(field.name for field in dataclasses.fields(Job))}
    for name, kind in sweeps.SWEEPS.items():
        assert name.isidentifier(), name
        assert name not in settings, f"sweep {name} is named like a setting of the window"
        parameters = {field.name for field in dataclasses.fields(kind.parameters)}
        assert not parameters & taken, f"sweep {name}: settings of a job have the names {parameters & taken}"


def test_every_array_of_ground_truth_has_a_maker() -> None:
    """But images, which are rendered, and kinds that need the instances' meshes, which `capture` makes."""
    needed = {row.name for row in KINDS.values() if row.is_array and not row.is_image and not row.meshes}
    assert keys(table("sweepset.blender.capture.arrays", "MAKERS")) == needed


def test_every_pass_of_ground_truth_can_be_rendered() -> None:
    passes = {name for row in KINDS.values() for name in row.passes}
    assert passes <= keys(table("sweepset.blender.compositing", "PASS_SWITCHES"))
    assert passes <= keys(table("sweepset.blender.compat", "PASSES"))


def tasks() -> dict[str, str]:
    """Return the table of tasks: the module of each by its name."""
    return dict(ast.literal_eval(table("sweepset_train.task", "TASKS")))


def test_every_task_is_one_folder_known_by_the_table_alone() -> None:
    """The trainer, comparisons and pages know tasks by the seam; no task's folder knows another's."""
    found = {
        name
        for name in MODULES
        if name.startswith("sweepset_train.") and name.count(".") == 2 and name.endswith(".task")
    }
    assert found == set(tasks().values())
    for task in found:
        folder = task.removesuffix(".task")
        for module, names in IMPORTS.items():
            assert inside(module, (folder,)) or not [n for n in names if inside(n, (folder,))], module


def lines_of_data(tree: ast.Module) -> int:
    """Return how many lines of a module are literals at its top level: tables."""
    tables = (node for node in tree.body if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value)
    return sum(node.end_lineno - node.lineno + 1 for node in tables if is_literal(node.value))


def is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError):
        return False
    return True


def test_modules_and_functions_are_short() -> None:
    """600 lines a module, its tables aside, and 80 a function: as much as is read in one sitting, or seen at once."""
    long = []
    for path in (*MODULES.values(), *sorted((ROOT / "tests").rglob("*.py"))):
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
        sizes = {node.name: node.end_lineno - node.lineno + 1 for node in functions}
        long += [f"{path.relative_to(ROOT)}: {name} has {size} lines" for name, size in sizes.items() if size > 80]
        size = len(text.splitlines()) - lines_of_data(tree)
        long += [f"{path.relative_to(ROOT)} has {size} lines"] * (size > 600)
    assert not long, "divide these:\n" + "\n".join(long)
