"""What a build keeps for the next one: spools of chunks, row groups, and what was published."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from geocairn import _io, layout
from geocairn.build.prepare import Prepared
from geocairn.findings import Finding, Report

__all__ = ["Cache", "State"]

_FORMAT = 6
_PREPARED = {field.name for field in dataclasses.fields(Prepared)}


@dataclass(slots=True)
class State:
    """The last build that was published.

    Attributes:
        manifest: Hash of the hub's manifest as published; if the hub has another, it is not ours.
        inputs: Hash of everything that went in.
        chunks: Keys of the chunks that went in.
        linked: Paths of items that have version links, each with a hash of JSON and links.
        repeated: Ids that several items had, of which one was kept.
        extras: Paths of what is published besides items, collections and tables.
        groups: For each collection, the keys of its row groups.
        index: Keys of the search index's row groups.
        terms: Keys of the term index's ranges.
        keys: For each collection, a hash of everything that its own files depend on.
        items: Number of items.
        collections: Number of collections.
        findings: What was found when all items were seen together.
        pages: For each page, by its path below a language's folder, a hash of what it shows.
    """

    manifest: str = ""
    inputs: str = ""
    chunks: list[str] = field(default_factory=list)
    linked: dict[str, str] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=dict)
    index: list[str] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    items: int = 0
    collections: int = 0
    findings: list[dict[str, Any]] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)

    def hub_findings(self) -> list[Finding]:
        """The findings, as such."""
        return [Finding(**finding) for finding in self.findings]


class Cache:
    """The cache folder of one hub.

    Args:
        folder: The hub's state folder.
        target: The hub.
    """

    def __init__(self, folder: Path, *, target: Path) -> None:
        self.spool = folder / "chunks"
        self.groups = folder / "groups"
        self._state = folder / "state.json"
        self._target = target

    def open(self, *, fresh: bool = False) -> State:
        """Make the folders, and read the last build.

        Args:
            fresh: Forget it.

        Returns:
            What was published; an empty state where that is not what the hub is now.
        """
        for folder in (self.spool, self.groups):
            folder.mkdir(parents=True, exist_ok=True)
        if fresh:
            return State()
        try:
            read = json.loads(self._state.read_bytes())
            if read.pop("format") != _FORMAT:
                return State()
            state = State(**read)
            manifest = (self._target / layout.MANIFEST).read_bytes()
        except (OSError, ValueError, TypeError, KeyError):
            return State()
        return state if state.manifest == _io.digest(manifest) else State()

    def path(self, key: str, kind: str) -> Path:
        """A chunk's spool file: ``items``, ``index`` or ``terms``."""
        return self.spool / f"{key}.{kind}.arrow"

    def load_all(self, keys: Iterable[str]) -> dict[str, Prepared]:
        """What became of chunks, for those whose files are all there."""
        found = {}
        for key in keys:
            if (prepared := self._load(key)) is not None:
                found[key] = prepared
        return found

    def _load(self, key: str) -> Prepared | None:
        try:
            read: dict[str, Any] = json.loads((self.spool / f"{key}.json").read_bytes())
        except (OSError, ValueError):
            return None
        files = (self.path(key, kind) for kind in ("items", "index", "terms"))
        if read.keys() != _PREPARED or not all(path.is_file() for path in files):
            return None
        report = Report()
        stored = read.pop("report")
        report.documents = stored["documents"]
        report.counts.update(stored["counts"])
        report.severities.update(stored["severities"])
        report.kept = [Finding(**finding) for finding in stored["kept"]]
        for name in ("changes", "asset_keys"):
            read[name] = Counter(read[name])
        return Prepared(report=report, **read)

    def store(self, prepared: Prepared) -> None:
        """Keep what became of a chunk."""
        report = prepared.report
        document = {
            "key": prepared.key,
            "items": prepared.items,
            "warned": prepared.warned,
            "changes": prepared.changes,
            "asset_keys": prepared.asset_keys,
            "prefixes": prepared.prefixes,
            "report": {
                "documents": report.documents,
                "counts": report.counts,
                "severities": report.severities,
                "kept": [dataclasses.asdict(finding) for finding in report.kept],
            },
        }
        path = self.spool / f"{prepared.key}.json"
        _io.write_atomic(path, _io.dumps(document), durable=False)

    def forget(self) -> None:
        """Know nothing of the hub from here on, for it is about to change."""
        self._state.unlink(missing_ok=True)

    def save(self, state: State) -> None:
        """Remember a build that was published, and forget what it does not use."""
        _io.write_atomic(self._state, _io.dumps({"format": _FORMAT, **dataclasses.asdict(state)}))
        _forget(self.spool, state.chunks)
        groups = chain.from_iterable(state.groups.values())
        _forget(self.groups, [*groups, *state.index, *state.terms])


def _forget(folder: Path, used: Iterable[str]) -> None:
    kept = set(used)
    for path in folder.iterdir():
        if path.name.split(".", 1)[0] not in kept:
            path.unlink()
