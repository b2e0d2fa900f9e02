"""What came of looking at a pull request, and how it is told."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from geocairn import _io
from geocairn.errors import InputError, MalformedJSONError
from geocairn.findings import Report, markdown_text, printable
from geocairn.submission import reading

__all__ = ["LARGEST_JSON", "MARK", "Entry", "Submission", "Verification", "from_json"]

MARK = "<!-- geocairn submission -->"
"""What a comment begins with, to be found again."""

_LONGEST = 60_000
_ROOM_FOR_FINDINGS = 30_000
LARGEST_JSON = 2 << 20
"""Bytes of the largest report that is read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether a model does what its sample says.

    Attributes:
        state: ``reproduced``, ``failed`` or ``not verified``.
        told: What was found, or why nothing was done, in a sentence or two.
    """

    state: str = "not verified"
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a pull request.

    Attributes:
        id: Its id.
        state: ``new``, ``changed`` or ``removed``.
        changes: What changed, in words.
        compared: The version that it was compared with, where it is another one.
        score: Its score out of 100.
        verification: Whether it does what its sample says.
    """

    id: str
    state: str
    changes: tuple[str, ...] = ()
    compared: str = ""
    score: int | None = None
    verification: Verification = field(default_factory=Verification)


@dataclass(slots=True, kw_only=True)
class Submission:
    """What came of looking at a pull request.

    Attributes:
        base: Hash of the published commit.
        head: Hash of the commit that is proposed.
        author: Numeric id of who proposes it.
        kind: What it is, in words: ``new model``, ``new version``, ``change``, ``removal``, ...
        folder: The folder that it changes; empty where it changes none, or several.
        owners: What was decided about owners, in words.
        entries: The items in it.
        changes: What else changed, in words.
        report: What was found.
        preview: Address of a rendered preview, if there is one.
    """

    base: str = ""
    head: str = ""
    author: int = 0
    kind: str = "nothing"
    folder: str = ""
    owners: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    report: Report = field(default_factory=lambda: Report(limit=50))
    preview: str = ""

    @property
    def accepted(self) -> bool:
        """Whether nothing speaks against it, as far as a machine can tell."""
        return not self.report.errors

    @property
    def verdict(self) -> str:
        """The outcome in a sentence."""
        if self.accepted:
            return "Ready for review: nothing was found that speaks against it."
        count = self.report.errors
        return (
            f"Not ready: {count:,} {'error has' if count == 1 else 'errors have'} to be put right."
        )

    def to_json(self) -> str:
        """For programs, and for whoever tells it elsewhere."""
        document = {
            "geocairn_submission": 1,
            "accepted": self.accepted,
            "verdict": self.verdict,
            "base": self.base,
            "head": self.head,
            "author": self.author,
            "kind": self.kind,
            "folder": self.folder,
            "owners": self.owners,
            "entries": [asdict(entry) for entry in self.entries],
            "changes": self.changes,
            "preview": self.preview,
            "report": _io.loads(self.report.to_json().encode()),
        }
        return _io.dumps(document, indent=True).decode("utf-8", errors="replace")

    def to_text(self, *, color: bool = False) -> str:
        """For a terminal."""
        lines = [f"{self.kind}: {self.folder or 'no single folder'}"]
        lines += [f"  {line}" for line in self.owners]
        for entry in self.entries:
            lines += ["", f"{entry.id} ({_about(entry)})"]
            lines += [f"  {line}" for line in entry.changes]
            lines.append(f"  {entry.verification.state}: {entry.verification.told}")
        lines += ["", *self.changes] if self.changes else []
        lines += ["", f"Preview: {self.preview}"] if self.preview else []
        told = [printable(line) for line in lines]
        return "\n".join([*told, "", self.report.to_text(color=color), "", self.verdict])

    def to_github(self) -> str:
        """For GitHub Actions: annotations, and the verdict."""
        return f"{self.report.to_github()}\n{self.verdict}"

    def to_markdown(self) -> str:
        """For a comment: at most 60,000 characters, nothing of it alive."""
        sign = "✅" if self.accepted else "❌"
        head = [MARK, f"## {sign} {self.verdict}", ""]
        head.append(
            f"**{markdown_text(self.kind)}**" + (f" of {_code(self.folder)}" if self.folder else "")
        )
        head += [f"- {markdown_text(line)}" for line in self.owners]
        body: list[str] = []
        for entry in self.entries:
            body += _entry_lines(entry)
        if self.changes:
            body += ["", "### What else changes", ""]
            body += [f"- {markdown_text(line)}" for line in self.changes]
        tail = ["", "### Preview", "", _preview(self.preview)]
        if self.report.kept:
            tail += ["", "### Checks", "", self.report.to_markdown(limit=_ROOM_FOR_FINDINGS)]
        tail += [
            "",
            f"Looked at {_code(self.head[:12])} over {_code(self.base[:12])}; "
            "code and rules are those of the base.",
        ]
        room = _LONGEST - sum(len(line) + 1 for line in (*head, *tail)) - 100
        return "\n".join([*head, *_within(body, room), *tail])


