"""A scene: bands that are known by name, and windows of pixels of those that are chosen."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from geocairn.errors import InputError

__all__ = ["Place", "Scene", "SceneBand", "Source", "Stack"]

Window = tuple[int, int, int, int]
"""First row, first column, height, width."""

# Mean radius of the Earth in metres (IUGG).
_RADIUS = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Place:
    """Where the pixels of a raster lie.

    Attributes:
        height: In pixels.
        width: In pixels.
        transform: Affine, from (column, row) to coordinates; None where it is not known.
        crs: Coordinate reference system (rasterio's CRS); None where it is not known.
    """

    height: int
    width: int
    transform: Any
    crs: Any

    @property
    def georeferenced(self) -> bool:
        """Whether a place on the ground is known for the pixels."""
        return self.crs is not None and self.transform is not None

    def ground_size(self) -> tuple[float, float]:
        """Width and height of a pixel on the ground in metres, at the centre.

        In a geographic system they are arcs on a sphere of the Earth's mean radius; the metres of
        Web Mercator are longer than those on the ground, by the latitude.
        """
        if self.transform is None:
            return 1.0, 1.0
        across = math.hypot(self.transform.a, self.transform.d)
        down = math.hypot(self.transform.b, self.transform.e)
        if self.crs is None:
            return across, down
        _, y = self.transform @ (self.width / 2, self.height / 2)
        if not self.crs.is_geographic:
            factor = self.crs.linear_units_factor[1]
            if self.crs.to_epsg() == 3857:
                factor /= math.cosh(y / 6_378_137)
            return across * factor, down * factor
        degree = math.radians(1) * _RADIUS
        return across * degree * math.cos(math.radians(y)), down * degree

    def boxes(self) -> list[tuple[float, float, float, float]]:
        """What it covers: west, south, east, north in degrees (WGS 84).

        None where its place is not known, two where it crosses the antimeridian.
        """
        if not self.georeferenced:
            return []
        # GDAL is loaded only where there are rasters.
        from rasterio.errors import RasterioError
        from rasterio.warp import transform_bounds

        # All four corners: a rotated raster reaches beyond two of them.
        corners = ((x, y) for x in (0, self.width) for y in (0, self.height))
        xs, ys = zip(*(self.transform @ one for one in corners), strict=True)
        box = (min(xs), min(ys), max(xs), max(ys))
        try:
            found = transform_bounds(self.crs, "EPSG:4326", *box)
        except RasterioError:  # its coordinates lie beyond what its system can say
            return []
        if not all(map(math.isfinite, found)):
            return []
        west, south, east, north = found
        east += 360 * (west > east)
        shift = 360 if west < -180 else -360 if west >= 180 else 0
        west, east = west + shift, east + shift
        if east <= 180:
            return [(west, south, east, north)]
        return [(west, south, 180.0, north), (-180.0, south, east - 360, north)]

    def gsd(self) -> float | None:
        """Ground sampling distance in metres; None where the place is not known."""
        return math.sqrt(math.prod(self.ground_size())) if self.georeferenced else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneBand:
    """One band of a scene.

    Attributes:
        name: Its name; empty where it has none.
        common_name: Of the electro-optical extension; empty where it is not known.
        wavelength: Of its centre, in µm; None where it is not known.
        width: Full width at half maximum, in µm; None where it is not known.
        dtype: NumPy's name of its type; empty where it is not known before it is opened.
        nodata: Its value for *no data*; None where there is none.
        source: Which of the scene's sources it is in.
        index: Which band there, from 1.
    """

    name: str = ""
    common_name: str = ""
    wavelength: float | None = None
    width: float | None = None
    dtype: str = ""
    nodata: float | None = None
    source: int = 0
    index: int = 1

    @property
    def label(self) -> str:
        """For people."""
        told = self.name or self.common_name
        number = f"band {self.index}"
        return f"{told} ({number})" if told and told != number else number


class Source(Protocol):
    """Something with bands that lie on one grid."""

    @property
    def place(self) -> Place:
        """Where its pixels lie."""
        ...

    def dtype(self, index: int) -> str:
        """NumPy's name of a band's type."""
        ...

    def read(
        self, indexes: Sequence[int], window: Window
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Pixels (bands, height, width) and which hold data (height, width)."""
        ...

    def overview(self, indexes: Sequence[int], size: int) -> NDArray[Any]:
        """Bands (bands, height, width), thinned out to `size` pixels a side at most."""
        ...

    def onto(self, place: Place) -> Source:
        """The same, resampled to another grid."""
        ...

    def close(self) -> None:
        """Release what is open."""
        ...


@dataclass(frozen=True)
class Scene:
    """A scene that is known, and not yet read.

    Attributes:
        name: For people and files.
        href: Where it is; empty where it is nowhere but in memory.
        bands: What there is.
        openers: Of the sources that bands speak of.
        properties: Of its STAC Item, where it has one; ``datetime`` and ``gsd`` are looked for.
        geometry: Footprint in degrees (WGS 84) as GeoJSON, where its item gives one.
        item: Address of its STAC Item; empty where it has none.
    """

    name: str
    href: str
    bands: tuple[SceneBand, ...]
    openers: tuple[Callable[[], Source], ...] = field(repr=False)
    properties: Mapping[str, Any] = field(default_factory=dict, repr=False)
    geometry: Mapping[str, Any] | None = field(default=None, repr=False)
    item: str = ""

    def stack(self, bands: Sequence[SceneBand], *, place: Place | None = None) -> Stack:
        """Open what some bands need, all on one grid.

        Args:
            bands: The bands, in the order wanted.
            place: The grid; None for that of the finest band.

        Raises:
            InputError: If something cannot be opened or laid onto the others.
        """
        return Stack.over(self, bands, place=place)


class Stack:
    """Chosen bands of a scene on one grid, open for reading.

    Attributes:
        place: The grid.
        bands: The bands, in order.
        dtypes: Their types.
    """

    def __init__(
        self, bands: Sequence[SceneBand], sources: Mapping[int, Source], place: Place, name: str
    ) -> None:
        self.bands = tuple(bands)
        self.place = place
        self.name = name
        self._sources = dict(sources)
        self.dtypes = tuple(self._sources[one.source].dtype(one.index) for one in self.bands)
        self._groups = [
            (number, [place for place, one in enumerate(self.bands) if one.source == number])
            for number in sorted({one.source for one in self.bands})
        ]

    @classmethod
    def over(cls, scene: Scene, bands: Sequence[SceneBand], *, place: Place | None) -> Stack:
        """See `Scene.stack`."""
        with ExitStack() as undo:
            sources: dict[int, Source] = {}
            for number in dict.fromkeys(one.source for one in bands):
                sources[number] = scene.openers[number]()
                undo.callback(sources[number].close)
            if place is None:
                place = min(
                    (one.place for one in sources.values()),
                    key=lambda one: one.gsd() or math.inf,
                )
            for number, source in sources.items():
                if not _same(source.place, place):
                    sources[number] = _laid(source, place, scene.name)
                    undo.callback(sources[number].close)
            made = cls(bands, sources, place, scene.name)
            made._undo = undo.pop_all()
            return made

    _undo: ExitStack

    def __enter__(self) -> Stack:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release what is open."""
        self._undo.close()

    def read(self, window: Window) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Read a window inside the raster.

        Returns:
            The pixels, (bands, height, width) in a type that holds all bands, and which of them
            hold data in every band, bool (height, width).
        """
        if len(self._groups) == 1:
            number, _ = self._groups[0]
            return self._sources[number].read([one.index for one in self.bands], window)
        pixels = np.empty((len(self.bands), *window[2:]), np.result_type(*self.dtypes))
        valid = np.ones(window[2:], bool)
        for number, places in self._groups:
            indexes = [self.bands[place].index for place in places]
            pixels[places], here = self._sources[number].read(indexes, window)
            valid &= here
        return pixels, valid

    def overview(self, size: int = 512) -> NDArray[Any]:
        """The bands, thinned out: float64 (bands, pixels), NaN where there is no data."""
        found = []
        for one in self.bands:
            values = self._sources[one.source].overview([one.index], size)[0]
            found.append(np.resize(values.astype(np.float64).ravel(), size * size))
        return np.stack(found)


def _same(one: Place, other: Place) -> bool:
    if (one.height, one.width) != (other.height, other.width):
        return False
    if not (one.georeferenced and other.georeferenced):
        return True
    close: bool = one.transform.almost_equals(other.transform, precision=1e-6)
    return one.crs == other.crs and close


def _laid(source: Source, place: Place, name: str) -> Source:
    if not (source.place.georeferenced and place.georeferenced):
        sizes = f"{source.place.height} x {source.place.width} and {place.height} x {place.width}"
        raise InputError(
            f"has bands of different sizes ({sizes}), and no georeference to lay one onto another",
            where=name,
            remedy="Give bands of one size, or files that say where they lie.",
        )
    return source.onto(place)
