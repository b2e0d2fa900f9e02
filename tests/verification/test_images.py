"""Samples that are images: scaled and finished as the item says, and nothing but GeoTIFF."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import rasterio
from tests import onnx_models
from tests.verification.entries import (
    description,
    entry,
    needs_isolation,
    run,
    verify,
)

pytestmark = needs_isolation


def test_images_are_scaled_and_scores_compared(tmp_path: Path) -> None:
    made = onnx_models.segmenter()
    raw = np.random.default_rng(3).integers(0, 10_000, (3, 16, 16), dtype=np.uint16)
    scaling = [{"type": "z-score", "mean": 4000.0 + 100 * n, "stddev": 2000.0} for n in range(3)]
    means = np.float32([one["mean"] for one in scaling])[:, None, None]
    logits = run(made, {"image": ((raw - means) / np.float32(2000))[None]})["output"][0]
    scores = np.exp(logits) / np.exp(logits).sum(0)
    scores[:, 2, 2] = np.nan  # where the image has no data
    folder = _with_images(tmp_path, made, scaling=scaling, post="torch.nn.Softmax(dim=1)")
    _tif(folder / "sample-input.tif", raw)
    _tif(folder / "sample-output.tif", scores.astype(np.float32))
    verdict = verify(folder)
    assert verdict.state == "reproduced", verdict.told
    assert verdict.evidence is not None
    assert verdict.evidence.models[0].values == 2 * (16 * 16 - 1)


def _with_images(
    folder: Path, made: onnx.ModelProto, *, scaling: Sequence[Any] = (), post: str = ""
) -> Path:
    """An entry whose samples are images, all zeros until others are written."""
    item = description()
    item["properties"]["mlm:input"][0]["value_scaling"] = list(scaling)
    if post:
        function = {"format": "python", "expression": post}
        item["properties"]["mlm:output"][0]["post_processing_function"] = function
    for role in ("input", "output"):
        item["assets"][f"sample-{role}"] = {
            "href": f"./sample-{role}.tif",
            "roles": [f"sample-{role}"],
        }
    made_up = entry(folder, made, **item)
    for role in ("input", "output"):
        _tif(made_up / f"sample-{role}.tif", np.zeros((3, 16, 16), np.float32))
    return made_up


def _tif(path: Path, pixels: Any) -> None:
    transform = rasterio.Affine(10, 0, 3e5, 0, -10, 3e6)
    count, height, width = pixels.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=count,
        height=height,
        width=width,
        dtype=pixels.dtype,
        transform=transform,
        crs="EPSG:32645",
    ) as dataset:
        dataset.write(pixels)


@pytest.mark.parametrize(
    ("scaling", "told"),
    [
        ([{"type": "processing", "expression": "mine:scale"}], "type 'processing'"),
        ([{"type": "scale", "value": 1}] * 2, "has 2 scalings for 3 bands"),
        ([{"type": "scale", "value": 0}], "divides by zero"),
    ],
)
def test_scalings_that_cannot_be_applied_are_told_before_a_run(
    tmp_path: Path, scaling: list[Any], told: str
) -> None:
    folder = _with_images(tmp_path, onnx_models.segmenter(), scaling=scaling)
    verdict = verify(folder)
    assert verdict.state == "not verified"
    assert told in verdict.told


def test_what_the_model_ends_with_is_not_applied_again(tmp_path: Path) -> None:
    made = onnx_models.segmenter(activation="Sigmoid")
    raw = np.random.default_rng(3).random((3, 16, 16), dtype=np.float32)
    folder = _with_images(tmp_path, made, post="torch.sigmoid")
    _tif(folder / "sample-input.tif", raw)
    _tif(folder / "sample-output.tif", run(made, {"image": raw[None]})["output"][0])
    assert verify(folder).state == "reproduced"


@pytest.mark.parametrize(
    ("expression", "told"),
    [("mine:decode", "only its own code"), ("numpy.argmax", "gives classes")],
)
def test_what_scores_cannot_be_compared_by_is_told(
    tmp_path: Path, expression: str, told: str
) -> None:
    verdict = verify(_with_images(tmp_path, onnx_models.segmenter(), post=expression))
    assert verdict.state == "not verified"
    assert told in verdict.told


def test_an_image_that_names_other_files_is_not_followed(tmp_path: Path) -> None:
    folder = entry(tmp_path)
    item = json.loads((folder / "item.json").read_text())
    item["assets"]["sample-input"]["href"] = "./sample-input.tif"
    (folder / "item.json").write_text(json.dumps(item))
    (folder / "sample-input.tif").write_text(
        '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1">'
        "<SimpleSource><SourceFilename>/etc/passwd</SourceFilename></SimpleSource>"
        "</VRTRasterBand></VRTDataset>"
    )
    verdict = verify(folder)
    assert verdict.state == "failed"
    assert "RasterioIOError" in verdict.told
