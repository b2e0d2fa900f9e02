"""Sensors: their bands, when they operated and what of the Earth they see.

Only figures from the operators' own documents are here; what they do not say is left out.

Wavelengths are in micrometres, ground sampling distances in metres, coverage is a box
``(west, south, east, north)`` in degrees (WGS 84, EPSG:4326). A width is the full width at half
maximum. Where a document gives a band's edges, the centre is their mean and the width their
difference. Common names are those of the STAC electro-optical extension, v2.0.0 [1]_.

Sources:
    * Sentinel-2: nominal bands and the systematic coverage of land from 56° S to 84° N [2]_;
      launch of Sentinel-2A on 2015-06-23. The satellites' measured centres differ from the
      nominal ones, and from each other, by up to 15 nm.
    * Sentinel-1: orbit inclined by 98.18°; launch of Sentinel-1A on 2014-04-03 [3]_.
    * Landsat 5 TM and Landsat 7 ETM+: band edges [4]_; Landsat 8-9 OLI and TIRS: band edges [5]_.
      Orbit inclined by 98.2° [5]_. Landsat 5 flew from 1984-03-01 to the last command on
      2013-06-05; Landsat 7 from 1999-04-15 to 2025-06-04; Landsat 8 from 2013-02-11 [6]_.
    * NAIP: yearly imagery of the conterminous United States since 2003 [7]_; the box holds the
      outermost points of those 48 states. Cameras changed over the years, so there are no
      wavelengths.

A near-polar orbit inclined by *i* degrees passes over latitudes up to 180° - *i*; the part of a
swath beyond the satellite's own track is left out of the boxes below.

.. [1] https://github.com/stac-extensions/eo/tree/v2.0.0
.. [2] ESA, "Sentinel-2 User Handbook", issue 1 rev. 2, 2015.
.. [3] ESA, "Sentinel-1 User Handbook", 2013; https://sentiwiki.copernicus.eu/web/s1-mission
.. [4] USGS, https://www.usgs.gov/faqs/what-are-band-designations-landsat-satellites
.. [5] USGS, "Landsat 8 (L8) Data Users Handbook", LSDS-1574.
.. [6] USGS, https://www.usgs.gov/landsat-missions
.. [7] USDA, "National Agriculture Imagery Program (NAIP)".
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "LANDSAT_ETM",
    "LANDSAT_OLI",
    "LANDSAT_OLI_TIRS",
    "LANDSAT_TM",
    "NAIP",
    "OPEN_END",
    "OPEN_START",
    "RGB",
    "SENSORS",
    "SENTINEL1_SAR",
    "SENTINEL2_MSI",
    "Band",
    "Sensor",
]

OPEN_START = "1900-01-01T00:00:00Z"
"""The start of a period that has no known start: STAC does not allow null there, and this is what
MLM's best practices write (https://github.com/stac-extensions/mlm/blob/main/best-practices.md)."""

OPEN_END = "9999-12-31T23:59:59Z"
"""The end of a period that has not ended; STAC does not allow null there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One band. None and the empty text mean unknown.

    Attributes:
        name: Name that a model's inputs refer to.
        common_name: Name of the electro-optical extension, such as ``rededge071``.
        center_wavelength: In µm.
        full_width_half_max: In µm.
        gsd: Ground sampling distance at nadir, in m.
        description: One line for people.
    """

    name: str
    common_name: str | None = None
    center_wavelength: float | None = None
    full_width_half_max: float | None = None
    gsd: float | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """One kind of sensor, on one satellite or on several alike.

    Attributes:
        title: Name for people, to stand before "images".
        constellation: STAC ``constellation``, lower case; None where there is none.
        platform: STAC ``platform``, where the sensor flew on one satellite alone.
        instruments: STAC ``instruments``, lower case.
        bands: Its bands, in their usual order.
        coverage: ``(west, south, east, north)`` in degrees; None where it is unknown.
        start: Start of operation, RFC 3339, UTC; None where it is unknown.
        end: End of operation; None where it still operates or where it is unknown.
    """

    title: str
    constellation: str | None = None
    platform: str | None = None
    instruments: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()
    coverage: tuple[float, float, float, float] | None = None
    start: str | None = None
    end: str | None = None

    def band(self, name: str) -> Band | None:
        """The band of that name, whatever the case and leading zeros (``B04`` is ``B4``)."""
        return next((band for band in self.bands if _plain(band.name) == _plain(name)), None)


