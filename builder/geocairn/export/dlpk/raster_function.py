"""ArcGIS Python raster function that classifies pixels with ONNX Runtime.

ArcGIS loads this file from a deep learning package (.dlpk). Everything it knows of the model stands
in the .emd file beside it. It needs Python 3.9 or newer with numpy and onnxruntime, both of which
come with the deep learning libraries for ArcGIS.

ArcGIS calls, in this order: initialize, getParameterInfo, getConfiguration, updateRasterInfo and,
for every block of pixels, updatePixels. See
https://github.com/Esri/raster-functions/wiki/PythonRasterFunction for what it hands over.
"""

# ruff: noqa: N802, N803 - ArcGIS chose these names.
# ruff: noqa: B905 - zip knows no strict in Python 3.9.

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np


class OnnxPixelClassifier:
    """Gives every pixel the class that the network finds most likely."""

    def __init__(self) -> None:
        self.name = "ONNX pixel classifier"
        self.description = "Classifies pixels with a segmentation network in ONNX format."
        self.emd: dict[str, Any] = {}
        self.folder = Path()
        self.session: Any = None
        self.device = -1
        self.padding, self.batch_size, self.threshold = 0, 1, 0.5

    def initialize(self, **kwargs: Any) -> None:
        """Read the model definition: a path to the .emd file, or its JSON text."""
        model = kwargs.get("model")
        if model is None:
            return
        if model.lstrip().startswith("{"):
            self.emd = json.loads(model)
            self.folder = Path(__file__).resolve().parent
        else:
            self.emd = json.loads(Path(model).read_text(encoding="utf-8"))
            self.folder = Path(model).resolve().parent
        self.padding = int(self.emd["Padding"])
        self.batch_size = int(self.emd["BatchSize"])
        self.threshold = float(self.emd["Threshold"])
        device = kwargs.get("device")
        self.device = -1 if device is None else int(device)

    def getParameterInfo(self) -> list[dict[str, Any]]:
        """Say which arguments the tool shows, with their defaults."""

        def number(name: str, label: str, value: float, text: str) -> dict[str, Any]:
            return {
                "name": name,
                "dataType": "numeric",
                "value": value,
                "required": False,
                "displayName": label,
                "description": text,
            }

        shown = [
            {
                "name": "raster",
                "dataType": "raster",
                "required": True,
                "displayName": "Raster",
                "description": "Image to classify",
            },
            {
                "name": "model",
                "dataType": "string",
                "required": True,
                "displayName": "Model definition",
                "description": "Esri model definition (.emd), as a file or as JSON text",
            },
            {
                "name": "device",
                "dataType": "numeric",
                "required": False,
                "displayName": "Device",
                "description": "Number of the graphics processor, or -1 for the CPU",
            },
            number("padding", "Padding", self.padding, "Pixels read around every tile"),
            number("batch_size", "Batch size", self.batch_size, "Tiles classified at once"),
        ]
        if self.emd.get("Activation") == "sigmoid":
            text = "Probability from which on a pixel is of the class"
            shown.append(number("threshold", "Threshold", self.threshold, text))
        return shown

    def getConfiguration(self, **scalars: Any) -> dict[str, Any]:
        """Take the arguments, and say which bands and what size of block are wanted."""
        height, width = int(self.emd["ImageHeight"]), int(self.emd["ImageWidth"])
        self.padding = int(scalars.get("padding", self.padding))
        self.batch_size = int(scalars.get("batch_size", self.batch_size))
        self.threshold = float(scalars.get("threshold", self.threshold))
        if not 0 <= 2 * self.padding < min(height, width):
            raise ValueError(f"padding must be from 0 to below half of {min(height, width)}")
        if self.batch_size < 1:
            raise ValueError("batch_size must be 1 or more")
        return {
            "extractBands": tuple(self.emd["ExtractBands"]),
            "padding": self.padding,
            "tx": (width - 2 * self.padding) * self.batch_size,
            "ty": height - 2 * self.padding,
            "fixedTileSize": 0,
            # Dimensions, resampling and NoData come from the input; its pixel type does not.
            "inheritProperties": 2 | 4 | 8,
            "inputMask": True,
        }

    def updateRasterInfo(self, **kwargs: Any) -> dict[str, Any]:
        """Describe the result: one band of class values with an attribute table."""
        output = kwargs["output_info"]
        output["bandCount"] = 1
        output["pixelType"] = "u1"
        output["noData"] = np.array([self.emd["NoDataValue"]], "u1")
        output["statistics"] = ()
        output["histogram"] = ()
        fields = [("OID", "OID"), ("Value", "Integer"), ("Class", "String")]
        fields += [(name, "Integer") for name in ("Red", "Green", "Blue")]
        names = [name for name, _ in fields]
        rows = [
            dict(zip(names, (number, one["Value"], one["Name"], *one["Color"])))
            for number, one in enumerate(self.emd["Classes"], start=1)
        ]
        table = {
            "displayFieldName": "",
            "fieldAliases": {name: name for name, _ in fields},
            "fields": [
                {"name": name, "type": "esriFieldType" + kind, "alias": name}
                for name, kind in fields
            ],
            "features": [{"attributes": row} for row in rows],
        }
        output["rasterAttributeTable"] = json.dumps(table)
        return kwargs

    def updatePixels(
        self,
        tlc: tuple[int, int],  # noqa: ARG002 - ArcGIS gives it by place
        shape: tuple[int, ...],  # noqa: ARG002 - likewise
        props: dict[str, Any],
        **pixelBlocks: Any,
    ) -> dict[str, Any]:
        """Classify a block.

        raster_pixels is (bands, height, width) with the padding on all sides, raster_mask (of the
        same shape, or without bands) is 0 where there is no data. The result has no padding.
        """
        pixels = np.asarray(pixelBlocks["raster_pixels"])
        mask = np.asarray(pixelBlocks["raster_mask"])
        valid = (mask.reshape(-1, *pixels.shape[-2:]) != 0).all(axis=0)
        if pixels.dtype.kind == "f":
            valid &= np.isfinite(pixels).all(axis=0)
        scaled = self._scaled(pixels, valid)
        classes = self._classified(scaled)
        inner = slice(self.padding, -self.padding or None)
        valid = valid[inner, inner]
        classes[~valid] = self.emd["NoDataValue"]
        kind = props.get("pixelType", "u1")
        pixelBlocks["output_pixels"] = classes[None].astype(kind, copy=False)
        pixelBlocks["output_mask"] = valid[None].astype("u1")
        return pixelBlocks

    def _scaled(self, pixels: Any, valid: Any) -> Any:
        stats = self.emd["NormalizationStats"]
        mean = np.asarray(stats["band_mean_values"], np.float32)[:, None, None]
        inverse = (1 / np.asarray(stats["band_std_values"], np.float64)).astype(np.float32)
        scaled = pixels.astype(np.float32)
        scaled -= mean
        scaled *= inverse[:, None, None]
        scaled[:, ~valid] = 0
        return scaled

    def _classified(self, scaled: Any) -> Any:
        """Classes (height, width) without padding, from tiles of the size of the training chips."""
        height, width = int(self.emd["ImageHeight"]), int(self.emd["ImageWidth"])
        step = (height - 2 * self.padding, width - 2 * self.padding)
        rows = scaled.shape[1] - 2 * self.padding
        columns = scaled.shape[2] - 2 * self.padding
        result = np.zeros((rows, columns), "u1")
        places = [(y, x) for y in range(0, rows, step[0]) for x in range(0, columns, step[1])]
        for start in range(0, len(places), self.batch_size):
            part = places[start : start + self.batch_size]
            tiles = np.stack([_tile(scaled, y, x, height, width) for y, x in part])
            for (y, x), found in zip(part, self._decided(self._logits(tiles))):
                inner = found[self.padding :, self.padding :][: step[0], : step[1]]
                target = result[y : y + step[0], x : x + step[1]]
                target[...] = inner[: target.shape[0], : target.shape[1]]
        return result

    def _logits(self, tiles: Any) -> Any:
        if self.session is None:
            import onnxruntime

            path = str(self.folder / self.emd["ModelFile"])
            wanted: list[Any] = ["CPUExecutionProvider"]
            cuda = "CUDAExecutionProvider"
            if self.device >= 0 and cuda in onnxruntime.get_available_providers():
                wanted.insert(0, (cuda, {"device_id": self.device}))
            self.session = onnxruntime.InferenceSession(path, providers=wanted)
        name = self.session.get_inputs()[0].name
        return self.session.run(None, {name: tiles})[0]

    def _decided(self, logits: Any) -> Any:
        """Classes (n, height, width) of what the network gave; the activation is applied here."""
        values = np.array([one["Value"] for one in self.emd["Classes"]], "u1")
        activation = self.emd["Activation"]
        half = np.float32(0.5)
        scores = (np.tanh(logits * half) + 1) * half if activation == "sigmoid" else logits
        if scores.shape[1] == 1:
            return np.where(scores[:, 0] >= self.threshold, values[-1], self.emd["Background"])
        best = values[scores.argmax(axis=1)]
        if activation == "sigmoid":
            best = np.where(scores.max(axis=1) >= self.threshold, best, self.emd["Background"])
        return best


def _tile(scaled: Any, y: int, x: int, height: int, width: int) -> Any:
    """Cut a tile out; what lies beyond the lower and right edge mirrors what lies before."""
    tile = scaled[:, y : y + height, x : x + width]
    below, beside = height - tile.shape[1], width - tile.shape[2]
    if below or beside:
        mirror = below < tile.shape[1] and beside < tile.shape[2]
        pad = ((0, 0), (0, below), (0, beside))
        tile = np.pad(tile, pad, mode="reflect" if mirror else "edge")
    return tile
