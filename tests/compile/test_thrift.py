from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import rustac
from hypothesis import given
from hypothesis import strategies as st
from tests.items import models

from geocairn.thrift import (
    BINARY,
    BYTE,
    DOUBLE,
    FALSE,
    I16,
    I32,
    I64,
    LIST,
    SET,
    STRUCT,
    TRUE,
    read_struct,
    write_struct,
)

plain: dict[int, st.SearchStrategy[Any]] = {
    I16: st.integers(-(2**15), 2**15 - 1),
    I32: st.integers(-(2**31), 2**31 - 1),
    I64: st.integers(-(2**63), 2**63 - 1),
    BINARY: st.binary(max_size=200),
    DOUBLE: st.binary(min_size=8, max_size=8),
    BYTE: st.binary(min_size=1, max_size=1),
}


def typed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[int, Any]]:
    """A value with its type, as `read_struct` gives it."""
    own = [st.tuples(st.just(kind), values) for kind, values in plain.items()]
    lists = [
        st.tuples(st.just(kind), st.lists(values, max_size=20))
        for kind, values in [*plain.items(), (STRUCT, inner)]
    ]
    flags = st.tuples(st.just(TRUE), st.lists(st.sampled_from([b"\x01", b"\x02"]), max_size=20))
    collections = st.tuples(st.sampled_from([LIST, SET]), st.one_of(*lists, flags))
    booleans = st.sampled_from([(TRUE, True), (FALSE, False)])
    return st.one_of(*own, collections, booleans, st.tuples(st.just(STRUCT), inner))


numbers = st.integers(1, 20) | st.integers(1, 2**15 - 1)
structs = st.recursive(
    st.just({}), lambda inner: st.dictionaries(numbers, typed(inner), max_size=5), max_leaves=10
)


@given(structs)
def test_what_is_written_reads_back(fields: dict[int, Any]) -> None:
    raw = bytearray(b"before")
    write_struct(fields, raw)
    back, end = read_struct(bytes(raw + b"behind"), len(b"before"))
    assert back == fields
    assert end == len(raw)


def footer(path: Path) -> bytes:
    data = path.read_bytes()
    size = int.from_bytes(data[-8:-4], "little")
    assert data[-4:] == b"PAR1"
    return data[-8 - size : -8]


TYPES = pa.table(
    {
        "text": ["a", None, "ü"],
        "list": [[1, 2], None, []],
        "struct": [{"x": 1.5, "y": {"z": True}}, None, {"x": None, "y": None}],
        "time": pa.array([0, None, 2**60], pa.timestamp("us", tz="UTC")),
        "decimal": pa.array([1, None, 3], pa.decimal128(20, 3)),
        "flag": [True, False, None],
        "float": pa.array([0.5, float("nan"), None], pa.float32()),
    }
)


def by_pyarrow(path: Path) -> None:
    table = TYPES.replace_schema_metadata({"one": "1", "two": ""})
    pq.write_table(
        table,
        path,
        row_group_size=1,
        write_page_index=True,
        column_encoding=None,
        sorting_columns=[pq.SortingColumn(0)],
        store_decimal_as_integer=True,
    )


def by_duckdb(path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT range AS n, 't' || range AS t, [range, 1] AS l, "
            "{'a': range, 'b': DATE '2020-01-01'} AS s FROM range(5000)) TO "
            f"'{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048, KV_METADATA {{k: 'v'}})"
        )


def by_rustac(path: Path) -> None:
    rustac.write_sync(str(path), [item | {"collection": "c"} for item in models(5)])


@pytest.mark.parametrize("write", [by_pyarrow, by_duckdb, by_rustac], ids=lambda w: w.__name__)
def test_footers_of_other_writers_stay_the_same_bytes(write: Any, tmp_path: Path) -> None:
    path = tmp_path / "file.parquet"
    write(path)
    data = footer(path)
    fields, end = read_struct(data)
    assert end == len(data)
    raw = bytearray()
    write_struct(fields, raw)
    assert bytes(raw) == data


@pytest.mark.parametrize(
    "name", ["floods/items.parquet", "search/index.parquet", "search/terms.parquet"]
)
def test_footers_of_a_hub_stay_the_same_bytes(name: str, hub: Path) -> None:
    data = footer(hub / name)
    fields, end = read_struct(data)
    assert end == len(data)
    raw = bytearray()
    write_struct(fields, raw)
    assert bytes(raw) == data
    assert fields[3][1] == pq.read_metadata(hub / name).num_rows
