"""The description of the service: OpenAPI 3.0, and a page of the same for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from jinja2 import Environment

from geocairn.server.links import GEOJSON, JSON, SCHEMA

__all__ = ["ANSWERS", "describe", "page"]

_LINKS: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["rel", "href"],
        "properties": {
            "rel": {"type": "string"},
            "href": {"type": "string"},
            "type": {"type": "string"},
            "method": {"type": "string", "enum": ["GET", "POST"]},
        },
    },
}


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


_TEXT, _COUNT = {"type": "string"}, {"type": "integer", "minimum": 0}
_FEATURE = {"type": "string", "enum": ["Feature"]}
_SCHEMAS: dict[str, Any] = {
    "Error": _object("code description", code=_TEXT, description=_TEXT),
    "LandingPage": _object(
        "type id description stac_version conformsTo links",
        type={"type": "string", "enum": ["Catalog"]},
        id=_TEXT,
        title=_TEXT,
        description=_TEXT,
        stac_version=_TEXT,
        conformsTo={"type": "array", "items": _TEXT},
        links=_LINKS,
    ),
    "Conformance": _object("conformsTo", conformsTo={"type": "array", "items": _TEXT}),
    "Collection": _object(
        "type id description license extent links stac_version",
        type={"type": "string", "enum": ["Collection"]},
        id=_TEXT,
        description=_TEXT,
        license=_TEXT,
        extent={"type": "object"},
        stac_version=_TEXT,
        links=_LINKS,
    ),
    "Item": _object(
        "type id stac_version geometry properties links assets",
        type=_FEATURE,
        id=_TEXT,
        collection=_TEXT,
        stac_version=_TEXT,
        geometry={"type": "object", "nullable": True},
        bbox={"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
        properties={"type": "object"},
        assets={"type": "object"},
        links=_LINKS,
    ),
    "ItemCollection": _object(
        "type features links numberMatched numberReturned",
        type={"type": "string", "enum": ["FeatureCollection"]},
        # With fields, an item may have no more than these.
        features={"type": "array", "items": _object("type id", type=_FEATURE, id=_TEXT)},
        links=_LINKS,
        numberMatched=_COUNT,
        numberReturned=_COUNT,
    ),
    "JSONSchema": _object("$schema $id type properties", properties={"type": "object"}),
    "Suggestions": _object(
        "suggestions",
        suggestions={
            "type": "array",
            "items": _object(
                "kind value count title",
                kind={"type": "string", "enum": ["collection", "facet", "word"]},
                value=_TEXT,
                count=_COUNT,
                title=_TEXT,
                facet={"type": "string", "nullable": True},
            ),
        },
    ),
    "Facets": _object("numberMatched facets", numberMatched=_COUNT, facets={"type": "object"}),
    "Collections": _object(
        "collections links",
        collections={"type": "array", "items": {"$ref": "#/components/schemas/Collection"}},
        links=_LINKS,
    ),
    "Children": _object(
        "children links",
        children={"type": "array", "items": {"$ref": "#/components/schemas/Collection"}},
        links=_LINKS,
    ),
    "Status": {"type": "object"},
}
ANSWERS: Mapping[str, tuple[str, str, str]] = {
    "/": ("LandingPage", JSON, "The landing page."),
    "/conformance": ("Conformance", JSON, "What this service conforms to."),
    "/collections": ("Collections", JSON, "All collections."),
    "/collections/{collection_id}": ("Collection", JSON, "A collection."),
    "/collections/{collection_id}/items": ("ItemCollection", GEOJSON, "Items of a collection."),
    "/collections/{collection_id}/items/{item_id}": ("Item", GEOJSON, "An item."),
    "/collections/{collection_id}/queryables": ("JSONSchema", SCHEMA, "What filters can ask for."),
    "/collections/{collection_id}/sortables": ("JSONSchema", SCHEMA, "What items are sorted by."),
    "/search": ("ItemCollection", GEOJSON, "Items that match."),
    "/queryables": ("JSONSchema", SCHEMA, "What filters can ask for."),
    "/sortables": ("JSONSchema", SCHEMA, "What items are sorted by."),
    "/children": ("Children", JSON, "All children of the landing page."),
    "/suggest": ("Suggestions", JSON, "Ways to go on with what was typed."),
    "/facets": ("Facets", JSON, "Counts of every facet's values over all items that match."),
    "/_mgmt/ping": ("Status", JSON, "That the service answers."),
    "/_mgmt/health": ("Status", JSON, "That the service is well."),
}
"""What each address answers: schema, media type and meaning."""


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of the application.

    FastAPI writes version 3.1, where null is a type; most clients of STAC APIs, and the conformance
    class of OGC API Features, know 3.0.
    """
    found = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    found["openapi"] = "3.0.3"
    schemas = found.get("components", {}).get("schemas", {})
    used = {name: schemas[name] for name in ("Search", "_Fields", "_SortKey") if name in schemas}
    found["components"] = {"schemas": _SCHEMAS | _older(used)}
    for path, operations in found["paths"].items():
        name, kind, title = ANSWERS[path]
        for method, operation in operations.items():
            operation["summary"] = title
            operation["operationId"] = f"{method} {path}"
            operation["parameters"] = _older(operation.get("parameters", []))
            operation["responses"] = _responses(name, kind, title, given=path.count("{"))
    return found


