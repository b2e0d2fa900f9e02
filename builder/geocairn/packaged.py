"""What an installed geocairn brings along besides code."""

from __future__ import annotations

from pathlib import Path

__all__ = ["packaged"]


def packaged(name: str) -> Path | None:
    """A folder of the wheel's data, such as ``catalog``; None in a checkout, which has its own."""
    folder = Path(__file__).parent / "_data" / name
    return folder if folder.is_dir() else None
