"""``geocairn serve``: processes, signals and mistakes."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from tests.items import models, write_lines

from geocairn.build import BuildOptions, build

SERVE = [sys.executable, "-m", "geocairn", "serve"]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serve")
    lines = write_lines(folder / "items.ndjson", models(12))
    build([str(lines)], folder / "hub", options=BuildOptions(jobs=1, select=("HUB001",)))
    return folder / "hub"


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_serves_until_told_to_end(hub: Path, workers: int, ending: signal.Signals) -> None:
    command = [*SERVE, str(hub), "--port", "0", "--workers", str(workers)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        told = process.stderr.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+/", told)
        assert url, told
        with urllib.request.urlopen(f"{url[0]}search?limit=5", timeout=120) as answer:
            assert json.load(answer)["numberMatched"] == 12
        process.send_signal(ending)
        assert process.wait(60) == 0
        assert process.stderr.read() == ""


def test_a_process_that_breaks_at_once_ends_all(hub: Path) -> None:
    # What breaks at once would break again: whoever watches is told by the exit code.
    command = [*SERVE, str(hub), "--port", "0", "--workers", "2"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        process.stderr.readline()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        if not children.exists():
            process.terminate()
            pytest.skip("this system does not tell a process's children")
        while len(children.read_text().split()) < 2:
            time.sleep(0.01)
        os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
        assert process.wait(60) == 2


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*SERVE, *arguments], capture_output=True, text=True, timeout=120)


def test_mistakes_are_one_message(hub: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for arguments, words in (
            ([str(tmp_path)], "not a geocairn hub"),
            ([str(hub), "--port", port], f"port {port} is in use"),
            ([str(hub), "--host", "192.0.2.1"], "cannot listen on 192.0.2.1"),
        ):
            done = run(*arguments)
            assert done.returncode == 2
            assert words in done.stderr
            assert "Traceback" not in done.stderr


def test_help_has_examples() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "geocairn serve https://example.org/hub/" in done.stdout
