from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocairn import layout
from geocairn.compile import common_words as module
from geocairn.compile import directory
from geocairn.compile.blocks import codes_of_part, encode_part
from geocairn.compile.coded import CODED, FRAME, codes_of, codes_of_frames, what_frames
from geocairn.compile.column_groups import MOST, ColumnGroup, grouped
from geocairn.compile.common_words import Facets, common_words, unpacked_words, write_words
from geocairn.compile.terms import TERMS_SCHEMA

SETS = st.lists(st.sampled_from(["red", "nir", "blue"]), unique=True, max_size=3)


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), SETS), max_size=3 * FRAME + 1))
def test_frames_of_codes_are_read_back(column: list[list[str] | None]) -> None:
    listed = codes_of(pa.array(column, pa.list_(pa.string())))
    single = codes_of(pa.array(["same"] * len(column), pa.string()))
    coded = dict.fromkeys(CODED, single) | {"bands": listed}
    values = {name: found for name, (found, _) in coded.items()}
    frames = what_frames(len(column), coded)
    back = codes_of_frames(frames, rows=len(column), values=values)
    assert list(back) == list(CODED)
    found, codes = back["bands"]
    in_order = [None if value is None else sorted(value) for value in column]
    assert [found[code] for code in codes] == in_order
    assert not back["framework"][1].any()


def facets_of(facets: Facets, rows: list[int]) -> list[dict[str, Any]]:
    """The facets of some rows, read from the planes as a browser does."""
    found: list[dict[str, Any]] = [{} for _ in rows]
    plane = 0
    for columns, codes in facets.groups:
        wide = len(codes) > MOST
        for own, row in zip(found, rows, strict=True):
            number = int(facets.planes[plane, row])
            if wide:
                number |= int(facets.planes[plane + 1, row]) << 8
            for name, code in zip(columns, codes[number], strict=True):
                own[name] = facets.values[name][code]
        plane += 2 if wide else 1
    return found


def test_facets_of_parts_are_joined_under_codes_of_their_own() -> None:
    parts = [
        {"a": codes_of(pa.array(["x", "y", None])), "b": codes_of(pa.array([1.5, 2.5, 1.5]))},
        {"a": codes_of(pa.array(["z", "x"])), "b": codes_of(pa.array([2.5, None]))},
    ]
    facets = Facets.joined(parts)
    assert facets_of(facets, [0, 1, 2, 3, 4]) == [
        {"a": "x", "b": 1.5},
        {"a": "y", "b": 2.5},
        {"a": None, "b": 1.5},
        {"a": "z", "b": 2.5},
        {"a": "x", "b": None},
    ]


def test_a_set_is_the_same_in_any_order() -> None:
    columns = pa.array([["b", "a"], ["a", "b"], None], pa.list_(pa.string()))
    facets = Facets.joined([{"bands": codes_of(columns)}])
    assert facets.values == {"bands": [["a", "b"], None]}


def test_columns_of_very_many_values_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_VALUES", 2)
    part = {"few": codes_of(pa.array([1, 2, 1])), "many": codes_of(pa.array([1, 2, 3]))}
    assert list(Facets.joined([part]).values) == ["few"]


