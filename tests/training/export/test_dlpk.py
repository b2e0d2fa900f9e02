"""The package for ArcGIS: its definition comes from the item; it classifies as inference does."""

import copy
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
from tests.training.export.arcgis import ArcGIS
from tests.training.runs import make_run

from geocairn.errors import InputError
from geocairn.export.dlpk import SCRIPT, write_dlpk
from geocairn.export.dlpk.emd import definition
from geocairn_training.inference import Options, load, run

CHIPS = Path(__file__).parents[4] / "shared/data/banepa/chips"


def item_of(run):
    (path,) = run.glob("entry/*/*/*/item.json")
    return json.loads(path.read_text())


@pytest.fixture
def item(exported):
    return item_of(exported)


def define(item):
    return definition(item, where="item.json", model_file="m.onnx", script="s.py")


def test_the_definition_says_what_the_item_says(exported, item):
    with zipfile.ZipFile(exported / "model.dlpk") as package:
        names = sorted(package.namelist())
        emd = json.loads(package.read("model.emd"))
        assert package.read("model.onnx") == (exported / "model.onnx").read_bytes()
        assert package.read(emd["InferenceFunction"]) == SCRIPT.read_bytes()
    assert names == sorted(["model.emd", "model.onnx", emd["InferenceFunction"]])
    assert emd["ModelFile"] == "model.onnx"
    assert emd["ModelType"] == "ImageClassification"
    assert (emd["ImageHeight"], emd["ImageWidth"], emd["Padding"]) == (64, 64, 8)
    assert emd["ExtractBands"] == [0, 1, 2]
    assert emd["NormalizationStats"]["band_std_values"] == [40.5, 38.25, 41.0]
    assert emd["Classes"][1] == {"Value": 1, "Name": "building", "Color": [0xE4, 0x57, 0x2E]}
    assert emd["MinCellSize"]["x"] == 0.5
    assert emd["MinCellSize"]["spatialReference"]["wkid"] == 32645
    assert emd["Attribution"] == "Image by the Flyers. CC-BY-4.0; ODbL-1.0"
    two = len(emd["Classes"]) == 2
    assert emd["Activation"] == ("sigmoid" if two else "softmax")


def test_another_item_makes_another_definition(item):
    changed = copy.deepcopy(item)
    properties = changed["properties"]
    properties["mlm:hyperparameters"]["threshold"] = 0.35
    properties["mlm:input"][0]["value_scaling"] = [{"type": "min-max", "minimum": 5, "maximum": 9}]
    properties["mlm:output"][0]["classification:classes"][1] |= {"value": 8, "name": "roof"}
    del properties["gsd"]
    emd = define(changed)
    assert emd["Threshold"] == 0.35
    assert emd["NormalizationStats"] == {
        "band_mean_values": [5.0] * 3,
        "band_std_values": [4.0] * 3,
    }
    assert emd["Classes"][1]["Value"] == 8
    assert "MinCellSize" not in emd
    southern = define({**item, "bbox": [-70.2, -33.5, -70.1, -33.4]})
    assert southern["MaxCellSize"]["spatialReference"]["wkid"] == 32719


@pytest.mark.parametrize(
    ("place", "match"),
    [
        (("mlm:input",), "exactly one"),
        (("mlm:input", 0, "bands"), "names no bands"),
        (("mlm:input", 0, "value_scaling"), "how values are scaled"),
        (("mlm:input", 0, "input", "dim_order"), "order of dimensions"),
        (("mlm:output", 0, "classification:classes"), "lists no classes"),
        (("mlm:tasks",), "semantic segmentation"),
    ],
)
def test_what_the_item_does_not_say_is_not_made_up(item, place, match):
    holder = item["properties"]
    for step in place[:-1]:
        holder = holder[step]
    del holder[place[-1]]
    with pytest.raises(InputError, match=match) as caught:
        define(item)
    assert caught.value.path.startswith("$.properties.mlm:")


