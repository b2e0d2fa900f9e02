"""What checks find, and how it is told: text, JSON, Markdown and GitHub annotations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from geocairn import _io

__all__ = [
    "DOCUMENTATION",
    "Finding",
    "Kind",
    "Report",
    "Severity",
    "json_path",
    "printable",
    "short_json",
]

Severity = Literal["error", "warning", "advice"]
Kind = Literal["schema", "spec", "rule"]

DOCUMENTATION = "https://geocairn.org/docs/checks/"
"""Where each code has its page, at ``<code>/``."""

_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "advice": 2}
_COLOURS: dict[Severity, str] = {"error": "31", "warning": "33", "advice": "36"}
_PLURALS: dict[Severity, tuple[str, str]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "advice": ("piece of advice", "pieces of advice"),
}
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


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


class Report:
    """Gathers findings and tells them in one of four forms.

    Memory is bounded: of each code only the first ``limit`` findings are kept in full, the rest
    are counted.

    Args:
        limit: How many findings of one code are kept.

    Attributes:
        documents: How many documents were checked.
        counts: How many findings each code has, kept or not.
        kept: The findings kept, in the order they came.
        severities: How many findings each severity has, kept or not.
    """

    def __init__(self, *, limit: int = 1000) -> None:
        self.limit = limit
        self.documents = 0
        self.counts: Counter[str] = Counter()
        self.kept: list[Finding] = []
        self.severities: Counter[Severity] = Counter()

    def add(self, finding: Finding) -> None:
        """Take one finding in."""
        self.counts[finding.code] += 1
        self.severities[finding.severity] += 1
        if self.counts[finding.code] <= self.limit:
            self.kept.append(finding)

    def extend(self, findings: Iterable[Finding], *, documents: int = 0) -> None:
        """Take several findings in, and the number of documents that they come from."""
        self.documents += documents
        for finding in findings:
            self.add(finding)

    def merge(self, other: Report) -> None:
        """Take in what another report gathered, such as one from a worker process."""
        room = {code: self.limit - min(self.limit, n) for code, n in self.counts.items()}
        for finding in other.kept:
            left = room.setdefault(finding.code, self.limit)
            if left > 0:
                self.kept.append(finding)
                room[finding.code] = left - 1
        self.documents += other.documents
        self.counts.update(other.counts)
        self.severities.update(other.severities)

    @property
    def errors(self) -> int:
        """How many errors were found."""
        return self.severities["error"]

    @property
    def warnings(self) -> int:
        """How many warnings were found."""
        return self.severities["warning"]

    @property
    def advice(self) -> int:
        """How many pieces of advice were found."""
        return self.severities["advice"]

    def failed(self, *, strict: bool = False) -> bool:
        """Whether the findings stop a build: any error, and when strict any warning."""
        return bool(self.errors or (strict and self.warnings))

    def by_document(self) -> Iterator[tuple[str, str, list[Finding]]]:
        """The kept findings grouped by document, gravest first within each.

        Yields:
            Origin, item id and findings of one document, in the order documents came.
        """
        groups: dict[tuple[str, str], list[Finding]] = {}
        for finding in self.kept:
            groups.setdefault((finding.origin, finding.item), []).append(finding)
        for (origin, item), findings in groups.items():
            yield origin, item, sorted(findings, key=_rank)

    def summary(self) -> str:
        """One line: what was found in how many documents."""
        parts = [
            f"{n:,} {names[n != 1]}"
            for severity, names in _PLURALS.items()
            if (n := self.severities[severity])
        ]
        found = ", ".join(parts) if parts else "nothing to report"
        plural = "document" if self.documents == 1 else "documents"
        return f"{found} in {self.documents:,} {plural}"

    def _left_out(self) -> list[tuple[str, int]]:
        return [(code, n - self.limit) for code, n in sorted(self.counts.items()) if n > self.limit]

    def to_text(self, *, color: bool = False) -> str:
        """For a terminal: one block per document, and a summary line."""
        lines = [line for group in self.by_document() for line in _block(*group, color=color)]
        lines += [f"{code}: {n:,} more not shown" for code, n in self._left_out()]
        return "\n".join([*lines, self.summary()])

    def to_outline(self, *, color: bool = False, limit: int = 20) -> str:
        """For the end of a long job: errors in full, everything else a line a code.

        Args:
            color: Whether to paint.
            limit: How many documents with errors are shown.
        """
        lines: list[str] = []
        shown = 0
        for origin, item, findings in self.by_document():
            errors = [finding for finding in findings if finding.severity == "error"]
            shown += bool(errors)
            if errors and shown <= limit:
                lines += _block(origin, item, errors, color=color)
        if shown > limit:
            least = "At least " if self._left_out() else ""
            lines += [f"{least}{shown - limit:,} more documents have errors.", ""]
        milder = {f.code: f for f in reversed(self.kept) if f.severity != "error"}
        for code, first in sorted(milder.items()):
            word = _paint(first.severity, _COLOURS[first.severity], color=color)
            place, message = printable(_place(first)), printable(first.message)
            lines.append(f"{code} {word}, {self.counts[code]:,} times: {place}: {message}")
            lines.append(f"    first in {printable(first.origin or first.item or 'the hub')}")
        return "\n".join([*lines, self.summary()])

    def to_json(self) -> str:
        """For programs: counts, findings as objects with `Finding`'s fields, and what was cut."""
        document = {
            "documents": self.documents,
            "errors": self.errors,
            "warnings": self.warnings,
            "advice": self.advice,
            "counts": dict(sorted(self.counts.items())),
            "not_shown": dict(self._left_out()),
            "findings": [asdict(finding) for finding in self.kept],
        }
        return _io.dumps(document, indent=True).decode("utf-8", errors="replace")

    def to_markdown(self, *, limit: int = 60_000) -> str:
        """For a pull request's comment: a table per document, at most ``limit`` characters."""
        tail = ["", f"**{_markdown(self.summary())}**"]
        room = limit - sum(len(line) + 1 for line in tail) - 60
        lines: list[str] = []
        for block in self._markdown_blocks():
            room -= len(block) + 1
            if room < 0:
                lines.append("\nThe rest is left out: the report is too long for this place.")
                break
            lines.append(block)
        return "\n".join([*lines, *tail]).lstrip("\n")

    def _markdown_blocks(self) -> Iterator[str]:
        for origin, item, findings in self.by_document():
            head = ": ".join(_markdown(part) for part in (origin, item) if part)
            yield f"\n### {head or 'document'}\n"
            yield "| code | where | what | remedy |\n| --- | --- | --- | --- |"
            for finding in findings:
                code = f"[{finding.code}]({DOCUMENTATION}{finding.code}/) {finding.severity}"
                cells = (_place(finding), finding.message, finding.remedy)
                yield f"| {code} | " + " | ".join(map(_markdown, cells)) + " |"
        for code, n in self._left_out():
            yield f"\n{code}: {n:,} more not shown"

    def to_github(self) -> str:
        """For GitHub Actions: one workflow command per finding, and a summary line.

        Escaped as the runner reads it: ``%``, line breaks, and in properties ``:`` and ``,``
        (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands).
        """
        names: dict[Severity, str] = {"error": "error", "warning": "warning", "advice": "notice"}
        lines = []
        for finding in sorted(self.kept, key=_rank):
            properties = {"title": f"{finding.code} {finding.item}".strip()}
            file, line = _file_and_line(finding.origin)
            if file:
                properties = {"file": file, **({"line": line} if line else {}), **properties}
            listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
            parts = (f"{_place(finding)}: {finding.message}", finding.remedy)
            data = _data("\n".join(part for part in parts if part))
            lines.append(f"::{names[finding.severity]} {listed}::{data}")
        lines += [f"::notice ::{code}: {n} more not shown" for code, n in self._left_out()]
        return "\n".join([*lines, self.summary()])


