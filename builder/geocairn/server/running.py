"""Sockets and processes: runs the application until it is told to end."""

from __future__ import annotations

import errno
import json
import os
import socket
from collections.abc import Callable
from dataclasses import asdict

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from geocairn.errors import GeocairnError
from geocairn.search.hub import open_hub
from geocairn.server.app import Options, create_app

__all__ = ["from_environment", "run"]

_VARIABLE = "GEOCAIRN_SERVE"


def run(
    options: Options,
    *,
    host: str,
    port: int,
    workers: int,
    tell: Callable[[str], None],
) -> None:
    """Serve until interrupted.

    Args:
        options: What to serve.
        host: Address of the interface to listen on.
        port: Port; 0 takes any that is free.
        workers: Processes.
        tell: Takes lines for whoever watches.

    Raises:
        HubError: When there is no whole hub.
        GeocairnError: If the port cannot be had.
    """
    open_hub(options.hub).close()  # a mistake shall be told here, and not by every process
    listening = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    tell(f"{options.hub} is at http://{shown}:{listening.getsockname()[1]}/ (Ctrl-C ends)")
    os.environ[_VARIABLE] = json.dumps(asdict(options))
    config = uvicorn.Config(
        f"{__name__}:{from_environment.__name__}",
        factory=True,
        workers=workers,
        log_level="warning",
        access_log=False,
        # What the proxy says of the client matters to nothing here; of the host, see `Options`.
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=75,
    )
    try:
        if workers > 1:
            Multiprocess(config, sockets=[listening]).run()
        else:
            uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()


def from_environment() -> FastAPI:
    """The application of a process that `run` has started."""
    return create_app(Options(**json.loads(os.environ[_VARIABLE])))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise GeocairnError(
                f"port {port} is in use",
                remedy="End the other program, or choose another: --port 8081, or --port 0 for "
                "any that is free.",
            ) from error
        raise GeocairnError(
            f"cannot listen on {host}, port {port}: {error.strerror or error}",
            remedy="Choose a port above 1023, and an address of this machine (--host 127.0.0.1).",
        ) from error
