"""An ONNX file for QGIS's plugin Deepness, which tells it all that it has to know.

The plugin hands a network pixels from 0 to 1 (bytes divided by 255) in square windows of one size,
and takes what it gives for scores. So scaling and activation become part of the graph, and the rest
stands in the file's metadata, whose keys are
https://qgis-plugin-deepness.readthedocs.io/en/latest/creators/creators_add_metadata_to_model.html.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from geocairn import _io
from geocairn.errors import InputError
from geocairn.run.decide import decision_for
from geocairn.run.extras import need
from geocairn.run.loading import Loaded
from geocairn.run.postprocess import post_process
from geocairn.run.scaling import compile_scaling
from geocairn.run.spec import InputSpec

__all__ = ["write_qgis"]

_TILE = 512
_OVERLAP = 15  # percent of the window, as the plugin's own models have it
_BYTE = 255.0
_ACTIVATIONS = {"sigmoid": ("Sigmoid", {}), "softmax": ("Softmax", {"axis": 1})}


def write_qgis(path: Path, loaded: Loaded, *, gsd: float | None, tile: int | None = None) -> None:
    """Write the file.

    Args:
        path: The file.
        loaded: The model.
        gsd: Its ground sampling distance in metres; None where it is not known.
        tile: Height and width of its windows in pixels; None for those of the item.

    Raises:
        InputError: If the plugin cannot run such a model; the message says why.
        OutputError: If the file cannot be written.
    """
    onnx = need("onnx", purpose="write ONNX files", extra="export")
    spec, output = loaded.spec, loaded.spec.outputs[0]
    source = _image(loaded)
    if output.kind not in ("segmentation", "values") or len(spec.outputs) != 1:
        raise _unfit(loaded, f"gives {output.kind}, and the plugin takes one map of scores")
    size = tile or max(source.size("height") or -1, source.size("width") or -1)
    size = size if size > 0 else _TILE
    model = onnx.load_model_from_string(loaded.file.path.read_bytes())
    taken, given = loaded.network.inputs[0].name, loaded.network.outputs[0].name
    in_graph = loaded.network.activations.get(given, "")
    post = post_process(output, in_graph=in_graph, where=spec.id)
    if post.function is not None:
        raise _unfit(loaded, "has post-processing that is no activation")
    _prepend(onnx, model.graph, taken, source, loaded)
    if post.activation in _ACTIVATIONS:
        _append(onnx, model.graph, given, post.activation)
    channels = _shapes(model.graph, len(source.bands), size)
    told: dict[str, Any] = {
        "model_type": "Segmentor" if output.kind == "segmentation" else "Regressor",
        "tile_size": size,
        "tiles_size": size,
        "tiles_overlap": _OVERLAP,
        "standardization_mean": [0.0] * len(source.bands),
        "standardization_std": [1.0] * len(source.bands),
        "bands": [band.name for band in source.bands],
    }
    if gsd:
        told["resolution"] = round(gsd * 100, 4)  # in centimetres
    if output.kind == "segmentation":
        decision = decision_for(
            output,
            post,
            channels=channels,
            threshold=None,
            declared=spec.threshold,
            where=spec.id,
        )
        told["class_names"] = {n: one.name for n, one in enumerate(decision.classes)}
        told["seg_thresh"] = 0.5 if decision.threshold is None else decision.threshold
    _metadata(model, told)
    onnx.checker.check_model(model)
    _io.write_atomic(path, model.SerializeToString(deterministic=True))


def _image(loaded: Loaded) -> InputSpec:
    first = loaded.spec.inputs[0]
    if len(loaded.spec.inputs) != 1 or first.order != ("batch", "bands", "height", "width"):
        raise _unfit(loaded, "takes more than one image of batch, bands, height and width")
    if any(band.expression for band in first.bands):
        raise _unfit(loaded, "takes computed bands")
    if first.dtype != "float32":
        raise _unfit(loaded, f"takes {first.dtype}")
    return first


def _unfit(loaded: Loaded, message: str) -> InputError:
    return InputError(
        f"cannot be run by Deepness: it {message}",
        where=loaded.spec.id,
        remedy="Run it with `geocairn predict`, and open the result in QGIS.",
    )


def _prepend(onnx: Any, graph: Any, taken: str, source: InputSpec, loaded: Loaded) -> None:
    """From pixels from 0 to 1 to what the network takes."""
    names = [band.name for band in source.bands]
    scaling = compile_scaling(source.scaling, names=names, where=loaded.spec.id)
    if scaling.steps:
        raise _unfit(loaded, "scales its input by more than a subtraction and a division")
    # (255 x - subtract) * factor = x * (255 factor) - subtract * factor
    factor = scaling.factor.astype(np.float64)
    parts = {
        "deepness_factor": (_BYTE * factor)[None],
        "deepness_shift": (-scaling.subtract * factor)[None],
    }
    for name, values in parts.items():
        array = values.astype(np.float32)
        graph.initializer.append(onnx.numpy_helper.from_array(array, name))
    for node in graph.node:
        for place, name in enumerate(node.input):
            if name == taken:
                node.input[place] = "deepness_scaled"
    make = onnx.helper.make_node
    nodes = [
        make("Mul", [taken, "deepness_factor"], ["deepness_raw"]),
        make("Add", ["deepness_raw", "deepness_shift"], ["deepness_scaled"]),
    ]
    for place, node in enumerate(nodes):
        graph.node.insert(place, node)


def _append(onnx: Any, graph: Any, given: str, activation: str) -> None:
    for node in graph.node:
        for names in (node.input, node.output):
            for place, name in enumerate(names):
                if name == given:
                    names[place] = "deepness_logits"
    kind, attributes = _ACTIVATIONS[activation]
    graph.node.append(onnx.helper.make_node(kind, ["deepness_logits"], [given], **attributes))


def _shapes(graph: Any, bands: int, size: int) -> int:
    """Fix the sizes, for the plugin reads the window's size from the graph; gives the channels."""
    # Sizes of what lies between were told for any size.
    del graph.value_info[:]
    channels = 0
    for tensor, count in ((graph.input[0], bands), (graph.output[0], None)):
        dimensions = tensor.type.tensor_type.shape.dim
        channels = count or dimensions[1].dim_value or 1
        for dimension, value in zip(dimensions, (1, channels, size, size), strict=True):
            dimension.Clear()
            dimension.dim_value = value
    return channels


def _metadata(model: Any, told: dict[str, Any]) -> None:
    kept = [(one.key, one.value) for one in model.metadata_props if one.key not in told]
    del model.metadata_props[:]
    for key, value in [*kept, *((key, json.dumps(value)) for key, value in told.items())]:
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
