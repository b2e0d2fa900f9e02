"""Start quickly: without pandas, and with memory that comes from where it is to be had at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec

__all__ = ["with_system_memory", "without_pandas"]


def with_system_memory() -> None:
    """Let pyarrow take its memory from the system's allocator, here and in child processes.

    Its own is made for many threads and clears what it reserves: a tenth of a short build's time.
    No effect where pyarrow is imported already, or where the variable is set.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


class _NoPandas:
    """Finds that there is no pandas. To put None in its place is not enough for pyarrow."""

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name == "pandas":
            raise ModuleNotFoundError("pandas is left out here", name=name)
        return None


@contextmanager
def without_pandas() -> Iterator[None]:
    """Keep pyarrow and DuckDB from importing pandas, which they do to look at values: 0.3 s.

    pyarrow looks for it once, and keeps to what it found. No effect where pandas is imported
    already.
    """
    if "pandas" in sys.modules:
        yield
        return
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
