"""What goes into a build: the sources opened, cut into chunks, and hashed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from geocairn import _io
from geocairn.build.collections import Collections, read_collections
from geocairn.build.options import BuildOptions
from geocairn.build.rules import Rules
from geocairn.config import SiteConfig
from geocairn.sources import Chunk, open_sources

__all__ = ["Inputs", "read_inputs"]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that goes into a build.

    Attributes:
        rules: How items are checked.
        settings: Digest of the rules.
        collections: The collections that the sources describe.
        chunks: The items, in order.
        keys: A name for each chunk: hash of its content and the settings.
        digest: Hash of all of it.
    """

    rules: Rules
    settings: str
    collections: Collections
    chunks: list[Chunk]
    keys: list[str]
    digest: str


def read_inputs(
    sources: Sequence[str],
    *,
    options: BuildOptions,
    spool: Path,
    cut: Callable[[list[Chunk]], None] | None = None,
) -> Inputs:
    """Open the sources and hash what they hold.

    Args:
        sources: Paths or URLs, see `geocairn.sources.open_source`.
        options: How to build.
        spool: Folder for what has to be fetched or unpacked.
        cut: Called with the chunks as soon as they are known, while they are hashed.

    Raises:
        InputError: If a source cannot be read.
    """
    rules = Rules(
        # What the pages look like is no concern of the items.
        config=replace(options.config, site=SiteConfig()),
        store=options.store,
        select=options.select,
        ignore=options.ignore,
        collection=options.collection,
        status=options.status,
    )
    opened = open_sources(sources, spool=spool, evidence=options.evidence)
    # In threads, for reading and hashing need no interpreter.
    pool = ThreadPoolExecutor(2)
    try:
        hashed = [(c, pool.submit(c.digest)) for source in opened for c in source.chunks()]
        chunks = [chunk for chunk, _ in hashed]
        if cut:
            cut(chunks)
        checker = rules.checker()
        settings = rules.digest(checker)
        collections = read_collections(opened, checker=checker)
        digests = [digest.result() for _, digest in hashed]
    finally:
        pool.shutdown(cancel_futures=True)
    keys = [_io.digest(settings.encode(), digest.encode()) for digest in digests]
    whole = (settings, collections.digest(), _look(options), *keys)
    digest = _io.digest(*(part.encode() for part in whole))
    return Inputs(rules, settings, collections, chunks, keys, digest)


def _look(options: BuildOptions) -> str:
    """What decides how the pages look; empty without pages."""
    site = options.pages
    return f"{site.digest} {site.docs_digest} {options.config.site}" if site else ""
