"""The command line as its users run it, in this process or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from geocairn.cli import main

COMMAND = [sys.executable, "-m", "geocairn"]


@dataclass(frozen=True)
class Ran:
    """What a run left behind: exit code, and text on both streams."""

    code: int
    out: str
    err: str


def call(capfd: pytest.CaptureFixture[str], *arguments: str | Path) -> Ran:
    """Run a command in this process."""
    capfd.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    out, err = capfd.readouterr()
    assert isinstance(ended.value.code, int)
    return Ran(ended.value.code, out, err)


def start(
    *arguments: str | Path, cwd: Path, schemas: Path | None = None, own_group: bool = True
) -> subprocess.Popen[str]:
    """Start a command as a process of its own, with everything it says in one stream."""
    environment = dict(os.environ)
    if schemas:
        environment["GEOCAIRN_SCHEMAS"] = str(schemas)
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=own_group,
    )


def run(arguments: Sequence[str | Path], *, cwd: Path, schemas: Path | None = None) -> Ran:
    """Run a command as a process of its own, to its end."""
    with start(*arguments, cwd=cwd, schemas=schemas) as process:
        out, _ = process.communicate(timeout=120)
    return Ran(process.returncode, out, "")
