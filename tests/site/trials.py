"""Models to try in the browser: the shipped one, and tiny ones of every task and scaling."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tests import onnx_models
from tests.items import write_catalog
from tests.run import making
from tests.run.making import image_input, node, output, tensor

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "catalog/buildings/banepa-unet"
SAMPLE = SHIPPED / "1.0.0/sample-input.tif"
NDVI = {"name": "ndvi", "format": "numpy", "expression": "(nir - red) / (nir + red)"}
SCALINGS = [
    {"type": "z-score", "mean": 100.5, "stddev": 45.25},
    {"type": "min-max", "minimum": 5, "maximum": 250},
    {"type": "processing", "format": "numpy", "expression": "sqrt(blue) / 16 - (red > 90)"},
]
TASKS = ("scaled", "fixed", "index", "scene", "amount", "objects")


def write_trials(folder: Path) -> Path:
    """Write the catalog into a folder; gives the folder."""
    made = folder / "made"
    for name, (path, inputs, outputs, more) in _models(made).items():
        item = making.item_of(path, inputs=inputs, outputs=outputs, name=name, **more)
        item["collection"] = "trial"
        item["assets"]["model"]["href"] = "./model.onnx"
        write_catalog(folder / "catalog", [item])
        version = item["id"].rsplit("-", 1)[1]
        shutil.copy(path, folder / "catalog/trial" / name / version / "model.onnx")
    target = folder / "catalog/buildings"
    shutil.copytree(SHIPPED.parent, target, dirs_exist_ok=True)
    return folder / "catalog"


Made = tuple[Path, Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]], dict[str, Any]]


def _models(folder: Path) -> dict[str, Made]:
    free = onnx_models.saved(folder / "free.onnx", onnx_models.segmenter())
    fixed = onnx_models.segmenter(size=64, batch=2, classes=3, activation="Sigmoid")
    clip = [{"type": "clip", "minimum": 40, "maximum": 200}]
    vector = making.output(
        ("batch", "class"), (-1, 3), task="feature-extraction", names=(), post=None
    )
    return {
        "scaled": (free, [image_input(scaling=SCALINGS)], [output()], {}),
        "fixed": (
            onnx_models.saved(folder / "fixed.onnx", fixed),
            [image_input(size=64, scaling=clip, sizes={"batch": 2})],
            [output(shape=(2, 3, 64, 64), names=("a", "b", "c"), post="torch.sigmoid")],
            {},
        ),
        "index": (_halved(folder), [image_input([NDVI])], [_values()], {}),
        "scene": (_means(folder), [image_input(size=48)], [_scene()], {}),
        "amount": (_mean(folder), [image_input(size=48)], [_amount()], {}),
        "objects": (_boxes(folder), [image_input(size=48)], [_objects()], {}),
        "vector": (_means(folder), [image_input(size=48)], [vector], {}),
        "other": (free, [image_input(["red", "nir"])], [output()], {}),
    }


def _halved(folder: Path) -> Path:
    """A value for every two by two pixels."""
    pool = node("AveragePool", ["image"], ["small"], kernel_shape=[2, 2], strides=[2, 2])
    return making.saved(
        folder / "halved.onnx",
        [pool, node("Mul", ["small", "ten"], ["output"])],
        [tensor("image", ["n", 1, "h", "w"])],
        [tensor("output", ["n", 1, "h2", "w2"])],
        weights={"ten": np.float32(10)},
    )


def _values() -> dict[str, Any]:
    order = ("batch", "bands", "height", "width")
    return output(order, (-1, 1, -1, -1), task="regression", names=(), post=None)


def _means(folder: Path) -> Path:
    mean = node("ReduceMean", ["image"], ["mean"], axes=[2, 3], keepdims=0)
    return making.saved(
        folder / "means.onnx",
        [mean, node("Mul", ["mean", "part"], ["output"])],
        [tensor("image", ["n", 3, 48, 48])],
        [tensor("output", ["n", 3])],
        weights={"part": np.float32(0.05)},
    )


def _scene() -> dict[str, Any]:
    names = ("town", "field", "water")
    return output(("batch", "class"), (-1, 3), task="scene-classification", names=names)


def _mean(folder: Path) -> Path:
    return making.saved(
        folder / "mean.onnx",
        [node("ReduceMean", ["image"], ["output"], axes=[1, 2, 3], keepdims=0)],
        [tensor("image", ["n", 3, 48, 48])],
        [tensor("output", ["n"])],
    )


def _amount() -> dict[str, Any]:
    return output(("batch",), (-1,), task="regression", names=(), post=None)


def _boxes(folder: Path) -> Path:
    """The same three boxes in every window, two of them one object; scores by its brightness."""
    boxes = np.array([[[12, 14, 10, 8, 0.9], [13, 14, 10, 8, 0.6], [34, 30, 12, 20, 0.7]]])
    return making.saved(
        folder / "boxes.onnx",
        [
            node("ReduceMean", ["image"], ["mean"], axes=[1, 2, 3], keepdims=0),
            node("Mul", ["mean", "none"], ["zero"]),
            node("Reshape", ["zero", "shape"], ["zeros"]),
            node("Add", ["boxes", "zeros"], ["output"]),
        ],
        [tensor("image", ["n", 3, 48, 48])],
        [tensor("output", ["n", 3, 5])],
        weights={
            "none": np.float32(0),
            "shape": np.array([-1, 1, 1], np.int64),
            "boxes": boxes.astype(np.float32),
        },
    )


def _objects() -> dict[str, Any]:
    order = ("batch", "boxes", "values")
    more = {"geocairn:boxes": "cxcywh"}
    return output(order, (-1, 3, 5), task="object-detection", names=("ship",), post=None, **more)
