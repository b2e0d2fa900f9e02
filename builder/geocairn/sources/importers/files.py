"""Replace what an importer wrote before, all at once."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from geocairn import _io, swap

__all__ = ["replace_files"]


def replace_files(folder: Path, files: Mapping[str, bytes]) -> set[str]:
    """Bring files into a folder in one step; others that are there stay.

    Args:
        folder: The folder; it is made where it is not there.
        files: Path in the folder to content.

    Returns:
        The paths of those that were new or different. With none, nothing is touched.

    Raises:
        OutputError: The folder cannot be written; it is then as it was.
    """
    swap.finish(folder)
    changed = {path for path, data in files.items() if not _same(folder / path, data)}
    if not changed:
        return changed
    staging = swap.staging_folder(folder)
    try:
        shutil.rmtree(staging, ignore_errors=True)
        for path in sorted(changed):
            (staging / path).parent.mkdir(parents=True, exist_ok=True)
            (staging / path).write_bytes(files[path])
    except OSError as error:
        shutil.rmtree(staging, ignore_errors=True)
        raise _io.output_error(error, staging) from error
    swap.commit(folder, removed=())
    with suppress(OSError):  # a lock or another's file keeps it
        swap.state_folder(folder).rmdir()
    return changed


def _same(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False
