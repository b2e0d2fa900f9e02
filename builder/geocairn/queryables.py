"""What a filter or a sort can name, and where the search index keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from geocairn.facets import FACETS

__all__ = ["QUERYABLES", "Queryable", "QueryableType", "queryable"]

QueryableType = Literal["string", "strings", "number", "boolean", "instant", "geometry", "json"]
_TYPES: Mapping[str, QueryableType] = {
    "string": "string",
    "strings": "strings",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
}


@dataclass(frozen=True, slots=True)
class Queryable:
    """A name that filters and sorts understand.

    Attributes:
        name: The name, without ``properties.``.
        type: Type of its values; ``json`` is a property that may hold anything.
        column: Column of the search index, or None where the item itself must be read.
    """

    name: str
    type: QueryableType
    column: str | None


def _known() -> dict[str, Queryable]:
    found = {
        "id": Queryable("id", "string", "id"),
        "collection": Queryable("collection", "string", "collection"),
        "title": Queryable("title", "string", "title"),
        "geometry": Queryable("geometry", "geometry", None),
        "datetime": Queryable("datetime", "instant", "datetime"),
        "start_datetime": Queryable("start_datetime", "instant", "start"),
        "end_datetime": Queryable("end_datetime", "instant", "end"),
        "created": Queryable("created", "instant", "created"),
        "updated": Queryable("updated", "instant", "updated"),
    }
    for facet in FACETS:
        type_ = _TYPES[facet.type]
        found[facet.name] = Queryable(facet.name, type_, facet.name)
        # A facet that copies one property answers for that property as well.
        name = facet.source.removeprefix("properties.")
        if name != facet.source and " " not in name:
            found[name] = Queryable(name, type_, facet.name)
    return found


QUERYABLES: Mapping[str, Queryable] = _known()


def queryable(name: str) -> Queryable:
    """Find what a name means; ``properties.`` before it changes nothing.

    A name outside `QUERYABLES` is an item property of any type.
    """
    name = name.removeprefix("properties.")
    return QUERYABLES.get(name) or Queryable(name, "json", None)
