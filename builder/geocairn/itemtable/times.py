"""RFC 3339 text to microseconds since 1970 and back, knowing when the way back is exact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

__all__ = ["exact", "parse", "render"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def parse(value: object) -> int | None:
    """Microseconds since 1970-01-01T00:00:00Z, or None where the value is no RFC 3339 time."""
    return _parse(value) if isinstance(value, str) else None


@lru_cache(maxsize=4096)
def _parse(value: str) -> int | None:
    # The standard library also reads dates, week dates, basic formats and, from Python 3.14 on,
    # 24 o'clock, which RFC 3339 has not.
    if len(value) < 20 or value[4:8:3] != "--" or value[13] != ":" or value[11:13] == "24":
        return None
    try:
        moment = datetime.fromisoformat(value.upper())  # RFC 3339 allows t and z
        return None if moment.tzinfo is None else (moment - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        return None


def render(microseconds: int) -> str:
    """UTC text with a ``Z``: whole seconds, or six decimals where there is a fraction."""
    moment = _EPOCH + timedelta(microseconds=microseconds)
    return moment.replace(tzinfo=None).isoformat() + "Z"


def exact(text: str, microseconds: int) -> bool:
    """Whether `render` gives back this very text, which `parse` read."""
    if text[10] != "T" or text[-1] != "Z":
        return False
    # ISO 8601, and so the standard library, also takes a comma before the fraction.
    return len(text) == 20 or (
        len(text) == 27 and text[19] == "." and microseconds % 1_000_000 != 0
    )
