"""Replace the files of a folder as one step that a crash cannot leave half done.

New files are gathered in a staging folder beside the target. Once they are complete, a
journal is written; from then on the swap only ever goes forward: whoever finds the journal,
the same process or a later one, moves what is still in the staging folder and removes what
the journal names. Before the journal exists, the target has not been touched.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from geocairn import _io
from geocairn.errors import OutputError

__all__ = [
    "commit",
    "finish",
    "locked",
    "pending",
    "recover",
    "staging_folder",
    "state_folder",
    "undisturbed",
]


_PATIENCE = 10.0


class _BusyError(OutputError):
    """Another process holds the lock."""


def state_folder(target: Path) -> Path:
    """Folder beside the target for what a build keeps between runs.

    However the target is spelled, and through symbolic links, it has one state folder.
    """
    target = target.resolve()
    return target.parent / f".{target.name}.geocairn"


def staging_folder(target: Path) -> Path:
    """Folder whose files replace the target's at the next `commit`."""
    return state_folder(target) / "staging"


def _journal(target: Path) -> Path:
    return state_folder(target) / "swap.json"


def pending(target: Path) -> bool:
    """Whether a swap was begun and not completed."""
    return _journal(target).is_file()


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold the target's lock, so that no other process stages or swaps.

    The system gives the lock back when the process ends, however it ends.

    Raises:
        OutputError: If another process holds it.
        OSError: If the state folder cannot be written.
    """
    folder = state_folder(target)
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _lock(handle, target)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, target: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows has no flock: builds must not be started twice
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _BusyError(
            "another build is writing there",
            where=str(target),
            remedy="Wait for it to end, or choose another output with -o.",
        ) from None


def commit(target: Path, *, removed: Iterable[str]) -> None:
    """Bring the staged files into the target, and take others out; the lock must be held.

    Args:
        target: The folder that readers see.
        removed: Paths, relative to the target, of files and folders to remove.

    Raises:
        OutputError: If the target cannot be written; the swap stays pending.
    """
    _write_journal(target, sorted(removed))
    finish(target)


def _write_journal(target: Path, removed: list[str]) -> None:
    _io.write_atomic(_journal(target), json.dumps({"removed": removed}).encode())


def finish(target: Path) -> bool:
    """Complete a swap that was begun, if there is one; the lock must be held.

    Returns:
        Whether there was one.

    Raises:
        OutputError: If the target cannot be written; the swap stays pending.
    """
    if not pending(target):
        return False
    target = target.resolve()
    try:
        with undisturbed():
            removed = json.loads(_journal(target).read_bytes())["removed"]
            for path in removed:
                _remove(target, path)
            if removed:
                # A name that was removed may be a new file's: not to be removed a second time.
                _write_journal(target, [])
            staged = staging_folder(target)
            if staged.is_dir():
                _move(staged, target)
            shutil.rmtree(staged, ignore_errors=True)
            _journal(target).unlink()
    except OSError as error:
        raise _io.output_error(error, target) from error
    return True


def recover(target: Path) -> None:
    """Complete a swap whose process was killed, so that a reader finds the folder whole.

    A process that is swapping just now is waited for, ten seconds at most.

    Raises:
        OutputError: If it does not end in that time, or the target cannot be written.
    """
    end = time.monotonic() + _PATIENCE
    while pending(target):
        try:
            with locked(target):
                finish(target)
        except OSError as error:
            raise _io.output_error(error, target) from error
        except _BusyError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def _remove(target: Path, path: str) -> None:
    place = target / path
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        with suppress(NotADirectoryError):  # its folder has gone already
            place.unlink(missing_ok=True)
    for folder in place.parents:
        if folder == target:
            break
        try:
            folder.rmdir()
        except FileNotFoundError:  # removed before the process was killed
            continue
        except OSError:  # it holds something
            break


def _move(source: Path, target: Path) -> None:
    """Move a tree over another, folders first, a whole folder at once where it is new."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            source.rename(target)
            return
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            target.mkdir()
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
            _move_file(Path(entry.path), target / entry.name)


def _move_file(source: Path, target: Path) -> None:
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # The target is a disk of its own, such as a volume mounted into a container.
        part = target.with_name(f".{target.name}.part")
        shutil.copyfile(source, part)
        part.replace(target)
        source.unlink()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put off Ctrl-C and termination until the block is done; they come at its end."""
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