def _responses(name: str, kind: str, title: str, *, given: int) -> dict[str, Any]:
    failed = {
        "400": "The request means nothing; the answer says what is wrong with it.",
        "503": "The hub cannot be read.",
    }
    if given:
        failed["404"] = "There is no such thing."
    told = {code: _response("Error", JSON, description) for code, description in failed.items()}
    return {"200": _response(name, kind, title)} | told


def _response(name: str, kind: str, description: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"description": description, "content": {kind: {"schema": schema}}}


def _older(node: Any) -> Any:
    """A JSON Schema of OpenAPI 3.1 as 3.0 has it."""
    if isinstance(node, list):
        return [_older(part) for part in node]
    if not isinstance(node, dict):
        return node
    made = {name: _older(part) for name, part in node.items() if name not in ("const", "anyOf")}
    if "const" in node:
        made["enum"] = [node["const"]]
    if "anyOf" in node:
        choices = [_older(part) for part in node["anyOf"] if part != {"type": "null"}]
        nullable = {"nullable": True} if len(choices) < len(node["anyOf"]) else {}
        # In a query there is no null, only leaving a parameter out.
        made |= (choices[0] if len(choices) == 1 else {"anyOf": choices}) | nullable
    return made


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ api.info.title }}: STAC API</title>
<style>
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
section { border-top: 1px solid; margin-top: 2rem }
h2 { font-size: 1.1rem }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
th, td { padding: .2rem 1rem .2rem 0; text-align: left; vertical-align: top }
</style>
</head>
<body>
<main>
<h1>{{ api.info.title }}: STAC API</h1>
<p>{{ api.info.description }}</p>
<p>For programs: <a href="{{ base }}">landing page</a>,
<a href="{{ base }}api">OpenAPI document</a>.</p>
{% for path, operations in api.paths.items() %}{% for method, operation in operations.items() %}
<section>
<h2><code>{{ method | upper }} {{ path }}</code></h2>
<p>{{ operation.summary }}</p>
{% if operation.parameters %}<table>
<tr><th scope="col">Parameter</th><th scope="col">Meaning</th></tr>
{% for one in operation.parameters %}<tr><td><code>{{ one.name }}</code></td>
<td>{{ one.description }}</td></tr>
{% endfor %}</table>{% endif %}
{% if operation.requestBody %}<p>Takes the parameters of <code>GET {{ path }}</code> as one JSON
object, with lists and geometries as JSON.</p>{% endif %}
</section>
{% endfor %}{% endfor %}
</main>
</body>
</html>
"""


def page(app: FastAPI, base: str) -> str:
    """The page for people: addresses and parameters.

    Args:
        app: The application.
        base: Address of the landing page, with a slash at its end.
    """
    template = Environment(autoescape=True).from_string(_PAGE)
    return template.render(api=app.openapi(), base=base)
