"""What an item says of a model's inputs and outputs, in the form that running it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geocairn.errors import InputError
from geocairn.model import Class, Model
from geocairn.run.expressions import Expression, is_entry_point, parse
from geocairn.sensors import Band
from geocairn.tensors import Kind, dimension, kind_of

__all__ = ["BandSpec", "InputSpec", "Kind", "ModelSpec", "OutputSpec", "read_spec"]


@dataclass(frozen=True, slots=True)
class BandSpec:
    """One channel of an input.

    Attributes:
        name: As the input names it.
        needs: The bands that it is made of: itself, or those in its expression.
        expression: How; None where the band is taken as it is.
    """

    name: str
    needs: tuple[Band, ...]
    expression: Expression | None = None


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One input.

    Attributes:
        name: Its name.
        bands: Its channels, in order; empty where it takes something else than imagery.
        shape: Size of each dimension; -1 where it is free.
        order: Name of each: ``batch``, ``bands``, ``time``, ``height``, ``width``, or another.
        dtype: NumPy's name of the type that the network takes.
        scaling: ``value_scaling``: one object for all channels, or one for each.
        resize: ``resize_type``; empty where there is none.
    """

    name: str
    bands: tuple[BandSpec, ...]
    shape: tuple[int, ...]
    order: tuple[str, ...]
    dtype: str
    scaling: tuple[Mapping[str, Any] | None, ...]
    resize: str

    def size(self, dimension: str) -> int | None:
        """Size of a dimension: -1 where it is free, None where there is no such dimension."""
        return self.shape[self.order.index(dimension)] if dimension in self.order else None


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """One output; `order` and `shape` as in `InputSpec`.

    Attributes:
        name: Its name.
        kind: What becomes of it.
        shape: Size of each dimension.
        order: Name of each; what is none of the names above keeps its own.
        dtype: NumPy's name of its type.
        classes: The classes that it tells apart.
        post: ``post_processing_function`` as it stands.
        boxes: How boxes are written (``geocairn:boxes``); empty where the item does not say.
    """

    name: str
    kind: Kind
    shape: tuple[int, ...]
    order: tuple[str, ...]
    dtype: str
    classes: tuple[Class, ...]
    post: Any
    boxes: str


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """All of it.

    Attributes:
        id: The item's id, for messages.
        inputs: In order.
        outputs: In order.
        threshold: Probability from which on a class is told; None where the item says none.
        batch: ``mlm:batch_size_suggestion``; 1 where there is none.
        nodata: Raw value without data, where all bands say the same one.
    """

    id: str
    inputs: tuple[InputSpec, ...]
    outputs: tuple[OutputSpec, ...]
    threshold: float | None
    batch: int
    nodata: float | None


def read_spec(item: Mapping[str, Any]) -> ModelSpec:
    """Read what an item says.

    Raises:
        InputError: If it says too little to run the model, or asks for code to be executed.
    """
    model = Model(item)
    where = model.id or "item"
    known = {band.name.lower(): band for band in model.bands}
    raw_inputs, raw_outputs = _entries(model, "mlm:input"), _entries(model, "mlm:output")
    inputs = tuple(
        _input(model, index, raw, known, where=where) for index, raw in enumerate(raw_inputs)
    )
    outputs = tuple(
        _output(model, index, raw, where=where) for index, raw in enumerate(raw_outputs)
    )
    for field, found in (("mlm:input", inputs), ("mlm:output", outputs)):
        if not found:
            raise _lacking("says nothing of it", where, f"$.properties.{field}")
    batch = model.properties.get("mlm:batch_size_suggestion")
    return ModelSpec(
        id=where,
        inputs=inputs,
        outputs=outputs,
        threshold=_number(model.hyperparameters.get("threshold")),
        batch=batch if isinstance(batch, int) and not isinstance(batch, bool) and batch > 0 else 1,
        nodata=_nodata(model),
    )


