"""Items as a search gives them: whole, with hrefs that work anywhere, and chosen members."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pystac
import pytest
from tests.conformance.make_items import make
from tests.items import model
from tests.server import Server

import geocairn
from geocairn import Catalog
from geocairn.build import BuildOptions, build
from geocairn.query import SearchQuery
from geocairn.search import results
from geocairn.search.results import select_fields


def test_items_are_the_ones_that_went_in(hub: Catalog) -> None:
    originals = {item["id"]: item for item in make()}
    found = list(hub.search(limit=50).items_as_dicts())
    assert len(found) == len(originals)
    for item in found:
        wanted = dict(originals[item["id"]])
        del wanted["links"]
        assert {key: value for key, value in item.items() if key != "links"} == wanted


def test_small_and_large_results_are_alike(hub: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few items come from their files, many from the tables."""
    one_by_one = [next(hub.search(ids=i).items_as_dicts()) for i in hub.search().ids()[::9]]
    monkeypatch.setattr(results, "_MANY", 5)
    together = hub.search(ids=[item["id"] for item in one_by_one]).item_collection_as_dict()
    assert len(together["features"]) > 10
    relevant = ("type", "id", "geometry", "bbox", "properties", "assets", "stac_extensions")
    for left, right in zip(one_by_one, together["features"], strict=True):
        assert {k: left.get(k) for k in relevant} == {k: right.get(k) for k in relevant}
        assert left["links"][0] == right["links"][0]


@pytest.fixture
def built(tmp_path: Path) -> Path:
    item = model("flood unet", version="1.0.0")
    item["id"] = "flood-unet-1.0.0"
    item["assets"]["thumbnail"] = {"href": "./small%20picture.png", "type": "image/png"}
    item["links"].append({"rel": "about", "href": "https://example.org/about"})
    source = tmp_path / "items.ndjson"
    source.write_text(json.dumps(item))
    build([str(source)], tmp_path / "hub", options=BuildOptions(jobs=1, select=("HUB001",)))
    return tmp_path / "hub"


def test_hrefs_are_absolute_paths(built: Path) -> None:
    with geocairn.open(built) as hub:
        item = next(hub.search().items_as_dicts())
    place = built / "floods" / "flood-unet-1.0.0"
    links = {link["rel"]: link["href"] for link in item["links"]}
    assert links["self"] == str(place / "flood-unet-1.0.0.json")
    assert links["root"] == str(built / "catalog.json")
    assert links["about"] == "https://example.org/about"
    assert [link["rel"] for link in item["links"]].count("self") == 1
    assert item["assets"]["thumbnail"]["href"] == str(place / "small picture.png")


def test_hrefs_are_absolute_urls(built: Path) -> None:
    with Server(built) as server, geocairn.open(server.url) as hub:
        item = next(hub.search().items_as_dicts())
        links = {link["rel"]: link["href"] for link in item["links"]}
        assert links["self"] == server.url + "floods/flood-unet-1.0.0/flood-unet-1.0.0.json"
        assert links["root"] == server.url + "catalog.json"
        picture = item["assets"]["thumbnail"]["href"]
        assert picture == server.url + "floods/flood-unet-1.0.0/small%20picture.png"
        assert all(urlsplit(asset["href"]).scheme for asset in item["assets"].values())


def test_objects(hub: Catalog) -> None:
    item = next(hub.search(ids="kathmandu-1.0.0").items())
    assert isinstance(item, pystac.Item)
    assert Path(item.self_href).is_file()
    collection = item.get_collection()
    assert collection is not None
    assert collection.id == "urban"
    assert hub.search(collections="water").item_collection().items[0].collection_id == "water"
    assert [len(page) for page in hub.search(collections="urban", limit=10).pages()] == [10, 10, 4]


def test_overlap_survives_pystac(hub: Catalog) -> None:
    found = hub.search(bbox=[85.2, 27.6, 85.5, 27.8], sortby="-overlap")
    shares = [item.properties["overlap_percentage"] for item in found.items()]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == 100
    plain = next(hub.search(bbox=[85.2, 27.6, 85.5, 27.8]).items_as_dicts())
    assert "overlap_percentage" not in plain["properties"]


ITEM: dict[str, Any] = {
    "type": "Feature",
    "stac_version": "1.1.0",
    "id": "a",
    "collection": "c",
    "geometry": None,
    "properties": {"gsd": 1, "a.b": 2, "deep": {"er": 3, "es": 4}},
    "assets": {"model": {"href": "x", "title": "t"}, "other": {}},
}
IDENTITY = {name: ITEM[name] for name in ("type", "stac_version", "id", "collection")}


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ("gsd", {"properties": {"gsd": 1}}),
        ("properties.gsd", {"properties": {"gsd": 1}}),
        ("properties.a.b", {"properties": {"a.b": 2}}),
        ("properties.deep.er", {"properties": {"deep": {"er": 3}}}),
        ("properties,properties.gsd", {"properties": ITEM["properties"]}),
        ("assets.model.href", {"assets": {"model": {"href": "x"}}}),
        ("nothing", {}),
        ("id", {}),
        ("geometry", {"geometry": None}),
        ("properties,-gsd", {"properties": {"a.b": 2, "deep": {"er": 3, "es": 4}}}),
        ("properties,-properties.deep.er", {"properties": {"gsd": 1, "a.b": 2, "deep": {"es": 4}}}),
    ],
)
def test_fields(fields: str, kept: dict[str, Any]) -> None:
    before = json.dumps(ITEM)
    assert select_fields(ITEM, SearchQuery.parse(fields=fields).fields) == IDENTITY | kept
    assert json.dumps(ITEM) == before


def test_fields_left_out() -> None:
    chosen = select_fields(ITEM, SearchQuery.parse(fields="-assets,-id,-properties.gsd").fields)
    assert chosen["id"] == "a"
    assert "assets" not in chosen
    assert set(chosen["properties"]) == {"a.b", "deep"}
    assert select_fields(ITEM, None) is ITEM


def test_hub_may_move_while_open(built: Path, tmp_path: Path) -> None:
    """Results name the place where they were read, not where the hub was built."""
    moved = Path(shutil.move(built, tmp_path / "moved"))
    with geocairn.open(moved) as hub:
        item = next(hub.search().items_as_dicts())
    assert item["links"][0]["href"].startswith(str(moved))


@pytest.mark.parametrize(
    "fields", ["properties.gsd,-properties", "gsd,-gsd", "+gsd,-properties.gsd"]
)
def test_what_is_included_wins_over_what_is_excluded(fields: str) -> None:
    chosen = select_fields(ITEM, SearchQuery.parse(fields=fields).fields)
    assert chosen == IDENTITY | {"properties": {"gsd": ITEM["properties"]["gsd"]}}


def test_a_part_of_what_is_included_can_be_excluded() -> None:
    chosen = select_fields(ITEM, SearchQuery.parse(fields="properties,-properties.gsd").fields)
    assert "gsd" not in chosen["properties"]
    assert len(chosen["properties"]) == len(ITEM["properties"]) - 1
