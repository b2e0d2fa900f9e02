"""Rules on how input values are scaled."""

from __future__ import annotations

from typing import Any

from geocairn.checks.context import Context, band_name, is_number
from geocairn.checks.rule import Rule
from geocairn.checks.rules.shapes import channel_size

__all__ = ["RULES", "check"]

_SCALING = "/properties/mlm:input/0/value_scaling"
_STATISTICS = frozenset({"mean", "minimum", "maximum"})
_RANGES: dict[str, tuple[float, float]] = {
    "int8": (-128, 127),
    "uint8": (0, 255),
    "int16": (-32_768, 32_767),
    "uint16": (0, 65_535),
    "int32": (-2_147_483_648, 2_147_483_647),
    "uint32": (0, 4_294_967_295),
    "float16": (-65_504, 65_504),
}

LENGTH = Rule(
    code="MLM040",
    title="Number of scalings differs from the number of bands",
    severity="error",
    kind="spec",
    why="""The specification wants one scaling for all, or one for each band or channel. The schema
lets any number pass, and a program then scales the wrong bands. The specification is right.""",
    remedy="Give one scaling for all bands, or one for each in their order.",
    failing={
        _SCALING: [
            {"type": "z-score", "mean": 1100.5, "stddev": 310.2},
            {"type": "z-score", "mean": 1042.9, "stddev": 395.1},
        ]
    },
    passing={_SCALING: [{"type": "z-score", "mean": 1100.5, "stddev": 310.2}]},
)
ORDER = Rule(
    code="MLM041",
    title="Minimum is not below maximum",
    severity="error",
    why="""Scaling by minimum and maximum divides by their difference: equal values divide by zero,
and exchanged ones turn the picture into its negative. Clipping to an empty range leaves a
constant.""",
    remedy="Correct the two values, or exchange them.",
    failing={_SCALING: [{"type": "min-max", "minimum": 10000, "maximum": 0}]},
    passing={_SCALING: [{"type": "min-max", "minimum": 0, "maximum": 10000}]},
)
SPREAD = Rule(
    code="MLM042",
    title="Standard deviation is not positive",
    severity="error",
    why="""Scaling to z-scores divides by the standard deviation. Zero gives no number at all, and
no data have a negative one.""",
    remedy="Give the standard deviation of the training data.",
    failing={f"{_SCALING}/0/stddev": 0},
)
RANGE = Rule(
    code="MLM043",
    title="Statistics outside the range of the data type",
    severity="warning",
    why="""Values of a data type have limits: 8-bit values end at 255. A mean, minimum or maximum
beyond them belongs to data of another type or unit. A standard deviation can be half of the range
at most. The data type of the band is asked first, then that of the input.""",
    remedy="Give the statistics in the unit of the data, or correct the data type.",
    failing={f"{_SCALING}/0/mean": 110000.5},
)
DIVISOR = Rule(
    code="MLM044",
    title="Scaling by zero",
    severity="error",
    why="""The scaling `scale` divides the data by its value; zero gives no number at all.""",
    remedy="Give the divisor that the model was trained with.",
    failing={_SCALING: [{"type": "scale", "value": 0}]},
    passing={_SCALING: [{"type": "scale", "value": 10000}]},
)
RULES = (LENGTH, ORDER, SPREAD, RANGE, DIVISOR)


def check(context: Context) -> None:
    """Look at the scaling of every input."""
    for index, entry in context.inputs:
        scaling = entry.get("value_scaling")
        if isinstance(scaling, list) and scaling:
            path = ("properties", "mlm:input", index, "value_scaling")
            _length(context, path, entry, scaling)
            _values(context, path, entry, scaling)


def _length(
    context: Context, path: tuple[str | int, ...], entry: dict[str, Any], scaling: list[Any]
) -> None:
    if len(scaling) == 1:
        return
    counts = [len(entry[kind]) for kind in ("bands", "variables") if _named(entry.get(kind))]
    size = channel_size(entry.get("input"))
    if size is not None and size > 0:
        counts.append(size)
    # Without either, nothing says how many there should be.
    if counts and len(scaling) not in (*counts, sum(counts[:2])):
        expected = " or ".join(map(str, sorted({1, *counts})))
        message = f"has {len(scaling)} scalings where {expected} would fit"
        context.found(LENGTH, path, message, value=scaling)


def _named(bands: Any) -> bool:
    return isinstance(bands, list) and bool(bands)


def _values(
    context: Context, path: tuple[str | int, ...], entry: dict[str, Any], scaling: list[Any]
) -> None:
    structure = entry.get("input")
    general = structure.get("data_type") if isinstance(structure, dict) else None
    bands = entry.get("bands")
    for index, one in enumerate(scaling):
        if not isinstance(one, dict):
            continue
        minimum, maximum = one.get("minimum"), one.get("maximum")
        kind = one.get("type")
        if is_number(minimum) and is_number(maximum) and minimum >= maximum:
            message = f"the minimum {minimum} is not below the maximum {maximum}"
            context.found(ORDER, (*path, index), message, value=one)
        spread = one.get("stddev")
        if is_number(spread) and spread <= 0:
            context.found(SPREAD, (*path, index, "stddev"), "is not positive", value=spread)
        divisor = one.get("value")
        if kind == "scale" and is_number(divisor) and divisor == 0:
            context.found(DIVISOR, (*path, index, "value"), "divides by zero", value=divisor)
        band = None
        if isinstance(bands, list) and len(bands) == len(scaling):
            band = context.bands.get(band_name(bands[index]) or "")
        data_type = (band.get("data_type") if band else None) or general
        limits = _RANGES.get(data_type) if isinstance(data_type, str) else None
        if limits is not None:
            _limits(context, (*path, index), one, limits, str(data_type))


def _limits(
    context: Context,
    path: tuple[str | int, ...],
    one: dict[str, Any],
    limits: tuple[float, float],
    data_type: str,
) -> None:
    low, high = limits
    for key, value in one.items():
        if key in _STATISTICS and is_number(value) and not low <= value <= high:
            message = f"lies outside {low} to {high}, the range of {data_type}"
            context.found(RANGE, (*path, key), message, value=value)
    spread = one.get("stddev")
    if is_number(spread) and spread > (high - low) / 2:
        message = f"is more than values of {data_type} can spread"
        context.found(RANGE, (*path, "stddev"), message, value=spread)
