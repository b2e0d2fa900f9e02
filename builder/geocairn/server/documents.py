"""Documents that say what there is: the landing page, and what can be asked for and sorted by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geocairn.facets import FACETS
from geocairn.queryables import QUERYABLES as KNOWN
from geocairn.queryables import Queryable
from geocairn.server.links import GEOJSON, JSON, QUERYABLES, SCHEMA, SORTABLES, Links, link
from geocairn.server.served import State

__all__ = ["API_DOCUMENT", "API_PAGE", "landing_page", "queryables", "sortables"]

API_DOCUMENT, API_PAGE = "api", "api.html"
_OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_DIALECT = "https://json-schema.org/draft/2019-09/schema"
_TYPES: Mapping[str, Mapping[str, Any]] = {
    "string": {"type": "string"},
    "strings": {"type": "array", "items": {"type": "string"}},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "instant": {"type": "string", "format": "date-time"},
    "geometry": {"$ref": "https://geojson.org/schema/Geometry.json"},
}
_TITLES = {facet.name: facet.title for facet in FACETS}
_WORKED_OUT = {
    "overlap": "Share of bbox or intersects that the item's geometry covers, in percent",
    "score": "Relevance for q",
}


def landing_page(state: State, links: Links, conformance: Sequence[str]) -> dict[str, Any]:
    """The landing page.

    Args:
        state: The hub.
        links: Addresses.
        conformance: Conformance classes that hold.
    """
    base, root = links.base, state.root
    return {
        "type": "Catalog",
        "stac_version": root["stac_version"],
        "id": root["id"],
        "title": root.get("title") or root["id"],
        "description": root.get("description") or root["id"],
        "conformsTo": list(conformance),
        "links": [
            link("self", base, title="This document"),
            link("root", base),
            link("data", f"{base}collections", title="Collections"),
            link("conformance", f"{base}conformance", title="Conformance classes"),
            link("search", f"{base}search", GEOJSON, title="Search", method="GET"),
            link("search", f"{base}search", GEOJSON, title="Search", method="POST"),
            link("children", f"{base}children", title="Children"),
            link(QUERYABLES, f"{base}queryables", SCHEMA, title="What filters can ask for"),
            link(SORTABLES, f"{base}sortables", SCHEMA, title="What results can be sorted by"),
            link("suggest", f"{base}suggest", JSON, title="Suggestions while typing"),
            link("facets", f"{base}facets", JSON, title="Values to filter by, counted"),
            link("service-desc", f"{base}{API_DOCUMENT}", _OPENAPI, title="Parameters (OpenAPI)"),
            link("service-doc", f"{base}{API_PAGE}", "text/html", title="Parameters, to be read"),
            link("alternate", links.file("catalog.json"), title="The same hub as static files"),
            *(link("child", links.collection(id_)) for id_ in state.collections),
        ],
    }


def queryables(address: str) -> dict[str, Any]:
    """A JSON Schema of the names that filters know beforehand."""
    return _schema(address, "What filters can ask for", _described(KNOWN))


def sortables(address: str) -> dict[str, Any]:
    """A JSON Schema of the names that results can be sorted by."""
    names = {name: known for name, known in KNOWN.items() if known.type != "geometry"}
    worked_out = {name: {"type": "number", "title": title} for name, title in _WORKED_OUT.items()}
    return _schema(address, "What results can be sorted by", _described(names) | worked_out)


def _described(names: Mapping[str, Queryable]) -> dict[str, Any]:
    described = {}
    for name, known in names.items():
        title = _TITLES.get(name) or _TITLES.get(known.column or "")
        described[name] = dict(_TYPES[known.type]) | ({"title": title} if title else {})
    return described


def _schema(address: str, title: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "$schema": _DIALECT,
        "$id": address,
        "type": "object",
        "title": title,
        "properties": dict(properties),
        # Every property of an item can be named.
        "additionalProperties": True,
    }
