"""What changed on disk, by looking at sizes and times now and then."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["Watch"]

_SKIPPED = frozenset(("node_modules", "__pycache__"))
_PAUSE = 0.3
# Looking is to take no more than this part of the time, however large the catalog is.
_SHARE = 0.1
_State = dict[str, tuple[int, int]]


class Watch:
    """Looks at files and folders.

    Args:
        paths: What to look at, with everything below; what is not there yet may come.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = tuple(paths)
        self._seen = self._look()

    def wait(self) -> list[Path]:
        """Wait until something changes and then nothing does for a moment.

        Returns:
            The files that are new, other or gone.
        """
        pause = _PAUSE
        changed: set[str] = set()
        while True:
            time.sleep(pause)
            begun = time.monotonic()
            found = self._look()
            pause = max(_PAUSE, (time.monotonic() - begun) / _SHARE)
            new = {path for path, _ in found.items() ^ self._seen.items()}
            self._seen = found
            changed |= new
            # Who writes many files is let finish.
            if changed and not new:
                return sorted(Path(path) for path in changed)

    def _look(self) -> _State:
        found: _State = {}
        for path in self._paths:
            found.update(_below(path))
        return found


def _below(path: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """Every file, with time of change and size."""
    folders = [str(path)] if path.is_dir() else []
    if not folders:
        with suppress(OSError):
            status = path.stat()
            yield str(path), (status.st_mtime_ns, status.st_size)
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.name.startswith(".") or entry.name in _SKIPPED:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        status = entry.stat()
                        yield entry.path, (status.st_mtime_ns, status.st_size)
        except OSError:  # it went while we looked; the next look sees that
            continue
