"""The inputs of a declared model: channels, bands, sizes and scaling."""

from __future__ import annotations

from geocairn.authoring import UNKNOWN, ModelInput
from geocairn.sensors import SENTINEL1_SAR, SENTINEL2_MSI, Band, Sensor
from geocairn.sources.importers.torchgeo.audit import Audit
from geocairn.sources.importers.torchgeo.declarations import Declaration
from geocairn.sources.importers.torchgeo.families import sensor_of

__all__ = ["bands_of", "image_size", "inputs", "sensors_of"]

_IMAGE = ("height", "width")
_RGB = ("red", "green", "blue")
_AURORA = {
    "surf_vars": ("Surface-level variables", ("batch", "time", "height", "width")),
    "atmos_vars": (
        "Atmospheric variables on pressure levels",
        ("batch", "time", "level", "height", "width"),
    ),
    "static_vars": ("Static variables", ("height", "width")),
}
"""Aurora takes one array for each variable, of these dimensions:
https://microsoft.github.io/aurora/batch.html"""

_DUAL = {
    "s1_channels": ("sar", SENTINEL1_SAR, "SAR backscatter"),
    "s2_channels": ("optical", SENTINEL2_MSI, "Multispectral"),
}
"""Attributes of models that take an image of each of two sensors (CROMA)."""


def image_size(weight: Declaration, found: Audit) -> tuple[int, int] | None:
    """Height and width of the images a model takes; None where they are free or unknown.

    What the transforms make counts first, then what the weight declares, then what the function
    sets that makes the model.
    """
    done = found.preprocessing.get(weight.name)
    if done is not None and done.size is not None:
        return done.size
    shape = weight.meta.get("input_shape")
    if isinstance(shape, (list, tuple)) and len(shape) == 3:
        height, width = shape[1:]
        if type(height) is int and type(width) is int and min(height, width) > 0:
            return height, width
    side = weight.count("img_size") or weight.count("image_size")
    if side is None and weight.builder is not None:
        side = weight.builder.count("img_size", "image_size")
    return None if side is None else (side, side)


def sensors_of(weight: Declaration, found: Audit) -> tuple[Sensor, ...]:
    """The sensors whose images a model takes."""
    one = sensor_of(weight.member, found.bands.get(weight.name, ()))
    if one is not None:
        return (one,)
    attributes = weight.builder.attributes if weight.builder else {}
    return tuple(sensor for key, (_, sensor, _) in _DUAL.items() if key in attributes)


def bands_of(weight: Declaration, found: Audit) -> tuple[Band, ...]:
    """The bands of the channels in order, a band as often as it is there.

    A band of the named sensor has that sensor's figures; another, such as an index, has a name
    alone. Weights that list no bands, but have RGB in their name and three channels, have the
    sensor's red, green and blue.
    """
    names = found.bands.get(weight.name, ())
    sensor = sensor_of(weight.member, names)
    if sensor and not weight.texts("bands") and _is_rgb(weight):
        known = {band.common_name: band for band in sensor.bands}
        if known.keys() >= set(_RGB):
            return tuple(known[name] for name in _RGB)
    return tuple(_band(name, sensor) for name in names)


def _is_rgb(weight: Declaration) -> bool:
    return "RGB" in weight.member.split("_") and weight.count("in_chans") == len(_RGB)


def _band(name: str, sensor: Sensor | None) -> Band:
    known = sensor.band(name) if sensor else None
    if known is None:
        return Band(name=name)
    return Band(
        name=name,
        common_name=known.common_name,
        center_wavelength=known.center_wavelength,
        full_width_half_max=known.full_width_half_max,
        gsd=known.gsd,
        description=known.description,
    )


def inputs(weight: Declaration, found: Audit) -> tuple[ModelInput, ...]:
    """Every input of a model."""
    attributes = weight.builder.attributes if weight.builder else {}
    dual = [key for key in _DUAL if type(attributes.get(key)) is int]
    if dual:
        return tuple(_dual(key, weight, found) for key in dual)
    grids = [key for key in _AURORA if weight.texts(key)]
    if grids:
        return tuple(_grid(key, weight) for key in grids)
    return (_image(weight, found),)


def _image(weight: Declaration, found: Audit) -> ModelInput:
    bands = tuple(band.name for band in bands_of(weight, found))
    height, width = image_size(weight, found) or (-1, -1)
    channels = weight.count("in_chans") or -1
    done = found.preprocessing.get(weight.name)
    scaling = found.scaling.get(weight.name)
    steps = list(done.steps) if done and not done.unknown else []
    if scaling is None and done is not None and done.normalizations:
        steps = []
    text = f"torchgeo's transforms: {'; '.join(steps)}." if steps else ""
    return ModelInput(
        name="image",
        description=text,
        shape=(-1, channels, height, width),
        dim_order=("batch", "bands" if bands else "channel", *_IMAGE),
        bands=bands,
        value_scaling=UNKNOWN if scaling is None else scaling.scaling(),
        resize_type=done.resize_type if done else "",
    )


def _dual(key: str, weight: Declaration, found: Audit) -> ModelInput:
    name, sensor, text = _DUAL[key]
    height, width = image_size(weight, found) or (-1, -1)
    channels = weight.builder.count(key) if weight.builder else None
    return ModelInput(
        name=name,
        description=f"{text} image of {sensor.title}; torchgeo does not name the bands.",
        shape=(-1, channels or -1, height, width),
        dim_order=("batch", "channel", *_IMAGE),
    )


def _grid(key: str, weight: Declaration) -> ModelInput:
    text, dimensions = _AURORA[key]
    names = ", ".join(weight.texts(key))
    return ModelInput(
        name=key,
        description=f"{text}, one array of these dimensions for each: {names}.",
        shape=(-1,) * len(dimensions),
        dim_order=dimensions,
    )
