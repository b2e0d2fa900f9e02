"""`geocairn preview` in a process of its own, for tests."""

from __future__ import annotations

import http.client
import os
import queue
import signal
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from tests.running import COMMAND

PATIENCE = 60.0


class Running:
    """A preview in a process of its own."""

    def __init__(self, folder: Path, *arguments: str, environment: dict[str, str]) -> None:
        command = [*COMMAND, "preview", "catalog", "--port", "0", "--offline", *arguments]
        # Where tests run in the background, Ctrl-C may be ignored, and children inherit that.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        finally:
            signal.signal(signal.SIGINT, before)
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.said: list[str] = []

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def line(self, part: str) -> str:
        """The next line with some text in it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            line = self._lines.get(timeout=max(0.1, deadline - time.monotonic()))
            assert line is not None, f"it ended: {self.said}"
            self.said.append(line)
            if part in line:
                return line

    def url(self) -> str:
        line = self.line("http://127.0.0.1:")
        return line[line.index("http") :].split()[0]

    def interrupt(self) -> int:
        """End it as a terminal does; gives the exit code."""
        os.killpg(self._process.pid, signal.SIGINT)
        return self._process.wait(PATIENCE)

    def close(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._reader.join()
        assert self._process.stderr is not None
        self._process.stderr.close()


def get(url: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    with closing(http.client.HTTPConnection(str(urlsplit(url).netloc), timeout=PATIENCE)) as http_:
        http_.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = http_.getresponse()
        return answer.status, dict(answer.headers), answer.read()
