"""The Esri model definition (.emd): everything in it comes from the item.

Its keys: https://github.com/Esri/raster-deep-learning/blob/master/docs/writing_model_definition.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from geocairn.errors import InputError
from geocairn.run.colors import rgb

__all__ = ["definition"]

_ACTIVATION = re.compile(r"(?<![a-z])(sigmoid|softmax)(?![a-z])", re.IGNORECASE)


def definition(
    item: Mapping[str, Any], *, where: str, model_file: str, script: str
) -> dict[str, Any]:
    """Write the definition of a segmentation model.

    Args:
        item: Its STAC item with the MLM extension.
        where: Where the item comes from, for messages.
        model_file: Name of the ONNX file in the package.
        script: Name of the raster function in the package.

    Raises:
        InputError: If the item does not say what ArcGIS has to know; nothing is made up.
    """
    reader = _Item(item, where)
    properties, entry, output = reader.properties, reader.input, reader.output
    height, width = reader.tile()
    classes = reader.classes()
    activation = reader.activation()
    values = {one["Value"] for one in classes}
    written: dict[str, Any] = {
        "Framework": "ONNX",
        "ModelType": "ImageClassification",
        "ModelName": properties.get("title") or properties.get("mlm:name") or item.get("id"),
        "ModelFile": model_file,
        "ModelFormat": "NCHW",
        "InferenceFunction": script,
        "ImageHeight": height,
        "ImageWidth": width,
        "Padding": min(height, width) // 8,
        "BatchSize": 1,
        "Bands": reader.bands(),
        "ExtractBands": list(range(len(reader.bands()))),
        "NormalizationStats": reader.statistics(),
        "Activation": activation,
        "Threshold": reader.threshold(activation),
        "Classes": classes,
        "Background": classes[0]["Value"] if _decides_two(output, classes) else 0,
        "NoDataValue": next(value for value in range(255, -1, -1) if value not in values),
    }
    written |= _cell_size(properties.get("gsd"), item.get("bbox"))
    told = {
        "ModelVersion": properties.get("version"),
        "Description": properties.get("description") or entry.get("description"),
        "License": properties.get("license"),
        "Attribution": "; ".join(
            one["description"] for one in properties.get("providers", []) if one.get("description")
        ),
    }
    return written | {key: value for key, value in told.items() if value}


def _decides_two(output: Mapping[str, Any], classes: list[dict[str, Any]]) -> bool:
    return len(classes) == 2 and output["result"]["shape"][1] == 1


def _cell_size(gsd: Any, bbox: Any) -> dict[str, Any]:
    """The cell size of the training data in the UTM zone of its centre, where both are known."""
    if not isinstance(gsd, (int, float)) or not isinstance(bbox, list) or len(bbox) < 4:
        return {}
    west, south, east, north = (bbox[0], bbox[1], bbox[len(bbox) // 2], bbox[len(bbox) // 2 + 1])
    zone = min(60, math.floor(((west + east) / 2 + 180) / 6) + 1)
    wkid = (32600 if south + north >= 0 else 32700) + zone
    size = {"x": gsd, "y": gsd, "spatialReference": {"wkid": wkid, "latestWkid": wkid}}
    return {"MinCellSize": size, "MaxCellSize": size}


class _Item:
    """Reads an item, and says what is missing in it."""

    def __init__(self, item: Mapping[str, Any], where: str) -> None:
        self.where = where
        found = item.get("properties")
        self.properties: Mapping[str, Any] = found if isinstance(found, dict) else {}
        self.input = self._only("mlm:input")
        self.output = self._only("mlm:output")
        if "semantic-segmentation" not in self.properties.get("mlm:tasks", []):
            raise self.lacking("is not for semantic segmentation", "mlm:tasks")

    def lacking(self, message: str, field: str) -> InputError:
        return InputError(
            message,
            where=self.where,
            path=f"$.properties.{field}",
            remedy="Add it to the item; `geocairn check` tells what else is missing.",
        )

    def _only(self, field: str) -> Mapping[str, Any]:
        entries = self.properties.get(field)
        if not isinstance(entries, list) or len(entries) != 1 or not isinstance(entries[0], dict):
            raise self.lacking("ArcGIS takes models with exactly one of these", field)
        return entries[0]

    def bands(self) -> list[str]:
        """Names of the bands, in order."""
        found = [
            one["name"] if isinstance(one, dict) else one for one in self.input.get("bands", [])
        ]
        if not found:
            raise self.lacking("names no bands", "mlm:input[0].bands")
        return found

    def tile(self) -> tuple[int, int]:
        """Height and width of the input in pixels."""
        structure = self.input.get("input") or {}
        order, shape = structure.get("dim_order"), structure.get("shape")
        if order != ["batch", "bands", "height", "width"]:
            raise self.lacking(
                f"the order of dimensions is {order}, not batch, bands, height, width",
                "mlm:input[0].input.dim_order",
            )
        if not isinstance(shape, list) or len(shape) != 4 or min(shape[2:]) < 1:
            raise self.lacking("gives no height and width", "mlm:input[0].input.shape")
        return shape[2], shape[3]

    def statistics(self) -> dict[str, list[float]]:
        """Means and deviations; without scaling they are 0 and 1."""
        count = len(self.bands())
        scaling = self.input.get("value_scaling", "unknown")
        if scaling is None:
            return {"band_mean_values": [0.0] * count, "band_std_values": [1.0] * count}
        if not isinstance(scaling, list) or len(scaling) not in (1, count):
            raise self.lacking("does not say how values are scaled", "mlm:input[0].value_scaling")
        pairs = [self._linear(one) for one in scaling] * (count if len(scaling) == 1 else 1)
        return {
            "band_mean_values": [mean for mean, _ in pairs],
            "band_std_values": [std for _, std in pairs],
        }

    def _linear(self, scaling: Mapping[str, Any]) -> tuple[float, float]:
        """A scaling as what is subtracted first and divided by then."""
        if scaling.get("type") == "z-score":
            return float(scaling["mean"]), float(scaling["stddev"])
        if scaling.get("type") == "min-max":
            return float(scaling["minimum"]), float(scaling["maximum"] - scaling["minimum"])
        if scaling.get("type") == "scale":
            return 0.0, float(scaling["value"])
        if scaling.get("type") == "offset":
            return float(scaling["value"]), 1.0
        raise self.lacking(
            f"a scaling of type {scaling.get('type')!r} cannot be packed for ArcGIS",
            "mlm:input[0].value_scaling",
        )

    def classes(self) -> list[dict[str, Any]]:
        """Classes with value, name and colour."""
        found = self.output.get("classification:classes")
        if not isinstance(found, list) or not found:
            raise self.lacking("lists no classes", "mlm:output[0].classification:classes")
        return [
            {
                "Value": one["value"],
                "Name": one.get("title") or one["name"],
                "Color": list(rgb(one.get("color_hint", ""), index=index)),
            }
            for index, one in enumerate(found)
        ]

    def activation(self) -> str:
        """What the item says is still to be applied to the network's output."""
        steps = self.output.get("post_processing_function")
        steps = steps if isinstance(steps, list) else [steps]
        for step in steps:
            expression = step.get("expression") if isinstance(step, dict) else None
            if isinstance(expression, str) and (match := _ACTIVATION.search(expression)):
                return match[1].lower()
        return "none"

    def threshold(self, activation: str) -> float:
        """Of a sigmoid; 0.5 is no claim where a softmax decides."""
        found = self.properties.get("mlm:hyperparameters", {}).get("threshold")
        if isinstance(found, (int, float)):
            return float(found)
        if activation == "softmax" or len(self.classes()) > 2:
            return 0.5
        raise self.lacking("gives no threshold", "mlm:hyperparameters.threshold")
