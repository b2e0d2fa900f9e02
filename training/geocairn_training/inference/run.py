"""One image, or a folder of them, from reading to written results."""

from __future__ import annotations

import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import rasterio.errors

from geocairn import _io
from geocairn.errors import InputError
from geocairn.progress import Progress, Silent
from geocairn.run.windows import Grid
from geocairn_training.inference import report
from geocairn_training.inference.overlay import overlay
from geocairn_training.inference.polygons import Tracing, trace, write_geojson, write_geoparquet
from geocairn_training.inference.predictor import Predictor
from geocairn_training.inference.raster import (
    Reader,
    cloud_optimized,
    create,
    georeferenced,
    open_raster,
)
from geocairn_training.inference.stream import Seconds, strips
from geocairn_training.inference.whole import check, writing

__all__ = ["Options", "images_in", "run"]

_ENDINGS = (".tif", ".tiff", ".png", ".jpg", ".jpeg", ".jp2", ".vrt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How inference is done.

    Attributes:
        tile: Height and width of the windows in pixels; None for those of the training chips.
        overlap: Pixels that neighbouring windows share; None for an eighth of the tile.
        batch: Windows given to the network at once.
        threshold: In place of the model's.
        nodata: Raw value without data, beside what the image says; None for the model's.
        polygons: Whether polygons are written.
        tracing: How polygons are made.
    """

    tile: tuple[int, int] | None = None
    overlap: int | None = None
    batch: int = 1
    threshold: float | None = None
    nodata: float | None = None
    polygons: bool = True
    tracing: Tracing = field(default_factory=Tracing)


def images_in(place: Path) -> list[Path]:
    """The images that a path means: a file, or those in a folder, by name.

    Raises:
        InputError: If there are none.
    """
    if place.is_file():
        return [place]
    found = sorted(one for one in place.glob("*") if one.suffix.lower() in _ENDINGS)
    if not found:
        raise InputError(
            "there is no image" if place.is_dir() else "there is no such file or folder",
            where=str(place),
            remedy=f"Give an image, or a folder of them ({', '.join(_ENDINGS)}).",
        )
    names = [one.stem for one in found]
    if twice := next((one for one in found if names.count(one.stem) > 1), None):
        raise InputError(
            "has the name of another image but for its ending",
            where=str(twice),
            remedy="Results are named after images: rename one, or move it.",
        )
    return found


def run(
    images: Sequence[Path],
    predictor: Predictor,
    *,
    output: Path,
    options: Options,
    progress: Progress | None = None,
) -> Iterator[dict[str, Any]]:
    """Run a network over images, one after the other.

    For ``scene.tif`` it writes ``scene_probability.tif`` and ``scene_mask.tif`` (Cloud Optimized
    GeoTIFF), ``scene_overlay.png``, ``scene.json`` and, where the image is georeferenced,
    ``scene.parquet`` and ``scene.geojson``. They appear together when all of them are whole.

    Args:
        images: The files.
        predictor: The network.
        output: Folder for the results; it is made if need be.
        options: See `Options`.
        progress: Is told how many rows of pixels of each image are done.

    Yields:
        What ``scene.json`` says, image by image.

    Raises:
        InputError: If an image cannot be read, has too few bands, or the windows' overlap is not
            smaller than they are.
        OutputError: If the results cannot be written.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _io.output_error(error, output) from error
    for image in images:
        staging = Path(tempfile.mkdtemp(prefix=f".{image.stem}-", dir=output))
        try:
            with writing(output):
                document = _one(image, predictor, output, staging, options, progress or Silent())
        except OSError as error:
            raise _io.output_error(error, output) from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        yield document


def _one(
    image: Path,
    predictor: Predictor,
    output: Path,
    staging: Path,
    options: Options,
    progress: Progress,
) -> dict[str, Any]:
    begun, started = time.perf_counter(), datetime.now(UTC)
    seconds = Seconds()
    recipe = predictor.recipe
    with open_raster(image) as dataset:
        nodata = recipe.nodata if options.nodata is None else options.nodata
        reader = Reader.over(dataset, bands=recipe.bands, nodata=nodata)
        tile, overlap = _windows(predictor, options)
        grid = Grid.over(dataset.height, dataset.width, tile=tile, overlap=overlap)
        progress.step(image.name, total=dataset.height, unit="rows")
        counts = _rasters(reader, predictor, grid, staging, seconds, options, progress)
        then = time.perf_counter()
        names = _finish(reader, predictor, staging, image.stem, options)
        seconds.writing += time.perf_counter() - then
        document = report.document(
            reader,
            predictor,
            started=started,
            parameters={"tile": list(tile), "overlap": overlap, "batch": options.batch}
            | {"windows": len(grid), "threshold": _threshold(predictor, options)},
            seconds=seconds,
            total=time.perf_counter() - begun,
            counts=counts,
            outputs={name: staging / name for name in names},
        )
    (staging / f"{image.stem}.json").write_bytes(_io.dumps(document, indent=True) + b"\n")
    # The description comes last: where it is, all else is.
    for name in [*names, f"{image.stem}.json"]:
        (staging / name).replace(output / name)
    return document


def _windows(predictor: Predictor, options: Options) -> tuple[tuple[int, int], int]:
    """Size of the windows, and the pixels that neighbours share."""
    tile = options.tile or predictor.recipe.tile
    overlap = min(tile) // 8 if options.overlap is None else options.overlap
    if not 0 <= overlap < min(tile):
        raise InputError(
            f"windows of {tile[0]} x {tile[1]} pixels cannot share {overlap}",
            remedy=f"Choose an overlap from 0 to {min(tile) - 1}, or larger windows.",
        )
    return tile, overlap


def _threshold(predictor: Predictor, options: Options) -> float:
    return predictor.recipe.threshold if options.threshold is None else options.threshold


def _rasters(
    reader: Reader,
    predictor: Predictor,
    grid: Grid,
    staging: Path,
    seconds: Seconds,
    options: Options,
    progress: Progress,
) -> dict[int, int]:
    """Write scores and mask strip by strip; count the pixels of each class."""
    recipe = predictor.recipe
    tags = {"model": recipe.name, "version": recipe.version, "checksum": predictor.checksum()}
    tags = {key: value for key, value in tags.items() if value}
    counts = np.zeros(256, np.int64)
    none = recipe.unclassified
    scores = create(
        staging / "scores.tif",
        reader.dataset,
        count=recipe.channels,
        dtype="float32",
        nodata=float("nan"),
        tags=tags,
    )
    mask = create(
        staging / "mask.tif", reader.dataset, count=1, dtype="uint8", nodata=none, tags=tags
    )
    with scores as to_scores, mask as to_mask:
        _describe(to_scores, to_mask, predictor)
        for strip in strips(reader, predictor, grid=grid, batch=options.batch, seconds=seconds):
            begun = time.perf_counter()
            rows, width = strip.valid.shape
            window = ((strip.start, strip.start + rows), (0, width))
            chosen = recipe.decide(strip.scores, threshold=options.threshold)
            if not strip.valid.all():
                chosen[~strip.valid] = none
                strip.scores[:, ~strip.valid] = np.nan
            to_scores.write(strip.scores, window=window)
            to_mask.write(chosen, 1, window=window)
            counts += np.bincount(chosen.ravel(), minlength=256)
            seconds.writing += time.perf_counter() - begun
            progress.advance(rows)
    return {value: int(count) for value, count in enumerate(counts) if count}


def _describe(scores: Any, mask: Any, predictor: Predictor) -> None:
    recipe = predictor.recipe
    shown = recipe.classes[-1:] if recipe.channels == 1 else recipe.classes
    for index, label in enumerate(shown):
        scores.set_band_description(index + 1, label.name)
    mask.set_band_description(1, "class")
    mask.write_colormap(1, report.colormap(recipe))


def _finish(
    reader: Reader, predictor: Predictor, staging: Path, stem: str, options: Options
) -> list[str]:
    """Write what is derived from the rasters; gives the names of all files."""
    passing = (staging / "scores.tif", staging / "mask.tif")
    names = [f"{stem}_probability.tif", f"{stem}_mask.tif", f"{stem}_overlay.png"]
    for path in passing:
        check(path, where=staging.parent)
    with warnings.catch_warnings(), ThreadPoolExecutor(max_workers=1) as pool:
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        copies = [
            pool.submit(cloud_optimized, path, staging / name, scores=path is passing[0])
            for path, name in zip(passing, names, strict=False)
        ]
        # GDAL compresses without the interpreter, which traces meanwhile.
        names += _drawn(reader, predictor, staging, stem, options)
        for copy in copies:
            copy.result()
    for name in names[:2]:
        check(staging / name, where=staging.parent)
    return names


def _drawn(
    reader: Reader, predictor: Predictor, staging: Path, stem: str, options: Options
) -> list[str]:
    """Write the picture and the polygons; gives the names of the polygons' files."""
    recipe, mask = predictor.recipe, staging / "mask.tif"
    overlay(
        staging / f"{stem}_overlay.png",
        reader,
        mask,
        classes=recipe.classes,
        background=recipe.background,
    )
    if not options.polygons or not georeferenced(reader.dataset):
        return []
    features = trace(
        mask,
        staging / "scores.tif",
        classes=recipe.classes,
        background=recipe.background,
        how=options.tracing,
    )
    names = [f"{stem}.parquet", f"{stem}.geojson"]
    write_geoparquet(staging / names[0], features, crs=reader.dataset.crs)
    write_geojson(staging / names[1], features, crs=reader.dataset.crs)
    return names
