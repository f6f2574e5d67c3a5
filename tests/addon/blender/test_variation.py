"""Variations of a .blend: labels stay true, things stay out of each other, and what was asked for is varied."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from commands import Run, refused
from sweepset import supplies, taxonomy, variety
from sweepset.errors import SweepsetError
from sweepset.job import Job
from sweepset_render.blender.installations import Blender
from truth import Dataset, ask, judge, run_script

SMALL = ("--sweep", "cameras", "--frames", "2", "--size", "96x72", "--samples", "2", "--no-denoise")
SUNK = 0.005
"""Metres that things may be in each other, which they were not before."""
Vary = Callable[..., dict[int, dict[str, Any]]]


@pytest.fixture(scope="module")
def scenes(built: Callable[..., Path]) -> Path:
    """Return the folder of the scenes."""
    return built("varied_scene.py")


@pytest.fixture(scope="module")
def vary(scenes: Path, blender: Blender, tmp_path_factory: pytest.TempPathFactory) -> Vary:
    """Return a function that varies a scene as a worker does: what each variation holds, by number."""

    def run(
        scene: str | Path, strength: str, variations: range, save: bool = False, by: Blender = blender, **job: Any
    ) -> dict[int, dict[str, Any]]:
        folder, path = tmp_path_factory.mktemp("variations"), scenes / f"{scene}.blend"
        job = Job(str(path), False, "", {"name": "cameras", "only": ""}, vary=strength, **job).to_json()
        task = {"job": job, "variations": list(variations), "folder": str(folder), "save": save}
        (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
        run_script(by, Path(__file__).with_name("variation_case.py"), folder / "task.json")
        told = {v: json.loads((folder / f"{v}.json").read_text(encoding="utf-8")) for v in variations}
        return {v: {**told[v], "blend": folder / f"{v}.blend"} for v in variations}

    return run


@pytest.fixture(scope="module")
def rendered(render: Callable[..., Path], scenes: Path, blender: Blender) -> Dataset:
    """Return three variations at full strength."""
    options = ("--variations", "3", "--vary", "random", *SMALL[:4], "--no-denoise")
    return Dataset(render(scenes / "room.blend", *options, blender=blender, size="96x72", samples=2))


def label_bytes(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((folder / "labels").glob("*.png"))]


def axes_and_depth(a: np.ndarray, b: np.ndarray, half_a: np.ndarray, half_b: np.ndarray) -> float:
    """Return how deep two boxes are in each other, by the separating axes; negative is the gap between them."""
    axes = [*a[:3, :3].T, *b[:3, :3].T, *(np.cross(p, q) for p in a[:3, :3].T for q in b[:3, :3].T)]
    depths = []
    for axis in axes:
        length = np.linalg.norm(axis)
        if length > 1e-6:
            axis = axis / length
            reach = np.abs(a[:3, :3].T @ axis) @ half_a + np.abs(b[:3, :3].T @ axis) @ half_b
            depths.append(reach - abs(axis @ (a[:3, 3] - b[:3, 3])))
    return min(depths)


def boxes(state: dict[str, Any]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return matrix and half sizes of the boxes that render."""
    shown = {name: row for name, row in state["objects"].items() if row["half"] and row["renders"]}
    return {name: (np.array(row["matrix"]), np.array(row["half"])) for name, row in shown.items()}


def test_labels_and_instances_are_true(rendered: Dataset, vary: Vary, blender: Blender, tmp_path: Path) -> None:
    states = vary("room", "random", range(3), save=True)
    assert [unit["varied"] for unit in rendered.record["units"]] == [state["varied"] for state in states.values()]
    seen = set()
    assert "labelled-hidden" not in {finding["code"] for finding in rendered.record["findings"]}
    for unit in rendered.record["units"]:
        number = unit["variation"]
        frames = [row["frame"] for row in rendered.record["frames"] if row["variation"] == number]
        truth = ask(blender, rendered, tmp_path / f"{number}.npz", blend=states[number]["blend"])
        judge(rendered, truth, frames)
        names = {row["id"]: row["object"] for row in unit["instances"]}
        for frame in frames:
            ours, theirs = rendered.array("instances", frame), truth.array("instance", frame)
            told = np.array([names.get(k, "") for k in range(ours.max() + 1)])[ours]
            true = np.array([*truth.instances, ""])[theirs]
            assert (told == true).mean() > 0.998
            seen |= set(told.ravel())
    assert {"chest", "sheets", "table"} <= seen  # a label of a face, one of a material
    assert any("distractor" in name for name in seen)


