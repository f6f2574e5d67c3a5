"""A connection to a Ray cluster. Ray is imported on demand, as it is large and most commands run without it."""

from __future__ import annotations

import logging
import os
import signal
import socket
from typing import Any

from ..errors import SweepsetError

REACHED = 10.0
"""Seconds to wait for the cluster's head."""


def connect(address: str) -> Any:
    """Connect to a cluster and return the module `ray`; its `shutdown` ends the connection.

    `address` is HOST:PORT of the cluster's head, `auto` if this machine is a node of it, or `local`, which starts a
    cluster of this machine alone. Raise SweepsetError if Ray is not installed or no such cluster answers.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ModuleNotFoundError:
        raise SweepsetError("--ray needs Ray, which is not installed: pip install 'sweepset[farm]'") from None
    host, _, port = address.partition(":")
    try:
        if address.startswith("ray://"):
            raise ConnectionError("run the command on a node of the cluster, and pass --ray auto")
        if port:
            socket.create_connection((host, int(port)), REACHED).close()  # Ray itself tries for minutes
        handler = signal.getsignal(signal.SIGTERM)
        ray.init(address, logging_level=logging.ERROR, log_to_driver=False)
        signal.signal(signal.SIGTERM, handler)  # Ray replaces it
    except (ConnectionError, OSError, ValueError, RuntimeError) as error:
        raise SweepsetError(
            f"--ray {address}: no cluster there ({' '.join(str(error).split())}); start its head with "
            "`ray start --head --port 6379` and name it as HOST:6379, or pass auto on one of its nodes"
        ) from None
    return ray


def nodes(ray: Any) -> list[dict[str, Any]]:
    """Return the nodes that are alive, each with its `Resources`, such as CPU and GPU."""
    return [node for node in ray.nodes() if node["Alive"]]
