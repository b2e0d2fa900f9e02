"""Folders as values: what is in them, and where two of them differ."""

from __future__ import annotations

from pathlib import Path

Tree = dict[str, bytes]


def tree(folder: Path) -> Tree:
    """Every file's bytes, and every empty folder, by path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
        elif not any(path.iterdir()):
            found[path.relative_to(folder).as_posix() + "/"] = b""
    return found


def differences(one: Tree, other: Tree) -> list[str]:
    """Names of files that only one has, or that differ."""
    return sorted(
        [f"- {name}" for name in one.keys() - other.keys()]
        + [f"+ {name}" for name in other.keys() - one.keys()]
        + [f"~ {name}" for name in one.keys() & other.keys() if one[name] != other[name]]
    )
