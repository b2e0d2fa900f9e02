"""The directory of a hub's search: what a browser reads first, instead of two Parquet footers.

It says where the parts of ``search/blocks.bin`` and ``search/words.bin`` and the row groups of
``search/terms.parquet`` are, and what is in them, so that most of all is never asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow.compute as pc
import zstandard

from geocairn.compile.block_stats import BLOCK
from geocairn.compile.blocks import KINDS, encode_part
from geocairn.compile.coded import CODED, FRAME, months
from geocairn.thrift import Struct, read_struct

__all__ = [
    "VERSION",
    "directory",
    "footer_of",
    "months_of",
    "opened",
    "read_part",
    "term_groups",
    "write_part",
]

VERSION = 4
"""Changes with whatever changes in the files that are written here."""
_LEVEL = 19
_LENGTH = 4
# FileMetaData, RowGroup, ColumnChunk and ColumnMetaData of parquet.thrift
_ROW_GROUPS, _COLUMNS, _ROWS, _META = 4, 1, 3, 3
_OFFSET_INDEX, _COLUMN_INDEX = (4, 5), (6, 7)
_VALUES, _PACKED, _DATA_PAGE, _STATISTICS, _MAX_VALUE, _MIN_VALUE = 5, 7, 9, 12, 5, 6


def write_part(table: Any, target: Path) -> None:
    """Write one row group of the index as a part, with what the directory says of it before."""
    part = encode_part(table)
    about = orjson.dumps(part.summary)
    target.write_bytes(len(about).to_bytes(_LENGTH, "little") + about + part.data)


def read_part(path: Path) -> tuple[dict[str, Any], bytes]:
    """What `write_part` wrote: the summary and the part itself."""
    data = path.read_bytes()
    end = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    summary: dict[str, Any] = orjson.loads(data[_LENGTH:end])
    return summary, data[end:]


def directory(
    summaries: Sequence[Mapping[str, Any]],
    *,
    terms: Mapping[str, Any],
    words: Mapping[str, Any],
    begun: Mapping[str, int],
) -> bytes:
    """The directory's content.

    Args:
        summaries: Of every part, in order.
        terms: What `term_groups` says of the finished term index.
        words: What `geocairn.compile.common_words.write_words` says of the common words.
        begun: How many items' times begin in each month.
    """
    spans = list(summaries[0]["spans"]) if summaries else []
    document = {
        "version": VERSION,
        "frame": FRAME,
        "block": BLOCK,
        "kinds": KINDS,
        "coded": CODED,
        "parts": {
            "rows": [one["rows"] for one in summaries],
            "size": [one["size"] for one in summaries],
            "heads": [one["heads"] for one in summaries],
            "box": [[one["box"][side] for one in summaries] for side in range(8)],
            "spans": {
                name: [[one["spans"][name][end] for one in summaries] for end in (0, 1)]
                for name in spans
            },
            "values": _values(summaries),
        },
        "months": dict(sorted(begun.items())),
        "terms": terms,
        "words": words,
    }
    return zstandard.ZstdCompressor(level=_LEVEL).compress(orjson.dumps(document))


def _values(summaries: Sequence[Mapping[str, Any]]) -> dict[str, list[list[Any]]]:
    """For each column of few values, in which parts each one is: bits of a hexadecimal number."""
    found: dict[str, list[list[Any]]] = {}
    names = set.intersection(*(set(one["values"]) for one in summaries)) if summaries else set()
    for name in sorted(names):
        masks: dict[Any, int] = {}
        for number, one in enumerate(summaries):
            for value in one["values"][name]:
                masks[value] = masks.get(value, 0) | 1 << number
        found[name] = [[value, f"{mask:x}"] for value, mask in sorted(masks.items())]
    return found


def months_of(table: Any) -> dict[str, int]:
    """How many items' times begin in each month, as ``2024-05``."""
    counts = pc.value_counts(months(table)).to_pylist()
    return {one["values"]: one["counts"] for one in counts if one["values"] is not None}


def term_groups(footer: bytes) -> dict[str, Any]:
    """Where each row group of the term index lies, as far as a reader by range must know.

    Args:
        footer: The file's Parquet footer.
    """
    groups: list[Struct] = read_struct(footer)[0][_ROW_GROUPS][1][1]
    found: list[list[Any]] = []
    first: list[str] = []
    last: list[str] = []
    for group in groups:
        places: list[int] = [group[_ROWS][1]]
        for chunk in group[_COLUMNS][1][1]:
            meta: Struct = chunk[_META][1]
            places += [meta[number][1] for number in (_VALUES, _PACKED, _DATA_PAGE)]
            places += [chunk.get(n, (0, 0))[1] for n in (*_OFFSET_INDEX, *_COLUMN_INDEX)]
        term: Struct = group[_COLUMNS][1][1][0][_META][1]
        statistics: Struct = term[_STATISTICS][1]
        first.append(statistics[_MIN_VALUE][1].decode())
        last.append(statistics[_MAX_VALUE][1].decode())
        found.append(places)
    return {
        "first": first,
        "last": last,
        "places": [list(column) for column in zip(*found, strict=True)],
    }


def footer_of(path: Path) -> bytes:
    """A Parquet file's footer."""
    with path.open("rb") as file:
        file.seek(-8, 2)
        size = int.from_bytes(file.read(4), "little")
        file.seek(-8 - size, 2)
        return file.read(size)


def opened(data: bytes) -> dict[str, Any]:
    """A directory as it is in the file.

    Raises:
        ValueError: When it is none.
    """
    try:
        found: dict[str, Any] = orjson.loads(zstandard.ZstdDecompressor().decompress(data))
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from None
    if found.get("version") != VERSION:
        raise ValueError(f"it is of version {found.get('version')}")
    return found
