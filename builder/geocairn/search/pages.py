"""Single values of a Parquet column, read by its page index: a page a value, not a column chunk.

DuckDB reads whole chunks, and the ids of twenty rows all over a large index would cost as many
chunks. Formats: https://github.com/apache/parquet-format (the numbers are those of
``parquet.thrift``).
"""

from __future__ import annotations

from bisect import bisect_right
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from typing import Any

import zstandard

from geocairn.search.ranges import RangeFile
from geocairn.thrift import Struct, read_struct

__all__ = ["PageReader"]

_TAIL = 8
_ZSTD, _PLAIN, _DATA_PAGE = 6, 0, 0
# FileMetaData, RowGroup, ColumnChunk and ColumnMetaData
_ROW_GROUPS, _COLUMNS, _ROWS, _META, _INDEX, _INDEX_LENGTH = 4, 1, 3, 3, 4, 5
_PATH, _CODEC = 3, 4
# OffsetIndex, PageLocation and PageHeader
_LOCATIONS, _OFFSET, _SIZE, _FIRST_ROW = 1, 1, 2, 3
_TYPE, _UNPACKED, _DATA_HEADER, _ENCODING = 1, 2, 5, 2
_AT_ONCE = 16


class PageReader:
    """Reads values of one required column of strings.

    Args:
        file: The Parquet file.
        column: Name of the column.

    Raises:
        ValueError: When the column is stored in a way that this reader does not know.
    """

    def __init__(self, file: RangeFile, column: str) -> None:
        self._file = file
        tail = file.read(file.size - _TAIL, file.size)
        size = int.from_bytes(tail[:4], "little")
        footer, _ = read_struct(file.read(file.size - _TAIL - size, file.size - _TAIL))
        groups = footer[_ROW_GROUPS][1][1]
        self._chunks = [_chunk(group, column) for group in groups]
        self._starts = list(accumulate((group[_ROWS][1] for group in groups), initial=0))
        self._locations: dict[int, list[Struct]] = {}

    def values(self, rows: list[int]) -> list[str]:
        """The column's values in some rows, in the order asked for."""
        groups = [bisect_right(self._starts, row) - 1 for row in rows]
        new = sorted(set(groups) - self._locations.keys())
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            self._locations |= dict(zip(new, pool.map(self._page_locations, new), strict=True))
            pages = [self._page_of(row, group) for row, group in zip(rows, groups, strict=True)]
            distinct = sorted({page for page, _ in pages})
            contents = dict(zip(distinct, pool.map(self._strings, distinct), strict=True))
        return [contents[page][place].decode() for page, place in pages]

    def _page_locations(self, group: int) -> list[Struct]:
        start, size = self._chunks[group]
        index, _ = read_struct(self._file.read(start, start + size))
        locations: list[Struct] = index[_LOCATIONS][1][1]
        return locations

    def _page_of(self, row: int, group: int) -> tuple[tuple[int, int], int]:
        """Where the page of a row is (offset and size), and the row's place in it."""
        locations = self._locations[group]
        inside = row - self._starts[group]
        page = locations[bisect_right(locations, inside, key=lambda p: p[_FIRST_ROW][1]) - 1]
        return (page[_OFFSET][1], page[_SIZE][1]), inside - page[_FIRST_ROW][1]

    def _strings(self, page: tuple[int, int]) -> list[bytes]:
        offset, size = page
        data = self._file.read(offset, offset + size)
        header, start = read_struct(data)
        if header[_TYPE][1] != _DATA_PAGE or header[_DATA_HEADER][1][_ENCODING][1] != _PLAIN:
            raise ValueError("not a plain data page")
        unpacked = zstandard.ZstdDecompressor().decompress(
            data[start:], max_output_size=header[_UNPACKED][1]
        )
        found, position = [], 0
        while position < len(unpacked):
            length = int.from_bytes(unpacked[position : position + 4], "little")
            found.append(unpacked[position + 4 : position + 4 + length])
            position += 4 + length
        return found


def _chunk(group: Struct, column: str) -> tuple[int, int]:
    """Where the offset index of a column's chunk is: offset and length."""
    for chunk in group[_COLUMNS][1][1]:
        meta: Any = chunk[_META][1]
        if meta[_PATH][1][1] == [column.encode()]:
            if meta[_CODEC][1] != _ZSTD or _INDEX not in chunk:
                raise ValueError(f"{column} has no page index, or is not packed by zstd")
            return chunk[_INDEX][1], chunk[_INDEX_LENGTH][1]
    raise ValueError(f"there is no column {column}")
