"""Where a pull request may write: the files of one model, or of one collection."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from geocairn import layout
from geocairn._io import human_size
from geocairn.checks.parts import id_problem
from geocairn.findings import Finding
from geocairn.owners import FILE
from geocairn.owners import LARGEST as LARGEST_OWNERS
from geocairn.sources import LARGEST
from geocairn.submission.repository import Entry
from geocairn.submission.rules import found

__all__ = ["CATALOG", "KINDS", "Place", "fence", "history"]

CATALOG = "catalog"
KINDS = frozenset(
    {
        ".bin",
        ".ckpt",
        ".csv",
        ".dlpk",
        ".geojson",
        ".jpeg",
        ".jpg",
        ".json",
        ".md",
        ".npy",
        ".npz",
        ".onnx",
        ".parquet",
        ".pkl",
        ".png",
        ".pt",
        ".pth",
        ".safetensors",
        ".tif",
        ".tiff",
        ".toml",
        ".txt",
        ".webp",
        ".yaml",
        ".yml",
        ".zip",
    }
)
"""Endings of files that may lie beside an item; none of them runs in a browser."""

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*").fullmatch
_FILE_MODE = "100644"
_ABSENT = "000000"
_MOST_FILES = 100
_LARGEST_TEXT = 1 << 20
_LARGEST_IN_ALL = 20 << 20
_OF_COLLECTION = ("collection.json", "README.md", FILE)
_OF_MODEL = ("README.md", FILE)


@dataclass(frozen=True, slots=True)
class Place:
    """A path taken apart.

    Attributes:
        collection: Name of the collection.
        model: Name of the model; empty for a collection's own files.
        version: Name of the version; empty for a model's own files.
        file: Path from there.
    """

    collection: str
    model: str = ""
    version: str = ""
    file: str = ""

    @property
    def folder(self) -> str:
        """The folder that has owners of its own: that of the model, or of the collection."""
        parts = (CATALOG, self.collection, self.model)
        return "/".join(part for part in parts if part)


def fence(
    entries: Sequence[Entry], sizes: Mapping[str, int]
) -> tuple[dict[Place, Entry], list[Finding]]:
    """Look at every path that changes.

    Args:
        entries: What changes.
        sizes: Bytes of what is there afterwards, by hash.

    Returns:
        The paths that have a place, and what is wrong with the others.
    """
    places: dict[Place, Entry] = {}
    findings: list[Finding] = []
    for entry in entries:
        place = _place(entry.path)
        if isinstance(place, Finding):
            findings.append(place)
            continue
        wrong = list(_entry_findings(entry, place, sizes))
        findings += wrong
        if not wrong:
            places[place] = entry
    findings += _together(places, sizes)
    return places, findings


def _place(path: str) -> Place | Finding:
    parts = path.split("/")
    if parts[0] != CATALOG or len(parts) < 3:
        return found("SUB001", "is outside the folders of models", origin=path)
    for depth, part in enumerate(parts[1:]):
        if not _PLAIN(part):
            return found("SUB002", "has a name that is not plain", origin=path, value=part)
        # What the hub calls its own files is taken where collections and items have their names.
        file = depth + 2 == len(parts) and part.lower() in layout.RESERVED
        if (problem := id_problem(part)) and not file:
            return found("SUB002", problem, origin=path, value=part)
    collection, rest = parts[1], parts[2:]
    if len(rest) == 1:
        known = rest[0] in _OF_COLLECTION
        place = Place(collection, file=rest[0])
    elif len(rest) == 2:
        known = rest[1] in _OF_MODEL
        place = Place(collection, rest[0], file=rest[1])
    else:
        known = True
        place = Place(collection, rest[0], rest[1], "/".join(rest[2:]))
    return place if known else found("SUB002", "is no file that belongs there", origin=path)


def _entry_findings(entry: Entry, place: Place, sizes: Mapping[str, int]) -> Iterator[Finding]:
    if entry.after == _ABSENT:
        return
    if entry.after != _FILE_MODE:
        kind = {"120000": "a symbolic link", "160000": "a submodule", "100755": "executable"}
        message = f"is {kind.get(entry.after, f'of mode {entry.after}')}"
        yield found("SUB004", message, origin=entry.path)
        return
    if PurePosixPath(entry.path).suffix.lower() not in KINDS:
        yield found("SUB006", "is of a kind that is not taken", origin=entry.path)
    size, most = sizes.get(entry.new, 0), _most(place)
    if size > most:
        message = f"has {human_size(size)}, more than {human_size(most)}"
        yield found("SUB005", message, origin=entry.path)


def _most(place: Place) -> int:
    """The most bytes that a file may have."""
    if not place.version:
        return LARGEST_OWNERS if place.file == FILE else _LARGEST_TEXT
    return _LARGEST_TEXT if place.file == "item.json" else LARGEST


def _together(places: Mapping[Place, Entry], sizes: Mapping[str, int]) -> Iterator[Finding]:
    """What only shows when all paths are seen together."""
    if len(places) > _MOST_FILES:
        message = f"changes {len(places)} files, more than {_MOST_FILES}"
        yield found("SUB005", message)
    size = sum(sizes.get(entry.new, 0) for entry in places.values())
    if size > _LARGEST_IN_ALL:
        message = f"adds {human_size(size)}, more than {human_size(_LARGEST_IN_ALL)}"
        yield found("SUB005", message)
    folders = sorted({place.folder for place in places if place.model})
    collections = sorted({place.collection for place in places})
    if len(folders) > 1 or len(collections) > 1:
        names = folders if len(folders) > 1 else [f"{CATALOG}/{name}" for name in collections]
        shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        yield found("SUB003", f"changes {shown}")


def history(sizes: Mapping[str, int]) -> list[Finding]:
    """Look at what the commits bring on their way, for a merge keeps all of it.

    Args:
        sizes: Bytes of each blob that they bring, by hash.
    """
    largest, total = max(sizes.values(), default=0), sum(sizes.values())
    if largest > LARGEST:
        told = f"had a file of {human_size(largest)} on its way, more than {human_size(LARGEST)}"
    elif total > 2 * _LARGEST_IN_ALL:
        most = human_size(2 * _LARGEST_IN_ALL)
        told = f"brings {human_size(total)} in its commits, more than {most}"
    else:
        return []
    return [found("SUB005", f"{told}; make one commit of what is left")]
