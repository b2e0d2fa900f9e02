"""Items written from metadata: what they say, what they leave out, and that schemas accept them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from geocairn import authoring
from geocairn.authoring import UNKNOWN, ModelMetadata
from geocairn.checks.schemas import SchemaStore, core_url
from geocairn.checks.validators import Validators
from geocairn.errors import InputError
from geocairn.sensors import SENTINEL2_MSI, Band

SCHEMAS = Path(__file__).parents[2] / "shared/schemas"


def metadata(**changes: Any) -> ModelMetadata:
    fields: dict[str, Any] = {
        "id": "net-1.0.0",
        "name": "net",
        "architecture": "U-Net",
        "inputs": (
            authoring.ModelInput(
                name="image", shape=(-1, 3, 64, 64), dim_order=("batch", "channel", "y", "x")
            ),
        ),
        "outputs": (
            authoring.ModelOutput(name="mask", shape=(-1, 2), dim_order=("batch", "class")),
        ),
        "assets": (
            authoring.Asset(
                key="model",
                href="https://example.org/net.pt",
                roles=("mlm:model",),
                artifact_type="torch.save",
            ),
        ),
    }
    return ModelMetadata(**fields | changes)


FULL = metadata(
    title="A net",
    description="Finds water.",
    keywords=("water",),
    version="1.0.0",
    license="MIT",
    tasks=("semantic-segmentation",),
    bbox=(85.0, 27.0, 86.0, 28.0),
    start="2015-06-23T00:00:00Z",
    constellation="sentinel-2",
    instruments=("msi",),
    gsd=10,
    bands=(SENTINEL2_MSI.bands[3], Band(name="ndwi")),
    framework="PyTorch",
    framework_version="2.4.0",
    pretrained=False,
    pretrained_source=None,
    total_parameters=31_000_000,
    hyperparameters={"lr": 0.1, "schedule": "cosine"},
    properties={"geocairn:extent_basis": "sensor"},
    inputs=(
        authoring.ModelInput(
            name="image",
            description="Two channels.",
            shape=(-1, 2, 64, 64),
            dim_order=("batch", "bands", "height", "width"),
            bands=("B4", "ndwi"),
            value_scaling=({"type": "scale", "value": 10000},),
            resize_type="crop",
        ),
    ),
    outputs=(
        authoring.ModelOutput(
            name="mask",
            tasks=("semantic-segmentation",),
            shape=(-1, 2, 64, 64),
            dim_order=("batch", "class", "height", "width"),
            classes=(
                authoring.ClassObject(value=0, name="land", description="Land"),
                authoring.ClassObject(
                    value=1, name="water", description="Water", color_hint="0000ff"
                ),
            ),
        ),
    ),
    providers=(authoring.Provider(name="We", roles=("producer",), url="https://example.org"),),
    links=(authoring.Link(rel="cite-as", href="https://doi.org/10.48550/arXiv.2211.07044"),),
    assets=(
        authoring.Asset(
            key="model",
            href="./net.pt",
            roles=("mlm:model", "mlm:weights"),
            artifact_type="torch.save",
            type="application/octet-stream; application=pytorch",
            size=12,
            checksum="1220" + "ab" * 32,
        ),
        authoring.Asset(
            key="source_code",
            href="https://example.org/net.py",
            roles=("mlm:source_code", "code"),
            entrypoint="net:load",
        ),
    ),
)


def test_everything_known_is_written() -> None:
    assert authoring.item(FULL) == {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [
            "https://stac-extensions.github.io/mlm/v1.5.2/schema.json",
            "https://stac-extensions.github.io/eo/v2.0.0/schema.json",
            "https://stac-extensions.github.io/version/v1.2.0/schema.json",
            "https://stac-extensions.github.io/file/v2.1.0/schema.json",
            "https://stac-extensions.github.io/classification/v1.1.0/schema.json",
        ],
        "id": "net-1.0.0",
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[85.0, 27.0], [86.0, 27.0], [86.0, 28.0], [85.0, 28.0], [85.0, 27.0]]],
        },
        "bbox": [85.0, 27.0, 86.0, 28.0],
        "properties": {
            "title": "A net",
            "description": "Finds water.",
            "keywords": ["water"],
            "version": "1.0.0",
            "license": "MIT",
            "providers": [{"name": "We", "roles": ["producer"], "url": "https://example.org"}],
            "datetime": None,
            "start_datetime": "2015-06-23T00:00:00Z",
            "end_datetime": "9999-12-31T23:59:59Z",
            "constellation": "sentinel-2",
            "instruments": ["msi"],
            "gsd": 10,
            "bands": [
                {
                    "name": "B4",
                    "description": "Red",
                    "gsd": 10,
                    "eo:common_name": "red",
                    "eo:center_wavelength": 0.665,
                    "eo:full_width_half_max": 0.03,
                },
                {"name": "ndwi"},
            ],
            "mlm:name": "net",
            "mlm:architecture": "U-Net",
            "mlm:tasks": ["semantic-segmentation"],
            "mlm:framework": "PyTorch",
            "mlm:framework_version": "2.4.0",
            "mlm:total_parameters": 31_000_000,
            "mlm:pretrained": False,
            "mlm:pretrained_source": None,
            "mlm:input": [
                {
                    "name": "image",
                    "description": "Two channels.",
                    "bands": ["B4", "ndwi"],
                    "input": {
                        "shape": [-1, 2, 64, 64],
                        "dim_order": ["batch", "bands", "height", "width"],
                        "data_type": "float32",
                    },
                    "value_scaling": [{"type": "scale", "value": 10000}],
                    "resize_type": "crop",
                }
            ],
            "mlm:output": [
                {
                    "name": "mask",
                    "tasks": ["semantic-segmentation"],
                    "result": {
                        "shape": [-1, 2, 64, 64],
                        "dim_order": ["batch", "class", "height", "width"],
                        "data_type": "float32",
                    },
                    "classification:classes": [
                        {"value": 0, "name": "land", "description": "Land"},
                        {
                            "value": 1,
                            "name": "water",
                            "description": "Water",
                            "color_hint": "0000ff",
                        },
                    ],
                }
            ],
            "mlm:hyperparameters": {"lr": 0.1, "schedule": "cosine"},
            "geocairn:extent_basis": "sensor",
        },
        "links": [{"rel": "cite-as", "href": "https://doi.org/10.48550/arXiv.2211.07044"}],
        "assets": {
            "model": {
                "href": "./net.pt",
                "type": "application/octet-stream; application=pytorch",
                "roles": ["mlm:model", "mlm:weights"],
                "mlm:artifact_type": "torch.save",
                "file:size": 12,
                "file:checksum": "1220" + "ab" * 32,
                "bands": [{"name": "B4"}, {"name": "ndwi"}],
            },
            "source_code": {
                "href": "https://example.org/net.py",
                "roles": ["mlm:source_code", "code"],
                "mlm:entrypoint": "net:load",
            },
        },
    }


def test_what_is_unknown_is_absent() -> None:
    written = authoring.item(metadata())
    assert written["geometry"] is None
    assert "bbox" not in written
    assert written["stac_extensions"] == [authoring.MLM]
    assert written["properties"] == {
        "datetime": None,
        "start_datetime": "1900-01-01T00:00:00Z",
        "end_datetime": "9999-12-31T23:59:59Z",
        "mlm:name": "net",
        "mlm:architecture": "U-Net",
        "mlm:tasks": [],
        "mlm:input": [
            {
                "name": "image",
                "bands": [],
                "input": {
                    "shape": [-1, 3, 64, 64],
                    "dim_order": ["batch", "channel", "y", "x"],
                    "data_type": "float32",
                },
            }
        ],
        "mlm:output": [
            {
                "name": "mask",
                "tasks": [],
                "result": {
                    "shape": [-1, 2],
                    "dim_order": ["batch", "class"],
                    "data_type": "float32",
                },
            }
        ],
    }


@pytest.mark.parametrize(
    ("source", "expected"), [(UNKNOWN, "absent"), (None, None), ("ImageNet", "ImageNet")]
)
def test_null_and_absent_sources_stay_apart(source: Any, expected: str | None) -> None:
    properties = authoring.item(metadata(pretrained_source=source))["properties"]
    assert properties.get("mlm:pretrained_source", "absent") == expected


def test_no_scaling_is_not_unknown_scaling() -> None:
    part = authoring.ModelInput(name="i", shape=(1,), dim_order=("batch",), value_scaling=None)
    written = authoring.item(metadata(inputs=(part,)))["properties"]["mlm:input"][0]
    assert written["value_scaling"] is None


def test_what_is_left_to_do_with_the_output_is_said() -> None:
    step = {"format": "python", "expression": "torch.sigmoid"}
    given = metadata(
        outputs=(
            authoring.ModelOutput(
                name="mask",
                shape=(-1, 2),
                dim_order=("batch", "class"),
                post_processing_function=step,
            ),
        )
    )
    written = authoring.item(given)["properties"]["mlm:output"][0]
    assert written["post_processing_function"] == step


def test_the_collection_is_named_where_there_is_one() -> None:
    assert "collection" not in authoring.item(metadata())
    assert authoring.item(metadata(collection="nets"))["collection"] == "nets"


@pytest.mark.parametrize("bad", ["", "A-1", "a/b", "../a", "a..b", ".a", "a b", "å-1", "a" * 129])
def test_ids_must_be_path_safe(bad: str) -> None:
    with pytest.raises(InputError, match="cannot be the name of a folder") as caught:
        authoring.item(metadata(id=bad))
    assert caught.value.path == "$.id"


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the shared schemas are not here")
@pytest.mark.parametrize("given", [FULL, metadata()], ids=["full", "minimal"])
def test_schemas_accept_what_is_written(given: ModelMetadata) -> None:
    validators = Validators(SchemaStore(SCHEMAS, offline=True))
    written = authoring.item(given)
    for url in (core_url("1.1.0", "item"), *written["stac_extensions"]):
        assert validators.faults(url, written) == []
