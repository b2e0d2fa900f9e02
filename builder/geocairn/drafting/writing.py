"""Writing an entry: all of it, or nothing."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from geocairn import _io
from geocairn.drafting.collections import collection_of
from geocairn.drafting.draft import Draft
from geocairn.drafting.inspecting import Facts
from geocairn.drafting.samples import MadeSample, sample_assets
from geocairn.errors import InputError
from geocairn.owners import FILE, Owner, write_owners

__all__ = ["Written", "refuse_taken", "write_entry"]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes:
        folder: The item's folder.
        files: Everything that is new, from the catalog's folder.
        collection: Whether its collection is new.
    """

    folder: Path
    files: tuple[Path, ...]
    collection: bool


def write_entry(catalog: Path, draft: Draft, *, facts: Facts, sample: MadeSample) -> Written:
    """Write an entry into a catalog.

    The card and owners of a model that is there already stay, and so does its collection; one that
    is new is described.

    Args:
        catalog: The catalog's folder.
        draft: The entry.
        facts: Of the model's file, which is copied if the entry has it beside its item.
        sample: See `make_sample`.

    Raises:
        InputError: If there is an entry of that version already.
        OutputError: If it cannot be written; then nothing is.
    """
    folder = catalog / draft.place
    refuse_taken(folder)
    model = folder.parent
    new: list[Path] = []
    with _all_or_nothing(folder, new):
        model.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".new-", dir=model))
        staging.chmod(0o755)
        try:
            _fill(staging, draft, facts=facts, sample=sample)
            _beside(model, draft, new)
            staging.replace(folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    files = sorted([*new, *folder.iterdir()], key=lambda path: (len(path.parts), path))
    return Written(
        folder,
        tuple(path.relative_to(catalog) for path in files),
        collection=model.parent / "collection.json" in new,
    )


def refuse_taken(folder: Path) -> None:
    """Refuse to write an entry over another.

    Args:
        folder: That of a version.

    Raises:
        InputError: If there is one.
    """
    if folder.exists():
        raise InputError(
            "there is an entry already",
            where=str(folder),
            remedy="Give another version, or remove that folder.",
        )


@contextlib.contextmanager
def _all_or_nothing(folder: Path, new: list[Path]) -> Iterator[None]:
    """Take back the files that are new, and the folders made for them, if not all can be written.

    Raises:
        OutputError: If something cannot be written.
    """
    made = [path for path in folder.parents if not path.exists()]
    try:
        yield
    except BaseException as error:
        for path in new:
            path.unlink(missing_ok=True)
        for path in made:
            with contextlib.suppress(OSError):
                path.rmdir()
        if isinstance(error, OSError):
            raise _io.output_error(error, folder) from error
        raise


def _fill(staging: Path, draft: Draft, *, facts: Facts, sample: MadeSample) -> None:
    if draft.file:
        shutil.copyfile(facts.path, staging / draft.file)
        for name, data in sample.files.items():
            (staging / name).write_bytes(data)
    item = {**draft.item, "assets": draft.item["assets"] | sample_assets(staging)}
    (staging / "item.json").write_bytes(_io.dumps(item, indent=True) + b"\n")


def _beside(model: Path, draft: Draft, new: list[Path]) -> None:
    """Write what a model's versions share, and a collection's models, where it is not there yet."""
    named = [Owner(draft.owner[1], draft.owner[0])] if draft.owner else []
    about = model.parent / "collection.json"
    owned = [model / FILE]
    if not about.exists():
        _io.write_atomic(about, _io.dumps(collection_of(draft.item), indent=True) + b"\n")
        new.append(about)
        owned.append(model.parent / FILE)
    if not (card := model / "README.md").exists():
        _io.write_atomic(card, draft.card.encode())
        new.append(card)
    for owners in owned:
        if not owners.exists():
            write_owners(owners, named)
            new.append(owners)
