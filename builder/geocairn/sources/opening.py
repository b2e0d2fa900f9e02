"""From what a user types to a source: by path or URL, by name and by content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from geocairn import _io, layout
from geocairn.errors import GeocairnError, InputError
from geocairn.sources.base import Source
from geocairn.sources.folder import FolderSource
from geocairn.sources.lines import LinesSource, spool_lines
from geocairn.sources.members import features, outline
from geocairn.sources.remote import fetch, is_remote
from geocairn.sources.static import StaticSource, moved
from geocairn.sources.tables import open_table
from geocairn.sources.unpack import SUFFIXES, packing, unpack

__all__ = ["open_source", "open_sources"]

_LINES = (".ndjson", ".jsonl", ".geojsonl", ".ndgeojson", ".geojsonseq")
_PARQUET = (".parquet", ".geoparquet")
_PARQUET_MAGIC = b"PAR1"


def open_sources(
    locations: Iterable[str], *, spool: Path, evidence: Path | None = None
) -> list[Source]:
    """Open several sources; see `open_source`.

    Args:
        locations: Paths or URLs.
        spool: Folder for what must be unpacked or fetched first.
        evidence: Folder of the evidence for the items of catalog folders.
    """
    opened = [
        open_source(location, spool=spool / str(number))
        for number, location in enumerate(locations)
    ]
    for source in opened:
        if isinstance(source, FolderSource):
            source.evidence = evidence
    return opened


def open_source(location: str, *, spool: Path) -> Source:
    """Open a source of items.

    Args:
        location: A folder of item files, an NDJSON file (also compressed), an Item or
            ItemCollection, a stac-geoparquet file, or a static STAC catalog; a path or a URL
            that fsspec knows.
        spool: Folder for what must be unpacked or fetched first; it may be removed when all
            chunks have been read.

    Raises:
        InputError: If it cannot be read or is none of these.
        OutputError: If the spool cannot be written.
    """
    if is_remote(location):
        return _open_remote(location, spool)
    path = Path(url2pathname(urlsplit(location).path) if "://" in location else location)
    if not location or not path.exists():
        raise InputError(
            "there is no such file or folder",
            where=location or "''",
            remedy="Check the path; a source is a catalog folder, a file of items or a URL.",
        )
    if path.is_dir():
        root = path / layout.CATALOG
        return StaticSource(str(root), spool=spool) if root.is_file() else FolderSource(path)
    return _open_file(path, str(path), spool)


def _open_remote(location: str, spool: Path) -> Source:
    if location.endswith("/"):
        return StaticSource(location + layout.CATALOG, spool=spool)
    try:
        return _open_file(fetch(location, spool / "fetched"), location, spool)
    except GeocairnError:
        # A hub's address is often written without the slash that makes it a folder.
        last = urlsplit(location).path.rpartition("/")[2]
        if "." in last or urlsplit(location).query:
            raise
        try:
            return StaticSource(f"{location}/{layout.CATALOG}", spool=spool)
        except InputError:
            pass
        raise


def _open_file(path: Path, location: str, spool: Path) -> Source:
    """Open a file that is here.

    Args:
        path: The file.
        location: What the user named.
        spool: See `open_source`.
    """
    name = urlsplit(location).path.lower() if is_remote(location) else location.lower()
    suffix = next((ending for ending in SUFFIXES if name.endswith(ending)), "")
    kind = packing(path, where=location)
    if suffix and kind is None:
        raise InputError(
            f"is not a {SUFFIXES[suffix]} file, as its name says",
            where=location,
            remedy="Copy or download it again, or correct its name.",
        )
    if kind is not None:
        path = unpack(path, spool / "unpacked", kind=kind, where=location)
        name = name.removesuffix(suffix)
    with path.open("rb") as file:
        magic = file.read(len(_PARQUET_MAGIC))
    if magic == _PARQUET_MAGIC or name.endswith(_PARQUET):
        return open_table(path, spool, where=location)
    if name.endswith(_LINES):
        return LinesSource(path, label=location)
    return _open_json(path, location, spool)


def _open_json(path: Path, location: str, spool: Path) -> Source:
    """A file of JSON: what it is shows in its type."""
    found = outline(path, where=location)
    own = str(path) == location
    if found.lines:
        return LinesSource(path, label=location)
    if found.kind in ("Catalog", "Collection"):
        return StaticSource(location, spool=spool)
    if found.kind == "Feature":
        # A file of its own keeps its folder, and the files in it.
        if own:
            return FolderSource(path)
        return spool_lines(_item(path, location), spool, label=location)
    if found.kind == "FeatureCollection" and found.features is not None:
        return spool_lines(_features(path, found.features, location), spool, label=location)
    raise InputError(
        f"type {found.kind!r} is not one of Feature, FeatureCollection, Catalog, Collection",
        where=location,
        path="$.type",
        remedy="Give STAC Items, an ItemCollection or a catalog.",
    )


def _item(path: Path, location: str) -> Iterator[tuple[bytes, str]]:
    item = _io.loads(path.read_bytes(), where=location)
    yield _io.dumps(moved(item, location) if is_remote(location) else item), location


def _features(path: Path, start: int, location: str) -> Iterator[tuple[bytes, str]]:
    for place, feature in enumerate(features(path, start, where=location)):
        yield feature, f"{location}#features/{place}"
