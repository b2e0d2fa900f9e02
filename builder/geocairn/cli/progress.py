"""A progress bar with rate and time left, on a terminal; nothing elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geocairn.cli._drawnbar import DrawnBar

__all__ = ["Bar"]


class Bar:
    """Shows the steps of a build, one line each.

    Args:
        quiet: Show nothing.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._drawn: DrawnBar | None = None
        if not quiet and sys.stderr.isatty():
            # Where nothing is drawn, what draws need not be loaded either.
            from geocairn.cli._drawnbar import DrawnBar

            self._drawn = DrawnBar()

    def __enter__(self) -> Bar:
        if self._drawn:
            self._drawn.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._drawn:
            if error is None:
                self._drawn.finish()
            self._drawn.stop()

    def step(self, title: str, *, total: int, unit: str = "") -> None:
        """See `geocairn.progress.Progress.step`."""
        if self._drawn:
            self._drawn.step(title, total=total, unit=unit)

    def advance(self, amount: int) -> None:
        """See `geocairn.progress.Progress.advance`."""
        if self._drawn:
            self._drawn.advance(amount)
