"""Whatever valid JSON an item holds, the table gives back the very item."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.itemtable import hostile
from tests.itemtable.roundtrip import assert_same, difference, encode, round_trip, write

from geocairn import _io
from geocairn.itemtable import iter_items, times

Item = dict[str, Any]

SHARED = Path(__file__).parents[3] / "shared" / "data" / "items"
OFFICIAL = [
    "bands_expression",
    "basic",
    "datacube_variables",
    "eo_and_raster_bands",
    "eo_bands",
    "eo_bands_summarized",
    "multi_io",
    "pytorch_geo_unet",
    "raster_bands",
]
HYPERPARAMETERS: list[Any] = [
    {"lr": 0.1, "epochs": 10},
    {"lr": "cosine", "epochs": None},
    {"lr": [0.1, "cosine", None, {"warm": [[], {}]}], "epochs": 10**30},
    {"lr": {"": {"": {"": -0.0}}}, "optimizer": {}},
    {},
    [],
    None,
    "adam",
    1e308,
]


def item(**members: Any) -> Item:
    base: Item = {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": "unet-1.0.0",
        "collection": "models",
        "geometry": None,
        "properties": {"datetime": "2020-01-01T00:00:00Z"},
        "links": [],
        "assets": {},
    }
    return base | members


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(given_items=st.lists(hostile.items, max_size=9), chunk=st.sampled_from([1, 2, 3, 5, 9]))
def test_hostile_items_come_back_as_they_were(
    folder: Path, given_items: list[Item], chunk: int
) -> None:
    before = copy.deepcopy(given_items)
    back = round_trip(given_items, folder, chunk=chunk)
    assert_same(before, back)
    assert_same(before, given_items)  # the encoder changes nothing it is given


def test_no_items(folder: Path) -> None:
    assert round_trip([], folder, chunk=1) == []


SHAPES: list[Any] = [
    {"type": "Point", "coordinates": [85.5, 27.5]},
    {"type": "Point", "coordinates": [85, 27]},
    {"type": "Point", "coordinates": [85.5, 27.5, 1400.0]},
    {"type": "Point", "coordinates": [-0.0, 0.0]},
    {"type": "Point", "coordinates": []},
    {"type": "MultiPoint", "coordinates": [[1.0, 2.0], [3.0, 4.0]]},
    {"type": "MultiPoint", "coordinates": []},
    {"type": "LineString", "coordinates": [[1.0, 2.0], [3.0, 4.0, 5.0]]},
    {"type": "LineString", "coordinates": [[1.0, 2.0]]},
    {"type": "MultiLineString", "coordinates": [[[1.0, 2.0], [3.0, 4.0]]]},
    {"type": "Polygon", "coordinates": [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]]},
    {"type": "Polygon", "coordinates": [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]]},
    {"type": "Polygon", "coordinates": []},
    {"type": "Polygon", "coordinates": [[]]},
    {
        "type": "MultiPolygon",
        "coordinates": [
            [hostile.ring([179.0, -1.0, 180.0, 1.0])],
            [hostile.ring([-180.0, -1.0, -179.0, 1.0])],
        ],
    },
    {"type": "GeometryCollection", "geometries": []},
    {
        "type": "GeometryCollection",
        "geometries": [
            {"type": "Point", "coordinates": [1.0, 2.0]},
            {"type": "GeometryCollection", "geometries": []},
        ],
    },
    {"type": "Point", "coordinates": [1.0, 2.0], "crs": {"type": "name"}},
    {"coordinates": [1.0, 2.0], "type": "Point"},
    {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1.0, 2.0]}},
    {"type": "Point", "coordinates": [1e308, -1e308]},
    {"type": "Point", "coordinates": [10**30, 10**300]},
    {"type": "Circle", "coordinates": [1.0, 2.0]},
    "POINT (1 2)",
    [],
    {},
    None,
]
BOXES: list[Any] = [
    None,
    [0.0, 0.0, 1.0, 1.0],
    [-0.0, 0.0, 1.0, 1.0],
    [0, 0, 1, 1],
    [0.0, 0.0, 0.0, 1.0, 1.0, 0.0],
    [179.0, -1.0, -179.0, 1.0],
    [],
    ["0"],
    {"xmin": 0.0},
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: json.dumps(shape)[:60])
def test_geometries_and_boxes(folder: Path, shape: Any) -> None:
    given_items = [item(geometry=shape), *(item(geometry=shape, bbox=box) for box in BOXES)]
    assert_same(given_items, round_trip(given_items, folder, chunk=4))


MEMBERS: list[Item] = [
    {"links": {}},
    {"links": None},
    {"links": [None, {"href": "a"}, {"href": None}, {}]},
    {"assets": []},
    {"assets": None},
    {"assets": {"model": None, "data": 1, "": {}, "key": {"key": "x", "roles": ["a", 1]}}},
    {"assets": {"model": {"href": 1, "roles": [], "title": None, "bands": []}}},
    {"properties": []},
    {"properties": None},
    {"type": "Collection"},
    {"id": 7, "collection": ["a"], "stac_version": 1.1, "stac_extensions": [None]},
    {"geocairn:rest": {"a": 1}, "geocairn:assets": [], "datetime": "x", "mlm:name": [1]},
    {"properties": {"gsd": 10, "mlm:total_parameters": 1.0, "deprecated": 1, "keywords": [1]}},
    {"properties": {"gsd": 2**53 + 1, "mlm:memory_size": 2**63, "mlm:batch_size_suggestion": True}},
    {"properties": {"gsd": -0.0, "mlm:memory_size": -(2**63), "title": None, "keywords": []}},
    {"properties": {"geometry": 1, "bbox": 2, "id": 3, "geocairn:rest": 4, "assets": {}}},
    {"mlm:input": [], "properties": {"mlm:input": None, "mlm:output": [], "mlm:name": "é"}},
]


@pytest.mark.parametrize("members", MEMBERS, ids=lambda members: json.dumps(members)[:60])
def test_members_of_another_type(folder: Path, members: Item) -> None:
    given_items = [item(), item(**members), {"type": "Feature", "properties": {}} | members]
    for chunk in (1, 3):
        assert_same(given_items, round_trip(given_items, folder, chunk=chunk))


TIMES = [
    ("2020-01-01T00:00:00Z", 1577836800_000_000),
    ("2020-01-01T00:00:00.500000Z", 1577836800_500_000),
    ("2020-01-01T00:00:00.5Z", 1577836800_500_000),
    ("2020-01-01T00:00:00.000000Z", 1577836800_000_000),
    ("2020-01-01T00:00:00.123456789Z", 1577836800_123_456),
    ("2020-01-01t00:00:00z", 1577836800_000_000),
    ("2020-01-01T05:45:00+05:45", 1577836800_000_000),
    ("2020-01-01T00:00:00-00:00", 1577836800_000_000),
    ("2020-01-01T00:00:00,500000Z", 1577836800_500_000),
    ("0001-01-01T00:00:00Z", -62135596800_000_000),
    ("9999-12-31T23:59:59.999999Z", 253402300799_999_999),
    ("0001-01-01T00:00:00+00:01", -62135596860_000_000),
    ("2020-01-01T00:00:00", None),
    ("2020-01-01", None),
    ("2016-12-31T23:59:60Z", None),
    ("2020-01-01T24:00:00Z", None),
    ("2020-W01-1T00:00:00Z", None),
    ("20200101T000000.0000Z", None),
    ("2020-02-30T00:00:00Z", None),
    ("0000-01-01T00:00:00Z", None),
    ("2020-01-01T00:00:00+24:00", None),
    ("now", None),
    (1577836800, None),
    (None, None),
]


@pytest.mark.parametrize(("text", "moment"), TIMES)
def test_times(folder: Path, text: Any, moment: int | None) -> None:
    assert times.parse(text) == moment
    properties = {"datetime": text, "created": text, "end_datetime": text}
    given_items = [item(properties=properties)]
    path = write(given_items, folder, chunk=1)
    assert pq.read_table(path)["datetime"].cast(pa.int64()).to_pylist() == [moment]
    assert_same(given_items, round_trip(given_items, folder, chunk=1))


@given(st.integers(-62135596800_000_000, 253402300799_999_999))
def test_rendered_times_read_back(moment: int) -> None:
    text = times.render(moment)
    assert times.parse(text) == moment
    assert times.exact(text, moment)


def test_deep_and_long_values(folder: Path) -> None:
    deep = _io.loads(b"[" * 490 + b"]" * 490)
    long_text = "long " * 100_000
    properties = {"deep": deep, "mlm:hyperparameters": {"a": deep}, "description": long_text}
    given_items = [item(), item(properties=properties), item(type="odd", properties=properties)]
    assert_same(given_items, round_trip(given_items, folder, chunk=2))


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not there")
def test_official_examples_with_hostile_hyperparameters(folder: Path) -> None:
    paths = [SHARED / "mlm-examples" / f"item_{name}.json" for name in OFFICIAL]
    paths += (SHARED / "peers").glob("*.json")
    assert len(paths) == 10
    given_items = [_io.loads(path.read_bytes()) for path in paths]
    for original in list(given_items):
        for settings_ in HYPERPARAMETERS:
            changed = copy.deepcopy(original)
            changed["properties"]["mlm:hyperparameters"] = settings_
            given_items.append(changed)
    for chunk in (1, 7, 100):
        assert_same(given_items, round_trip(given_items, folder, chunk=chunk))


def test_slices_and_batches_read_like_the_whole(folder: Path) -> None:
    assets = {"model": {"href": "m"}, "rare": {"href": "r", "x": 1}, "odd": None}
    given_items = [item(id=f"m-{n}", assets=dict(list(assets.items())[: n % 4])) for n in range(20)]
    path = write(given_items, folder, chunk=6)
    batches = pq.ParquetFile(path).iter_batches(batch_size=4)
    assert_same(given_items, [one for batch in batches for one in iter_items(batch)])
    part = pq.read_table(path).slice(5, 9)
    assert_same(given_items[5:14], list(iter_items(part)))
    chosen = encode(given_items).take(pa.array([19, 3, 3, 0]))
    assert chosen["id"].to_pylist() == ["m-19", "m-3", "m-3", "m-0"]


def test_a_difference_is_named() -> None:
    one = {"properties": {"a": [1, {"b": 0.0}], "c": 1}}
    assert difference(one, copy.deepcopy(one)) is None
    assert difference(one, {"properties": {"a": [1, {"b": -0.0}], "c": 1}}) == (
        "$['properties']['a'][1]['b']: 0.0 became -0.0"
    )
    assert difference(one, {"properties": {"a": [1], "c": 1}}).startswith("$['properties']['a'][1]")
    assert difference(1, 1.0) == "$: 1 became 1.0"
    assert difference(1, True) == "$: 1 became True"
    assert difference([1, 2], [1]).startswith("$[1]: 2 became")
