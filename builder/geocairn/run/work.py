"""What a run keeps while it is under way, so that it can be gone on with when it was cut off."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocairn import _io
from geocairn.errors import MalformedJSONError, OutputError
from geocairn.run.extras import need

__all__ = ["Work", "working"]


@dataclass
class Work:
    """A folder beside the output, for one run.

    Attributes:
        folder: The folder.
        key: What the run is made of; another run begins anew.
        state: What was done so far: rows of windows (``windows``), rows of pixels (``rows``) and
            whatever else the run counts.
    """

    folder: Path
    key: str
    state: dict[str, Any] = field(default_factory=dict)

    @property
    def windows(self) -> int:
        """Rows of windows that are done."""
        return int(self.state.get("windows", 0))

    @property
    def rows(self) -> int:
        """Rows of pixels that are done."""
        return int(self.state.get("rows", 0))

    def done(self, **state: Any) -> None:
        """Note what is done; it must be in its files already.

        Raises:
            OutputError: If it cannot be noted.
        """
        self.state |= state
        document = {"key": self.key, "state": self.state}
        _io.write_atomic(self.folder / "progress.json", _io.dumps(document), durable=False)

    def save(self, row: int, **arrays: NDArray[Any]) -> None:
        """Keep what one row of windows gave."""
        path = self.folder / f"row-{row:06d}.npz"
        try:
            with path.open("wb") as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]
        except OSError as error:
            raise _io.output_error(error, path) from error

    def saved(self) -> Iterator[dict[str, NDArray[Any]]]:
        """What all rows of windows gave, from the top to the bottom."""
        for row in range(self.windows):
            path = self.folder / f"row-{row:06d}.npz"
            if path.exists():
                with np.load(path, allow_pickle=False) as found:
                    yield dict(found)


@contextlib.contextmanager
def working(output: Path, *, key: str, again: bool = False) -> Iterator[Work]:
    """Work on an output; what an equal run that was cut off has done is found again.

    The folder goes when the work is done. It stays when the work is interrupted or fails on the
    way, for the next run to go on; a failure before anything was done leaves nothing.

    Args:
        output: The file that the work is for.
        key: What the run is made of.
        again: Whether to begin anew.

    Raises:
        OutputError: If the folder cannot be made, or another process is at it.
    """
    locks = need("filelock", purpose="keep two runs from writing one file")
    folder = output.parent / f".{output.name}.geocairn"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = locks.FileLock(folder / "lock", blocking=False)
        lock.acquire()
    except locks.Timeout:
        raise OutputError(
            "another run is writing it",
            where=str(output),
            remedy="Wait for it to end, or choose another output with -o.",
        ) from None
    except OSError as error:
        raise _io.output_error(error, folder) from error
    work = Work(folder, key, {} if again else _state(folder, key))
    try:
        if not work.state:
            _emptied(folder)
        yield work
        _gone(folder)
    except BaseException:
        if not work.state:
            _gone(folder)
        raise
    finally:
        lock.release()


def _state(folder: Path, key: str) -> dict[str, Any]:
    try:
        document = _io.loads((folder / "progress.json").read_bytes())
    except (OSError, MalformedJSONError):
        return {}
    known = isinstance(document, dict) and document.get("key") == key
    state = document.get("state") if known else None
    return state if isinstance(state, dict) else {}


def _emptied(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name != "lock":
            path.unlink()


def _gone(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
