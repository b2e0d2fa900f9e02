"""What browsers read, against the indexes that it was made from."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from geocairn import layout
from geocairn.compile import directory
from geocairn.compile.blocks import codes_of_part, encode_part, unpacked
from geocairn.compile.coded import Codes
from geocairn.compile.common_words import (
    MOST_BYTES,
    Facets,
    common_words,
    unpacked_words,
    write_words,
)
from geocairn.doctor.context import Context, first_difference
from geocairn.doctor.index import Index
from geocairn.errors import MissingFileError

__all__ = ["check_blocks"]


def check_blocks(context: Context, index: Index) -> None:
    """Make what browsers read again, where all else is sound, and compare.

    It follows from the indexes: what is wrong with those has been named, and would be twice.
    With a sample, the first and the last part of the blocks are compared, and no words.
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
    summaries, codes, start, offset = [], [], 0, 0
    chosen = range(len(rows)) if context.sample is None else {0, len(rows) - 1}
    for number, (count, size) in enumerate(zip(parts["rows"], parts["size"], strict=True)):
        if number in chosen:
            data = context.files.range(layout.BLOCKS, offset, offset + size)
            part = encode_part(index.table.slice(start, count))
            summaries.append(part.summary)
            codes.append(codes_of_part(part.data))
            _compare(context, part.data, data, number)
        start, offset = start + count, offset + size
    if len(summaries) == len(parts["rows"]):
        words = _compare_words(context, found["words"], codes)
        _compare_directory(context, index.table, found, summaries, words)


def _compare(context: Context, wanted: bytes, data: bytes, number: int) -> None:
    # Another release of Zstandard packs the same content otherwise.
    try:
        same = wanted == data or unpacked(wanted) == unpacked(data)
    except ValueError:
        same = False
    if not same:
        message = f"part {number:,} is not what the search index has"
        context.say("DOC080", message, file=layout.BLOCKS)


def _compare_words(
    context: Context, about: Mapping[str, Any], codes: Iterable[Mapping[str, Codes]]
) -> Mapping[str, Any]:
    """Compare the facets of common words; says what the directory must say of them."""
    data = context.files.range(layout.WORDS, 0, context.files.size(layout.WORDS))
    out = io.BytesIO()
    with context.files.parquet(layout.TERMS) as terms:
        wanted = write_words(out, common_words(terms), Facets.joined(codes))
    if out.getvalue() == data:
        return wanted
    try:
        head, words = unpacked_words(data, about)
    except ValueError as error:
        context.say("DOC002", f"is damaged: {error}", file=layout.WORDS)
        return about
    own_head, own = unpacked_words(out.getvalue(), wanted)
    # Another release of Zstandard packs otherwise, and more or fewer words are small enough.
    differing = [word for word, facets in words.items() if own.get(word, facets) != facets]
    missing = [word for word in own if word not in words and len(own[word]) < MOST_BYTES // 2]
    if own_head != head or differing or missing:
        word = next(iter([*differing, *missing]), "")
        message = f"has other facets than the search index, first for the word {word!r}"
        context.say("DOC080", message, file=layout.WORDS)
    return about


def _compare_directory(
    context: Context,
    table: pa.Table,
    found: dict[str, Any],
    summaries: list[dict[str, Any]],
    words: Mapping[str, Any],
) -> None:
    end = context.files.size(layout.TERMS) - 8
    size = int.from_bytes(context.files.range(layout.TERMS, end, end + 4), "little")
    groups = directory.term_groups(context.files.range(layout.TERMS, end - size, end))
    wanted = directory.opened(
        directory.directory(summaries, terms=groups, words=words, begun=directory.months_of(table))
    )
    for each in (wanted, found):
        for name in ("size", "heads"):  # they depend on how well it was packed
            each["parts"].pop(name, None)
    if difference := first_difference(found, wanted):
        path, one, other = difference
        message = f"is {one} where it should be {other}"
        context.say("DOC080", message, file=layout.DIRECTORY, path=path)
