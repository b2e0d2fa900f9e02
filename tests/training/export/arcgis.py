"""Runs a .dlpk as ArcGIS would: unpacks it, loads its raster function and calls its methods."""

from __future__ import annotations

import importlib.util
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

METHODS = ("initialize", "getParameterInfo", "getConfiguration", "updateRasterInfo", "updatePixels")


class ArcGIS:
    """Classify Pixels Using Deep Learning.

    Args:
        package: The .dlpk.
        folder: Where it is unpacked.
    """

    def __init__(self, package: Path, folder: Path) -> None:
        with zipfile.ZipFile(package) as archive:
            assert archive.testzip() is None
            archive.extractall(folder)
        (emd,) = folder.glob("*.emd")
        self.emd = json.loads(emd.read_text(encoding="utf-8"))
        path = folder / self.emd["InferenceFunction"]
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        # ArcGIS takes the class named after the file.
        self.function = getattr(module, path.stem)()
        assert all(callable(getattr(self.function, name)) for name in METHODS)
        self.function.initialize(model=str(emd), device=-1)
        self.parameters = {one["name"]: one for one in self.function.getParameterInfo()}

    def classify(self, pixels: Any, *, valid: Any = None, **arguments: Any) -> tuple[Any, Any]:
        """Classify a whole raster, block by block.

        Args:
            pixels: (bands, height, width).
            valid: (height, width); None for all of it.
            arguments: What a user entered in place of the defaults.

        Returns:
            Classes and mask, each (height, width).
        """
        values = {
            name: one["value"] for name, one in self.parameters.items() if "value" in one
        } | arguments
        how = self.function.getConfiguration(**values)
        given = self.function.updateRasterInfo(
            raster_info={"bandCount": len(pixels), "pixelType": pixels.dtype.str[1:]},
            output_info={"bandCount": len(pixels), "pixelType": "f4", "noData": None},
        )
        self.output = given["output_info"]
        assert self.output["bandCount"] == 1
        bands = pixels[list(how["extractBands"])]
        height, width = pixels.shape[1:]
        valid = np.ones((height, width), bool) if valid is None else valid
        classes, mask = np.zeros((height, width), "u1"), np.zeros((height, width), "u1")
        for top in range(0, height, how["ty"]):
            for left in range(0, width, how["tx"]):
                shape = (min(how["ty"], height - top), min(how["tx"], width - left))
                block = self._block(bands, valid, top, left, shape, how["padding"])
                found = self.function.updatePixels(
                    (left, top), shape, {"pixelType": self.output["pixelType"]}, **block
                )
                assert found["output_pixels"].shape == found["output_mask"].shape == (1, *shape)
                assert found["output_pixels"].dtype == np.dtype(self.output["pixelType"])
                place = np.s_[top : top + shape[0], left : left + shape[1]]
                classes[place], mask[place] = found["output_pixels"][0], found["output_mask"][0]
        return classes, mask

    @staticmethod
    def _block(
        bands: Any, valid: Any, top: int, left: int, shape: tuple[int, int], padding: int
    ) -> dict[str, Any]:
        """Pixels with the padding around them; beyond the raster there is no data."""
        pad = ((padding, padding), (padding, padding))
        rows = slice(top, top + shape[0] + 2 * padding)
        columns = slice(left, left + shape[1] + 2 * padding)
        pixels = np.pad(bands, ((0, 0), *pad))[:, rows, columns]
        seen = np.pad(valid, pad)[rows, columns]
        mask = np.broadcast_to(seen, pixels.shape).astype("u1")
        return {"raster_pixels": pixels.copy(), "raster_mask": mask}