def _within(lines: list[str], room: int) -> list[str]:
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return [*kept, "", "The rest is left out: it is too long for this place."]
        kept.append(line)
    return kept


def _about(entry: Entry) -> str:
    parts = [entry.state]
    if entry.compared:
        parts.append(f"compared with {entry.compared}")
    if entry.score is not None:
        parts.append(f"score {entry.score}/100")
    return ", ".join(parts)


def _entry_lines(entry: Entry) -> list[str]:
    verified = entry.verification
    sign = {"reproduced": "✅", "failed": "❌"}.get(verified.state, "❔")
    lines = ["", f"### {markdown_text(entry.id)}", "", markdown_text(_about(entry)), ""]
    lines += [f"- {markdown_text(line)}" for line in entry.changes]
    told = f": {markdown_text(verified.told)}" if verified.told else ""
    return [*lines, "", f"{sign} {markdown_text(verified.state)}{told}"]


def _preview(address: str) -> str:
    if re.fullmatch(r"https://[A-Za-z0-9.-]+/[A-Za-z0-9._~/#?=&%-]*", address):
        how = "an archive: unpack it, then `geocairn preview --no-build -o FOLDER`"
        return f"[The changed entries as pages]({address}) ({how})"
    return "There is none."


def _code(text: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._/ -]", "?", text)
    return f"`{plain}`" if plain.strip() else "nothing"


def from_json(data: bytes) -> Submission:
    """Read a report again that comes from a place where anything may have written it.

    Texts are shortened, and everything that has another type than it should is refused. What the
    report says need not be true: only whoever made it knows.

    Raises:
        InputError: If it is no such report.
    """
    try:
        if len(data) > LARGEST_JSON:
            raise ValueError(f"has more than {LARGEST_JSON:,} bytes")
        document = reading.record(_io.loads(data))
        if document.get("geocairn_submission") != 1:
            raise ValueError("is not a report of this form")
        return _read(document)
    except (ValueError, MalformedJSONError) as error:
        told = error.message if isinstance(error, MalformedJSONError) else str(error)
        raise InputError(
            f"is no report of a submission: {printable(told)[:300]}",
            remedy="Give what `geocairn submission check --report` wrote.",
        ) from error


def _read(document: dict[str, Any]) -> Submission:
    report = reading.report(document.get("report"))
    return Submission(
        base=reading.text(document.get("base"), most=64),
        head=reading.text(document.get("head"), most=64),
        author=reading.count(document.get("author")),
        kind=reading.text(document.get("kind"), most=100),
        folder=reading.text(document.get("folder"), most=500),
        owners=reading.texts(document.get("owners")),
        entries=[
            _read_entry(reading.record(one)) for one in reading.listed(document.get("entries"))
        ],
        changes=reading.texts(document.get("changes")),
        report=report,
    )


def _read_entry(entry: dict[str, Any]) -> Entry:
    verified = reading.record(entry.get("verification"))
    points = entry.get("score")
    return Entry(
        id=reading.text(entry.get("id"), most=200),
        state=reading.text(entry.get("state"), most=40),
        changes=tuple(reading.texts(entry.get("changes"))),
        compared=reading.text(entry.get("compared"), most=200),
        score=None if points is None else reading.count(points),
        verification=Verification(
            state=reading.text(verified.get("state"), most=40),
            told=reading.text(verified.get("told"), most=1000),
        ),
    )
