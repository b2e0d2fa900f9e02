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

__all__ = ["FragmentTask", "TermsTask", "linked_items", "make_fragment", "make_terms", "take_rows"]

Links = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FragmentTask:
    """One row group to write.

    Attributes:
        spools: The chunks' item spools.
        chunk: (n,) which spool each row is in.
        local: (n,) which row of the spool it is.
        links: Version links of some of the rows, by place in the group.
        keys: Asset keys with a field of their own.
        target: File to write.
    """

    spools: tuple[Path, ...]
    chunk: npt.NDArray[np.int32]
    local: npt.NDArray[np.int32]
    links: Mapping[int, Links]
    keys: tuple[str, ...]
    target: Path


def make_fragment(task: FragmentTask) -> Path:
    """Write one row group; says which."""
    table = take_rows(task.spools, task.chunk, task.local)
    if task.links:
        table = _with_links(table, task.links)
    # Under a passing name until whole: what is there by its own name can be used again.
    temporary = task.target.with_suffix(".part")
    try:
        write_fragment(table, temporary, keys=task.keys)
        temporary.replace(task.target)
    except OSError as error:
        raise _io.output_error(error, task.target) from error
    return task.target


def take_rows(
    spools: tuple[Path, ...], chunk: npt.NDArray[np.int32], local: npt.NDArray[np.int32]
) -> pa.Table:
    """Read some rows of many spool files, in the order asked for.

    Spools are in the hub's order, so the rows of a group lie side by side in each of them:
    slices of mapped files, of which only the pages in use are read.
    """
    by_place = np.lexsort((local, chunk))
    places = chunk[by_place].astype(np.int64) << 32 | local[by_place]
    ends = np.flatnonzero(np.diff(places, append=-1) != 1) + 1
    parts, start = [], 0
    for end in ends.tolist():
        spool, first = spools[chunk[by_place[start]]], int(local[by_place[start]])
        parts.append(_open(spool).slice(first, end - start))
        start = end
    back = np.empty(len(by_place), dtype=np.int64)
    back[by_place] = np.arange(len(by_place))
    return pa.Table.from_batches(parts, schema=spool_schema()).combine_chunks().take(pa.array(back))


def _open(spool: Path) -> pa.RecordBatch:
    return pa.ipc.open_file(pa.memory_map(str(spool))).get_batch(0)


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
    try:
        write_terms(task.spools, rows, task.target, words=task.words)
    except OSError as error:
        raise _io.output_error(error, task.target) from error
    return task.target
