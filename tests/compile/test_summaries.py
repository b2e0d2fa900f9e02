from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from tests.items import model, square

from geocairn import _io, layout
from geocairn.compile.index import OPEN_END, IndexRows
from geocairn.compile.summaries import bounds_of, extent, facet_counts, geometry_types, summaries
from geocairn.facets import FACETS, extract
from geocairn.itemtable import Footprints

Item = dict[str, Any]


def _text(geometry: dict[str, Any] | None) -> str | None:
    return None if geometry is None else _io.dumps(geometry).decode()


def table(items: list[Item]) -> pa.Table:
    rows = IndexRows()
    for item in items:
        rows.add(item, digest=b"\0" * 16, position=0, claims=[], files=[])
    return rows.finish(Footprints([_text(item["geometry"]) for item in items]))


def brute_force_counts(items: list[Item]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, facet in enumerate(FACETS):
        values = [extract(item)[place] for item in items]
        known = [value for value in values if value is not None]
        if facet.type in ("integer", "number"):
            found[facet.name] = {"minimum": min(known), "maximum": max(known)} if known else {}
            continue
        flat = [part for value in known for part in (value if isinstance(value, list) else [value])]
        counts = sorted(Counter(flat).items(), key=lambda pair: (-pair[1], pair[0]))
        found[facet.name] = {"values": [list(pair) for pair in counts], "distinct": len(counts)}
    return found


def test_counts_of_a_hub(hub: Path, items: list[Item]) -> None:
    written = json.loads((hub / layout.FACETS).read_bytes())
    assert written == brute_force_counts(items)
    assert len(written["tasks"]["values"]) > 1


def test_extent_and_summaries_of_a_hub(hub: Path, items: list[Item]) -> None:
    document = json.loads((hub / layout.collection_json("floods")).read_bytes())
    shapes = [shapely.from_geojson(json.dumps(i["geometry"])) for i in items if i["geometry"]]
    assert document["extent"]["spatial"]["bbox"] == [shapely.total_bounds(shapes).tolist()]
    start, end = document["extent"]["temporal"]["interval"][0]
    moments = [i["properties"].get("datetime") or i["properties"]["start_datetime"] for i in items]
    assert datetime.fromisoformat(start) == min(map(datetime.fromisoformat, moments))
    assert end is None  # some are open
    values = brute_force_counts(items)
    assert document["summaries"]["mlm:tasks"] == sorted(v for v, _ in values["tasks"]["values"])
    assert document["summaries"]["gsd"] == values["gsd"]
    assert document["summaries"]["mlm:pretrained"] == [True]
    assert "properties" not in str(document["summaries"].keys())


def test_numbers_are_spans_and_the_rest_sorted_values() -> None:
    items = [model("a", gsd=10), model("b", gsd=0.5, license="MIT"), model("c", license="A")]
    found = summaries(table(items))
    assert found["gsd"] == {"minimum": 0.5, "maximum": 10.0}
    assert found["license"] == ["A", items[0]["properties"]["license"], "MIT"]
    assert "deprecated" not in found


def test_summaries_leave_long_lists_out() -> None:
    items = [model(f"m{n}", license=f"L{n:03}") for n in range(101)]
    assert "license" not in summaries(table(items))
    assert len(summaries(table(items[:100]))["license"]) == 100


def test_at_most_a_thousand_values_are_listed() -> None:
    items = [model(f"m{n}", license=f"L{n:04}") for n in range(1001)]
    counts = facet_counts(table(items))["license"]
    assert len(counts["values"]) == 1000
    assert counts["distinct"] == 1001


@pytest.mark.parametrize("count", [0, 2])
def test_what_items_do_not_say_stays_as_given(count: int) -> None:
    items = []
    for number in range(count):
        item = model(f"m{number}") | {"geometry": None}
        for name in ("datetime", "start_datetime", "end_datetime"):
            item["properties"].pop(name, None)
        items.append(item)
    given = {
        "spatial": {"bbox": [[1.0, 2.0, 3.0, 4.0]]},
        "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]},
    }
    rows = table(items)
    assert extent(rows, given=given) == given
    assert extent(rows, given=None) == {
        "spatial": {"bbox": [[-180.0, -90.0, 180.0, 90.0]]},
        "temporal": {"interval": [[None, None]]},
    }
    assert bounds_of(rows) is None
    assert geometry_types(rows) == set()


def test_open_ends_are_null() -> None:
    items = [
        model("a", start_datetime="2019-01-01T00:00:00Z", end_datetime="2020-06-01T12:00:00.5Z"),
        model("b", start_datetime="2020-01-01T00:00:00Z", end_datetime="2020-02-01T00:00:00Z"),
    ]
    for item in items:
        item["properties"]["datetime"] = None
    assert extent(table(items), given={})["temporal"]["interval"] == [
        ["2019-01-01T00:00:00Z", "2020-06-01T12:00:00.500000Z"]
    ]
    items[1]["properties"]["end_datetime"] = "9999-12-31T23:59:59Z"
    items[0]["properties"]["start_datetime"] = None
    assert extent(table(items), given={})["temporal"]["interval"] == [[None, None]]
    assert OPEN_END in table(items)["end"].cast(pa.int64()).to_pylist()


def test_bounds_and_types() -> None:
    point = {"type": "Point", "coordinates": [-5.0, 60.0, 7.0]}
    items = [model("a", geometry=square(1.0, 2.0)), model("b") | {"geometry": point}]
    rows = table([*items, model("c") | {"geometry": None}])
    assert bounds_of(rows) == [-5.0, 2.0, 1.5, 60.0]
    assert geometry_types(rows) == {"Polygon", "Point Z"}


def test_metadata_of_the_table_has_the_same_extent(hub: Path) -> None:
    geo = json.loads(pq.read_metadata(hub / "floods" / "items.parquet").metadata[b"geo"])
    document = json.loads((hub / layout.collection_json("floods")).read_bytes())
    assert [geo["columns"]["geometry"]["bbox"]] == document["extent"]["spatial"]["bbox"]
