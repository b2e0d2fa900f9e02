"""First stage: a chunk of raw items is normalised, checked, written and turned into columns."""

from __future__ import annotations

import gc
import hashlib
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from geocairn import _io, layout, text
from geocairn.build.assets import Asset, local_assets, not_served
from geocairn.checks import Checker, SchemaStore, hub
from geocairn.compile.index import IndexRows
from geocairn.compile.order import hub_order
from geocairn.compile.stac import link_item
from geocairn.compile.terms import Postings
from geocairn.compile.versions import version_claims
from geocairn.config import HubConfig
from geocairn.errors import MalformedJSONError
from geocairn.findings import Finding, Report
from geocairn.itemtable import Encoder
from geocairn.normalise import normalise
from geocairn.publish import stage_file
from geocairn.sources import Chunk, RawItem
from geocairn.version import __version__

__all__ = ["ChunkTask", "Prepared", "Rules", "checker_of", "prepare", "restage"]

_KEPT_FINDINGS = 50


@dataclass(frozen=True, slots=True)
class Rules:
    """What the outcome of a chunk depends on besides its content.

    Attributes:
        config: The hub's settings.
        store: Where JSON Schemas come from.
        select: Codes to check, see `Checker`.
        ignore: Codes to leave out.
        collection: Collection of items that name none.
    """

    config: HubConfig
    store: SchemaStore
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    collection: str | None = None

    def checker(self) -> Checker:
        """A checker for these rules; compiling its schemas takes a while."""
        return Checker(store=self.store, select=self.select, ignore=self.ignore)

    def digest(self, checker: Checker) -> str:
        """Hash of these rules and of all that this version does by them."""
        parts = (__version__, repr(self.config), checker.digest, self.collection or "")
        return _io.digest(*(part.encode() for part in parts))


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
        changes: What normalising changed, and in how many items.
        asset_keys: How many items have an asset under each key.
        prefixes: Number of postings by the beginning of their word.
    """

    key: str
    items: int = 0
    report: Report = field(default_factory=lambda: Report(limit=_KEPT_FINDINGS))
    changes: Counter[str] = field(default_factory=Counter)
    asset_keys: Counter[str] = field(default_factory=Counter)
    prefixes: dict[str, int] = field(default_factory=dict)

    @property
    def seen(self) -> int:
        """Documents in the chunk."""
        return self.report.documents

    def take(self, findings: list[Finding], index: int) -> bool:
        """Report findings of the document at a place; says whether it must be left out."""
        self.report.extend(replace(finding, origin=str(index)) for finding in findings)
        return any(finding.severity == "error" for finding in findings)


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


_checkers: dict[str, Checker] = {}


def checker_of(rules: Rules, *, key: str) -> Checker:
    """The checker for some rules, compiled once in each process; the key is their digest."""
    if key not in _checkers:
        _checkers.clear()
        _checkers[key] = rules.checker()
    return _checkers[key]


@_no_garbage_collection()
def prepare(task: ChunkTask) -> Prepared:
    """Prepare one chunk: stages its items' JSON and writes three spool files.

    ``<key>.items.arrow`` has the columns of items.parquet, ``<key>.index.arrow`` those of the
    search index, ``<key>.terms.arrow`` the words.
    """
    rules = task.rules
    checker = checker_of(rules, key=task.settings)
    done = Prepared(task.key)
    encoder, rows, postings = Encoder(), IndexRows(), Postings()
    for raw in task.chunk.items():
        done.report.documents += 1
        item = _parse(raw, done)
        if item is None:
            continue
        claims = version_claims(item)
        item, changes = _named(item, rules)
        done.changes.update(changes)
        if done.take(hub.place(item), raw.index):
            continue
        item, assets = local_assets(item, folder=raw.folder)
        if checker.wants(hub.NOT_SERVED.code):
            done.take(list(not_served(item, folder=raw.folder)), raw.index)
        if done.take(checker.item(item, origin=raw.origin, folder=raw.folder), raw.index):
            continue
        item = link_item(item, config=rules.config)
        data = _io.dumps(item)
        files = _stage(task, item, data, assets, card=raw.card)
        encoder.add(item)
        digest = hashlib.sha256(data).digest()[:16]
        rows.add(item, digest=digest, position=raw.index, claims=claims, files=files)
        postings.add(text.impacts(text.text_fields(item, card=raw.card)))
        done.asset_keys.update(_keys(item.get("assets")))
    done.items = len(encoder)
    _spool(task, done, encoder, rows, postings)
    return done


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
            item, _ = _named(raw.parse(), task.rules)
            item, assets = local_assets(item, folder=raw.folder)
            item = link_item(item, config=task.rules.config)
            _stage(task, item, _io.dumps(item), assets, card=raw.card)


def _named(item: dict[str, Any], rules: Rules) -> tuple[dict[str, Any], list[str]]:
    """Normalise an item and give it a collection; says what changed."""
    item, changes = normalise(item)
    if "collection" not in item and rules.collection:
        item = item | {"collection": rules.collection}
    return item, changes


def _parse(raw: RawItem, done: Prepared) -> dict[str, Any] | None:
    try:
        item = raw.parse()
    except MalformedJSONError as error:
        done.take([hub.malformed(error.message)], raw.index)
        return None
    if isinstance(item, dict) and item.get("type") == "Feature":
        return item
    done.take([hub.not_an_item(item)], raw.index)
    return None


def _stage(
    task: ChunkTask, item: dict[str, Any], data: bytes, assets: list[Asset], *, card: str | None
) -> list[str]:
    """Stage an item's files; names those beside it, by path from its folder."""
    place = item["collection"], item["id"]
    folder = layout.item_folder(*place)
    files = [(layout.item_json(*place), data)]
    if card is not None:  # its words are in the index
        files.append((layout.card(*place), card.encode()))
    files += [(f"{folder}/{asset.href}", asset.data) for asset in assets]
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
