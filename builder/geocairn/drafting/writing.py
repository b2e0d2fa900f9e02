"""Writing an entry: all of it, or nothing."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from geocairn import _io
from geocairn.drafting.draft import Draft
from geocairn.drafting.inspecting import Facts
from geocairn.drafting.samples import MadeSample, sample_assets
from geocairn.errors import InputError
from geocairn.owners import FILE, Owner, write_owners

__all__ = ["Written", "write_entry"]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes:
        folder: The item's folder.
        files: Everything that is new, from the catalog's folder.
    """

    folder: Path
    files: tuple[Path, ...]


def write_entry(catalog: Path, draft: Draft, *, facts: Facts, sample: MadeSample) -> Written:
    """Write an entry into a catalog; the card and owners of a model that is there already stay.

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
    if folder.exists():
        raise InputError(
            "there is an entry already",
            where=str(folder),
            remedy="Give another version, or remove that folder.",
        )
    model = folder.parent
    try:
        model.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".new-", dir=model))
        staging.chmod(0o755)
        try:
            _fill(staging, draft, facts=facts, sample=sample)
            new = _beside(model, draft)
            staging.replace(folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise _io.output_error(error, folder) from error
    files = [*new, *sorted(folder.iterdir())]
    return Written(folder, tuple(path.relative_to(catalog) for path in files))


def _fill(staging: Path, draft: Draft, *, facts: Facts, sample: MadeSample) -> None:
    if draft.file:
        shutil.copyfile(facts.path, staging / draft.file)
        for name, data in sample.files.items():
            (staging / name).write_bytes(data)
    item = {**draft.item, "assets": draft.item["assets"] | sample_assets(staging)}
    (staging / "item.json").write_bytes(_io.dumps(item, indent=True) + b"\n")


def _beside(model: Path, draft: Draft) -> list[Path]:
    """The files of a model that its versions share."""
    card, owners = model / "README.md", model / FILE
    new = []
    if not card.exists():
        _io.write_atomic(card, draft.card.encode())
        new.append(card)
    if not owners.exists():
        named = [Owner(draft.owner[1], draft.owner[0])] if draft.owner else []
        write_owners(owners, named)
        new.append(owners)
    return new
