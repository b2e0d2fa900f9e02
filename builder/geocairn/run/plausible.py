"""Whether a scene's values are of the kind that a model was trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geocairn.errors import InputError
from geocairn.run.inputs import InputReader

__all__ = ["check_values"]

_FAR = 30.0
"""Times the unit of scaling (a standard deviation, a range) that half of the values may reach."""

_COARSE_UNIT = 20.0
_FRACTIONS = 1.5
_EIGHT_BITS, _REFLECTANCE = 255.0, 512.0


def check_values(reader: InputReader, *, where: str) -> None:
    """Refuse scenes whose values are of another kind: fractions for 0 to 255, or the reverse.

    Looked at is a thinned-out copy, and only bands that are taken as they are and scaled linearly.

    Args:
        reader: The input.
        where: The scene, for messages.

    Raises:
        InputError: If they cannot be what the model takes.
    """
    stepped = {index for index, _ in reader.scaling.steps}
    for stack, channels in zip(reader.stacks, reader.channels, strict=True):
        if any(np.dtype(one).kind == "c" for one in stack.dtypes):
            raise InputError(
                "holds complex numbers", where=where, remedy="Give intensities or amplitudes."
            )
        sample = stack.overview()
        for index, channel in enumerate(channels):
            if channel.expression is not None or index in stepped:
                continue
            values = sample[channel.places[0]]
            values = values[np.isfinite(values)]
            factor = float(reader.scaling.factor[index, 0, 0])
            if reader.nodata is not None:
                values = values[values != reader.nodata]
            if values.size == 0 or factor == 1:
                continue
            _judge(values, reader, index, stack.dtypes[channel.places[0]], where)


def _judge(
    values: NDArray[np.float64], reader: InputReader, index: int, dtype: str, where: str
) -> None:
    scaling = reader.scaling
    unit = 1 / abs(float(scaling.factor[index, 0, 0]))
    scaled = (values - float(scaling.subtract[index, 0, 0])) / unit
    low, high = np.percentile(values, (2, 98))
    half = float(np.median(np.abs(scaled)))
    fractions = np.dtype(dtype).kind == "f" and float(np.abs(values).max()) <= _FRACTIONS
    bits = np.dtype(dtype) == np.uint8 and unit > _REFLECTANCE and high <= _EIGHT_BITS
    if half <= _FAR and not (fractions and unit > _COARSE_UNIT) and not bits:
        return
    name = reader.spec.bands[index].name
    raise InputError(
        f"holds values from {low:.4g} to {high:.4g} in {name}, and the model scales by {unit:.4g}: "
        "they are of another kind than it was trained on",
        where=where,
        remedy="Convert them to what the model's input describes, or insist with check=False "
        "(--no-check).",
    )
