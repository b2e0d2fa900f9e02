"""A progress bar with rate and time left, on a terminal; nothing elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from geocairn._io import human_size

__all__ = ["Bar"]


class _Rate(ProgressColumn):
    """Units a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        if not speed and task.elapsed:  # all came at once
            speed = task.completed / task.elapsed
        if not speed:
            return Text("")
        unit = task.fields.get("unit")
        return Text(f"{human_size(speed)}/s" if unit == "B" else f"{speed:,.0f}/s", style="cyan")


class _Amount(MofNCompleteColumn):
    """How much of how much; bytes as bytes."""

    def render(self, task: Task) -> Text:
        if task.fields.get("unit") != "B":
            return Text(f"{int(task.completed):,}/{int(task.total or 0):,}")
        return Text(f"{human_size(task.completed)}/{human_size(task.total or 0)}")


class Bar:
    """Shows the steps of a build, one line each.

    Args:
        quiet: Show nothing.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description:<26}"),
            BarColumn(bar_width=30),
            _Amount(),
            _Rate(),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
            console=console,
            disable=quiet or not sys.stderr.isatty(),
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._finish()
        self._progress.stop()

    def step(self, title: str, *, total: int, unit: str = "") -> None:
        """See `geocairn.progress.Progress.step`."""
        self._finish()
        self._task = self._progress.add_task(title, total=total, unit=unit)

    def advance(self, amount: int) -> None:
        """See `geocairn.progress.Progress.advance`."""
        if self._task is not None:
            self._progress.advance(self._task, amount)

    def _finish(self) -> None:
        if self._task is not None:
            total = next(t.total for t in self._progress.tasks if t.id == self._task)
            self._progress.update(self._task, completed=total or 0)
