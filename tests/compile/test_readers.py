"""What readers that are not ours make of ``items.parquet``; each test says exactly what.

The columns ``mlm:input``, ``mlm:output``, ``mlm:hyperparameters`` and ``geocairn:rest`` are JSON
text to all of them, because their shape differs from item to item.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
from collections.abc import Iterator
from typing import Any

import duckdb
import geopandas
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
import stac_geoparquet.arrow
from tests.compile.conftest import DEEP, NOWHERE, WRAPPED
from tests.compile.reading import ASSET_FIELDS, BOX, JSON_TEXTS, moment, typed_assets, without_nulls
from tests.extensions import extension_file

Item = dict[str, Any]


def test_pyarrow_reads_typed_columns(table_path: str, by_id: dict[str, Item]) -> None:
    table = pq.read_table(table_path)
    assert table.num_rows == len(by_id)
    kinds = {name: table.schema.field(name).type for name in table.column_names}
    assert kinds["geometry"] == pa.binary()
    assert kinds["bbox"] == pa.struct([(s, pa.float64()) for s in ("xmin", "ymin", "xmax", "ymax")])
    for name in ("datetime", "start_datetime", "end_datetime", "created", "updated"):
        assert kinds[name] == pa.timestamp("us", tz="UTC")
    assert {
        name
        for name in kinds
        if name.startswith(("mlm:", "geocairn:")) and kinds[name] == pa.string()
    } >= {
        *JSON_TEXTS,
        "geocairn:rest",
    }
    assert [field.name for field in kinds["assets"]] == ["model", "source_code", "thumbnail"]
    assert {f.name for f in kinds["assets"].field("model").type} == set(ASSET_FIELDS)
    for row in table.to_pylist():
        item = by_id[row["id"]]
        shape = shapely.from_geojson(json.dumps(item["geometry"])) if item["geometry"] else None
        assert (shapely.from_wkb(row["geometry"]) if row["geometry"] else None) == shape
        assert row["datetime"] == moment(item["properties"].get("datetime"))
        assert without_nulls(row["assets"]) == typed_assets(item)
        for name in JSON_TEXTS:
            assert json.loads(row[name]) == item["properties"][name]


def test_pyarrow_filters_by_the_covering(table_path: str, in_box: set[str]) -> None:
    west, south, east, north = BOX
    sides = {side: pc.field(("bbox", side)) for side in ("xmin", "ymin", "xmax", "ymax")}
    condition = (
        (sides["xmin"] <= east)
        & (sides["xmax"] >= west)
        & (sides["ymin"] <= north)
        & (sides["ymax"] >= south)
    )
    found = set(pq.read_table(table_path, columns=["id"], filters=condition)["id"].to_pylist())
    assert found >= in_box
    assert NOWHERE not in found


def test_file_metadata(table_path: str) -> None:
    metadata = pq.read_metadata(table_path).metadata
    geo = json.loads(metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    column = geo["columns"]["geometry"]
    assert geo["primary_column"] == "geometry"
    assert column["encoding"] == "WKB"
    assert column["geometry_types"] == ["MultiPolygon", "Polygon", "Polygon Z"]
    assert column["bbox"] == [-180.0, -90.0, 180.0, 90.0]
    assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    stac = json.loads(metadata[b"stac-geoparquet"])
    assert stac["version"] == "1.1.0"
    assert stac["collections"]["floods"]["type"] == "Collection"


def test_stac_geoparquet_gives_items_back(table_path: str, by_id: dict[str, Item]) -> None:
    table = pq.read_table(table_path)
    placed = table.filter(table["geometry"].is_valid())
    found = list(stac_geoparquet.arrow.stac_table_to_items(placed))
    assert len(found) == len(by_id) - 1
    for item in found:
        original = by_id[item["id"]]
        properties = item["properties"]
        assert shapely.from_geojson(json.dumps(item["geometry"])) == shapely.from_geojson(
            json.dumps(original["geometry"])
        )
        if item["id"] not in (DEEP, WRAPPED):  # the covering is planar and in two dimensions
            assert item["bbox"] == original["bbox"]
        assert moment(properties["datetime"]) == moment(original["properties"]["datetime"])
        assert properties["mlm:tasks"] == original["properties"]["mlm:tasks"]
        assert isinstance(properties["mlm:input"], str)
        assert without_nulls(item["assets"]) == typed_assets(original)


def test_stac_geoparquet_cannot_read_an_item_without_a_place(table_path: str) -> None:
    # Its own limit: it wants the sides of every box without a copy. Filter such items out first.
    with pytest.raises(pa.ArrowInvalid, match="zero_copy"):
        list(stac_geoparquet.arrow.stac_table_to_items(pq.read_table(table_path)))


def test_geopandas_reads_a_frame(table_path: str, by_id: dict[str, Item], in_box: set[str]) -> None:
    frame = geopandas.read_parquet(table_path)
    assert len(frame) == len(by_id)
    assert frame.crs.to_string() == "OGC:CRS84"
    assert frame.geometry.isna().sum() == 1
    assert str(frame["datetime"].dtype) == "datetime64[us, UTC]"
    # The covering stays out of the frame; assets are dicts, JSON is text.
    assert "bbox" not in frame.columns
    row = frame[frame["id"] == DEEP].iloc[0]
    assert row.geometry.has_z
    assert without_nulls(row["assets"]["model"])["href"] == by_id[DEEP]["assets"]["model"]["href"]
    assert isinstance(row["mlm:hyperparameters"], str)
    rare = row["geocairn:assets"]
    assert [asset["key"] for asset in rare] == ["seldom"]
    part = geopandas.read_parquet(table_path, bbox=BOX, columns=["id", "geometry"])
    assert set(part["id"]) >= in_box
    assert set(part[part.intersects(shapely.box(*BOX))]["id"]) == in_box


def test_pyogrio_says_which_drivers_it_has(table_path: str) -> None:
    if "Parquet" in pyogrio.list_drivers():
        info = pyogrio.read_info(table_path)
        assert info["features"] == pq.read_metadata(table_path).num_rows
        return
    # Its wheels come without GDAL's Parquet driver, conda's packages with it.
    with pytest.raises(pyogrio.errors.DataSourceError):
        pyogrio.read_info(table_path)


@pytest.fixture(scope="module")
def through_duckdb() -> dict[str, str]:
    """Opens Parquet with GDAL's ADBC driver, which every wheel has, over Python's own DuckDB."""
    library = importlib.util.find_spec("_duckdb")
    if "ADBC" not in pyogrio.list_drivers() or library is None or library.origin is None:
        pytest.skip("this GDAL has no ADBC driver, or DuckDB no shared library")
    return {"ADBC_DRIVER": library.origin}


def test_gdal_reads_a_layer(
    through_duckdb: dict[str, str], table_path: str, by_id: dict[str, Item], in_box: set[str]
) -> None:
    name = f"ADBC:{table_path}"
    info = pyogrio.read_info(name, **through_duckdb)
    assert info["features"] == len(by_id)
    assert info["geometry_name"] == "geometry"
    assert info["total_bounds"] == (-180.0, -90.0, 180.0, 90.0)
    kinds = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert kinds["datetime"] == "OFTDateTime"
    assert kinds["mlm:tasks"] == "OFTStringList"
    assert kinds["assets.model.href"] == "OFTString"
    assert kinds["mlm:input"] == "OFTString"
    frame = pyogrio.read_dataframe(name, bbox=BOX, **through_duckdb)
    assert set(frame["id"]) >= in_box
    whole = pyogrio.read_dataframe(name, **through_duckdb)
    assert whole.geometry.isna().sum() == 1
    for row in whole.itertuples(index=False):
        item = by_id[row.id]
        if item["geometry"]:
            assert row.geometry == shapely.from_geojson(json.dumps(item["geometry"]))


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.load_extension(str(extension_file("duckdb_extension_spatial")))
        yield connection


def test_duckdb_answers_sql(
    connection: duckdb.DuckDBPyConnection,
    table_path: str,
    by_id: dict[str, Item],
    in_box: set[str],
) -> None:
    described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [table_path])
    kinds = {row[0]: row[1] for row in described.fetchall()}
    assert kinds["geometry"].startswith("GEOMETRY")
    assert kinds["datetime"] == "TIMESTAMP WITH TIME ZONE"
    assert kinds["mlm:tasks"] == "VARCHAR[]"
    assert {kinds[name] for name in JSON_TEXTS} == {"VARCHAR"}
    area = shapely.box(*BOX).wkt
    found = connection.execute(
        "SELECT id FROM read_parquet(?) WHERE ST_Intersects(geometry, ST_GeomFromText(?))",
        [table_path, area],
    ).fetchall()
    assert {name for (name,) in found} == in_box
    found = connection.execute(
        """SELECT id, assets.model.href, "mlm:input"->0->>'name',
        list_contains("mlm:tasks", 'regression')
        FROM read_parquet(?) WHERE datetime >= TIMESTAMPTZ '2020-01-01T00:00:00Z'""",
        [table_path],
    ).fetchall()
    since = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    wanted = [
        (
            item["id"],
            item["assets"]["model"]["href"],
            item["properties"]["mlm:input"][0]["name"],
            "regression" in item["properties"]["mlm:tasks"],
        )
        for item in by_id.values()
        if (at := moment(item["properties"].get("datetime"))) and at >= since
    ]
    assert sorted(found) == sorted(wanted)
