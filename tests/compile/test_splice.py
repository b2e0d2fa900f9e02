from __future__ import annotations

from itertools import accumulate
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from geocairn.compile.splice import described, splice
from geocairn.errors import InputError
from geocairn.thrift import read_struct

SIZES = (1000, 0, 1, 777, 5000)


def table(start: int, rows: int) -> pa.Table:
    numbers = np.arange(start, start + rows)
    return pa.table(
        {
            "n": pa.array(numbers, pa.int64()),
            "x": pa.array(np.sin(numbers), pa.float64()),
            "word": pa.array([f"word {n % 50}" for n in numbers], pa.string()),
            "list": pa.array([[f"e{n % 7}"] * (n % 3) for n in numbers], pa.list_(pa.string())),
            "pair": pa.array(
                [{"a": float(n), "b": None} for n in numbers],
                pa.struct([("a", pa.float64()), ("b", pa.string())]),
            ),
        }
    )


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files with many small pages, dictionaries, statistics and page indexes."""
    folder = tmp_path_factory.mktemp("parts")
    starts = [0, *accumulate(SIZES)]
    paths = []
    for number, (start, size) in enumerate(zip(starts, SIZES, strict=False)):
        paths.append(folder / f"{number}.parquet")
        pq.write_table(
            table(start, size),
            paths[-1],
            compression="zstd",
            use_dictionary=["word", "list.list.element"],
            write_page_index=True,
            data_page_size=256,
            write_batch_size=32,
            row_group_size=2000,
        )
    return paths


@pytest.fixture(scope="module")
def joined(parts: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("joined") / "joined.parquet"
    written = splice(parts, target, metadata={"own": "{}", "ü": "ä"})
    assert written == described(target)
    assert written.rows == sum(SIZES)
    assert written.size == target.stat().st_size
    return target


def test_rows_are_those_of_the_parts_in_order(parts: list[Path], joined: Path) -> None:
    assert pq.read_table(joined).equals(pa.concat_tables([pq.read_table(part) for part in parts]))
    assert pq.read_table(joined)["n"].to_pylist() == list(range(sum(SIZES)))


def test_row_groups_stay_and_empty_ones_go(joined: Path) -> None:
    metadata = pq.read_metadata(joined)
    groups = [metadata.row_group(n) for n in range(metadata.num_row_groups)]
    assert [group.num_rows for group in groups] == [1000, 1, 777, 2000, 2000, 1000]
    assert metadata.num_rows == sum(SIZES)
    for start, group in zip([0, 1000, 1001, 1778, 3778, 5778], groups, strict=True):
        statistics = group.column(0).statistics
        assert (statistics.min, statistics.max) == (start, start + group.num_rows - 1)


def test_metadata_is_set_and_the_schema_kept(parts: list[Path], joined: Path) -> None:
    metadata = pq.read_metadata(joined).metadata
    assert metadata[b"own"] == b"{}"
    assert metadata["ü".encode()] == "ä".encode()
    assert metadata[b"ARROW:schema"] == pq.read_metadata(parts[0]).metadata[b"ARROW:schema"]
    assert pq.read_schema(joined).remove_metadata() == pq.read_schema(parts[0]).remove_metadata()


def chunks(path: Path) -> tuple[bytes, list[tuple[int, dict[int, Any]]]]:
    """A file's bytes, and its column chunks with the rows of their group."""
    data = path.read_bytes()
    size = int.from_bytes(data[-8:-4], "little")
    footer, _ = read_struct(data[-8 - size : -8])
    found = []
    for number, group in enumerate(footer[4][1][1]):
        assert group.get(7, (None, number))[1] == number  # its ordinal, which may be absent
        assert group[5][1] == min(pages_start(chunk[3][1]) for chunk in group[1][1][1])
        found += [(group[3][1], chunk) for chunk in group[1][1][1]]
    return data, found


def pages_start(meta: dict[int, Any]) -> int:
    return min(meta[n][1] for n in (9, 11) if n in meta)


def test_page_indexes_lead_to_pages(joined: Path) -> None:
    data, found = chunks(joined)
    several = 0
    for rows, chunk in found:
        meta = chunk[3][1]
        offsets, end = read_struct(data, chunk[4][1])
        assert end - chunk[4][1] == chunk[5][1]
        columns, end = read_struct(data, chunk[6][1])
        assert end - chunk[6][1] == chunk[7][1]
        locations = offsets[1][1][1]
        several += len(locations) > 1
        firsts = [location[3][1] for location in locations]
        assert firsts[0] == 0
        assert firsts == sorted(set(firsts))
        assert firsts[-1] < rows
        assert len(columns[1][1][1]) == len(locations)  # null_pages, one a page
        stop = pages_start(meta) + meta[7][1]
        for location in locations:
            header, body = read_struct(data, location[1][1])
            assert header[1][1] in (0, 3)  # a data page, of either version
            assert body + header[3][1] == location[1][1] + location[2][1] <= stop
    assert several > 10


def test_dictionaries_lie_where_they_should(joined: Path) -> None:
    data, found = chunks(joined)
    dictionaries = [chunk[3][1][11][1] for _, chunk in found if 11 in chunk[3][1]]
    assert dictionaries
    for start in dictionaries:
        assert read_struct(data, start)[0][1][1] == 2  # a dictionary page


@pytest.mark.parametrize("number", [0, 999, 1000, 1001, 1777, 1778, 3778, 6777])
def test_filters_find_single_rows(joined: Path, number: int) -> None:
    found = pq.read_table(joined, filters=pc.field("n") == number)
    assert found.to_pylist() == table(number, 1).to_pylist()
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT n, x, word FROM read_parquet(?) WHERE n = ?", [str(joined), number]
        ).fetchall()
    assert rows == [(number, np.sin(number), f"word {number % 50}")]


def test_splicing_the_spliced(joined: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.parquet"
    splice([joined, joined], again, metadata={})
    whole = pq.read_table(joined)
    assert pq.read_table(again).equals(pa.concat_tables([whole, whole]))
    alone = tmp_path / "alone.parquet"
    splice([joined], alone, metadata={})
    assert alone.read_bytes() == joined.read_bytes()


def test_only_empty_parts(parts: list[Path], tmp_path: Path) -> None:
    target = tmp_path / "empty.parquet"
    assert splice([parts[1], parts[1]], target, metadata={"a": "b"}).rows == 0
    assert pq.read_table(target).num_rows == 0
    assert pq.read_metadata(target).num_row_groups == 0
    assert pq.read_schema(target).names == ["n", "x", "word", "list", "pair"]


def test_parts_of_another_schema(parts: list[Path], tmp_path: Path) -> None:
    other = tmp_path / "other.parquet"
    pq.write_table(pa.table({"n": [1]}), other)
    with pytest.raises(InputError, match="schema differs") as caught:
        splice([parts[0], other], tmp_path / "target.parquet", metadata={})
    assert caught.value.where == str(other)


@pytest.mark.parametrize(
    "data", [b"", b"PAR1", b"PAR1PAR1", b"x" * 100, b"PAR1" + b"\xff" * 40 + b"PAR1"]
)
def test_parts_that_are_no_parquet(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "part.parquet"
    path.write_bytes(data)
    with pytest.raises(InputError, match="not a whole Parquet file"):
        splice([path], tmp_path / "target.parquet", metadata={})


def test_no_parts(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to join"):
        splice([], tmp_path / "target.parquet", metadata={})
