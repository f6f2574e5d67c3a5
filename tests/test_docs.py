"""Documentation of the interface: every operator by its name, every picture there, every link to a file that exists."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from sweepset import parameters, sweeps
from sweepset.ground_truth import KINDS
from sweepset_render.datasets import geometry, viewer
from sweepset_render.datasets.dataset import Frame
from sweepset_scenes import SCENES

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def test_every_operator_is_documented() -> None:
    text = (ROOT / "docs" / "labelling.md").read_text(encoding="utf-8")
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "addon" / "sweepset" / "ui").glob("*.py"))
    found = re.findall(r"^class SWEEPSET_OT_(\w+).*?^    bl_label = \"(.*?)\"", code, re.MULTILINE | re.DOTALL)
    assert len(found) == len(re.findall(r"^class SWEEPSET_OT_", code, re.MULTILINE)) > 20
    cells = set(re.findall(r"[\w][\w -]*", "\n".join(line for line in text.splitlines() if line.startswith("|"))))
    missing = [f"{name}: {label}" for name, label in found if label not in {cell.strip() for cell in cells}]
    assert not missing, f"not in the table of docs/labelling.md: {missing}"


def test_every_parameter_of_a_sweep_is_documented() -> None:
    lines = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8").splitlines()
    begin = lines.index("| sweep | parameter | meaning | default |") + 2
    table = list(itertools.takewhile(lambda line: line.startswith("|"), lines[begin:]))
    rows = []
    for name in sweeps.SWEEPS:
        for number, (key, text, default, unset) in enumerate(sweeps.describe(name)):
            rows.append(f"| {f'`{name}` ' if number == 0 else ''}| `{key}` | {text} | {default or unset} |")
    assert table == rows, "write the parameters' texts of sweeps.py into docs/commands.md:\n" + "\n".join(rows)


def test_every_parameter_of_solids_is_documented() -> None:
    text = (ROOT / "docs" / "objects.md").read_text(encoding="utf-8")
    for key, meaning, default, unset in parameters.describe(SCENES["solids"].parameters):
        assert f"| `{key}` | {meaning} | {default or unset} |" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[\w-]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


def anchors(page: Path) -> set[str]:
    """Return the names that a link to a page may have behind #, as GitHub makes them from headings."""
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([\w-]+)"', text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_headings(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#:\s]*)#([\w-]+)\)", page.read_text(encoding="utf-8")):
        other = page.parent / target if target else page
        if other.suffix == ".md":
            assert anchor in anchors(other), f"{page.name} links to #{anchor}, which {other.name} does not have"


def test_architecture_names_every_folder() -> None:
    table = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("\n## Folders\n")[2]
    named = set(re.findall(r"^\| `([\w/]+)` \|", table, re.MULTILINE))
    packages = ("addon/sweepset", "scenes/sweepset_scenes", "render/sweepset_render", "train/sweepset_train")
    found = {path.parent.relative_to(ROOT).as_posix() for name in packages for path in (ROOT / name).rglob("*.py")}
    assert not found - named, f"folders that are not in the table of ARCHITECTURE.md: {sorted(found - named)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_named_files_exist(page: Path) -> None:
    if page.name == "CHANGELOG.md":  # what was, may be gone
        return
    for name in re.findall(
        r"`((?:addon|scenes|render|tests|docs|train/sweepset_train)/[\w./-]+)`", page.read_text(encoding="utf-8")
    ):
        if "NAME" not in name:
            assert (ROOT / name).exists(), f"{page.name} names {name}, which is not there"


def test_the_table_of_ground_truths_is_the_one_in_code() -> None:
    """docs/dataset.md has a line for each row of `ground_truth.KINDS`, made of what the row says, in its order."""
    text = (ROOT / "docs" / "dataset.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| `\w+/000000\..*$", text, re.MULTILINE)
    expected = []
    for row in KINDS.values():
        file = f"`{row.folder}/000000.{row.suffix or 'png'}`" + (" or `.jpg`" if row.is_image else "")
        name = f"with `{row.name}`" if row.choice == "request" else f"`{row.name}`"
        expected.append(f"| {file} | {name} | {row.form} | {row.holds} |")
    assert found == expected


def test_each_ground_truth_has_what_its_row_asks_for() -> None:
    """A way to read it, a way to draw it that the viewer has, and a check if `verify` has words for its failure."""
    checks = {*geometry.CHECKS, *geometry.CHECKS_BY_CAMERA}
    page = viewer.PAGE.read_text(encoding="utf-8")
    drawings = set(re.findall(r"^  (\w+): v =>", page, re.MULTILINE)) | {"picture", ""}
    for row in KINDS.values():
        assert isinstance(getattr(Frame, row.name.replace("-", "_"), None), property), f"Frame reads no {row.name}"
        assert row.drawn in drawings, f"viewer.html draws no {row.drawn}"
        assert not row.wrong or row.name in checks, f"geometry checks no {row.name}"
