"""The hubs that tests of the site look at; built once a run, whichever process comes first."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.generate import items as generated
from tests.items import write_lines
from tests.site.hostile import items as hostile
from tests.site.showcase import write_showcase
from tests.site.trials import write_trials

ROOT = Path(__file__).parents[2]
URL = "https://hub.example/hubs/{name}/"
CONFIG = """\
[hub]
id = "{name}"
title = "Models of Earth"
description = "Models for *tests*, and for nothing else."
url = "{url}"

[site]
legal = "Written by **tests**. Write to <tests@hub.example>."
repository = "https://github.com/hub-example/models"
privacy = {{ en = "Nothing is recorded.", de = "Es wird nichts aufgezeichnet." }}
"""


@dataclass(frozen=True)
class Hub:
    """A built hub, served.

    Attributes:
        name: One of `SOURCES`.
        folder: Its folder.
        url: Its address, at the root of a server.
        sub: Its address below a path of another server.
    """

    name: str
    folder: Path
    url: str
    sub: str

    def items(self) -> list[dict[str, Any]]:
        """All of its items, in order of their paths."""
        return [
            json.loads(path.read_bytes())
            for described in sorted(self.folder.glob("*/collection.json"))
            for path in sorted(described.parent.glob("*/*.json"))
            if path.stem == path.parent.name
        ]


def _catalog(folder: Path) -> list[str]:
    return [str(ROOT / "catalog")]


def _thousand(folder: Path) -> list[str]:
    return [str(write_lines(folder / "thousand.ndjson", generated(1000)))]


def _large(folder: Path) -> list[str]:
    # Above half a MiB, indexes are no longer read whole.
    return [str(write_lines(folder / "large.ndjson", generated(10_000)))]


def _hostile(folder: Path) -> list[str]:
    source = write_lines(folder / "hostile.ndjson", hostile())
    # Only rules that hostile items keep: the site must stand whatever the checks let through.
    return [str(source), "--select", "MLM066"]


def _showcase(folder: Path) -> list[str]:
    return [str(write_showcase(folder / "showcase", hub=URL.format(name="showcase")))]


def _client(folder: Path) -> list[str]:
    return [str(write_showcase(folder / "client", hub=URL.format(name="client")))]


def _trial(folder: Path) -> list[str]:
    # Tiny networks are none of the architectures that their items name.
    return [str(write_trials(folder / "trial")), "--select", "MLM066"]


SOURCES: dict[str, Callable[[Path], list[str]]] = {
    "catalog": _catalog,
    "thousand": _thousand,
    "hostile": _hostile,
    "showcase": _showcase,
    "client": _client,
    "large": _large,
    "trial": _trial,
}
# A host that one of the hubs lets its page fetch scenes from.
ELSEWHERE = "http://127.0.0.1:9"
# The same models as the showcase, each shown by the one page that scripts fill; and very many.
MORE = {"client": f'pages = 0\nconnect = ["{ELSEWHERE}"]\n', "large": "pages = 0\n"}


def build_once(name: str, shared: Path, *, schemas: Path) -> Path:
    """Build a hub below a folder that all processes of a test run share; gives its folder."""
    shared.mkdir(parents=True, exist_ok=True)
    done = shared / f"{name}.built"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _build(name, shared, schemas=schemas)
            done.touch()
    return shared / "hubs" / name


def _build(name: str, shared: Path, *, schemas: Path) -> None:
    text = CONFIG.format(name=name, url=URL.format(name=name)) + MORE.get(name, "")
    settings = shared / f"{name}.toml"
    settings.write_text(text, encoding="utf-8")
    build(SOURCES[name](shared), shared / "hubs" / name, settings=settings, schemas=schemas)


def build(sources: list[str], hub: Path, *, settings: Path, schemas: Path) -> None:
    """Build a hub with pages, as `geocairn build` does it."""
    command = [sys.executable, "-m", "geocairn", "build", *sources]
    command += ["--output", str(hub), "--config", str(settings)]
    command += ["--schemas", str(schemas), "--offline", "--quiet"]
    done = subprocess.run(
        command, cwd=settings.parent, env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{hub}: {done.stderr}"
