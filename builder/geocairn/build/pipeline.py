"""The stages of a build, one after the other."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from geocairn import _io
from geocairn.build.cache import Cache, State
from geocairn.build.collections import Collections, read_collections
from geocairn.build.executor import Runner, open_runner
from geocairn.build.gather import gather
from geocairn.build.hub_findings import hub_findings
from geocairn.build.output import removed, write_hub
from geocairn.build.prepare import ChunkTask, Prepared, Rules, prepare
from geocairn.build.progress import Progress, Silent
from geocairn.build.tables import Tables
from geocairn.checks import SchemaStore
from geocairn.config import HubConfig
from geocairn.errors import FindingsError
from geocairn.findings import Report
from geocairn.publish import Stage
from geocairn.sources import Chunk, open_sources

__all__ = ["BuildOptions", "BuildResult", "build"]

# Below this many bytes of new input, starting processes takes longer than the work.
_WORTH_A_POOL = 8 << 20


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How to build.

    Attributes:
        config: The hub's settings.
        store: Where JSON Schemas come from.
        select: Codes of checks to run, all by default.
        ignore: Codes of checks to leave out.
        collection: Collection of items that name none.
        jobs: Number of processes, one a processor by default.
        dask: Address of a Dask scheduler to run the stages on instead.
        strict: Whether a warning stops the build, as an error does.
        keep_going: Whether to build without the items that have errors.
        fresh: Whether to forget what earlier builds kept.
    """

    config: HubConfig = field(default_factory=HubConfig)
    store: SchemaStore = field(default_factory=SchemaStore)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    collection: str | None = None
    jobs: int | None = None
    dask: str | None = None
    strict: bool = False
    keep_going: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did.

    Attributes:
        items: Items in the hub.
        collections: Collections in the hub.
        left_out: Documents that were left out for their errors.
        prepared: Documents that were read and checked anew.
        unchanged: Whether the hub was already the same.
        seconds: How long it took.
        report: Everything the checks found.
        changes: What normalising changed, and in how many items.
    """

    items: int
    collections: int
    left_out: int
    prepared: int
    unchanged: bool
    seconds: float
    report: Report
    changes: Counter[str]


@dataclass(slots=True)
class _Inputs:
    """Chunks in order, each with its key, and a hash of everything that goes in."""

    chunks: list[Chunk]
    keys: list[str]
    digest: str
    settings: str


def build(
    sources: Sequence[str],
    target: Path,
    *,
    options: BuildOptions | None = None,
    progress: Progress | None = None,
) -> BuildResult:
    """Build a hub.

    Args:
        sources: Paths or URLs, see `geocairn.sources.open_source`.
        target: Folder of the hub; it is replaced at the very end, all at once, and stays as
            it is when anything fails.
        options: How to build.
        progress: Told how far the build is.

    Raises:
        FindingsError: If checks find errors (warnings too, if strict); has ``report``.
        InputError: If a source cannot be read.
        OutputError: If the target cannot be written.
    """
    options = options or BuildOptions()
    progress = progress or Silent()
    begun = time.monotonic()
    with Stage(target) as stage, open_runner(jobs=options.jobs, dask=options.dask) as runner:
        cache = Cache(stage.state, target=target)
        before = State() if options.fresh else cache.open()
        cache.open()
        rules = Rules(
            config=options.config,
            store=options.store,
            select=options.select,
            ignore=options.ignore,
            collection=options.collection,
        )
        opened = open_sources(sources, spool=stage.sources)
        checker = rules.checker()
        collections = read_collections(opened, checker=checker)
        chunks = [chunk for source in opened for chunk in source.chunks()]
        inputs = _read_inputs(chunks, rules.digest(checker))
        inputs.digest = _io.digest(inputs.digest.encode(), collections.digest().encode())
        known = cache.load_all(set(inputs.keys) & set(before.chunks))
        parts = _prepare(
            inputs,
            known,
            runner=runner,
            stage=stage,
            cache=cache,
            rules=rules,
            progress=progress,
        )
        fresh = sum(part.seen for part in parts if part.key not in known)
        report, changes = _report(inputs, parts, collections)
        unchanged = before.inputs == inputs.digest
        items = sum(part.items for part in parts)
        if not unchanged or report.errors or (options.strict and report.warnings):
            progress.step("Ordering items", total=1)
            gathered = gather([cache.path(key, "index") for key in inputs.keys])
            report.extend(hub_findings(gathered, inputs.chunks, collections))
            _judge(report, options)
            items = gathered.table.num_rows
            if not unchanged:
                tables = Tables(
                    gathered,
                    parts=parts,
                    runner=runner,
                    stage=stage,
                    cache=cache,
                    progress=progress,
                )
                state = write_hub(
                    gathered,
                    tables=tables,
                    collections=collections,
                    before=before,
                    stage=stage,
                    config=options.config,
                )
                progress.step("Publishing", total=1)
                stage.commit(removed(gathered, collections, stage=stage))
                state.inputs, state.chunks = inputs.digest, inputs.keys
                cache.save(state)
        return BuildResult(
            items=items,
            collections=len(collections),
            left_out=sum(part.seen for part in parts) - items,
            prepared=fresh,
            unchanged=unchanged,
            seconds=time.monotonic() - begun,
            report=report,
            changes=changes,
        )


def _read_inputs(chunks: list[Chunk], settings: str) -> _Inputs:
    """Hash every chunk; in threads, for hashing and reading need no interpreter."""
    with ThreadPoolExecutor(2) as pool:
        digests = list(pool.map(lambda chunk: chunk.digest(), chunks))
    keys = [_io.digest(settings.encode(), digest.encode()) for digest in digests]
    digest = _io.digest(settings.encode(), *(key.encode() for key in keys))
    return _Inputs(chunks, keys, digest, settings)


def _prepare(
    inputs: _Inputs,
    known: dict[str, Prepared],
    *,
    runner: Runner,
    stage: Stage,
    cache: Cache,
    rules: Rules,
    progress: Progress,
) -> list[Prepared]:
    """Prepare the chunks that are not known, and give all in the order of the inputs."""
    new = {k: c for k, c in zip(inputs.keys, inputs.chunks, strict=True) if k not in known}
    tasks = [
        ChunkTask(chunk, key, cache.spool, stage.staging, stage.published, rules, inputs.settings)
        for key, chunk in new.items()
    ]
    size = sum(task.chunk.size for task in tasks)
    progress.step("Checking items", total=size, unit="B")
    prepared = dict(known)
    for part in runner.run(prepare, tasks, parallel=size > _WORTH_A_POOL):
        cache.store(part)
        prepared[part.key] = part
        progress.advance(new[part.key].size)
    return [prepared[key] for key in inputs.keys]


def _report(
    inputs: _Inputs, parts: list[Prepared], collections: Collections
) -> tuple[Report, Counter[str]]:
    """Everything found so far, with origins that people understand."""
    report = Report()
    changes: Counter[str] = Counter()
    report.extend(collections.findings, documents=len(collections))
    for chunk, part in zip(inputs.chunks, parts, strict=True):
        part.report.kept = [
            replace(finding, origin=chunk.origin(int(finding.origin)))
            for finding in part.report.kept
        ]
        report.merge(part.report)
        changes.update(part.changes)
    return report, changes


def _judge(report: Report, options: BuildOptions) -> None:
    if report.errors and not options.keep_going:
        error = FindingsError(
            "errors were found, and nothing was published",
            remedy="Correct them, or build without those items with --keep-going.",
        )
    elif report.warnings and options.strict:
        error = FindingsError(
            "warnings were found, the build is strict, and nothing was published",
            remedy="Correct them, or build without --strict.",
        )
    else:
        return
    error.report = report
    raise error