def _plain(name: str) -> str:
    letters = name.upper().removeprefix("SR_")
    head = letters.rstrip("0123456789")
    return head + (letters[len(head) :].lstrip("0") or "")


def _edges(
    name: str, common_name: str | None, lower: float, upper: float, gsd: float, text: str
) -> Band:
    return Band(
        name=name,
        common_name=common_name,
        center_wavelength=round((lower + upper) / 2, 4),
        full_width_half_max=round(upper - lower, 4),
        gsd=gsd,
        description=text,
    )


def _nominal(name: str, common_name: str, center: int, width: int, gsd: int, text: str) -> Band:
    return Band(
        name=name,
        common_name=common_name,
        center_wavelength=center / 1000,
        full_width_half_max=width / 1000,
        gsd=gsd,
        description=text,
    )


SENTINEL2_MSI = Sensor(
    title="Sentinel-2 MSI",
    constellation="sentinel-2",
    instruments=("msi",),
    bands=(
        _nominal("B1", "coastal", 443, 20, 60, "Coastal aerosol"),
        _nominal("B2", "blue", 490, 65, 10, "Blue"),
        _nominal("B3", "green", 560, 35, 10, "Green"),
        _nominal("B4", "red", 665, 30, 10, "Red"),
        _nominal("B5", "rededge071", 705, 15, 20, "Red edge 1"),
        _nominal("B6", "rededge075", 740, 15, 20, "Red edge 2"),
        _nominal("B7", "rededge078", 783, 20, 20, "Red edge 3"),
        _nominal("B8", "nir", 842, 115, 10, "Near infrared"),
        _nominal("B8A", "nir08", 865, 20, 20, "Narrow near infrared"),
        _nominal("B9", "nir09", 945, 20, 60, "Water vapour"),
        _nominal("B10", "cirrus", 1375, 30, 60, "Cirrus"),
        _nominal("B11", "swir16", 1610, 90, 20, "Shortwave infrared 1"),
        _nominal("B12", "swir22", 2190, 180, 20, "Shortwave infrared 2"),
    ),
    coverage=(-180, -56, 180, 84),
    start="2015-06-23T00:00:00Z",
)

SENTINEL1_SAR = Sensor(
    title="Sentinel-1 C-SAR",
    constellation="sentinel-1",
    instruments=("c-sar",),
    bands=(
        Band(name="VV", description="C-band radar, vertical transmit and vertical receive"),
        Band(name="VH", description="C-band radar, vertical transmit and horizontal receive"),
        Band(name="HH", description="C-band radar, horizontal transmit and horizontal receive"),
        Band(name="HV", description="C-band radar, horizontal transmit and vertical receive"),
    ),
    coverage=(-180, -81.82, 180, 81.82),
    start="2014-04-03T00:00:00Z",
)

_LANDSAT_COVERAGE = (-180, -81.8, 180, 81.8)

LANDSAT_TM = Sensor(
    title="Landsat 5 TM",
    constellation="landsat",
    platform="landsat-5",
    instruments=("tm",),
    bands=(
        _edges("B1", "blue", 0.45, 0.52, 30, "Blue"),
        _edges("B2", "green", 0.52, 0.60, 30, "Green"),
        _edges("B3", "red", 0.63, 0.69, 30, "Red"),
        _edges("B4", "nir", 0.76, 0.90, 30, "Near infrared"),
        _edges("B5", "swir16", 1.55, 1.75, 30, "Shortwave infrared 1"),
        _edges("B6", "lwir", 10.40, 12.50, 120, "Thermal infrared"),
        _edges("B7", "swir22", 2.08, 2.35, 30, "Shortwave infrared 2"),
    ),
    coverage=_LANDSAT_COVERAGE,
    start="1984-03-01T00:00:00Z",
    end="2013-06-05T23:59:59Z",
)

