"""Links of an item: where from, trained on what, which versions, and further reading."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from geocairn.compile.pages.view.values import known, objects, record, text
from geocairn.layout import card_link

__all__ = ["doi_of", "lineage_of", "link_target", "links_of", "page_of", "versions_of"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):").match
_IGNORED = re.compile(r"[\x00-\x20\x7f]")
_ALLOWED = ("http", "https", "mailto")
_PLACE = (
    "self", "root", "parent", "collection", "item", "items", "child", "alternate",
    "predecessor-version", "successor-version", "latest-version",
)  # fmt: skip
_LINEAGE = {
    "derived_from": "derived",
    "derived-from": "derived",
    "base-model": "derived",
    "pretrained-on": "trained",
    "trained-on": "trained",
    "trained_on": "trained",
    "training-data": "trained",
    "dataset": "trained",
}
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)").fullmatch
_SAFE_DOI = "/:;()._-"
_STAC_FILE = re.compile(r"(\.\./(?:[^/?#]+/)*)([^/?#]+)/\2\.json").fullmatch


def link_target(href: Any) -> str | None:
    """An address that a page may link to; None for schemes that are not allowed."""
    given = _IGNORED.sub("", href) if isinstance(href, str) else ""
    if given.lower().startswith("doi:"):
        return f"https://doi.org/{quote(given[4:], safe=_SAFE_DOI)}"
    scheme = _SCHEME(given)
    if scheme:
        return given if scheme[1].lower() in _ALLOWED else None
    # Neither another host without a scheme nor, in some browsers, the same with backslashes.
    return given if given and not given.startswith(("//", "\\")) else None


def page_of(href: str, *, hub: str | None = None) -> str:
    """The page of an item of the same hub, given the address of its JSON."""
    inside = hub is not None and href.startswith(hub)
    found = _STAC_FILE(f"../../{href.removeprefix(hub or '')}" if inside else href)
    return f"{found[1]}{found[2]}/index.html" if found else href


def links_of(item: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Links for further reading."""
    found = []
    card = card_link(text(item.get("id")) or "")["href"]
    for raw in objects(item.get("links")):
        relation, href = text(raw.get("rel")), link_target(raw.get("href"))
        if relation == "describedby" and href == card:
            continue  # The page shows it.
        if relation and href and relation not in _PLACE and relation not in _LINEAGE:
            found.append({"rel": relation, "href": href, "title": text(raw.get("title")) or href})
    return known(found)


def lineage_of(item: dict[str, Any], *, hub: str | None = None) -> list[dict[str, Any]] | None:
    """What a model was derived from and trained on.

    Args:
        item: The item.
        hub: The hub's address, if it is known.
    """
    found: list[dict[str, Any]] = []
    for raw in objects(item.get("links")):
        kind, href = _LINEAGE.get(text(raw.get("rel")) or ""), link_target(raw.get("href"))
        if kind and href:
            title = text(raw.get("title")) or href
            found.append({"kind": kind, "href": page_of(href, hub=hub), "title": title})
    source = text(record(item.get("properties")).get("mlm:pretrained_source"))
    if source:
        target = link_target(source) if _SCHEME(source) else None
        found.append({"kind": "pretrained", "href": target, "title": source})
    return known(found)


def versions_of(item: dict[str, Any]) -> dict[str, Any] | None:
    """The versions before and after this one, and the latest."""
    found: dict[str, Any] = {"predecessor": None, "successor": None, "latest": None}
    for raw in objects(item.get("links")):
        relation, href = text(raw.get("rel")), text(raw.get("href"))
        local = _STAC_FILE(href or "")
        if local and relation in ("predecessor-version", "successor-version", "latest-version"):
            found[relation.split("-")[0]] = {"id": local[2], "href": page_of(href or "")}
    return found if any(found.values()) else None


def doi_of(item: dict[str, Any]) -> str | None:
    """The model's DOI, or that of the publication to cite."""
    given = [record(item.get("properties")).get("sci:doi")]
    given += [raw.get("href") for raw in objects(item.get("links")) if raw.get("rel") == "cite-as"]
    for value in given:
        found = _DOI(text(value) or "")
        if found:
            return found[1]
    return None
