"""A local server that speaks S3 as Amazon's does: moto's."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUCKET = "renders"


@contextmanager
def serve(folder: Path, *, strict: bool = False) -> Iterator[dict[str, str]]:
    """Run a server with an empty bucket and yield the environment of its clients; its log goes to `folder`.

    A strict one knows nobody, so that its clients have no permission for anything.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with (folder / "moto.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-p", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": "1" if strict else "inf"},
        )
    try:
        _wait_for(f"{url}/moto-api/", server)
        urllib.request.urlopen(urllib.request.Request(f"{url}/{BUCKET}", method="PUT")).close()
        yield {
            **os.environ,
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
    finally:
        server.kill()
        server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < end, "no server after 60 s"
            time.sleep(0.1)
        else:
            return
