"""Findings about a hub as a whole, which only the build sees; each has a constructor."""

from __future__ import annotations

from typing import Any

from geocairn.checks.parts import id_problem
from geocairn.checks.rule import Rule
from geocairn.findings import Finding, json_path, short_json

__all__ = [
    "RULES",
    "case_collision",
    "claimed",
    "collection_not_described",
    "duplicate_id",
    "malformed",
    "named",
    "not_a_collection",
    "not_an_item",
    "not_served",
    "place",
    "unheld",
    "version_links",
    "version_order",
]

DUPLICATE = Rule(
    code="HUB001",
    title="Id given twice",
    severity="error",
    why="""Within a collection an id names one item; in the hub its folder and address follow from
both. Of two items with one id the second would overwrite the first.""",
    remedy="Give one of the two another id, such as one with its version.",
)
UNDESCRIBED = Rule(
    code="HUB002",
    title="Collection that is not described",
    severity="warning",
    why="""Items name a collection for which the source has no `collection.json`. The hub then has
one with the id as its title and no licence, which tells people nothing.""",
    remedy="Add a collection.json with title, description and license.",
)
NO_COLLECTION = Rule(
    code="HUB003",
    title="Item without a collection",
    severity="error",
    why="""Every item of a hub belongs to a collection: its address and its place in the catalog
follow from it.""",
    remedy="Add collection, the id of the collection, to the item.",
)
VERSION_ORDER = Rule(
    code="HUB004",
    title="Versions that cannot be put in order",
    severity="warning",
    why="""Versions of a model are linked from predecessor to successor. Where two have the same
version, or the later one was created before the earlier, nobody can say which is the latest.""",
    remedy="Give each item its own version, in the order in which they were made.",
)
NOT_AN_ITEM = Rule(
    code="HUB005",
    title="Not a STAC Item",
    severity="error",
    why="""Sources hold items, documents of type `Feature`, and collections. Anything else, such as
a bare geometry or a list, cannot be catalogued.""",
    remedy="Give STAC Items (type Feature), or leave the document out.",
)
MALFORMED = Rule(
    code="HUB006",
    title="Not JSON",
    severity="error",
    why="""The document cannot be read at all: it is no JSON (RFC 8259) or no UTF-8.""",
    remedy="Correct the JSON at the place named.",
)
COLLISION = Rule(
    code="HUB007",
    title="Names that differ by case only, or cannot name a folder",
    severity="error",
    why="""Folders are named after collections and items. On many computers `Flood` and `flood` are
one folder, so that one item would overwrite another; and some characters cannot be in a folder's
name at all.""",
    remedy="Rename one of the two; use letters, digits, dots, hyphens and underscores.",
)
VERSION_LINKS = Rule(
    code="HUB008",
    title="Version links that contradict each other",
    severity="warning",
    why="""A source says of an item which one precedes or succeeds it, but the other item says
otherwise. The builder writes these links itself, from the versions, and does not take over what
contradicts them.""",
    remedy="Leave the version links out, or correct the versions.",
)
NO_ID = Rule(
    code="HUB009",
    title="Item without an id",
    severity="error",
    why="""The id names the item's folder and address, and everything that refers to the item uses
it. It is a text that is not empty.""",
    remedy="Add id, such as the model's name and version.",
)
NOT_A_COLLECTION = Rule(
    code="HUB010",
    title="Not a STAC Collection",
    severity="error",
    why="""A file named `collection.json`, or a document given as a collection, holds a document of
type `Collection`. Anything else there is a mistake.""",
    remedy="Give a STAC Collection (type Collection), or rename the file.",
)
NOT_SERVED = Rule(
    code="HUB011",
    title="Relative path that leads nowhere in the hub",
    severity="warning",
    why="""A hub serves the files in an item's own folder, up to 5 MiB each. A larger file, or one
that an item from a table, a list or an archive only names, is not in the hub, and a relative path
to it leads nowhere there.""",
    remedy="Give the file's https address; weights live elsewhere, by URL and checksum.",
)
UNHELD = Rule(
    code="HUB020",
    title="Evidence that does not hold",
    severity="warning",
    why="""The hub's keepers have run the model and put down what came out. Evidence is of exactly
the files whose hashes it names: of other weights, or another sample, it says nothing. It may also
say that the sample was not reproduced. Either way the model's page does not call it
reproduced.""",
    remedy="Verify the model again with `geocairn verify`, and look at what it says.",
)
CLAIMED = Rule(
    code="HUB021",
    title="Claim of having been verified",
    severity="warning",
    why="""Whether a sample was reproduced is for the hub to say, which runs the model itself, and
not for the item. What an item says of it is taken out, and so is an asset at `verification.json`,
where the hub's own evidence lies.""",
    remedy="Take out geocairn:reproduced, and assets at verification.json or of the role "
    "geocairn:verification.",
)
RULES = (
    DUPLICATE,
    UNDESCRIBED,
    NO_COLLECTION,
    VERSION_ORDER,
    NOT_AN_ITEM,
    MALFORMED,
    COLLISION,
    VERSION_LINKS,
    NO_ID,
    NOT_A_COLLECTION,
    NOT_SERVED,
    UNHELD,
    CLAIMED,
)


