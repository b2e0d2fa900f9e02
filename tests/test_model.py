"""The typed view: right on good items, silent on bad ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocairn.model import Model

EXAMPLES = Path(__file__).parents[2] / "shared/data/items"
ATTRIBUTES = [name for name in vars(Model) if not name.startswith("_") and name != "links"]


def example(name: str) -> Model:
    path = EXAMPLES / name
    if not path.exists():
        pytest.skip(f"the shared examples are not here ({path})")
    return Model(json.loads(path.read_bytes()))


def item(**properties: object) -> Model:
    return Model({"id": "a", "properties": properties})


def test_reads_an_official_example() -> None:
    model = example("mlm-examples/item_raster_bands.json")
    assert model.id == "resnet-18_sentinel-2_all_moco_classification"
    assert model.name == "Resnet-18 Sentinel-2 ALL MOCO"
    assert model.tasks == ("classification",)
    assert model.framework == "pytorch"
    assert model.parameters == 11_700_000
    assert model.interval == ("1900-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
    (only,) = model.inputs
    assert only.shape == (-1, 13, 64, 64)
    assert only.dim_order == ("batch", "bands", "height", "width")
    assert only.data_type == "float32"
    assert only.scaled is False
    assert len(only.bands) == 13
    # raster:bands of the model's asset, since the properties have none.
    assert [band.name for band in model.bands] == list(only.bands)
    assert model.bands[1].gsd == 10
    (weights,) = model.model_assets
    assert weights.artifact_type == "torch.save"
    assert [asset.key for asset in model.assets] == ["weights", "source_code"]
    assert model.links("derived_from") == (
        "https://earth-search.aws.element84.com/v1/collections/sentinel-2-l2a",
    )


def test_reads_classes_and_variables() -> None:
    unet = example("mlm-examples/item_pytorch_geo_unet.json")
    assert [(part.value, part.name) for part in unet.classes] == [(0, "class_0"), (1, "class_1")]
    assert unet.inputs[0].scaling == ({"type": "z-score", "mean": 0, "stddev": 3000},)
    cube = example("mlm-examples/item_datacube_variables.json")
    assert cube.inputs[0].variables[0] == "land_sea_mask"
    assert cube.inputs[0].scaled is None


def test_absent_null_and_named_sources_stay_apart() -> None:
    assert item().from_scratch is None
    assert item(**{"mlm:pretrained_source": None}).from_scratch is True
    named = item(**{"mlm:pretrained_source": "ImageNet"})
    assert named.from_scratch is False
    assert named.pretrained_source == "ImageNet"


def test_title_falls_back() -> None:
    assert item(title="T", **{"mlm:name": "N"}).title == "T"
    assert item(**{"mlm:name": "N"}).title == "N"
    assert item().title == "a"


def test_properties_bands_come_before_those_of_assets() -> None:
    band = {"name": "B4", "eo:common_name": "red", "eo:center_wavelength": 0.665, "gsd": 10}
    model = Model(
        {
            "properties": {"bands": [band, {"gsd": 3}, 7]},
            "assets": {"m": {"roles": ["mlm:model"], "bands": [{"name": "other"}]}},
        }
    )
    (found,) = model.bands
    assert (found.name, found.common_name, found.center_wavelength, found.gsd) == (
        "B4",
        "red",
        0.665,
        10,
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "bands", "input", "shape", "roles", "result", "tasks"]), inner
        )
    ),
    max_leaves=12,
)
KEYS = ["mlm:name", "mlm:tasks", "mlm:input", "mlm:output", "mlm:pretrained", "bands", "gsd"]


@settings(max_examples=150, deadline=None)
@given(
    properties=st.dictionaries(st.sampled_from([*KEYS, "providers", "datetime"]), JSON) | JSON,
    assets=st.dictionaries(st.text(max_size=3), JSON, max_size=3) | JSON,
    links=JSON,
)
def test_nothing_it_meets_makes_it_fail(properties: object, assets: object, links: object) -> None:
    model = Model({"id": 3, "properties": properties, "assets": assets, "links": links})
    for name in ATTRIBUTES:
        getattr(model, name)
    assert model.links("self") == model.links("self")
    assert model.id is None
