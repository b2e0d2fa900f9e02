"""Join Parquet files by copying their row groups as they are, without decoding them.

No Python library does this, and it is what lets row groups be encoded by several processes
at once and be kept from one build to the next. Only the places recorded in the footer and in
the offset indexes change. Field numbers: parquet.thrift of https://github.com/apache/parquet-format
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow.parquet as pq

from geocairn.errors import InputError
from geocairn.thrift import (
    BINARY,
    I32,
    I64,
    LIST,
    STRUCT,
    Struct,
    read_struct,
    write_struct,
)

__all__ = ["Spliced", "described", "splice"]

_MAGIC = b"PAR1"
# FileMetaData
_NUM_ROWS, _ROW_GROUPS, _KEY_VALUES = 3, 4, 5
# RowGroup
_COLUMNS, _GROUP_OFFSET, _ORDINAL = 1, 5, 7
# ColumnChunk
_CHUNK_OFFSET, _META, _OFFSET_INDEX, _OFFSET_INDEX_LENGTH, _COLUMN_INDEX = 2, 3, 4, 5, 6
# ColumnMetaData: data, index and dictionary pages, bloom filter
_PAGE_OFFSETS = (9, 10, 11, 14)
# What no reader needs to find its way, a third of a footer: statistics in their deprecated form
# and whether they are exact, encodings counted by page, and sizes by level of nesting.
_STATISTICS, _NEEDLESS_STATISTICS, _NEEDLESS = 12, (1, 2, 7, 8), (13, 16)
# OffsetIndex and PageLocation
_LOCATIONS, _PAGE_OFFSET = 1, 1


@dataclass(frozen=True, slots=True)
class Spliced:
    """What was written: rows, bytes, and the bytes of the footer with its eight-byte tail."""

    rows: int
    size: int
    footer: int


def described(path: Path) -> Spliced:
    """Describe a Parquet file that is already there."""
    with path.open("rb") as file:
        file.seek(-8, 2)
        footer = int.from_bytes(file.read(4), "little") + 8
    return Spliced(rows=pq.read_metadata(path).num_rows, size=path.stat().st_size, footer=footer)


def splice(parts: Iterable[Path], target: Path, *, metadata: Mapping[str, str]) -> Spliced:
    """Write one Parquet file that holds the row groups of several, in order.

    Args:
        parts: At least one Parquet file; all must have been written with the same schema.
        target: The file to write.
        metadata: Key-value metadata to set, over what the first part has.

    Raises:
        InputError: If a part is no Parquet file, or its schema differs from the first one's.
    """
    whole: Struct | None = None
    groups: list[Struct] = []
    with target.open("wb") as out:
        out.write(_MAGIC)
        for path in parts:
            data = path.read_bytes()
            footer, end = _footer(data, path)
            if whole is None:
                whole = footer
            elif footer[2] != whole[2]:
                raise InputError("its schema differs from the first part's", where=str(path))
            for group in footer[_ROW_GROUPS][1][1]:
                if group[3][1]:
                    _move(group, data, out, ordinal=len(groups))
                    groups.append(group)
            del data, end
        if whole is None:
            raise InputError("nothing to join", where=str(target))
        whole[_ROW_GROUPS] = (LIST, (STRUCT, groups))
        rows = sum(group[3][1] for group in groups)
        whole[_NUM_ROWS] = (I64, rows)
        _set_metadata(whole, metadata)
        raw = bytearray()
        write_struct(whole, raw)
        out.write(raw + len(raw).to_bytes(4, "little") + _MAGIC)
        return Spliced(rows=rows, size=out.tell(), footer=len(raw) + 8)


def _footer(data: bytes, path: Path) -> tuple[Struct, int]:
    size = int.from_bytes(data[-8:-4], "little")
    if data[:4] != _MAGIC or data[-4:] != _MAGIC or size > len(data) - 12:
        raise InputError("not a whole Parquet file", where=str(path))
    start = len(data) - 8 - size
    return read_struct(data[start:-8])[0], start


def _move(group: Struct, data: bytes, out: IO[bytes], *, ordinal: int) -> None:
    """Copy a row group's pages, and its page indexes behind them; update where they are."""
    chunks: list[Struct] = group[_COLUMNS][1][1]
    metas: list[Struct] = [chunk[_META][1] for chunk in chunks]
    starts = [min(meta[n][1] for n in _PAGE_OFFSETS[:3] if n in meta) for meta in metas]
    ends = [start + meta[7][1] for start, meta in zip(starts, metas, strict=True)]
    first = min(starts)
    shift = out.tell() - first
    out.write(data[first : max(ends)])
    for chunk, meta in zip(chunks, metas, strict=True):
        _slim(meta)
        for number in _PAGE_OFFSETS[:3]:
            _shift(meta, number, shift)
        # Deprecated by the format: writers of today put 0 here.
        if chunk.get(_CHUNK_OFFSET, (I64, 0))[1]:
            _shift(chunk, _CHUNK_OFFSET, shift)
        for number in (_COLUMN_INDEX, _OFFSET_INDEX):
            if number in chunk:
                _move_index(chunk, data, out, number=number, shift=shift)
    _shift(group, _GROUP_OFFSET, shift)
    if _ORDINAL in group:
        group[_ORDINAL] = (group[_ORDINAL][0], min(ordinal, 32767))


def _slim(meta: Struct) -> None:
    for number in _NEEDLESS:
        meta.pop(number, None)
    if _STATISTICS in meta:
        for number in _NEEDLESS_STATISTICS:
            meta[_STATISTICS][1].pop(number, None)


def _move_index(chunk: Struct, data: bytes, out: IO[bytes], *, number: int, shift: int) -> None:
    start, size = chunk[number][1], chunk[number + 1][1]
    raw = bytearray(data[start : start + size])
    if number == _OFFSET_INDEX:
        index, _ = read_struct(bytes(raw))
        for location in index[_LOCATIONS][1][1]:
            _shift(location, _PAGE_OFFSET, shift)
        raw = bytearray()
        write_struct(index, raw)
    chunk[number] = (I64, out.tell())
    chunk[number + 1] = (I32, len(raw))
    out.write(raw)


def _shift(fields: Struct, number: int, by: int) -> None:
    if number in fields:
        kind, value = fields[number]
        fields[number] = (kind, value + by)


def _set_metadata(whole: Struct, metadata: Mapping[str, str]) -> None:
    old: list[Struct] = whole[_KEY_VALUES][1][1] if _KEY_VALUES in whole else []
    pairs: dict[bytes, Any] = {pair[1][1]: pair.get(2) for pair in old}
    pairs |= {key.encode(): (BINARY, value.encode()) for key, value in metadata.items()}
    entries: list[Struct] = [
        {1: (BINARY, key)} | ({2: value} if value else {}) for key, value in pairs.items()
    ]
    whole[_KEY_VALUES] = (LIST, (STRUCT, entries))
