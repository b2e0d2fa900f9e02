"""A progress bar as it looks on a terminal."""

from __future__ import annotations

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

__all__ = ["DrawnBar"]


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


class DrawnBar:
    """Shows the steps of a work, one line each, with their rate and the time that is left."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<26}"),
            BarColumn(bar_width=30),
            _Amount(),
            _Rate(),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
            console=Console(stderr=True),
        )
        self._task: TaskID | None = None

    def start(self) -> None:
        """Show the bar from now on."""
        self._progress.start()

    def stop(self) -> None:
        """Leave the lines as they are."""
        self._progress.stop()

    def step(self, title: str, *, total: int, unit: str) -> None:
        """See `geocairn.progress.Progress.step`."""
        self.finish()
        self._task = self._progress.add_task(title, total=total, unit=unit)

    def advance(self, amount: int) -> None:
        """See `geocairn.progress.Progress.advance`."""
        if self._task is not None:
            self._progress.advance(self._task, amount)

    def finish(self) -> None:
        """Let the step that runs end as done."""
        if self._task is not None:
            total = next(t.total for t in self._progress.tasks if t.id == self._task)
            self._progress.update(self._task, completed=total or 0)