@pytest.mark.full
@pytest.mark.parametrize("age", [0, -1], ids=["oldest", "newest"])
def test_labels_are_true_whatever_hazards_a_scene_holds(
    render: Callable[..., Path], vary: Vary, hazard: Path, blenders: list[Blender], age: int, tmp_path: Path
) -> None:
    """The variation of copies, hair, linked things, labelled faces and what is hidden somewhere."""
    by, given = blenders[age], hazard.with_name(f"{hazard.stem}.taxonomy.json")
    options = ("--sweep", "cameras", "--frames", "2", "--variations", "2", "--vary", "random", "--taxonomy", given)
    dataset = Dataset(render(hazard, *options, blender=by, samples=1))
    kinds = json.loads(given.read_text(encoding="utf-8"))
    kinds = taxonomy.parse(kinds, "hazards").to_json()
    state = vary(hazard.with_suffix(""), "random", range(1, 2), save=True, by=by, taxonomy=kinds)[1]
    assert state["varied"] == dataset.record["units"][1]["varied"]
    assert len(state["varied"]["moved"]) > 5
    assert "outside-taxonomy" not in {finding["code"] for finding in dataset.record["findings"]}
    judge(dataset, ask(by, dataset, tmp_path / "truth.npz", blend=state["blend"]), (2, 3))


def test_nothing_enters_another_and_all_rests(vary: Vary) -> None:
    states = vary("room", "0.5", range(9)) | {k + 20: v for k, v in vary("room", "random", range(1, 9)).items()}
    start = boxes(states[0])
    moved = hidden = put_out = 0
    for state in states.values():
        now = boxes(state)
        hidden += len(start) - len(now)
        for name, (matrix, half) in now.items():
            before = start[name][0]
            moved += not np.allclose(matrix, before, atol=1e-5)
            assert matrix[2, 3] == pytest.approx(before[2, 3], abs=1e-4)  # as high as it was
            assert np.allclose(matrix[:3, 2], before[:3, 2], atol=1e-5)  # upright
            corners = np.abs(matrix[:2, :2]) @ half[:2]
            assert (np.abs(matrix[:2, 3]) + corners).max() < 2 + SUNK  # inside the walls
        for one, other in combinations(now, 2):
            (a, half_a), (b, half_b) = now[one], now[other]
            was = axes_and_depth(start[one][0], start[other][0], half_a, half_b)
            assert axes_and_depth(a, b, half_a, half_b) < max(was, 0) + SUNK, (one, other)
        for name, under in (("book 0", "table"), ("book 1", "table"), ("book 2", "table"), ("crate again", "crate")):
            assert under in now or name not in now, f"{name} is left in the air"
            if name in now:
                local = np.linalg.inv(now[under][0]) @ now[name][0]
                reach = np.abs(local[:2, :2]) @ now[name][1][:2]
                assert (np.abs(local[:2, 3]) <= now[under][1][:2]).all()
                if under == "table":  # the crate stuck out from the beginning
                    assert (np.abs(local[:2, 3]) + reach <= now[under][1][:2] + 1e-3).all()
        if "lamp" in now:  # its light and its knob go along
            objects = state["objects"]
            shift = now["lamp"][0][:3, 3] - start["lamp"][0][:3, 3]
            light = np.array(objects["bulb"]["matrix"])[:3, 3] - np.array(states[0]["objects"]["bulb"]["matrix"])[:3, 3]
            turn = np.linalg.norm(np.array([-0.2, 1.5]) - start["lamp"][0][:2, 3])
            assert light == pytest.approx(shift, abs=turn + 1e-4)
            knob = np.linalg.inv(now["lamp"][0]) @ now["knob"][0]
            assert knob[:3, 3] == pytest.approx((0, 0, 0.53), abs=1e-5)
        else:
            assert not state["objects"]["bulb"]["renders"]
        if "lamp" in now:  # what is off does not shine
            off = state["objects"]["bulb"]["power"] == 0
            assert (state["objects"]["lamp"]["materials"] == ["shade"]) == (not off)
            put_out += off
        assert any(row["power"] > 0 and row["renders"] for row in state["objects"].values())
    assert moved > 40
    assert hidden > 10
    assert put_out


