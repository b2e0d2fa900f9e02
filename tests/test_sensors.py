"""The sensors' figures hang together."""

from __future__ import annotations

from datetime import datetime

import pytest

from geocairn.sensors import SENSORS, SENTINEL2_MSI, Sensor

# Ranges in µm that the electro-optical extension (v2.0.0) gives for its common names.
COMMON_NAMES = {
    "pan": (0.40, 1.00),
    "coastal": (0.40, 0.45),
    "blue": (0.45, 0.53),
    "green": (0.51, 0.60),
    "red": (0.62, 0.69),
    "rededge071": (0.69, 0.73),
    "rededge075": (0.73, 0.76),
    "rededge078": (0.76, 0.79),
    "nir": (0.76, 1.00),
    "nir08": (0.80, 0.90),
    "nir09": (0.90, 1.00),
    "cirrus": (1.35, 1.40),
    "swir16": (1.55, 1.75),
    "swir22": (2.05, 2.35),
    "lwir": (10.4, 12.5),
    "lwir11": (10.5, 11.5),
    "lwir12": (11.5, 12.5),
}


@pytest.mark.parametrize("sensor", SENSORS.values(), ids=SENSORS.keys())
def test_figures_are_plausible(sensor: Sensor) -> None:
    names = [band.name for band in sensor.bands]
    assert len(set(names)) == len(names)
    for band in sensor.bands:
        if band.center_wavelength is not None:
            assert band.common_name is not None
            low, high = COMMON_NAMES[band.common_name]
            assert low <= band.center_wavelength <= high, band
            assert band.full_width_half_max is not None
            assert 0 < band.full_width_half_max < band.center_wavelength
        if band.gsd is not None:
            assert band.gsd >= 10
    if sensor.coverage is not None:
        west, south, east, north = sensor.coverage
        assert -180 <= west < east <= 180
        assert -90 < south < north < 90
    if sensor.start is not None and sensor.end is not None:
        assert datetime.fromisoformat(sensor.start) < datetime.fromisoformat(sensor.end)


@pytest.mark.parametrize(
    ("name", "found"),
    [("B4", "B4"), ("B04", "B4"), ("b8a", "B8A"), ("B8a", "B8A"), ("B10", "B10"), ("B14", None)],
)
def test_bands_are_found_whatever_their_spelling(name: str, found: str | None) -> None:
    band = SENTINEL2_MSI.band(name)
    assert (band.name if band else None) == found


def test_surface_reflectance_names_are_found() -> None:
    band = SENSORS["landsat-oli-tirs"].band("SR_B5")
    assert band is not None
    assert band.common_name == "nir08"
    thermal = SENSORS["landsat-etm"].band("B6_VCID_2")
    assert thermal is not None
    assert thermal.description.endswith("high gain")
