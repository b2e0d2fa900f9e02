"""Files that are, or need, code: opened by `geocairn.load` when they are trusted, and the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tests.run import making

from geocairn.errors import ArtifactError
from geocairn.run.runnable import load_item
from geocairn_training.models.unet import UNet

KINDS = {
    "model.pt": "torch.jit.save",
    "model.pt2": "torch.export.save",
    "weights.safetensors": "safetensors",
}


@pytest.fixture(scope="module")
def network() -> UNet:
    torch.manual_seed(0)
    return UNet(3, 2, width=4, depth=2).eval()


def written(network: UNet, path: Path) -> Path:
    example = torch.zeros(1, 3, 96, 128)
    if path.suffix == ".pt":
        torch.jit.save(torch.jit.trace(network, example), str(path))
    elif path.suffix == ".pt2":
        torch.export.save(torch.export.export(network, (example,)), str(path))
    else:
        save_file(network.state_dict(), str(path))
    return path


def item_for(path: Path) -> dict[str, Any]:
    asset = {"mlm:artifact_type": KINDS[path.name], "type": "application/octet-stream"}
    return making.item_of(
        path,
        inputs=[making.image_input(scaling=[{"type": "scale", "value": 255}])],
        outputs=[making.output()],
        hyperparameters={"width": 4, "depth": 2, "lr": 0.1},
        asset=asset,
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", KINDS)
def test_trusted_files_give_what_the_network_gives(
    network: UNet, tmp_path: Path, name: str
) -> None:
    item = item_for(written(network, tmp_path / name))
    pixels = making.image()
    scene = making.raster(tmp_path / "s.tif", pixels, photometric="RGB")
    model = load_item(item, trust=making.sha256(tmp_path / name), threads=1)
    assert model.loaded.network.runtime.startswith("torch ")
    found = model.predict(scene, tile=(96, 128), batch=1).array()
    with torch.inference_mode():
        expected = network(torch.from_numpy(pixels.astype(np.float32) / 255)[None])
    np.testing.assert_array_equal(found, expected[0].argmax(0).numpy())


@pytest.mark.parametrize("name", KINDS)
def test_files_that_are_damaged(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"nothing of the kind")
    with pytest.raises(ArtifactError) as caught:
        load_item(item_for(tmp_path / name), trust=True)
    assert caught.value.remedy


def test_weights_of_another_network(tmp_path: Path) -> None:
    save_file({"w": torch.zeros(3)}, str(tmp_path / "weights.safetensors"))
    with pytest.raises(ArtifactError, match="another network than geocairn's U-Net"):
        load_item(item_for(tmp_path / "weights.safetensors"), trust=True)
