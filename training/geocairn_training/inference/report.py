"""What is told about a run of inference: its JSON document, and the colours of its mask."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from geocairn_training.colors import rgb
from geocairn_training.hashing import multihash
from geocairn_training.inference.predictor import Predictor
from geocairn_training.inference.raster import Reader, georeferenced
from geocairn_training.inference.stream import Seconds
from geocairn_training.recipe import Recipe

__all__ = ["colormap", "document"]


def colormap(recipe: Recipe) -> dict[int, tuple[int, int, int, int]]:
    """Colour of every value of a mask: red, green, blue and opacity, 0 to 255.

    The background and pixels without data are clear.
    """
    colors = {
        label.value: (*rgb(label.color, index=index), 255)
        for index, label in enumerate(recipe.classes)
    }
    return colors | {recipe.background: (0, 0, 0, 0), recipe.unclassified: (0, 0, 0, 0)}


def document(
    reader: Reader,
    predictor: Predictor,
    *,
    started: datetime,
    parameters: Mapping[str, Any],
    seconds: Seconds,
    total: float,
    counts: Mapping[int, int],
    outputs: Mapping[str, Path],
) -> dict[str, Any]:
    """The metadata of one image's results.

    Args:
        reader: Of the image.
        predictor: The network.
        started: When it began.
        parameters: How it was done.
        seconds: What took how long.
        total: Wall time of everything.
        counts: Pixels by value of the mask.
        outputs: The files by their final names.
    """
    recipe, dataset = predictor.recipe, reader.dataset
    names = {label.value: label.name for label in recipe.classes}
    names.setdefault(recipe.background, "background")
    names[recipe.unclassified] = "no data"
    pixels = dataset.height * dataset.width
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
        "image": {
            "file": Path(dataset.name).name,
            "checksum": multihash(Path(dataset.name)),
            "height": dataset.height,
            "width": dataset.width,
            "bands": list(reader.indexes),
            "dtype": dataset.dtypes[0],
            "nodata": reader.nodata if dataset.nodata is None else dataset.nodata,
            "crs": dataset.crs.to_string() if dataset.crs else None,
            "transform": list(dataset.transform)[:6] if georeferenced(dataset) else None,
        },
        "parameters": dict(parameters),
        "classes": {names[value]: {"value": value, "pixels": counts[value]} for value in counts},
        "seconds": {key: round(value, 4) for key, value in asdict(seconds).items()}
        | {"total": round(total, 4)},
        "pixels_per_second": round(pixels / total),
        "outputs": {
            name: {"size": path.stat().st_size, "checksum": multihash(path)}
            for name, path in outputs.items()
        },
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("geocairn", "numpy", "rasterio")},
        },
    }
