"""Whether a network is the one that its item describes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from geocairn.artifacts.onnx.model import TensorInfo
from geocairn.errors import ArtifactError
from geocairn.run.network import Network
from geocairn.run.spec import InputSpec, ModelSpec, OutputSpec

__all__ = ["agree", "paired"]

Spec = TypeVar("Spec", InputSpec, OutputSpec)


def agree(network: Network, spec: ModelSpec, *, where: str) -> None:
    """Compare what a network takes and gives with what its item says.

    Args:
        network: The network.
        spec: What the item says.
        where: The file, for messages.

    Raises:
        ArtifactError: If they differ in number, type, dimensions or a size.
    """
    _count("takes", len(spec.inputs), network.inputs, spec, where)
    _count("gives", min(len(spec.outputs), len(network.outputs)), network.outputs, spec, where)
    for taken, tensor in paired(spec.inputs, network.inputs):
        _compare(taken, tensor, "takes", spec, where)
    for given, tensor in paired(spec.outputs, network.outputs):
        _compare(given, tensor, "gives", spec, where)


def _count(kind: str, told: int, found: Sequence[TensorInfo], spec: ModelSpec, where: str) -> None:
    if kind == "gives" and told == len(spec.outputs):
        return  # what a network gives besides is of no harm
    if told != len(found) or kind == "gives":
        names = ", ".join(one.name for one in found)
        wanted = len(spec.inputs if kind == "takes" else spec.outputs)
        raise _differs(f"{kind} {len(found)} arrays ({names}), not {wanted}", spec, where)


def paired(told: Sequence[Spec], found: Sequence[TensorInfo]) -> list[tuple[Spec, TensorInfo]]:
    """Match by name where all names agree, else by place."""
    names = {one.name: one for one in found}
    if all(one.name in names for one in told):
        return [(one, names[one.name]) for one in told]
    return list(zip(told, found, strict=False))


def _compare(
    told: InputSpec | OutputSpec, tensor: TensorInfo, kind: str, spec: ModelSpec, where: str
) -> None:
    shape = tensor.shape
    if shape is None:
        return
    shown = "x".join(str(size) or "?" for size in shape)
    if told.order and len(shape) != len(told.order):
        raise _differs(
            f"{kind} {tensor.name} with {len(shape)} dimensions ({shown}), not {len(told.order)}",
            spec,
            where,
        )
    taken = kind == "takes"
    for name, size, real in zip(told.order, told.shape, shape, strict=False):
        fixed = isinstance(real, int) and size > 0
        # A size of tiles that the item merely suggests is not the network's; its own size is.
        if fixed and real != size and name != "batch":
            raise _differs(f"{kind} {tensor.name} of {shown}: {name} is not {size}", spec, where)
    if taken and tensor.dtype and told.dtype != tensor.dtype:
        raise _differs(f"takes {tensor.name} as {tensor.dtype}, not {told.dtype}", spec, where)


def _differs(message: str, spec: ModelSpec, where: str) -> ArtifactError:
    return ArtifactError(
        f"is not the network that {spec.id} describes: it {message}",
        where=where,
        remedy="Tell who publishes the model: file and item do not belong together.",
    )
