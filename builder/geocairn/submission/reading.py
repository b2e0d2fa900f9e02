"""Values of a report that anything may have written, each made sure of."""

from __future__ import annotations

from typing import Any, get_args

from geocairn.findings import Finding, Kind, Report, Severity

__all__ = ["count", "listed", "record", "report", "text", "texts"]

_MOST = 200
_LONGEST = 1000


def record(value: Any) -> dict[str, Any]:
    """An object.

    Raises:
        ValueError: If it is none.
    """
    if not isinstance(value, dict):
        raise ValueError("has something else where an object belongs")
    return value


def listed(value: Any) -> list[Any]:
    """The first entries of a list.

    Raises:
        ValueError: If it is none.
    """
    if not isinstance(value, list):
        raise ValueError("has something else where a list belongs")
    return value[:_MOST]


def text(value: Any, *, most: int = _LONGEST) -> str:
    """The beginning of a text.

    Raises:
        ValueError: If it is none.
    """
    if not isinstance(value, str):
        raise ValueError("has something else where a text belongs")
    return value[:most]


def texts(value: Any) -> list[str]:
    """The first texts of a list.

    Raises:
        ValueError: If it is none, or one of them is none.
    """
    return [text(part) for part in listed(value)]


def count(value: Any) -> int:
    """A whole number that is not negative.

    Raises:
        ValueError: If it is none.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise ValueError("has something else where a whole number belongs")
    return value


def report(value: Any) -> Report:
    """Findings, counted anew: what the report says of their number does not count.

    Raises:
        ValueError: If they are none.
    """
    document = record(value)
    found = Report(limit=50)
    found.documents = count(document.get("documents"))
    for part in listed(document.get("findings")):
        found.add(_finding(record(part)))
    return found


def _finding(part: dict[str, Any]) -> Finding:
    severity: Any = part.get("severity")
    kind: Any = part.get("kind")
    code = text(part.get("code"), most=8)
    if severity not in get_args(Severity) or kind not in get_args(Kind):
        raise ValueError("has a finding of an unknown kind")
    if not (code.isascii() and code.isalnum() and code.isupper()):
        raise ValueError("has a finding of an unknown code")
    return Finding(
        code=code,
        severity=severity,
        kind=kind,
        message=text(part.get("message")),
        path=text(part.get("path"), most=300),
        value=text(part.get("value"), most=100),
        remedy=text(part.get("remedy")),
        origin=text(part.get("origin"), most=300),
        item=text(part.get("item"), most=200),
    )
