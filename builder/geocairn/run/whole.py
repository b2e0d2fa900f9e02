"""Whether GDAL has written what it was given: what fails when it closes a file, it only logs."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import rasterio
import rasterio.errors

from geocairn.errors import OutputError

__all__ = ["check", "writing"]


def _failed(path: Path, why: str) -> OutputError:
    return OutputError(
        f"not written whole: {why}",
        where=str(path),
        remedy="Make room on that disk, or choose another output with -o.",
    )


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn GDAL's complaints while it writes a file into one line.

    Args:
        path: What the message names.

    Raises:
        OutputError: In place of rasterio's error.
    """
    try:
        yield
    except rasterio.errors.RasterioError as error:
        cause = error.__cause__ or error
        raise _failed(path, str(cause).splitlines()[0]) from error
    except OSError:
        raise
    except Exception as error:
        # GDAL's own errors pass through rasterio as classes that it keeps to itself.
        if type(error).__module__ != "rasterio._err":
            raise
        raise _failed(path, str(error).splitlines()[0]) from error


def check(path: Path, *, where: Path) -> None:
    """Make sure that every block of a GeoTIFF and of its overviews lies inside the file.

    Args:
        path: A file that was written without gaps.
        where: What the message names.

    Raises:
        OutputError: If one is missing or reaches beyond the end.
    """
    with writing(where), warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        _look(path, where)


def _look(path: Path, where: Path) -> None:
    size = path.stat().st_size
    with rasterio.open(path) as dataset:
        for band in dataset.indexes:
            for level in (None, *range(len(dataset.overviews(band)))):
                for row, column in product(*_blocks(dataset, band, level)):
                    end = _end(dataset, f"{column}_{row}", band, level)
                    if not 0 < end <= size:
                        what = "a part is missing" if not end else f"a file ends after {size} bytes"
                        raise _failed(where, what)


def _blocks(dataset: Any, band: int, level: int | None) -> tuple[range, range]:
    """Rows and columns of blocks."""
    factor = 1 if level is None else dataset.overviews(band)[level]
    height, width = dataset.block_shapes[band - 1]
    return (
        range(-(-dataset.height // factor // height) or 1),
        range(-(-dataset.width // factor // width) or 1),
    )


def _end(dataset: Any, place: str, band: int, level: int | None) -> int:
    """The byte after a block; 0 where there is none."""
    found = [
        dataset.get_tag_item(f"BLOCK_{kind}_{place}", "TIFF", bidx=band, ovr=level)
        for kind in ("OFFSET", "SIZE")
    ]
    return sum(map(int, found)) if all(found) else 0
