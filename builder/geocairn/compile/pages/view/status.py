"""Since when a model's files and links are as they are."""

from __future__ import annotations

from typing import Any

from geocairn.compile.pages.view.values import objects, record, text

__all__ = ["status_of"]

_STATES = ("fine", "unsure", "rots", "changed", "vanished")
_MOST = 10


def status_of(properties: dict[str, Any]) -> dict[str, Any] | None:
    """What `geocairn watch` found, which the build writes; None where nobody looked."""
    raw = record(properties.get("geocairn:status"))
    state, since = text(raw.get("state")), text(raw.get("since"))
    if state not in _STATES or not since:
        return None
    history = [
        {"at": at, "state": then, "told": text(event.get("told"))}
        for event in objects(raw.get("history"))
        if (at := text(event.get("at"))) and (then := text(event.get("state"))) in _STATES
    ]
    return {"state": state, "since": since, "history": history[:_MOST]}
