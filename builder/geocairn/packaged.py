"""What an installed geocairn brings along besides code."""

from __future__ import annotations

from pathlib import Path

__all__ = ["packaged", "usual_source"]


def packaged(name: str) -> Path | None:
    """A folder of the wheel's data, such as ``catalog``; None in a checkout, which has its own."""
    folder = Path(__file__).parent / "_data" / name
    return folder if folder.is_dir() else None


def usual_source() -> str:
    """The folder ``catalog``, else the one that came with an installed geocairn."""
    if not Path("catalog").exists() and (installed := packaged("catalog")):
        return str(installed)
    return "catalog"
