"""Sample inputs and expected outputs: arrays in .npy or .npz files, or images in GeoTIFF.

Arrays are what goes into the model and what comes out of it, as they are. Images are what people
have: raw pixels, to be scaled as the item says, and scores to which its activation was applied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocairn.errors import InputError
from geocairn.run.postprocess import PostProcess, named_activation, post_process
from geocairn.run.scaling import Scaling, compile_scaling
from geocairn.run.spec import OutputSpec

__all__ = ["KINDS", "Sample", "describe", "load_arrays"]

KINDS = {".npy": "npy", ".npz": "npz", ".tif": "tif", ".tiff": "tif"}
"""Endings of sample files, and what they hold."""

_LONGEST_HEADER = 10_000


@dataclass(frozen=True, slots=True)
class Sample:
    """How the files of a sample are read.

    Attributes:
        input_kind: ``npy``, ``npz`` or ``tif``.
        output_kind: Likewise.
        order: Dimensions of the model's input, by name; empty where the item does not say.
        bands: Their names; empty where the item does not say.
        scaling: Of its bands: one object for all, one for each, or none.
        post: ``post_processing_function`` of its output, to apply before comparing with an image.
        class_axis: Which dimension of the output the classes are.
    """

    input_kind: str
    output_kind: str
    order: list[str] = field(default_factory=list)
    bands: list[str] = field(default_factory=list)
    scaling: list[dict[str, Any] | None] = field(default_factory=list)
    post: Any = None
    class_axis: int = 1

    @property
    def spatial(self) -> list[int]:
        """Places of height and width among the dimensions of the input."""
        names = ("height", "width")
        return [self.order.index(name) for name in names if self.order.count(name) == 1]

    def scaling_of(self, count: int) -> Scaling:
        """How images are scaled, as for any scene that the model is run on.

        Args:
            count: Bands that there are.

        Raises:
            ValueError: If that cannot be done.
        """
        names = self.bands if len(self.bands) == count else list(map(str, range(count)))
        with _plainly():
            return compile_scaling(self.scaling, names=names, where="")

    def finishing(self, *, in_graph: str) -> PostProcess:
        """What turns the model's output into what an image of it holds.

        Args:
            in_graph: The activation that the model itself ends with, as an ONNX operator.

        Raises:
            ValueError: If only code could do it.
        """
        output = OutputSpec("", "segmentation", (), (), "float32", (), self.post, "")
        with _plainly():
            return post_process(output, in_graph=in_graph, where="")


@contextmanager
def _plainly() -> Iterator[None]:
    """Let errors be such as get out of the sandbox."""
    try:
        yield
    except InputError as error:
        raise ValueError(error.message) from None


def describe(properties: Mapping[str, Any], *, input_kind: str, output_kind: str) -> Sample:
    """What an item says of how its sample is read.

    Raises:
        ValueError: If images cannot be turned into what the model takes by what it says.
    """
    first, last = _first(properties, "mlm:input"), _first(properties, "mlm:output")
    order = _order(first.get("input"))
    bands: list[str] = []
    scaling: list[dict[str, Any] | None] = []
    if input_kind == "tif":
        if sorted(order) != ["bands", "batch", "height", "width"]:
            raise ValueError("its input is not one image of bands, which a GeoTIFF could be")
        given = first.get("value_scaling") or []
        scaling = [dict(one) if isinstance(one, Mapping) else None for one in given]
        bands = _names(first.get("bands"))
    post, axis = None, 1
    if output_kind == "tif":
        post = last.get("post_processing_function")
        places = _order(last.get("result"))
        axis = places.index("class") if "class" in places else 1
        if named_activation(post) == "argmax":
            raise ValueError("its post_processing_function gives classes, and no scores to compare")
    sample = Sample(input_kind, output_kind, order, bands, scaling, post, axis)
    # What cannot be done is told before anything is run.
    sample.scaling_of(len(bands) or len(scaling))
    sample.finishing(in_graph="")
    return sample


def _names(bands: Any) -> list[str]:
    found = [one.get("name") if isinstance(one, Mapping) else one for one in bands or ()]
    return [str(name) for name in found]


def _first(properties: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    entries = properties.get(name)
    first = entries[0] if isinstance(entries, list) and entries else None
    return first if isinstance(first, Mapping) else {}


def _order(array: Any) -> list[str]:
    names = array.get("dim_order") if isinstance(array, Mapping) else None
    usual = {"channel": "bands", "channels": "bands", "band": "bands"}
    return [usual.get(str(one), str(one)) for one in names] if isinstance(names, list) else []


def load_arrays(path: Path, sample: Sample, *, role: str) -> dict[str, NDArray[Any]]:
    """Read a file of a sample; nothing in it is unpickled.

    Args:
        path: The file.
        sample: How it is read.
        role: ``input`` or ``output``.

    Returns:
        Arrays by name; a single one has its role for a name.

    Raises:
        ValueError: If it is none.
    """
    kind = sample.input_kind if role == "input" else sample.output_kind
    if kind == "tif":
        return {role: _image(path, sample, role=role)}
    try:
        loaded = np.load(path, allow_pickle=False, max_header_size=_LONGEST_HEADER)
        if isinstance(loaded, np.ndarray):
            return {role: loaded}
        with loaded:
            arrays = {name: np.asarray(loaded[name]) for name in loaded.files}
    except Exception as error:  # noqa: BLE001 - bytes of strangers break it in many ways
        raise ValueError(f"the sample {role} is no whole .{kind} file: {error}") from None
    if not arrays:
        raise ValueError(f"the sample {role} holds no array")
    return arrays


def _image(path: Path, sample: Sample, *, role: str) -> NDArray[Any]:
    import rasterio

    # Of GDAL's hundred drivers, some read other files that a text names.
    with rasterio.open(path, driver="GTiff") as dataset:
        pixels = dataset.read()
        nodata = dataset.nodata
    if role == "output":
        if nodata is not None and not np.isnan(nodata):
            pixels = np.where(pixels == nodata, np.nan, pixels.astype(np.float64))
        return np.asarray(pixels)
    image = sample.scaling_of(len(pixels))(pixels)
    places = {"bands": 0, "height": 1, "width": 2}
    order = [places[name] for name in sample.order if name != "batch"]
    return np.expand_dims(image.transpose(order), sample.order.index("batch"))
