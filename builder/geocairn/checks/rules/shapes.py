"""Rules on the shapes of inputs and outputs."""

from __future__ import annotations

from typing import Any

from geocairn.checks.context import Context, is_count
from geocairn.checks.rule import Rule

__all__ = ["RULES", "channel_size", "check"]

_INPUT = "/properties/mlm:input/0"
_OUTPUT = "/properties/mlm:output/0"
_CHANNELS = ("bands", "band", "channel", "channels")
_CLASSES = ("class", "classes")

RANK = Rule(
    code="MLM010",
    title="Shape and dimension names differ in length",
    severity="error",
    why="""Every size in `shape` is named by the entry of `dim_order` at the same place. Where the
two lists differ in length, nobody can tell which dimension is which.""",
    remedy="Name every dimension of the shape once, in order.",
    failing={f"{_OUTPUT}/result/shape": [-1, 2, 256]},
)
ZERO = Rule(
    code="MLM011",
    title="Dimension of size zero",
    severity="error",
    kind="spec",
    why="""The specification asks for sizes greater than 0, or -1 for a size that may vary. The
schema lets 0 pass, but an array with such a dimension holds no values at all. The specification
is right.""",
    remedy="Write the true size, or -1 where it may vary.",
    failing={f"{_INPUT}/input/shape": [-1, 4, 0, 256]},
)
FREE = Rule(
    code="MLM012",
    title="Free size where the number is known",
    severity="warning",
    why="""-1 says that a dimension may have any size. Where the bands, variables or classes along
it are listed, the size is their number, and a program that allocates arrays needs it.""",
    remedy="Write the number of bands, variables or classes instead of -1.",
    failing={f"{_INPUT}/input/shape": [-1, -1, 256, 256]},
    passing={f"{_INPUT}/input/shape": [-1, 4, -1, -1]},
)
CHANNELS = Rule(
    code="MLM013",
    title="Channel dimension differs from the number of bands",
    severity="error",
    why="""An input that names its bands (or variables) has one channel for each, unless a
preprocessing function makes something else of them or a time dimension repeats them. A different
number means that one of the two is wrong, and the model cannot be fed.""",
    remedy="Name exactly the bands that the model takes, or correct the shape.",
    failing={f"{_INPUT}/input/shape": [-1, 3, 256, 256]},
    passing={
        f"{_INPUT}/input": {
            "shape": [-1, 2, 2, 256, 256],
            "dim_order": ["batch", "time", "bands", "height", "width"],
            "data_type": "float32",
        },
        f"{_INPUT}/value_scaling": None,
    },
)
CLASSES = Rule(
    code="MLM014",
    title="Class dimension differs from the number of classes",
    severity="error",
    why="""An output with a class dimension has one score for each class, or a single value: the
label itself, or the score of the second of two classes. Any other number leaves scores without a
class, or classes without a score.""",
    remedy="List every class once, or correct the shape.",
    failing={f"{_OUTPUT}/result/shape": [-1, 5, 256, 256]},
    passing={f"{_OUTPUT}/result/shape": [-1, 1, 256, 256]},
)
DUPLICATE_CLASS = Rule(
    code="MLM015",
    title="Two classes with the same value or name",
    severity="error",
    why="""The value of a class is how it appears in the model's result, and its name is how people
read it. Two classes that share either cannot be told apart.""",
    remedy="Give every class its own value and name.",
    failing={f"{_OUTPUT}/classification:classes/1/value": 0},
)
RULES = (RANK, ZERO, FREE, CHANNELS, CLASSES, DUPLICATE_CLASS)


def check(context: Context) -> None:
    """Look at the arrays of every input and output."""
    for index, entry in context.inputs:
        _array(context, ("properties", "mlm:input", index), entry, "input")
    for index, entry in context.outputs:
        path = ("properties", "mlm:output", index)
        _array(context, path, entry, "result")
        classes = entry.get("classification:classes")
        if isinstance(classes, list) and classes:
            _classes(context, path, entry, classes)


