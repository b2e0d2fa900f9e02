"""xarray: arrays with dimensions by name, in memory or computed when they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray

from geocairn.errors import InputError
from geocairn.run.scenes.base import Place, Scene, SceneBand, Source, Window

__all__ = ["ArraySource", "from_xarray", "is_xarray"]

_X = ("x", "lon", "longitude", "easting", "column", "width")
_Y = ("y", "lat", "latitude", "northing", "row", "height")
_BAND = ("band", "bands", "channel", "channels", "variable")
_TIME = ("time", "date", "times")


def is_xarray(value: Any) -> bool:
    """Whether a value is xarray's, without importing xarray."""
    return type(value).__module__.split(".")[0] == "xarray"


class ArraySource:
    """An array with the dimensions band, y and x, in this order."""

    def __init__(self, array: Any, place: Place, nodata: float | None) -> None:
        self._array = array
        self._nodata = nodata
        self.place = place

    def dtype(self, index: int) -> str:  # noqa: ARG002 - one type for all
        """See `Source.dtype`."""
        return str(self._array.dtype)

    def read(
        self, indexes: Sequence[int], window: Window
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """See `Source.read`; only the window is computed."""
        top, left, height, width = window
        chosen = [index - 1 for index in indexes]
        part = self._array[chosen, top : top + height, left : left + width]
        pixels = np.asarray(part)
        valid = np.ones(pixels.shape[-2:], bool)
        if pixels.dtype.kind == "f":
            valid &= np.isfinite(pixels).all(axis=0)
        if self._nodata is not None:
            valid &= ~(pixels == self._nodata).any(axis=0)
        return pixels, valid

    def overview(self, indexes: Sequence[int], size: int) -> NDArray[Any]:
        """See `Source.overview`."""
        steps = [max(1, -(-length // size)) for length in (self.place.height, self.place.width)]
        chosen = [index - 1 for index in indexes]
        values = np.asarray(self._array[chosen, :: steps[0], :: steps[1]]).astype(np.float64)
        if self._nodata is not None:
            values[values == self._nodata] = np.nan
        return values

    def onto(self, place: Place) -> Source:  # noqa: ARG002 - the same for any
        """See `Source.onto`."""
        raise InputError(
            "an xarray lies on another grid than the rest of the input",
            remedy="Bring all onto one grid first, with rioxarray's reproject_match.",
        )

    def close(self) -> None:
        """See `Source.close`; arrays are nobody's."""


def from_xarray(value: Any, *, name: str = "") -> list[Scene]:
    """The scenes of a DataArray or Dataset: one for each time, or one.

    Raises:
        InputError: If there is no y and x among its dimensions.
    """
    array = value.to_dataarray("band") if hasattr(value, "data_vars") else value
    title = name or str(getattr(value, "name", None) or "array")
    band, x, y = (_dimension(array, names) for names in (_BAND, _X, _Y))
    if x is None or y is None:
        raise InputError(
            f"has the dimensions {', '.join(map(str, array.dims))}, and no y and x among them",
            where=title,
            remedy="Name the dimensions band, y and x.",
        )
    time = _dimension(array, _TIME)
    if band is None:
        band = "band"
        array = array.expand_dims(band)
    extra = set(array.dims) - {band, x, y, time}
    if extra:
        raise InputError(
            f"has dimensions beyond time, band, y and x: {', '.join(map(str, extra))}",
            where=title,
            remedy="Choose one place along each, with .isel().",
        )
    place = _place(array, x, y)
    parts = [array] if time is None else [array.isel({time: n}) for n in range(array.sizes[time])]
    return [_scene(part.transpose(band, y, x), place, band, title) for part in parts]


def _scene(array: Any, place: Place, band: str, title: str) -> Scene:
    attributes: Mapping[str, Any] = array.attrs
    raw = attributes.get("_FillValue", attributes.get("nodata"))
    nodata = float(raw) if isinstance(raw, (int, float, np.number)) else None
    labels = [str(one) for one in array.coords[band].values] if band in array.coords else []
    # Numbers that merely count are no names.
    if labels in ([str(n + 1) for n in range(len(labels))], [str(n) for n in range(len(labels))]):
        labels = []
    count = array.sizes[band]
    names = labels or list(attributes.get("long_name", ())) or [""] * count
    if isinstance(attributes.get("long_name"), str) or len(names) != count:
        names = labels or [""] * count
    bands = tuple(
        SceneBand(name=label, dtype=str(array.dtype), nodata=nodata, index=index + 1)
        for index, label in enumerate(names)
    )
    return Scene(title, "", bands, (lambda: ArraySource(array, place, nodata),))


def _dimension(array: Any, names: Sequence[str]) -> str | None:
    return next((one for one in array.dims if str(one).lower() in names), None)


def _place(array: Any, x: str, y: str) -> Place:
    height, width = array.sizes[y], array.sizes[x]
    crs = _crs(array)
    transform = None
    if x in array.coords and y in array.coords and height > 1 and width > 1:
        xs, ys = (np.asarray(array.coords[axis].values, np.float64) for axis in (x, y))
        across, down = (xs[-1] - xs[0]) / (width - 1), (ys[-1] - ys[0]) / (height - 1)
        for axis, step in ((xs, across), (ys, down)):
            if not np.allclose(np.diff(axis), step, rtol=1e-3, atol=0):
                raise InputError(
                    "has coordinates that are not evenly spaced",
                    remedy="Resample the array onto an even grid.",
                )
        transform = rasterio.Affine(across, 0, xs[0] - across / 2, 0, down, ys[0] - down / 2)
    return Place(height, width, transform, crs if transform is not None else None)


def _crs(array: Any) -> Any:
    """Where rioxarray and odc keep it: in a coordinate ``spatial_ref``, or an attribute ``crs``."""
    from rasterio.crs import CRS

    texts = [array.attrs.get("crs")]
    for coordinate in array.coords.values():
        texts += [coordinate.attrs.get(key) for key in ("crs_wkt", "spatial_ref")]
    text = next((one for one in texts if one), None)
    return None if text is None else CRS.from_user_input(str(text))
