"""Items through the table and its file and back, as a build does it, and what differs."""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from geocairn import _io
from geocairn.compile.geoparquet import asset_fields, file_metadata, write_fragment
from geocairn.compile.splice import splice
from geocairn.itemtable import Encoder, items

Item = dict[str, Any]
_MISSING = object()


def encode(given: list[Item]) -> pa.Table:
    """The items as a table of the spool schema."""
    encoder = Encoder()
    for item in given:
        encoder.add(item)
    return encoder.finish()[0]


def common_keys(given: list[Item]) -> tuple[str, ...]:
    """The asset keys that a build would give a field of their own."""
    counts: Counter[str] = Counter()
    for item in given:
        assets = item.get("assets")
        counts.update(list(assets) if isinstance(assets, dict) else ())
    return asset_fields(counts, items=len(given))


def write(given: list[Item], folder: Path, *, chunk: int) -> Path:
    """Write items as ``items.parquet``, one row group a chunk."""
    keys = common_keys(given)
    tables = [encode(given[at : at + chunk]) for at in range(0, len(given), chunk)] or [encode([])]
    parts = []
    for number, table in enumerate(tables):
        parts.append(folder / f"part-{number}.parquet")
        write_fragment(table, parts[-1], keys=keys)
    metadata = file_metadata(bounds=None, geometry_types=(), collection={"id": "test"})
    splice(parts, folder / "items.parquet", metadata=metadata)
    return folder / "items.parquet"


def round_trip(given: list[Item], folder: Path, *, chunk: int) -> list[Item]:
    """What our reader makes of the file that our writer makes of the items."""
    return items(pq.read_table(write(given, folder, chunk=chunk)))


def difference(one: Any, other: Any, path: str = "$") -> str | None:
    """Where two JSON values differ first, as a path with both values; None where they do not.

    Stricter than ``==``: 1, 1.0 and true differ, and so do 0.0 and -0.0.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        pairs = (
            (f"{path}[{key!r}]", one.get(key, _MISSING), other.get(key, _MISSING))
            for key in sorted(one.keys() | other.keys())
        )
    elif isinstance(one, list) and isinstance(other, list):
        both = zip_longest(one, other, fillvalue=_MISSING)
        pairs = ((f"{path}[{at}]", a, b) for at, (a, b) in enumerate(both))
    else:
        return (
            None
            if type(one) is type(other) and repr(one) == repr(other)
            else (f"{path}: {one!r} became {other!r}")
        )
    return next((found for where, a, b in pairs if (found := difference(a, b, where))), None)


def assert_same(given: list[Item], back: list[Item]) -> None:
    """Compare item for item, and name the first place that differs."""
    same = [_io.canonical(item) for item in given] == [_io.canonical(item) for item in back]
    assert same, difference(given, back)
