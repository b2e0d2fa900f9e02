"""The files of a model as assets of its item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from geocairn.artifacts.files import checksum
from geocairn.authoring import Asset
from geocairn.sources import LARGEST

__all__ = ["FILES", "assets"]


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str
    type: str
    roles: tuple[str, ...]
    artifact_type: str = ""
    description: str = ""
    entrypoint: str = ""


_OCTETS = "application/octet-stream"
_MODEL = ("mlm:model", "mlm:weights")
FILES: Final[dict[str, tuple[str, _Kind]]] = {
    "model.onnx": (
        "onnx",
        _Kind(
            "ONNX",
            f"{_OCTETS}; framework=onnx",
            _MODEL,
            "onnx",
            "Takes scaled float32 images and gives logits, for any batch, height and width.",
        ),
    ),
    "model.pt": (
        "torchscript",
        _Kind("TorchScript", f"{_OCTETS}; framework=pytorch", _MODEL, "torch.jit.save"),
    ),
    "weights.safetensors": (
        "safetensors",
        _Kind(
            "Weights, safetensors",
            f"{_OCTETS}; framework=pytorch",
            _MODEL,
            "safetensors.torch.save_file",
        ),
    ),
    "weights.pth": (
        "state-dict",
        _Kind("Weights, state dict", f"{_OCTETS}; framework=pytorch", _MODEL, "torch.save"),
    ),
    "checkpoint.ckpt": (
        "checkpoint",
        _Kind(
            "Lightning checkpoint",
            f"{_OCTETS}; framework=pytorch",
            # Beside the weights it holds the state of the optimiser: to go on, not to run.
            ("mlm:checkpoint",),
        ),
    ),
    "model.dlpk": ("dlpk", _Kind("Package for ArcGIS", "application/zip", ("package",))),
    "network.zip": (
        "network",
        _Kind(
            "Code of the network",
            "application/zip",
            ("mlm:source_code", "code"),
            description="A Python module that needs PyTorch alone; Python imports it from the file "
            "as it is. Built with the bands, the channels of the output and the hyperparameters "
            "width, depth, widest, patch and norm, the network takes the weights.",
            entrypoint="unet:UNet",
        ),
    ),
    "config.yaml": (
        "config",
        _Kind("Configuration of the training", "application/yaml", ("mlm:training", "metadata")),
    ),
    "facts.json": ("facts", _Kind("Facts of the training run", "application/json", ("metadata",))),
    "thumbnail.jpg": (
        "thumbnail",
        _Kind("Prediction over a chip", "image/jpeg", ("thumbnail",)),
    ),
    "sample-input.tif": (
        "sample-input",
        _Kind("Sample input", "image/tiff; application=geotiff", ("sample-input",)),
    ),
    "sample-output.tif": (
        "sample-output",
        _Kind(
            "Expected probabilities of the sample",
            "image/tiff; application=geotiff; profile=cloud-optimized",
            ("sample-output",),
        ),
    ),
}
"""Names of files in an entry, with the keys of their assets and what they are."""


def assets(paths: Iterable[Path], *, base_href: str) -> tuple[Asset, ...]:
    """Describe files by name, size and checksum.

    Args:
        paths: Files with names of `FILES`.
        base_href: URL of the folder that holds those which a hub does not serve; empty where
            there is none, and then all hrefs are relative to the item.
    """
    found = []
    for path in paths:
        key, kind = FILES[path.name]
        size = path.stat().st_size
        elsewhere = base_href and size > LARGEST
        found.append(
            Asset(
                key=key,
                href=f"{base_href.rstrip('/')}/{path.name}" if elsewhere else f"./{path.name}",
                roles=kind.roles,
                title=kind.title,
                description=kind.description,
                type=kind.type,
                artifact_type=kind.artifact_type,
                entrypoint=kind.entrypoint,
                size=size,
                checksum=checksum(path),
            )
        )
    return tuple(found)
