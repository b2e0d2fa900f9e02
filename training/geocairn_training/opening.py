"""Opens what is, or needs, code of others: for `geocairn.load`, when its user trusts it.

geocairn finds these functions by the entry points ``geocairn.networks`` of this package; it does
not import PyTorch itself. Whoever calls them has asked the user first.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from geocairn.artifacts.onnx.model import TensorInfo
from geocairn.errors import ArtifactError
from geocairn.run.spec import InputSpec, OutputSpec, read_spec

__all__ = ["TorchNetwork", "open_exported", "open_safetensors", "open_torchscript"]

_UNET = ("width", "depth", "widest", "norm", "dropout", "patch")


@dataclass(frozen=True)
class TorchNetwork:
    """A module of PyTorch, run on the CPU; see `geocairn.run.network.Network`.

    Names and types of inputs and outputs are those of the item: such files tell none.
    """

    module: Any
    inputs: Sequence[TensorInfo]
    outputs: Sequence[TensorInfo]
    runtime: str
    activations: Mapping[str, str] = field(default_factory=dict)
    local: bool = False  # Nobody says which operators there are.

    def __call__(self, given: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
        """Run it; gives the outputs in their order."""
        import torch

        tensors = [torch.from_numpy(given[one.name].copy()) for one in self.inputs]
        with torch.inference_mode():
            found = self.module(*tensors)
        several = found if isinstance(found, (list, tuple)) else [found]
        return [one.cpu().numpy() for one in several]


def _network(module: Any, item: Mapping[str, Any], threads: int) -> TorchNetwork:
    import torch

    if threads:
        torch.set_num_threads(threads)
    spec = read_spec(item)
    return TorchNetwork(
        module,
        [_told(one) for one in spec.inputs],
        [_told(one) for one in spec.outputs],
        f"torch {torch.__version__}",
    )


def _told(one: InputSpec | OutputSpec) -> TensorInfo:
    return TensorInfo(one.name, one.dtype, None)


def open_torchscript(path: Path, *, item: Mapping[str, Any], threads: int = 0) -> TorchNetwork:
    """Open a TorchScript archive.

    Raises:
        ArtifactError: If it is none.
    """
    import torch

    with warnings.catch_warnings():
        # PyTorch says that TorchScript is deprecated; this reads the files that there are.
        warnings.simplefilter("ignore")
        try:
            module = torch.jit.load(str(path), map_location="cpu")  # type: ignore[no-untyped-call]
        except RuntimeError as error:
            raise _damaged(path, error) from error
    return _network(module.eval(), item, threads)


def open_exported(path: Path, *, item: Mapping[str, Any], threads: int = 0) -> TorchNetwork:
    """Open an archive of ``torch.export``.

    Raises:
        ArtifactError: If it is none.
    """
    import torch

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.export.load(str(path))
    except Exception as error:
        raise _damaged(path, error) from error
    return _network(program.module(), item, threads)


def open_safetensors(path: Path, *, item: Mapping[str, Any], threads: int = 0) -> TorchNetwork:
    """Open weights of the U-Net that this package trains; its form is told by the item.

    Raises:
        ArtifactError: If they are of another network.
    """
    from safetensors.torch import load_file

    from geocairn_training.models.unet import UNet

    spec = read_spec(item)
    told = item["properties"].get("mlm:hyperparameters") or {}
    form = {name: told[name] for name in _UNET if name in told}
    channels = spec.outputs[0].shape[1] if len(spec.outputs[0].shape) > 1 else 1
    try:
        module = UNet(len(spec.inputs[0].bands), channels, **form)
        module.load_state_dict(load_file(str(path)))
    except Exception as error:
        raise ArtifactError(
            "holds weights of another network than geocairn's U-Net",
            where=str(path),
            remedy="Ask its makers for ONNX; weights alone need the code of their network.",
        ) from error
    return _network(module.eval(), item, threads)


def _damaged(path: Path, error: Exception) -> ArtifactError:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return ArtifactError(
        f"cannot be opened: {lines[0][:200]}",
        where=str(path),
        remedy="Check that the file is whole, or ask its makers for ONNX.",
    )
