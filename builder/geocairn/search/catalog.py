"""A hub to search, shaped like pystac-client's Client."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any

from geocairn import _io, layout
from geocairn.errors import HubError, QueryError
from geocairn.query import SearchQuery
from geocairn.search.counts import Suggestion, facet_counts, suggestions
from geocairn.search.engine import Engine, Rows
from geocairn.search.hub import Hub, open_hub
from geocairn.search.itemsearch import ItemSearch
from geocairn.search.order import Found
from geocairn.search.results import Place, absolute_hrefs, load_items, select_fields

if TYPE_CHECKING:
    import pystac

    from geocairn.run.assess import Assessment
    from geocairn.run.runnable import RunnableModel
    from geocairn.search.resident import Recent

__all__ = ["Catalog"]

_RECENT = 32


class Catalog:
    """A built hub, in a folder or behind a URL.

    Usable as a context manager; closing it closes network connections.

    Args:
        hub: The hub.
        resident: Whether to read into memory, once, what most searches need: for a server.

    Attributes:
        href: Folder or URL.
        title: The hub's title.
        description: What the hub is.
    """

    def __init__(self, hub: Hub, *, resident: bool = False) -> None:
        self._hub = hub
        self._resident = resident
        self._recent: Recent[Found] | None = None
        if resident:
            from geocairn.search.resident import Recent  # pyarrow, which others do without

            self._recent = Recent(_RECENT)
            _ = self._engine  # read now, before several threads would do it at once
        self.href = hub.href
        self.title: str = hub.manifest.get("title") or ""
        self.description: str = hub.manifest.get("description") or ""

    @classmethod
    def open(cls, href: str | os.PathLike[str]) -> Catalog:
        """Open a hub.

        Args:
            href: A folder, or an http(s) URL; also the path or URL of its ``catalog.json``.

        Raises:
            HubError: When there is no whole hub.
        """
        return cls(open_hub(href))

    def __repr__(self) -> str:
        return f"<Catalog {self.href} with {len(self)} items>"

    def __len__(self) -> int:
        count: int = self._hub.manifest["items"]
        return count

    def __enter__(self) -> Catalog:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the database and the network connections."""
        engine = self.__dict__.pop("_engine", None)
        if engine is not None:
            engine.close()
        self._hub.close()

    @cached_property
    def _engine(self) -> Engine:
        return Engine(self._hub, resident=self._resident)

    def search(self, *, max_items: int | None = None, **parameters: Any) -> ItemSearch:
        """Search the hub; nothing is read before results are asked for.

        Args:
            max_items: Most items to give over all pages; `ItemSearch.matched` counts all.
            **parameters: See `geocairn.query.SearchQuery.parse`: ``ids``, ``collections``,
                ``bbox``, ``intersects``, ``datetime``, ``q``, ``filter``, ``sortby``,
                ``fields``, ``limit`` (of a page), ``token`` and facets by name.

        Raises:
            QueryError: When a value cannot mean anything.
        """
        return self.run(SearchQuery.parse(**parameters), max_items=max_items)

    def run(
        self, query: SearchQuery, *, max_items: int | None = None, place: Place | None = None
    ) -> ItemSearch:
        """Search with a query that is already parsed.

        Args:
            query: The query.
            max_items: See `search`.
            place: Given an item and its path from the hub's root, gives the item with hrefs as
                whoever asks can use them; without it, they lead to the hub itself.
        """
        if max_items is not None and max_items < 1:
            raise QueryError(f"max_items is {max_items}", remedy="Use 1 or more.")
        return ItemSearch(self, query, max_items=max_items, place=place)

    def get_collections(self) -> Iterator[pystac.Collection]:
        """Every collection."""
        for entry in self._hub.manifest["collections"]:
            collection = self.get_collection(entry["id"])
            assert collection is not None
            yield collection

    def get_collection(self, collection_id: str) -> pystac.Collection | None:
        """A collection by id, or None where there is none."""
        import pystac  # objects only where they are asked for

        document = self.get_collection_as_dict(collection_id)
        if document is None:
            return None
        return pystac.Collection.from_dict(document, preserve_dict=False)

    def get_collection_as_dict(self, collection_id: str) -> dict[str, Any] | None:
        """A collection's JSON with absolute hrefs, or None where there is none."""
        if collection_id not in [entry["id"] for entry in self._hub.manifest["collections"]]:
            return None
        path = layout.collection_json(collection_id)
        document = _io.loads(self._hub.read(path), where=path)
        if not isinstance(document, dict):
            raise HubError(f"{path} is no collection", where=self.href, remedy="Build it again.")
        return absolute_hrefs(self._hub, document, path, kind="application/json")

    def get_item(self, item_id: str, *, collection: str | None = None) -> pystac.Item | None:
        """An item by id, or None where there is none."""
        found = self.search(ids=[item_id], collections=collection, limit=1)
        return next(found.items(), None)

    def load(self, name: str, *, collection: str | None = None, **options: Any) -> RunnableModel:
        """Load a model: fetch its file, check it and open it.

        Args:
            name: Id of an item, or the name of a model, whose latest version is taken.
            collection: Where it is, if the name alone is not enough.
            **options: See `geocairn.run.runnable.load_item`.

        Raises:
            InputError: If there is no such model, or it has no file that can be run.
        """
        from geocairn.run.items import own_href
        from geocairn.run.runnable import load_item
        from geocairn.search.loading import find_item

        item = find_item(self, name, collection=collection)
        return load_item(item, href=own_href(item), **options)

    def match(self, scene: Any, **parameters: Any) -> list[Assessment]:
        """Which models can run on a scene, best first, with reasons; then those that cannot.

        Args:
            scene: See `geocairn.run.scenes.open_scene`; only its header is read.
            **parameters: Only models that a search for these finds.
        """
        from geocairn.run.explaining import match

        return match(self.search(**parameters).items_as_dicts(), scene)

    def _repr_html_(self) -> str:
        from geocairn.search.html import hub_html

        return hub_html(self)

    def suggest(self, prefix: str, *, limit: int = 10) -> list[Suggestion]:
        """Collections, facet values and words that begin like the last word of `prefix`."""
        return suggestions(self._engine, prefix, limit=limit)

    def facets(self) -> dict[str, Any]:
        """Counts of every facet's values over the whole hub; see `ItemSearch.facets`."""
        return self.search().facets()

    def _find(self, query: SearchQuery) -> Found:
        engine = self._engine
        if self._recent is None:
            return Found(engine, query)
        # Whoever asks for a page asks for the next one, and each request is a search of its own.
        return self._recent.get(query.fingerprint(), lambda: Found(engine, query))

    def _items(
        self, found: Found, rows: Rows, query: SearchQuery, place: Place | None
    ) -> list[dict[str, Any]]:
        items = load_items(self._engine, rows, overlaps=found.overlap_of(rows), place=place)
        return [select_fields(item, query.fields) for item in items]

    def _counts(self, found: Found) -> dict[str, Any]:
        return facet_counts(self._engine, found.rows)
