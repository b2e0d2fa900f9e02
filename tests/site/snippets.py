"""Runs what the site gives to copy, as someone would who pastes it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# DuckDB's own reader of URLs is an extension that only its makers' server has; fsspec reads them
# here, in a process of its own, because Playwright's event loop runs in this one.
_RUN_SQL = """
import datetime, json, sys, duckdb
from fsspec.implementations.http import HTTPFileSystem

class Web(HTTPFileSystem):
    def modified(self, path):
        return datetime.datetime(2026, 1, 1)

connection = duckdb.connect(config={"extension_directory": sys.argv[1]})
connection.register_filesystem(Web())
rows = connection.sql(sys.stdin.read()).fetchall()
print(json.dumps([row[:2] for row in rows]))
"""


def _run(command: list[str], *, given: str = "", folder: Path | None = None) -> str:
    done = subprocess.run(
        command, input=given, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_python(code: str, *, folder: Path) -> str:
    """What a piece of Python prints, run in a folder of its own."""
    return _run([sys.executable, "-W", "error", "-c", code], folder=folder)


def run_sql(code: str, *, extensions: Path) -> str:
    """The first two columns of what DuckDB finds, as JSON."""
    return _run([sys.executable, "-c", _RUN_SQL, str(extensions)], given=code)


def run_r(code: str, *, folder: Path) -> str:
    """What a piece of R prints."""
    return _run(["Rscript", "--vanilla", "-e", code], folder=folder)
