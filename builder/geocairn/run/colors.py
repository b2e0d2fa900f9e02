"""Colours of classes."""

from __future__ import annotations

import re

__all__ = ["rgb"]

_PALETTE = ("e41a1c", "377eb8", "4daf4a", "984ea3", "ff7f00", "a65628", "f781bf", "17becf")
_SIX = re.compile(r"#?([0-9A-Fa-f]{6})")


def rgb(color: str | None, *, index: int) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255.

    Args:
        color: Six hexadecimal digits, with or without a hash; empty where none was chosen.
        index: Place of the class among its like; chooses a colour where none was.
    """
    known = _SIX.fullmatch(color or "")
    red, green, blue = bytes.fromhex(known[1] if known else _PALETTE[index % len(_PALETTE)])
    return red, green, blue
