"""The hub's collections: as their makers describe them, or named by items alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from geocairn import _io
from geocairn.checks import Checker, hub
from geocairn.errors import MalformedJSONError
from geocairn.findings import Finding
from geocairn.normalise import normalise_collection
from geocairn.sources import Source

__all__ = ["Collections", "read_collections"]


class Collections:
    """Collections by id, and what was found while reading them."""

    def __init__(self) -> None:
        self._documents: dict[str, dict[str, Any]] = {}
        self._origins: dict[str, str] = {}
        self.findings: list[Finding] = []

    def __len__(self) -> int:
        return len(self._documents)

    def add(self, document: dict[str, Any], *, origin: str) -> None:
        """Take a collection; the first of two with the same id stays."""
        name = document["id"]
        if name in self._documents:
            same = _io.canonical(self._documents[name]) == _io.canonical(document)
            if not same:
                first = self._origins[name]
                self.findings.append(hub.duplicate_id(name, origin=origin, first=first))
            return
        self.findings += self._clashes(name, origin=origin)
        self._documents[name] = document
        self._origins[name] = origin

    def _clashes(self, name: str, *, origin: str = "") -> list[Finding]:
        return [
            hub.case_collision(name, other=other, first=self._origins.get(other, ""), origin=origin)
            for other in self._documents
            if other != name and other.lower() == name.lower()
        ]

    def names(self) -> list[str]:
        """Ids of all collections, sorted."""
        return sorted(self._documents)

    def document(self, name: str) -> dict[str, Any]:
        """A collection's document."""
        return self._documents[name]

    def digest(self) -> str:
        """Hash of all documents."""
        return _io.digest(*(_io.dumps(self._documents[name]) for name in self.names()))

    def complete(self, named: Iterable[str]) -> list[Finding]:
        """Describe the collections that items name and nobody describes; says which."""
        missing = sorted(set(named) - set(self._documents))
        found = []
        for name in missing:
            found += [hub.collection_not_described(name), *self._clashes(name)]
            self._documents[name] = {
                "type": "Collection",
                "stac_version": "1.1.0",
                "id": name,
                "description": f"Models of the collection {name}.",
                "license": "other",
            }
        return found


def read_collections(sources: Sequence[Source], *, checker: Checker) -> Collections:
    """Read, normalise and check the collections of all sources."""
    found = Collections()
    for source in sources:
        for raw in source.collections():
            try:
                document = raw.parse()
            except MalformedJSONError as error:
                found.findings.append(hub.malformed(error.message, origin=raw.origin))
                continue
            if not isinstance(document, dict) or document.get("type") != "Collection":
                found.findings.append(hub.not_a_collection(document, origin=raw.origin))
                continue
            document, _ = normalise_collection(document)
            problems = hub.named(document, origin=raw.origin)
            problems += checker.collection(document, origin=raw.origin)
            found.findings += problems
            if not any(problem.severity == "error" for problem in problems):
                found.add(document, origin=raw.origin)
    return found
