"""Rules on the bands that inputs name and on their definitions."""

from __future__ import annotations

from typing import Any

from geocairn.checks import parts
from geocairn.checks.context import Context, band_name, is_number
from geocairn.checks.rule import Rule

__all__ = ["COMMON_NAMES", "RULES", "check"]

_INPUT = "/properties/mlm:input/0"

COMMON_NAMES: dict[str, tuple[float, float]] = {
    "pan": (0.40, 1.00),
    "coastal": (0.40, 0.45),
    "blue": (0.45, 0.53),
    "green": (0.51, 0.60),
    "green05": (0.51, 0.55),
    "yellow": (0.58, 0.62),
    "red": (0.60, 0.70),
    "rededge": (0.69, 0.79),
    "rededge071": (0.69, 0.73),
    "rededge075": (0.73, 0.76),
    "rededge078": (0.76, 0.79),
    "nir": (0.75, 1.00),
    "nir08": (0.75, 0.90),
    "nir09": (0.85, 1.05),
    "cirrus": (1.35, 1.40),
    "swir16": (1.55, 1.75),
    "swir22": (2.08, 2.35),
    "lwir": (10.4, 12.5),
    "lwir11": (10.5, 11.5),
    "lwir12": (11.5, 12.5),
}
"""Range of each common band name in micrometres, from the table of the EO extension 2.0.0."""

# Sensors differ a little from the table: Sentinel-2's own band centres need about this much.
_SLACK = 0.02
# The longest band that the table names ends at 12.5 micrometres; the shortest begins at 400
# nanometres. What lies beyond this is in nanometres.
_LONGEST = 100.0

UNDEFINED = Rule(
    code="MLM030",
    title="Band that is not defined",
    severity="error",
    kind="spec",
    why="""An input refers to bands by name, and the specification has that name be defined in
`bands`, in the properties or at an asset. The schema only asks for some definition, not for this
one. Without it nobody knows which wavelengths to feed. A band with an expression of its own is
made from others and needs no definition. Every input and output is looked at.""",
    remedy="Define the band in bands, or correct the name.",
    failing={f"{_INPUT}/bands/3": "B8A"},
    passing={
        f"{_INPUT}/bands/3": {
            "name": "NDWI",
            "format": "rio-calc",
            "expression": "(B03 - B08) / (B03 + B08)",
        }
    },
)
REPEATED = Rule(
    code="MLM031",
    title="Band named twice",
    severity="warning",
    why="""An array seldom needs the same band twice: mostly one of the two names is a slip of the
pen. A time series repeats its bands as a whole, block by block, and is let pass.""",
    remedy="Name each band once, or repeat the whole list for each time step.",
    failing={f"{_INPUT}/bands": ["B02", "B03", "B04", "B04"]},
    passing={f"{_INPUT}/bands": ["B02", "B03", "B02", "B03"]},
)
CONFLICT = Rule(
    code="MLM032",
    title="Two definitions of one band disagree",
    severity="warning",
    why="""Bands may be defined in the properties and again at assets. Where the two give different
wavelengths or other names for one band, a reader cannot know which holds.""",
    remedy="Keep one full definition, and only the name elsewhere.",
    failing={"/assets/weights/bands/0/eo:center_wavelength": 0.665},
    passing={"/assets/weights/bands/0/eo:center_wavelength": 0.49},
)
WAVELENGTH = Rule(
    code="MLM033",
    title="Wavelength does not fit the common name",
    severity="warning",
    why="""The EO extension gives each common band name a range of wavelengths. A centre outside it
means that the name or the wavelength belongs to another band. Ranges are taken 0.02 micrometres
wider than the table, as sensors differ.""",
    remedy="Correct the common name or the wavelength (in micrometres).",
    failing={"/properties/bands/0/eo:center_wavelength": 0.665},
)
NANOMETRES = Rule(
    code="MLM034",
    title="Wavelength in nanometres",
    severity="error",
    kind="spec",
    why="""The EO extension gives wavelengths in micrometres: blue is near 0.49. A value over 100
is in nanometres and makes the band a radio wave for every program that reads it. The schema lets
any number pass. The specification is right.""",
    remedy="Divide by 1000; `--fix` does.",
    failing={
        "/properties/bands/0/eo:center_wavelength": 490,
        "/properties/bands/0/eo:full_width_half_max": 98,
    },
    fix=lambda item: _to_micrometres(item),
)
UNDEFINED_VARIABLE = Rule(
    code="MLM035",
    title="Variable that is not defined",
    severity="error",
    kind="spec",
    why="""An input refers to variables of a data cube by name, and the specification has that name
be defined in `cube:variables`. The schema only asks for some definition, not for this one. Without
it nobody knows what to feed.""",
    remedy="Define the variable in cube:variables, or correct the name.",
    failing={
        "/stac_extensions/-": "https://stac-extensions.github.io/datacube/v2.3.0/schema.json",
        "/properties/cube:dimensions": {"time": {"type": "temporal", "extent": [None, None]}},
        "/properties/cube:variables": {"2m_temperature": {"type": "data", "dimensions": ["time"]}},
        f"{_INPUT}/bands": [],
        f"{_INPUT}/variables": ["temperature_2m"],
        f"{_INPUT}/input/dim_order": ["batch", "variables", "height", "width"],
        f"{_INPUT}/input/shape": [-1, 1, 256, 256],
        f"{_INPUT}/value_scaling": None,
    },
    passing={
        "/stac_extensions/-": "https://stac-extensions.github.io/datacube/v2.3.0/schema.json",
        "/properties/cube:dimensions": {"time": {"type": "temporal", "extent": [None, None]}},
        "/properties/cube:variables": {"2m_temperature": {"type": "data", "dimensions": ["time"]}},
        f"{_INPUT}/bands": [],
        f"{_INPUT}/variables": ["2m_temperature"],
        f"{_INPUT}/input/dim_order": ["batch", "variables", "height", "width"],
        f"{_INPUT}/input/shape": [-1, 1, 256, 256],
        f"{_INPUT}/value_scaling": None,
    },
)
RULES = (UNDEFINED, REPEATED, CONFLICT, WAVELENGTH, NANOMETRES, UNDEFINED_VARIABLE)

