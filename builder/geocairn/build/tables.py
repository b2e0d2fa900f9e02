"""The hub's Parquet files: each collection's items, the search index and the words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from geocairn import _io, layout
from geocairn.build.assemble import FragmentsTask, make_fragments
from geocairn.build.cache import Cache
from geocairn.build.executor import Runner
from geocairn.build.gather import Gathered, group_ends
from geocairn.build.prepare import Prepared
from geocairn.build.words import TermFiles
from geocairn.compile import directory, geoparquet
from geocairn.compile.blocks import codes_of_part
from geocairn.compile.common_words import Facets, common_words, write_words
from geocairn.compile.index import write_index
from geocairn.compile.splice import Spliced, splice
from geocairn.compile.summaries import bounds_of, geometry_types
from geocairn.progress import Progress
from geocairn.publish import Stage

__all__ = ["Tables"]

_ROWS_WORTH_A_POOL = 12_000
# Every task visits every spool, so a few groups at once; each is about 30 MiB in memory.
_GROUPS_A_TASK = 2


@dataclass(slots=True)
class _Group:
    """A row group to be: its key, and the hub's rows in it."""

    key: str
    rows: npt.NDArray[np.int64]


class Tables:
    """Writes the Parquet files of one build.

    Args:
        gathered: The hub's items in order.
        parts: The chunks they come from.
        runner: Runs the tasks.
        stage: Where the files go.
        cache: Where the spools are and row groups are kept.
        progress: Told how far it is.

    Attributes:
        index: Keys of the search index's row groups, once it is written.
    """

    def __init__(
        self,
        gathered: Gathered,
        *,
        parts: Sequence[Prepared],
        runner: Runner,
        stage: Stage,
        cache: Cache,
        progress: Progress,
    ) -> None:
        self._gathered = gathered
        self._parts = parts
        self._runner = runner
        self._stage = stage
        self._cache = cache
        self._progress = progress
        self.index: list[str] = []
        self._term_groups: dict[str, Any] = {}
        self._facets = Facets.joined(())
        self._parallel = gathered.table.num_rows > _ROWS_WORTH_A_POOL
        self._words = TermFiles(parts, cache=cache, runner=runner, parallel=self._parallel)
        self._hashes = gathered.table["hash"].to_numpy()
        self._tiers = gathered.table["tier"].to_numpy()
        self._digests = _bytes(gathered.table["digest"])
        counts: Counter[str] = Counter()
        for part in parts:
            counts.update(part.asset_keys)
        # One choice for the whole hub: collections stay comparable, and groups reusable.
        self._keys = geoparquet.asset_fields(counts, items=gathered.table.num_rows)

    @property
    def terms(self) -> list[str]:
        """Keys of the term index's ranges, once it is written."""
        return self._words.keys

    def write(
        self, rows: Mapping[str, npt.NDArray[np.int64]]
    ) -> tuple[dict[str, list[str]], dict[str, Spliced]]:
        """Encode the row groups that are not there yet, and write the two search tables.

        Args:
            rows: The hub's rows of each collection, in order.

        Returns:
            Keys of each collection's row groups, for `join_items`; and the search index and
            the term index, by path.
        """
        groups = {name: self._groups(chosen) for name, chosen in rows.items()}
        new = {
            group.key: group
            for listed in groups.values()
            for group in listed
            if not self._path(group.key).is_file()
        }
        tasks = [task for listed in groups.values() for task in self._tasks(listed, new)]
        pool = ThreadPoolExecutor(2)
        try:
            # A few new groups leave memory for both at once; and many are a step of their own.
            search = self._write_search(pool) if len(tasks) < 2 else None
            self._encode(tasks, new)
            files = {
                path: file.result() for path, file in (search or self._write_search(pool)).items()
            }
            self._write_directory(files)
        finally:
            # Interrupted, nobody waits for them: they end with the processes that they wait for.
            pool.shutdown(wait=False)
        return {name: [group.key for group in listed] for name, listed in groups.items()}, files

    def _encode(self, tasks: Sequence[FragmentsTask], new: Mapping[str, _Group]) -> None:
        self._progress.step("Writing GeoParquet", total=sum(len(g.rows) for g in new.values()))
        many = self._parallel and len(tasks) > 1
        for paths in self._runner.run(make_fragments, tasks, parallel=many):
            self._progress.advance(sum(len(new[path.stem].rows) for path in paths))

    def join_items(
        self, name: str, rows: npt.NDArray[np.int64], keys: list[str], document: dict[str, Any]
    ) -> None:
        """Write a collection's items.parquet from its row groups."""
        table = self._gathered.table.select(["bounds", "geometry_type"]).take(rows)
        metadata = geoparquet.file_metadata(
            bounds=bounds_of(table), geometry_types=geometry_types(table), collection=document
        )
        parts = [self._path(key) for key in keys]
        with self._stage.file(layout.items_parquet(name)) as target:
            splice(parts, target, metadata=metadata)

    def _write_search(self, pool: Executor) -> dict[str, Future[Spliced]]:
        """Write the search index and the term index in threads; gives them by path."""
        self._progress.step("Writing the search index", total=len(self._words.ranges) + 2)
        # Sorting, compressing and waiting for processes need no interpreter.
        return {
            layout.INDEX: pool.submit(self._index),
            layout.TERMS: pool.submit(self._terms),
        }

    def _index(self) -> Spliced:
        table, digests, start = self._gathered.table, self._digests, 0
        for end in group_ends(self._hashes, self._tiers) or [0]:
            key = _io.digest(b"index", str(start).encode(), digests[start:end].tobytes())
            path = self._path(key)
            if not path.is_file():
                with _io.whole(path) as temporary:
                    write_index(table.slice(start, end - start), temporary, first=start)
            if not self._part(key).is_file():
                with _io.whole(self._part(key)) as temporary:
                    directory.write_part(table.slice(start, end - start), temporary)
            self.index.append(key)
            start = end
        with self._stage.file(layout.INDEX) as target:
            written = splice([self._path(key) for key in self.index], target, metadata={})
        # Here, for the thread that merges words takes longer.
        self._facets = Facets.joined(codes_of_part(data) for _, data in self._written_parts())
        self._progress.advance(1)
        return written

    def _write_directory(self, files: dict[str, Spliced]) -> None:
        """Join the parts of the index for browsers, and write where they are."""
        summaries = []
        with self._stage.file(layout.BLOCKS) as target, target.open("wb") as out:
            for summary, data in self._written_parts():
                summaries.append(summary)
                out.write(data)
            size = out.tell()
        rows = files[layout.INDEX].rows
        files[layout.BLOCKS] = Spliced(rows=rows, size=size, footer=0)
        words, files[layout.WORDS] = self._write_words(rows)
        begun = directory.months_of(self._gathered.table)
        data = directory.directory(summaries, terms=self._term_groups, words=words, begun=begun)
        with self._stage.file(layout.DIRECTORY) as target:
            target.write_bytes(data)
        files[layout.DIRECTORY] = Spliced(rows=rows, size=len(data), footer=0)
        self._progress.advance(1)

    def _write_words(self, rows: int) -> tuple[dict[str, Any], Spliced]:
        """Write the facets of common words; says what the directory says of them."""
        with (
            pq.ParquetFile(self._stage.place(layout.TERMS)) as terms,
            self._stage.file(layout.WORDS) as target,
            target.open("wb") as out,
        ):
            words = write_words(out, common_words(terms), self._facets)
            return words, Spliced(rows=rows, size=out.tell(), footer=0)

    def _written_parts(self) -> Iterator[tuple[dict[str, Any], bytes]]:
        for key in self.index:
            summary, data = directory.read_part(self._part(key))
            if summary["rows"]:
                yield summary, data

    def _part(self, key: str) -> Path:
        return self._cache.groups / f"{key}.blocks{directory.VERSION}"

    def _terms(self) -> Spliced:
        scratch = self._stage.state / "rows.npy"
        paths = self._words.write(self._gathered, scratch, advance=self._progress.advance)
        with self._stage.file(layout.TERMS) as target:
            written = splice(paths, target, metadata={})
            self._term_groups = directory.term_groups(directory.footer_of(target))
        return written

    def _path(self, key: str) -> Path:
        return self._cache.groups / f"{key}.parquet"

    def _groups(self, rows: npt.NDArray[np.int64]) -> list[_Group]:
        """Cut a collection's rows into groups; without rows there is one empty group."""
        ends = group_ends(self._hashes[rows], self._tiers[rows]) or [0]
        starts = [0, *ends[:-1]]
        return [
            _Group(self._key(rows[start:end]), rows[start:end])
            for start, end in zip(starts, ends, strict=True)
        ]

    def _key(self, rows: npt.NDArray[np.int64]) -> str:
        """Name of a row group: hash of its items' JSON, their version links and the columns."""
        digests = self._digests[rows].tobytes()
        links = self._gathered.links
        linked = {place: links[row] for place, row in enumerate(rows.tolist()) if row in links}
        return _io.digest(repr(self._keys).encode(), digests, repr(linked).encode())

    def _tasks(self, groups: list[_Group], new: Mapping[str, _Group]) -> Iterator[FragmentsTask]:
        """Tasks for the new row groups of a collection, neighbours together."""
        waiting = [group for group in groups if new.get(group.key) is group]
        for some in (waiting[at : at + _GROUPS_A_TASK] for at in _steps(waiting)):
            rows = np.concatenate([group.rows for group in some])
            links = self._gathered.links
            yield FragmentsTask(
                spools=tuple(self._cache.path(part.key, "items") for part in self._parts),
                chunk=self._gathered.chunk[rows],
                local=self._gathered.local[rows],
                ends=tuple(np.cumsum([len(group.rows) for group in some]).tolist()),
                links={n: links[row] for n, row in enumerate(rows.tolist()) if row in links},
                keys=self._keys,
                targets=tuple(self._path(group.key) for group in some),
            )


def _bytes(column: pa.ChunkedArray) -> npt.NDArray[np.uint8]:
    """(n, 16) bytes of a column of hashes."""
    whole = column.combine_chunks()
    if not len(whole):
        return np.zeros((0, 16), np.uint8)
    data = np.frombuffer(whole.buffers()[1], np.uint8).reshape(-1, whole.type.byte_width)
    return data[whole.offset : whole.offset + len(whole)]


def _steps(groups: Sequence[_Group]) -> range:
    return range(0, len(groups), _GROUPS_A_TASK)
