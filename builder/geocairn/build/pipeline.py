"""The stages of a build, one after the other."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from geocairn.build.cache import Cache, State
from geocairn.build.collections import Collections
from geocairn.build.executor import Runner, open_runner
from geocairn.build.gather import Gathered, gather
from geocairn.build.hub_findings import hub_findings
from geocairn.build.inputs import Inputs, read_inputs
from geocairn.build.options import BuildOptions, BuildResult
from geocairn.build.output import write_hub
from geocairn.build.prepare import ChunkTask, Prepared, prepare
from geocairn.build.removed import removed
from geocairn.build.repeats import settle
from geocairn.build.tables import Tables
from geocairn.checks import all_checked, messages, selected_codes
from geocairn.errors import FindingsError
from geocairn.findings import Report
from geocairn.progress import Progress, Silent
from geocairn.publish import Stage
from geocairn.sources import Chunk
from geocairn.swap import undisturbed

__all__ = ["BuildOptions", "BuildResult", "build"]

# Below this many bytes of new input, starting processes takes longer than the work.
_WORTH_A_POOL = 8 << 20


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
    with Stage(target) as stage, open_runner(jobs=options.jobs, dask=options.dask) as runner:
        return _Build(stage, runner, options, progress or Silent()).run(sources)


class _Build:
    """One build: its steps share the stage, the runner, the cache and the report."""

    def __init__(
        self, stage: Stage, runner: Runner, options: BuildOptions, progress: Progress
    ) -> None:
        self._stage = stage
        self._runner = runner
        self._options = options
        self._progress = progress
        self._cache = Cache(stage.state, target=stage.target)
        self._report = Report()
        self._changes: Counter[str] = Counter()

    def run(self, sources: Sequence[str]) -> BuildResult:
        begun = time.monotonic()
        before = self._cache.open(fresh=self._options.fresh)
        inputs = read_inputs(
            sources,
            options=self._options,
            spool=self._stage.sources,
            cut=None if before.chunks else self._warm,
        )
        known = self._cache.load_all(set(inputs.keys) & set(before.chunks))
        parts = self._prepare(inputs, known)
        self._tell(inputs, parts)
        unchanged = before.inputs == inputs.digest
        if unchanged:
            after = before
            self._report.extend(before.hub_findings())
            _judge(self._report, self._options)
        else:
            after = self._publish(inputs, parts, before)
        return BuildResult(
            items=after.items,
            collections=after.collections,
            left_out=sum(part.seen for part in parts) - after.items,
            prepared=sum(part.seen for part in parts if part.key not in known),
            unchanged=unchanged,
            seconds=time.monotonic() - begun,
            report=self._report,
            changes=self._changes,
        )

    def _warm(self, chunks: Sequence[Chunk]) -> None:
        """For a large build, let the workers start while the sources are still being read."""
        if sum(chunk.size for chunk in chunks) > _WORTH_A_POOL:
            self._runner.warm()

    def _prepare(self, inputs: Inputs, known: dict[str, Prepared]) -> list[Prepared]:
        """Prepare the chunks that are not known; gives all, in the order of the inputs."""
        new = {task.key: task for task in self._tasks(inputs) if task.key not in known}
        size = sum(task.chunk.size for task in new.values())
        self._progress.step("Checking items", total=size, unit="B")
        prepared = dict(known)
        for part in self._runner.run(prepare, new.values(), parallel=size > _WORTH_A_POOL):
            self._cache.store(part)
            prepared[part.key] = part
            self._progress.advance(new[part.key].chunk.size)
        return [prepared[key] for key in inputs.keys]

    def _tasks(self, inputs: Inputs) -> list[ChunkTask]:
        stage = self._stage
        places = (self._cache.spool, stage.staging, stage.published)
        return [
            ChunkTask(chunk, key, *places, inputs.rules, inputs.settings)
            for key, chunk in zip(inputs.keys, inputs.chunks, strict=True)
        ]

    def _tell(self, inputs: Inputs, parts: list[Prepared]) -> None:
        """Gather what was found so far, with origins that people understand."""
        collections = inputs.collections
        self._report.extend(collections.findings, documents=len(collections))
        for chunk, part in zip(inputs.chunks, parts, strict=True):
            told = len(self._report.kept)
            self._report.merge(part.report)
            # Only of those that are told: finding where an item came from takes a moment.
            self._report.kept[told:] = [
                replace(finding, origin=chunk.origin(int(finding.origin)))
                for finding in self._report.kept[told:]
            ]
            self._changes.update(part.changes)

    def _publish(self, inputs: Inputs, parts: list[Prepared], before: State) -> State:
        """Put the items in order, judge them together, write the hub and swap it in."""
        self._progress.step("Ordering items", total=1)
        gathered = gather([self._cache.path(key, "index") for key in inputs.keys])
        wanted = selected_codes(self._options.select, self._options.ignore)
        # What keeps items from having a place of their own cannot be left out.
        found = [
            finding
            for finding in hub_findings(gathered, inputs.chunks, inputs.collections)
            if finding.severity == "error" or finding.code in wanted
        ]
        self._report.extend(found)
        _judge(self._report, self._options)
        repeated = settle(
            gathered,
            tasks=dict(enumerate(self._tasks(inputs))),
            before=before.repeated,
            stage=self._stage,
        )
        tables = Tables(
            gathered,
            parts=parts,
            runner=self._runner,
            stage=self._stage,
            cache=self._cache,
            progress=self._progress,
        )
        after = write_hub(
            gathered,
            tables=tables,
            collections=inputs.collections,
            before=before,
            stage=self._stage,
            runner=self._runner,
            config=self._options.config,
        )
        if self._options.pages:
            warned = {one for part in parts for one in part.warned}
            warned |= {finding.item for finding in found if finding.severity != "advice"}
            self._render(gathered, inputs.collections, warned, before=before, after=after)
        after.repeated = repeated
        after.findings = [asdict(finding) for finding in found]
        # A schema that was out of reach may be there next time, so those must be tried again.
        out_of_reach = messages.UNAVAILABLE.code
        after.chunks = [p.key for p in parts if out_of_reach not in p.report.counts]
        after.inputs = inputs.digest if len(after.chunks) == len(parts) else ""
        self._progress.step("Publishing", total=1)
        self._swap(gathered, inputs.collections, before=before, after=after)
        return after

    def _render(
        self,
        gathered: Gathered,
        collections: Collections,
        warned: set[str],
        *,
        before: State,
        after: State,
    ) -> None:
        # Imported here: what makes pages takes a while to load, and not every build has any.
        from geocairn.build.pages import Pages

        assert self._options.pages is not None
        pages = Pages(
            gathered,
            collections=collections,
            site=self._options.pages,
            stage=self._stage,
            config=self._options.config,
            warned=warned if all_checked(self._options.select, self._options.ignore) else None,
        )
        pages.write(
            report=self._report,
            before=before,
            after=after,
            runner=self._runner,
            progress=self._progress,
        )

    def _swap(
        self, gathered: Gathered, collections: Collections, *, before: State, after: State
    ) -> None:
        published = self._stage.published
        gone = (
            removed(gathered.table, collections, before=before, after=after, published=published)
            if published
            else []
        )
        with undisturbed():
            # Killed in between, the next build must not take the hub for the one it knew.
            self._cache.forget()
            self._stage.commit(gone)
            self._cache.save(after)


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
