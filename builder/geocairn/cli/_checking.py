"""What ``geocairn check`` does: reads documents, checks, scores and fixes them."""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from geocairn import _io
from geocairn.checks import Checker, SchemaStore, Score, hub, score
from geocairn.checks.opinion import SecondOpinion
from geocairn.checks.owners import check_owners
from geocairn.errors import MalformedJSONError, SchemaUnavailableError
from geocairn.findings import Finding, Report, printable
from geocairn.normalise import normalise, normalise_collection
from geocairn.owners import FILE, LARGEST
from geocairn.sources import RawCollection, RawItem, open_sources

__all__ = ["Session"]

_SHOWN_SCORES = 40
_KEPT_SCORES = 1000
_SHOWN_OPINIONS = 20


class Session:
    """One run of the command.

    Args:
        store: Where schemas come from.
        select: Codes to check.
        ignore: Codes to leave out.
        fix: Whether to rewrite files.
        opinion: Whether to ask stac-validator, too.

    Attributes:
        report: What was found.
    """

    def __init__(
        self,
        *,
        store: SchemaStore,
        select: Sequence[str],
        ignore: Sequence[str],
        fix: bool,
        opinion: bool,
    ) -> None:
        self.report = Report()
        self._checker = Checker(store=store, select=select, ignore=ignore)
        self._fix = fix
        self._scratch = tempfile.TemporaryDirectory(prefix="geocairn-check-")
        folder = Path(self._scratch.name)
        self._opinion = SecondOpinion(store, folder=folder / "schemas") if opinion else None
        self._full = Checker(store=store) if opinion else self._checker
        self._changes: Counter[str] = Counter()
        self._fixed: list[str] = []
        self._unfixed = 0
        self._scores: list[tuple[str, str, Score]] = []
        self._total = 0
        self._items = 0
        self._asked = 0
        self._unasked = 0
        self._differ: list[str] = []
        self._seen: dict[tuple[str, str], str] = {}
        self._owned: set[Path] = set()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._scratch.cleanup()

    def run(self, paths: Sequence[str]) -> None:
        """Check everything in some sources.

        Raises:
            InputError: If one of them cannot be read.
        """
        spool = Path(self._scratch.name, "sources")
        for source in open_sources(paths, spool=spool):
            for chunk in source.chunks():
                for raw in chunk.items():
                    self._item(raw, raw.origin or chunk.origin(raw.index))
            for collection in source.collections():
                self._collection(collection)

    def _parse(self, parse: Callable[[], Any], origin: str) -> Any:
        try:
            return parse()
        except MalformedJSONError as error:
            self._take([hub.malformed(error.message, origin=origin)])
            return None

    def _take(self, findings: list[Finding], *, documents: int = 1) -> None:
        wanted = (finding for finding in findings if self._checker.wants(finding.code))
        self.report.extend(wanted, documents=documents)

    def _item(self, raw: RawItem, origin: str) -> None:
        if raw.folder is not None and Path(origin).name == "item.json":
            # Of the model, of its collection and of the hub.
            self._owners(*raw.folder.parents[:3])
        document = self._parse(raw.parse, origin)
        if document is None:
            return
        if isinstance(document, dict) and document.get("type") == "Collection":
            self._collection(RawCollection(raw.data, origin))
            return
        if not isinstance(document, dict) or document.get("type") != "Feature":
            self._take([hub.not_an_item(document, origin=origin)])
            return
        item, changes = normalise(document)
        findings = self._checker.item(item, origin=origin, folder=raw.folder)
        if self._fix and (fixed := self._rewrite(document, findings, origin)):
            item, changes = normalise(fixed)
            findings = self._checker.item(item, origin=origin, folder=raw.folder)
        self._changes.update(changes)
        self._ask(item, origin)
        self._score(item, findings, origin)
        self._take([*findings, *self._repeated(item, origin)])

    def _owners(self, *folders: Path) -> None:
        """Check who owns a model or a collection, where a file says so."""
        for path in (folder / FILE for folder in folders if folder not in self._owned):
            self._owned.add(path.parent)
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    data = file.read(LARGEST + 1)
                self._take(check_owners(data, origin=str(path))[1], documents=0)

    def _repeated(self, item: dict[str, Any], origin: str) -> list[Finding]:
        name, collection = item.get("id"), item.get("collection")
        if not isinstance(name, str):
            return []
        key = (collection if isinstance(collection, str) else "", name)
        first = self._seen.setdefault(key, origin)
        return [] if first == origin else [hub.duplicate_id(name, first=first, origin=origin)]

    def _collection(self, raw: RawCollection) -> None:
        document = self._parse(raw.parse, raw.origin)
        if document is None:
            return
        if not isinstance(document, dict) or document.get("type") != "Collection":
            self._take([hub.not_a_collection(document, origin=raw.origin)])
            return
        collection, changes = normalise_collection(document)
        findings = self._checker.collection(collection, origin=raw.origin)
        if self._fix and (fixed := self._rewrite(document, findings, raw.origin)):
            collection, changes = normalise_collection(fixed)
            findings = self._checker.collection(collection, origin=raw.origin)
        self._changes.update(changes)
        self._ask(collection, raw.origin)
        self._take(findings)

    def _rewrite(
        self, document: dict[str, Any], findings: list[Finding], origin: str
    ) -> dict[str, Any] | None:
        """Write a file again with what can be fixed; the document, or None where nothing was."""
        fixed, applied = self._checker.fix(document, findings)
        if not applied:
            return None
        path = Path(origin)
        data = path.read_bytes() if "://" not in origin and path.is_file() else b""
        if not data or _io.loads(data) != document:
            self._unfixed += len(applied)
            return None
        _io.write_atomic(path, _like(data, fixed))
        self._fixed.append(f"{origin}: {', '.join(applied)}")
        return fixed

    def _ask(self, document: dict[str, Any], origin: str) -> None:
        if self._opinion is None:
            return
        kind = document.get("type")
        full = self._full.collection if kind == "Collection" else self._full.item
        published = self._full.published(document) if kind == "Feature" else document
        try:
            text = self._opinion.disagreement(published, full(document))
        except SchemaUnavailableError:
            self._unasked += 1  # The missing schema is a finding of its own.
            return
        self._asked += 1
        if text:
            name = document.get("id")
            self._differ.append(f"{origin} {name if isinstance(name, str) else ''}: {text}")

    def _score(self, item: dict[str, Any], findings: list[Finding], origin: str) -> None:
        result = score(item, findings)
        self._items += 1
        self._total += result.total
        if len(self._scores) < _KEPT_SCORES:
            name = item.get("id")
            self._scores.append((origin, name if isinstance(name, str) else "", result))

    def notes(self) -> str:
        """What was changed or decided on the way, besides findings."""
        lines = [f"Read as the build does: {text} ({n:,})" for text, n in self._changes.items()]
        lines += [f"Fixed {one}" for one in self._fixed]
        if self._unfixed:
            lines.append(
                f"{self._unfixed:,} fixes were not made: only files of a single document that "
                "lie here are rewritten."
            )
        if self._opinion is not None:
            agreed = self._asked - len(self._differ)
            lines.append(f"stac-validator agrees on {agreed:,} of {self._asked:,} documents.")
            if self._unasked:
                lines.append(f"It was not asked about {self._unasked:,}: a schema is missing.")
            lines += [f"  {text}" for text in self._differ[:_SHOWN_OPINIONS]]
            if len(self._differ) > _SHOWN_OPINIONS:
                lines.append(f"  and {len(self._differ) - _SHOWN_OPINIONS:,} more")
        return "\n".join(printable(line) for line in lines)

    def scores(self) -> str:
        """The score of every item, or the mean and the lowest where there are many."""
        if not self._items:
            return ""
        lines = []
        shown = self._scores
        if self._items > _SHOWN_SCORES:
            lines.append(
                f"Mean score of {self._items:,} items: {self._total / self._items:.0f}/100"
            )
            shown = sorted(self._scores, key=lambda one: one[2].total)[:10]
        for _, name, result in shown:
            raise_by = "; ".join(f"+{points} {what}" for points, what in result.advice[:3])
            lines.append(printable(f"{result.total:3d}/100 {name}  {raise_by}".rstrip()))
        return "\n".join(lines)

    def advice(self) -> list[str]:
        """What would raise the scores, and by how much, the most first."""
        advice = [one for _, _, result in self._scores for one in result.advice]
        return [printable(f"+{points} {what}") for points, what in advice]

    def to_json(self) -> str:
        """The report as JSON, with scores, changes and the second opinion."""
        document = json.loads(self.report.to_json())
        document["scores"] = [
            {
                "item": name,
                "origin": origin,
                "total": result.total,
                "complete": result.complete,
                "lost": result.lost,
                "advice": [{"points": p, "what": what} for p, what in result.advice],
            }
            for origin, name, result in self._scores
        ]
        document["normalised"] = dict(self._changes)
        document["fixed"] = self._fixed
        if self._opinion is not None:
            document["stac_validator"] = {
                "asked": self._asked,
                "not_asked": self._unasked,
                "disagreements": self._differ,
            }
        return _io.dumps(document, indent=True).decode("utf-8")


def _like(data: bytes, document: dict[str, Any]) -> bytes:
    """Serialise a document with the indentation that its file had."""
    match = re.match(rb"\s*\{\r?\n( +|\t+)\"", data)
    if match is None:
        return _io.dumps(document, indent=b"\n" in data.strip()) + b"\n"
    indent = match[1].decode()
    if indent == "  ":
        return _io.dumps(document, indent=True) + b"\n"
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=indent)
    return text.encode("utf-8") + b"\n"