def _finding(
    rule: Rule,
    message: str,
    *,
    path: tuple[str | int, ...] = (),
    value: Any = None,
    origin: str = "",
    item: str = "",
) -> Finding:
    return Finding(
        code=rule.code,
        severity=rule.severity,
        kind=rule.kind,
        message=message,
        path=json_path(path),
        value="" if value is None else short_json(value),
        remedy=rule.remedy,
        origin=origin,
        item=item,
    )


def duplicate_id(item: str, *, first: str, origin: str = "") -> Finding:
    """An id that an earlier item of the same collection, or collection, has (HUB001).

    Args:
        item: The id.
        first: Where the first one comes from.
        origin: Where the second one comes from.
    """
    message = f"is the id of an earlier one, from {first}"
    return _finding(DUPLICATE, message, path=("id",), value=item, origin=origin, item=item)


def collection_not_described(collection: str, *, origin: str = "") -> Finding:
    """A collection that items name but no source describes (HUB002)."""
    message = "is named by items, but has no collection.json"
    return _finding(UNDESCRIBED, message, value=collection, origin=origin, item=collection)


def place(item: dict[str, Any], *, origin: str = "") -> list[Finding]:
    """What keeps an item from having a place in the hub: its id or its collection.

    Returns:
        Findings of HUB003, HUB007 and HUB009; empty where both can name a folder.
    """
    name, collection = item.get("id"), item.get("collection")
    label = name if isinstance(name, str) else ""
    found = named(item, origin=origin)
    path = ("collection",)
    if not isinstance(collection, str) or not collection:
        message = "is not given"
        found.append(
            _finding(NO_COLLECTION, message, path=path, value=collection, origin=origin, item=label)
        )
    elif problem := id_problem(collection):
        found.append(
            _finding(COLLISION, problem, path=path, value=collection, origin=origin, item=label)
        )
    return found


def named(document: dict[str, Any], *, origin: str = "") -> list[Finding]:
    """What keeps an item or a collection from having a folder of its name.

    Returns:
        Findings of HUB007 and HUB009; empty where the id can name a folder.
    """
    name = document.get("id")
    if not isinstance(name, str) or not name:
        return [_finding(NO_ID, "is not given", path=("id",), value=name, origin=origin)]
    if problem := id_problem(name):
        return [_finding(COLLISION, problem, path=("id",), value=name, origin=origin, item=name)]
    return []


def version_order(item: str, *, version: str, message: str, origin: str = "") -> Finding:
    """A version that cannot be put in order (HUB004); the message says why."""
    path = ("properties", "version")
    return _finding(VERSION_ORDER, message, path=path, value=version, origin=origin, item=item)


def not_an_item(document: Any, *, origin: str = "") -> Finding:
    """A document that is no item (HUB005)."""
    message = f"is {_what(document)}, not a STAC Item"
    return _finding(NOT_AN_ITEM, message, value=document, origin=origin)


def not_a_collection(document: Any, *, origin: str = "") -> Finding:
    """A document in a collection's place that is none (HUB010)."""
    message = f"is {_what(document)}, not a STAC Collection"
    return _finding(NOT_A_COLLECTION, message, value=document, origin=origin)


def not_served(item: str, *, asset: str, href: str, reason: str) -> Finding:
    """A relative path of an asset to a file that the hub will not have (HUB011)."""
    path = ("assets", asset, "href")
    return _finding(NOT_SERVED, reason, path=path, value=href, item=item)


def unheld(item: str, *, reason: str) -> Finding:
    """Evidence that is of other files, says no, or cannot be read (HUB020)."""
    return _finding(UNHELD, reason, item=item)


def claimed(item: str, *, asset: str) -> Finding:
    """An item that says of itself that it was verified (HUB021)."""
    return _finding(CLAIMED, "says so itself", path=("assets", asset), item=item)


def _what(document: Any) -> str:
    if not isinstance(document, dict):
        return "no JSON object"
    if "type" not in document:
        return "an object without a type"
    return f"an object of type {short_json(document['type'])}"


def malformed(message: str, *, origin: str = "") -> Finding:
    """A document that is no JSON (HUB006); the message has the line and column."""
    return _finding(MALFORMED, message, origin=origin)


def case_collision(item: str, *, other: str, first: str, origin: str = "") -> Finding:
    """An id that differs from an earlier one by case only (HUB007)."""
    source = f" (from {first})" if first else ""
    message = f"differs from {other!r}{source} by case only"
    return _finding(COLLISION, message, path=("id",), value=item, origin=origin, item=item)


def version_links(item: str, *, relation: str, message: str, origin: str = "") -> Finding:
    """A version link of the source that the versions contradict (HUB008)."""
    text = f"the link {relation} {message}"
    return _finding(VERSION_LINKS, text, path=("links",), origin=origin, item=item)
