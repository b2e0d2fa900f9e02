"""The checks reference: one page for every code, written from the rules themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geocairn import _io
from geocairn.checks import examples
from geocairn.checks.rule import REMOVED, Patch, Rule
from geocairn.checks.rules import RULES
from geocairn.checks.score import COMPLETENESS
from geocairn.findings import json_path

__all__ = ["write_reference"]

_GROUPS = (
    ("SCH", "Schemas", "What JSON Schemas say."),
    (
        "MLM",
        "Models",
        "What a model's description says of itself. From MLM100 on: where the written "
        "specification of the model extension and its schema disagree.",
    ),
    ("STAC", "Items", "Footprint, time, files, licence, people and identity of an item."),
    ("HUB", "Hub", "What only shows when all documents are seen together, in a build."),
)
_KINDS = {
    "schema": "a JSON Schema says so",
    "spec": "the written specification decides, where the schema says otherwise or nothing",
    "rule": "a semantic rule of geocairn",
}
_SEVERITIES = {
    "error": "stops a build",
    "warning": "stops a build with `--strict`",
    "advice": "never stops a build",
}


def write_reference(folder: Path) -> list[Path]:
    """Write the checks reference.

    Args:
        folder: Where to write; made if need be.

    Returns:
        The files written: ``index.md`` and one page a code.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = {"index.md": _index()} | {f"{code}.md": _page(rule) for code, rule in RULES.items()}
    written = []
    for name, text in pages.items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def _index() -> str:
    lines = [
        "# Checks",
        "",
        "`geocairn check` and every build look at documents with JSON Schemas, with the written",
        "specification where it and its schema disagree, and with semantic rules. Every finding",
        "has one of the codes below. Codes are stable: a code is never given to another check.",
        "",
        "Choose codes by their beginnings, as in ruff: `--select MLM,STAC03` checks only these,",
        "`--ignore MLM003` leaves one out; the longer, more specific one counts. `--fix` puts",
        "right what needs no person (marked in the tables).",
    ]
    for prefix, title, text in _GROUPS:
        lines += ["", f"## {title}", "", text, ""]
        lines += ["| code | what | severity | kind | fix |", "| --- | --- | --- | --- | --- |"]
        lines += [
            f"| [{rule.code}]({rule.code}.md) | {rule.title} | {rule.severity} | {rule.kind} "
            f"| {'yes' if rule.fix else ''} |"
            for rule in RULES.values()
            if rule.code.startswith(prefix)
        ]
    return "\n".join([*lines, "", *_score(), ""])


def _score() -> list[str]:
    lines = [
        "## Score",
        "",
        "`geocairn check` gives every item a score out of 100: the points of what it says (below),",
        "less 15 for each code of an error and 4 for each code of a warning found in it, 50 at",
        "most and not below 0. Advice costs nothing. With the score comes what would raise it.",
        "",
        "| what is given | points | how |",
        "| --- | --- | --- |",
    ]
    return lines + [f"| {one.name} | {one.points} | {one.advice} |" for one in COMPLETENESS]


def _page(rule: Rule) -> str:
    lines = [
        f"# {rule.code}: {rule.title}",
        "",
        f"**{rule.severity.capitalize()}** ({_SEVERITIES[rule.severity]}); kind: {rule.kind}, "
        f"{_KINDS[rule.kind]}." + (" Fixed by `--fix`." if rule.fix else ""),
        "",
        "## Why",
        "",
        rule.why,
        "",
        "## What to do",
        "",
        rule.remedy,
    ]
    if rule.failing:
        base = examples.COLLECTION if rule.subject == "collection" else examples.ITEM
        passing = rule.passing or dict.fromkeys(rule.failing)
        lines += [
            "",
            "## Examples",
            "",
            "Found:",
            "",
            *_shown(rule.failing, base),
            "",
            "Passes:",
            "",
            *_shown(passing, base, from_base=not rule.passing),
        ]
    return "\n".join([*lines, ""])


def _shown(patch: Patch, base: dict[str, Any], *, from_base: bool = False) -> list[str]:
    """The patched members, each under its place in the document."""
    lines: list[str] = []
    for pointer, value in patch.items():
        shown = _at(base, pointer) if from_base else value
        place = json_path(int(s) if s.isdigit() else s for s in _steps(pointer))
        if shown is REMOVED:
            lines += [f"`{place}` is absent", ""]
        else:
            text = _io.dumps(shown, indent=True).decode()
            lines += [f"`{place}`", "", "```json", text, "```", ""]
    return lines[:-1]


def _steps(pointer: str) -> list[str]:
    return [s.replace("~1", "/").replace("~0", "~") for s in pointer.split("/")[1:]]


def _at(document: Any, pointer: str) -> Any:
    for name in _steps(pointer):
        if isinstance(document, list):
            if not name.isdigit() or int(name) >= len(document):
                return REMOVED
            document = document[int(name)]
        elif isinstance(document, dict) and name in document:
            document = document[name]
        else:
            return REMOVED
    return document
