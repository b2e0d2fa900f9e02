"""Rules on files of models that lie beside their item: what they are, and what the item says.

Files are read, and neither run nor loaded; see `geocairn.artifacts`. (Looked at only where the item
is read from a folder.)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from geocairn.artifacts.archives import read_archive
from geocairn.artifacts.onnx import OnnxModel, TensorInfo, read_onnx
from geocairn.artifacts.pickles import PickleFile, read_pickle
from geocairn.artifacts.safetensors import read_safetensors
from geocairn.checks.context import Context, is_count
from geocairn.checks.rule import Rule
from geocairn.checks.rules.hrefs import is_relative
from geocairn.errors import ArtifactError, InputError

__all__ = ["RULES", "check"]

_UNET = re.compile(r"(?<![a-z])u[- ]?net", re.IGNORECASE)
# Counts differ where an exporter folds layers into others, but not by more.
_SLACK = 0.05
_ACTIVATIONS = re.compile(r"(?<![a-z])(?:log_?)?(sigmoid|softmax|expit)(?![a-z])", re.IGNORECASE)
_SAME = {"sigmoid": "Sigmoid", "expit": "Sigmoid", "softmax": "Softmax"}

REFUSED = Rule(
    code="MLM081",
    title="Model file that is refused",
    severity="error",
    why="""The file beside the item is damaged, or holds what nobody should load. In ONNX: operators
that are not ONNX's own, weights in other files, tensors beyond all bounds, unknown operator sets,
a graph that goes in circles. In safetensors: tensors that overlap or do not fit their shape. In
archives such as `.dlpk`: files that unfold beyond all bounds or out of their folder. It is told of
before anything loads it.""",
    remedy="Export the model again: as one file, with standard operators only.",
)
TENSORS = Rule(
    code="MLM082",
    title="Inputs or outputs that the ONNX file does not have",
    severity="error",
    why="""Programs prepare arrays by what the item says and hand them to the model by name. Where
the file beside the item has other names, other types or other shapes, nothing runs. Where the file
leaves a dimension free, the item may name any size; not the other way round.""",
    remedy="Write mlm:input and mlm:output as the file has them; `geocairn new` reads them.",
)
PARAMETERS = Rule(
    code="MLM083",
    title="Number of parameters that the ONNX file does not have",
    severity="warning",
    why="""The weights in the file beside the item are counted, running statistics left out. A
number that differs by more than a twentieth belongs to another model, or to the model before a
part was cut off.""",
    remedy="Correct mlm:total_parameters, or take it out.",
)
TWICE = Rule(
    code="MLM084",
    title="Activation in the ONNX file and again after it",
    severity="error",
    why="""The graph of the file beside the item ends with the very activation that
`post_processing_function` applies to its output. Twice applied, a sigmoid gives values between 0.5
and 0.73 only, so that every place, or none, is detected.""",
    remedy="Take post_processing_function out, or export the model without its last activation.",
)
NO_SKIPS = Rule(
    code="MLM085",
    title="U-Net without skips",
    severity="warning",
    why="""What makes a network a U-Net are connections that carry fine detail past its narrow
part: what was upsampled is concatenated with what was not. The graph of the file beside the item
has none.""",
    remedy="Correct mlm:architecture.",
)
DANGEROUS = Rule(
    code="MLM086",
    title="Pickle that would run commands",
    severity="error",
    why="""To load a pickle is to run a program that whoever made it wrote. A scanner lists what it
