"""From an item to a model that runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from geocairn.errors import ArtifactError, GeocairnError, InputError
from geocairn.model import Asset, Model
from geocairn.progress import Progress
from geocairn.run.agreement import agree
from geocairn.run.fetch import Fetched, fetch
from geocairn.run.network import Network, OnnxNetwork
from geocairn.run.spec import ModelSpec, read_spec

__all__ = ["CODE", "GROUP", "Loaded", "form_of", "load_network"]

GROUP = "geocairn.networks"
"""Entry points that open other formats than ONNX: ``open(path, item=..., threads=...)``."""

CODE: Mapping[str, str] = {
    "torchscript": "TorchScript is a program",
    "torch-export": "a torch.export archive is a program, and holds pickled objects",
    "pickle": "a pickled checkpoint runs any code while it is read",
    "safetensors": "weights alone need the code of their network",
}
"""Formats that are, or need, code of others, and why that is a risk."""

_ENDINGS = {
    ".onnx": "onnx",
    ".pt2": "torch-export",
    ".ts": "torchscript",
    ".safetensors": "safetensors",
    ".pt": "torchscript",
    ".pth": "pickle",
    ".ckpt": "pickle",
}
_TYPES = {
    "onnx": "onnx",
    "torch.jit.save": "torchscript",
    "torch.jit.script": "torchscript",
    "torch.export.save": "torch-export",
    "torch.save": "pickle",
    "safetensors": "safetensors",
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of an item.

    Attributes:
        spec: What it says.
        asset: The asset whose file runs.
        file: The file, as it is here.
        network: The network.
    """

    spec: ModelSpec
    asset: Asset
    file: Fetched
    network: Network


def load_network(
    item: Mapping[str, Any],
    *,
    asset: str | None = None,
    trust: bool | str = False,
    verify: bool = True,
    threads: int = 0,
    progress: Progress | None = None,
) -> Loaded:
    """Fetch, check and open the network of a model.

    Args:
        item: The model's item, its hrefs absolute.
        asset: Key of the asset to run; None for ONNX, else for what `trust` allows.
        trust: Whether formats that are code may be opened: True, or the file's multihash.
        verify: Whether the file's checksum and size are compared with the item's.
        threads: Threads to run it with; 0 for as many as there are processors.
        progress: Is told how far the download is.

    Raises:
        InputError: If the item says too little, or has no file that can be run.
        ArtifactError: If the file is damaged, refused, or not the one that the item describes.
        GeocairnError: If a package that it takes is not installed, or code is not trusted.
    """
    spec = read_spec(item)
    chosen, form = _chosen(Model(item), asset=asset, trust=trust)
    file = fetch(
        chosen.href or "",
        checksum=chosen.checksum,
        size=chosen.size,
        verify=verify,
        progress=progress,
    )
    network: Network
    if form == "onnx":
        network = OnnxNetwork.open(file.path, threads=threads)
    else:
        _trusted(form, trust, file, where=spec.id)
        network = _opened_elsewhere(form, file.path, item, threads)
    agree(network, spec, where=str(file.path))
    return Loaded(spec, chosen, file, network)


def _chosen(model: Model, *, asset: str | None, trust: bool | str) -> tuple[Asset, str]:
    offered = [(one, form_of(one)) for one in model.model_assets if one.href]
    if asset is not None:
        offered = [(one, form_of(one)) for one in model.assets if one.key == asset and one.href]
        if not offered:
            keys = ", ".join(one.key for one in model.assets)
            raise InputError(f"has no asset {asset!r}", where=model.id, remedy=f"It has: {keys}.")
    for one, form in offered:
        if form == "onnx":
            return one, form
    others = [(one, form) for one, form in offered if form in CODE]
    if others and (trust or asset is not None):
        return others[0]
    if others:
        raise _untrusted(others[0][1], model.id or "")
    found = ", ".join(one.artifact_type or one.type or one.key for one, _ in offered) or "nothing"
    raise InputError(
        f"has no network that can be run here: it offers {found}",
        where=model.id,
        path="$.assets",
        remedy="Ask its makers for ONNX, which runs everywhere and carries no code.",
    )


def form_of(asset: Asset) -> str:
    """What an asset's file is: ``onnx``, one of `CODE`, or empty where nobody says."""
    told = _TYPES.get((asset.artifact_type or "").lower())
    kind = (asset.type or "").lower()
    if told is None and "onnx" in kind:
        told = "onnx"
    ending = Path((asset.href or "").partition("?")[0]).suffix.lower()
    return told or _ENDINGS.get(ending, "")


def _untrusted(form: str, where: str) -> GeocairnError:
    return GeocairnError(
        f"comes as {form} only, and {CODE[form]}: opening it lets its makers do on this machine "
        "whatever you may do yourself",
        where=where,
        remedy="Ask its makers for ONNX: pickles are never opened here, trusted or not."
        if form == "pickle"
        else "If you trust them, say so: trust=True (--trust); better ask for ONNX.",
    )


def _trusted(form: str, trust: bool | str, file: Fetched, *, where: str) -> None:
    if trust is False or trust == "":
        raise _untrusted(form, where)
    if isinstance(trust, str) and trust.lower() != file.checksum:
        raise ArtifactError(
            f"is another file than the trusted one: its checksum is {file.checksum}",
            where=where,
            remedy="Look at the new file before you trust it.",
        )


def _opened_elsewhere(form: str, path: Path, item: Mapping[str, Any], threads: int) -> Network:
    """Open a format that another package knows: geocairn itself never imports PyTorch."""
    for point in entry_points(group=GROUP):
        if point.name == form:
            try:
                opener = point.load()
            except ImportError as error:
                raise _without_extra(form, str(path)) from error
            network: Network = opener(path, item=item, threads=threads)
            return network
    raise _without_extra(form, str(path))


def _without_extra(form: str, where: str) -> GeocairnError:
    return GeocairnError(
        f"{form} cannot be opened: what it takes is not installed",
        where=where,
        remedy="Install it with: pip install 'geocairn[train]'. Pickles are never opened.",
    )
