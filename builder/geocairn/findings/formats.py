"""How a report is told: text, outline, JSON, Markdown and GitHub annotations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from geocairn import _io
from geocairn.findings.finding import DOCUMENTATION, Finding, Severity, rank

if TYPE_CHECKING:
    from geocairn.findings.report import Report

__all__ = ["github", "json", "markdown", "markdown_text", "outline", "printable", "text"]

_COLOURS: dict[Severity, str] = {"error": "31", "warning": "33", "advice": "36"}
_ALIVE = re.compile(r"@|#|:(?=//)|\bGH(?=-\d)|\bwww(?=\.)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def text(report: Report, *, color: bool = False) -> str:
    """For a terminal: one block per document, and a summary line."""
    lines = [line for group in report.by_document() for line in _block(*group, color=color)]
    lines += [f"{code}: {n:,} more not shown" for code, n in report.cut()]
    return "\n".join([*lines, report.summary()])


def outline(report: Report, *, color: bool = False, limit: int = 20) -> str:
    """For the end of a long job: errors in full, everything else a line a code.

    Args:
        report: What was found.
        color: Whether to paint.
        limit: How many documents with errors are shown.
    """
    lines: list[str] = []
    shown = 0
    for origin, item, findings in report.by_document():
        errors = [finding for finding in findings if finding.severity == "error"]
        shown += bool(errors)
        if errors and shown <= limit:
            lines += _block(origin, item, errors, color=color)
    if shown > limit:
        least = "At least " if report.cut() else ""
        lines += [f"{least}{shown - limit:,} more documents have errors.", ""]
    milder = {f.code: f for f in reversed(report.kept) if f.severity != "error"}
    for code, first in sorted(milder.items()):
        word = _paint(first.severity, _COLOURS[first.severity], color=color)
        place, message = printable(_place(first)), printable(first.message)
        lines.append(f"{code} {word}, {report.counts[code]:,} times: {place}: {message}")
        lines.append(f"    first in {printable(first.origin or first.item or 'the hub')}")
    return "\n".join([*lines, report.summary()])


def json(report: Report) -> str:
    """For programs: counts, findings as objects with `Finding`'s fields, and what was cut."""
    document = {
        "documents": report.documents,
        "errors": report.errors,
        "warnings": report.warnings,
        "advice": report.advice,
        "counts": dict(sorted(report.counts.items())),
        "not_shown": dict(report.cut()),
        "findings": [asdict(finding) for finding in report.kept],
    }
    return _io.dumps(document, indent=True).decode("utf-8", errors="replace")


def markdown(report: Report, *, limit: int = 60_000) -> str:
    """For a pull request's comment: a table per document, at most ``limit`` characters."""
    tail = ["", f"**{markdown_text(report.summary())}**"]
    room = limit - sum(len(line) + 1 for line in tail) - 60
    lines: list[str] = []
    for block in _markdown_blocks(report):
        room -= len(block) + 1
        if room < 0:
            lines.append("\nThe rest is left out: the report is too long for this place.")
            break
        lines.append(block)
    return "\n".join([*lines, *tail]).lstrip("\n")


def _markdown_blocks(report: Report) -> Iterator[str]:
    for origin, item, findings in report.by_document():
        head = ": ".join(markdown_text(part) for part in (origin, item) if part)
        yield f"\n### {head or 'document'}\n"
        yield "| code | where | what | remedy |\n| --- | --- | --- | --- |"
        for finding in findings:
            code = f"[{finding.code}]({DOCUMENTATION}{finding.code}.html) {finding.severity}"
            cells = (_place(finding), finding.message, finding.remedy)
            yield f"| {code} | " + " | ".join(map(markdown_text, cells)) + " |"
    for code, n in report.cut():
        yield f"\n{code}: {n:,} more not shown"


def github(report: Report) -> str:
    """For GitHub Actions: one workflow command per finding, and a summary line.

    Escaped as the runner reads it: ``%``, line breaks, and in properties ``:`` and ``,``
    (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands).
    """
    names: dict[Severity, str] = {"error": "error", "warning": "warning", "advice": "notice"}
    lines = []
    for finding in sorted(report.kept, key=rank):
        properties = {"title": f"{finding.code} {finding.item}".strip()}
        file, line = _file_and_line(finding.origin)
        if file:
            properties = {"file": file, **({"line": line} if line else {}), **properties}
        listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
        parts = (f"{_place(finding)}: {finding.message}", finding.remedy)
        data = _data("\n".join(printable(part) for part in parts if part))
        lines.append(f"::{names[finding.severity]} {listed}::{data}")
    lines += [f"::notice ::{code}: {n} more not shown" for code, n in report.cut()]
    return "\n".join([*lines, report.summary()])


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


def _paint(text: str, code: str, *, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text


def printable(text: str) -> str:
    """A text without control characters, for a terminal or a page.

    Documents are hostile: their text must not move the cursor or reverse the line.
    """
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def markdown_text(text: str) -> str:
    """A text that stays one in Markdown: no markup, no link, and nobody is called by it."""
    text = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_{}\[\]()#+!|~$])", r"\\\1", text)
    # Hosts look for mentions, references and bare addresses in the text after it is rendered, so
    # neither a backslash nor an entity keeps them from it; a space of no width does.
    return _ALIVE.sub(lambda match: f"{match[0]}&#8203;", text)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")


def _file_and_line(origin: str) -> tuple[str, str]:
    if "://" in origin:
        return "", ""
    match = re.fullmatch(r"(.+?):(\d+)", origin, flags=re.DOTALL)
    return (match[1], match[2]) if match else (origin, "")
