"""stac-geoparquet files: ours without loss, others' as the stac-geoparquet package reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geocairn import _io
from geocairn.errors import InputError, MalformedJSONError
from geocairn.sources.base import RawCollection, unreadable
from geocairn.sources.lines import LinesSource, spool_lines

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["open_table"]

_BATCH = 1000
_METADATA = b"stac-geoparquet"


def open_table(path: Path, spool: Path, *, where: str) -> LinesSource:
    """Read a stac-geoparquet file into lines.

    Args:
        path: The file.
        spool: Folder for the lines.
        where: Its name for people.

    Raises:
        InputError: If it is no whole Parquet file, or its rows are no items.
    """
    found: list[RawCollection] = []
    return spool_lines(_items(path, where, found), spool, label=where, collections=found)


def _items(path: Path, where: str, found: list[RawCollection]) -> Iterator[tuple[bytes, str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    row = 0
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            if "id" not in names or "geometry" not in names:
                raise InputError(
                    "is not stac-geoparquet: it has no columns id and geometry",
                    where=where,
                    remedy="Give a file that holds STAC Items.",
                )
            found += _collections((file.metadata.metadata or {}).get(_METADATA), where)
            for batch in file.iter_batches(batch_size=_BATCH):
                for item in _decode(pa.Table.from_batches([batch])):
                    yield _io.dumps(item), f"{where}#row={row}"
                    row += 1
    except InputError as error:
        raise error if error.where else unreadable(where, error) from error
    except Exception as error:  # a damaged or foreign file fails anywhere in two libraries
        raise unreadable(where, error) from error


def _decode(table: pa.Table) -> Iterable[dict[str, Any]]:
    from geocairn import itemtable

    if itemtable.REST in table.column_names:
        return itemtable.iter_items(table)
    from stac_geoparquet.arrow import stac_table_to_items

    items: Iterable[dict[str, Any]] = stac_table_to_items(table)
    return items


def _collections(metadata: bytes | None, where: str) -> Iterator[RawCollection]:
    """Collections inside the file: a map by id as of version 1.1, a single one before.

    See https://github.com/radiantearth/stac-geoparquet-spec, file metadata.
    """
    try:
        stated = _io.loads(metadata) if metadata else None
    except MalformedJSONError:
        return
    if not isinstance(stated, dict):
        return
    several, single = stated.get("collections"), stated.get("collection")
    found = list(several.values()) if isinstance(several, dict) else [single]
    for collection in found:
        if isinstance(collection, dict):
            yield RawCollection(_io.dumps(collection), f"{where}#collection")
