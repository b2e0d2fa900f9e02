"""The changed entries: written to a folder of their own as plain files, then checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geocairn import _io
from geocairn.checks import Checker, hub, score
from geocairn.errors import MalformedJSONError
from geocairn.findings import Finding
from geocairn.normalise import normalise, normalise_collection
from geocairn.submission.fence import Place
from geocairn.submission.repository import Entry, Repository
from geocairn.submission.rules import found
from geocairn.submission.words import card_change, item_changes

__all__ = ["Changed", "ItemDocument", "Models", "write_out"]

_ITEM, _COLLECTION = "item.json", "collection.json"
_FILE_MODE = "100644"
_NUMBER = re.compile(r"\d+")


@dataclass(slots=True)
class ItemDocument:
    """An item that changes.

    Attributes:
        id: Its id, as its folder says.
        path: Its path in the repository; that of its folder, where it has no item.json.
        folder: The same folder, as plain files.
        version: Name of its version's folder.
        state: ``new``, ``changed`` or ``removed``.
        item: What it says, normalised; None where it cannot be read or is removed.
        changes: What changed, in words.
        compared: The version that it is compared with, where that is another one.
        score: Its score out of 100; None where it has none.
    """

    id: str
    path: str
    folder: Path
    version: str
    state: str
    item: dict[str, Any] | None = None
    changes: list[str] = field(default_factory=list)
    compared: str = ""
    score: int | None = None


@dataclass(slots=True)
class Changed:
    """Everything that is looked at in the changed entries.

    Attributes:
        items: Items that are new, changed or removed.
        changes: What else changed, in words.
        findings: What the checks found.
        documents: How many documents were checked.
    """

    items: list[ItemDocument] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    documents: int = 0


def write_out(
    repository: Repository, files: Mapping[str, Entry], *, limits: Mapping[str, int], root: Path
) -> None:
    """Write files of a tree below a folder, by their paths; nothing of them is executable.

    Args:
        repository: Where they are.
        files: What to write, by path; only plain files are.
        limits: Bytes by hash, as `Repository.sizes` gives them; what is not there is left out.
        root: The folder.
    """
    plain = {p: e.new for p, e in files.items() if e.after == _FILE_MODE and e.new in limits}
    contents = repository.blobs(plain.values()) if plain else {}
    for path, name in plain.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(contents[name])


class Models:
    """Checks and compares the changed entries.

    Args:
        repository: Where the revisions are.
        base: The published commit.
        checker: Checks items and collections.
        root: Folder with the changed entries' files, see `write_out`.
    """

    def __init__(self, repository: Repository, *, base: str, checker: Checker, root: Path) -> None:
        self._repository = repository
        self._base = base
        self._checker = checker
        self._root = root

    def look(self, places: Mapping[Place, Entry]) -> Changed:
        """Check what changes and say how it differs from what is there.

        Args:
            places: The paths that change, each with its place in the catalog.
        """
        result = Changed()
        for place, entry in places.items():
            if place.model and place.version:
                continue
            self._beside(place, entry, result)
        versions = sorted({(p.collection, p.model, p.version) for p in places if p.version})
        for collection, model, version in versions:
            own = {
                p.file: e for p, e in places.items() if p.version == version and p.model == model
            }
            self._version(Place(collection, model, version), own, result)
        return result

    def _beside(self, place: Place, entry: Entry, result: Changed) -> None:
        """A collection's document, or a card; owners are somebody else's concern."""
        blobs = self._repository.blobs(
            name
            for name, mode in ((entry.old, entry.before), (entry.new, entry.after))
            if mode == _FILE_MODE
        )
        before, after = blobs.get(entry.old), blobs.get(entry.new)
        if place.file == "README.md":
            result.changes.append(card_change(before, after, name=entry.path))
        elif place.file == _COLLECTION:
            self._collection(place, entry, before, after, result)

    def _collection(
        self, place: Place, entry: Entry, before: bytes | None, after: bytes | None, result: Changed
    ) -> None:
        if after is None:
            result.changes.append(f"{entry.path} removed")
            return
        result.documents += 1
        document = self._parsed(after, entry.path, result.findings)
        if not isinstance(document, dict) or document.get("type") != "Collection":
            if document is not None:
                result.findings.append(hub.not_a_collection(document, origin=entry.path))
            return
        document, _ = normalise_collection(document)
        result.findings += self._checker.collection(document, origin=entry.path)
        if document.get("id") != place.collection:
            message = f"is not {place.collection}, the name of its folder"
            result.findings.append(
                found("SUB022", message, origin=entry.path, value=document.get("id"))
            )
        old = self._quietly(before) if before is not None else {}
        told = item_changes(old, document) if before is not None else [f"{entry.path} added"]
        result.changes += [f"collection: {line}" for line in told] if before is not None else told

    def _version(self, place: Place, own: Mapping[str, Entry], result: Changed) -> None:
        folder = f"{place.folder}/{place.version}"
        name = f"{place.model}-{place.version}"
        path = f"{folder}/{_ITEM}"
        here = self._root / path
        before = self._repository.read(self._base, path, limit=1 << 20)
        one = ItemDocument(name, path, here.parent, place.version, "changed")
        result.items.append(one)
        if not here.is_file():
            one.state = "removed"
            one.changes = [f"{folder} removed" if before is not None else f"{folder} without item"]
            if here.parent.is_dir() and any(here.parent.iterdir()):
                result.findings.append(found("SUB023", f"has no {_ITEM}", origin=folder))
            return
        result.documents += 1
        item = self._item(one, place, here.read_bytes(), result.findings)
        if item is None:
            return
        one.item = item
        old = self._quietly(before) if before is not None else None
        if old is None:
            one.state = "new"
            one.compared, old = self._previous(place)
        one.changes = item_changes(old, item) if old is not None else []
        one.changes += _file_changes(own)

    def _item(
        self, one: ItemDocument, place: Place, data: bytes, findings: list[Finding]
    ) -> dict[str, Any] | None:
        document = self._parsed(data, one.path, findings)
        if document is None:
            return None
        if not isinstance(document, dict) or document.get("type") != "Feature":
            findings.append(hub.not_an_item(document, origin=one.path))
            return None
        item, _ = normalise(document)
        checked = self._checker.item(item, origin=one.path, folder=one.folder)
        findings += checked
        one.score = score(item, checked).total
        for field_, wanted in (("id", one.id), ("collection", place.collection)):
            value = item.get(field_)
            if value != wanted:
                message = f"has the {field_} that its folder does not give: {wanted}"
                findings.append(found("SUB022", message, origin=one.path, value=value, item=one.id))
        return item

    @staticmethod
    def _parsed(data: bytes, path: str, findings: list[Finding]) -> Any:
        try:
            return _io.loads(data, unique=True)
        except MalformedJSONError as error:
            findings.append(hub.malformed(error.message, origin=path))
            return None

    @staticmethod
    def _quietly(data: bytes | None) -> dict[str, Any]:
        """A document of the base, which was let in before; empty where it cannot be read."""
        try:
            document = _io.loads(data or b"{}")
        except MalformedJSONError:
            return {}
        if not isinstance(document, dict):
            return {}
        known = document.get("type") == "Feature"
        return (normalise if known else normalise_collection)(document)[0]

    def _previous(self, place: Place) -> tuple[str, dict[str, Any] | None]:
        """The version of the base that comes before a new one, as its folders' names say."""
        names = self._repository.names(self._base, place.folder)
        own = _order(place.version)
        for name in sorted((n for n in names if _order(n) < own), key=_order, reverse=True):
            path = f"{place.folder}/{name}/{_ITEM}"
            data = self._repository.read(self._base, path, limit=1 << 20)
            if data is not None:
                return f"{place.model}-{name}", self._quietly(data)
        return "", None


def _order(version: str) -> tuple[tuple[int, ...], str]:
    return tuple(int(part) for part in _NUMBER.findall(version)[:6]), version


def _file_changes(own: Mapping[str, Entry]) -> Iterator[str]:
    words = {"A": "added", "D": "removed", "M": "changed", "T": "changed"}
    for name, entry in sorted(own.items()):
        if name != _ITEM:
            yield f"{name} beside it {words.get(entry.status, 'changed')}"
