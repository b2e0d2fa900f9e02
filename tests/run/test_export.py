"""Exports, each run again on a chip and compared with what the model itself gives."""

from __future__ import annotations

import importlib.util
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import rasterio
from tests.run import making
from tests.running import call

import geocairn
from geocairn.artifacts.card import read_card
from geocairn.errors import InputError
from geocairn.export.card import write_card
from geocairn.export.qgis import write_qgis
from geocairn.run.runnable import RunnableModel, load_item

Capture = pytest.CaptureFixture[str]
PIXELS = making.image(64, 64)


@pytest.fixture
def chip(tmp_path: Path) -> Path:
    return making.raster(tmp_path / "chip.tif", PIXELS, photometric="RGB")


@pytest.fixture
def path(item: dict[str, Any], tmp_path: Path) -> Path:
    """The item as a file, its windows those of the chip."""
    item["properties"]["mlm:input"][0]["input"]["shape"] = [-1, 3, 64, 64]
    item["properties"]["geocairn:metrics"] = {
        "validation": {"iou": 0.5},
        "test": {"iou": 0.625, "f1": 0.75},
    }
    found = tmp_path / "item.json"
    found.write_text(json.dumps(item), encoding="utf-8")
    return found


def scores_of(model: RunnableModel, chip: Path, tmp_path: Path) -> Any:
    place = tmp_path / "scores.tif"
    model.predict(chip, tmp_path / "mask.tif", scores=str(place))
    with rasterio.open(place) as dataset:
        return dataset.read()


def test_qgis(path: Path, chip: Path, tmp_path: Path, capfd: Capture) -> None:
    """As the plugin does it: bytes divided by 255, one window, what comes out are scores."""
    out = tmp_path / "deepness.onnx"
    ran = call(capfd, "export", "qgis", path, "-o", out)
    assert ran.code == 0
    session = onnxruntime.InferenceSession(out.read_bytes(), providers=["CPUExecutionProvider"])
    (taken,) = session.get_inputs()
    assert taken.shape == [1, 3, 64, 64]
    assert session.get_outputs()[0].shape == [1, 2, 64, 64]
    (found,) = session.run(None, {taken.name: (PIXELS / 255).astype(np.float32)[None]})
    expected = scores_of(geocairn.load(path), chip, tmp_path)
    np.testing.assert_allclose(found[0], expected, atol=1e-4)
    told = {k: json.loads(v) for k, v in session.get_modelmeta().custom_metadata_map.items()}
    assert told["model_type"] == "Segmentor"
    assert told["class_names"] == {"0": "background", "1": "building"}
    assert told["resolution"] == 200
    assert told["tile_size"] == 64
    assert told["bands"] == ["red", "green", "blue"]
    assert told["standardization_mean"] == [0, 0, 0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value_scaling": [{"type": "clip", "minimum": 0, "maximum": 9}]}, "scales its input"),
        (
            {"bands": ["red", "green", {"name": "x", "format": "numpy", "expression": "red / 2"}]},
            "computed bands",
        ),
    ],
)
def test_what_the_plugin_cannot_do_is_said(
    item: dict[str, Any], tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    item["properties"]["mlm:input"][0] |= change
    with pytest.raises(InputError, match=said):
        write_qgis(tmp_path / "q.onnx", load_item(item).loaded, gsd=None)
    assert not (tmp_path / "q.onnx").exists()


def test_arcgis(path: Path, chip: Path, tmp_path: Path, capfd: Capture) -> None:
    """As ArcGIS does it: the script of the package, a block of pixels with its padding."""
    out = tmp_path / "model.dlpk"
    assert call(capfd, "export", "dlpk", path, "-o", out).code == 0
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(out) as package:
        package.extractall(folder)
    emd = json.loads((folder / "model.emd").read_text())
    described = importlib.util.spec_from_file_location("raster", folder / emd["InferenceFunction"])
    assert described is not None
    assert described.loader is not None
    module = importlib.util.module_from_spec(described)
    described.loader.exec_module(module)
    function = module.OnnxPixelClassifier()
    function.initialize(model=str(folder / "model.emd"))
    pad = function.padding
    blocks = function.updatePixels(
        (0, 0),
        (64, 64),
        {"pixelType": "u1"},
        raster_pixels=PIXELS,
        raster_mask=np.ones_like(PIXELS),
    )
    inner = geocairn.load(path).predict(chip).array()[pad:-pad, pad:-pad]
    assert float((blocks["output_pixels"][0] == inner).mean()) > 0.99


def test_a_bundle_runs_by_itself(path: Path, chip: Path, tmp_path: Path, capfd: Capture) -> None:
    out = tmp_path / "bundle.zip"
    assert call(capfd, "export", "onnx-bundle", path, "-o", out).code == 0
    folder = tmp_path / "elsewhere"
    with zipfile.ZipFile(out) as bundle:
        assert sorted(bundle.namelist()) == ["README.md", "item.json", "model.onnx"]
        bundle.extractall(folder)
    again = geocairn.load(folder / "item.json")
    assert again.loaded.file.compared
    expected = scores_of(geocairn.load(path), chip, tmp_path)
    np.testing.assert_array_equal(scores_of(again, chip, tmp_path), expected)
    first = out.read_bytes()
    call(capfd, "export", "onnx-bundle", path, "-o", out)
    assert out.read_bytes() == first


def test_a_card_states_what_the_item_does(path: Path, tmp_path: Path, capfd: Capture) -> None:
    out = tmp_path / "README.md"
    assert call(capfd, "export", "card", path, "-o", out).code == 0
    card = read_card(out)
    item = json.loads(path.read_text())
    assert card.facts["pipeline_tag"] == "image-segmentation"
    assert card.facts["library_name"] == "pytorch"
    assert card.facts["license"] == item["properties"]["license"].lower()
    figures = card.facts["model-index"][0]["results"][0]
    assert figures["dataset"]["split"] == "test"
    assert {one["name"]: one["value"] for one in figures["metrics"]} == {"iou": 0.625, "f1": 0.75}
    assert card.text.startswith(f"# {item['properties']['title']}\n")
    assert item["assets"]["model"]["file:checksum"] in card.text


def test_a_draft_of_a_card_says_the_same(path: Path, tmp_path: Path, capfd: Capture) -> None:
    from geocairn.drafting.inspecting import inspect

    out = tmp_path / "README.md"
    call(capfd, "export", "card", path, "-o", out)
    facts = inspect(out)
    item = json.loads(path.read_text())
    told = item["properties"]
    assert facts.answers["title"] == told["title"]
    assert facts.answers["license"] == told["license"]
    assert facts.answers["framework"] == told["mlm:framework"]
    assert set(told["keywords"]) <= set(facts.answers["keywords"])
    assert facts.metrics == {"iou": 0.625, "f1": 0.75}


def test_a_card_of_its_own_is_kept(item: dict[str, Any]) -> None:
    text = write_card(item, text="# Mine\n\nWith words.\n")
    assert text.startswith("---\n")
    assert text.endswith("# Mine\n\nWith words.\n")


def test_hostile_texts_stay_texts(item: dict[str, Any], tmp_path: Path) -> None:
    item["properties"] |= {
        "title": "a\n---\nevil: 1 | b",
        "description": "---\n# not a heading",
        "keywords": ["*x", "&a b", "!!python/object:os.system", "---"],
    }
    (tmp_path / "c.md").write_text(write_card(item))
    card = read_card(tmp_path / "c.md")
    assert "evil" not in card.facts
    assert card.facts["tags"][:4] == item["properties"]["keywords"]
    assert "\\# not a heading" in card.text
