"""The entry of a model: a folder as a hub's ``catalog/`` holds it.

A run keeps it in its subfolder ``entry``. So ``geocairn build runs/latest`` takes a run as it takes
any folder of items, and ``cp -r runs/latest/entry/* catalog/`` publishes it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from geocairn import _io
from geocairn_training.describe.publication import Publication
from geocairn_training.describe.words import card
from geocairn_training.facts import RunFacts

__all__ = ["NAME", "write_entry"]

NAME = "entry"


def write_entry(
    run: Path,
    item: Mapping[str, Any],
    *,
    facts: RunFacts,
    publication: Publication,
    files: Sequence[Path],
) -> Path:
    """Write the entry of a run in place of an earlier one.

    Args:
        run: Folder of the run.
        item: The item.
        facts: Of the run.
        publication: What people say of the model.
        files: What lies beside the item; linked where the file system can, else copied.

    Returns:
        The item's file.

    Raises:
        OutputError: If it cannot be written; then the earlier entry is as it was.
    """
    target = run / NAME
    place = Path(publication.collection, publication.model, publication.version)
    try:
        staging = Path(tempfile.mkdtemp(prefix=f".{NAME}-", dir=run))
        try:
            folder = staging / NAME / place
            folder.mkdir(parents=True)
            for path in files:
                _link(path, folder / path.name)
            collection = folder.parents[1] / "collection.json"
            collection.write_bytes(_io.dumps(_collection(item, publication), indent=True) + b"\n")
            (folder.parent / "README.md").write_text(card(facts, publication), encoding="utf-8")
            (folder / "item.json").write_bytes(_io.dumps(item, indent=True) + b"\n")
            if target.exists():
                target.replace(staging / "before")
            (staging / NAME).replace(target)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise _io.output_error(error, target) from error
    return target / place / "item.json"


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _collection(item: Mapping[str, Any], publication: Publication) -> dict[str, Any]:
    """A collection; the build works out its extent from its items, and this is its first one's."""
    properties = item["properties"]
    interval = [properties["start_datetime"], properties["end_datetime"]]
    title = publication.collection.replace("-", " ").replace("_", " ").capitalize()
    return {
        "type": "Collection",
        "stac_version": item["stac_version"],
        "id": publication.collection,
        "title": title,
        "description": f"{title}: models for {', '.join(properties['keywords'])}.",
        "license": publication.license or "other",
        "extent": {"spatial": {"bbox": [item["bbox"]]}, "temporal": {"interval": [interval]}},
        "links": [],
    }
