"""The parameters of a search, for GET and for POST, and their way into a `SearchQuery`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import attr
from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field, create_model
from stac_fastapi.types.search import APIRequest
from starlette.requests import Request

from geocairn import _io
from geocairn.errors import GeocairnError, InputError, QueryError
from geocairn.facets import FACET_NAMES, FACETS
from geocairn.query import MAX_LIMIT, SearchQuery

__all__ = ["FacetsGet", "ItemsGet", "SearchGet", "SearchPost", "SuggestGet", "parsed", "refuse_odd"]

LIMIT = 10
"""Items on a page where a request does not say."""
_CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
).fullmatch
_TEXTS: Mapping[str, str] = {
    "ids": "Items by id, any of them.",
    "collections": "Collections by id, any of them.",
    "bbox": "West, south, east, north in degrees; west beyond east crosses the antimeridian. Of "
    "six numbers the heights are left aside. Not together with intersects.",
    "intersects": "A GeoJSON geometry that the footprints meet.",
    "datetime": "An RFC 3339 timestamp, or two with a slash between; .. leaves an end open.",
    "q": "Words. An item has all of them, the last as a beginning; the best come first.",
    "query": "The older query extension: a JSON object such as {'gsd': {'lt': 1}}.",
    "filter": "CQL2, as text or JSON.",
    "filter_lang": "Language of the filter; guessed where it is not given.",
    "filter_crs": "Coordinate reference system of geometries in the filter: longitude, latitude.",
    "sortby": "Properties, '-' before one that is to descend; overlap is the share of the bbox or "
    "of intersects that an item covers, score its relevance for q.",
    "fields": "Members of the items to give, '-' before one that is to be left out.",
    "limit": f"Most items on a page; {MAX_LIMIT:,} at most.",
    "token": "Where to go on; from the links of an earlier page.",
}
_USUAL = ["geometry", "bbox", "links", "assets", "properties.datetime"]
"""Members beside the identity, of which a body excludes some where it includes none by name."""


def _names(*, without: tuple[str, ...] = ()) -> list[str]:
    return [name for name in _TEXTS if name not in without]


def _public(name: str) -> str:
    """Name of a parameter as requests have it."""
    return name.replace("_", "-") if name.startswith("filter_") else name


def _get_types(names: list[str]) -> dict[str, Any]:
    types: dict[str, Any] = dict.fromkeys(names, str | None)
    types["filter_lang"] = Literal["cql2-text", "cql2-json"] | None
    types["filter_crs"] = Literal[_CRS84] | None
    types["limit"] = int | None
    return {name: types[name] for name in names}


def _get_model(name: str, names: list[str], own: Mapping[str, Any]) -> type[APIRequest]:
    attributes = dict(own)
    for part, type_ in _get_types(names).items():
        least = 1 if part == "limit" else None
        query = Query(alias=_public(part), description=_TEXTS[part], ge=least)
        attributes[part] = attr.ib(default=None, type=Annotated[type_, query])
    for facet in FACETS:
        forms = "values with commas between (or a JSON list), any of them."
        if facet.type in ("number", "integer"):
            forms = "a number, or a range such as <1, 0.3..1 or 10.."
        text = f"{facet.title}: {'true or false.' if facet.type == 'boolean' else forms}"
        type_ = Annotated[str | None, Query(description=text)]
        attributes[facet.name] = attr.ib(default=None, type=type_)
    made: type[APIRequest] = attr.make_class(name, attributes, bases=(APIRequest,))
    return made


_COLLECTION = attr.ib(type=Annotated[str, Path(description="Id of a collection.")])

SearchGet = _get_model("SearchGet", _names(), {})
"""``GET /search``."""
FacetsGet = _get_model("FacetsGet", _names(without=("sortby", "fields", "limit", "token")), {})
"""``GET /facets``."""
ItemsGet = _get_model("ItemsGet", _names(), {"collection_id": _COLLECTION})
"""``GET /collections/{collection_id}/items``."""


@attr.s
class SuggestGet(APIRequest):
    """``GET /suggest``."""

    q: Annotated[str, Query(description="What was typed so far.")] = attr.ib()
    limit: Annotated[int, Query(ge=1, le=100, description="Most suggestions.")] = attr.ib(
        default=10
    )


class _Fields(BaseModel):
    model_config = ConfigDict(extra="forbid")

    include: list[str] | None = None
    exclude: list[str] | None = None


class _SortKey(BaseModel):
    model_config = ConfigDict(extra="forbid")

    field: str
    direction: Literal["asc", "desc"] = "asc"


_Object = dict[str, Any]
_POST_TYPES: dict[str, tuple[Any, Any]] = {
    "ids": (list[str] | str | None, None),
    "collections": (list[str] | str | None, None),
    "bbox": (Annotated[list[float], Field(min_length=4, max_length=6)] | None, None),
    "intersects": (_Object | None, None),
    "datetime": (str | None, None),
    "q": (str | list[str] | None, None),
    "query": (dict[str, _Object] | None, None),
    "filter": (_Object | bool | str | None, None),
    "filter_lang": (Literal["cql2-text", "cql2-json"] | None, None),
    "filter_crs": (Literal[_CRS84] | None, None),
    "sortby": (list[_SortKey] | None, None),
    # An object that says nothing asks for nothing, but there must be one (fields extension).
    "fields": (_Fields, _Fields()),
    "limit": (Annotated[int, Field(ge=1)] | None, None),
    "token": (str | None, None),
}
_FACET_TYPES: Mapping[str, Any] = {
    "number": float | str | list[float] | None,
    "integer": float | str | list[float] | None,
    "boolean": bool | None,
    "string": str | list[str] | None,
    "strings": str | list[str] | None,
}


def _post_model() -> type[BaseModel]:
    fields: dict[str, Any] = {
        name: (type_, Field(default, alias=_public(name), description=_TEXTS[name]))
        for name, (type_, default) in _POST_TYPES.items()
    }
    for facet in FACETS:
        type_ = _FACET_TYPES[facet.type]
        fields[facet.name] = (type_, Field(None, description=f"{facet.title}."))
    config = ConfigDict(extra="forbid", strict=True, populate_by_name=False)
    made: type[BaseModel] = create_model("Search", __config__=config, **fields)
    return made


SearchPost = _post_model()
"""Body of ``POST /search``."""


def refuse_odd(request: Request, model: type[APIRequest] | None = None) -> None:
    """Refuse parameters that nobody knows, or that are given twice.

    What is not understood would otherwise be left out of the search without a word (OGC API
    Features, part 1, requirement ``query-param-unknown``).

    Raises:
        QueryError: With the parameter's name.
    """
    fields = attr.fields(model) if model else ()
    known = [_public(field.name) for field in fields if field.name != "collection_id"]
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in known:
            listed = ", ".join(known)
            remedy = f"There are {listed}." if known else "This address takes none."
            raise QueryError(f"unknown parameter {name!r}", remedy=remedy)
        if name in seen:
            raise QueryError(
                f"parameter {name!r} is given twice",
                remedy="Give it once; lists have commas between.",
            )
        seen.add(name)


def parsed(given: Mapping[str, Any]) -> SearchQuery:
    """Parse a search.

    Args:
        given: Parameters by name, None where a request has none.

    Raises:
        QueryError: When a value cannot mean anything.
    """
    asked = {name: _listed(name, value) for name, value in given.items() if value is not None}
    asked.pop("filter_crs", None)  # there is but one
    if "fields" in asked:
        asked["fields"] = _usual(asked["fields"])
    if "datetime" in asked:
        _refuse_dates(asked["datetime"])
    asked["limit"] = min(asked.get("limit", LIMIT), MAX_LIMIT)
    try:
        return SearchQuery.parse(**asked)
    except InputError as error:  # a geometry that is no JSON, say
        message = f"{error.where}: {error.message}" if error.where else error.message
        raise QueryError(message, remedy=error.remedy) from None


def _usual(fields: Any) -> Any:
    """What to give where ``include`` is there but empty (fields extension, rule 4)."""
    if isinstance(fields, str) or not fields.get("exclude") or fields.get("include", True):
        return fields
    return {"include": [name for name in _USUAL if name not in fields["exclude"]]}


def _listed(name: str, value: Any) -> Any:
    """A facet's values where an address has them as JSON, as those with commas must be."""
    if name not in FACET_NAMES or not isinstance(value, str) or not value.startswith("["):
        return value
    try:
        return _io.loads(value.encode(), where=name)
    except GeocairnError as error:
        remedy = f'Write {name}=["a","b"].'
        raise QueryError(f"{name} is no JSON list: {error.message}", remedy=remedy) from None


def _refuse_dates(value: str) -> None:
    """Hold to what STAC API and OGC API Features allow; `SearchQuery` takes dates as well."""
    for part in value.split("/"):
        if part not in ("", "..") and not _INSTANT(part):
            raise QueryError(
                f"datetime is no RFC 3339 timestamp: {part!r}",
                remedy="Write 2024-05-01T00:00:00Z, or 2024-01-01T00:00:00Z/.. for an interval.",
            )