def test_another_network_is_refused(exported, item, tmp_path):
    other = tmp_path / "other.onnx"
    data = (exported / "model.onnx").read_bytes()
    # The same shapes, but another file.
    other.write_bytes(data.replace(b"Image by the Flyers", b"Image by the Divers"))
    with pytest.raises(InputError, match="another checksum"):
        write_dlpk(tmp_path / "a.dlpk", item=item, where="item.json", onnx=other)
    for one in item["assets"].values():
        one.pop("file:checksum", None)
    write_dlpk(tmp_path / "b.dlpk", item=item, where="item.json", onnx=other)
    item["properties"]["mlm:output"][0]["result"]["shape"][1] = 9
    with pytest.raises(InputError, match="but the item says"):
        write_dlpk(tmp_path / "a.dlpk", item=item, where="item.json", onnx=other)
    assert [path.name for path in tmp_path.glob("*.dlpk*")] == ["b.dlpk"]
    assert not list(tmp_path.glob(".*"))


def test_arguments_are_shown_with_their_defaults(exported, tmp_path):
    arcgis = ArcGIS(exported / "model.dlpk", tmp_path)
    required = [name for name, one in arcgis.parameters.items() if one["required"]]
    assert required == ["raster", "model"]
    assert arcgis.parameters["padding"]["value"] == 8
    sigmoid = arcgis.emd["Activation"] == "sigmoid"
    assert ("threshold" in arcgis.parameters) == sigmoid
    for wrong in ({"padding": 32}, {"padding": -1}, {"batch_size": 0}):
        with pytest.raises(ValueError, match="must be"):
            arcgis.function.getConfiguration(**wrong)


def test_the_definition_may_come_as_text(exported, tmp_path):
    arcgis = ArcGIS(exported / "model.dlpk", tmp_path)
    again = type(arcgis.function)()
    again.initialize(model=json.dumps(arcgis.emd))
    assert again.emd == arcgis.emd
    assert again.folder == tmp_path.resolve()


def test_missing_data_and_batches(exported, pixels, tmp_path):
    arcgis = ArcGIS(exported / "model.dlpk", tmp_path)
    valid = np.ones(pixels.shape[2:], bool)
    valid[20:90, 40:] = False
    one, mask = arcgis.classify(pixels[0], valid=valid)
    assert (mask.astype(bool) == valid).all()
    assert (one[~valid] == arcgis.emd["NoDataValue"]).all()
    assert set(np.unique(one[valid])) <= {entry["Value"] for entry in arcgis.emd["Classes"]}
    three, _ = arcgis.classify(pixels[0], valid=valid, batch_size=3)
    assert (three == one).all()
    table = json.loads(arcgis.output["rasterAttributeTable"])
    assert [row["attributes"]["Value"] for row in table["features"]] == [
        entry["Value"] for entry in arcgis.emd["Classes"]
    ]
    assert arcgis.output["noData"].tolist() == [arcgis.emd["NoDataValue"]]


def test_the_threshold_is_heeded(exported, pixels, tmp_path):
    arcgis = ArcGIS(exported / "model.dlpk", tmp_path)
    if arcgis.emd["Activation"] != "sigmoid":
        pytest.skip("softmax takes the best")
    shares = [
        (arcgis.classify(pixels[0], threshold=level)[0] == 1).mean() for level in (0.05, 0.5, 0.95)
    ]
    assert shares[0] > shares[1] > shares[2]


@pytest.mark.skipif(not CHIPS.is_dir(), reason="the shared imagery is not here")
def test_a_real_chip_gets_the_mask_of_inference(tmp_path):
    """In one tile the masks are the same; cut into tiles they may differ near their edges only."""
    from geocairn_training.export import export_run

    chip = sorted(CHIPS.glob("*.tif"))[7]
    folder = make_run(tmp_path / "run")
    facts = json.loads((folder / "facts.json").read_text())
    facts["chip"] = {"height": 512, "width": 512}
    (folder / "facts.json").write_text(json.dumps(facts))
    export_run(folder, formats=("dlpk",))
    list(run([chip], load(folder), output=tmp_path / "out", options=Options(polygons=False)))
    with rasterio.open(tmp_path / "out" / f"{chip.stem}_mask.tif") as dataset:
        expected = dataset.read(1)
    with rasterio.open(chip) as dataset:
        pixels, valid = dataset.read(), dataset.dataset_mask() > 0
    arcgis = ArcGIS(folder / "model.dlpk", tmp_path / "package")
    found, _ = arcgis.classify(pixels, valid=valid, padding=0)
    assert 0.05 < (expected == 1).mean() < 0.95
    assert (found == expected).all()
    tiled, _ = arcgis.classify(pixels, valid=valid, padding=64)
    assert (tiled == expected).mean() > 0.98
