"""From what a user types to a source: by path or URL, by name and by content."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geocairn import _io
from geocairn.errors import GeocairnError, InputError
from geocairn.sources.base import Source
from geocairn.sources.folder import FolderSource
from geocairn.sources.lines import LinesSource, spool_lines
from geocairn.sources.static import StaticWalk

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["open_source", "open_sources"]

_LINES = (".ndjson", ".jsonl", ".geojsonl", ".ndgeojson")
_PACKED = (".gz", ".zst", ".bz2", ".xz")
_PARQUET = (".parquet", ".geoparquet")


def open_sources(locations: Iterable[str], *, spool: Path) -> list[Source]:
    """Open several sources; see `open_source`."""
    return [
        open_source(location, spool=spool / str(number))
        for number, location in enumerate(locations)
    ]


def open_source(location: str, *, spool: Path) -> Source:
    """Open a source of items.

    Args:
        location: A folder of item files, an NDJSON file (also compressed), an Item or
            ItemCollection, a stac-geoparquet file, or a static STAC catalog; a path or a URL
            that fsspec knows.
        spool: Folder for what must be unpacked or fetched first.

    Raises:
        InputError: If it cannot be read or is none of these.
    """
    remote = "://" in location
    path = Path(location)
    if not remote and not path.exists():
        raise InputError(
            "there is no such file or folder",
            where=location,
            remedy="Check the path; a source is a catalog folder, a file of items or a URL.",
        )
    if not remote and path.is_dir():
        root = path / "catalog.json"
        return _walk(root.resolve().as_uri(), spool) if root.is_file() else FolderSource(path)
    name = location.rstrip("/").rsplit("/", 1)[-1].lower().split("?")[0]
    packed = name.endswith(_PACKED)
    stem = name.rsplit(".", 1)[0] if packed else name
    if remote and location.endswith("/"):
        return _walk(location + "catalog.json", spool)
    if stem.endswith(_LINES):
        if not remote and not packed:
            return LinesSource(path)
        return LinesSource(_fetch(location, spool, unpack=packed), label=location)
    if stem.endswith(_PARQUET):
        local = _fetch(location, spool, unpack=False) if remote else path
        return _spool_parquet(local, location, spool)
    return _open_json(location, path, spool, remote=remote, packed=packed)


def _open_json(location: str, path: Path, spool: Path, *, remote: bool, packed: bool) -> Source:
    """A single JSON document: what it is shows in its type."""
    local = _fetch(location, spool, unpack=packed) if remote or packed else path
    document = _io.loads(local.read_bytes(), where=location)
    kind = document.get("type") if isinstance(document, dict) else None
    if kind in ("Catalog", "Collection"):
        return _walk(location if remote else path.resolve().as_uri(), spool)
    if kind == "Feature" and not remote and not packed:
        return (
            FolderSource(path.parent)
            if path.name == "item.json"
            else _one(document, location, spool)
        )
    if kind == "Feature":
        return _one(document, location, spool)
    features = document.get("features") if kind == "FeatureCollection" else document
    if isinstance(features, list):
        documents = (
            (_io.dumps(feature), f"{location}#features/{place}")
            for place, feature in enumerate(features)
        )
        return spool_lines(documents, spool, label=location)
    raise InputError(
        f"type {kind!r} is not one of Feature, FeatureCollection, Catalog, Collection",
        where=location,
        path="$.type",
        remedy="Give STAC Items, an ItemCollection or a catalog.",
    )


def _one(document: Any, location: str, spool: Path) -> Source:
    return spool_lines([(_io.dumps(document), location)], spool, label=location)


def _walk(root: str, spool: Path) -> Source:
    walk = StaticWalk(root, read=_read)
    # The walk fills its collections while the items are written.
    return spool_lines(walk.items(), spool, label=root, collections=walk.collections)


def _read(url: str) -> bytes:
    import fsspec

    try:
        with fsspec.open(url, "rb") as file:
            data: bytes = file.read()
            return data
    except (OSError, ValueError, ImportError) as error:
        raise _unreadable(url, error) from error


def _fetch(location: str, spool: Path, *, unpack: bool) -> Path:
    """Copy a file here, unpacked if asked."""
    import fsspec

    target = spool / "fetched"
    spool.mkdir(parents=True, exist_ok=True)
    try:
        compression = "infer" if unpack else None
        with (
            fsspec.open(location, "rb", compression=compression) as source,
            target.open("wb") as out,
        ):
            shutil.copyfileobj(source, out, 1 << 20)
    except GeocairnError:
        raise
    except Exception as error:  # every codec and protocol has errors of its own
        raise _unreadable(location, error) from error
    return target


def _unreadable(location: str, error: Exception) -> InputError:
    reason = str(error) or type(error).__name__
    return InputError(
        f"cannot be read: {reason}",
        where=location,
        remedy="Check the address and that the file is whole.",
    )


def _spool_parquet(path: Path, label: str, spool: Path) -> Source:
    return spool_lines(_parquet_items(path, label), spool, label=label)


def _parquet_items(path: Path, label: str) -> Iterator[tuple[bytes, str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    row = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=1000):
                for item in _decode(pa.Table.from_batches([batch])):
                    yield _io.dumps(item), f"{label}#row={row}"
                    row += 1
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise _unreadable(label, error) from error


def _decode(table: pa.Table) -> Iterable[dict[str, Any]]:
    from geocairn import itemtable

    if itemtable.REST in table.column_names:
        return itemtable.iter_items(table)
    from stac_geoparquet.arrow import stac_table_to_items

    items: Iterable[dict[str, Any]] = stac_table_to_items(table)
    return items
