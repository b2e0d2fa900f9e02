"""The files of every entry, and which of them change."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geocairn import _io, authoring
from geocairn.errors import InputError
from geocairn.sources.importers.files import replace_files
from geocairn.sources.importers.torchgeo.audit import Audit, Fault, audit
from geocairn.sources.importers.torchgeo.collection import OWNERS, collection
from geocairn.sources.importers.torchgeo.declarations import Declaration, Declarations, read
from geocairn.sources.importers.torchgeo.describe import COLLECTION, describe, model_id
from geocairn.sources.importers.torchgeo.families import NOT_EARTH_OBSERVATION
from geocairn.sources.importers.torchgeo.inputs import bands_of
from geocairn.sources.importers.torchgeo.package import find
from geocairn.sources.importers.torchgeo.words import card

__all__ = ["COLLECTION", "Imported", "import_package"]

_FIRST = "1.0.0"


@dataclass(slots=True, kw_only=True)
class Imported:
    """What an import did.

    Attributes:
        release: Version of the package; None where it does not say.
        folder: The collection's folder.
        written: Names of the weights whose entries are new or changed.
        unchanged: Names of the weights whose entries were right already.
        left_out: Name of a weight to why it has no entry from this import.
        gone: Entries that the package no longer declares; they stay as they are.
        faults: What the package gets wrong, and what the catalog has instead.
    """

    release: str | None
    folder: Path
    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    model: str
    item: dict[str, Any]
    files: Mapping[str, bytes]


def import_package(catalog: Path, *, package: Path | None = None) -> Imported:
    """Write an entry for every weight into ``<catalog>/torchgeo``.

    All is read and put together first, then the files that differ are replaced in one step: an
    import that fails leaves the catalog as it was, and one that finds nothing new changes nothing.

    Args:
        catalog: The catalog's folder; it is made where it is not there.
        package: The package's folder or wheel; by default the installed package.

    Raises:
        InputError: There is no such package, it cannot be read, or it declares no weights.
        OutputError: The catalog cannot be written.
    """
    declared = read(find(package))
    result = Imported(release=declared.version, folder=catalog / COLLECTION)
    result.left_out |= declared.skipped
    chosen = _choose(declared, result)
    found = audit(declared.weights, declared.builders)
    kept = {weight.name for weight in chosen}
    result.faults = [fault for fault in found.faults if fault.weight in kept]
    entries = [_entry(weight, found, declared.version, result) for weight in chosen]
    files = {path: data for entry in entries for path, data in entry.files.items()}
    document = collection([entry.item for entry in entries])
    files["collection.json"] = _io.dumps(document, indent=True) + b"\n"
    changed = replace_files(result.folder, files)
    for entry in entries:
        done = result.unchanged if changed.isdisjoint(entry.files) else result.written
        done.append(entry.name)
    result.gone = _gone(result.folder, {model_id(weight) for weight in declared.weights})
    return result


def _choose(declared: Declarations, result: Imported) -> list[Declaration]:
    chosen: dict[str, Declaration] = {}
    for weight in declared.weights:
        dataset = (weight.text("dataset") or " ").split()[:1]
        reason = NOT_EARTH_OBSERVATION.get("".join(dataset), "")
        name = model_id(weight)
        if not reason and weight.url is None:
            reason = f"its URL is unknown: {weight.unreadable.get('url', 'it declares none')}"
        elif not reason and not weight.url.startswith("https://"):  # type: ignore[union-attr]
            reason = f"its URL does not begin with https: {weight.url}"
        elif not reason and name in chosen:
            reason = f"its folder {name} is already that of {chosen[name].name}"
        elif not reason and _claimed(result.folder / name):
            reason = f"its owners.toml names owners, who now look after {name} themselves"
        if reason:
            result.left_out[weight.name] = reason
        else:
            chosen[name] = weight
    return list(chosen.values())


def _claimed(folder: Path) -> bool:
    path = folder / "owners.toml"
    if not path.is_file():
        return False
    try:
        return bool(tomllib.loads(path.read_text(encoding="utf-8")).get("owners"))
    except (ValueError, OSError) as error:
        raise InputError(
            f"cannot be read: {error}", where=str(path), remedy="Correct it, or remove it."
        ) from error


def _entry(weight: Declaration, found: Audit, release: str | None, result: Imported) -> _Entry:
    model = model_id(weight)
    version = _version(result.folder / model, weight.url or "")
    metadata = describe(weight, found, version=version, release=release)
    item = authoring.item(metadata)
    faults = [fault for fault in result.faults if fault.weight == weight.name]
    text = card(weight, metadata, faults, bands_of(weight, found))
    files = {
        f"{model}/{version}/item.json": _io.dumps(item, indent=True) + b"\n",
        f"{model}/README.md": text.encode(),
    }
    if not (result.folder / model / "owners.toml").exists():
        files[f"{model}/owners.toml"] = OWNERS.encode()
    return _Entry(weight.name, model, item, files)


def _version(folder: Path, url: str) -> str:
    """The version of the entry with these very weights; new weights are a new version."""
    known: dict[str, str] = {}
    for path in sorted(folder.glob("*/item.json")):
        known[path.parent.name] = _weights_of(path)
    same = [version for version, href in known.items() if href == url]
    if same:
        return same[0]
    numbers = [int(head) for head in (v.partition(".")[0] for v in known) if head.isdecimal()]
    return f"{max(numbers) + 1}.0.0" if numbers else _FIRST


def _weights_of(path: Path) -> str:
    item = _io.loads(path.read_bytes(), where=str(path))
    assets = item.get("assets") if isinstance(item, dict) else None
    model = assets.get("model") if isinstance(assets, dict) else None
    href = model.get("href") if isinstance(model, dict) else None
    return href if isinstance(href, str) else ""


def _gone(folder: Path, models: Sequence[str] | set[str]) -> list[str]:
    present = sorted(path.parent.name for path in folder.glob("*/README.md"))
    return [name for name in present if name not in models]
