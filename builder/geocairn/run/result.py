"""What a prediction gives: a file with its lineage, and what can be made of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
from numpy.typing import NDArray

from geocairn import _io
from geocairn.errors import InputError
from geocairn.model import Class
from geocairn.run.extras import need
from geocairn.run.polygons import Traced, Tracing, trace
from geocairn.run.spec import Kind
from geocairn.run.vectors import Features, format_of, write_features

__all__ = ["Prediction", "traced_features"]


@dataclass(frozen=True)
class Prediction:
    """A result.

    Attributes:
        path: The file.
        kind: What it holds; see `geocairn.run.spec.Kind`.
        format: ``cog``, ``gpkg``, ``parquet`` or ``geojson``.
        lineage: The STAC Item beside it.
        scores: Raster of the scores, where it was asked for; None where not.
        model: Id of the model.
        classes: Those that may occur.
        background: Value of what is of no class of interest.
        counts: Pixels, tiles or objects by class value.
        seconds: Wall time: ``reading``, ``network``, ``blending``, ``writing`` and ``total``.
        windows: How many windows there were.
        note: Something that the user should know; empty where there is nothing.
    """

    path: Path
    kind: Kind
    format: str
    lineage: Path
    scores: Path | None
    model: str
    classes: tuple[Class, ...]
    background: int
    counts: Mapping[int, int]
    seconds: Mapping[str, float]
    windows: int
    note: str = ""
    _folder: Any = field(default=None, repr=False)
    """Keeps a passing folder alive, where the user named no file."""

    def __fspath__(self) -> str:
        return os.fspath(self.path)

    def __str__(self) -> str:
        return str(self.path)

    def __repr__(self) -> str:
        return f"<Prediction {self.path} ({self.kind}) by {self.model}>"

    def array(self, *, bands: Sequence[int] | int | None = None) -> NDArray[Any]:
        """The raster's values: (height, width) for one band, else (bands, height, width).

        Args:
            bands: Which, from 1; None for all.
        """
        with self._raster() as dataset:
            found: NDArray[Any] = dataset.read(bands)
        return found[0] if found.ndim == 3 and len(found) == 1 else found

    def item(self) -> dict[str, Any]:
        """The STAC Item beside the result."""
        found: dict[str, Any] = _io.loads(self.lineage.read_bytes(), where=str(self.lineage))
        return found

    def polygons(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        minimum_area: float = 0.0,
        tolerance: float = 1.0,
        square: bool = False,
    ) -> list[Traced]:
        """Trace the polygons of every class but the background.

        Args:
            path: File to write: .parquet, .gpkg or .geojson; None for none.
            minimum_area: In square metres; smaller ones, and smaller holes, are left out.
            tolerance: Of the simplification, in pixels.
            square: Whether to turn outlines square, as suits buildings.

        Raises:
            InputError: If the result is no raster of classes, or has no coordinate reference
                system that a file of polygons needs.
            OutputError: If the file cannot be written.
        """
        if self.kind != "segmentation" or self.format != "cog":
            raise InputError(
                f"holds {self.kind} as {self.format}, of which no polygons can be traced",
                where=str(self.path),
                remedy="Predict into a GeoTIFF with a model for segmentation.",
            )
        how = Tracing(minimum_area=minimum_area, tolerance=tolerance, square=square)
        found = trace(
            self.path, self.scores, classes=self.classes, background=self.background, how=how
        )
        if path is not None:
            with self._raster() as dataset:
                crs = dataset.crs
            target = Path(path)
            write_features(target, traced_features(found, crs), kind=format_of(target))
        return found

    def plot(self, *, scene: Any = None, ax: Any = None, size: int = 1024) -> Any:
        """Draw the result with matplotlib, over the scene if one is given.

        Args:
            scene: A raster to lay it over.
            ax: Axes to draw into; None for new ones.
            size: Pixels of the longer side at most.

        Returns:
            The axes.
        """
        from geocairn.run.plotting import plot_prediction

        need("matplotlib", purpose="draw results", extra="train")
        return plot_prediction(self, scene=scene, ax=ax, size=size)

    def _raster(self) -> Any:
        from geocairn.run.scenes.rasters import open_raster

        if self.format != "cog":
            raise InputError(
                "is no raster", where=str(self.path), remedy="Predict into a .tif for one."
            )
        return open_raster(str(self.path))

    def _repr_html_(self) -> str:
        from geocairn.run.html import prediction_html

        return prediction_html(self)


def traced_features(found: Sequence[Traced], crs: Any) -> Features:
    """Polygons as they are written.

    Args:
        found: The polygons.
        crs: Their coordinate reference system.

    Raises:
        InputError: If there is none.
    """
    if crs is None:
        raise InputError(
            "has no coordinate reference system, so nobody could tell where polygons lie",
            remedy="Write a GeoTIFF instead, or give the scene its reference system first "
            "(rio edit-info --crs).",
        )
    scores = [None if one.score is None else round(one.score, 4) for one in found]
    return Features(
        [one.geometry for one in found],
        {
            "class": pa.array([one.label.name for one in found], pa.string()),
            "value": pa.array([one.label.value for one in found], pa.int32()),
            "score": pa.array(scores, pa.float64()),
            "area_m2": pa.array([round(one.area, 2) for one in found], pa.float64()),
        },
        crs,
    )
