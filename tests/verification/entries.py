"""Entries of a catalog with a model in ONNX and a sample, made when they are needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from tests import items, onnx_models

from geocairn import sandbox
from geocairn.sandbox import Limits
from geocairn.verification import Verdict, verify_folder

Arrays = dict[str, NDArray[Any]]
SMALL = Limits(memory=512 << 20, processor=20, wall=90)
needs_isolation = pytest.mark.skipif(
    not sandbox.can_isolate(), reason="isolation needs Linux on x86-64 or ARM 64"
)


def verify(folder: Path, **more: Any) -> Verdict:
    """Verify within limits that keep a test short."""
    return verify_folder(folder, limits=more.pop("limits", SMALL), **more)


def run(made: onnx.ModelProto, given: Arrays) -> Arrays:
    """What a model gives, computed here and now."""
    session = onnxruntime.InferenceSession(made.SerializeToString())
    names = [one.name for one in session.get_outputs()]
    return dict(zip(names, session.run(names, given), strict=True))


def image(*, batch: int = 1, bands: int = 3, size: int = 16, seed: int = 0) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    return rng.random((batch, bands, size, size), dtype=np.float32)


def description(name: str = "tiny-unet", *, size: int = 16) -> dict[str, Any]:
    """The item of `onnx_models.segmenter`, without findings."""
    item = items.model(name)
    properties = item["properties"]
    properties["mlm:input"] = [
        {
            "name": "image",
            "bands": ["B02", "B03", "B04"],
            "input": {
                "shape": [-1, 3, size, size],
                "dim_order": ["batch", "bands", "height", "width"],
                "data_type": "float32",
            },
        }
    ]
    properties["mlm:output"] = [
        {
            "name": "output",
            "tasks": ["semantic-segmentation"],
            "result": {
                "shape": [-1, 2, size, size],
                "dim_order": ["batch", "class", "height", "width"],
                "data_type": "float32",
            },
            "classification:classes": [
                {"value": 0, "name": "land", "description": "Dry ground"},
                {"value": 1, "name": "water", "description": "Open water"},
            ],
        }
    ]
    properties["mlm:total_parameters"] = 542
    properties["mlm:memory_size"] = 4 * 542
    bands = [{"name": name} for name in ("B02", "B03", "B04")]
    properties["bands"] = properties["bands"][:3]
    item["assets"] = {
        "model": {
            "href": "./model.onnx",
            "type": "application/octet-stream; framework=onnx",
            "roles": ["mlm:model", "mlm:weights"],
            "mlm:artifact_type": "onnx",
            "bands": bands,
        },
        "source": item["assets"]["source"],
    }
    return item


def entry(
    catalog: Path,
    made: onnx.ModelProto | bytes | None = None,
    *,
    given: Arrays | None = None,
    expected: Arrays | None = None,
    name: str = "tiny-unet",
    **item: Any,
) -> Path:
    """Write an entry; gives the folder of its item.

    Args:
        catalog: The catalog's folder.
        made: The model.
        given: Its sample input, an image by chance by default.
        expected: The output expected, what it gives by default.
        name: Of the model.
        item: Members to put in place of the item's.
    """
    made = onnx_models.segmenter() if made is None else made
    document = description(name) | item
    version = document["properties"]["version"]
    folder = catalog / document["collection"] / name / version
    folder.mkdir(parents=True)
    data = made if isinstance(made, bytes) else made.SerializeToString(deterministic=True)
    (folder / "model.onnx").write_bytes(data)
    given = {"image": image()} if given is None else given
    if expected is None:
        assert isinstance(made, onnx.ModelProto)
        expected = run(made, given)
    save(folder / "sample-input.npz", given)
    save(folder / "sample-output.npz", expected)
    for role in ("sample-input", "sample-output"):
        document["assets"].setdefault(
            role,
            {"href": f"./{role}.npz", "type": "application/x-npz", "roles": [role]},
        )
    (folder / "item.json").write_text(json.dumps(document), encoding="utf-8")
    described = catalog / document["collection"] / "collection.json"
    described.write_text(json.dumps(items.collection(document["collection"])), encoding="utf-8")
    return folder


def save(path: Path, arrays: Arrays) -> None:
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
