"""Commands in processes of their own that wait for no import: forked off one that has done it.

What a command does is all its own: arguments, folder, environment, limits, streams and its end.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
# Seconds, after which a command that hangs is ended and its test fails.
LONGEST = 300


class Warm:
    """Runs commands, one at a time; see `warm`."""

    def __init__(self, server: subprocess.Popen[str], *, environment: Mapping[str, str]) -> None:
        self._server = server
        self._environment = dict(environment)

    def __call__(
        self, *arguments: object, folder: Path, largest: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in a folder.

        Args:
            arguments: As they would be typed.
            folder: Where.
            largest: No file may grow beyond so many bytes, as if a disk were full.
        """
        given = [str(argument) for argument in arguments]
        with tempfile.TemporaryDirectory() as place:
            streams = [Path(place) / name for name in ("out", "err")]
            request = {
                "arguments": given,
                "folder": str(folder),
                "largest": largest,
                "environment": {**os.environ, **self._environment},
                "streams": [str(stream) for stream in streams],
            }
            assert self._server.stdin
            assert self._server.stdout
            self._server.stdin.write(json.dumps(request) + "\n")
            self._server.stdin.flush()
            code = int(self._server.stdout.readline())
            out, err = (stream.read_text(encoding="utf-8") for stream in streams)
        return subprocess.CompletedProcess(given, code, out, err)


@contextmanager
def warm(program: Path, *, modules: Sequence[str], **environment: str) -> Iterator[Warm]:
    """A process that runs a command in forks of itself.

    Args:
        program: What is typed first; the first of the modules has its ``main``.
        modules: What is imported beforehand.
        environment: More variables of commands.
    """
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.warm", str(program), *modules],
        cwd=ROOT,
        # A fork has one thread alone, so there must be no others.
        env={**os.environ, **environment, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with server:
        yield Warm(server, environment=environment)


def _serve(program: str, *modules: str) -> None:
    main = importlib.import_module(modules[0]).main
    for name in modules:
        importlib.import_module(name)
    threads = list(Path("/proc/self/task").iterdir())
    assert len(threads) == 1, f"{modules}: importing them starts threads, which a fork loses"
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(program, **json.loads(line))
            main()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become(
    program: str,
    *,
    arguments: list[str],
    folder: str,
    largest: int | None,
    environment: dict[str, Any],
    streams: list[str],
) -> None:
    """Be as if just started."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [program, *arguments]
    sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - until the process ends
    os.dup2(sys.stdin.fileno(), 0)
    for number, stream in enumerate(streams, start=1):
        os.dup2(os.open(stream, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
    signal.alarm(LONGEST)
    if largest is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))


if __name__ == "__main__":
    _serve(*sys.argv[1:])
