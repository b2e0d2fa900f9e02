"""What is told about a run of inference: its JSON document."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from geocairn.artifacts.files import checksum
from geocairn.run.result import Prediction
from geocairn.run.scenes.rasters import open_raster, place_of, readable
from geocairn_training.inference.predictor import Predictor

__all__ = ["document"]


def document(
    image: Path,
    predictor: Predictor,
    found: Prediction,
    *,
    bands: Sequence[int],
    started: datetime,
    threshold: float,
    drawing: float,
    total: float,
    outputs: Mapping[str, Path],
) -> dict[str, Any]:
    """The metadata of one image's results.

    Args:
        image: The image.
        predictor: The network.
        found: Its classes.
        bands: Those that the network was given, from 1.
        started: When it began.
        threshold: Probability from which on a class was told.
        drawing: Seconds that picture and polygons took.
        total: Wall time of everything.
        outputs: The files by their final names.
    """
    recipe, told = predictor.recipe, found.item()["properties"]["geocairn:parameters"]
    seconds = {key: value for key, value in found.seconds.items() if key != "total"}
    seconds["writing"] += drawing
    described = _image(
        image, bands, nodata=recipe.nodata if told.get("nodata") is None else told["nodata"]
    )
    pixels = described["height"] * described["width"]
    return {
        "started": started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "model": {
            "name": recipe.name,
            "version": recipe.version or None,
            "file": predictor.path.name if predictor.path else None,
            "checksum": predictor.checksum() or None,
            "activation": recipe.activation,
            "runtime": predictor.runtime,
        },
        "image": described,
        "parameters": {key: told[key] for key in ("tile", "overlap", "batch")}
        | {"windows": found.windows, "threshold": threshold},
        "classes": _classes(predictor, found, pixels),
        "seconds": {key: round(value, 4) for key, value in (seconds | {"total": total}).items()},
        "pixels_per_second": round(pixels / total),
        "outputs": {
            name: {"size": path.stat().st_size, "checksum": checksum(path)}
            for name, path in outputs.items()
        },
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("geocairn", "numpy", "rasterio")},
        },
    }


def _image(image: Path, bands: Sequence[int], *, nodata: float | None) -> dict[str, Any]:
    with open_raster(str(image)) as dataset, readable(str(image)):
        place = place_of(dataset)
        return {
            "file": image.name,
            "checksum": checksum(image),
            "height": place.height,
            "width": place.width,
            "bands": list(bands),
            "dtype": dataset.dtypes[0],
            "nodata": nodata if dataset.nodata is None else dataset.nodata,
            "crs": dataset.crs.to_string() if dataset.crs else None,
            "transform": list(place.transform)[:6] if place.georeferenced else None,
        }


def _classes(predictor: Predictor, found: Prediction, pixels: int) -> dict[str, Any]:
    """Value and pixels of every class that there is, by its name."""
    recipe = predictor.recipe
    names = {label.value: label.name for label in recipe.classes}
    names.setdefault(recipe.background, "background")
    names[recipe.unclassified] = "no data"
    counts = dict(sorted(found.counts.items()))
    if missing := pixels - sum(counts.values()):
        counts[recipe.unclassified] = missing
    return {names[value]: {"value": value, "pixels": count} for value, count in counts.items()}
