"""Evidence: what was found when a model was run, and for which files it holds.

It lies outside of the catalog, in a folder of its own that only the hub's keepers write:
``evidence/<collection>/<model>/<version>.json`` for
``catalog/<collection>/<model>/<version>/item.json``. What a submission brings along counts for
nothing. See ``docs/decisions/verification.md``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from geocairn import _io
from geocairn.errors import InputError, MalformedJSONError

__all__ = [
    "LARGEST",
    "Evidence",
    "Reproduction",
    "checked",
    "parse_evidence",
    "read_evidence",
]

FORMAT = "geocairn-evidence-1"
LARGEST = 1 << 18
"""Bytes that a file of evidence may have."""

_CHECKSUM = re.compile(r"1220[0-9a-f]{64}").fullmatch
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ").fullmatch
_TEXT = 400
_MOST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """One model file, run on the sample.

    Attributes:
        asset: Key of the file's asset.
        checksum: SHA2-256 of the file, as a multihash.
        size: Its bytes.
        agrees: Whether what came out is what the sample expects.
        problem: Why not, in words; empty where it does.
        values: How many values were compared.
        outside: How many were outside of the tolerance.
        absolute: The largest difference.
        relative: The largest difference as a share of the value expected.
        seconds: How long the run took, on one thread.
        peak_memory: Bytes that the process had in memory at the most.
        sweep: What other batches and sizes gave: each says which, and its problem or none.
    """

    asset: str
    checksum: str
    size: int
    agrees: bool
    problem: str = ""
    values: int = 0
    outside: int = 0
    absolute: float = 0.0
    relative: float = 0.0
    seconds: float = 0.0
    peak_memory: int = 0
    sweep: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was found for one item.

    Attributes:
        item: Its id.
        time: When, RFC 3339, UTC.
        input: SHA2-256 of the sample input, as a multihash.
        output: That of the output expected.
        absolute: Tolerance, in units of the values.
        relative: Tolerance, as a share of the value expected.
        versions: What computed, by name.
        machine: System and processor.
        isolation: What isolated the run.
        models: One for each model file.
    """

    item: str
    time: str
    input: str
    output: str
    absolute: float
    relative: float
    versions: Mapping[str, str]
    machine: str
    isolation: tuple[str, ...]
    models: tuple[Reproduction, ...]

    @property
    def reproduced(self) -> bool:
        """Whether every model file gave what the sample expects."""
        return bool(self.models) and all(one.agrees for one in self.models)

    def to_json(self) -> bytes:
        """As it is written and published."""
        return _io.dumps({"format": FORMAT, **asdict(self)}, indent=True) + b"\n"


def read_evidence(path: Path) -> Evidence | None:
    """Read a file of evidence; None where there is none.

    Raises:
        InputError: If it cannot be read, or is not what this version writes.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror or error}",
            where=str(path),
            remedy="Remove it, and verify the model again.",
        ) from error
    return parse_evidence(data, where=str(path))


def parse_evidence(data: bytes, *, where: str = "") -> Evidence:
    """The same, of bytes.

    Raises:
        InputError: If they are not what this version writes.
    """
    try:
        if len(data) > LARGEST:
            raise ValueError("it is too large")
        document = _io.loads(data, unique=True)
        if not isinstance(document, dict) or document.pop("format", None) != FORMAT:
            raise ValueError(f"its format is not {FORMAT}")
        return _evidence(document)
    except (ValueError, TypeError, KeyError, MalformedJSONError) as error:
        raise InputError(
            f"is no evidence that can be read: {error}",
            where=where,
            remedy="Remove it, and verify the model again.",
        ) from None


def _evidence(told: dict[str, Any]) -> Evidence:
    models = told.pop("models")
    versions, isolation = told.pop("versions"), told.pop("isolation")
    found = Evidence(
        **told,
        versions={_text(key): _text(value) for key, value in dict(versions).items()},
        isolation=tuple(_text(one) for one in isolation),
        models=tuple(_reproduction(one) for one in models[:_MOST]),
    )
    for text in (found.item, found.machine):
        _text(text)
    if not _TIME(_text(found.time)):
        raise ValueError("its time is none")
    for one in (found.input, found.output):
        _checksum(one)
    _numbers(found.absolute, found.relative)
    return found


def _reproduction(told: dict[str, Any]) -> Reproduction:
    sweep = tuple(told.pop("sweep"))
    return checked(Reproduction(**told, sweep=sweep))


def checked(found: Reproduction) -> Reproduction:
    """The same, if all that it says is of the kind it should be.

    Raises:
        TypeError, ValueError, KeyError: If not.
    """
    _checksum(found.checksum)
    _text(found.asset)
    _text(found.problem)
    if not isinstance(found.agrees, bool):
        raise TypeError("agrees is neither true nor false")
    _numbers(
        found.size,
        found.values,
        found.outside,
        found.absolute,
        found.relative,
        found.seconds,
        found.peak_memory,
    )
    return replace(found, sweep=tuple(_attempt(one) for one in found.sweep[:_MOST]))


def _attempt(told: Mapping[str, Any]) -> Mapping[str, Any]:
    kept: dict[str, Any] = {
        name: told[name] for name in ("batch", "height", "width") if name in told
    }
    _numbers(*kept.values())
    return {**kept, "problem": _text(told["problem"])}


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _TEXT:
        raise ValueError("a text is none, or too long")
    return value


def _checksum(value: Any) -> None:
    if not isinstance(value, str) or not _CHECKSUM(value):
        raise ValueError("a checksum is no multihash of SHA2-256")


def _numbers(*values: Any) -> None:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TypeError("a number is none")
        if not math.isfinite(value) or value < 0:
            raise ValueError("a number is below 0 or without end")
