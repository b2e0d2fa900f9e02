"""First stage: a chunk of raw items is normalised, checked, written and turned into columns."""

from __future__ import annotations

import gc
import hashlib
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from geocairn import _io, layout, text
from geocairn.build.assets import local_assets
from geocairn.build.checking import Document, checked, named, parsed
from geocairn.build.evidence import with_evidence
from geocairn.build.rules import Rules, checker_of
from geocairn.build.status import with_status
from geocairn.compile.index import IndexRows
from geocairn.compile.order import hub_order
from geocairn.compile.stac import link_item
from geocairn.compile.terms import Postings
from geocairn.findings import Report
from geocairn.itemtable import Encoder
from geocairn.publish import stage_file
from geocairn.sources import Chunk, RawItem

__all__ = ["ChunkTask", "Prepared", "prepare", "restage"]

_KEPT_FINDINGS = 50
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class ChunkTask:
    """One chunk to prepare.

    Attributes:
        chunk: Where the items are.
        key: Name of the chunk's spool files.
        spool: Folder for them.
        staging: Folder for the items' JSON.
        published: The hub as readers see it, or None.
        rules: See `Rules`.
        settings: Digest of the rules.
    """

    chunk: Chunk
    key: str
    spool: Path
    staging: Path
    published: Path | None
    rules: Rules
    settings: str


@dataclass(slots=True)
class Prepared:
    """What became of a chunk; kept as JSON beside its spool files.

    Attributes:
        key: Name of the spool files.
        items: Items that passed, in the spool.
        report: What was found; each finding has its place in the chunk as origin.
        warned: Ids of items that passed with a warning.
        changes: What normalising changed, and in how many items.
        asset_keys: How many items have an asset under each key.
        prefixes: Number of postings by the beginning of their word.
    """

    key: str
    items: int = 0
    report: Report = field(default_factory=lambda: Report(limit=_KEPT_FINDINGS))
    warned: list[str] = field(default_factory=list)
    changes: Counter[str] = field(default_factory=Counter)
    asset_keys: Counter[str] = field(default_factory=Counter)
    prefixes: dict[str, int] = field(default_factory=dict)

    @property
    def seen(self) -> int:
        """Documents in the chunk."""
        return self.report.documents

    def take(self, document: Document) -> None:
        """Count a document that was checked, and report what was found in it."""
        origin = str(document.raw.index)
        told = (replace(finding, origin=origin) for finding in document.findings)
        self.report.extend(told, documents=1)
        severities = {finding.severity for finding in document.findings}
        if "warning" in severities and "error" not in severities:
            self.warned.append(document.item["id"])
        self.changes.update(document.changes)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Thousands of live dicts make every collection slow, and none of them is a cycle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_no_garbage_collection()
def prepare(task: ChunkTask) -> Prepared:
    """Prepare one chunk: stages its items' JSON and writes three spool files.

    ``<key>.items.arrow`` has the columns of items.parquet, ``<key>.index.arrow`` those of the
    search index, ``<key>.terms.arrow`` the words.
    """
    checker = checker_of(task.rules, key=task.settings)
    done = Prepared(task.key)
    encoder, rows, postings = Encoder(), IndexRows(), Postings()
    waiting = task.chunk.items()
    # Each step goes over some items before the next one does: its code stays in the processor's
    # caches, and the items do too. All steps item by item take half as long again.
    while raws := list(islice(waiting, _AT_ONCE)):
        read = [parsed(raw) for raw in raws]
        passed = checked(read, task.rules, checker)
        for document in read:
            done.take(document)
        for document in passed:
            document.item = _linked(document.item, task, raw=document.raw)
        contents = [_io.dumps(document.item) for document in passed]
        staged = [
            _stage(task, document, data) for document, data in zip(passed, contents, strict=True)
        ]
        for document in passed:
            encoder.add(document.item)
        for document, data, files in zip(passed, contents, staged, strict=True):
            _index(rows, document, data, files)
        for document in passed:
            texts = text.text_fields(document.item, card=document.raw.card)
            postings.add(text.impacts(texts))
            done.asset_keys.update(_keys(document.item.get("assets")))
    done.items = len(encoder)
    _spool(task, done, encoder, rows, postings)
    return done


def _linked(item: dict[str, Any], task: ChunkTask, *, raw: RawItem) -> dict[str, Any]:
    item = with_status(item, task.rules.status)
    return link_item(item, config=task.rules.config, card=raw.card is not None)


def _index(rows: IndexRows, document: Document, data: bytes, files: list[str]) -> None:
    rows.add(
        document.item,
        digest=hashlib.sha256(data).digest()[:16],
        position=document.raw.index,
        claims=document.claims,
        files=files,
    )


def _keys(assets: Any) -> list[str]:
    return list(assets) if isinstance(assets, dict) else []


def restage(task: ChunkTask, places: Collection[int]) -> None:
    """Stage the files of some items of a chunk again: others of the same id wrote over them.

    Args:
        task: The chunk, prepared before.
        places: The items' places in it; they passed the checks.
    """
    for raw in task.chunk.items():
        if raw.index in places:
            item, _ = named(raw.parse(), task.rules)
            item, assets = local_assets(item, folder=raw.folder)
            item, assets, _ = with_evidence(item, assets, evidence=raw.evidence)
            item = _linked(item, task, raw=raw)
            _stage(task, Document(raw, item, assets=assets), _io.dumps(item))


def _stage(task: ChunkTask, document: Document, data: bytes) -> list[str]:
    """Stage an item's files; names those beside its JSON, by path from its folder."""
    place = document.item["collection"], document.item["id"]
    folder, card = layout.item_folder(*place), document.raw.card
    files = [(layout.item_json(*place), data)]
    if card is not None:  # its words are in the index
        files.append((layout.card(*place), card.encode()))
    files += [(f"{folder}/{asset.href}", asset.data) for asset in document.assets]
    try:
        for path, content in files:
            stage_file(path, content, staging=task.staging, published=task.published)
    except OSError as error:
        raise _io.output_error(error, task.staging) from error
    return sorted({path.removeprefix(f"{folder}/") for path, _ in files[1:]})


def _spool(
    task: ChunkTask, done: Prepared, encoder: Encoder, rows: IndexRows, postings: Postings
) -> None:
    table, footprints = encoder.finish()
    index = rows.finish(footprints)
    # In the order of items.parquet, so that neighbours there are neighbours here.
    order = hub_order(index, by_collection=True)
    words, done.prefixes = postings.finish(order)
    places = pa.array(order)
    tables = {"items": table.take(places), "index": index.take(places), "terms": words}
    try:
        for name, columns in tables.items():
            batch = columns.combine_chunks().to_batches(max_chunksize=None)
            path = str(task.spool / f"{task.key}.{name}.arrow")
            with pa.OSFile(path, "wb") as file, pa.ipc.new_file(file, columns.schema) as writer:
                writer.write_batch(batch[0] if batch else _empty(columns.schema))
    except OSError as error:
        raise _io.output_error(error, task.spool) from error


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], f.type) for f in schema], schema=schema)
