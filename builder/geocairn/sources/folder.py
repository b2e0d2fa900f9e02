"""Folders of STAC documents: a hub's ``catalog/``, or a static catalog on disk."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from geocairn import _io
from geocairn.errors import InputError
from geocairn.sources.base import RawCollection, RawItem

__all__ = ["FilesChunk", "FolderSource"]

_SMALLEST = 256
_ODDS = 64
_CARD = "README.md"


@dataclass(frozen=True, slots=True)
class FilesChunk:
    """Some item files.

    Attributes:
        paths: The files, in order.
        size: Their bytes together.
    """

    paths: tuple[str, ...]
    size: int

    def digest(self) -> str:
        """See `Chunk.digest`: the files' bytes, and size and time of the files beside them."""
        parts = []
        for path in map(Path, self.paths):
            card = _card(path)
            beside = [
                f"{entry.name} {entry.stat().st_size} {entry.stat().st_mtime_ns}"
                for entry in sorted(os.scandir(path.parent), key=lambda entry: entry.name)
                if entry.name != path.name and path.name == "item.json" and entry.is_file()
            ]
            text = "\n".join((str(path), *beside, card or ""))
            parts += [path.read_bytes(), text.encode()]
        return _io.digest(*parts)

    def items(self) -> Iterator[RawItem]:
        """See `Chunk.items`."""
        for index, path in enumerate(map(Path, self.paths)):
            yield RawItem(path.read_bytes(), index, path.parent, _card(path), str(path))

    def origin(self, index: int) -> str:
        """See `Chunk.origin`."""
        return self.paths[index]


def _card(path: Path) -> str | None:
    """The model card, which lies beside the folders of the model's versions."""
    card = path.parent.parent / _CARD
    if path.name != "item.json" or not card.is_file():
        return None
    return card.read_text(encoding="utf-8", errors="replace")


class FolderSource:
    """Every item and collection under a folder.

    Where there are files named ``item.json``, those are the items; otherwise every other
    ``.json`` file is taken for one. Symbolic links are not followed.

    Args:
        folder: The folder, or one file in it.
    """

    def __init__(self, folder: Path) -> None:
        self._collections, self._items = _scan(folder)
        if not self._collections and not self._items:
            raise InputError(
                "holds no STAC documents",
                where=str(folder),
                remedy="Give a folder with item.json and collection.json files.",
            )

    @property
    def item_paths(self) -> Sequence[Path]:
        """The item files, sorted."""
        return self._items

    def collections(self) -> Iterator[RawCollection]:
        """See `Source.collections`."""
        for path in self._collections:
            yield RawCollection(path.read_bytes(), str(path))

    def chunks(self) -> Iterator[FilesChunk]:
        """See `Source.chunks`."""
        part: list[str] = []
        size = 0
        for path in self._items:
            part.append(str(path))
            size += path.stat().st_size
            if len(part) >= _SMALLEST and zlib.crc32(str(path).encode()) % _ODDS == 0:
                yield FilesChunk(tuple(part), size)
                part, size = [], 0
        if part:
            yield FilesChunk(tuple(part), size)


def _scan(folder: Path) -> tuple[list[Path], list[Path]]:
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [
            path
            for name in files
            if name.endswith((".json", ".geojson")) and not (path := Path(place, name)).is_symlink()
        ]
    found.sort()
    collections = [path for path in found if path.name == "collection.json"]
    items = [path for path in found if path.name == "item.json"]
    if not items:
        others = ("collection.json", "catalog.json")
        items = [path for path in found if path.name not in others]
    return collections, items
