"""What checks find, and how it is told: text, JSON, Markdown and GitHub annotations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "Kind", "Severity"]

Severity = Literal["error", "warning", "advice"]
Kind = Literal["schema", "spec", "rule"]


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
