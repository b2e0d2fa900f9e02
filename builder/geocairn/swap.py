"""Replace the files of a folder as one step that a crash cannot leave half done.

New files are gathered in a staging folder beside the target. Once they are complete, a
journal is written; from then on the swap only ever goes forward: whoever finds the journal,
the same process or a later one, moves what is still in the staging folder and removes what
the journal names. Before the journal exists, the target has not been touched.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from geocairn import _io
from geocairn.errors import OutputError

__all__ = ["commit", "finish", "staging_folder", "state_folder"]


def state_folder(target: Path) -> Path:
    """Folder beside the target for what a build keeps between runs."""
    target = target.absolute()
    return target.parent / f".{target.name}.geocairn"


def staging_folder(target: Path) -> Path:
    """Folder whose files replace the target's at the next `commit`."""
    return state_folder(target) / "staging"


def _journal(target: Path) -> Path:
    return state_folder(target) / "swap.json"


def commit(target: Path, *, removed: Iterable[str]) -> None:
    """Bring the staged files into the target, and take others out.

    Args:
        target: The folder that readers see.
        removed: Paths, relative to the target, of files and folders to remove.

    Raises:
        OutputError: If the target cannot be written; the swap stays pending.
    """
    _io.write_atomic(_journal(target), json.dumps({"removed": sorted(removed)}).encode())
    finish(target)


def finish(target: Path) -> bool:
    """Complete a swap that was begun, if there is one; says whether there was.

    Raises:
        OutputError: If the target cannot be written; the swap stays pending.
    """
    journal = _journal(target)
    if not journal.is_file():
        return False
    try:
        with _undisturbed():
            for path in json.loads(journal.read_bytes())["removed"]:
                _remove(target, path)
            staged = staging_folder(target)
            if staged.is_dir():
                _move(staged, target)
            shutil.rmtree(staged, ignore_errors=True)
            journal.unlink()
    except OSError as error:
        raise _io.output_error(error, target) from error
    return True


def _remove(target: Path, path: str) -> None:
    place = target / path
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
    with suppress(OSError):  # a folder that still holds something stays
        place.parent.rmdir()


def _move(source: Path, target: Path) -> None:
    """Move a tree over another, folders first, a whole folder at once where it is new."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
        return
    if not target.is_dir():
        raise OutputError(
            "is a file where the hub needs a folder",
            where=str(target),
            remedy="Move it away, or choose another output with -o.",
        )
    with os.scandir(source) as entries:
        found = sorted(entries, key=lambda entry: (not entry.is_dir(), entry.name))
    for entry in found:
        if entry.is_dir():
            _move(Path(entry.path), target / entry.name)
        else:
            Path(entry.path).replace(target / entry.name)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put off Ctrl-C and termination until the block is done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda n, _: caught.append(n)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
        for received in caught:
            signal.raise_signal(received)
