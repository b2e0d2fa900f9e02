from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geocairn import layout, text
from geocairn.compile import terms
from geocairn.compile.splice import splice
from geocairn.compile.terms import (
    TERMS_SCHEMA,
    Postings,
    TermRange,
    range_digests,
    term_ranges,
    write_terms,
)

Document = dict[str, int]
Found = dict[tuple[str, int], list[int]]


def spool(path: Path, documents: list[Document], order: list[int]) -> dict[str, int]:
    postings = Postings()
    for document in documents:
        postings.add(document)
    table, prefixes = postings.finish(np.array(order, dtype=np.int64))
    empty = [pa.array([], field.type) for field in table.schema]
    batches = table.combine_chunks().to_batches()
    batch = batches[0] if batches else pa.RecordBatch.from_arrays(empty, schema=table.schema)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_batch(batch)
    return prefixes


def read(path: Path) -> Found:
    """A term file as rows by word and weight; asserts that it is in order."""
    table = pq.read_table(path)
    assert table.schema.names == TERMS_SCHEMA.names
    listed = [(row["term"], row["impact"], row["rows"]) for row in table.to_pylist()]
    keys = [(term, -impact) for term, impact, _ in listed]
    assert keys == sorted(set(keys))
    for _, impact, rows in listed:
        assert 1 <= impact <= text.MAX_IMPACT
        assert rows == sorted(set(rows))
        assert rows
    return {(term, impact): rows for term, impact, rows in listed}


def brute_force(documents: dict[int, Document]) -> Found:
    found: Found = {}
    for row, document in sorted(documents.items()):
        for term, impact in document.items():
            found.setdefault((term, impact), []).append(row)
    return found


words = st.text("abcé漢\U0001f6f01", min_size=1, max_size=5)
document = st.dictionaries(words, st.integers(1, text.MAX_IMPACT), max_size=8)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chunks=st.lists(st.lists(document, max_size=6), max_size=4), data=st.data())
@pytest.mark.parametrize("range_size", [3, 1 << 22])
@pytest.mark.parametrize("group_size", [4, 1 << 17])
def test_every_posting_is_there(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    chunks: list[list[Document]],
    data: st.DataObject,
    range_size: int,
    group_size: int,
) -> None:
    monkeypatch.setattr(terms, "_POSTINGS_A_RANGE", range_size)
    monkeypatch.setattr(terms, "_POSTINGS_A_GROUP", group_size)
    total = sum(map(len, chunks))
    rows = data.draw(st.permutations(range(total)))
    left_out = data.draw(st.sets(st.sampled_from(range(total)), max_size=3)) if total else set()
    spools, places, prefixes = [], [], {}
    wanted: dict[int, Document] = {}
    start = 0
    for number, documents in enumerate(chunks):
        order = data.draw(st.permutations(range(len(documents))))
        spools.append(tmp_path / f"{number}.arrow")
        for prefix, count in spool(spools[-1], documents, order).items():
            prefixes[prefix] = prefixes.get(prefix, 0) + count
        chosen = [
            -1 if start + at in left_out else rows[start + at] for at in range(len(documents))
        ]
        # The spool has the documents in another order than they came.
        places.append(np.array([chosen[at] for at in order], dtype=np.int32))
        wanted |= {row: documents[at] for at, row in enumerate(chosen) if row >= 0}
        start += len(documents)
    ranges = term_ranges(prefixes)
    parts = []
    for number, part in enumerate(ranges):
        parts.append(tmp_path / f"{number}.parquet")
        write_terms(spools, places, parts[-1], words=part)
    splice(parts, tmp_path / "terms.parquet", metadata={})
    assert read(tmp_path / "terms.parquet") == brute_force(wanted)


def test_ranges_cover_all_words_and_stay_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_POSTINGS_A_RANGE", 10)
    counts = {"a": 4, "b": 5, "ba": 1, "c": 30, "d": 1, "é": 2}
    ranges = term_ranges(counts)
    assert ranges == [
        TermRange("a", "ba"),
        TermRange("ba", "c"),
        TermRange("c", "d"),
        TermRange("d", None),
    ]
    assert term_ranges({}) == [TermRange("", None)]


def test_ranges_are_about_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_POSTINGS_A_RANGE", 100)
    firsts = [one.first for one in term_ranges(dict.fromkeys("abcdefghijkl", 10))]
    assert firsts == ["a", "g"]


def test_terms_of_a_hub(hub: Path, items: list[dict[str, Any]]) -> None:
    by_id = {item["id"]: item for item in items}
    index = pq.read_table(hub / layout.INDEX)
    documents = {}
    for row, name in zip(index["row"].to_pylist(), index["id"].to_pylist(), strict=True):
        path = hub / layout.item_json("floods", name)
        item = json.loads(path.read_bytes())
        assert item["properties"] == by_id[name]["properties"]
        documents[row] = text.impacts(text.text_fields(item))
    assert len(documents) == len(items)
    assert read(hub / layout.TERMS) == brute_force(documents)


def test_pages_stay_small(hub: Path) -> None:
    """A word is looked up by its page, so that pages must not grow with the hub."""
    column = pq.read_metadata(hub / layout.TERMS).row_group(0).column(0)
    assert column.statistics.has_min_max
    assert column.has_offset_index
    assert column.has_column_index


def test_a_range_is_another_where_its_words_are(tmp_path: Path) -> None:
    ranges = [TermRange("a", "m"), TermRange("m", None)]

    def digests(*documents: Document) -> list[bytes]:
        path = tmp_path / "spool.arrow"
        spool(path, list(documents), list(range(len(documents))))
        return range_digests([path, path], ranges)

    first, second = digests({"apple": 3, "pear": 5}, {"apple": 15})
    assert digests({"apple": 3, "pear": 5}, {"apple": 15}) == [first, second]
    for changed in ({"apple": 3, "pear": 6}, {"apple": 3, "peas": 5}, {"apple": 3, "zoo": 5}):
        assert digests(changed, {"apple": 15})[0] == first
        assert digests(changed, {"apple": 15})[1] != second
    assert digests({"apple": 3}, {"apple": 15, "pear": 5})[0] == first
    assert digests({"apple": 3}, {"apple": 15, "pear": 5})[1] != second
