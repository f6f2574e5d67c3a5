"""`sweepset view`: the server says what the files hold and nothing else; the page shows it, in a real browser."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest

from browser import Browser
from commands import CHECKOUT, Run
from hard_dataset import hard_frame, make
from sweepset.findings import Finding
from sweepset.ground_truth import KINDS
from sweepset_render.blender.installations import Blender
from sweepset_render.datasets import verification, viewer
from sweepset_render.datasets.consistency import Remark
from sweepset_render.datasets.dataset import Dataset
from sweepset_render.datasets.verification import Verification

Render = Callable[..., Path]
TYPES = {"uint8": np.uint8, "uint16": np.uint16, "float32": np.float32}


@pytest.fixture(scope="session")
def viewed(render: Render, blender: Blender, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a dataset with a finding and a picture that is cut off."""
    extra = [option for kind in ("objects", "normals", "flow") for option in ("--with", kind)]
    source = render("kitchen", "--sweep", "orbit", "-p", "turns=0.2", "--frames", "4", *extra, size="160x120",
                    blender=blender)  # fmt: skip
    folder = tmp_path_factory.mktemp("viewed") / "Küche 台所"
    shutil.copytree(source, folder)
    broken = folder / "depth" / "000003.png"
    broken.write_bytes(broken.read_bytes()[:500])
    verified = Verification(
        [Finding("file-broken", "error", "frame 000003", "files are broken", "copy them again", [3])],
        {3: [Remark("file-broken", "depth/000003.png is cut off")]},
    )
    verification.record(folder, verified)
    return folder


def start(folder: Path, *options: str) -> tuple[subprocess.Popen[str], str]:
    """Start the command; return its process and the address that it prints."""
    path = os.pathsep.join(str(CHECKOUT / name) for name in ("addon", "render", "train", "scenes"))
    process = subprocess.Popen(
        [sys.executable, "-m", "sweepset_render.cli", "view", str(folder), "--no-browser", *options],
        env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    return process, line.rsplit(" at ", 1)[1].split()[0]


@pytest.fixture(scope="session")
def url(viewed: Path) -> Iterator[str]:
    process, address = start(viewed)
    yield address
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0, "Ctrl-C is the way to end it, no failure"
    _, errors = process.communicate()
    assert errors == ""


def ask(url: str, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes, Any]:
    """Ask for a path as it stands, which a browser or urllib would tidy up."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body, answer.headers


def stored(folder: Path, kind: str, frame: int) -> np.ndarray:
    array = cv2.imread(str(folder / kind / f"{frame:06d}.png"), cv2.IMREAD_UNCHANGED)
    assert array is not None
    return array if array.ndim == 2 else array[:, :, ::-1]


@pytest.mark.parametrize(
    ("kind", "where"),
    [("label", "labels"), ("instances", "instances"), ("depth", "depth"), ("normals", "normals"), ("flow", "flow")],
)
def test_arrays_are_those_of_the_files(url: str, viewed: Path, kind: str, where: str) -> None:
    status, body, headers = ask(url, f"/frames/1/{kind}")
    assert status == 200
    name, *shape = headers["X-Array"].split()
    expected = stored(viewed, where, 1)
    assert np.dtype(TYPES[name]) == expected.dtype
    assert np.array_equal(np.frombuffer(body, TYPES[name]).reshape([int(n) for n in shape]), expected)


def test_every_kind_has_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its name in the table of ground truths is."""
    monkeypatch.setitem(KINDS, "Label_16", KINDS["label"])
    data = Dataset(make(tmp_path / "data", [hard_frame()]))
    data[0].record["files"]["Label_16"] = data[0].record["files"]["label"]
    server = viewer.Viewer(data)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        found = ask(server.url, f"/frames/{data[0].number}/Label_16")
        assert found[0] == 200
        assert found[1] == ask(server.url, f"/frames/{data[0].number}/label")[1]
    finally:
        server.shutdown()
        server.server_close()


def test_images_are_the_files(url: str, viewed: Path) -> None:
    status, body, headers = ask(url, "/frames/2/image")
    assert (status, headers["Content-Type"]) == (200, "image/png")
    assert body == (viewed / "images" / "000002.png").read_bytes()
    small = cv2.imdecode(np.frombuffer(ask(url, "/frames/2/thumbnail")[1], np.uint8), cv2.IMREAD_COLOR)
    assert small is not None
    assert small.shape == (120, 160, 3)


def test_the_index_says_what_there_is(url: str, viewed: Path) -> None:
    index = json.loads(ask(url, "/dataset")[1])
    told = json.loads((viewed / "dataset.json").read_text(encoding="utf-8"))
    assert [entry["frame"] for entry in index["frames"]] == [0, 1, 2, 3]
    assert {"image", "label", "instances", "depth", "objects", "normals", "flow"} == set(index["kinds"])
    assert index["findings"][-1]["code"] == "file-broken"
    number, entry = next(iter(index["instances"].items()))
    assert entry == next([e["object"], e["category_id"]] for e in told["instances"] if e["id"] == int(number))
    assert json.loads(ask(url, "/frames/0")[1])["objects"][0]["bbox"]


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd", "//etc/passwd", "/dataset.json", "/images/000000.png",
        "/frames/0/../../dataset.json",
        "/frames/0/..%2f..%2fdataset.json", "/frames/0/%2e%2e", "/frames/0/label/../image", "/frames/0/files",
        "/frames/99", "/frames/99/image", "/frames/-1/image", "/frames/0x1/image", "/viewer.html",
        "/frames/3/depth", "/frames/0/albedo", "/frames/99999999999999999999/image",
    ],
)  # fmt: skip
def test_nothing_else_is_served(url: str, path: str) -> None:
    status, body, _ = ask(url, path)
    assert status == 404
    assert b"root:" not in body
    assert b"camera_to_world" not in body


