"""Reading values of unknown type, and writing numbers the same way in every language."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, TypeVar

T = TypeVar("T")
__all__ = ["flag", "known", "number", "objects", "plain", "record", "rounded", "text", "texts"]


def text(value: Any) -> str | None:
    """A text that says something."""
    return value if isinstance(value, str) and value.strip() else None


def number(value: Any) -> float | None:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    # Beyond what a double holds, languages no longer agree.
    return value if abs(value) < 1e300 else None


def flag(value: Any) -> bool | None:
    """True or false."""
    return value if isinstance(value, bool) else None


def record(value: Any) -> dict[str, Any]:
    """An object, empty where there is none."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a list."""
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def texts(value: Any) -> list[str] | None:
    """The texts in a list, each once; None where there is none."""
    found = [part for part in value if text(part)] if isinstance(value, list) else []
    return list(dict.fromkeys(found)) or None


def known(values: Iterable[T]) -> list[T] | None:
    """A list, or None where it is empty."""
    return list(values) or None


def rounded(value: float, digits: int = 1) -> float:
    """Rounded half up, and an integer where it is one, so that every language writes it alike."""
    factor = 10**digits
    result = math.floor(value * factor + 0.5) / factor
    return int(result) if result == int(result) else result


def plain(value: float) -> str:
    """A number as in a formula: without grouping, with at most six significant digits."""
    if value == 0:
        return "0"
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    if not 1e-6 <= abs(value) < 1e15:
        return _exponent(value)
    digits = max(0, 5 - math.floor(math.log10(abs(value))))
    shown = f"{value:.{digits}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _exponent(value: float) -> str:
    mantissa, _, exponent = f"{value:.5e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
