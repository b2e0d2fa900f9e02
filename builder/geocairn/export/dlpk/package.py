"""The deep learning package for ArcGIS (.dlpk): a ZIP archive of definition, network and script."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geocairn import _io
from geocairn.artifacts.files import checksum
from geocairn.errors import InputError
from geocairn.export.archive import write_zip
from geocairn.export.dlpk.emd import definition
from geocairn.run.network import OnnxNetwork

__all__ = ["SCRIPT", "write_dlpk"]

SCRIPT = Path(__file__).with_name("raster_function.py")
_SCRIPT_NAME = "OnnxPixelClassifier.py"


def write_dlpk(path: Path, *, item: Mapping[str, Any], where: str, onnx: Path) -> dict[str, Any]:
    """Write a package.

    Args:
        path: The file to write.
        item: The model's STAC item.
        where: Where the item comes from, for messages.
        onnx: The network.

    Returns:
        The definition that is in the package.

    Raises:
        InputError: If the item does not say enough, or describes another network than this one.
        OutputError: If the package cannot be written.
    """
    name = path.stem
    emd = definition(item, where=where, model_file=f"{name}.onnx", script=_SCRIPT_NAME)
    _compare(item, emd, where=where, onnx=onnx)
    try:
        network = onnx.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", where=str(onnx), remedy="Give an ONNX file."
        ) from error
    write_zip(
        path,
        {
            f"{name}.emd": _io.dumps(emd, indent=True),
            f"{name}.onnx": network,
            _SCRIPT_NAME: SCRIPT.read_bytes(),
        },
    )
    return emd


def _compare(item: Mapping[str, Any], emd: Mapping[str, Any], *, where: str, onnx: Path) -> None:
    """Make sure that the item describes this very network.

    Raises:
        InputError: If it does not.
    """
    network = OnnxNetwork.open(onnx, threads=1)
    taken, given = (list(one[0].shape or ()) for one in (network.inputs, network.outputs))
    output = item["properties"]["mlm:output"][0]["result"]["shape"]
    sums = {
        asset.get("file:checksum")
        for asset in item.get("assets", {}).values()
        if asset.get("mlm:artifact_type") == "onnx" and asset.get("file:checksum")
    }
    problem = ""
    if len(taken) != 4 or taken[1] != len(emd["Bands"]):
        problem = f"takes {taken}, but the item names {len(emd['Bands'])} bands"
    elif len(given) != 4 or given[1] != output[1]:
        problem = f"gives {given}, but the item says {output}"
    elif sums and checksum(onnx) not in sums:
        problem = "has another checksum than the ONNX assets of the item"
    if problem:
        raise InputError(
            f"is not the network of {where}: it {problem}",
            where=str(onnx),
            remedy="Give the ONNX file that belongs to the item.",
        )
