"""What a source gives, all at once."""

from __future__ import annotations

from typing import Any

from geocairn import _io
from geocairn.sources import Source


def contents(source: Source) -> list[tuple[str, Any]]:
    """Origin and content of every item, in order."""
    return [
        (chunk.origin(raw.index), _io.loads(raw.data))
        for chunk in source.chunks()
        for raw in chunk.items()
    ]
