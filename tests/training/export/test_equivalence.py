"""The same chips through every format give the same result.

Tolerances: the formats differ only in the order in which float32 sums are formed. Logits of up to
about 50 may then differ by 1e-3 at most, probabilities by 1e-4. Classes must be the same but where
the decision is closer than that.
"""

import importlib.util
import shutil
from zipimport import zipimporter

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from tests.training.export.arcgis import ArcGIS
from tests.training.runs import PUBLICATION

from geocairn.errors import InputError
from geocairn_training.export import export_run
from geocairn_training.inference import load
from geocairn_training.models.task import load as load_task
from geocairn_training.recipe import KEY, Recipe

LOGITS, PROBABILITIES = 1e-3, 1e-4
FILES = ("model.onnx", "model.pt", "checkpoint.ckpt")


@pytest.fixture
def reference(exported, pixels):
    """Logits of the trained task itself, from raw pixels, by its own scaling and activation."""
    task = load_task(exported / "checkpoint.ckpt")
    recipe = load(exported / "model.onnx").recipe
    task.mean.copy_(torch.tensor(recipe.mean))
    task.std.copy_(torch.tensor(recipe.std))
    with torch.inference_mode():
        logits = task(torch.from_numpy(pixels).float())
        return logits.numpy(), task.probabilities(logits).numpy(), task.decide(logits).numpy()


@pytest.mark.parametrize("name", FILES)
def test_networks_agree(exported, pixels, reference, name):
    predictor = load(exported / name, threads=1)
    scaled = predictor.recipe.scale(pixels)
    logits, probabilities, classes = reference
    assert np.abs(logits).max() > 1
    np.testing.assert_allclose(predictor.network(scaled), logits, rtol=0, atol=LOGITS)
    scores = predictor.scores(scaled)
    np.testing.assert_allclose(scores, probabilities, rtol=0, atol=PROBABILITIES)
    for found, expected, score in zip(scores, classes, probabilities, strict=True):
        same = predictor.recipe.decide(found) == expected
        assert same[clear(score)].all()


def clear(scores):
    """Where the decision does not hang on a rounding error."""
    if len(scores) == 1:
        return np.abs(scores[0] - 0.5) > PROBABILITIES
    best = np.sort(scores, axis=0)
    return best[-1] - best[-2] > 2 * PROBABILITIES


@pytest.mark.parametrize("padding", [0, 8])
def test_the_package_for_arcgis_agrees(exported, pixels, reference, tmp_path, padding):
    """Chip by chip, in the tiles that the raster function asks for, against PyTorch on each."""
    arcgis = ArcGIS(exported / "model.dlpk", tmp_path)
    tile = arcgis.emd["ImageHeight"]
    task = load(exported / "checkpoint.ckpt")
    step = tile - 2 * padding
    for chip in pixels:
        scaled = task.recipe.scale(chip)
        around = np.pad(scaled, ((0, 0), (padding, padding), (padding, padding)))
        expected = np.zeros(chip.shape[1:], "u1")
        decided = np.zeros(chip.shape[1:], bool)
        for top in range(0, chip.shape[1], step):
            for left in range(0, chip.shape[2], step):
                cut = around[:, top : top + tile, left : left + tile]
                pad = [(0, 0), *((0, tile - size) for size in cut.shape[1:])]
                scores = task.scores(np.pad(cut, pad, mode="reflect")[None])[0]
                inner = scores[:, padding : padding + step, padding : padding + step]
                place = np.s_[top : top + step, left : left + step]
                size = expected[place].shape
                inner = inner[:, : size[0], : size[1]]
                expected[place], decided[place] = task.recipe.decide(inner), clear(inner)
        found, mask = arcgis.classify(chip, padding=padding)
        assert mask.all()
        assert decided.mean() > 0.99
        assert (found == expected)[decided].all()


def test_any_batch_height_and_width(exported):
    task = load_task(exported / "checkpoint.ckpt")
    rng = np.random.default_rng(0)
    for name in ("model.onnx", "model.pt"):
        network = load(exported / name, threads=1).network
        for shape in ((1, 3, 8, 8), (3, 3, 40, 72), (2, 3, 64, 64)):
            image = rng.normal(size=shape).astype(np.float32)
            with torch.inference_mode():
                expected = task.network(torch.from_numpy(image)).numpy()
            np.testing.assert_allclose(network(image), expected, rtol=0, atol=LOGITS)


def test_weights_alone_are_those_of_the_network(exported):
    """They fit the code that is shipped with them, without this package."""
    expected = load_task(exported / "checkpoint.ckpt").network.state_dict()
    spec = zipimporter(str(exported / "network.zip")).find_spec("unet")
    shipped = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shipped)
    assert "import geocairn" not in spec.loader.get_source("unet")
    fresh = shipped.UNet(3, len(expected["head.bias"]), width=8, depth=3)
    pickled = torch.load(exported / "weights.pth", weights_only=True)
    for found in (pickled, load_file(exported / "weights.safetensors")):
        fresh.load_state_dict(found)
        assert all(torch.equal(found[name], expected[name]) for name in expected)
    with safe_open(exported / "weights.safetensors", framework="pt") as file:
        recipe = Recipe.from_json(file.metadata()[KEY], where="safetensors")
    assert recipe == load(exported / "model.onnx").recipe


def test_onnx_tells_about_itself_and_not_about_this_machine(exported):
    import onnx

    model = onnx.load(exported / "model.onnx")
    sizes = [
        one.dim_param or one.dim_value for one in model.graph.input[0].type.tensor_type.shape.dim
    ]
    assert sizes == ["batch", 3, "height", "width"]
    told = {one.key: one.value for one in model.metadata_props}
    assert told["geocairn.id"] == "towns-unet-1.2.0"
    assert told["geocairn.attribution"] == "Image by the Flyers"
    assert not {"Sigmoid", "Softmax"} & {node.op_type for node in model.graph.node}
    data = (exported / "model.onnx").read_bytes()
    for trace in (b"site-packages", b"geocairn_training", b".py"):
        assert trace not in data


def test_the_same_run_gives_the_same_bytes(exported, tmp_path):
    again = tmp_path / "again"
    again.mkdir()
    for name in ("facts.json", "checkpoint.ckpt", "config.yaml"):
        shutil.copy(exported / name, again / name)
    export_run(again, publication=PUBLICATION)
    for name in ("model.onnx", "model.dlpk", "weights.safetensors"):
        assert (again / name).read_bytes() == (exported / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "match"),
    [("nothing.onnx", "no such model"), ("model.xyz", "cannot be run"), ("torn.onnx", "be read")],
)
def test_models_that_cannot_be_read(exported, tmp_path, name, match):
    path = tmp_path / name
    if name != "nothing.onnx":
        path.write_bytes((exported / "model.onnx").read_bytes()[:5000])
    with pytest.raises(InputError, match=match):
        load(path)
