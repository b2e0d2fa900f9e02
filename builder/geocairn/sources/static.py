"""A static STAC catalog, by path or URL, walked from its root."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.request import url2pathname

from geocairn import _io
from geocairn.errors import InputError
from geocairn.sources.base import Chunk, RawCollection, unreadable
from geocairn.sources.folder import files_chunks
from geocairn.sources.lines import spool_lines
from geocairn.sources.remote import is_remote, read_many

__all__ = ["StaticSource", "moved"]

_AT_ONCE = 32
_PLACE = frozenset(("root", "parent", "self", "collection", "child", "item", "items"))
Document = dict[str, Any]


class StaticSource:
    """Every collection and item that a catalog links to, each once.

    Items on disk are read where they are, and the files beside them move with them. Items
    behind a URL are fetched, and their relative hrefs become absolute, for they move and
    their files do not.

    Args:
        root: Path or URL of the catalog or collection.
        spool: Folder for what is fetched.

    Raises:
        InputError: If a document cannot be read or is neither catalog, collection nor item.
    """

    def __init__(self, root: str, *, spool: Path) -> None:
        self._root = root if is_remote(root) else Path(os.path.abspath(root)).as_uri()  # noqa: PTH100
        self._absolute = Path(root).is_absolute()
        self._collections: list[RawCollection] = []
        self._files: list[str] = []
        # The walk notes collections and local files while it gives what it fetches.
        self._lines = spool_lines(self._walk(), spool, label=root)

    def collections(self) -> Iterator[RawCollection]:
        """See `Source.collections`."""
        yield from self._collections

    def chunks(self) -> Iterator[Chunk]:
        """See `Source.chunks`."""
        yield from files_chunks(self._files)
        yield from self._lines.chunks()

    def _walk(self) -> Iterator[tuple[bytes, str]]:
        seen = {self._root}
        waiting = [iter([(self._root, _read([self._root])[0])])]
        while waiting:
            place, data = next(waiting[-1], ("", b""))
            if not place:
                waiting.pop()
                continue
            document = self._container(data, place)
            items = self._fetched(_links(document, place, "item", seen))
            for href, item in _ahead(items):
                yield _io.dumps(moved(_parse(item, href), href)), href
            waiting.append(_ahead(_links(document, place, "child", seen)))

    def _fetched(self, places: Iterable[str]) -> Iterator[str]:
        """Those items that must be fetched; the others are noted as files."""
        for place in places:
            if is_remote(place):
                yield place
            else:
                self._files.append(self._name(place))

    def _container(self, data: bytes, place: str) -> Document:
        document = _parse(data, self._name(place))
        if document.get("type") == "Collection":
            found = moved(document, place) if is_remote(place) else document
            self._collections.append(RawCollection(_io.dumps(found), self._name(place)))
        elif document.get("type") != "Catalog":
            raise InputError(
                f"type {document.get('type')!r} is neither Catalog nor Collection",
                where=self._name(place),
                path="$.type",
                remedy="Give the path or address of a STAC catalog, and link items as items.",
            )
        return document

    def _name(self, place: str) -> str:
        """A place in the words of whoever named the root: as path or URL."""
        if is_remote(place):
            return place
        path = _path(place)
        inside = not self._absolute and path.is_relative_to(Path.cwd())
        return str(path.relative_to(Path.cwd()) if inside else path)


def _path(url: str) -> Path:
    return Path(url2pathname(urlsplit(url).path))


def _read(places: Sequence[str]) -> list[bytes]:
    remote = [place for place in places if is_remote(place)]
    found = dict(zip(remote, read_many(remote), strict=True)) if remote else {}
    return [found[p] if p in found else _read_file(_path(p)) for p in places]


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(str(path), error) from error


def _ahead(places: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Read documents in order, a few at a time."""
    rest = iter(places)
    while batch := list(islice(rest, _AT_ONCE)):
        yield from zip(batch, _read(batch), strict=True)


def _parse(data: bytes, where: str) -> Document:
    document = _io.loads(data, where=where)
    return document if isinstance(document, dict) else {"type": None}


def _links(document: Document, place: str, rel: str, seen: set[str]) -> list[str]:
    """Targets of the links of a relation that were not seen before."""
    links = document.get("links")
    found = []
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") == rel:
            href = _join(place, link.get("href"))
            if href not in seen:
                seen.add(href)
                found.append(href)
    return found


def _join(place: str, href: Any) -> str:
    """Where a link leads; a catalog behind a URL leads nowhere on this machine's disks."""
    try:
        target: str = urldefrag(urljoin(place, href)).url
        allowed = ("http", "https", urlsplit(place).scheme)
        if isinstance(href, str) and href and urlsplit(target).scheme in allowed:
            return target
    except (ValueError, TypeError, AttributeError):
        pass
    raise InputError(
        f"has a link to {href!r}, which cannot be followed",
        where=place,
        path="$.links",
        remedy="Correct the link, or leave it out.",
    )


def moved(document: Document, place: str) -> Document:
    """A document whose relative hrefs mean the same wherever it is."""
    links, assets = document.get("links"), document.get("assets")
    if isinstance(links, list):
        document["links"] = [
            _resolved(link, place)
            for link in links
            if isinstance(link, dict) and link.get("rel") not in _PLACE
        ]
    if isinstance(assets, dict):
        document["assets"] = {key: _resolved(asset, place) for key, asset in assets.items()}
    return document


def _resolved(holder: Any, place: str) -> Any:
    href = holder.get("href") if isinstance(holder, dict) else None
    try:
        return holder | {"href": urljoin(place, href)} if isinstance(href, str) else holder
    except ValueError:  # no URL: the checks will say so
        return holder
