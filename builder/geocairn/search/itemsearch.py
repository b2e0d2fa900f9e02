"""One search of a hub, shaped like pystac-client's ItemSearch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from geocairn.query import MAX_LIMIT, SearchQuery
from geocairn.search.order import Found
from geocairn.search.results import Place

if TYPE_CHECKING:
    import pystac

    from geocairn.search.catalog import Catalog

__all__ = ["ItemSearch"]

_CHUNK = 2000


class ItemSearch:
    """A search of a `Catalog`, with pystac-client's names; it runs once, when first needed.

    Attributes:
        query: The parsed query.
    """

    def __init__(
        self,
        catalog: Catalog,
        query: SearchQuery,
        *,
        max_items: int | None,
        place: Place | None = None,
    ) -> None:
        self._catalog = catalog
        self.query = query
        self._max_items = max_items
        self._place = place

    @cached_property
    def _found(self) -> Found:
        return self._catalog._find(self.query)  # noqa: SLF001  # one class in two halves

    @property
    def _span(self) -> tuple[int, int]:
        start = self.query.offset()
        end = self._found.count
        return start, end if self._max_items is None else min(end, start + self._max_items)

    def _repr_html_(self) -> str:
        from geocairn.search.html import search_html

        return search_html(self)

    def matched(self) -> int:
        """How many items match, on all pages."""
        return self._found.count

    def facets(self) -> dict[str, Any]:
        """Counts of every facet's values over all matching items.

        Returns:
            ``{"framework": {"values": [["PyTorch", 12], ...], "distinct": 3}, "gsd":
            {"minimum": 0.3, "maximum": 30.0}, ...}``, at most a thousand values of each.
        """
        return self._catalog._counts(self._found)  # noqa: SLF001

    def items(self) -> Iterator[pystac.Item]:
        """Every matching item, in order, as pystac objects."""
        import pystac

        for item in self.items_as_dicts():
            yield pystac.Item.from_dict(item, preserve_dict=False)

    def items_as_dicts(self) -> Iterator[dict[str, Any]]:
        """Every matching item, in order, with absolute hrefs and a ``self`` link.

        With ``sortby=overlap`` each has a property ``overlap_percentage``.
        """
        size = self.query.limit
        start, end = self._span
        while start < end:
            yield from self._load(start, min(size, end - start))
            # The first page comes fast; whoever goes on gets larger portions.
            start, size = start + size, min(max(2 * size, self.query.limit), _CHUNK)

    def pages(self) -> Iterator[pystac.ItemCollection]:
        """Page by page, as pystac objects."""
        import pystac

        for page in self.pages_as_dicts():
            yield pystac.ItemCollection.from_dict(page, preserve_dict=False)

    def pages_as_dicts(self) -> Iterator[dict[str, Any]]:
        """Page by page, as GeoJSON FeatureCollections of at most ``limit`` items.

        Each has ``numberMatched``, ``numberReturned`` and, where another page follows, ``next``:
        the token with which a search goes on there.
        """
        start, end = self._span
        while start < end:
            features = self._load(start, min(self.query.limit, end - start))
            start += len(features)
            page = {
                "type": "FeatureCollection",
                "features": features,
                "links": [],
                "numberMatched": self.matched(),
                "numberReturned": len(features),
            }
            if start < self.matched():
                page["next"] = self.query.token_at(start)
            yield page

    def page_as_dict(self) -> dict[str, Any]:
        """The page at the query's token (the first without one), even if it is empty."""
        empty = {"type": "FeatureCollection", "features": [], "links": []}
        counts = {"numberMatched": self.matched(), "numberReturned": 0}
        return next(self.pages_as_dicts(), empty | counts)

    def item_collection(self) -> pystac.ItemCollection:
        """Every matching item as one pystac object."""
        import pystac

        return pystac.ItemCollection.from_dict(self.item_collection_as_dict(), preserve_dict=False)

    def item_collection_as_dict(self) -> dict[str, Any]:
        """Every matching item as one GeoJSON FeatureCollection."""
        start, end = self._span
        features: list[dict[str, Any]] = []
        while start < end:
            part = self._load(start, min(MAX_LIMIT, end - start))
            features += part
            start += len(part)
        return {"type": "FeatureCollection", "features": features}

    def ids(self) -> list[str]:
        """Ids of every matching item, in order, without reading the items."""
        start, end = self._span
        rows = self._found.at(start, end - start)
        return [id_ for _, id_ in self._catalog._engine.places(rows)]  # noqa: SLF001

    def with_token(self, token: str) -> ItemSearch:
        """The same search, going on at a page's ``next``."""
        search = ItemSearch(
            self._catalog,
            replace(self.query, token=token),
            max_items=self._max_items,
            place=self._place,
        )
        search.query.offset()
        search.__dict__["_found"] = self._found
        return search

    def _load(self, start: int, count: int) -> list[dict[str, Any]]:
        rows = self._found.at(start, count)
        return self._catalog._items(self._found, rows, self.query, self._place)  # noqa: SLF001
