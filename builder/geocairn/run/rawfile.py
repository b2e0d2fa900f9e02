"""Rasters that grow from the top to the bottom, and become Cloud Optimized GeoTIFF in the end.

Rows are appended to a file without any header, so a run that is cut off leaves exactly the rows
that it finished, and the next one goes on there. A text beside it, in the VRT format of GDAL, tells
how it is read.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import rasterio
import rasterio.errors
import rasterio.shutil
from numpy.typing import NDArray

from geocairn import _io
from geocairn.run import whole
from geocairn.run.scenes import Place

__all__ = ["RawRaster", "cloud_optimized"]

_GDAL = {
    "uint8": "Byte",
    "uint16": "UInt16",
    "int16": "Int16",
    "int32": "Int32",
    "float32": "Float32",
    "float64": "Float64",
}
_BLOCK = 512


@dataclass(frozen=True)
class RawRaster:
    """A raster that is being written.

    Attributes:
        path: The file.
        place: Where it lies.
        count: Number of bands.
        dtype: NumPy's name of the values' type.
        nodata: The value that means *no data*.
        names: Of the bands.
        colors: Red, green, blue and opacity, 0 to 255, by value; empty for none.
        tags: Metadata.
    """

    path: Path
    place: Place
    count: int
    dtype: str
    nodata: float
    names: tuple[str, ...] = ()
    colors: Mapping[int, tuple[int, int, int, int]] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def row_size(self) -> int:
        """Bytes of a row of pixels, all bands."""
        return self.count * self.place.width * np.dtype(self.dtype).itemsize

    def keep(self, rows: int) -> None:
        """Cut off what lies below some rows, or begin anew with 0."""
        with self.path.open("ab") as file:
            file.truncate(rows * self.row_size)

    def append(self, strip: NDArray[Any]) -> None:
        """Add rows, (bands, rows, width), below those that there are.

        Raises:
            OutputError: If there is no room.
        """
        ordered = np.ascontiguousarray(strip.transpose(1, 0, 2)).astype(self.dtype, copy=False)
        little = ordered.astype(ordered.dtype.newbyteorder("<"), copy=False)
        try:
            with self.path.open("ab") as file:
                file.write(little.data)
        except OSError as error:
            raise _io.output_error(error, self.path) from error

    def described(self) -> Path:
        """Write how the file is read, and give the file that GDAL opens."""
        item = np.dtype(self.dtype).itemsize
        parts = [
            f'<VRTDataset rasterXSize="{self.place.width}" rasterYSize="{self.place.height}">',
            *self._georeference(),
            "<Metadata>",
            *(f"<MDI key={quoteattr(k)}>{escape(v)}</MDI>" for k, v in self.tags.items()),
            "</Metadata>",
        ]
        for band in range(self.count):
            parts += [
                f'<VRTRasterBand dataType="{_GDAL[self.dtype]}" band="{band + 1}" '
                'subClass="VRTRawRasterBand">',
                f"<Description>{escape(self.names[band])}</Description>" if self.names else "",
                f"<NoDataValue>{self.nodata}</NoDataValue>",
                *self._palette(),
                f'<SourceFilename relativeToVRT="1">{escape(self.path.name)}</SourceFilename>',
                f"<ImageOffset>{band * self.place.width * item}</ImageOffset>",
                f"<PixelOffset>{item}</PixelOffset>",
                f"<LineOffset>{self.row_size}</LineOffset>",
                "<ByteOrder>LSB</ByteOrder>",
                "</VRTRasterBand>",
            ]
        path = self.path.with_suffix(".vrt")
        text = "\n".join(part for part in [*parts, "</VRTDataset>\n"] if part)
        _io.write_atomic(path, text.encode(), durable=False)
        return path

    def _georeference(self) -> list[str]:
        found = []
        if self.place.crs is not None:
            found.append(f"<SRS>{escape(self.place.crs.to_wkt())}</SRS>")
        if self.place.transform is not None:
            numbers = ", ".join(repr(value) for value in self.place.transform.to_gdal())
            found.append(f"<GeoTransform>{numbers}</GeoTransform>")
        return found

    def _palette(self) -> list[str]:
        if not self.colors:
            return []
        entries = [self.colors.get(value, (0, 0, 0, 0)) for value in range(max(self.colors) + 1)]
        return [
            "<ColorInterp>Palette</ColorInterp><ColorTable>",
            *(f'<Entry c1="{r}" c2="{g}" c3="{b}" c4="{a}"/>' for r, g, b, a in entries),
            "</ColorTable>",
        ]


def cloud_optimized(source: Path, target: Path, *, resampling: str) -> None:
    """Copy a raster into a Cloud Optimized GeoTIFF, which gets its name when it is whole.

    Args:
        source: The raster.
        target: The file to write.
        resampling: How GDAL makes its overviews, such as ``average`` or ``nearest``.

    Raises:
        OutputError: If it cannot be written.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with rasterio.open(source) as dataset:
            floating = np.dtype(dataset.dtypes[0]).kind == "f"
        try:
            with whole.writing(target):
                rasterio.shutil.copy(
                    str(source),
                    str(target),
                    driver="COG",
                    COMPRESS="DEFLATE",
                    LEVEL=1,
                    PREDICTOR="FLOATING_POINT" if floating else "STANDARD",
                    BLOCKSIZE=_BLOCK,
                    OVERVIEW_RESAMPLING=resampling,
                    NUM_THREADS="ALL_CPUS",
                    BIGTIFF="IF_SAFER",
                )
            whole.check(target, where=target)
        except OSError as error:
            raise _io.output_error(error, target) from error
