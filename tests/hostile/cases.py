"""What hostile hands may try, as tables: tests do it, and the documentation shows it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Case(NamedTuple):
    """One of them.

    Attributes:
        name: Its name.
        what: What it is, in Markdown.
        then: What comes of it: the code that is found, or what makes it harmless.
    """

    name: str
    what: str
    then: str


def cases(table: str) -> list[Case]:
    """The cases of a table, ``<table>.toml`` beside this file."""
    document = tomllib.loads((HERE / f"{table}.toml").read_text(encoding="utf-8"))
    return [Case(**case) for case in document["case"]]


def tables() -> list[str]:
    """Names of all tables."""
    return sorted(path.stem for path in HERE.glob("*.toml"))
