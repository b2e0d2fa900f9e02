"""Third stage: row groups of items.parquet, gathered from the spools and encoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geocairn import _io
from geocairn.compile.geoparquet import write_fragment
from geocairn.compile.stac import add_version_links
from geocairn.compile.terms import TermRange, write_terms
from geocairn.itemtable import Encoder, items, spool_schema

__all__ = ["FragmentsTask", "TermsTask", "make_fragments", "make_terms", "take_rows"]

Links = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FragmentsTask:
    """Some neighbouring row groups to write.

    Attributes:
        spools: The chunks' item spools.
        chunk: (n,) which spool each row is in.
        local: (n,) which row of the spool it is.
        ends: Where each row group ends; the last is n.
        links: Version links of some of the rows, by their place.
        keys: Asset keys with a field of their own.
        targets: Files to write, one a row group.
    """

    spools: tuple[Path, ...]
    chunk: npt.NDArray[np.int32]
    local: npt.NDArray[np.int32]
    ends: tuple[int, ...]
    links: Mapping[int, Links]
    keys: tuple[str, ...]
    targets: tuple[Path, ...]


def make_fragments(task: FragmentsTask) -> tuple[Path, ...]:
    """Write some row groups; says which."""
    table = take_rows(task.spools, task.chunk, task.local)
    if task.links:
        table = _with_links(table, task.links)
    start = 0
    for end, target in zip(task.ends, task.targets, strict=True):
        with _io.whole(target) as temporary:  # what is there can be used again
            write_fragment(table.slice(start, end - start), temporary, keys=task.keys)
        start = end
    return task.targets


def take_rows(
    spools: tuple[Path, ...], chunk: npt.NDArray[np.int32], local: npt.NDArray[np.int32]
) -> pa.Table:
    """Read some rows of many spool files, in the order asked for.

    Spools are in the order of items.parquet, so neighbouring rows of the hub lie side by side
    in each of them.
    """
    by_place = np.lexsort((local, chunk))
    places = chunk[by_place].astype(np.int64) << 32 | local[by_place]
    ends = np.flatnonzero(np.diff(places, append=-1) != 1) + 1
    parts, start = [], 0
    for end in ends.tolist():
        spool, first = spools[chunk[by_place[start]]], int(local[by_place[start]])
        parts.append(_read(spool, first, end - start))
        start = end
    table = pa.Table.from_batches(parts, schema=spool_schema()).combine_chunks()
    del parts
    back = np.empty(len(by_place), dtype=np.int64)
    back[by_place] = np.arange(len(by_place))
    return table.take(pa.array(back))


def _read(spool: Path, first: int, count: int) -> pa.RecordBatch:
    """A copy of some rows of a spool; the file is mapped only while they are copied.

    Mapped for longer, the pages of all spools would count as this process's memory.
    """
    with pa.memory_map(str(spool)) as source:
        rows = pa.ipc.open_file(source).get_batch(0).slice(first, count)
        return pa.ipc.read_record_batch(rows.serialize(), rows.schema)


def linked_items(table: pa.Table, links: Mapping[int, Links]) -> list[dict[str, Any]]:
    """Restore some items and add their version links."""
    chosen = items(table.take(pa.array(list(links), pa.int64())))
    return [
        add_version_links(item, pairs) for item, pairs in zip(chosen, links.values(), strict=True)
    ]


def _with_links(table: pa.Table, links: Mapping[int, Links]) -> pa.Table:
    encoder = Encoder()
    for item in linked_items(table, links):
        encoder.add(item)
    changed, _ = encoder.finish()
    source = np.arange(table.num_rows)
    source[list(links)] = table.num_rows + np.arange(len(links))
    return pa.concat_tables([table, changed]).combine_chunks().take(pa.array(source))


@dataclass(frozen=True, slots=True)
class TermsTask:
    """One range of words to merge; see `geocairn.compile.terms.write_terms`."""

    spools: tuple[Path, ...]
    rows: Path
    sizes: tuple[int, ...]
    words: TermRange
    target: Path


def make_terms(task: TermsTask) -> Path:
    """Write one range of the term index; says which."""
    # Cut at every end and without what follows the last, so that no chunks give no parts.
    rows = np.split(np.load(task.rows), np.cumsum(task.sizes, dtype=np.int64))[:-1]
    with _io.whole(task.target) as temporary:
        write_terms(task.spools, rows, temporary, words=task.words)
    return task.target