_WAVELENGTHS = ("eo:center_wavelength", "center_wavelength")
_WIDTHS = ("eo:full_width_half_max", "full_width_half_max")
_NAMES = ("eo:common_name", "common_name")


def _to_micrometres(item: dict[str, Any]) -> None:
    for holder in parts.holders(item):
        for field in ("bands", "eo:bands"):
            bands = holder.get(field)
            for band in bands if isinstance(bands, list) else ():
                if not isinstance(band, dict):
                    continue
                centre = _first(band, _WAVELENGTHS)
                if is_number(centre) and _LONGEST < centre < 1e9:
                    for key in (*_WAVELENGTHS, *_WIDTHS):
                        value = band.get(key)
                        if is_number(value) and abs(value) < 1e9:
                            # Rounded, as dividing leaves digits that nobody measured.
                            band[key] = round(value / 1000, 6)


def _first(band: dict[str, Any], keys: tuple[str, str]) -> Any:
    value = band.get(keys[0])
    return band.get(keys[1]) if value is None else value


def check(context: Context) -> None:
    """Look at the bands of every input and output, and at every definition."""
    defined = context.bands
    for field, entries in (("mlm:input", context.inputs), ("mlm:output", context.outputs)):
        for index, entry in entries:
            bands = entry.get("bands")
            if isinstance(bands, list) and bands:
                path: tuple[str | int, ...] = ("properties", field, index, "bands")
                _named(context, path, bands, entry, defined)
            variables = entry.get("variables")
            if isinstance(variables, list) and variables:
                _variables(context, ("properties", field, index, "variables"), variables)
    _definitions(context, ("properties", "bands"), context.properties.get("bands"))
    if "eo:bands" in context.properties:
        _definitions(context, ("properties", "eo:bands"), context.properties["eo:bands"])
    for key, asset in context.assets.items():
        for field in ("bands", "eo:bands"):
            if field in asset:
                _definitions(context, ("assets", key, field), asset[field])