def test_other_sites_and_methods_are_refused(url: str) -> None:
    port = urlsplit(url).port
    assert ask(url, "/dataset", Host="example.org")[0] == 403
    assert ask(url, "/dataset", Host=f"example.org:{port}")[0] == 403
    assert ask(url, "/dataset", Host=f"localhost:{port}")[0] == 200
    assert ask(url, "/dataset", "POST")[0] == 501
    headers = ask(url, "/")[2]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers


def test_only_this_machine_is_served(url: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: tells which address leads outside
        except OSError:
            pytest.skip("this machine has no address beside the loopback one")
        address = probe.getsockname()[0]
    with pytest.raises(OSError):
        socket.create_connection((address, urlsplit(url).port), timeout=3)


def test_bad_input(run: Run, url: str, viewed: Path, tmp_path: Path) -> None:
    taken = run("view", viewed, "--no-browser", "--port", str(urlsplit(url).port), timeout=30)
    assert taken.returncode == 2
    assert "--port" in taken.stderr
    assert taken.stderr.count("\n") == 1
    assert run("view", tmp_path, "--no-browser", timeout=30).returncode == 2
    data = json.loads((viewed / "dataset.json").read_text(encoding="utf-8"))
    data["frames"][0]["files"]["image"] = "../../../etc/passwd"
    (tmp_path / "dataset.json").write_text(json.dumps(data), encoding="utf-8")
    refused = run("view", tmp_path, "--no-browser", timeout=30)
    assert refused.returncode == 2
    assert "outside" in refused.stderr


def test_the_page_needs_nothing_from_outside() -> None:
    page = (CHECKOUT / "render" / "sweepset_render" / "datasets" / "templates" / "viewer.html").read_text(
        encoding="utf-8"
    )
    assert "http://" not in page
    assert "https://" not in page
    assert "eval(" not in page


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


def show(browser: Browser, url: str, asked: str, frame: int) -> None:
    browser.open(f"{url}#{asked}")
    browser.wait(f"document.body && document.body.dataset.frame === '{frame}'")


def text(browser: Browser) -> str:
    return browser.evaluate("document.getElementById('reading').textContent")


def hover(browser: Browser, column: int, row: int) -> str:
    end = time.monotonic() + 20
    while True:  # on a busy machine the page may still be laid out anew, and the picture move
        left, top, zoom = browser.evaluate("(p => [p.left + stage.getBoundingClientRect().left,"
                                           "p.top + stage.getBoundingClientRect().top, p.zoom])(place())")  # fmt: skip
        browser.move(left + (column + 0.5) * zoom, top + (row + 0.5) * zoom)
        if text(browser).startswith(f"x {column}  y {row}"):
            return text(browser)
        assert time.monotonic() < end, f"{column}, {row} is not read: {text(browser)!r}; {browser.errors}"
        time.sleep(0.1)


@pytest.mark.full
def test_hover_reads_what_the_files_hold(browser: Browser, url: str, viewed: Path) -> None:
    data = json.loads((viewed / "dataset.json").read_text(encoding="utf-8"))
    names = {c["id"]: c["name"] for c in data["taxonomy"]["categories"]} | {0: "unlabelled"}
    objects = {e["id"]: e["object"] for e in data["instances"]}
    label, instances, depth, normals = (stored(viewed, kind, 1) for kind in ("labels", "instances", "depth", "normals"))
    show(browser, url, "frame=1&layer=normals", 1)
    for column, row in [(0, 0), (159, 119), (80, 60), (12, 97), (140, 33)]:
        told = hover(browser, column, row)
        number = int(instances[row, column])
        assert f"{names[label[row, column]]} ({label[row, column]})" in told
        assert f"{objects[number]} #{number}" in told
        assert f"{depth[row, column] / 1000:.3f} m" in told
        x, y, z = (normals[row, column].astype(float) - 32768) / 32767
        assert np.allclose([float(v) for v in told.split("normal ")[1].split()[:2]], [x, y], atol=0.006), (told, z)


@pytest.mark.full
def test_keys_page_and_switch(browser: Browser, url: str) -> None:
    show(browser, url, "frame=0&layer=image", 0)
    browser.press("ArrowRight")
    browser.wait("document.body.dataset.frame === '1'")
    browser.press("End")
    browser.wait("document.body.dataset.frame === '3'")
    browser.press("ArrowRight")
    browser.press("ArrowLeft")
    browser.wait("document.body.dataset.frame === '2'")
    for key, layer in {"2": "label", "3": "instances", "4": "depth", "5": "normals", "6": "flow", "1": "image"}.items():
        browser.press(key)
        browser.wait(f"state.layer === '{layer}' && document.body.dataset.frame === '2'")
    browser.press("b")
    browser.press("v")
    assert "boxes=1&solids=1" in browser.evaluate("location.hash")
    assert "frame=2" in browser.evaluate("location.hash")


@pytest.mark.full
def test_label_is_shown_in_its_colours(browser: Browser, url: str, viewed: Path) -> None:
    """On the screen each category has as much of its colour as it has pixels; what is hidden has none."""
    data = json.loads((viewed / "dataset.json").read_text(encoding="utf-8"))
    colors = {c["id"]: c["color"] for c in data["taxonomy"]["categories"]}
    label = stored(viewed, "labels", 0)
    show(browser, url, "frame=0&layer=label&opacity=100", 0)
    browser.evaluate("stage.onpointerleave(), new Promise(requestAnimationFrame)")
    zoom = browser.evaluate("place().zoom")

    def seen(number: int) -> float:
        top, bottom, left = browser.evaluate("(b => [b.top, b.bottom, b.left])(stage.getBoundingClientRect())")
        stage = browser.screenshot()[int(top) : int(bottom), int(left) :]
        return float((stage == colors[number]).all(2).sum()) / zoom**2

    ids, counts = np.unique(label, return_counts=True)
    common = ids[np.argsort(-counts)][:3].tolist()
    for number in common:
        assert seen(number) == pytest.approx(int((label == number).sum()), rel=0.05)
    row = browser.evaluate("[...document.querySelectorAll('#legend .toggle')].findIndex(it => it.title.includes("
                           f"', id {common[1]}:')) + 1")  # fmt: skip
    browser.click(f"#legend > :nth-child({row}) .toggle")
    browser.wait(f"state.hidden.has({common[1]})")
    assert seen(common[1]) < 20
    assert seen(common[0]) > 0


@pytest.mark.full
def test_filters(browser: Browser, url: str, viewed: Path) -> None:
    """Findings and categories choose frames; a picture that can't be read is told, and the rest is shown."""
    show(browser, url, "frame=0&layer=depth", 0)
    browser.click("#findings .finding:last-child")
    browser.wait("document.body.dataset.frame === '3'")
    assert browser.evaluate("document.querySelectorAll('#strip button').length") == 1
    notes = browser.evaluate("document.getElementById('notes').textContent")
    assert "depth/000003.png is cut off" in notes
    browser.press("Escape")
    browser.wait("document.querySelectorAll('#strip button').length === 4")
    labels = [stored(viewed, "labels", frame) for frame in range(4)]
    rare = min(range(1, 41), key=lambda number: sum((label == number).any() for label in labels) or 9)
    frames = [frame for frame in range(4) if (labels[frame] == rare).any()]
    show(browser, url, f"category={rare}", frames[0])
    assert browser.evaluate("shown") == frames


@pytest.mark.full
def test_the_page_is_quiet(browser: Browser, url: str) -> None:
    """It threw nothing, said of no error but the broken picture's, and asked nobody but the server."""
    assert [error for error in browser.errors if "404" not in error] == []
    assert all(asked.startswith((url, "about:", "data:", "blob:")) for asked in browser.requests), browser.requests


@pytest.mark.full
def test_thousands_of_frames(browser: Browser, viewed: Path, tmp_path: Path) -> None:
    """Only thumbnails in view exist, and paging to the end is at once."""
    data = json.loads((viewed / "dataset.json").read_text(encoding="utf-8"))
    data["frames"] = [{**data["frames"][0], "frame": frame} for frame in range(5000)]
    (tmp_path / "dataset.json").write_text(json.dumps(data), encoding="utf-8")
    shutil.copy(viewed / "cameras.json", tmp_path)
    for folder in ("images", "labels", "instances", "depth", "normals", "flow", "objects"):
        shutil.copytree(viewed / folder, tmp_path / folder)
    process, address = start(tmp_path)
    try:
        show(browser, address, "layer=label", 0)
        browser.press("End")
        browser.wait("document.body.dataset.frame === '4999'", 5)
        assert 0 < browser.evaluate("document.querySelectorAll('#strip button').length") < 40
        assert browser.evaluate("document.querySelector('#strip [aria-current=true]').title") == "frame 4999"
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        process.communicate()
