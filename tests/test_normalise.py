from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocairn.checks.examples import COLLECTION, ITEM
from geocairn.normalise import normalise, normalise_collection

MLM = "https://stac-extensions.github.io/mlm/v1.5.2/schema.json"
EO = "https://stac-extensions.github.io/eo/v1.1.0/schema.json"
EO2 = "https://stac-extensions.github.io/eo/v2.0.0/schema.json"
RASTER = "https://stac-extensions.github.io/raster/v1.1.0/schema.json"
RASTER2 = "https://stac-extensions.github.io/raster/v2.0.0/schema.json"


def item(**changes: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": [MLM, EO, RASTER],
        "id": "m",
        "geometry": None,
        "properties": {"datetime": "2020-01-01T00:00:00Z"},
        "links": [],
        "assets": {"w": {"href": "w.pt", "roles": ["mlm:model"]}},
        **changes,
    }


def with_asset(**fields: Any) -> dict[str, Any]:
    result = item()
    result["assets"]["w"] |= fields
    return result


def test_nothing_to_do_gives_the_same_object() -> None:
    clean = {**ITEM, "links": ITEM["links"][1:]}
    assert normalise(clean) == (clean, [])
    assert normalise(clean)[0] is clean


def test_version_and_derived_links() -> None:
    kept = {"rel": "cite-as", "href": "https://example.org"}
    links = [
        {"rel": rel, "href": "./x.json"}
        for rel in ("root", "parent", "collection", "self", "items", "predecessor-version")
    ]
    result, changes = normalise(item(links=[*links, kept, "no link", {"rel": 3}]))
    assert result["stac_version"] == "1.1.0"
    assert result["links"] == [kept, "no link", {"rel": 3}]
    assert changes == [
        "Upgraded STAC 1.0.0 to 1.1.0.",
        "Dropped links that the builder writes itself.",
    ]


@pytest.mark.parametrize("version", ["0.9.0", "1.2.0", "2.0.0", None, 1.0, "1.1.0"])
def test_other_versions_are_left_alone(version: Any) -> None:
    assert normalise(item(stac_version=version))[0]["stac_version"] == version


def test_missing_links_become_the_empty_list() -> None:
    given = item()
    del given["links"]
    assert normalise(given)[0]["links"] == []


@pytest.mark.parametrize("licence", ["proprietary", "various"])
def test_retired_licences(licence: str) -> None:
    given = item()
    given["properties"]["license"] = licence
    result, changes = normalise(given)
    assert result["properties"]["license"] == "other"
    assert any(licence in change for change in changes)
    result, _ = normalise_collection({**COLLECTION, "license": licence})
    assert result["license"] == "other"
    assert list(result) == list(COLLECTION)


def test_bands_of_both_extensions_merge_by_place_and_stand_in_both_places() -> None:
    result, _ = normalise(
        with_asset(
            **{
                "eo:bands": [{"name": "B02", "common_name": "blue", "center_wavelength": 0.49}],
                "raster:bands": [{"data_type": "uint16", "scale": 0.0001, "nodata": 0}],
                "title": "after",
            }
        )
    )
    bands = [
        {
            "name": "B02",
            "eo:common_name": "blue",
            "eo:center_wavelength": 0.49,
            "data_type": "uint16",
            "raster:scale": 0.0001,
            "nodata": 0,
        }
    ]
    assert result["assets"]["w"]["bands"] == result["properties"]["bands"] == bands
    assert list(result["assets"]["w"]) == ["href", "roles", "bands", "title"]
    assert result["stac_extensions"] == [MLM, EO2, RASTER2]


