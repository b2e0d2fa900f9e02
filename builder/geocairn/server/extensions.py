"""Extensions of the STAC API: stac-fastapi's with what they answer from a hub, and our own."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import attr
from fastapi import APIRouter, FastAPI
from stac_fastapi.api.models import EmptyRequest
from stac_fastapi.api.routes import create_async_endpoint
from stac_fastapi.extensions import FieldsExtension, FilterExtension, QueryExtension
from stac_fastapi.extensions.fields import FieldsConformanceClasses
from stac_fastapi.extensions.filter import FilterConformanceClasses
from stac_fastapi.extensions.filter.client import BaseFiltersClient
from stac_fastapi.extensions.query.query import QueryConformanceClasses
from stac_fastapi.extensions.sort import BaseSortablesClient
from stac_fastapi.extensions.sort.sort import ItemCollectionSortExtension, SearchSortExtension
from stac_fastapi.types.conformance import OAFConformanceClasses, STACConformanceClasses
from stac_fastapi.types.extension import ApiExtension
from starlette.requests import Request
from starlette.responses import Response

from geocairn.server import answers
from geocairn.server.core import collection_documents, links_of, require
from geocairn.server.documents import queryables, sortables
from geocairn.server.links import link
from geocairn.server.requests import FacetsGet, SuggestGet, parsed, refuse_odd
from geocairn.server.served import Served

__all__ = ["CONFORMANCE", "extensions"]

_Filter = FilterConformanceClasses
# Not among them: comparing two geometries of an item (property-property), which has but one, and
# functions of the server's own. Free text (q) is there, but not as its extension has it, where
# commas mean "or" and words in a row a phrase: all ways to search a hub find the same.
_FILTER: list[str] = [
    _Filter.FILTER,
    _Filter.SEARCH,
    _Filter.ITEMS,
    _Filter.CQL2_TEXT,
    _Filter.CQL2_JSON,
    _Filter.BASIC_CQL2,
    _Filter.ADVANCED_COMPARISON_OPERATORS,
    _Filter.CASE_INSENSITIVE_COMPARISON,
    _Filter.ACCENT_INSENSITIVE_COMPARISON,
    _Filter.BASIC_SPATIAL_FUNCTIONS,
    _Filter.BASIC_SPATIAL_FUNCTIONS_PLUS,
    _Filter.SPATIAL_FUNCTIONS,
    _Filter.TEMPORAL_FUNCTIONS,
    _Filter.ARRAY_FUNCTIONS,
    _Filter.ARITHMETIC,
]
# The first version of it says the same; clients know it by that one.
_SORT = [
    f"https://api.stacspec.org/v1.0.0/{scope}#sort" for scope in ("item-search", "ogcapi-features")
]
_CHILDREN = "https://api.stacspec.org/v1.0.0-rc.2/children"
_BROWSEABLE = "https://api.stacspec.org/v1.0.0/browseable"
CONFORMANCE: list[str] = [*STACConformanceClasses, *OAFConformanceClasses, *_SORT]
"""Classes that hold without stac-fastapi's extensions."""


def extensions(served: Served) -> list[ApiExtension]:
    """All extensions of a hub's API."""
    sortables_client = _Sortables(served)
    return [
        FilterExtension(client=_Filters(served), conformance_classes=_FILTER),
        SearchSortExtension(client=sortables_client),
        ItemCollectionSortExtension(client=sortables_client),
        FieldsExtension(
            conformance_classes=[FieldsConformanceClasses.SEARCH, FieldsConformanceClasses.ITEMS]
        ),
        QueryExtension(
            conformance_classes=[QueryConformanceClasses.SEARCH, QueryConformanceClasses.ITEMS]
        ),
        Children(served),
        Discovery(served),
    ]


@attr.s
class _Filters(BaseFiltersClient):
    served: Served = attr.ib()

    def get_queryables(self, collection_id: str | None = None, **kwargs: Any) -> Any:
        """``GET /queryables`` and ``GET /collections/{collection_id}/queryables``."""
        address = _own_address(self.served, kwargs["request"], collection_id, "queryables")
        return answers.schema(queryables(address))


@attr.s
class _Sortables(BaseSortablesClient):
    served: Served = attr.ib()

    def get_sortables(self, request: Request | None = None, **_: Any) -> Any:
        """``GET /sortables``."""
        return answers.schema(sortables(_own_address(self.served, request, None, "sortables")))

    def get_collection_sortables(
        self, collection_id: str, request: Request | None = None, **_: Any
    ) -> Any:
        """``GET /collections/{collection_id}/sortables``."""
        address = _own_address(self.served, request, collection_id, "sortables")
        return answers.schema(sortables(address))


def _own_address(served: Served, request: Request | None, collection: str | None, name: str) -> str:
    assert request is not None
    refuse_odd(request)
    state = served.state
    links = links_of(request, state)
    if collection is None:
        return f"{links.base}{name}"
    require(state, collection)
    return links.collection(collection, f"/{name}")


class Children(ApiExtension):
    """``GET /children``: what the landing page links to as children, whole."""

    def __init__(self, served: Served) -> None:
        super().__init__(conformance_classes=[_CHILDREN, _BROWSEABLE])
        self._served = served

    def register(self, app: FastAPI) -> None:
        """Add the route."""
        router = APIRouter()
        endpoint = create_async_endpoint(self.children, EmptyRequest)
        router.add_api_route("/children", endpoint, methods=["GET"], name="Children")
        app.include_router(router)

    def children(self, request: Request) -> Response:
        """All children."""
        refuse_odd(request)
        state = self._served.state
        links = links_of(request, state)
        own = [link("self", f"{links.base}children"), link("root", links.base)]
        return answers.json({"children": collection_documents(state, links), "links": own})


class Discovery(ApiExtension):
    """``GET /suggest`` and ``GET /facets``, for whoever does not know yet what to ask."""

    def __init__(self, served: Served) -> None:
        super().__init__()
        self._served = served

    def register(self, app: FastAPI) -> None:
        """Add the routes."""
        router = APIRouter()
        for name, endpoint, model in (
            ("suggest", self.suggest, SuggestGet),
            ("facets", self.facets, FacetsGet),
        ):
            made = create_async_endpoint(endpoint, model)
            router.add_api_route(f"/{name}", made, methods=["GET"], name=name.title())
        app.include_router(router)

    def suggest(self, q: str, limit: int, request: Request) -> Response:
        """Collections, values of facets and words to go on with."""
        refuse_odd(request, SuggestGet)
        found = self._served.state.catalog.suggest(q, limit=limit)
        return answers.json({"suggestions": [asdict(suggestion) for suggestion in found]})

    def facets(self, request: Request, **given: Any) -> Response:
        """Counts of every facet's values over the items that match."""
        refuse_odd(request, FacetsGet)
        search = self._served.state.catalog.run(parsed(given))
        return answers.json({"numberMatched": search.matched(), "facets": search.facets()})
