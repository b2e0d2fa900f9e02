"""Links: from the root to every item once, and from every document to where it belongs."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from geocairn import layout
from geocairn.compile.versions import RELATIONS
from geocairn.doctor.context import Context
from geocairn.errors import MalformedJSONError

__all__ = ["check_catalog", "check_item_links", "check_members"]

_PAGE = 1000
_SHOWN = 20

Document = dict[str, Any]


def _links(document: Document) -> list[Document]:
    links = document.get("links")
    return [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []


def _target(path: str, href: Any) -> str | None:
    """Path in the hub that a relative href in a document leads to; None for any other."""
    if not isinstance(href, str) or urlsplit(href).scheme or href.startswith("/"):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(href)))


def _targets(document: Document, path: str, relation: str) -> list[str | None]:
    return [
        _target(path, link.get("href")) for link in _links(document) if link.get("rel") == relation
    ]


def _check_place(
    context: Context, document: Document, path: str, wanted: dict[str, str], *, item: str = ""
) -> None:
    """Check the links that say where a document belongs."""
    for relation, target in wanted.items():
        found = _targets(document, path, relation)
        if found != [target]:
            listed = ", ".join(map(str, found)) or "nowhere"
            message = f"its link {relation} leads to {listed}, not to {target}"
            context.say("DOC062", message, file=path, path=("links",), item=item)
    for link in _links(document):
        href = link.get("href")
        own = isinstance(href, str) and href.endswith("/" + layout.relative_href(path))
        if link.get("rel") == "self" and not own:
            message = "its link self leads to another document"
            context.say("DOC062", message, file=path, path=("links",), value=href, item=item)


def check_catalog(context: Context, collections: Iterable[str]) -> None:
    """Check that the root catalog lists every collection once, and nothing else."""
    path = layout.CATALOG
    document = context.document(path)
    if document is None:
        return
    _check_place(context, document, path, {"root": path})
    found = Counter(_targets(document, path, "child"))
    wanted = {layout.collection_json(name) for name in collections}
    for missing in sorted(wanted - found.keys()):
        context.say("DOC060", f"does not list {missing}", file=path, path=("links",))
    for target, count in found.items():
        if target not in wanted:
            message = f"lists {target}, which is no collection of the hub"
            context.say("DOC060", message, file=path, path=("links",))
        elif count > 1:
            context.say("DOC060", f"lists {target} {count} times", file=path, path=("links",))


def check_members(
    context: Context, collection: str, document: Document, ids: list[str]
) -> set[str]:
    """Check that a collection, or its pages, link to every item once.

    Args:
        context: The examination.
        collection: Its id.
        document: The collection.
        ids: Ids of its items.

    Returns:
        Names of its pages' folders.
    """
    path = layout.collection_json(collection)
    wanted = {"root": layout.CATALOG, "parent": layout.CATALOG}
    _check_place(context, document, path, wanted)
    times = dict.fromkeys(ids, 0)
    _count(context, collection, document, path, times)
    pages = [target for target in _targets(document, path, "child") if target]
    chosen = pages
    if context.sample is not None and pages:
        step = max(1, len(pages) * 50 // context.sample)
        chosen = pages[::step]
    for page, found in _documents(context, chosen):
        _check_place(context, found, page, {"root": layout.CATALOG, "parent": path})
        _count(context, collection, found, page, times)
    whole = len(chosen) == len(pages)
    missing = [item for item, count in times.items() if count == 0] if whole else []
    twice = [item for item, count in times.items() if count > 1]
    _say_all(context, path, missing, "is not linked to")
    _say_all(context, path, twice, "is linked to more than once")
    return {page.rsplit("/", 2)[-2] for page in pages if page.count("/") > 1}


def _documents(context: Context, paths: list[str]) -> Iterator[tuple[str, Document]]:
    for path, data in zip(paths, context.files.read_many(paths), strict=True):
        if data is None:
            context.say("DOC001", "is not there", file=path)
            continue
        try:
            document = context.parse(data, path)
        except MalformedJSONError:
            continue
        if document is not None:
            yield path, document


def _count(
    context: Context, collection: str, document: Document, path: str, times: dict[str, int]
) -> None:
    targets = _targets(document, path, "item")
    if len(targets) > _PAGE:
        message = f"links to {len(targets):,} items, more than {_PAGE:,}"
        context.say("DOC003", message, file=path, path=("links",))
    for target in targets:
        item = (target or "").rpartition("/")[2].removesuffix(".json")
        if item in times and target == layout.item_json(collection, item):
            times[item] += 1
        else:
            message = f"links to {target}, which is no item of it"
            context.say("DOC061", message, file=path, path=("links",))


def _say_all(context: Context, path: str, items: list[str], message: str) -> None:
    for item in items:
        context.say("DOC061", f"{item!r} {message}", file=path, path=("links",), item=item)


def check_item_links(context: Context, item: Document, versions: Iterable[tuple[str, str]]) -> None:
    """Check an item's links to its place and to its other versions.

    Args:
        context: The examination.
        item: The item.
        versions: (relation, id of the other) as the versions of the hub ask for.
    """
    collection, name = item["collection"], item["id"]
    path = layout.item_json(collection, name)
    home = layout.collection_json(collection)
    wanted = {"root": layout.CATALOG, "parent": home, "collection": home}
    _check_place(context, item, path, wanted, item=name)
    found = sorted(
        (str(link["rel"]), str(_target(path, link.get("href"))))
        for link in _links(item)
        if link.get("rel") in RELATIONS
    )
    asked = sorted((relation, layout.item_json(collection, other)) for relation, other in versions)
    for relation, target in asked:
        if (relation, target) not in found:
            message = f"has no link {relation} to {target}"
            context.say("DOC063", message, file=path, path=("links",), item=name)
    for relation, target in found:
        if (relation, target) not in asked:
            message = f"its link {relation} leads to {target}; by the versions it should not"
            context.say("DOC063", message, file=path, path=("links",), item=name)
