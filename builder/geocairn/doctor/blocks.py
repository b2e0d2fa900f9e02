"""What browsers read, against the indexes that it was made from."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from geocairn import layout
from geocairn.compile import directory
from geocairn.compile.blocks import encode_part, unpacked
from geocairn.doctor.context import Context, first_difference
from geocairn.doctor.index import Index
from geocairn.errors import MissingFileError

__all__ = ["check_blocks"]


def check_blocks(context: Context, index: Index) -> None:
    """Make the directory and the blocks again, where all else is sound, and compare.

    They follow from the indexes: what is wrong with those has been named, and would be twice.
    With a sample, the first and the last part are compared, and the whole directory's outline.
    """
    if context.report.counts:
        return
    try:
        found = _directory(context)
        if found is not None:
            _check_parts(context, index, found)
    except MissingFileError:
        return  # the manifest lists it, and there it is found


def _directory(context: Context) -> dict[str, Any] | None:
    path = layout.DIRECTORY
    data = context.files.range(path, 0, context.files.size(path))
    try:
        return directory.opened(data)
    except ValueError as error:
        context.say("DOC002", f"is damaged: {error}", file=path)
        return None


def _check_parts(context: Context, index: Index, found: dict[str, Any]) -> None:
    with context.files.parquet(layout.INDEX) as parquet:
        metadata = parquet.metadata
        rows = [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)]
    parts = found["parts"]
    if parts["rows"] != [count for count in rows if count]:
        context.say("DOC080", "has other parts than the search index", file=layout.DIRECTORY)
        return
    summaries, start, offset = [], 0, 0
    chosen = range(len(rows)) if context.sample is None else {0, len(rows) - 1}
    for number, (count, size) in enumerate(zip(parts["rows"], parts["size"], strict=True)):
        if number in chosen:
            data = context.files.range(layout.BLOCKS, offset, offset + size)
            part = encode_part(index.table.slice(start, count))
            summaries.append(part.summary)
            _compare(context, part.data, data, number)
        start, offset = start + count, offset + size
    if len(summaries) == len(parts["rows"]):
        _compare_directory(context, index.table, found, summaries)


def _compare(context: Context, wanted: bytes, data: bytes, number: int) -> None:
    # Another release of Zstandard packs the same content otherwise.
    try:
        same = wanted == data or unpacked(wanted) == unpacked(data)
    except ValueError:
        same = False
    if not same:
        message = f"part {number:,} is not what the search index has"
        context.say("DOC080", message, file=layout.BLOCKS)


def _compare_directory(
    context: Context, table: pa.Table, found: dict[str, Any], summaries: list[dict[str, Any]]
) -> None:
    end = context.files.size(layout.TERMS) - 8
    size = int.from_bytes(context.files.range(layout.TERMS, end, end + 4), "little")
    groups = directory.term_groups(context.files.range(layout.TERMS, end - size, end))
    wanted = directory.opened(
        directory.directory(summaries, terms=groups, begun=directory.months_of(table))
    )
    for each in (wanted, found):
        for name in ("size", "heads"):  # they depend on how well it was packed
            each["parts"].pop(name, None)
    if difference := first_difference(found, wanted):
        path, one, other = difference
        message = f"is {one} where it should be {other}"
        context.say("DOC080", message, file=layout.DIRECTORY, path=path)
