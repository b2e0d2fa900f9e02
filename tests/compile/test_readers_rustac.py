"""What rustac makes of ``items.parquet``, by reading, by searching, and in size.

The columns ``mlm:input``, ``mlm:output``, ``mlm:hyperparameters`` and ``geocairn:rest`` are JSON
text to it, because their shape differs from item to item.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import rustac
import shapely
from benchmarks.generate import items as generated
from tests.compile.conftest import NOWHERE
from tests.compile.reading import BOX, JSON_TEXTS, moment, typed_assets
from tests.items import write_lines

from geocairn.build import BuildOptions, build

Item = dict[str, Any]


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
