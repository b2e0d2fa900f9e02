"""Bring one registered model into a catalog."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from geocairn import _io
from geocairn.authoring import is_path_safe
from geocairn.errors import InputError
from geocairn.sources.importers.files import replace_files
from geocairn.sources.importers.mlflow.registry import Registry, Version
from geocairn.sources.local import LARGEST

__all__ = ["Imported", "import_model"]

_FOLDER = "entry"
_LARGEST_DOCUMENT = 1 << 20
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_REMEDY = "Only what geocairn-train has trained and registered can be imported."
_Read = Callable[[str, int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did.

    Attributes:
        version: Of the registered model.
        folder: The entry's folder in the catalog.
        files: Its files, by their path in the collection's folder, with their sizes in bytes.
        written: Paths of those that are new or different.
    """

    version: Version
    folder: Path
    files: Mapping[str, int]
    written: frozenset[str]


def import_model(catalog: Path, *, uri: str, model: str, version: str | None = None) -> Imported:
    """Write the catalog entry of a registered model.

    Everything is fetched and examined first, then the files are put in place in one step.

    Args:
        catalog: The catalog's folder; it is made where it is not there.
        uri: Address of MLflow's store.
        model: Its registered name.
        version: Number of the version; None for the highest.

    Raises:
        InputError: If the store does not answer, the version has no entry, something in the entry
            is not as `geocairn-train` writes it, or the catalog has another entry of that name.
        OutputError: If the catalog cannot be written; it is then as it was.
    """
    registry = Registry(uri)
    found = registry.version(model, number=version)
    where = f"{registry.name}: {model} {found.number}"
    listed = registry.files(found, _FOLDER)
    place = _place(listed, where)
    read = registry.reader(found)
    files = dict(_entry(place, listed, read, where))
    collection = catalog / place.parts[0]
    inner = place.relative_to(place.parts[0])
    new = _is_new(collection / inner / "item.json", files[f"{inner}/item.json"])
    files |= _around(place, listed, read, collection=collection, new=new)
    written = replace_files(collection, files)
    return Imported(
        version=found,
        folder=collection / inner,
        files={path: len(data) for path, data in files.items()},
        written=frozenset(written),
    )


def _place(listed: Mapping[str, int], where: str) -> PurePosixPath:
    """``<collection>/<model>/<version>`` of the one entry among a run's artifacts."""
    items = [PurePosixPath(path) for path in listed if path.endswith("/item.json")]
    if len(items) != 1 or len(items[0].parts) != 5:
        raise InputError(
            f"its run has {len(items)} items in its artifacts' folder {_FOLDER!r}, not one in "
            f"{_FOLDER}/<collection>/<model>/<version>/",
            where=where,
            remedy=_REMEDY,
        )
    place = items[0].parent.relative_to(_FOLDER)
    for part in place.parts:
        if not is_path_safe(part):
            raise InputError(
                f"{part!r:.200} cannot be the name of a folder", where=where, remedy=_REMEDY
            )
    return place


def _entry(
    place: PurePosixPath, listed: Mapping[str, int], read: _Read, where: str
) -> Iterator[tuple[str, bytes]]:
    """The item and the files that its assets name, by their path in the collection's folder."""
    inner = place.relative_to(place.parts[0])
    path = f"{_FOLDER}/{place}/item.json"
    data = read(path, _LARGEST_DOCUMENT)
    item = _io.loads(data, where=f"{where}: {path}")
    _check_identity(item, place, where)
    yield f"{inner}/item.json", data
    fetched: dict[str, bytes] = {}
    for key, asset in item["assets"].items():
        at = f"$.assets.{key}.href"
        name = _local_name(asset, where=where, path=at)
        if name is None:
            continue
        if name not in fetched:
            listing = f"{_FOLDER}/{place}/{name}"
            if listing not in listed:
                raise InputError(
                    f"{name!r} is not among the artifacts", where=where, path=at, remedy=_REMEDY
                )
            if listed[listing] > LARGEST:
                raise InputError(
                    f"{name!r} has {listed[listing]:,} bytes, more than the {LARGEST:,} of a file "
                    "that a hub serves itself",
                    where=where,
                    path=at,
                    remedy="Put it where a URL reaches it, give that place as base_href in the "
                    "publication, and train or export again.",
                )
            fetched[name] = read(listing, LARGEST)
            yield f"{inner}/{name}", fetched[name]
        _check_bytes(asset, fetched[name], where=where, path=at)


def _check_identity(item: Any, place: PurePosixPath, where: str) -> None:
    collection, model, version = place.parts
    right = (
        isinstance(item, dict)
        and item.get("type") == "Feature"
        and item.get("id") == f"{model}-{version}"
        and item.get("collection", collection) == collection
        and isinstance(item.get("assets"), dict)
        and all(isinstance(asset, dict) for asset in item["assets"].values())
    )
    if not right:
        raise InputError(
            f"its item is not the item of {place}: type, id, collection or assets are others",
            where=where,
            remedy=_REMEDY,
        )


def _local_name(asset: Mapping[str, Any], *, where: str, path: str) -> str | None:
    """The name of an asset's file beside the item; None where it lies elsewhere, by URL."""
    href = asset.get("href")
    if isinstance(href, str) and href.startswith(("https://", "http://")):
        return None
    name = href.removeprefix("./") if isinstance(href, str) else ""
    if not _FILE.fullmatch(name) or ".." in name or name == "item.json":
        raise InputError(
            f"{href!r:.200} is neither a URL nor the name of a file beside the item",
            where=where,
            path=path,
            remedy=_REMEDY,
        )
    return name


def _check_bytes(asset: Mapping[str, Any], data: bytes, *, where: str, path: str) -> None:
    """Compare a file with the size and the checksum that the item gives it."""
    digest = "1220" + hashlib.sha256(data).hexdigest()
    if asset.get("file:size") != len(data) or asset.get("file:checksum") != digest:
        raise InputError(
            f"has {len(data):,} bytes with checksum {digest}, but the item says "
            f"{asset.get('file:size')!r:.40} and {asset.get('file:checksum')!r:.100}",
            where=where,
            path=path,
            remedy="The file was changed after training: do not use it; train or export again.",
        )


def _is_new(path: Path, data: bytes) -> bool:
    """Whether the catalog lacks this version; one that is there already stays what it is."""
    try:
        same = path.read_bytes() == data
    except FileNotFoundError:
        return True
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", where=str(path), remedy="Look at that file."
        ) from None
    if not same:
        raise InputError(
            "the catalog has another item of that name and version",
            where=str(path),
            remedy="Register the model under a new version, or remove that folder first.",
        )
    return False


def _around(
    place: PurePosixPath, listed: Mapping[str, int], read: _Read, *, collection: Path, new: bool
) -> Iterator[tuple[str, bytes]]:
    """The card of a new version, and the collection's document where the catalog has none."""
    top, model, _ = place.parts
    wanted = [f"{model}/README.md"] if new else []
    if not (collection / "collection.json").exists():
        wanted.append("collection.json")
    for path in wanted:
        source = f"{_FOLDER}/{top}/{path}"
        if source in listed:
            yield path, read(source, _LARGEST_DOCUMENT)