def _entries(model: Model, field: str) -> Sequence[Mapping[str, Any]]:
    found = model.properties.get(field)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _lacking(message: str, where: str, path: str) -> InputError:
    return InputError(
        message,
        where=where,
        path=path,
        remedy="Add it to the item; `geocairn check` tells what else is missing.",
    )


def _input(
    model: Model, index: int, raw: Mapping[str, Any], known: dict[str, Band], *, where: str
) -> InputSpec:
    path = f"$.properties.mlm:input[{index}]"
    told = model.inputs[index]
    order = tuple(dimension(name) for name in told.dim_order)
    if not order or len(order) != len(told.shape):
        raise _lacking(
            f"gives {len(told.shape)} sizes for the {len(order)} dimensions {list(told.dim_order)}",
            where,
            f"{path}.input.dim_order",
        )
    if raw.get("pre_processing_function"):
        raise InputError(
            "has a pre_processing_function, which only its own code can apply",
            where=where,
            path=f"{path}.pre_processing_function",
            remedy="Say it with value_scaling, resize_type and expressions of bands.",
        )
    named = (raw.get(key) for key in ("bands", "variables"))
    bands = next((one for one in named if isinstance(one, list) and one), [])
    return InputSpec(
        name=told.name or f"input {index + 1}",
        bands=tuple(
            _band(one, known, where=where, path=f"{path}.bands[{place}]")
            for place, one in enumerate(bands)
        ),
        shape=told.shape,
        order=order,
        dtype=told.data_type or "float32",
        scaling=_scaling(raw),
        resize=told.resize_type or "",
    )


def _scaling(raw: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, ...]:
    found = raw.get("value_scaling")
    if isinstance(found, Mapping):  # one object alone, as earlier versions wrote it
        found = [found]
    steps = found if isinstance(found, list) else ()
    return tuple(one if isinstance(one, Mapping) else None for one in steps)


def _band(raw: Any, known: dict[str, Band], *, where: str, path: str) -> BandSpec:
    name = raw.get("name") if isinstance(raw, Mapping) else raw
    if not isinstance(name, str):
        raise _lacking("names no band", where, path)
    text = raw.get("expression") if isinstance(raw, Mapping) else None
    if text is None:
        return BandSpec(name, (known.get(name.lower(), Band(name=name)),))
    if is_entry_point(text):
        raise InputError(
            f"is made by code, {text!r:.80}, which is not executed",
            where=where,
            path=f"{path}.expression",
            remedy="Write the expression as arithmetic on bands.",
        )
    expression = parse(text, where=where, path=f"{path}.expression")
    needs = tuple(known.get(part.lower(), Band(name=part)) for part in expression.names)
    return BandSpec(name, needs, expression)


def _output(model: Model, index: int, raw: Mapping[str, Any], *, where: str) -> OutputSpec:
    told = model.outputs[index]
    order = tuple(dimension(name) for name in told.dim_order)
    if len(order) != len(told.shape):
        raise _lacking(
            f"gives {len(told.shape)} sizes for the {len(order)} dimensions {list(told.dim_order)}",
            where,
            f"$.properties.mlm:output[{index}].result.dim_order",
        )
    boxes = raw.get("geocairn:boxes")
    return OutputSpec(
        name=told.name or f"output {index + 1}",
        kind=kind_of(order, told.tasks or model.tasks, classes=bool(told.classes)),
        shape=told.shape,
        order=order,
        dtype=told.data_type or "float32",
        classes=told.classes,
        post=raw.get("post_processing_function"),
        boxes=boxes if isinstance(boxes, str) else "",
    )


def _nodata(model: Model) -> float | None:
    """The value that every band declares to mean *no data*."""
    bands = model.properties.get("bands")
    found = [
        _number(band.get("nodata"))
        for band in (bands if isinstance(bands, list) else ())
        if isinstance(band, Mapping)
    ]
    return found[0] if found and len(set(found)) == 1 else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
