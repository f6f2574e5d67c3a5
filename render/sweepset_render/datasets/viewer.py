"""Serve a page that shows a dataset, images with each ground truth, to this machine only."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy as np

from sweepset.errors import SweepsetError
from sweepset.ground_truth import FOLDERS, KINDS
from sweepset.taxonomy import UNLABELLED, UNLABELLED_COLOR

from . import verification
from .dataset import Dataset, Frame

HOST = "127.0.0.1"
PAGE = Path(__file__).parent / "templates" / "viewer.html"
THUMBNAIL = 160
"""Width in pixels of a thumbnail."""
RULES = "; ".join(
    ["default-src 'none'", *(f"{kind}-src 'unsafe-inline'" for kind in ("script", "style")), "connect-src 'self'",
     "img-src 'self' data:"]
)  # fmt: skip
"""The page may load nothing but this server's answers."""


class Viewer(ThreadingHTTPServer):
    """A server of one dataset's page, bound to the loopback address; port 0 takes any that is free."""

    daemon_threads = True

    def __init__(self, data: Dataset, port: int = 0) -> None:
        self.data = data
        self.frames = {frame.number: frame for frame in data}
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise SweepsetError(f"port {port} can't be had ({error.strerror}): pass another --port, or none") from None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report an error of the server, but not a browser that closed its connection."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://{HOST}:{self.server_port}/"

    @cached_property
    def index(self) -> dict[str, Any]:
        """The page's data about the dataset; of its frames, enough to list and filter them."""
        data = self.data
        verified = verification.recorded(data.folder)
        told = [("render", finding) for finding in data.data.get("findings", [])]
        told += [("verify", finding) for finding in verified["findings"]] if verified else []
        return {
            "name": data.name,
            "size": data.job["size"],
            "categories": [
                {"id": UNLABELLED, "name": "unlabelled", "color": list(UNLABELLED_COLOR)},
                *({"id": c.id, "name": c.name, "color": list(c.color)} for c in data.taxonomy),
            ],
            "instances": _named(data.data["instances"]),
            "kinds": list(dict.fromkeys(kind for frame in self.frames.values() for kind in frame.record["files"])),
            "layers": [
                {"kind": row.name, "title": row.title or row.name, "drawn": row.drawn}
                for row in sorted(KINDS.values(), key=lambda row: FOLDERS.index(row.folder))
                if row.drawn
            ],
            "frames": [
                {"frame": number, "pixels": frame.record["pixels"]} for number, frame in self.frames.items()
            ],
            "findings": [{**finding, "by": by} for by, finding in told],
            "remarks": {entry["frame"]: entry["remarks"] for entry in verified["frames"]} if verified else {},
            "verified": verified is not None,
        }  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    """Answer GET; addresses name frames and kinds, never files."""

    protocol_version = "HTTP/1.1"
    server: Viewer

    def do_GET(self) -> None:
        # A page of another site may not read the dataset by a name that it lets lead here.
        if self.headers.get("Host") not in (
            f"{HOST}:{self.server.server_port}",
            f"localhost:{self.server.server_port}",
        ):
            self._say(HTTPStatus.FORBIDDEN, "open the address that sweepset view prints")
            return
        path = urlsplit(self.path).path
        match = re.fullmatch("/frames/([0-9]{1,9})(?:/([^/]+))?", path)
        try:
            if path == "/":
                self._send("text/html; charset=utf-8", PAGE.read_bytes())
            elif path == "/dataset":
                self._send_json(self.server.index)
            elif match and int(match[1]) in self.server.frames:
                self._send_frame(self.server.frames[int(match[1])], match[2])
            else:
                self._say(HTTPStatus.NOT_FOUND, "there is nothing here")
        except ConnectionError:
            raise
        except (SweepsetError, OSError) as error:
            self._say(HTTPStatus.NOT_FOUND, str(error))

    def _send_frame(self, frame: Frame, kind: str | None) -> None:
        if kind is None:
            self._send_json(_details(frame))
        elif kind == "thumbnail":
            self._send("image/jpeg", _thumbnail(frame.read("image")))
        elif kind not in KINDS or not KINDS[kind].drawn:
            self._say(HTTPStatus.NOT_FOUND, "there is nothing here")
        elif KINDS[kind].drawn == "picture":
            path = frame.path(kind)
            self._send(f"image/{'png' if path.suffix == '.png' else 'jpeg'}", path.read_bytes())
        else:  # as numbers: browsers keep 8 bits of each channel of a picture
            array = frame.read(kind)
            array = array.astype(array.dtype.newbyteorder("<"))
            shape = " ".join(map(str, array.shape))
            self._send("application/octet-stream", array.tobytes(), {"X-Array": f"{array.dtype.name} {shape}"})

    def _send_json(self, data: Any) -> None:
        self._send("application/json", json.dumps(data, ensure_ascii=False).encode())

    def _say(self, status: HTTPStatus, text: str) -> None:
        self._send("text/plain; charset=utf-8", text.encode(), status=status)

    def _send(
        self, kind: str, body: bytes, headers: dict[str, str] | None = None, status: HTTPStatus = HTTPStatus.OK
    ) -> None:
        self.send_response(status)
        rules = {"Content-Security-Policy": RULES, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **rules, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of requests."""


def _details(frame: Frame) -> dict[str, Any]:
    """Return the page's data about one frame: its camera, its instances and their boxes."""
    own = frame.record.get("instances")
    return {
        "files": frame.record["files"],
        "time": frame.record.get("time"),
        "scene": frame.scene,
        "variation": frame.variation,
        "camera": frame.camera_record or None,
        "instances": None if own is None and frame.scene is None else _named(list(frame.instance_records.values())),
        "objects": list(frame.objects.values()) if frame.has("objects") else [],
    }


def _named(instances: Sequence[Mapping[str, Any]]) -> dict[int, tuple[str, int]]:
    return {entry["id"]: (entry["object"], entry["category_id"]) for entry in instances}


def _thumbnail(image: np.ndarray) -> bytes:
    """Return an RGB image as a small JPEG."""
    height = max(1, round(THUMBNAIL * image.shape[0] / image.shape[1]))
    small = cv2.resize(image, (THUMBNAIL, height), interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 82])[1].tobytes()
