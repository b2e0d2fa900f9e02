"""Sockets and processes: runs the application until it is told to end."""

from __future__ import annotations

import errno
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict

import uvicorn

from geocairn.errors import GeocairnError
from geocairn.search.hub import open_hub
from geocairn.server.app import Options, create_app

__all__ = ["run", "work"]

_PAUSE = 0.2
_FIRST_SECONDS = 30.0
"""A process that ends sooner than this after its start is not started again: it would not help."""
_GRACE = 10.0


def run(
    options: Options,
    *,
    host: str,
    port: int,
    workers: int,
    tell: Callable[[str], None],
) -> int:
    """Serve until interrupted.

    Every process listens on a socket of its own, and the system spreads clients over them; with
    one socket for all, whoever is quickest takes most.

    Args:
        options: What to serve.
        host: Address of the interface to listen on.
        port: Port; 0 takes any that is free.
        workers: Processes.
        tell: Takes lines for whoever watches.

    Returns:
        Exit code: 0 when it was told to end, 2 when a process cannot work.

    Raises:
        HubError: When there is no whole hub.
        GeocairnError: If the port cannot be had.
    """
    open_hub(options.hub).close()  # a mistake shall be told here, and not by every process
    listening = [_listen(host, port, shared=workers > 1)]
    port = listening[0].getsockname()[1]
    listening += [_listen(host, port, shared=True) for _ in range(workers - 1)]
    shown = f"[{host}]" if ":" in host else host
    tell(f"{options.hub} is at http://{shown}:{port}/ (Ctrl-C ends)")
    if workers == 1:
        return work(options, listening[0])
    return _supervise(options, listening)


def work(options: Options, listening: socket.socket) -> int:
    """Serve from this process until it is told to end; gives the exit code."""
    config = uvicorn.Config(
        create_app(options),
        log_level="warning",
        access_log=False,
        # What the proxy says of the client matters to nothing here; of the host, see `Options`.
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
    )
    ended = False

    def end(*_: object) -> None:
        nonlocal ended
        ended = True

    # uvicorn ends in good order, and then sends itself the signal that it got once more.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, end)
    server = uvicorn.Server(config)
    server.run(sockets=[listening])
    return 0 if ended or server.started else 2


def _supervise(options: Options, listening: list[socket.socket]) -> int:
    """Keep a process on each socket."""
    ended = False

    def end(*_: object) -> None:
        nonlocal ended
        ended = True

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, end)
    processes = [_start(options, one) for one in listening]
    try:
        while not ended:
            time.sleep(_PAUSE)
            for place, (process, begun) in enumerate(processes):
                if process.poll() is None or ended:
                    continue
                if time.monotonic() - begun < _FIRST_SECONDS:
                    return 2  # it has said why
                processes[place] = _start(options, listening[place])
    finally:
        for process, _ in processes:
            process.terminate()
        for process, _ in processes:
            try:
                process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
    return 0


def _start(options: Options, listening: socket.socket) -> tuple[subprocess.Popen[bytes], float]:
    number = listening.fileno()
    given = json.dumps(asdict(options))
    command = [sys.executable, "-m", "geocairn.server", str(number), given]
    # In a group of its own: Ctrl-C is for this process, which ends the others.
    process = subprocess.Popen(command, pass_fds=[number], process_group=0)  # noqa: S603 - ours
    return process, time.monotonic()


def _listen(host: str, port: int, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048, reuse_port=shared)
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
