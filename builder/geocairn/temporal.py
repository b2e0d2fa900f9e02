"""Instants and intervals, as a search writes them: RFC 3339, truncated dates, open ends."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from geocairn.errors import QueryError

__all__ = ["Interval", "format_instant", "parse_interval", "parse_part"]

_FORMS = (
    "Write a year (2024), a month (2024-05), a day (2024-05-01), an RFC 3339 timestamp "
    "(2024-05-01T12:00:00Z) or two of them as start/end; '..' leaves an end open."
)
_PART = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:[Tt ](?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d+))?"
    r"(?P<zone>[Zz]|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_STEP = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval of time; None is an open end.

    Attributes:
        start: First instant, aware and in UTC.
        end: Last instant, aware and in UTC.
    """

    start: dt.datetime | None
    end: dt.datetime | None

    def __str__(self) -> str:
        if self.start == self.end:
            return format_instant(self.start)
        return f"{format_instant(self.start)}/{format_instant(self.end)}"


def format_instant(value: dt.datetime | None) -> str:
    """RFC 3339 in UTC, with microseconds only where there are any; ``..`` for an open end."""
    if value is None:
        return ".."
    return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat() + "Z"


def parse_interval(value: Any) -> Interval:
    """Read a ``datetime`` parameter in any form that pystac-client takes.

    A truncated date stands for all of its year, month or day, to the last microsecond.

    Args:
        value: A string (``2024``, ``2024-05/..``), a `datetime.datetime` or `datetime.date`
            (naive ones are UTC), or an iterable of one or two of these, None being an open end.

    Raises:
        QueryError: When it is no time, both ends are open, or the end precedes the start.
    """
    parts = _split(value)
    if len(parts) == 1:
        interval = parse_part(parts[0])  # neither empty nor open: that would be no time at all
    elif len(parts) == 2:
        interval = Interval(_end(parts[0]).start, _end(parts[1]).end)
    else:
        raise QueryError(f"datetime has {len(parts)} parts: {value!r}", remedy=_FORMS)
    if interval.start is None and interval.end is None:
        raise QueryError(
            f"datetime is open at both ends: {value!r}",
            remedy="Leave datetime out to search all times.",
        )
    if interval.start and interval.end and interval.start > interval.end:
        raise QueryError(f"datetime ends before it starts: {value!r}", remedy="Swap the ends.")
    return interval


def _split(value: Any) -> list[Any]:
    if isinstance(value, str):
        return list(value.split("/"))
    if isinstance(value, dt.date):  # datetime.datetime is one too
        return [value]
    if isinstance(value, Interval):
        return [value.start, value.end]
    if isinstance(value, Iterable) and not isinstance(value, (dict, bytes)):
        return list(value)
    raise QueryError(f"datetime is not a time: {value!r}", remedy=_FORMS)


def _end(part: Any) -> Interval:
    if part is None or part in ("", ".."):
        return Interval(None, None)
    return parse_part(part)


def parse_part(part: Any) -> Interval:
    """Read one instant, or the whole year, month or day that a truncated date names.

    Raises:
        QueryError: When it is neither.
    """
    if isinstance(part, dt.datetime):
        moment = part.astimezone(dt.UTC) if part.tzinfo else part.replace(tzinfo=dt.UTC)
        return Interval(moment, moment)
    if isinstance(part, dt.date):
        part = part.isoformat()
    match = _PART.fullmatch(part) if isinstance(part, str) else None
    if match is None:
        raise QueryError(f"datetime is not a time: {part!r}", remedy=_FORMS)
    try:
        return _instant(match) if match["hour"] else _period(match)
    except (ValueError, OverflowError) as error:
        raise QueryError(f"no such time: {part!r} ({error})", remedy=_FORMS) from None


def _instant(match: re.Match[str]) -> Interval:
    second = int(match["second"])
    micros = int(((match["fraction"] or "") + "000000")[:6])
    if second == 60:  # RFC 3339 allows leap seconds, Python's clock has none
        second, micros = 59, 999_999
    moment = dt.datetime(
        int(match["year"]),
        int(match["month"]),
        int(match["day"]),
        int(match["hour"]),
        int(match["minute"]),
        second,
        micros,
        tzinfo=_zone(match["zone"]),
    ).astimezone(dt.UTC)
    return Interval(moment, moment)


def _zone(text: str | None) -> dt.timezone:
    if text is None or text in "Zz":
        return dt.UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 23 or minutes > 59:
        raise ValueError(f"offset {text} is beyond a day")
    shift = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-shift if text[0] == "-" else shift)


def _period(match: re.Match[str]) -> Interval:
    year, month, day = int(match["year"]), int(match["month"] or 1), int(match["day"] or 1)
    start = dt.datetime(year, month, day, tzinfo=dt.UTC)
    if match["day"]:
        last = start.replace(hour=23, minute=59, second=59, microsecond=999_999)
        return Interval(start, last)
    years, months = divmod(month if match["month"] else 12, 12)
    if year + years > 9999:
        return Interval(start, dt.datetime.max.replace(tzinfo=dt.UTC))
    following = dt.datetime(year + years, months + 1, 1, tzinfo=dt.UTC)
    return Interval(start, following - _STEP)