def _array(
    context: Context, path: tuple[str | int, ...], entry: dict[str, Any], field: str
) -> None:
    structure = entry.get(field)
    if not isinstance(structure, dict):
        return
    shape = structure.get("shape")
    if not isinstance(shape, list):
        return
    if 0 in shape and any(is_count(size) and size == 0 for size in shape):
        context.found(ZERO, (*path, field, "shape"), "has a dimension of size 0", value=shape)
    names = structure.get("dim_order")
    if not isinstance(names, list):
        return
    if len(shape) != len(names):
        message = f"has {len(shape)} sizes for {len(names)} dimension names"
        context.found(RANK, (*path, field, "shape"), message, value=shape)
        return
    for kind, dimensions in (("bands", _CHANNELS), ("variables", ("variables", "variable"))):
        named = entry.get(kind)
        if isinstance(named, list) and named:
            _channels(context, path, entry, field, dimensions, kind)


def _channels(
    context: Context,
    path: tuple[str | int, ...],
    entry: dict[str, Any],
    field: str,
    dimensions: tuple[str, ...],
    kind: str,
) -> None:
    structure = entry[field]
    shape, names = structure["shape"], structure["dim_order"]
    size = _size(shape, names, dimensions)
    count = len(entry[kind])
    if size is None or size in (0, count):
        return
    place = (*path, field, "shape")
    function = "pre_processing_function" if field == "input" else "post_processing_function"
    if entry.get(function):
        return  # The function may make any number of channels of the bands.
    if size == -1:
        context.found(
            FREE, place, f"leaves the number of {kind} free, but {count} are named", value=shape
        )
        return
    steps = _size(shape, names, ("time", "times", "t", "temporal"))
    if steps is not None and (steps == -1 or size * steps == count):
        return
    message = f"has {size} channels, but {count} {kind} are named"
    context.found(CHANNELS, place, message, value=shape)


def _size(shape: list[Any], names: list[Any], wanted: tuple[str, ...]) -> int | None:
    for name, size in zip(names, shape, strict=True):
        if name in wanted and is_count(size):
            return size
    return None


def channel_size(structure: Any) -> int | None:
    """Size of the channel dimension of an input structure; None where it is not said.

    Channels go by the names ``bands``, ``channel`` and ``variables``.
    """
    if not isinstance(structure, dict):
        return None
    shape, names = structure.get("shape"), structure.get("dim_order")
    if not isinstance(shape, list) or not isinstance(names, list) or len(shape) != len(names):
        return None
    return _size(shape, names, (*_CHANNELS, "variables", "variable"))


def _classes(
    context: Context, path: tuple[str | int, ...], entry: dict[str, Any], classes: list[Any]
) -> None:
    values: set[int] = set()
    texts: set[str] = set()
    for index, one in enumerate(classes):
        if not isinstance(one, dict):
            continue
        value, name = one.get("value"), one.get("name")
        place = (*path, "classification:classes", index)
        if is_count(value):
            if value in values:
                message = "is the value of an earlier class, too"
                context.found(DUPLICATE_CLASS, (*place, "value"), message, value=value)
            values.add(value)
        if isinstance(name, str):
            if name in texts:
                message = "is the name of an earlier class, too"
                context.found(DUPLICATE_CLASS, (*place, "name"), message, value=name)
            texts.add(name)
    result = entry.get("result")
    if not isinstance(result, dict):
        return
    shape, names = result.get("shape"), result.get("dim_order")
    if not isinstance(shape, list) or not isinstance(names, list) or len(shape) != len(names):
        return
    size = _size(shape, names, _CLASSES)
    place = (*path, "result", "shape")
    if size == -1:
        message = f"leaves the number of classes free, but {len(classes)} are listed"
        context.found(FREE, place, message, value=shape)
    elif size is not None and size not in (0, len(classes)) and not _single(size, classes, result):
        message = f"has {size} along the class dimension, but {len(classes)} classes are listed"
        context.found(CLASSES, place, message, value=shape)


def _single(size: int, classes: list[Any], result: dict[str, Any]) -> bool:
    """Whether one value per place is enough: the label itself, or one score of two classes."""
    if size != 1:
        return False
    kind = result.get("data_type")
    return len(classes) <= 2 or (isinstance(kind, str) and "int" in kind)
