"""What changed from one version of a model to the next."""

from __future__ import annotations

from typing import Any

from geocairn.compile.pages.view.values import known, plain, record

__all__ = ["changes", "shown_value"]

_MOST = 12
_LONGEST = 120
_EXPECTED = ("version", "created", "updated", "title", "deprecated", "geocairn:status")


def changes(item: dict[str, Any], previous: dict[str, Any] | None) -> list[dict[str, Any]] | None:
    """Properties and assets that differ, sorted by name; at most twelve."""
    if previous is None:
        return None
    found = []
    for part in ("properties", "assets"):
        before, after = record(previous.get(part)), record(item.get(part))
        for key in sorted({*before, *after}):
            if key in _EXPECTED or before.get(key) == after.get(key):
                continue
            found.append(
                {
                    "part": part,
                    "key": key,
                    "before": shown_value(before[key]) if key in before else None,
                    "after": shown_value(after[key]) if key in after else None,
                }
            )
    return known(found[:_MOST])


def shown_value(value: Any) -> str:
    """A value as short text: JSON, but for texts, which stand without quotation marks."""
    shown = value if isinstance(value, str) else _written(value)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}\u2026"


def _written(value: Any) -> str:
    """JSON with numbers written alike in every language."""
    if isinstance(value, dict):
        parts = (f"{key}: {_written(part)}" for key, part in value.items())
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_written(part) for part in value)}]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return value if isinstance(value, str) else plain(value)
