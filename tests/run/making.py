"""Models with their items, and scenes, made when tests need them."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import rasterio
import rasterio.errors
from numpy.typing import NDArray
from onnx import TensorProto, helper
from tests import onnx_models
from tests.items import model as plain_item

COLORS = {"red": 0.665, "green": 0.56, "blue": 0.49, "nir": 0.842}
UTM = "EPSG:32645"
NORTH_UP = rasterio.Affine(2.0, 0.0, 330_000.0, 0.0, -2.0, 3_060_000.0)


def sha256(path: Path) -> str:
    return "1220" + hashlib.sha256(path.read_bytes()).hexdigest()


def classes(*names: str) -> list[dict[str, Any]]:
    colors = ("000000", "e41a1c", "377eb8", "4daf4a")
    return [
        {"value": n, "name": name, "description": name, "color_hint": colors[n % 4].upper()}
        for n, name in enumerate(names)
    ]


def image_input(
    bands: Sequence[Any] = ("red", "green", "blue"),
    *,
    size: int = -1,
    scaling: Any = None,
    order: Sequence[str] = ("batch", "bands", "height", "width"),
    name: str = "image",
    dtype: str = "float32",
    **more: Any,
) -> dict[str, Any]:
    sizes = {"batch": -1, "bands": len(bands), "height": size, "width": size, "time": -1}
    sizes |= more.pop("sizes", {})
    shape = [sizes.get(one, -1) for one in order]
    return {
        "name": name,
        "bands": list(bands),
        "input": {"shape": shape, "dim_order": list(order), "data_type": dtype},
        "value_scaling": scaling,
        **more,
    }


def output(
    order: Sequence[str] = ("batch", "class", "height", "width"),
    shape: Sequence[int] = (-1, 2, -1, -1),
    *,
    task: str = "semantic-segmentation",
    names: Sequence[str] = ("background", "building"),
    post: str | None = "torch.nn.Softmax(dim=1)",
    name: str = "output",
    **more: Any,
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": name,
        "tasks": [task],
        "result": {"shape": list(shape), "dim_order": list(order), "data_type": "float32"},
        "post_processing_function": post and {"format": "python", "expression": post},
        **more,
    }
    return found | ({"classification:classes": classes(*names)} if names else {})


def item_of(
    path: Path,
    *,
    inputs: Sequence[Mapping[str, Any]],
    outputs: Sequence[Mapping[str, Any]],
    name: str = "unet",
    gsd: float = 2.0,
    bands: Sequence[str] = ("red", "green", "blue", "nir"),
    asset: Mapping[str, Any] | None = None,
    hyperparameters: Mapping[str, Any] | None = None,
    **properties: Any,
) -> dict[str, Any]:
    """The item of an ONNX file, with checksum and size."""
    item = plain_item(name)
    told = item["properties"]
    for key in ("mlm:hyperparameters", "constellation", "platform", "instruments"):
        told.pop(key, None)
    described = [
        {"name": one, "eo:common_name": one, "eo:center_wavelength": COLORS[one]}
        for one in bands
        if one in COLORS
    ]
    told |= {
        "mlm:input": list(inputs),
        "mlm:output": list(outputs),
        "mlm:tasks": list(outputs[0]["tasks"]),
        "bands": described,
        "gsd": gsd,
        "mlm:hyperparameters": dict(hyperparameters or {"threshold": 0.5}),
        **properties,
    }
    item["assets"] = {
        "model": {
            "href": str(path),
            "type": "application/octet-stream; application=onnx",
            "roles": ["mlm:model"],
            "mlm:artifact_type": "onnx",
            "file:checksum": sha256(path),
            "file:size": path.stat().st_size,
            "bands": [{"name": one["name"]} for one in described],
            **(asset or {}),
        }
    }
    return item


def segmenter_item(folder: Path, *, size: int = -1, **changes: Any) -> dict[str, Any]:
    """A tiny U-Net with its item: three bands, a z-score each, two classes, softmax."""
    path = onnx_models.saved(folder / "unet.onnx", onnx_models.segmenter(bands=3))
    scaling = [{"type": "z-score", "mean": 90.0 + 10 * n, "stddev": 40.0 + 5 * n} for n in range(3)]
    return item_of(
        path,
        inputs=[image_input(size=size, scaling=changes.pop("scaling", scaling))],
        outputs=[output()],
        **changes,
    )


def saved(path: Path, nodes: Any, inputs: Any, outputs: Any, **more: Any) -> Path:
    """Save a model of some nodes."""
    return onnx_models.saved(path, onnx_models.model(nodes, inputs, outputs, **more))


def image(height: int = 96, width: int = 128, *, bands: int = 3, seed: int = 0) -> NDArray[Any]:
    """Smooth pictures of eight bits, never 0."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    waves = [
        np.sin(x / rng.uniform(5, 25) + rng.uniform(0, 6))
        + np.cos(y / rng.uniform(5, 25) + rng.uniform(0, 6))
        for _ in range(bands)
    ]
    found = np.stack(waves) * 50 + 125 + rng.normal(0, 8, (bands, height, width))
    return found.clip(1, 255).astype(np.uint8)


def raster(
    path: Path,
    values: NDArray[Any],
    *,
    names: Sequence[str] = (),
    crs: str | None = UTM,
    transform: Any = NORTH_UP,
    tags: Mapping[str, str] | None = None,
    **profile: Any,
) -> Path:
    """Write a GeoTIFF."""
    count, height, width = values.shape
    place = {"crs": crs, "transform": transform} if crs else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings(), ExitStack() as stack:
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        dataset = stack.enter_context(
            rasterio.open(
                path,
                "w",
                driver="GTiff",
                height=height,
                width=width,
                count=count,
                dtype=values.dtype,
                **place,
                **profile,
            )
        )
        dataset.write(values)
        for index, name in enumerate(names, start=1):
            dataset.set_band_description(index, name)
        dataset.update_tags(**(tags or {}))
    return path


def softmax(logits: NDArray[Any]) -> NDArray[Any]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: NDArray[Any] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def single_pass(path: Path, pixels: NDArray[Any], *, scaled: bool = True) -> NDArray[Any]:
    """Logits of a segmenter over a whole image at once, by ONNX Runtime alone."""
    import onnxruntime

    mean = np.array([90.0, 100.0, 110.0])[:, None, None]
    deviation = np.array([40.0, 45.0, 50.0])[:, None, None]
    given = ((pixels - mean) / deviation if scaled else pixels).astype(np.float32)[None]
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    found: NDArray[Any] = session.run(None, {session.get_inputs()[0].name: given})[0]
    return found


def tensor(name: str, shape: Sequence[Any], *, kind: int = TensorProto.FLOAT) -> Any:
    return onnx_models.value(name, shape, kind=kind)


def node(*arguments: Any, **named: Any) -> onnx.NodeProto:
    return helper.make_node(*arguments, **named)
