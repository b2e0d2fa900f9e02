"""Rows of the search index in small frames, so that a browser reads few bytes in few requests.

In Parquet a row's values lie in as many places as there are columns. Here the columns that are
asked for together lie together, 64 rows a frame, and frames of the same kind side by side: what
is near on the map is one range of bytes.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import zstandard

from geocairn.compile.block_stats import block_stats, summary
from geocairn.compile.coded import FRAME, Codes, coded_columns, codes_of_frames, what_frames
from geocairn.compile.index import OPEN_END, OPEN_START

__all__ = ["KINDS", "Part", "codes_of_part", "encode_part", "raw_frames", "unpacked"]

KINDS = ("where", "what", "when", "numbers", "card", "more", "shape")
"""Kinds of frames, in the order in which they lie in a part."""
_BOX = ("xmin", "ymin", "xmax", "ymax")
_LEVEL = 9
_UNITS = (86_400_000_000, 3_600_000_000, 1_000_000, 1000, 1)


@dataclass(frozen=True, slots=True)
class Part:
    """One row group of the index as frames.

    Attributes:
        summary: What the directory keeps of it.
        data: Its head and its frames.
    """

    summary: dict[str, Any]
    data: bytes


def encode_part(table: pa.Table) -> Part:
    """Encode one row group of the index, of at least its columns."""
    table = table.combine_chunks()
    coded = coded_columns(table)
    values = {name: found for name, (found, _) in coded.items()}
    packer = zstandard.ZstdCompressor(level=_LEVEL)
    frames = {
        kind: [packer.compress(raw) if raw else b"" for raw in raws]
        for kind, raws in raw_frames(table, coded).items()
    }
    sizes = {kind: [len(frame) for frame in packed] for kind, packed in frames.items()}
    head = {"rows": table.num_rows, "sizes": sizes, "values": values}
    stats = block_stats(table, coded)
    heads = [packer.compress(orjson.dumps(part)) for part in (head, stats)]
    data = b"".join([*heads, *(frame for kind in KINDS for frame in frames[kind])])
    about = summary(stats, values)
    about |= {"rows": table.num_rows, "heads": [len(part) for part in heads], "size": len(data)}
    return Part(about, data)


def unpacked(data: bytes) -> list[bytes]:
    """What a part has, packed in whatever way: values, statistics and every frame.

    Raises:
        ValueError: When it is damaged.
    """
    found, rest = [], data
    try:
        while rest:
            unpacker = zstandard.ZstdDecompressor().decompressobj()
            found.append(unpacker.decompress(rest))
            rest = unpacker.unused_data
        head = orjson.loads(found[0])
        head.pop("sizes")
    except (zstandard.ZstdError, IndexError, KeyError) as error:
        raise ValueError(str(error)) from None
    return [orjson.dumps(head), *found[1:]]


def codes_of_part(data: bytes) -> dict[str, Codes]:
    """The columns of ``what`` of an encoded part, read back from its frames."""
    head = orjson.loads(zstandard.ZstdDecompressor().decompressobj().decompress(data))
    sizes: dict[str, list[int]] = head["sizes"]
    own = KINDS.index("what")
    at = len(data) - sum(sum(sizes[kind]) for kind in KINDS[own:])
    frames = []
    for size in sizes["what"]:
        frames.append(zstandard.decompress(data[at : at + size]) if size else b"")
        at += size
    return codes_of_frames(frames, rows=head["rows"], values=head["values"])


def raw_frames(table: pa.Table, coded: dict[str, Codes]) -> dict[str, list[bytes]]:
    """The frames of a row group before they are compressed, by kind; empty ones hold nothing."""
    writers: dict[str, Callable[[], list[bytes]]] = {
        "where": lambda: _where(table),
        "what": lambda: what_frames(table.num_rows, coded),
        "when": lambda: _when(table),
        "numbers": lambda: _json_frames(_plain(table, ("parameters", "memory"))),
        "card": lambda: _json_frames(_plain(table, ("id", "title", "version"))),
        "more": lambda: _json_frames(_more(table), packed=("created", "updated")),
        "shape": lambda: _shapes(table),
    }
    return {kind: writers[kind]() for kind in KINDS}


def _starts(rows: int) -> range:
    return range(0, rows, FRAME)


def _where(table: pa.Table) -> list[bytes]:
    """Boxes as 32-bit floats, first bytes first, then whether there is more than the box."""
    sides = [pc.fill_null(table[name], np.nan).to_numpy().astype("<f4") for name in _BOX]
    shaped = table["shaped"].to_numpy().astype(np.uint8)
    planes = np.stack(sides).view(np.uint8).reshape(4, -1, 4).transpose(0, 2, 1)
    return [
        planes[:, :, start : start + FRAME].tobytes() + shaped[start : start + FRAME].tobytes()
        for start in _starts(table.num_rows)
    ]


def _when(table: pa.Table) -> list[bytes]:
    """Start, end (``=`` where it is the start) and whether the start is a ``datetime``."""
    start, end = (_micros(table[name]) for name in ("start", "end"))
    moment = [int(flag) for flag in table["datetime"].is_valid().to_pylist()]
    same = ["=" if a is not None and a == b else b for a, b in zip(start, end, strict=True)]
    return _json_frames({"start": start, "end": same, "datetime": moment}, packed=("start", "end"))


def _micros(column: pa.ChunkedArray) -> list[Any]:
    values = column.cast(pa.int64()).to_pylist()
    ends = {OPEN_START: "-", OPEN_END: "+"}
    return [ends.get(value, value) for value in values]


def _plain(table: pa.Table, names: Sequence[str]) -> dict[str, list[Any]]:
    return {name: table[name].to_pylist() for name in names}


def _more(table: pa.Table) -> dict[str, list[Any]]:
    times = {name: _micros(table[name]) for name in ("created", "updated")}
    return _plain(table, ("keywords",)) | times


def _json_frames(columns: dict[str, list[Any]], *, packed: Sequence[str] = ()) -> list[bytes]:
    rows = len(next(iter(columns.values())))
    frames = []
    for start in _starts(rows):
        part: dict[str, Any] = {}
        for name, values in columns.items():
            some = values[start : start + FRAME]
            part[name] = pack(some) if name in packed else some
        frames.append(orjson.dumps(part))
    return frames


def pack(values: list[Any]) -> list[Any]:
    """Times in the largest unit that divides them, from the least on: unit, base, values."""
    numbers = [value for value in values if isinstance(value, int)]
    if not numbers:
        return [1, 0, values]
    base = min(numbers)
    unit = next(unit for unit in _UNITS if all((n - base) % unit == 0 for n in numbers))
    return [unit, base, [(v - base) // unit if isinstance(v, int) else v for v in values]]


def _shapes(table: pa.Table) -> list[bytes]:
    shapes = table["shape"].to_pylist()
    frames = []
    for start in _starts(table.num_rows):
        part = shapes[start : start + FRAME]
        texts = [None if shape is None else base64.b64encode(shape).decode() for shape in part]
        frames.append(orjson.dumps(texts) if any(texts) else b"")
    return frames
