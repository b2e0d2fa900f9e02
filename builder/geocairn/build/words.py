"""The term index of a build: its ranges are kept, and merged anew where their words changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from geocairn import _io
from geocairn.build.assemble import TermsTask, make_terms
from geocairn.build.cache import Cache
from geocairn.build.executor import Runner
from geocairn.build.gather import Gathered
from geocairn.build.prepare import Prepared
from geocairn.compile.terms import TermRange, range_digests, term_ranges

__all__ = ["TermFiles"]

_VERSION = 1
"""Of the files as they are written: those of another version are not used."""
_RANGES_WORTH_A_POOL = 4


class TermFiles:
    """One file for each range of words.

    Args:
        parts: The chunks that words come from.
        cache: Where spools are, and ranges are kept.
        runner: Runs the tasks.
        parallel: Whether the hub is worth other processes.

    Attributes:
        ranges: The ranges, in order.
        keys: Names of their files in the cache, once they are written.
    """

    def __init__(
        self, parts: Sequence[Prepared], *, cache: Cache, runner: Runner, parallel: bool
    ) -> None:
        self._parts = parts
        self._cache = cache
        self._runner = runner
        self._parallel = parallel
        counts: Counter[str] = Counter()
        for part in parts:
            counts.update(part.prefixes)
        self.ranges: list[TermRange] = term_ranges(counts)
        self.keys: list[str] = []

    def write(
        self, gathered: Gathered, scratch: Path, *, advance: Callable[[int], None]
    ) -> list[Path]:
        """Merge the ranges that are not there yet; gives the files of all, in order."""
        spools = tuple(self._cache.path(part.key, "terms") for part in self._parts)
        sizes = tuple(part.items for part in self._parts)
        rows = np.concatenate([np.zeros(0, np.int32), *gathered.rows_by_chunk(sizes)])
        about = _io.digest(np.array(sizes).tobytes(), rows.tobytes())
        self.keys = [
            _io.digest(about.encode(), repr(words).encode(), digest)
            for words, digest in zip(self.ranges, range_digests(spools, self.ranges), strict=True)
        ]
        targets = [self._cache.groups / f"{key}.terms{_VERSION}.parquet" for key in self.keys]
        np.save(scratch, rows)
        tasks = [
            TermsTask(spools, scratch, sizes, words, target)
            for words, target in zip(self.ranges, targets, strict=True)
            if not target.is_file()
        ]
        advance(len(targets) - len(tasks))
        for _ in self._merged(tasks):
            advance(1)
        scratch.unlink()
        return targets

    def _merged(self, tasks: Sequence[TermsTask]) -> Iterator[Path]:
        if len(tasks) > _RANGES_WORTH_A_POOL:
            yield from self._runner.run(make_terms, tasks, parallel=self._parallel)
            return
        with ThreadPoolExecutor(2) as pool:
            yield from pool.map(make_terms, tasks)
