"""Leave out pandas, which libraries import by themselves wherever it is installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec

__all__ = ["without_pandas"]


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
