"""How a prediction is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geocairn.errors import InputError
from geocairn.run.polygons import Tracing

__all__ = ["Options"]

_FORMATS = ("cog", "gpkg", "parquet", "geojson")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a prediction is made; None leaves it to the model.

    Attributes:
        bands: The scene's bands, by number (from 1) or name, by the name of the model's.
        tile: Height and width of the windows in pixels, or both in one number; None for the size
            that the network insists on, else about 1024 where it looks at what is near only, else
            the size that its item gives.
        overlap: Pixels that neighbouring windows share; None for a quarter of the tile.
        batch: Windows that the network is given at once.
        threshold: Least score of a class, or of an object.
        output_name: Name of the output to take, where the model has several.
        format: ``cog``, ``gpkg``, ``parquet`` or ``geojson``; None for what the file's ending says.
        scores: File for the scores of the classes, as a GeoTIFF, beside the classes themselves.
        raw: Whether post-processing is left out, and what the network gives is written as it is.
        nodata: Raw value without data, beside what the scene says.
        nms: Intersection over union above which two boxes mean the same object.
        tracing: How polygons are made.
        workers: Threads that read ahead.
        check: Whether scenes with values of another kind are refused.
        empty: Whether scenes that hold no data at all are taken, too.
        restart: Whether to begin anew, where an equal run was cut off.
        times: Whether a list is one scene for each time, rather than files of bands; None to tell
            by the model.
    """

    bands: Mapping[str, int | str] | None = None
    tile: int | tuple[int, int] | None = None
    overlap: int | None = None
    batch: int | None = None
    threshold: float | None = None
    output_name: str | None = None
    format: str | None = None
    scores: str | None = None
    raw: bool = False
    nodata: float | None = None
    nms: float = 0.5
    tracing: Tracing = field(default_factory=Tracing)
    workers: int = 1
    check: bool = True
    empty: bool = False
    restart: bool = False
    times: bool | None = None

    def __post_init__(self) -> None:
        if self.format is not None and self.format not in _FORMATS:
            raise InputError(
                f"there is no format {self.format!r}", remedy=f"Use {', '.join(_FORMATS)}."
            )
        if self.batch is not None and self.batch < 1:
            raise InputError(f"a batch of {self.batch}", remedy="Use 1 or more.")

    def told(self) -> dict[str, Any]:
        """What shapes the result, for its lineage."""
        found: dict[str, Any] = {
            "bands": dict(self.bands) if self.bands else None,
            "threshold": self.threshold,
            "output": self.output_name,
            "raw": self.raw or None,
            "nodata": self.nodata,
        }
        return {key: value for key, value in found.items() if value is not None}
