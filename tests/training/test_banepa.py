"""The model of the catalog that was trained here, run as a stranger would: by its item alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import rasterio

from geocairn.artifacts.files import checksum
from geocairn.errors import InputError
from geocairn_training.acquire import footprints
from geocairn_training.acquire.masks import Burner
from geocairn_training.data.pairs import grid
from geocairn_training.inference import load

ROOT = Path(__file__).parents[2]
ENTRY = ROOT / "catalog/buildings/banepa-unet/1.0.0"
DATA = ROOT.parent / "shared/data/banepa"


@pytest.fixture(scope="module")
def item() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ENTRY / "item.json").read_bytes())
    return found


class Stranger:
    """Knows STAC, MLM and ONNX Runtime, and nothing of this project.

    Args:
        item: The model's item.
        folder: Where it lies.
    """

    def __init__(self, item: dict[str, Any], folder: Path) -> None:
        properties, assets = item["properties"], item["assets"]
        (self.input,), (self.output,) = properties["mlm:input"], properties["mlm:output"]
        scaling = self.input["value_scaling"]
        assert {one["type"] for one in scaling} == {"z-score"}
        self.mean = np.array([one["mean"] for one in scaling])[:, None, None]
        self.std = np.array([one["stddev"] for one in scaling])[:, None, None]
        assert self.input["input"]["data_type"] == "float32"
        assert self.output["post_processing_function"]["expression"] == "torch.sigmoid"
        self.threshold = properties["mlm:hyperparameters"]["threshold"]
        self.session = onnxruntime.InferenceSession(folder / assets["onnx"]["href"])

    def probabilities(self, chip: Path) -> Any:
        """Of the building class, (height, width)."""
        with rasterio.open(chip) as dataset:
            pixels = dataset.read()
        scaled = ((pixels - self.mean) / self.std).astype(np.float32)[None]
        (logits,) = self.session.run(None, {self.session.get_inputs()[0].name: scaled})
        return 1 / (1 + np.exp(-logits[0, 0].astype(np.float64)))


def test_files_are_those_that_the_item_names(item: dict[str, Any]) -> None:
    for asset in item["assets"].values():
        path = ENTRY / asset["href"]
        assert path.stat().st_size == asset["file:size"], path
        assert checksum(path) == asset["file:checksum"], path
    assert item["assets"]["onnx"]["file:size"] < 5 * 2**20


def test_the_sample_gives_what_is_expected(item: dict[str, Any]) -> None:
    found = Stranger(item, ENTRY).probabilities(ENTRY / item["assets"]["sample-input"]["href"])
    with rasterio.open(ENTRY / item["assets"]["sample-output"]["href"]) as dataset:
        expected = dataset.read(1)
    assert 0.1 < (expected > 0.5).mean() < 0.9
    # As in tests/training/export: the same sums in another order.
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


def test_the_network_says_the_same_as_the_item(item: dict[str, Any]) -> None:
    recipe, stranger = load(ENTRY / "model.onnx").recipe, Stranger(item, ENTRY)
    assert recipe.mean == tuple(stranger.mean.ravel())
    assert recipe.std == tuple(stranger.std.ravel())
    assert recipe.threshold == stranger.threshold
    assert [one.name for one in recipe.classes] == [
        one["name"] for one in stranger.output["classification:classes"]
    ]
    said = [one.get("description", "") for one in item["properties"]["providers"]]
    for words in ("OpenAerialMap", "CC BY 4.0", "OpenStreetMap contributors", "ODbL 1.0"):
        assert any(words in one for one in said), words


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared imagery is not here")
@pytest.mark.parametrize("split", ["validation", "test"])
def test_held_out_chips_give_the_figures_of_the_item(item: dict[str, Any], split: str) -> None:
    facts = json.loads((ENTRY / "facts.json").read_bytes())
    held_out = facts["split"]["chips"]
    assert not set(held_out["train"]) & {*held_out["validation"], *held_out["test"]}
    burner = Burner(footprints.read(DATA / "labels/osm_buildings.geojson"))
    stranger, overlap, union = Stranger(item, ENTRY), 0, 0
    for name in held_out[split]:
        chip = DATA / "chips" / f"{name}.tif"
        found = stranger.probabilities(chip) >= stranger.threshold
        true = burner.mask(grid(chip)) == 1
        overlap += int((found & true).sum())
        union += int((found | true).sum())
    said = item["properties"]["geocairn:metrics"][split]["iou/building"]
    assert overlap / union == pytest.approx(said, abs=5e-4)
    assert overlap / union > 0.76


def test_a_network_of_another_model_is_told_from_it(item: dict[str, Any], tmp_path: Path) -> None:
    from geocairn_training.export.dlpk import write_dlpk

    changed = tmp_path / "model.onnx"
    changed.write_bytes((ENTRY / "model.onnx").read_bytes().replace(b"banepa", b"bandra"))
    with pytest.raises(InputError, match="another checksum"):
        write_dlpk(tmp_path / "a.dlpk", item=item, where="item.json", onnx=changed)
    write_dlpk(tmp_path / "b.dlpk", item=item, where="item.json", onnx=ENTRY / "model.onnx")
