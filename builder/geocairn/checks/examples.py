"""The example documents over which every rule's examples are patches; both are without fault."""

from __future__ import annotations

import copy
from typing import Any

from geocairn.checks.rule import Patch, Rule, patched

__all__ = ["COLLECTION", "ITEM", "document"]

_POLYGON = [[[88.0, 21.5], [92.5, 21.5], [92.5, 26.0], [88.0, 26.0], [88.0, 21.5]]]
_EXTENSIONS = (
    "mlm/v1.5.2",
    "eo/v2.0.0",
    "raster/v2.0.0",
    "file/v2.1.0",
    "version/v1.2.0",
)
_DIGEST = "7ac66c0f148de9519b8bd264312c4d64f6c8f2c0a5a5c7bb4f0fd1a2b9d0c1e4"


def _band(name: str, common: str, centre: float, width: float) -> dict[str, Any]:
    return {
        "name": name,
        "data_type": "uint16",
        "eo:common_name": common,
        "eo:center_wavelength": centre,
        "eo:full_width_half_max": width,
        "raster:spatial_resolution": 10,
    }


ITEM: dict[str, Any] = {
    "type": "Feature",
    "stac_version": "1.1.0",
    "stac_extensions": [
        f"https://stac-extensions.github.io/{name}/schema.json" for name in _EXTENSIONS
    ],
    "id": "delta-flood-unet-1.2.0",
    "collection": "flood-mapping",
    "geometry": {"type": "Polygon", "coordinates": _POLYGON},
    "bbox": [88.0, 21.5, 92.5, 26.0],
    "properties": {
        "title": "Delta flood U-Net",
        "description": "Maps open and flooded water in Sentinel-2 scenes of the Ganges delta.",
        "keywords": ["flood", "water", "Sentinel-2"],
        "datetime": None,
        "start_datetime": "2018-06-01T00:00:00Z",
        "end_datetime": "2023-10-31T23:59:59Z",
        "created": "2024-02-11T09:30:00Z",
        "updated": "2024-03-02T14:05:00Z",
        "license": "Apache-2.0",
        "version": "1.2.0",
        "providers": [
            {
                "name": "Delta Observatory",
                "roles": ["producer"],
                "url": "https://delta.example.org",
            }
        ],
        "mlm:name": "Delta flood U-Net",
        "mlm:architecture": "U-Net",
        "mlm:tasks": ["semantic-segmentation"],
        "mlm:framework": "PyTorch",
        "mlm:framework_version": "2.4.1",
        "mlm:memory_size": 98_000_000,
        "mlm:total_parameters": 24_436_369,
        "mlm:pretrained": True,
        "mlm:pretrained_source": "ImageNet",
        "mlm:accelerator": "cuda",
        "mlm:accelerator_constrained": False,
        "mlm:accelerator_count": 1,
        "mlm:batch_size_suggestion": 16,
        "mlm:input": [
            {
                "name": "scene",
                "bands": ["B02", "B03", "B04", "B08"],
                "input": {
                    "shape": [-1, 4, 256, 256],
                    "dim_order": ["batch", "bands", "height", "width"],
                    "data_type": "float32",
                },
                "value_scaling": [
                    {"type": "z-score", "mean": 1100.5, "stddev": 310.2},
                    {"type": "z-score", "mean": 1042.9, "stddev": 395.1},
                    {"type": "z-score", "mean": 947.6, "stddev": 593.7},
                    {"type": "z-score", "mean": 2296.8, "stddev": 1117.9},
                ],
                "resize_type": None,
            }
        ],
        "mlm:output": [
            {
                "name": "water",
                "tasks": ["semantic-segmentation"],
                "result": {
                    "shape": [-1, 2, 256, 256],
                    "dim_order": ["batch", "class", "height", "width"],
                    "data_type": "float32",
                },
                "classification:classes": [
                    {"value": 0, "name": "land", "description": "Dry ground"},
                    {"value": 1, "name": "water", "description": "Open or flooded water"},
                ],
                "post_processing_function": {
                    "format": "python",
                    "expression": "delta_flood.postprocess:softmax",
                },
            }
        ],
        "mlm:hyperparameters": {"epochs": 60, "learning_rate": 0.0005, "scheduler": "cosine"},
        "bands": [
            _band("B02", "blue", 0.49, 0.098),
            _band("B03", "green", 0.56, 0.045),
            _band("B04", "red", 0.665, 0.038),
            _band("B08", "nir", 0.842, 0.145),
        ],
    },
    "links": [
        {"rel": "collection", "href": "../collection.json", "type": "application/json"},
        {
            "rel": "cite-as",
            "href": "https://doi.org/10.5281/zenodo.1234567",
            "title": "Flood mapping in the Ganges delta",
        },
    ],
    "assets": {
        "weights": {
            "href": "https://models.example.org/delta-flood-unet/1.2.0/weights.pt",
            "type": "application/octet-stream; framework=pytorch",
            "title": "Weights",
            "roles": ["mlm:model", "mlm:weights"],
            "mlm:artifact_type": "torch.save",
            "file:size": 97_812_345,
            "file:checksum": f"1220{_DIGEST}",
            "bands": [{"name": "B02"}, {"name": "B03"}, {"name": "B04"}, {"name": "B08"}],
        },
        "source": {
            "href": "https://github.com/delta-observatory/flood-unet/tree/v1.2.0",
            "type": "text/html",
            "title": "Source code",
            "roles": ["mlm:source_code", "code"],
        },
    },
}
"""A model description of about 3.5 KB, valid and without findings."""

COLLECTION: dict[str, Any] = {
    "type": "Collection",
    "stac_version": "1.1.0",
    "stac_extensions": [],
    "id": "flood-mapping",
    "title": "Flood mapping",
    "description": "Models that map floods from satellite images.",
    "license": "Apache-2.0",
    "keywords": ["flood"],
    "extent": {
        "spatial": {"bbox": [[88.0, 21.5, 92.5, 26.0]]},
        "temporal": {"interval": [["2018-06-01T00:00:00Z", "2023-10-31T23:59:59Z"]]},
    },
    "links": [],
}
"""A collection, valid and without findings."""


def document(rule: Rule, patch: Patch) -> dict[str, Any]:
    """The example document of a rule with a patch applied, as a copy."""
    base = COLLECTION if rule.subject == "collection" else ITEM
    return patched(base, patch) if patch else copy.deepcopy(base)
