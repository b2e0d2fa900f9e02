"""The only writer into a hub: stages what is new, skips what is the same, then swaps."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType

from geocairn import _io, layout, swap
from geocairn.errors import OutputError

__all__ = ["Stage", "same_file", "stage_file"]

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def same_file(path: Path, data: bytes) -> bool:
    """Whether a file holds exactly these bytes."""
    try:
        with path.open("rb") as file:
            return os.fstat(file.fileno()).st_size == len(data) and file.read() == data
    except OSError:
        return False


def stage_file(path: str, data: bytes, *, staging: Path, published: Path | None) -> bool:
    """Stage one file unless the published one is the same.

    Args:
        path: Relative to the hub's root.
        data: The file's bytes.
        staging: The staging folder.
        published: The hub's folder as readers see it, or None where there is none yet.

    Returns:
        Whether it was staged.
    """
    if published is not None and same_file(published / path, data):
        return False
    # Plain system calls: this runs once an item, and pathlib would take longer than the disk.
    place = f"{staging}/{path}"
    folder = place.rpartition("/")[0]
    with suppress(FileExistsError, FileNotFoundError):
        os.mkdir(folder)  # noqa: PTH102
    try:
        handle = os.open(place, _NEW_FILE, 0o666)
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        handle = os.open(place, _NEW_FILE, 0o666)
    try:
        if os.write(handle, data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), place)
    finally:
        os.close(handle)
    return True


class Stage:
    """One build's way into a hub; as a context manager it holds the hub's lock.

    Args:
        target: The hub's folder.

    Attributes:
        target: The hub's folder, absolute.
        state: Folder beside it for what a build keeps between runs.
        staging: Folder whose files replace the hub's at `commit`.
        sources: Folder for sources that are fetched or unpacked first; gone afterwards.

    Raises:
        OutputError: If the target is no hub, is being built already or cannot be written.
    """

    def __init__(self, target: Path) -> None:
        # Other processes, which may run in other folders, read and write here, too.
        self.target = target.resolve()
        self.state = swap.state_folder(target)
        self.staging = swap.staging_folder(target)
        self.sources = self.state / "sources"
        self._lock = ExitStack()

    def __enter__(self) -> Stage:
        with ExitStack() as lock:
            try:
                if not swap.pending(self.target):
                    _refuse_strangers(self.target)
                lock.enter_context(swap.locked(self.target))
                swap.finish(self.target)
                _refuse_strangers(self.target)
                self._clear()
                self.staging.mkdir()
            except OSError as error:
                raise _io.output_error(error, self.target) from error
            self._lock = lock.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            if not swap.pending(self.target):
                self._clear()

    @property
    def published(self) -> Path | None:
        """The hub's folder, if there is a hub."""
        return self.target if (self.target / layout.MANIFEST).is_file() else None

    def read(self, path: str) -> bytes:
        """A file as it will be once the staged ones are swapped in."""
        return self.place(path).read_bytes()

    def place(self, path: str) -> Path:
        """Where that file is: staged, or published already."""
        staged = self.staging / path
        return staged if staged.is_file() else self.target / path

    def holds(self, path: str) -> bool:
        """Whether a file is staged."""
        # As text: asked of every linked item, and a path takes longer than the answer.
        return os.path.exists(f"{self.staging}/{path}")  # noqa: PTH110

    def write(self, path: str, data: bytes) -> bool:
        """Stage one file, in place of what was staged before by that name.

        Returns:
            Whether it was staged; a file that is published already needs no staging.

        Raises:
            OutputError: If it cannot be written.
        """
        try:
            staged = stage_file(path, data, staging=self.staging, published=self.published)
            if not staged:
                (self.staging / path).unlink(missing_ok=True)
        except OSError as error:
            raise _io.output_error(error, self.target) from error
        return staged

    @contextmanager
    def file(self, path: str) -> Iterator[Path]:
        """A place for a large file; it is staged unless the published one is the same.

        Raises:
            OutputError: If it cannot be written.
        """
        place = self.staging / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            yield place
            if self.published and _equal(place, self.published / path):
                place.unlink()
        except OSError as error:
            raise _io.output_error(error, self.target) from error

    def commit(self, removed: Iterable[str] = ()) -> None:
        """Swap the staged files in and remove what is no longer there."""
        swap.commit(self.target, removed=removed)

    def _clear(self) -> None:
        for folder in (self.staging, self.sources):
            shutil.rmtree(folder, ignore_errors=True)


def _refuse_strangers(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise OutputError(
            "is a file", where=str(target), remedy="Choose a folder for the hub with -o."
        )
    if any(target.iterdir()) and not (target / layout.MANIFEST).is_file():
        raise OutputError(
            "is a folder with other things in it, not a geocairn hub",
            where=str(target),
            remedy="Choose an empty or new folder with -o.",
        )


def _equal(one: Path, other: Path) -> bool:
    if not other.is_file() or one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while block := left.read(1 << 20):
            if block != right.read(1 << 20):
                return False
    return True
