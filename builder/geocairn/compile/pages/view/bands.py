"""Bands of an item, and where they lie in the spectrum."""

from __future__ import annotations

import math
from typing import Any

from geocairn.compile.pages.view.values import known, number, objects, record, rounded, text

__all__ = ["bands_of", "colour_of", "spectrum"]

WIDTH = 720
ROW = 26
_LONGEST = 14
_TICKS = (0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.5, 2, 3, 5, 8, 12, 15)
# Upper ends in micrometres of what the eye sees as one colour, and what lies beyond it.
_COLOURS = (
    (0.45, "#5b4bc4"),
    (0.51, "#2f6fd6"),
    (0.58, "#2f9a4b"),
    (0.6, "#c9a227"),
    (0.69, "#cf3f34"),
    (0.76, "#a83254"),
    (1.0, "#8c2f6b"),
    (1.45, "#7a5a8c"),
    (3.0, "#8a6a3f"),
    (100.0, "#7d4a3a"),
)
_BY_NAME = {
    "pan": "#7f8785",
    "coastal": "#5b4bc4",
    "blue": "#2f6fd6",
    "green": "#2f9a4b",
    "yellow": "#c9a227",
    "red": "#cf3f34",
    "rededge": "#a83254",
    "nir": "#8c2f6b",
    "cirrus": "#7a5a8c",
    "swir16": "#8a6a3f",
    "swir22": "#8a6a3f",
    "lwir": "#7d4a3a",
}


def bands_of(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The bands that inputs refer to: those of the properties, else of the model's assets."""
    places = [record(item.get("properties"))]
    for asset in record(item.get("assets")).values():
        roles = record(asset).get("roles")
        if isinstance(roles, list) and "mlm:model" in roles:
            places.append(asset)
    for key in ("bands", "eo:bands", "raster:bands"):
        for place in places:
            found = [_band(raw) for raw in objects(place.get(key)) if text(raw.get("name"))]
            if found:
                return found
    return []


def _band(raw: dict[str, Any]) -> dict[str, Any]:
    common = text(raw.get("eo:common_name", raw.get("common_name")))
    center = number(raw.get("eo:center_wavelength", raw.get("center_wavelength")))
    return {
        "name": raw["name"],
        "common": common,
        "description": text(raw.get("description")),
        "center": center,
        "width": number(raw.get("eo:full_width_half_max", raw.get("full_width_half_max"))),
        "gsd": number(raw.get("gsd", raw.get("spatial_resolution"))),
        "colour": colour_of(center, common),
    }


def colour_of(center: float | None, common: str | None) -> str | None:
    """A colour to draw a band in; the eye's own where it sees it."""
    if center is not None and center > 0:
        return next((colour for end, colour in _COLOURS if center < end), None)
    return _BY_NAME.get(common or "")


def spectrum(bands: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Where bands lie on a logarithmic axis of wavelengths (micrometres), in rows."""
    shown = [band for band in bands if band["center"] is not None and 0.2 < band["center"] < 20]
    if not shown:
        return None
    low = min(0.38, *(_edges(band)[0] for band in shown))
    high = max(0.8, *(_edges(band)[1] * 1.06 for band in shown))
    scale = WIDTH / math.log(high / low)

    def place(wavelength: float) -> float:
        return rounded(math.log(wavelength / low) * scale)

    rows: list[float] = []
    bars = []
    for band in sorted(shown, key=lambda band: (band["center"], band["name"])):
        start, end = (place(edge) for edge in _edges(band))
        label = max(end - start, 7.5 * len(_short(band["name"])))
        row = next((n for n, taken in enumerate(rows) if taken <= start), len(rows))
        rows[row : row + 1] = [start + label + 6]
        bars.append(
            {
                "name": band["name"],
                "label": _short(band["name"]),
                "x": start,
                "width": rounded(max(3, end - start)),
                "y": row * ROW,
                "colour": band["colour"],
                "center": band["center"],
            }
        )
    ticks = [{"x": place(tick), "value": tick} for tick in _TICKS if low <= tick <= high]
    # The visible light, as a strip on the axis.
    visible = {"x": place(0.38), "width": rounded(place(0.74) - place(0.38))}
    return {
        "bars": bars,
        "ticks": known(_apart(ticks)),
        "visible": visible,
        "height": len(rows) * ROW,
        "width": WIDTH,
    }


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}\u2026"


def _edges(band: dict[str, Any]) -> tuple[float, float]:
    half = (band["width"] or 0) / 2
    return max(0.2, band["center"] - half), min(30, band["center"] + half)


def _apart(ticks: list[dict[str, float]]) -> list[dict[str, float]]:
    kept: list[dict[str, float]] = []
    for tick in ticks:
        if not kept or tick["x"] - kept[-1]["x"] >= 34:
            kept.append(tick)
    return kept
