"""What readers that are not ours make of ``items.parquet``; each test says exactly what.

The columns ``mlm:input``, ``mlm:output``, ``mlm:hyperparameters`` and ``geocairn:rest`` are JSON
text to all of them, because their shape differs from item to item.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import geopandas
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import pytest
import rustac
import shapely
import stac_geoparquet.arrow
from benchmarks.generate import items as generated
from tests.compile.conftest import DEEP, NOWHERE, WRAPPED
from tests.extensions import extension_file
from tests.items import write_lines

from geocairn.build import BuildOptions, build

Item = dict[str, Any]
JSON_TEXTS = ("mlm:input", "mlm:output", "mlm:hyperparameters")
ASSET_FIELDS = ("href", "type", "title", "roles", "mlm:artifact_type")
BOX = (0.0, 0.0, 40.0, 40.0)


@pytest.fixture(scope="module")
def by_id(items: list[Item]) -> dict[str, Item]:
    return {item["id"]: item for item in items}


@pytest.fixture(scope="module")
def in_box(items: list[Item]) -> set[str]:
    """Ids of the items whose geometry meets `BOX`, by shapely over their JSON."""
    area = shapely.box(*BOX)
    shapes = {
        i["id"]: shapely.from_geojson(json.dumps(i["geometry"])) for i in items if i["geometry"]
    }
    found = {name for name, shape in shapes.items() if shape.intersects(area)}
    assert 5 < len(found) < len(items) / 2
    return found


def typed_assets(item: Item) -> dict[str, Any]:
    """What of an item's assets is typed: the five common fields of the common keys."""
    return {
        key: {name: asset[name] for name in ASSET_FIELDS if name in asset}
        for key, asset in item["assets"].items()
        if key != "seldom"
    }


def without_nulls(value: Any) -> Any:
    return (
        {k: without_nulls(v) for k, v in value.items() if v is not None}
        if isinstance(value, dict)
        else value
    )


def moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)


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


def test_rustac_reads_every_typed_field(table_path: str, by_id: dict[str, Item]) -> None:
    found = rustac.read_sync(table_path)["features"]
    assert [item["id"] for item in found] == pq.read_table(table_path)["id"].to_pylist()
    for item in found:
        original = by_id[item["id"]]
        wanted = original["properties"]
        if item["id"] == NOWHERE:  # its own limit: it has no null geometry
            assert item["geometry"] == {"type": "Polygon", "coordinates": []}
            assert "bbox" not in item
        else:
            assert shapely.from_geojson(json.dumps(item["geometry"])).equals(
                shapely.from_geojson(json.dumps(original["geometry"]))
            )
        for name in ("datetime", "start_datetime", "end_datetime", "created"):
            assert moment(item["properties"].get(name)) == moment(wanted.get(name))
        for name in ("title", "license", "gsd", "mlm:name", "mlm:tasks", "mlm:total_parameters"):
            assert item["properties"].get(name) == wanted.get(name)
        for name in JSON_TEXTS:
            assert json.loads(item["properties"][name]) == wanted[name]
        assert item["assets"] == typed_assets(original)


@pytest.fixture(scope="module")
def client(extensions: Path) -> rustac.DuckdbClient:
    try:
        return rustac.DuckdbClient(extension_directory=extensions, install_extensions=False)
    except rustac.RustacError as error:
        pytest.skip(f"rustac has another DuckDB in it than the extensions are for: {error}")


def test_rustac_duckdb_client_searches(
    client: rustac.DuckdbClient, table_path: str, by_id: dict[str, Item], in_box: set[str]
) -> None:
    assert {item["id"] for item in client.search(table_path, bbox=list(BOX))} == in_box
    fine = {item["id"] for item in by_id.values() if item["properties"]["gsd"] < 1}
    found = client.search(table_path, filter="gsd < 1", limit=1000)
    assert {item["id"] for item in found} == fine
    for item in found:
        assert item["assets"] == typed_assets(by_id[item["id"]])
        assert (
            json.loads(item["properties"]["mlm:input"])
            == by_id[item["id"]]["properties"]["mlm:input"]
        )


def test_rustac_search_takes_the_file(
    extensions: Path, client: rustac.DuckdbClient, table_path: str, in_box: set[str]
) -> None:
    code = (
        "import json, rustac, sys\n"
        f"found = rustac.search_sync(sys.argv[1], bbox={list(BOX)})\n"
        "print(json.dumps([item['id'] for item in found]))\n"
    )
    # In a process of its own, for it installs extensions into the home folder.
    done = subprocess.run(
        [sys.executable, "-c", code, table_path],
        env={"HOME": str(extensions.parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) == in_box


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


def test_as_small_as_it_should_be(tmp_path: Path) -> None:
    """Lossless, and yet no more than half again as large as rustac's file, which is lossy."""
    given = [item | {"collection": "floods"} for item in generated(1500)]
    for item in given:  # rustac cannot write these at all
        del item["properties"]["mlm:hyperparameters"]
    source = write_lines(tmp_path / "items.ndjson", given)
    build([str(source)], tmp_path / "hub", options=BuildOptions(jobs=1, select=("HUB001",)))
    rustac.write_sync(str(tmp_path / "rustac.parquet"), given)
    ours = (tmp_path / "hub" / "floods" / "items.parquet").stat().st_size
    theirs = (tmp_path / "rustac.parquet").stat().st_size
    assert ours <= 1.5 * theirs
    assert pq.read_metadata(tmp_path / "rustac.parquet").num_rows == len(given)
