"""Folders of STAC documents, such as a hub's ``catalog/``, and single item files."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from geocairn import _io, layout
from geocairn.errors import InputError, MalformedJSONError
from geocairn.sources.base import LARGEST_DOCUMENT, RawCollection, RawItem, unreadable
from geocairn.sources.local import beside, evidence_path

__all__ = ["FilesChunk", "FolderSource", "files_chunks"]

_SMALLEST = 256
_ODDS = 64
_ITEM, _COLLECTION, _CARD = "item.json", "collection.json", "README.md"
_LARGEST_CARD = 1 << 20
_LARGEST_EVIDENCE = 1 << 18


@dataclass(frozen=True, slots=True)
class FilesChunk:
    """Some item files.

    Attributes:
        root: Folder that the paths start from; processes may run in another one.
        paths: The files, in order, as people know them.
        size: Their bytes together.
        evidence: Folder of the evidence for them; empty where there is none.
    """

    root: str
    paths: tuple[str, ...]
    size: int
    evidence: str = ""

    def digest(self) -> str:
        """See `Chunk.digest`: the files' bytes, and size and time of the files beside them."""
        parts = []
        for raw in self.items():
            assert raw.folder is not None
            parts += [raw.origin.encode("utf-8", "surrogateescape"), raw.data]
            parts += [(raw.card or "").encode(), beside(raw.data, folder=raw.folder)]
            if self.evidence:
                parts.append(raw.evidence or b"")
        return _io.digest(*parts)

    def items(self) -> Iterator[RawItem]:
        """See `Chunk.items`."""
        for index, name in enumerate(self.paths):
            path = Path(self.root, name)
            evidence = self._evidence(path) if self.evidence else None
            yield RawItem(_read(path, name), index, path.parent, _card(path), name, evidence)

    def _evidence(self, path: Path) -> bytes | None:
        place = Path(self.evidence, evidence_path(path.parent))
        try:
            with place.open("rb") as file:
                return file.read(_LARGEST_EVIDENCE + 1)
        except OSError:
            return None

    def origin(self, index: int) -> str:
        """See `Chunk.origin`."""
        return self.paths[index]


def _read(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            # A byte more than allowed tells that there are more; the rest need not be read.
            return file.read(LARGEST_DOCUMENT + 1)
    except OSError as error:
        raise unreadable(name, error) from error


def _card(path: Path) -> str | None:
    """The model card, which lies beside the folders of the model's versions."""
    card = path.parent.parent / _CARD
    if path.name != _ITEM or card.is_symlink() or not card.is_file():
        return None
    with card.open("rb") as file:
        return file.read(_LARGEST_CARD).decode("utf-8", "replace")


class FolderSource:
    """Every item and collection under a folder.

    Items are files named ``item.json``, and other ``.json`` files that hold a Feature and do
    not lie below one. Where there is no ``item.json``, every ``.json`` file is taken for an
    item. Symbolic links are not followed, and built hubs that lie in the folder are passed over.

    Args:
        folder: The folder, or a single item's file.

    Attributes:
        evidence: Folder of the evidence for its items, see `evidence_path`; None for none.

    Raises:
        InputError: If there is no STAC document, or a folder cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.evidence: Path | None = None
        self._collections, self._items = _scan(folder) if folder.is_dir() else ([], [str(folder)])
        if not self._collections and not self._items:
            raise InputError(
                "holds no STAC documents",
                where=str(folder),
                remedy="Give a folder with item.json and collection.json files.",
            )

    def collections(self) -> Iterator[RawCollection]:
        """See `Source.collections`."""
        for path in self._collections:
            yield RawCollection(_read(Path(path), path), path)

    def chunks(self) -> Iterator[FilesChunk]:
        """See `Source.chunks`."""
        return files_chunks(self._items, evidence=self.evidence)


def files_chunks(paths: Iterable[str], *, evidence: Path | None = None) -> Iterator[FilesChunk]:
    """Cut a sequence of item files into chunks, at places that the paths alone choose.

    Args:
        paths: The files.
        evidence: Folder of the evidence for them.

    Raises:
        InputError: If one of them is not there.
    """
    root = str(Path.cwd())
    found = str(evidence.absolute()) if evidence and evidence.is_dir() else ""
    part: list[str] = []
    size = 0
    for path in paths:
        part.append(path)
        try:
            size += Path(path).stat().st_size
        except OSError as error:
            raise unreadable(path, error) from error
        if len(part) >= _SMALLEST and zlib.crc32(os.fsencode(path)) % _ODDS == 0:
            yield FilesChunk(root, tuple(part), size, found)
            part, size = [], 0
    if part:
        yield FilesChunk(root, tuple(part), size, found)


def _scan(folder: Path) -> tuple[list[str], list[str]]:
    """Collection files and item files under a folder, each sorted by path."""
    found: list[Path] = []
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        path = Path(entry.path)
                        if entry.name[0] != "." and not (path / layout.MANIFEST).is_file():
                            waiting.append(path)
                    elif entry.is_file(follow_symlinks=False) and _is_json(entry.name):
                        found.append(Path(entry.path))
        except OSError as error:
            raise unreadable(str(place), error) from error
    found.sort()
    collections = [str(path) for path in found if path.name == _COLLECTION]
    others = [path for path in found if path.name not in (_ITEM, _COLLECTION, layout.CATALOG)]
    own = {path.parent for path in found if path.name == _ITEM}
    if own:
        # What lies below an item is its own, such as a sample output.
        others = [path for path in others if own.isdisjoint(path.parents) and _is_item(path)]
    items = sorted([*others, *(folder / _ITEM for folder in own)])
    return collections, [str(path) for path in items]


def _is_item(path: Path) -> bool:
    try:
        document = _io.loads(_read(path, str(path)))
    except MalformedJSONError:
        return False
    return isinstance(document, dict) and document.get("type") == "Feature"


def _is_json(name: str) -> bool:
    return name.endswith((".json", ".geojson")) and not name.startswith(".")
