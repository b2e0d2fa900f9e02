"""Clients that people use, from end to end."""

from __future__ import annotations

from pathlib import Path

import pystac
import pystac_client
import pytest
from pystac_client import Client
from tests.stac_api.serving import Api

import geocairn


@pytest.fixture(scope="module")
def client(valid: Api) -> Client:
    return Client.open(valid.url)


def test_searches_of_pystac_client(client: Client, good_folder: Path) -> None:
    with geocairn.open(good_folder) as hub:
        for query in (
            {},
            {"bbox": [80, 20, 90, 30]},
            {"datetime": "2024-01-02/2024-01-20"},
            {"filter": "gsd < 3 AND framework = 'PyTorch'"},
            {"filter": {"op": "<", "args": [{"property": "gsd"}, 2]}, "filter_lang": "cql2-json"},
            {"query": ["gsd<3"]},
            {"intersects": {"type": "Point", "coordinates": [81.2, 21.2]}},
            {"sortby": "-properties.gsd,id"},
            {"collections": ["c1"], "sortby": [{"field": "id", "direction": "desc"}]},
        ):
            expected = hub.search(**query)
            for method in ("GET", "POST"):
                found = client.search(**query, method=method, limit=50)
                assert found.matched() == expected.matched()
                assert [item.id for item in found.items()] == expected.ids()


def test_fields_through_pystac_client(client: Client) -> None:
    search = client.search(fields=["id", "properties.gsd"], max_items=5, method="GET")
    for item in search.items_as_dicts():
        assert set(item) <= {"id", "type", "stac_version", "collection", "properties"}
        assert set(item.get("properties", {})) <= {"gsd"}


def test_collections_and_items_of_pystac_client(client: Client) -> None:
    collections = list(client.get_collections())
    assert collections
    one = collections[0]
    items = list(one.get_items())
    assert items
    assert client.get_collection(one.id).to_dict() == one.to_dict()
    assert one.get_item(items[0].id).properties == items[0].properties
    names = set(client.get_queryables()["properties"])
    assert {"gsd", "tasks", "geometry"} <= names


def test_a_mistake_is_told_to_the_client(client: Client) -> None:
    with pytest.raises(pystac_client.exceptions.APIError, match="not CQL2"):
        list(client.search(filter="gsd <", filter_lang="cql2-text", method="GET").items())


def test_pystac_walks_to_every_item(valid: Api, good_folder: Path) -> None:
    root = pystac.Catalog.from_file(valid.url)
    found = {item.id for item in root.get_items(recursive=True)}
    with geocairn.open(good_folder) as hub:
        assert found == set(hub.search().ids())


def test_geocairn_reads_the_hub_that_is_served(valid: Api, good_folder: Path) -> None:
    with geocairn.open(good_folder) as here, geocairn.open(f"{valid.url}files/") as there:
        query = {"q": "model", "sortby": "-gsd"}
        assert there.search(**query).ids() == here.search(**query).ids()
