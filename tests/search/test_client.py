"""The Catalog and its searches, by pystac-client's names."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pystac
import pytest
from pystac_client import Client
from pystac_client.item_search import ItemSearch as TheirSearch

from geocairn import Catalog, ItemSearch, QueryError, SearchQuery


def test_has_pystac_clients_names() -> None:
    wanted = ("matched", "items", "items_as_dicts", "pages", "pages_as_dicts", "item_collection")
    for name in (*wanted, "item_collection_as_dict"):
        assert hasattr(ItemSearch, name)
        assert hasattr(TheirSearch, name)
    for name in ("search", "get_collections", "get_collection"):
        assert hasattr(Catalog, name)
        assert hasattr(Client, name)


def test_collections(hub: Catalog) -> None:
    found = list(hub.get_collections())
    assert [collection.id for collection in found] == ["forest", "urban", "water"]
    assert all(isinstance(collection, pystac.Collection) for collection in found)
    assert Path(found[0].self_href).is_file()
    assert Path(found[0].assets["items"].href).is_file()
    assert hub.get_collection("nothing") is None
    assert hub.get_collection("../urban") is None


def test_item(hub: Catalog) -> None:
    item = hub.get_item("kathmandu-1.0.0")
    assert item is not None
    assert item.collection_id == "urban"
    assert hub.get_item("kathmandu-1.0.0", collection="urban") is not None
    assert hub.get_item("kathmandu-1.0.0", collection="water") is None
    assert hub.get_item("nothing") is None
    assert hub.get_item("---") is None  # no word in it for the term index


def test_pages_and_tokens(hub: Catalog) -> None:
    whole = hub.search().ids()
    pages = list(hub.search(limit=60).pages_as_dicts())
    assert [page["numberReturned"] for page in pages] == [60, 60, 51]
    assert [item["id"] for page in pages for item in page["features"]] == whole
    assert all(page["numberMatched"] == len(whole) for page in pages)
    assert "next" not in pages[-1]
    assert json.dumps(pages[0])
    second = hub.search(limit=60, token=pages[0]["next"])
    assert second.ids() == whole[60:]
    assert hub.search(limit=60).with_token(pages[0]["next"]).ids() == whole[60:]
    with pytest.raises(QueryError):
        hub.search(q="flood").with_token(pages[0]["next"])


def test_token_beyond_the_end(hub: Catalog) -> None:
    query = SearchQuery.parse(q="flood")
    page = hub.run(SearchQuery.parse(q="flood", token=query.token_at(1000))).page_as_dict()
    assert page["features"] == []
    assert page["numberMatched"] == 8


def test_max_items(hub: Catalog) -> None:
    search = hub.search(limit=2, max_items=5)
    assert len(list(search.items_as_dicts())) == 5
    assert [len(page["features"]) for page in search.pages_as_dicts()] == [2, 2, 1]
    assert search.matched() == len(hub)
    last = list(search.pages_as_dicts())[-1]
    assert hub.search(limit=2, token=last["next"]).ids() == hub.search().ids()[5:]
    with pytest.raises(QueryError, match="max_items is 0"):
        hub.search(max_items=0)


def test_nothing_matches(hub: Catalog) -> None:
    search = hub.search(q="xyzzy")
    assert search.matched() == 0
    assert list(search.pages()) == []
    assert search.item_collection_as_dict() == {"type": "FeatureCollection", "features": []}
    page = search.page_as_dict()
    assert (page["numberMatched"], page["numberReturned"]) == (0, 0)
    assert search.facets()["framework"] == {"values": [], "distinct": 0}


def test_results_may_be_read_twice(hub: Catalog) -> None:
    search = hub.search(q="flood")
    assert list(search.items_as_dicts()) == list(search.items_as_dicts())


def test_threads_may_share_a_hub(hub: Catalog) -> None:
    wanted = {
        word: hub.search(q=word).ids() for word in ("flood", "building", "kathmandu", "model")
    }
    wrong: list[str] = []

    def search(word: str) -> None:
        answers = [hub.search(q=word, filter="gsd IS NULL OR gsd > 0").ids() for _ in range(5)]
        wrong.extend(word for answer in answers if answer != wanted[word])

    threads = [threading.Thread(target=search, args=(word,)) for word in wanted for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_geometry_that_crosses_itself_is_told(hub: Catalog) -> None:
    bowtie = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    with pytest.raises(QueryError, match="not valid: Self-intersection"):
        hub.search(intersects=bowtie).matched()
