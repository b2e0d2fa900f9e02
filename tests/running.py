"""The command line as its users run it, in this process or in one of its own."""

from __future__ import annotations

import sys
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