def test_bands_merge_by_name_where_places_differ() -> None:
    result, _ = normalise(
        with_asset(
            **{
                "eo:bands": [{"name": "a", "common_name": "red"}, {"name": "b"}],
                "raster:bands": [{"name": "b", "scale": 2}, {"name": "a", "unit": "1"}],
            }
        )
    )
    assert result["assets"]["w"]["bands"] == [
        {"name": "a", "unit": "1", "eo:common_name": "red"},
        {"name": "b", "raster:scale": 2},
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"eo:bands": [{"name": "a"}], "raster:bands": [{"scale": 1}, {"scale": 2}]},
        {"eo:bands": [{"name": "a"}], "raster:bands": [{"name": "b"}]},
        {"eo:bands": "a"},
        {"eo:bands": [{"name": "a"}, "b"]},
        {"eo:bands": [{"name": "a"}], "bands": {"name": "a"}},
    ],
)
def test_bands_that_cannot_be_matched_stay(fields: dict[str, Any]) -> None:
    given = with_asset(**fields)
    result, changes = normalise(given)
    assert result["assets"] == given["assets"]
    assert EO in result["stac_extensions"]
    assert changes == ["Upgraded STAC 1.0.0 to 1.1.0."]


def test_an_extension_without_fields_left_is_dropped() -> None:
    given = with_asset(**{"raster:bands": [{"name": "red"}]})
    given["stac_extensions"] = [MLM, RASTER]
    assert normalise(given)[0]["stac_extensions"] == [MLM]


def test_other_fields_keep_the_new_version_declared() -> None:
    given = with_asset(**{"eo:bands": [{"name": "red"}]})
    given["properties"]["eo:cloud_cover"] = 3
    assert normalise(given)[0]["stac_extensions"] == [MLM, EO2]


def test_bands_in_properties_only_are_named_at_the_model() -> None:
    given = item()
    given["properties"]["eo:bands"] = [{"name": "red", "common_name": "red"}]
    result, _ = normalise(given)
    assert result["properties"]["bands"] == [{"name": "red", "eo:common_name": "red"}]
    assert result["assets"]["w"]["bands"] == [{"name": "red"}]


def test_bands_of_several_models_are_united() -> None:
    given = with_asset(**{"eo:bands": [{"name": "a"}]})
    given["assets"]["v"] = {"roles": ["mlm:model"], "eo:bands": [{"name": "a"}, {"name": "c"}]}
    assert normalise(given)[0]["properties"]["bands"] == [{"name": "a"}, {"name": "c"}]


def test_collection() -> None:
    given = {
        **COLLECTION,
        "stac_version": "1.0.0",
        "stac_extensions": [
            "https://stac-extensions.github.io/item-assets/v1.0.0/schema.json",
            EO,
        ],
        "summaries": {"eo:bands": [{"name": "r", "common_name": "red"}]},
        "item_assets": {"w": {"raster:bands": [{"name": "r", "scale": 2}], "title": "W"}},
        "links": [{"rel": "item", "href": "a.json"}, {"rel": "license", "href": "b"}],
    }
    before = copy.deepcopy(given)
    result, changes = normalise_collection(given)
    assert given == before
    assert result["stac_extensions"] == [EO2]
    assert result["summaries"] == {"bands": [{"name": "r", "eo:common_name": "red"}]}
    assert result["item_assets"] == {
        "w": {"bands": [{"name": "r", "raster:scale": 2}], "title": "W"}
    }
    assert result["links"] == [{"rel": "license", "href": "b"}]
    assert len(changes) == 4
    assert normalise_collection(result) == (result, [])


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
KEYS = st.sampled_from(
    [
        "type",
        "stac_version",
        "stac_extensions",
        "properties",
        "assets",
        "links",
        "rel",
        "roles",
        "license",
        "bands",
        "eo:bands",
        "raster:bands",
        "name",
        "summaries",
        "item_assets",
        "x",
    ]
)
VALUES = LEAVES | st.sampled_from(["1.0.0", "proprietary", "self", EO, RASTER, "mlm:model"])
JSON = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, JSON, max_size=8))
def test_any_object_passes_pure_and_idempotent(document: dict[str, Any]) -> None:
    for function in (normalise, normalise_collection):
        before = copy.deepcopy(document)
        once, _ = function(document)
        assert document == before
        assert function(once) == (once, [])