def _place(finding: Finding) -> str:
    return f"{finding.path} = {finding.value}" if finding.value else finding.path


def _block(origin: str, item: str, findings: list[Finding], *, color: bool) -> list[str]:
    """What was found in one document, as lines for a terminal."""
    head = ": ".join(printable(part) for part in (origin, item) if part)
    lines = [_paint(head or "(document)", "1", color=color)]
    for finding in findings:
        word = _paint(finding.severity, _COLOURS[finding.severity], color=color)
        message = printable(finding.message)
        lines.append(f"  {finding.code} {word} {printable(_place(finding))}: {message}")
        if finding.remedy:
            lines.append(f"      {printable(finding.remedy)}")
    return [*lines, ""]


def _rank(finding: Finding) -> tuple[int, str, str]:
    return _ORDER[finding.severity], finding.code, finding.path


def _paint(text: str, code: str, *, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text


def printable(text: str) -> str:
    """A text without control characters, for a terminal or a page.

    Documents are hostile: their text must not move the cursor or reverse the line.
    """
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def _markdown(text: str) -> str:
    text = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_{}\[\]()#+!|~$])", r"\\\1", text)
    # Mentions and bare addresses would notify people or become links.
    return text.replace("@", "&#64;").replace("://", ":&#47;&#47;")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _file_and_line(origin: str) -> tuple[str, str]:
    if "://" in origin:
        return "", ""
    match = re.fullmatch(r"(.+?):(\d+)", origin, flags=re.DOTALL)
    return (match[1], match[2]) if match else (origin, "")
