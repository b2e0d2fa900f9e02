"""The static catalog: pystac walks it, every link leads somewhere, no document is large."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pystac
import pytest
from tests.items import collection, model, write_catalog, write_lines
from tests.server import Server

from geocairn import layout
from geocairn.build import BuildOptions, build
from geocairn.compile.geoparquet import asset_fields, file_metadata
from geocairn.compile.stac import add_version_links, link_item
from geocairn.config import HubConfig

Document = dict[str, Any]
MIB = 1 << 20


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub with a collection of 2,345 items and one of 3, published at an address."""
    folder = tmp_path_factory.mktemp("large")
    base = model("m")
    del base["properties"]["mlm:hyperparameters"]
    items = [base | {"id": f"m-{n:05}", "collection": "many"} for n in range(2345)]
    items += [base | {"id": f"few-{n}", "collection": "few"} for n in range(3)]
    source = write_lines(folder / "items.ndjson", items)
    options = BuildOptions(
        jobs=1, select=("HUB001",), config=HubConfig(url="https://example.org/hub/")
    )
    build([str(source)], folder / "hub", options=options)
    return folder / "hub"


ODD_NAMES = {"a b", "ünet", "100$", "x,y=(z)'~"}


@pytest.fixture(scope="module")
def hub_of_odd_names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    items = [model("m") | {"id": name, "collection": "c d"} for name in sorted(ODD_NAMES)]
    source = write_lines(folder / "items.ndjson", items)
    build([str(source)], folder / "hub", options=BuildOptions(jobs=1, select=("HUB001",)))
    return folder / "hub"


def documents(hub: Path) -> dict[str, Document]:
    return {
        path.relative_to(hub).as_posix(): json.loads(path.read_bytes())
        for path in hub.rglob("*.json")
        if not path.is_relative_to(hub / "search")
    }


def test_pystac_walks_to_every_item(hub: Path, items: list[Document]) -> None:
    catalog = pystac.Catalog.from_file(str(hub / "catalog.json"))
    found = {item.id: item for item in catalog.get_items(recursive=True)}
    assert found.keys() == {item["id"] for item in items}
    for item in items:
        one = found[item["id"]]
        assert one.geometry == item["geometry"]
        assert one.collection_id == "floods"
        assert one.get_root() is catalog
        assert one.get_collection().id == "floods"
    assert [child.id for child in catalog.get_children()] == ["floods"]
    catalog.validate()


def test_pystac_walks_over_pages(large: Path) -> None:
    catalog = pystac.Catalog.from_file(str(large / "catalog.json"))
    many = catalog.get_child("many")
    pages = list(many.get_children())
    counts = [len(page.get_item_links()) for page in pages]
    assert sum(counts) == 2345
    assert max(counts) <= 1000
    assert len(pages) >= 3
    assert not many.get_item_links()
    listed = [link.get_absolute_href() for page in pages for link in page.get_item_links()]
    assert len(set(listed)) == 2345
    # One page's items are enough to read: all of them have been counted.
    assert [item.get_collection().id for item in pages[-1].get_items()] == ["many"] * counts[-1]


def test_pystac_finds_odd_names_behind_a_url(
    hub_of_odd_names: Path, serve: Callable[[Path], Server]
) -> None:
    """Hrefs are URL references, percent-encoded; pystac decodes them on the web only."""
    catalog = pystac.Catalog.from_file(serve(hub_of_odd_names).url + "catalog.json")
    assert {item.id for item in catalog.get_items(recursive=True)} == ODD_NAMES
    local = pystac.Catalog.from_file(str(hub_of_odd_names / "catalog.json"))
    with pytest.raises(pystac.STACError, match="does not resolve"):
        list(local.get_items(recursive=True))


def test_no_document_reaches_a_mebibyte(large: Path) -> None:
    sizes = {path: path.stat().st_size for path in large.rglob("*.json")}
    assert max(sizes.values()) < MIB


