"""ZIP archives that depend on nothing but what is in them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from geocairn import _io

__all__ = ["write_zip"]

# The same for every archive, so that the same files give the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)


def write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """Write an archive, whole or not at all.

    Args:
        path: The file to write; its folder is made if need be.
        files: Names and contents, in order.

    Raises:
        OutputError: If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with (
            _io.whole(path) as passing,
            zipfile.ZipFile(passing, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
        ):
            for name, data in files.items():
                info = zipfile.ZipInfo(name, _TIME)
                info.external_attr = 0o644 << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, data)
    except OSError as error:
        raise _io.output_error(error, path) from error