would import. This one imports what runs commands, reads files or the like, or breaks the scanner,
as no honest file of weights does. A pickle without such imports is a program all the same.""",
    remedy="Save the weights as safetensors, or the model as ONNX.",
)
RULES = (REFUSED, TENSORS, PARAMETERS, TWICE, NO_SKIPS, DANGEROUS)
_ONNX = "onnx"
_PICKLES = (".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".bin", ".joblib")
_READERS: dict[str, Callable[[Path], object]] = {
    ".dlpk": read_archive,
    ".safetensors": read_safetensors,
    **dict.fromkeys(_PICKLES, read_pickle),
}


def check(context: Context) -> None:
    """Look at the files of models beside the item, and compare the item with those in ONNX."""
    if context.folder is None:
        return
    for key, asset in context.assets.items():
        href = asset.get("href")
        if not isinstance(href, str) or not is_relative(href):
            continue
        ending = Path(href.partition("?")[0].partition("#")[0]).suffix.lower()
        onnx = key in context.models and (
            asset.get("mlm:artifact_type") == _ONNX or ending == ".onnx"
        )
        reader = read_onnx if onnx else _READERS.get(ending)
        if reader is not None and (file := _beside(context.folder, href)) is not None:
            _file(context, ("assets", key, "href"), href, file, reader)


def _file(
    context: Context,
    path: tuple[str | int, ...],
    href: str,
    file: Path,
    reader: Callable[[Path], object],
) -> None:
    try:
        found = _read(reader, file, file.stat().st_size, file.stat().st_mtime_ns)
    except ArtifactError as error:
        context.found(REFUSED, path, error.message, value=href, remedy=error.remedy)
    except (InputError, OSError):
        return  # gone in between, or not to be read by whoever checks
    else:
        if isinstance(found, OnnxModel):
            _compare(context, found)
        elif isinstance(found, PickleFile) and found.dangerous:
            imports = ", ".join(found.imports) or "what no scanner understands"
            context.found(DANGEROUS, path, f"would import {imports}", value=href)


def _beside(folder: Path, href: str) -> Path | None:
    try:
        file = (folder / unquote(urlsplit(href).path)).resolve()
        inside = file.is_relative_to(folder.resolve()) and file.is_file()
    except (OSError, ValueError):
        return None
    return file if inside else None


@lru_cache(maxsize=64)
def _read(
    reader: Callable[[Path], object],
    file: Path,
    size: int,  # noqa: ARG001 - for the cache: another size or time is another file
    changed: int,  # noqa: ARG001
) -> object:
    return reader(file)


def _compare(context: Context, model: OnnxModel) -> None:
    properties = context.properties
    entries = (
        ("mlm:input", "input", context.inputs, model.inputs),
        ("mlm:output", "result", context.outputs, model.outputs),
    )
    for field, structure, described, tensors in entries:
        if described:
            _tensors(context, field, structure, described, tensors)
    total = properties.get("mlm:total_parameters")
    if is_count(total) and model.parameters and _differ(total, model.parameters):
        message = f"is not what the file has: {model.parameters:,}"
        context.found(PARAMETERS, ("properties", "mlm:total_parameters"), message, value=total)
    _activations(context, model)
    architecture = properties.get("mlm:architecture")
    if isinstance(architecture, str) and _UNET.search(architecture) and not model.skips:
        message = "has no skips in the file's graph"
        context.found(NO_SKIPS, ("properties", "mlm:architecture"), message, value=architecture)


def _differ(one: int, other: int) -> bool:
    return abs(one - other) > _SLACK * max(one, other)


def _tensors(
    context: Context,
    field: str,
    structure: str,
    described: list[tuple[int, dict[str, Any]]],
    tensors: tuple[TensorInfo, ...],
) -> None:
    known = {one.name: one for one in tensors}
    for index, entry in described:
        path: tuple[str | int, ...] = ("properties", field, index)
        name = entry.get("name")
        tensor = known.get(name) if isinstance(name, str) else None
        if tensor is None:
            # One name for people is common where there is no choice.
            if len(known) == 1 and len(described) == 1:
                tensor = tensors[0]
            else:
                message = f"is none of the file's: {', '.join(sorted(known)[:10])}"
                context.found(TENSORS, (*path, "name"), message, value=name)
                continue
        array = entry.get(structure)
        if isinstance(array, dict):
            _array(context, (*path, structure), array, tensor)


def _array(
    context: Context, path: tuple[str | int, ...], array: dict[str, Any], tensor: TensorInfo
) -> None:
    dtype, shape = array.get("data_type"), array.get("shape")
    if isinstance(dtype, str) and tensor.dtype and dtype != tensor.dtype:
        message = f"is {tensor.dtype} in the file"
        context.found(TENSORS, (*path, "data_type"), message, value=dtype)
    if not isinstance(shape, list) or tensor.shape is None:
        return
    fits = len(shape) == len(tensor.shape) and all(
        not isinstance(theirs, int) or ours == theirs
        for ours, theirs in zip(shape, tensor.shape, strict=True)
    )
    if not fits:
        sizes = ", ".join(str(size) if isinstance(size, int) else "free" for size in tensor.shape)
        context.found(TENSORS, (*path, "shape"), f"is [{sizes}] in the file", value=shape)


def _activations(context: Context, model: OnnxModel) -> None:
    for index, entry in context.outputs:
        name = entry.get("name")
        found = model.activations.get(name) if isinstance(name, str) else None
        if found is None and len(model.outputs) == 1:
            found = model.activations.get(model.outputs[0].name)
        function = entry.get("post_processing_function")
        for step in function if isinstance(function, list) else [function]:
            expression = step.get("expression") if isinstance(step, dict) else None
            match = _ACTIVATIONS.search(expression) if isinstance(expression, str) else None
            if match and _SAME[match[1].lower()] == found:
                path = ("properties", "mlm:output", index, "post_processing_function")
                message = f"applies what the file's graph ends with: {found}"
                context.found(TWICE, path, message, value=function)