@pytest.mark.full
def test_equal_jobs_are_equal_and_the_file_stays(run: Run, scenes: Path, rendered: Dataset, tmp_path: Path) -> None:
    scene = scenes / "room.blend"
    before = hashlib.sha256(scene.read_bytes()).digest()
    for out in ("one", "two"):
        done = run("render", scene, "--variations", "2", "--out", tmp_path / out, *SMALL)
        assert done.returncode == 0, done.stderr
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / o / "images").iterdir()} for o in ("one", "two"))
    assert one == two
    assert label_bytes(tmp_path / "one") == label_bytes(tmp_path / "two")
    assert hashlib.sha256(scene.read_bytes()).digest() == before
    # The first variation is the file as it is, at whatever strength.
    assert run("render", scene, "--out", tmp_path / "plain", *SMALL).returncode == 0
    assert label_bytes(tmp_path / "plain") == label_bytes(tmp_path / "one")[:2] == label_bytes(rendered.folder)[:2]
    assert label_bytes(tmp_path / "one")[2:] != label_bytes(tmp_path / "one")[:2]
    line = run("render", scene, "--variations", "2", "--vary", "0.2", "--out", tmp_path / "one", *SMALL).stderr
    assert "other vary" in line


@pytest.mark.full
def test_parts_are_varied_alone(vary: Vary) -> None:
    start = vary("room", "0", range(1))[0]["objects"]
    for part, told in (("lights", "lights"), ("materials", "materials"), ("swap", "swapped"), ("move", "moved")):
        state = vary("room", f"{part}=1", range(1, 2))[1]
        assert list(state["varied"]) == [told]
        assert state["varied"][told]
        now = state["objects"]
        changed = {
            "move": any(not np.allclose(now[name]["matrix"], start[name]["matrix"]) for name in start),
            "swap": any(now[name]["materials"] != start[name]["materials"] for name in start),
            "lights": any(now[name]["power"] != start[name]["power"] for name in start),
            "hide": any(now[name]["renders"] != start[name]["renders"] for name in start),
        }
        assert {name for name, is_so in changed.items() if is_so} == {part} - {"materials"}


def test_what_others_hold_stays(vary: Vary) -> None:
    states = vary("bound", "random,distractors=0", range(5))
    start = states[0]["objects"]
    for number in range(1, 5):
        now = states[number]["objects"]
        for name in ("keyed", "held", "aim", "unknown", "plinth", "statue", "copied"):
            assert np.allclose(now[name]["matrix"], start[name]["matrix"], atol=1e-6), name
            assert now[name]["renders"], name
        found = {finding["code"]: finding for finding in states[number]["findings"]}
        assert all(name in found["not-varied"]["subject"] for name in ("aim", "blue", "copied", "held", "keyed"))
        assert "blue" not in states[number]["varied"]["materials"]


@pytest.mark.full
def test_units_make_no_difference(vary: Vary) -> None:
    metres, centimetres = (vary(scene, "0.7", range(1, 4)) for scene in ("room", "centimetres"))
    for number, state in metres.items():
        one, other = state["varied"], centimetres[number]["varied"]
        assert one["hidden"] == other["hidden"]
        assert set(one["moved"]) == set(other["moved"])
        for name, moved in one["moved"].items():
            assert moved == pytest.approx(other["moved"][name], abs=2e-3), name


@pytest.mark.full
def test_all_blenders_vary_alike(vary: Vary, blenders: list[Blender]) -> None:
    told = [vary("room", "random", range(1, 3), by=blender) for blender in blenders]
    assert all(one[v]["varied"] == told[0][v]["varied"] for one in told for v in (1, 2))


