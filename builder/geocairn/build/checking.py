"""Raw documents become checked items, some at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from geocairn.build.assets import Asset, local_assets, not_served
from geocairn.build.evidence import with_evidence
from geocairn.build.rules import Rules
from geocairn.checks import Checker, hub
from geocairn.compile.versions import version_claims
from geocairn.errors import MalformedJSONError
from geocairn.findings import Finding
from geocairn.normalise import normalise
from geocairn.sources import RawItem

__all__ = ["Document", "checked", "named", "parsed"]


@dataclass(slots=True)
class Document:
    """One document on its way into the hub.

    Attributes:
        raw: As it was found.
        item: The item in it, as far as it is made; empty where there is none.
        findings: What was found so far.
        changes: What normalising changed.
        claims: Version links that it came with.
        assets: Files that come with it.
    """

    raw: RawItem
    item: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)

    def fails(self) -> bool:
        """Whether it must be left out."""
        return any(finding.severity == "error" for finding in self.findings)


def parsed(raw: RawItem) -> Document:
    """Parse a document, which fails unless it is a STAC Item."""
    try:
        item = raw.parse()
    except MalformedJSONError as error:
        return Document(raw, {}, [hub.malformed(error.message)])
    if isinstance(item, dict) and item.get("type") == "Feature":
        return Document(raw, item)
    return Document(raw, {}, [hub.not_an_item(item)])


def checked(documents: list[Document], rules: Rules, checker: Checker) -> list[Document]:
    """Normalise and check documents; gives those that pass, and leaves findings in all."""
    for document in documents:
        if not document.fails():
            _prepare(document, rules, checker)
    whole = [document for document in documents if not document.fails()]
    found = checker.items(
        [document.item for document in whole],
        origins=[document.raw.origin for document in whole],
        folders=[document.raw.folder for document in whole],
    )
    for document, findings in zip(whole, found, strict=True):
        document.findings += findings
    passed = [document for document in whole if not document.fails()]
    for document in passed:
        raw = document.raw
        document.item, document.assets, told = with_evidence(
            document.item, document.assets, evidence=raw.evidence
        )
        document.findings += (one for one in told if checker.wants(one.code))
    return passed


def _prepare(document: Document, rules: Rules, checker: Checker) -> None:
    document.claims = version_claims(document.item)
    document.item, document.changes = named(document.item, rules)
    document.findings += hub.place(document.item)
    if document.fails():
        return
    folder = document.raw.folder
    document.item, document.assets = local_assets(document.item, folder=folder)
    if checker.wants(hub.NOT_SERVED.code):
        document.findings += not_served(document.item, folder=folder)


def named(item: dict[str, Any], rules: Rules) -> tuple[dict[str, Any], list[str]]:
    """Normalise an item and give it a collection; says what changed."""
    item, changes = normalise(item)
    if "collection" not in item and rules.collection:
        item = item | {"collection": rules.collection}
    return item, changes