def _named(
    context: Context,
    path: tuple[str | int, ...],
    bands: list[Any],
    entry: dict[str, Any],
    defined: dict[str, dict[str, Any]],
) -> None:
    names = []
    for index, band in enumerate(bands):
        name = band_name(band)
        if name is None:
            continue
        names.append(name)
        if name not in defined and not (isinstance(band, dict) and "expression" in band):
            known = ", ".join(sorted(defined)[:12]) or "none at all"
            message = f"names a band without a definition (defined: {known})"
            context.found(UNDEFINED, (*path, index), message, value=band)
    if len(set(names)) < len(names) and not _periodic(names):
        twice = next(name for index, name in enumerate(names) if name in names[:index])
        message = f"names {twice!r} more than once"
        context.found(REPEATED, path, message, value=entry["bands"])


def _variables(context: Context, path: tuple[str | int, ...], variables: list[Any]) -> None:
    defined: set[str] = set()
    for holder in (context.properties, *context.assets.values()):
        cube = holder.get("cube:variables")
        if isinstance(cube, dict):
            defined |= cube.keys()
    if not defined:
        return  # The extension's schema says so.
    for index, variable in enumerate(variables):
        name = band_name(variable)
        derived = isinstance(variable, dict) and "expression" in variable
        if name is not None and name not in defined and not derived:
            message = f"is not defined (defined: {', '.join(sorted(defined)[:12])})"
            context.found(UNDEFINED_VARIABLE, (*path, index), message, value=variable)


def _periodic(names: list[str]) -> bool:
    """Whether a list is a whole block repeated, as a time series repeats its bands."""
    length = len(names)
    return any(
        length % block == 0 and names == names[:block] * (length // block)
        for block in range(1, length // 2 + 1)
        if len(set(names[:block])) == block
    )


def _definitions(context: Context, path: tuple[str | int, ...], bands: Any) -> None:
    if not isinstance(bands, list):
        return
    for index, band in enumerate(bands):
        # A band that is only a name says nothing that could be wrong.
        if not isinstance(band, dict) or len(band) < 2:
            continue
        centre = _first(band, _WAVELENGTHS)
        if is_number(centre):
            _wavelength(context, (*path, index), band, centre, _first(band, _NAMES))
        label = band.get("name")
        if isinstance(label, str):
            kept = context.bands.get(label)
            if kept is not None and kept is not band:
                _agree(context, (*path, index), band, kept, label)


def _wavelength(
    context: Context,
    path: tuple[str | int, ...],
    band: dict[str, Any],
    centre: float,
    name: Any,
) -> None:
    limits = COMMON_NAMES.get(name) if isinstance(name, str) else None
    if limits and limits[0] - _SLACK <= centre <= limits[1] + _SLACK:
        return
    place = (*path, next(key for key in _WAVELENGTHS if key in band))
    if centre > _LONGEST:
        message = "is too long for micrometres: these are nanometres"
        context.found(NANOMETRES, place, message, value=centre)
    elif limits:
        message = f"lies outside {limits[0]} to {limits[1]} micrometres, the range of {name!r}"
        context.found(WAVELENGTH, place, message, value=centre)


def _agree(
    context: Context,
    path: tuple[str | int, ...],
    band: dict[str, Any],
    kept: dict[str, Any],
    label: str,
) -> None:
    for keys in (_WAVELENGTHS, _WIDTHS, _NAMES):
        one, other = _first(band, keys), _first(kept, keys)
        if one is not None and other is not None and one != other:
            key = next(key for key in keys if key in band)
            message = f"differs from another definition of {label!r}"
            context.found(CONFLICT, (*path, key), message, value=one)
