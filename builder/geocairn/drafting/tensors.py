"""Inputs and outputs of a draft: from the graph, where the file has one, and from answers."""

from __future__ import annotations

from typing import Any

from geocairn.artifacts.onnx import TensorInfo
from geocairn.authoring import UNKNOWN, ClassObject, ModelInput, ModelOutput
from geocairn.drafting.fields import Answers
from geocairn.drafting.inspecting import Facts
from geocairn.errors import InputError

__all__ = ["inputs_of", "outputs_of"]

_SEGMENTING = ("segmentation", "semantic-segmentation")
_CLASSIFYING = ("classification", "scene-classification")
_NAMES = ("batch", "feature-a", "feature-b", "feature-c", "feature-d", "feature-e", "feature-f")


def inputs_of(facts: Facts, known: Answers) -> tuple[ModelInput, ...]:
    """The inputs: those of the graph, or one of the shape answered.

    Raises:
        InputError: If there are more or fewer bands than the model takes.
    """
    bands, shape = tuple(known.get("bands", ())), known.get("input_shape")
    tensors = facts.inputs or ((TensorInfo("input", "float32", shape),) if shape else ())
    return tuple(
        _input(tensor, known, bands=bands if index == 0 else ())
        for index, tensor in enumerate(tensors)
    )


def _input(tensor: TensorInfo, known: Answers, *, bands: tuple[str, ...]) -> ModelInput:
    shape = _shape(tensor, known.get("input_shape") if bands else None)
    order = tuple(known.get("input_order", ())) if bands else ()
    if len(order) != len(shape):
        order = _input_order(shape, bands=len(bands))
    if bands and "bands" in order and shape[order.index("bands")] not in (-1, len(bands)):
        raise InputError(
            f"there are {len(bands)} bands, but the model's input {tensor.name!r} of the shape "
            f"{list(shape)} takes {shape[order.index('bands')]}",
            remedy="Name the bands that go into the model, in the order of its channels.",
        )
    scaling = known.get("value_scaling") if bands else None
    return ModelInput(
        name=tensor.name,
        shape=shape,
        dim_order=order,
        bands=bands,
        data_type=tensor.dtype or "float32",
        value_scaling=UNKNOWN
        if not bands or not scaling
        else None
        if scaling == "none"
        else scaling,
    )


def _shape(tensor: TensorInfo, given: Any) -> tuple[int, ...]:
    if given and (tensor.shape is None or len(given) == len(tensor.shape)):
        return tuple(given)
    return tuple(size if isinstance(size, int) else -1 for size in tensor.shape or ())


def _input_order(shape: tuple[int, ...], *, bands: int) -> tuple[str, ...]:
    """Names of an input's dimensions, judging by where the bands fit."""
    if len(shape) == 4:
        last = bands and shape[3] == bands and shape[1] != bands
        return (
            ("batch", "height", "width", "bands") if last else ("batch", "bands", "height", "width")
        )
    if len(shape) == 5:
        return ("batch", "time", "bands", "height", "width")
    return _NAMES[: len(shape)]


def outputs_of(facts: Facts, known: Answers) -> tuple[ModelOutput, ...]:
    """The outputs: those of the graph, or one of the shape answered."""
    shape = known.get("output_shape")
    tensors = facts.outputs or ((TensorInfo("output", "float32", shape),) if shape else ())
    return tuple(_output(tensor, known, first=index == 0) for index, tensor in enumerate(tensors))


def _output(tensor: TensorInfo, known: Answers, *, first: bool) -> ModelOutput:
    tasks = tuple(known.get("tasks", ()))
    shape = _shape(tensor, known.get("output_shape") if first else None)
    order = tuple(known.get("output_order", ())) if first else ()
    if len(order) != len(shape):
        order = _output_order(shape, tasks)
    classes = known.get("classes", ()) if first else ()
    return ModelOutput(
        name=tensor.name,
        shape=shape,
        dim_order=order,
        tasks=tasks if first else (),
        data_type=tensor.dtype or "float32",
        classes=tuple(
            ClassObject(value=value, name=_slug(name), description=meaning)
            for value, (name, meaning) in enumerate(classes)
        ),
    )


def _slug(name: str) -> str:
    """A class's name as the classification extension wants it: letters, digits, - and _."""
    kept = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in name)
    return "_".join(part for part in kept.split("_") if part) or "class"


def _output_order(shape: tuple[int, ...], tasks: tuple[str, ...]) -> tuple[str, ...]:
    if len(shape) == 4:
        segments = any(task in _SEGMENTING for task in tasks)
        return ("batch", "class" if segments else "channel", "height", "width")
    if len(shape) == 2 and any(task in _CLASSIFYING for task in tasks):
        return ("batch", "class")
    return _NAMES[: len(shape)]
