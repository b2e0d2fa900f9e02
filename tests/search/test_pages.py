"""Single values of a column, by the page index."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geocairn.search.pages import PageReader
from geocairn.search.ranges import RangeFile

IDS = [f"item-{number:05d}-{'é' * (number % 7)}" for number in range(5000)]
SCHEMA = pa.schema(
    [pa.field("row", pa.uint32(), nullable=False), pa.field("id", pa.string(), nullable=False)]
)


def write(target: Path, **options: Any) -> bytes:
    table = pa.table([pa.array(range(len(IDS)), pa.uint32()), pa.array(IDS)], schema=SCHEMA)
    settings = {
        "compression": "zstd",
        "use_dictionary": False,
        "write_page_index": True,
        "data_page_size": 1024,
        "write_batch_size": 64,
        "row_group_size": 1300,
    }
    pq.write_table(table, target, **(settings | options))
    return target.read_bytes()


def opened(data: bytes, fetched: list[int]) -> RangeFile:
    def fetch(start: int, end: int) -> bytes:
        fetched.append(end - start)
        return data[start:end]

    return RangeFile(fetch, size=len(data), footer=0)


def test_values(tmp_path: Path) -> None:
    reader = PageReader(opened(write(tmp_path / "a.parquet"), []), "id")
    rng = random.Random(3)
    edges = [0, 1, 1299, 1300, 2599, 2600, 4999]
    for rows in ([], edges, edges[::-1], [7, 7], rng.sample(range(5000), 500)):
        assert reader.values(rows) == [IDS[row] for row in rows]


def test_a_value_costs_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write(tmp_path / "a.parquet")
    monkeypatch.setattr("geocairn.search.ranges._WHOLE", 0)
    fetched: list[int] = []
    reader = PageReader(opened(data, fetched), "id")
    footer = sum(fetched)
    assert reader.values([2000]) == [IDS[2000]]
    assert sum(fetched) - footer < 6000 < len(data) / 5


@pytest.mark.parametrize(
    "options",
    [
        {"compression": "snappy"},
        {"write_page_index": False},
        {"use_dictionary": True},
        {"data_page_version": "2.0"},
        {"column_encoding": {"id": "DELTA_BYTE_ARRAY"}},
    ],
)
def test_other_ways_to_store_are_refused(tmp_path: Path, options: dict[str, Any]) -> None:
    data = write(tmp_path / "a.parquet", **options)
    with pytest.raises(ValueError, match="page"):
        PageReader(opened(data, []), "id").values([5])


def test_no_such_column(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no column"):
        PageReader(opened(write(tmp_path / "a.parquet"), []), "name")


def test_the_hubs_own_index_is_read_so(folder: Path) -> None:
    data = (folder / "search/index.parquet").read_bytes()
    ids = pq.read_table(folder / "search/index.parquet")["id"].to_pylist()
    reader = PageReader(opened(data, []), "id")
    assert reader.values(list(range(len(ids)))) == ids