def test_a_column_of_more_values_than_a_byte_has_two_planes() -> None:
    part = {"month": codes_of(pa.array([f"{n:04}" for n in range(300)]))}
    facets = Facets.joined([part])
    assert facets.planes.shape == (2, 300)
    assert facets_of(facets, [7, 299]) == [{"month": "0007"}, {"month": "0299"}]


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_groups_keep_every_column(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sensor = rng.integers(0, 6, 500).astype(np.uint32)
    columns = {
        "sensor": sensor,
        "gsd": sensor // 2,
        "license": rng.integers(0, 5, 500).astype(np.uint32),
        "month": rng.integers(0, 200, 500).astype(np.uint32),
        "place": rng.integers(0, 400, 500).astype(np.uint32),
    }
    widths = {"sensor": 6, "gsd": 3, "license": 5, "month": 200, "place": 400}
    groups = grouped([ColumnGroup.of(n, c, values=widths[n]) for n, c in columns.items()])
    assert sorted(name for group in groups for name in group.columns) == sorted(columns)
    assert any({"sensor", "gsd"} <= set(group.columns) for group in groups)
    for group in groups:
        assert len(group.codes) <= MOST or group.columns == ["place"]
        for place, name in enumerate(group.columns):
            codes = [group.codes[number][place] for number in group.numbers]
            assert codes == columns[name].tolist()


def terms_file(path: Path, lists: list[tuple[str, int, list[int]]], group: int) -> pq.ParquetFile:
    table = pa.Table.from_pylist(
        [{"term": t, "impact": i, "rows": rows} for t, i, rows in lists], schema=TERMS_SCHEMA
    )
    pq.write_table(table, path, row_group_size=group)
    return pq.ParquetFile(path)


@pytest.mark.parametrize("group", [1, 2, 3, 100])
def test_common_words_go_on_from_group_to_group(
    tmp_path: Path, group: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FEWEST", 3)
    lists = [("a", 9, [1]), ("b", 9, [5]), ("b", 3, [2, 9]), ("b", 1, [0]), ("c", 4, [1, 2])]
    lists += [("d", 7, [4, 6, 8]), ("e", 2, [1]), ("f", 2, [3]), ("f", 1, [1, 2])]
    with terms_file(tmp_path / "terms.parquet", lists, group) as file:
        found = [(word, rows.tolist()) for word, rows in common_words(file)]
    assert found == [("b", [0, 2, 5, 9]), ("d", [4, 6, 8]), ("f", [1, 2, 3])]


def test_what_is_written_is_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WORDS_A_PART", 2)
    facets = Facets.joined([{"a": codes_of(pa.array(list("abcab")))}])
    words = [(w, np.array(rows, np.uint32)) for w, rows in (("x", [0, 4]), ("y", [1]), ("z", [2]))]
    out = io.BytesIO()
    about = write_words(out, words, facets)
    assert about["first"] == ["x", "z"]
    assert about["head"] + sum(about["size"]) == len(out.getvalue())
    head, found = unpacked_words(out.getvalue(), about)
    assert orjson.loads(head)["values"] == {"a": ["a", "b", "c"]}
    assert found == {"x": b"\x00\x01", "y": b"\x01", "z": b"\x02"}
    with pytest.raises(ValueError, match="rame"):
        unpacked_words(out.getvalue()[::-1], about)


def test_words_that_take_too_much_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    facets = Facets.joined([{"a": codes_of(pa.array(rng.integers(0, 256, 5000)))}])
    monkeypatch.setattr(module, "MOST_BYTES", 3000)
    words = [("few", np.arange(2000, dtype=np.uint32)), ("many", np.arange(5000, dtype=np.uint32))]
    out = io.BytesIO()
    about = write_words(out, iter(words), facets)
    assert list(unpacked_words(out.getvalue(), about)[1]) == ["few"]
    monkeypatch.setattr(module, "_PROBE", 1000)  # a part of it tells, too
    out = io.BytesIO()
    about = write_words(out, iter(words), facets)
    assert list(unpacked_words(out.getvalue(), about)[1]) == ["few"]


def test_a_built_hub_has_the_facets_of_its_common_words(
    hub: Path, by_id: dict[str, dict[str, Any]]
) -> None:
    about = directory.opened((hub / layout.DIRECTORY).read_bytes())["words"]
    head, words = unpacked_words((hub / layout.WORDS).read_bytes(), about)
    index = pq.read_table(hub / layout.INDEX)
    with pq.ParquetFile(hub / layout.TERMS) as terms:
        common = dict(common_words(terms))
    assert set(words) == set(common)
    assert len(words) > 20
    names, values = orjson.loads(head)["groups"], orjson.loads(head)["values"]
    for word in list(words)[::7]:
        rows = common[word].tolist()
        ids = index["id"].take(pa.array(rows)).to_pylist()
        expected = Counter(by_id[one]["properties"]["license"] for one in ids)
        assert Counter(_column(words[word], len(rows), names, values, "license")) == expected


def _column(
    data: bytes, count: int, groups: list[dict[str, Any]], values: dict[str, Any], name: str
) -> Iterator[Any]:
    at = 0
    for group in groups:
        if name in group["columns"]:
            place = group["columns"].index(name)
            for number in data[at : at + count]:
                yield values[name][group["codes"][number][place]]
        at += count * (2 if len(group["codes"]) > MOST else 1)


def test_codes_of_a_part_are_those_of_its_rows(hub: Path) -> None:
    table = pq.read_table(hub / layout.INDEX)
    found = codes_of_part(encode_part(table).data)
    for name in ("collection", "license", "gsd"):
        values, codes = found[name]
        assert [values[code] for code in codes] == table[name].to_pylist()