LANDSAT_ETM = Sensor(
    title="Landsat 7 ETM+",
    constellation="landsat",
    platform="landsat-7",
    instruments=("etm+",),
    bands=(
        _edges("B1", "blue", 0.45, 0.52, 30, "Blue"),
        _edges("B2", "green", 0.52, 0.60, 30, "Green"),
        _edges("B3", "red", 0.63, 0.69, 30, "Red"),
        _edges("B4", "nir", 0.77, 0.90, 30, "Near infrared"),
        _edges("B5", "swir16", 1.55, 1.75, 30, "Shortwave infrared 1"),
        _edges("B6_VCID_1", "lwir", 10.40, 12.50, 60, "Thermal infrared, low gain"),
        _edges("B6_VCID_2", "lwir", 10.40, 12.50, 60, "Thermal infrared, high gain"),
        _edges("B7", "swir22", 2.09, 2.35, 30, "Shortwave infrared 2"),
        _edges("B8", "pan", 0.52, 0.90, 15, "Panchromatic"),
    ),
    coverage=_LANDSAT_COVERAGE,
    start="1999-04-15T00:00:00Z",
    end="2025-06-04T23:59:59Z",
)

_OLI_BANDS = (
    _edges("B1", "coastal", 0.435, 0.451, 30, "Coastal aerosol"),
    _edges("B2", "blue", 0.452, 0.512, 30, "Blue"),
    _edges("B3", "green", 0.533, 0.590, 30, "Green"),
    _edges("B4", "red", 0.636, 0.673, 30, "Red"),
    _edges("B5", "nir08", 0.851, 0.879, 30, "Near infrared"),
    _edges("B6", "swir16", 1.566, 1.651, 30, "Shortwave infrared 1"),
    _edges("B7", "swir22", 2.107, 2.294, 30, "Shortwave infrared 2"),
    _edges("B8", "pan", 0.503, 0.676, 15, "Panchromatic"),
    _edges("B9", "cirrus", 1.363, 1.384, 30, "Cirrus"),
)
_TIRS_BANDS = (
    _edges("B10", "lwir11", 10.60, 11.19, 100, "Thermal infrared 1"),
    _edges("B11", "lwir12", 11.50, 12.51, 100, "Thermal infrared 2"),
)
_LANDSAT_8_START = "2013-02-11T00:00:00Z"

LANDSAT_OLI = Sensor(
    title="Landsat 8-9 OLI",
    constellation="landsat",
    instruments=("oli",),
    bands=_OLI_BANDS,
    coverage=_LANDSAT_COVERAGE,
    start=_LANDSAT_8_START,
)

LANDSAT_OLI_TIRS = Sensor(
    title="Landsat 8-9 OLI and TIRS",
    constellation="landsat",
    instruments=("oli", "tirs"),
    bands=(*_OLI_BANDS, *_TIRS_BANDS),
    coverage=_LANDSAT_COVERAGE,
    start=_LANDSAT_8_START,
)

_COLOURS = (
    Band(name="R", common_name="red", description="Red"),
    Band(name="G", common_name="green", description="Green"),
    Band(name="B", common_name="blue", description="Blue"),
)

NAIP = Sensor(
    title="NAIP aerial",
    bands=(*_COLOURS, Band(name="N", common_name="nir", description="Near infrared")),
    coverage=(-124.8, 24.5, -66.9, 49.4),
    start="2003-01-01T00:00:00Z",
)

RGB = Sensor(title="RGB", bands=_COLOURS)

SENSORS: dict[str, Sensor] = {
    "landsat-etm": LANDSAT_ETM,
    "landsat-oli": LANDSAT_OLI,
    "landsat-oli-tirs": LANDSAT_OLI_TIRS,
    "landsat-tm": LANDSAT_TM,
    "naip": NAIP,
    "rgb": RGB,
    "sentinel-1-sar": SENTINEL1_SAR,
    "sentinel-2-msi": SENTINEL2_MSI,
}
"""Every sensor here, by a short name."""
