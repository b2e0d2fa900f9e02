"""Writing the item."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from geocairn.authoring.metadata import (
    UNKNOWN,
    Asset,
    Box,
    Link,
    ModelInput,
    ModelMetadata,
    ModelOutput,
    Provider,
)
from geocairn.errors import InputError
from geocairn.sensors import OPEN_END, OPEN_START, Band

__all__ = ["MLM", "STAC_VERSION", "box_geometry", "is_path_safe", "item"]

STAC_VERSION = "1.1.0"
MLM = "https://stac-extensions.github.io/mlm/v1.5.2/schema.json"
EO = "https://stac-extensions.github.io/eo/v2.0.0/schema.json"
FILE = "https://stac-extensions.github.io/file/v2.1.0/schema.json"
VERSION = "https://stac-extensions.github.io/version/v1.2.0/schema.json"
CLASSIFICATION = "https://stac-extensions.github.io/classification/v1.1.0/schema.json"

_PATH_SAFE = re.compile(r"[a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9]")


def is_path_safe(name: str) -> bool:
    """Whether a name can be a folder, a URL segment and an item's id alike."""
    return len(name) <= 128 and _PATH_SAFE.fullmatch(name) is not None and ".." not in name


def box_geometry(box: Box) -> dict[str, Any]:
    """A box as a GeoJSON Polygon, counter-clockwise (RFC 7946, section 3.1.6)."""
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def item(metadata: ModelMetadata) -> dict[str, Any]:
    """Write a model's item.

    Args:
        metadata: What is known of it.

    Returns:
        A STAC 1.1.0 Item. Bands stand in the properties, where MLM reads them, and by name on
        the model's asset, without which STAC 1.1 forbids them in the properties.

    Raises:
        InputError: The id cannot be a folder's name.
    """
    if not is_path_safe(metadata.id):
        raise InputError(
            f"the id {metadata.id!r} cannot be the name of a folder and part of a URL",
            path="$.id",
            remedy="Use lower-case letters and digits, with dots, dashes or underscores inside.",
        )
    properties = _properties(metadata)
    assets = {asset.key: _asset(asset, metadata.bands) for asset in metadata.assets}
    place: dict[str, Any] = {"geometry": None}
    if metadata.bbox is not None:
        place = {"geometry": box_geometry(metadata.bbox), "bbox": list(metadata.bbox)}
    belongs = {"collection": metadata.collection} if metadata.collection else {}
    return {
        "type": "Feature",
        "stac_version": STAC_VERSION,
        "stac_extensions": _extensions(metadata),
        "id": metadata.id,
        **belongs,
        **place,
        "properties": properties,
        "links": [_known(_fields(link)) for link in metadata.links],
        "assets": assets,
    }


def _known(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is unknown; numbers and booleans are always known."""
    return {
        key: value
        for key, value in fields.items()
        if value is not UNKNOWN and value is not None and value not in ("", [], {})
    }


def _fields(part: Link | Provider) -> dict[str, Any]:
    if isinstance(part, Link):
        return {"rel": part.rel, "href": part.href, "type": part.type, "title": part.title}
    return {
        "name": part.name,
        "description": part.description,
        "roles": list(part.roles),
        "url": part.url,
    }


def _extensions(metadata: ModelMetadata) -> list[str]:
    spectral = any(band.common_name or band.center_wavelength for band in metadata.bands)
    files = any(asset.size is not None or asset.checksum for asset in metadata.assets)
    classes = any(output.classes for output in metadata.outputs)
    used = {
        MLM: True,
        EO: spectral,
        VERSION: bool(metadata.version),
        FILE: files,
        CLASSIFICATION: classes,
    }
    return [url for url, wanted in used.items() if wanted]


def _properties(metadata: ModelMetadata) -> dict[str, Any]:
    known = _known(
        {
            "title": metadata.title,
            "description": metadata.description,
            "keywords": list(metadata.keywords),
            "version": metadata.version,
            "license": metadata.license,
            "providers": [_known(_fields(provider)) for provider in metadata.providers],
        }
    )
    period = {
        "datetime": None,
        "start_datetime": metadata.start or OPEN_START,
        "end_datetime": metadata.end or OPEN_END,
    }
    sensor = _known(
        {
            "platform": metadata.platform,
            "constellation": metadata.constellation,
            "instruments": list(metadata.instruments),
            "gsd": metadata.gsd,
            "bands": [_band(band) for band in metadata.bands],
        }
    )
    return known | period | sensor | _mlm(metadata) | dict(metadata.properties)


def _mlm(metadata: ModelMetadata) -> dict[str, Any]:
    required = {
        "mlm:name": metadata.name,
        "mlm:architecture": metadata.architecture,
        "mlm:tasks": list(metadata.tasks),
    }
    optional = _known(
        {
            "mlm:framework": metadata.framework,
            "mlm:framework_version": metadata.framework_version,
            "mlm:total_parameters": metadata.total_parameters,
            "mlm:memory_size": metadata.memory_size,
            "mlm:pretrained": metadata.pretrained,
        }
    )
    if metadata.pretrained_source is not UNKNOWN:
        optional["mlm:pretrained_source"] = metadata.pretrained_source
    parts: dict[str, Any] = {
        "mlm:input": [_input(part) for part in metadata.inputs],
        "mlm:output": [_output(part) for part in metadata.outputs],
    }
    if metadata.hyperparameters:
        parts["mlm:hyperparameters"] = dict(metadata.hyperparameters)
    return required | optional | parts


def _input(part: ModelInput) -> dict[str, Any]:
    written: dict[str, Any] = {"name": part.name}
    if part.description:
        written["description"] = part.description
    written["bands"] = list(part.bands)
    written["input"] = _array(part)
    if part.value_scaling is None:
        written["value_scaling"] = None
    elif part.value_scaling is not UNKNOWN:
        written["value_scaling"] = [dict(scaling) for scaling in part.value_scaling]
    if part.resize_type:
        written["resize_type"] = part.resize_type
    return written


def _output(part: ModelOutput) -> dict[str, Any]:
    written: dict[str, Any] = {"name": part.name}
    if part.description:
        written["description"] = part.description
    written |= {"tasks": list(part.tasks), "result": _array(part)}
    if part.classes:
        written["classification:classes"] = [
            _known(
                {
                    "value": one.value,
                    "name": one.name,
                    "description": one.description,
                    "color_hint": one.color_hint,
                }
            )
            for one in part.classes
        ]
    if part.post_processing_function:
        written["post_processing_function"] = dict(part.post_processing_function)
    return written


def _array(part: ModelInput | ModelOutput) -> dict[str, Any]:
    return {
        "shape": list(part.shape),
        "dim_order": list(part.dim_order),
        "data_type": part.data_type,
    }


def _band(band: Band) -> dict[str, Any]:
    return _known(
        {
            "name": band.name,
            "description": band.description,
            "gsd": band.gsd,
            "eo:common_name": band.common_name,
            "eo:center_wavelength": band.center_wavelength,
            "eo:full_width_half_max": band.full_width_half_max,
        }
    )


def _asset(asset: Asset, bands: tuple[Band, ...]) -> dict[str, Any]:
    written = _known(
        {
            "href": asset.href,
            "title": asset.title,
            "description": asset.description,
            "type": asset.type,
            "roles": list(asset.roles),
            "mlm:artifact_type": asset.artifact_type,
            "mlm:entrypoint": asset.entrypoint,
            "file:size": asset.size,
            "file:checksum": asset.checksum,
        }
    )
    if bands and "mlm:model" in asset.roles:
        written["bands"] = [{"name": band.name} for band in bands]
    return written | dict(asset.fields)
