"""One image, or a folder of them, from reading to written results."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geocairn import _io
from geocairn.errors import InputError, OutputError
from geocairn.model import Asset
from geocairn.progress import Progress, Silent
from geocairn.run import options as running
from geocairn.run.fetch import Fetched
from geocairn.run.inputs import matches_for
from geocairn.run.loading import Loaded
from geocairn.run.predict import predict
from geocairn.run.result import Prediction, traced_features
from geocairn.run.scenes import open_scene
from geocairn.run.scenes.rasters import open_raster, place_of, readable
from geocairn.run.vectors import write_features
from geocairn_training.inference import report
from geocairn_training.inference.overlay import overlay
from geocairn_training.inference.predictor import Predictor
from geocairn_training.inference.spec import spec_of

__all__ = ["Options", "images_in", "run"]

_ENDINGS = (".tif", ".tiff", ".png", ".jpg", ".jpeg", ".jp2", ".vrt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(running.Options):
    """How inference is done: as any model is run, see `geocairn.run.options.Options`.

    Attributes:
        polygons: Whether polygons are written.
    """

    polygons: bool = True


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
        progress: Is told how many rows of windows of each image are done.

    Yields:
        What ``scene.json`` says, image by image.

    Raises:
        InputError: If an image cannot be read, lacks a band, holds values of another kind, or the
            windows' overlap is not smaller than they are.
        OutputError: If the results cannot be written.
    """
    checksum = predictor.checksum()
    loaded = Loaded(
        spec_of(predictor.recipe),
        Asset("model", None, None, None, (), None, None, None, {}),
        Fetched(predictor.path or Path(), checksum, compared=False),
        predictor,
    )
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _io.output_error(error, output) from error
    for image in images:
        staging = Path(tempfile.mkdtemp(prefix=f".{image.stem}-", dir=output))
        try:
            document = _one(image, loaded, predictor, staging, options, progress or Silent())
            # The description comes last: where it is, all else is.
            for name in [*document["outputs"], f"{image.stem}.json"]:
                (staging / name).replace(output / name)
        except OutputError as error:
            # The folder that it speaks of is gone.
            raise OutputError(error.message, where=str(output), remedy=error.remedy) from error
        except OSError as error:
            raise _io.output_error(error, output) from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        yield document


def _one(
    image: Path,
    loaded: Loaded,
    predictor: Predictor,
    staging: Path,
    options: Options,
    progress: Progress,
) -> dict[str, Any]:
    begun, started = time.perf_counter(), datetime.now(UTC)
    names = [f"{image.stem}_{kind}" for kind in ("probability.tif", "mask.tif", "overlay.png")]
    options = replace(options, scores=str(staging / names[0]), format="cog", empty=True)
    found = predict(loaded, image, staging / names[1], options=options, progress=progress)
    then = time.perf_counter()
    bands = _bands(image, loaded, options)
    overlay(staging / names[2], image, found, bands=bands)
    if options.polygons:
        names += _polygons(found, staging, image.stem, options)
    document = report.document(
        image,
        predictor,
        found,
        bands=bands,
        started=started,
        threshold=predictor.recipe.threshold if options.threshold is None else options.threshold,
        drawing=time.perf_counter() - then,
        total=time.perf_counter() - begun,
        outputs={name: staging / name for name in names},
    )
    (staging / f"{image.stem}.json").write_bytes(_io.dumps(document, indent=True) + b"\n")
    return document


def _bands(image: Path, loaded: Loaded, options: Options) -> list[int]:
    """Which bands of the image the network was given, counted from 1, in its order."""
    (spec,) = loaded.spec.inputs
    matches = matches_for(spec, open_scene(image), range(len(spec.bands)), options.bands)
    return [one.found.index for one in matches.values() if one.found is not None]


def _polygons(found: Prediction, staging: Path, stem: str, options: Options) -> list[str]:
    """Trace and write polygons; gives the names of the files, none without a place."""
    with open_raster(str(found.path)) as dataset, readable(str(found.path)):
        if not place_of(dataset).georeferenced:
            return []
        crs = dataset.crs
    how = options.tracing
    traced = found.polygons(
        minimum_area=how.minimum_area, tolerance=how.tolerance, square=how.square
    )
    features = traced_features(traced, crs)
    names = {"parquet": f"{stem}.parquet", "geojson": f"{stem}.geojson"}
    for kind, name in names.items():
        write_features(staging / name, features, kind=kind)
    return list(names.values())
