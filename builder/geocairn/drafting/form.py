"""The definitions of the form as one document, for the page that asks the same in a browser."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from geocairn.checks.rules.attribution import licences
from geocairn.drafting.answers import CHOICES, places
from geocairn.sensors import SENSORS, Band, Sensor

__all__ = ["form"]


def form() -> dict[str, Any]:
    """Everything that a form needs.

    Returns:
        ``groups`` and ``fields`` as in `fields.json`; ``choices`` by the names that fields give;
        ``sensors`` with their bands in terms of STAC; ``places`` with their boxes; ``licences``,
        the identifiers of SPDX by their names in lower case.
    """
    definitions = json.loads(Path(__file__).with_name("fields.json").read_text(encoding="utf-8"))
    return {
        "groups": definitions["groups"],
        "fields": definitions["fields"],
        "choices": {name: list(values) for name, values in CHOICES.items()},
        "sensors": {name: _sensor(sensor) for name, sensor in SENSORS.items()},
        "places": places(),
        "licences": licences(),
    }


def _sensor(sensor: Sensor) -> dict[str, Any]:
    kept = {
        "title": sensor.title,
        "constellation": sensor.constellation,
        "platform": sensor.platform,
    }
    return {
        **{name: value for name, value in kept.items() if value},
        "instruments": list(sensor.instruments),
        "bands": [_band(band) for band in sensor.bands],
    }


def _band(band: Band) -> dict[str, Any]:
    given = asdict(band)
    names = {
        "name": "name",
        "description": "description",
        "gsd": "gsd",
        "eo:common_name": "common_name",
        "eo:center_wavelength": "center_wavelength",
        "eo:full_width_half_max": "full_width_half_max",
    }
    return {name: given[own] for name, own in names.items() if given[own] not in (None, "")}
