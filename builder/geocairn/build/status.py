"""What the watch found, on its way to a model's page: a property that only the hub writes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from geocairn import _io
from geocairn.errors import InputError

__all__ = ["FIELD", "status_digest", "with_status"]

FIELD = "geocairn:status"
_MOST_EVENTS = 10


def status_digest(path: Path | None) -> str:
    """Hash of what is told of models, but not of when they were looked at; empty without a file.

    Raises:
        InputError: If the file cannot be read.
    """
    return _io.digest(_io.canonical(_states(path, _mark(path)))) if path else ""


def with_status(item: dict[str, Any], path: Path | None) -> dict[str, Any]:
    """Say in an item what the watch found; what it says of that itself is taken out.

    Args:
        item: A STAC Item; it is not changed.
        path: The file that `geocairn watch` keeps; None for none.
    """
    properties = item.get("properties")
    if not isinstance(properties, dict):
        return item
    name = f"{item.get('collection')}/{item.get('id')}"
    state = _states(path, _mark(path)).get(name) if path else None
    if state is not None:
        return {**item, "properties": {**properties, FIELD: state}}
    if FIELD not in properties:
        return item
    kept = {key: value for key, value in properties.items() if key != FIELD}
    return {**item, "properties": kept}


def _mark(path: Path | None) -> tuple[int, int]:
    """Size and time of the file, by which each process knows that it is the same."""
    try:
        status = path.stat() if path else None
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", where=str(path), remedy="Check --status."
        ) from error
    return (status.st_size, status.st_mtime_ns) if status else (0, 0)


@lru_cache(maxsize=1)
def _states(path: Path, mark: tuple[int, int]) -> Mapping[str, dict[str, Any]]:  # noqa: ARG001
    """What is shown of each model: its state, since when, and how it came to it."""
    document = _io.loads(path.read_bytes(), where=str(path))
    if document == {}:
        return {}
    try:
        return {name: _state(model["history"]) for name, model in document["models"].items()}
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise InputError(
            "is no file of `geocairn watch`", where=str(path), remedy="Check --status."
        ) from error


def _state(history: list[dict[str, Any]]) -> dict[str, Any]:
    told = [{key: str(event[key]) for key in ("at", "state", "told")} for event in history]
    newest = told[-1]
    return {
        "state": newest["state"],
        "since": newest["at"],
        "history": told[: -_MOST_EVENTS - 1 : -1],
    }
