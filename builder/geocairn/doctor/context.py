"""What every part of an examination shares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from geocairn import _io
from geocairn.doctor.codes import RULES
from geocairn.doctor.files import HubFiles
from geocairn.errors import MalformedJSONError
from geocairn.findings import Finding, Report, json_path, short_json
from geocairn.progress import Progress

__all__ = ["LARGEST_DOCUMENT", "Context", "first_difference"]

LARGEST_DOCUMENT = 1 << 20
"""Bytes that no catalog and no collection exceeds."""

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Context:
    """One examination.

    Attributes:
        files: The hub.
        progress: Told how far it is.
        sample: Items to look at; None for all.
        report: What was found.
    """

    files: HubFiles
    progress: Progress
    sample: int | None = None
    report: Report = field(default_factory=Report)

    def say(
        self,
        code: str,
        message: str,
        *,
        file: str,
        path: Iterable[str | int] = (),
        value: Any = None,
        item: str = "",
    ) -> None:
        """Report a drift.

        Args:
            code: Its code.
            message: What is wrong, in one sentence, without its place.
            file: The file, by path from the hub's root.
            path: Place in the document.
            value: What is there.
            item: The item's id.
        """
        rule = RULES[code]
        self.report.add(
            Finding(
                code=code,
                severity=rule.severity,
                kind=rule.kind,
                message=message,
                path=json_path(path),
                value="" if value is None else short_json(value),
                remedy=rule.remedy,
                origin=file,
                item=item,
            )
        )

    def document(self, path: str) -> dict[str, Any] | None:
        """A catalog, a collection or another small document; None where it cannot be read."""
        data = self.files.read(path)
        if data is None:
            self.say("DOC001", "is not there", file=path)
            return None
        if len(data) > LARGEST_DOCUMENT:
            self.say("DOC003", f"has {_io.human_size(len(data))}", file=path)
        return self.parse(data, path)

    def parse(self, data: bytes, path: str) -> dict[str, Any] | None:
        """An object's JSON; None where it is none."""
        try:
            found = _io.loads(data)
        except MalformedJSONError as error:
            self.say("DOC002", error.message, file=path)
            return None
        if isinstance(found, dict):
            return found
        self.say("DOC002", "is not a JSON object", file=path, value=found)
        return None


def first_difference(
    one: Any, other: Any, path: tuple[str | int, ...] = ()
) -> tuple[tuple[str | int, ...], str, str] | None:
    """Where two JSON values differ first.

    Stricter than ``==``: 1, 1.0 and true differ, and so do 0.0 and -0.0.

    Returns:
        The place, and both values as text; None for equal values.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        keys: Iterable[str | int] = dict.fromkeys([*one, *other])
        pairs = ((key, one.get(key, _ABSENT), other.get(key, _ABSENT)) for key in keys)
    elif isinstance(one, list) and isinstance(other, list):
        longest = range(max(len(one), len(other)))
        pairs = ((n, _at(one, n), _at(other, n)) for n in longest)
    elif type(one) is type(other) and repr(one) == repr(other):
        return None
    else:
        return path, _shown(one), _shown(other)
    for key, left, right in pairs:
        if found := first_difference(left, right, (*path, key)):
            return found
    return None


def _at(values: list[Any], place: int) -> Any:
    return values[place] if place < len(values) else _ABSENT


def _shown(value: Any) -> str:
    return "absent" if value is _ABSENT else short_json(value, limit=60)
