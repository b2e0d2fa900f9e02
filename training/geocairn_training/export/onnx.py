"""ONNX: any batch, height and width, with the recipe inside."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import nn

from geocairn_training.recipe import KEY, Recipe

__all__ = ["INPUT", "OUTPUT", "write_onnx"]

INPUT, OUTPUT = "image", "logits"
_OPSET = 18
# What ONNX 1.13 writes; newer files are refused by the runtimes of older GIS installations.
_IR = 8


def write_onnx(
    network: nn.Module, path: Path, *, recipe: Recipe, metadata: Mapping[str, str]
) -> None:
    """Write a network as ONNX.

    The graph takes ``image``, float32 (batch, bands, height, width), scaled by the recipe, and
    gives ``logits``, float32 (batch, channels, height, width). Height and width are multiples of
    the recipe's.

    Args:
        network: On the CPU.
        path: The file to write.
        recipe: How the network is used; stands in the file's metadata.
        metadata: More of it.
    """
    import onnx

    model = _exported(network, recipe)
    for entry in (*model.graph.node, *model.graph.input, *model.graph.output, model.graph):
        # Where this machine keeps its source files is nobody's business.
        del entry.metadata_props[:]
        entry.ClearField("doc_string")
    del model.graph.value_info[:]
    for value in (*model.graph.input, *model.graph.output):
        for place, name in ((0, "batch"), (2, "height"), (3, "width")):
            value.type.tensor_type.shape.dim[place].dim_param = name
    for tensor in model.graph.initializer:
        del tensor.metadata_props[:]
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, {**metadata, KEY: recipe.to_json()})
    model.producer_name, model.ir_version = "geocairn", _IR
    model.graph.name = recipe.name
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


def _exported(network: nn.Module, recipe: Recipe) -> Any:
    """Export by way of torch.export, with nothing said on the way."""
    import torch

    multiple = recipe.multiple
    # Two different sizes above one: torch.export takes sizes of 0, 1 and equal ones for fixed.
    example = torch.zeros(2, len(recipe.bands), 2 * multiple, 3 * multiple)
    sizes = {
        0: torch.export.Dim("batch"),
        2: multiple * torch.export.Dim("rows"),
        3: multiple * torch.export.Dim("columns"),
    }
    training = network.training
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                network.eval(),
                (example,),
                dynamic_shapes=(sizes,),
                input_names=[INPUT],
                output_names=[OUTPUT],
                opset_version=_OPSET,
                dynamo=True,
                external_data=False,
            )
    finally:
        network.train(training)
        logger.setLevel(level)
    assert program is not None
    return program.model_proto
