"""One thing that a check found, and how its place and value are written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from geocairn import _io

__all__ = ["DOCUMENTATION", "Finding", "Kind", "Severity", "json_path", "rank", "short_json"]

Severity = Literal["error", "warning", "advice"]
Kind = Literal["schema", "spec", "rule"]

DOCUMENTATION = "https://geocairn.org/docs/checks/"
"""Where each code has its page, at ``<code>.html``."""

_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "advice": 2}
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found in one document.

    Attributes:
        code: Stable code, such as ``MLM012``; each has a page in the documentation.
        severity: ``error`` stops a build, ``warning`` stops a strict one, ``advice`` never.
        kind: Whether a JSON Schema, the written specification or a rule of ours says so.
        message: What is wrong, in one sentence.
        path: JSON path inside the document, such as ``$.properties['mlm:input'][0].bands``.
        value: The value found there, as short JSON text; empty where it is absent.
        remedy: What to do, as an instruction.
        origin: File, URL or ``file:line`` of the document.
        item: The document's id, where it has one.
    """

    code: str
    severity: Severity
    kind: Kind
    message: str
    path: str = "$"
    value: str = ""
    remedy: str = ""
    origin: str = ""
    item: str = ""


def json_path(parts: Iterable[str | int]) -> str:
    """Write the steps from a document's root to a value as a JSON path.

    ``("properties", "mlm:input", 0, "bands")`` gives ``$.properties['mlm:input'][0].bands``.
    """
    text = "$"
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _IDENTIFIER.match(part):
            text += f".{part}"
        else:
            quoted = part.replace("\\", "\\\\").replace("'", "\\'")
            text += f"['{quoted}']"
    return text


def short_json(value: Any, *, limit: int = 80) -> str:
    """A value as compact JSON text of at most ``limit`` characters, cut with an ellipsis.

    Only the first few members of a long list or object are serialised, so that the time does
    not grow with the value.
    """
    text = _io.dumps(_head(value, limit=limit)).decode("utf-8", errors="replace")
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _head(value: Any, *, limit: int, depth: int = 4) -> Any:
    if isinstance(value, str):
        return value[: limit + 1]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**40:
        return f"an integer of about {value.bit_length() * 0.30103:.0f} digits"
    if isinstance(value, list):
        return [_head(v, limit=limit, depth=depth - 1) for v in value[:20]] if depth else "…"
    if isinstance(value, dict):
        if not depth:
            return "…"
        keys = [key for key, _ in zip(value, range(20), strict=False)]
        return {key[:limit]: _head(value[key], limit=limit, depth=depth - 1) for key in keys}
    return value


def rank(finding: Finding) -> tuple[int, str, str]:
    """Sort key: gravest first, then by code and place."""
    return _ORDER[finding.severity], finding.code, finding.path