def picture(path: Path, color: tuple[int, int, int]) -> None:
    """Write a plain picture, in RGB."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((8, 8, 3), color[::-1], np.uint8))


def test_textures_and_skies_are_shown(run: Run, scenes: Path, tmp_path: Path) -> None:
    textures, skies = tmp_path / "textures", tmp_path / "skies"
    picture(textures / "oak_veneer_diff_2k.png", (0, 200, 0))
    skies.mkdir()
    cv2.imwrite(str(skies / "blue.hdr"), np.full((16, 32, 3), (2.0, 0.0, 0.0), np.float32))
    asked = ("render", scenes / "room.blend", "--variations", "2", "--vary", "textures=1,hide=0", "--with", "albedo",
             "--textures", textures, "--hdris", skies, "--out", tmp_path / "out", *SMALL)  # fmt: skip
    done = run(*asked)
    assert done.returncode == 0, done.stderr
    dataset = Dataset(tmp_path / "out")
    units = [unit["varied"] for unit in dataset.record["units"]]
    assert units == [{}, {"sky": "blue.hdr", "textures": {"oak wood": "oak_veneer"}}]
    floors = [
        cv2.imread(str(dataset.folder / "albedo" / f"{frame:06d}.png"))[dataset.array("labels", frame) == 2].mean(0)
        for frame in (0, 2)
    ]
    assert floors[0][2] > floors[0][1]  # oak, brown
    assert floors[1][1] > 150 > 60 > max(floors[1][0], floors[1][2])
    # The folder belongs to the job.
    picture(textures / "oak_veneer_diff_2k.png", (200, 0, 0))
    assert "other textures_sha256" in run(*asked).stderr


def test_photos_stand_behind_a_scene(run: Run, tmp_path: Path) -> None:
    """They are seen where nothing is, upright and unmirrored, without a label, and do not light what is there."""
    photo = np.full((60, 80, 3), (230, 20, 20), np.uint8)  # blue
    photo[:, 40:] = (20, 20, 230)  # red on the right
    photo[45:] = (20, 230, 20)  # green at the foot
    (tmp_path / "photos" / "more").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "photos" / "more" / "place.png"), photo)
    asked = ("render", "blank", "--frames", "1", "--size", "64x48", "--samples", "4", "--seed", "1")
    with_photo = (*asked, "--backgrounds", tmp_path / "photos", "--out", tmp_path / "with")
    for command in (with_photo, (*asked, "--out", tmp_path / "without")):
        done = run(*command)
        assert done.returncode == 0, done.stderr
    found, plain = Dataset(tmp_path / "with"), Dataset(tmp_path / "without")
    assert found.record["render"]["varied"] == {"background": "place.png"}
    labels = found.array("labels", 0)
    without = plain.array("labels", 0)
    vehicle = (without > 0) & (without != plain.categories["backdrop"])  # 0 is the sky above the backdrop
    assert 0.02 < vehicle.mean() < 0.9
    assert np.array_equal(labels, np.where(vehicle, without, 0))
    seen, before = (cv2.imread(str(dataset.folder / "images" / "000000.png")).astype(int) for dataset in (found, plain))
    clear = cv2.erode((~vehicle).astype(np.uint8), np.ones((5, 5))) > 0
    for rows, columns, channel in (
        (slice(0, 34), slice(0, 30), 0),
        (slice(0, 34), slice(34, 64), 2),
        (slice(38, 48), slice(0, 64), 1),
    ):
        part = seen[rows, columns][clear[rows, columns]]
        assert len(part) > 20
        others = [other for other in range(3) if other != channel]
        assert (part[:, channel] > part[:, others].max(axis=1) + 60).all()
    assert np.abs(seen - before)[vehicle].mean() < 12
    (tmp_path / "photos" / "another.jpg").write_bytes((tmp_path / "photos" / "more" / "place.png").read_bytes())
    assert "other backgrounds_sha256" in refused(run(*with_photo))


@pytest.mark.full
def test_shipped_rooms_get_textures_of_their_materials_kind(run: Run, tmp_path: Path) -> None:
    picture(tmp_path / "mine" / "oak_diff.png", (120, 80, 40))
    picture(tmp_path / "mine" / "old" / "terrazzo.png", (200, 200, 200))
    small = ("--frames", "1", "--size", "48x36", "--samples", "1")
    for out, more in (("with", ("--textures", tmp_path / "mine", "--vary", "textures=1")), ("without", ())):
        done = run("render", "kitchen", *more, *small, "--out", tmp_path / out)
        assert done.returncode == 0, done.stderr
    told = Dataset(tmp_path / "with").record["render"]["varied"]["textures"]
    assert {name for name, given in told.items() if given == "old/terrazzo"} == {"backsplash tiles", "floor tiles"}
    assert {"cabinet wood", "table wood"} <= {name for name, given in told.items() if given == "oak"}
    assert all("wood" in name or name in ("beech", "backsplash tiles", "floor tiles") for name in told), told
    assert label_bytes(tmp_path / "with") == label_bytes(tmp_path / "without")


def test_folders_of_no_use_are_refused(run: Run, scenes: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    picture(tmp_path / "nameless" / "IMG_0001.jpg", (9, 9, 9))
    for option, folder, expected in (
        ("--textures", "nowhere", "is no folder"),
        ("--textures", "empty", "has no files"),
        ("--textures", "nameless", "oak_veneer_diff_2k.jpg"),
        ("--hdris", "nameless", ".hdr"),
        ("--backgrounds", "empty", "has no files"),
        ("--vary", "lots", "write a strength from 0 to 1"),
        ("--vary", "lamps=1", "there are lights"),
    ):
        value = folder if option == "--vary" else tmp_path / folder
        done = run("render", scenes / "room.blend", option, value, "--out", tmp_path / "out", timeout=60)
        assert done.returncode == 2, done.stdout
        assert expected in done.stderr
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("path", "name", "role", "kind"),
    [
        ("oak_veneer_diff_2k.jpg", "oak_veneer", "wood", "color"),
        ("oak_veneer_nor_gl_2k.exr", "oak_veneer", "wood", "normal"),
        ("oak_veneer_rough_2k.png", "oak_veneer", "wood", "rough"),
        ("Wood049_1K-JPG_Color.jpg", "Wood049", "wood", "color"),
        ("Wood049_1K-JPG_NormalGL.jpg", "Wood049", "wood", "normal"),
        ("fabric/IMG_17.png", "fabric/IMG_17", "fabric", "color"),
        ("rusty_metal.jpg", "rusty_metal", "metal", "color"),
        ("concrete_floor_02_diff_1k.jpg", "concrete_floor_02", "stone", "color"),
        ("DarkTiles.png", "DarkTiles", "tile", "color"),
    ],
)
def test_names_tell_what_textures_are_of(path: str, name: str, role: str, kind: str, tmp_path: Path) -> None:
    file, base = tmp_path / path, tmp_path / f"{name}_diff.png"
    for here in {file, file if kind == "color" else base, tmp_path / "x_oak.png"}:
        here.parent.mkdir(exist_ok=True)
        here.touch()
    found = {texture.name: texture for texture in supplies.find_textures(tmp_path)}
    assert set(found) == {name, "x_oak"}
    assert found[name].role == role
    assert getattr(found[name], kind) == file


def test_strengths_are_read() -> None:
    assert variety.parse("0.5,swap=0") == dict.fromkeys(variety.PARTS, 0.0) | {
        "lights": 0.5, "materials": 0.5, "textures": 0.5, "swap": 0.0, "hide": 0.5, "move": 0.5,
    }  # fmt: skip
    assert variety.parse("lights=1,move=0.25") == dict.fromkeys(variety.PARTS, 0.0) | {"lights": 1.0, "move": 0.25}
    assert set(variety.parse("random").values()) == {1.0}
    for bad in ("", "1.5", "nan", "swap", "colour=1", "0.5;swap=0"):
        with pytest.raises(SweepsetError):
            variety.parse(bad)


@pytest.mark.full
def test_a_job_file_says_how_to_vary(run: Run, scenes: Path, tmp_path: Path) -> None:
    picture(tmp_path / "mine" / "oak.png", (0, 200, 0))
    data = {"scene": str(scenes / "room.blend"), "variations": 2, "vary": "lights=1", "textures": "mine", "frames": 1}
    data |= {"size": [32, 24], "samples": 1, "sweep": {"name": "cameras"}}
    (tmp_path / "job.json").write_text(json.dumps(data), encoding="utf-8")
    done = run("farm", tmp_path / "job.json", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    job = json.loads((tmp_path / "out" / "dataset.json").read_text(encoding="utf-8"))["job"]
    assert (job["vary"], job["textures"]) == ("lights=1", str((tmp_path / "mine").resolve()))
