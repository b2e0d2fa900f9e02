"""What each address answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import attr
from pydantic import BaseModel
from stac_fastapi.types.core import BaseCoreClient
from starlette.requests import Request
from starlette.responses import Response

from geocairn import _io, layout
from geocairn.errors import HubError, MissingFileError, QueryError
from geocairn.query import SearchQuery
from geocairn.search.itemsearch import ItemSearch
from geocairn.server import answers
from geocairn.server.documents import landing_page
from geocairn.server.links import GEOJSON, Links, link
from geocairn.server.requests import ItemsGet, SearchGet, parsed, refuse_odd
from geocairn.server.served import Served, State

__all__ = ["HubClient", "collection_documents", "links_of", "require"]


def links_of(request: Request, state: State) -> Links:
    """Addresses as this request's client sees them."""
    fixed: str | None = request.app.state.address
    return Links(fixed or str(request.base_url), state.hub)


def collection_documents(state: State, links: Links) -> list[dict[str, Any]]:
    """Every collection, as the API shows it."""
    return [_collection(state, links, id_) for id_ in state.collections]


@attr.s
class HubClient(BaseCoreClient):
    """Answers from a hub; stac-fastapi calls it by address.

    Attributes:
        served: The hub.
    """

    served: Served = attr.ib(kw_only=True)

    def landing_page(self, **kwargs: Any) -> Any:
        """``GET /``."""
        state, links = self._begin(kwargs["request"])
        return answers.json(landing_page(state, links, self.conformance_classes()))

    def conformance(self, **kwargs: Any) -> Any:
        """``GET /conformance``."""
        refuse_odd(kwargs["request"])
        return answers.json({"conformsTo": self.conformance_classes()})

    def all_collections(self, **kwargs: Any) -> Any:
        """``GET /collections``."""
        state, links = self._begin(kwargs["request"])
        own = [link("self", f"{links.base}collections"), link("root", links.base)]
        found = collection_documents(state, links)
        counts = {"numberMatched": len(found), "numberReturned": len(found)}
        return answers.json({"collections": found, "links": own, **counts})

    def get_collection(self, collection_id: str, **kwargs: Any) -> Any:
        """``GET /collections/{collection_id}``."""
        state, links = self._begin(kwargs["request"])
        require(state, collection_id)
        return answers.json(_collection(state, links, collection_id))

    def get_item(self, item_id: str, collection_id: str, **kwargs: Any) -> Any:
        """``GET /collections/{collection_id}/items/{item_id}``."""
        state, links = self._begin(kwargs["request"])
        require(state, collection_id)
        if not item_id.strip(".") or set(item_id) & set("/\\\0"):
            raise answers.missing(f"item {item_id!r}")  # no id, and no name of a file either
        path = layout.item_json(collection_id, item_id)
        try:
            item = _io.loads(state.hub.read(path), where=path)
        except MissingFileError:
            raise answers.missing(f"item {item_id!r} in {collection_id!r}") from None
        return answers.geojson(links.place_item(item, path))

    # What comes here are the parameters of our own models.
    def item_collection(self, collection_id: str, **kwargs: Any) -> Any:  # type: ignore[override]
        """``GET /collections/{collection_id}/items``."""
        request: Request = kwargs.pop("request")
        state, links = self._begin(request, ItemsGet)
        require(state, collection_id)
        # pystac-client names the collection here as well.
        named = kwargs.get("collections") or collection_id
        if {name.strip() for name in named.split(",")} != {collection_id}:
            raise QueryError(
                f"collections asks for others than {collection_id!r}",
                remedy="Leave it out, or search at /search.",
            )
        query = parsed({**kwargs, "collections": [collection_id]})
        return _page(request, state, links, query, self_link=_address(request, links))

    def get_search(self, **kwargs: Any) -> Any:  # type: ignore[override]
        """``GET /search``."""
        request: Request = kwargs.pop("request")
        state, links = self._begin(request, SearchGet)
        return _page(request, state, links, parsed(kwargs), self_link=_address(request, links))

    def post_search(self, search_request: BaseModel, **kwargs: Any) -> Any:
        """``POST /search``."""
        request: Request = kwargs["request"]
        state, links = self._begin(request)
        query = parsed(search_request.model_dump(exclude_unset=True))
        body = search_request.model_dump(by_alias=True, exclude_unset=True)
        return _page(request, state, links, query, body=body)

    def _begin(self, request: Request, model: type[Any] | None = None) -> tuple[State, Links]:
        refuse_odd(request, model)
        state = self.served.state
        return state, links_of(request, state)


def require(state: State, collection: str) -> None:
    """Answer 404 where there is no such collection.

    Raises:
        HTTPException: Then.
    """
    if collection not in state.collections:
        raise answers.missing(f"collection {collection!r}")


def _collection(state: State, links: Links, collection: str) -> dict[str, Any]:
    path = layout.collection_json(collection)
    document = _io.loads(state.hub.read(path), where=path)
    if not isinstance(document, dict):
        raise HubError(f"{path} is no collection", where=state.hub.href)
    return links.place_collection(document, path)


def _page(
    request: Request,
    state: State,
    links: Links,
    query: SearchQuery,
    *,
    self_link: str | None = None,
    body: Mapping[str, Any] | None = None,
) -> Response:
    """One page of a search, with links to those around it."""
    search = state.catalog.run(query, place=links.place_item)
    page = search.page_as_dict()
    page.pop("next", None)
    own = [link("root", links.base)]
    if self_link:
        own.insert(0, link("self", self_link, GEOJSON))
    for rel, token in _tokens(search, page["numberReturned"]).items():
        if body is None:
            own.append(link(rel, _with_token(request, links, token), GEOJSON, method="GET"))
        else:
            rest = {name: value for name, value in body.items() if name != "token"}
            whole = rest | ({"token": token} if token else {})
            address = f"{links.base}search"
            own.append(link(rel, address, GEOJSON, method="POST", body=whole, merge=False))
    page["links"] = own
    return answers.geojson(page)


def _tokens(search: ItemSearch, returned: int) -> dict[str, str | None]:
    """Tokens of the pages before and after; None is the first page."""
    query = search.query
    start = query.offset()
    tokens: dict[str, str | None] = {}
    if start + returned < search.matched():
        tokens["next"] = query.token_at(start + returned)
    if start:
        before = max(0, start - query.limit)
        tokens["prev"] = query.token_at(before) if before else None
    return tokens


def _address(request: Request, links: Links) -> str:
    """The address of this request, as its client sees it."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", "")).lstrip("/")
    query = request.url.query
    return f"{links.base}{layout.relative_href(path)}" + (f"?{query}" if query else "")


def _with_token(request: Request, links: Links, token: str | None) -> str:
    rest = [(name, value) for name, value in request.query_params.multi_items() if name != "token"]
    pairs = [*rest, ("token", token)] if token else rest
    address = _address(request, links).partition("?")[0]
    return f"{address}?{urlencode(pairs)}" if pairs else address