def test_every_relative_link_leads_to_a_document(large: Path) -> None:
    found = documents(large)
    assert len(found) > 2345
    places = {(large / path).resolve() for path in found}
    for path, document in found.items():
        for link in document["links"]:
            if link["rel"] == "self":
                assert link["href"] == f"https://example.org/hub/{layout.relative_href(path)}"
            elif "://" not in link["href"]:
                assert (large / path).parent.joinpath(unquote(link["href"])).resolve() in places


def test_pages_say_where_they_belong(large: Path) -> None:
    for path, page in documents(large).items():
        if "/pages/" in path:
            relations = {link["rel"]: link["href"] for link in page["links"]}
            assert relations["root"] == "../../../catalog.json"
            assert relations["parent"] == "../../collection.json"
            assert page["type"] == "Catalog"
            first = page["links"][3]["href"].rsplit("/", 1)[-1]
            assert first == path.split("/")[-2] + ".json"


def test_without_an_address_there_is_no_self_link(hub: Path) -> None:
    for document in documents(hub).values():
        assert all(link["rel"] != "self" for link in document["links"])


def test_what_the_makers_say_of_a_collection_stays(tmp_path: Path) -> None:
    given = collection(
        "floods",
        keywords=["flood"],
        summaries={"own": ["x"], "gsd": {"minimum": 0, "maximum": 99}},
        assets={"logo": {"href": "https://example.org/logo.png"}},
        links=[
            {"rel": "about", "href": "https://example.org/"},
            {"rel": "item", "href": "./old/old.json"},
        ],
    )
    write_catalog(tmp_path / "catalog", [model("a", gsd=10.0)])
    (tmp_path / "catalog/floods/collection.json").write_text(json.dumps(given))
    build(
        [str(tmp_path / "catalog")],
        tmp_path / "hub",
        options=BuildOptions(jobs=1, select=("HUB001",)),
    )
    made = json.loads((tmp_path / "hub/floods/collection.json").read_bytes())
    assert made["keywords"] == ["flood"]
    assert made["summaries"]["own"] == ["x"]
    assert made["summaries"]["gsd"] == {"minimum": 10.0, "maximum": 10.0}
    assert made["assets"]["logo"] == given["assets"]["logo"]
    assert made["assets"]["items"]["roles"] == ["collection-mirror"]
    assert made["assets"]["items"]["type"] == "application/vnd.apache.parquet"
    assert [link["rel"] for link in made["links"]] == ["root", "parent", "about", "item"]
    assert "old" not in str(made["links"])


def test_links_of_an_item_go_before_its_own() -> None:
    own = [{"rel": "license", "href": "https://example.org/"}]
    item = {"id": "a b", "collection": "c", "links": own}
    linked = link_item(item, config=HubConfig(title="Hub"))
    assert [link["rel"] for link in linked["links"]] == ["root", "parent", "collection", "license"]
    assert item["links"] == own
    versions = add_version_links(linked, [("predecessor-version", "a%")])
    assert [link["rel"] for link in versions["links"]] == [
        "root",
        "parent",
        "collection",
        "predecessor-version",
        "license",
    ]
    assert versions["links"][3]["href"] == "../a%25/a%25.json"
    # Doing it again replaces them.
    assert add_version_links(versions, []) == linked
    assert link_item({"id": "a", "collection": "c", "links": None}, config=HubConfig())["links"]


def test_common_asset_keys_get_fields() -> None:
    counts = {"model": 1000, "rare": 9, "some": 10, "b": 500, "a": 500}
    assert asset_fields(counts, items=1000) == ("a", "b", "model", "some")
    assert asset_fields({f"k{n:02}": 100 + n for n in range(30)}, items=1000) == tuple(
        f"k{n:02}" for n in range(18, 30)
    )
    assert asset_fields({}, items=0) == ()


def test_metadata_without_footprints_has_no_extent() -> None:
    found = file_metadata(bounds=None, geometry_types=(), collection={"id": "c"})
    geo = json.loads(found["geo"])
    assert "bbox" not in geo["columns"]["geometry"]
    assert geo["columns"]["geometry"]["geometry_types"] == []
    assert json.loads(found["stac-geoparquet"])["collections"] == {"c": {"id": "c"}}
