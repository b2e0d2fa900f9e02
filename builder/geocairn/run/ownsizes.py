"""Inputs that take windows of another size than the first one, over the same ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from geocairn.artifacts.onnx.model import TensorInfo
from geocairn.errors import InputError
from geocairn.run.resizing import METHODS
from geocairn.run.spec import InputSpec

__all__ = ["OwnSize", "own_sizes"]

_Size = tuple[int, int]
_FINER, _COARSER = "interpolation-linear", "interpolation-area"


@dataclass(frozen=True, slots=True)
class OwnSize:
    """How large an input's windows are, as the network takes them.

    Attributes:
        name: Of the input, for messages.
        fixed: Height and width that the network insists on; None where it takes any.
        share: Of the first input's height and width, as the item has both.
        how: ``resize_type`` by which windows of the first input's grid become as large.
    """

    name: str
    fixed: _Size | None
    share: tuple[Fraction, Fraction]
    how: str

    def of(self, first: _Size) -> _Size:
        """Height and width where those of the first input are given.

        Raises:
            InputError: If they would be no whole pixels.
        """
        if self.fixed is not None:
            return self.fixed
        height, width = (share * size for share, size in zip(self.share, first, strict=True))
        if height.denominator != 1 or width.denominator != 1:
            unit = max(share.denominator for share in self.share)
            raise InputError(
                f"takes {self.share[0]} of the first input's pixels for {self.name!r}, and "
                f"windows of {first[0]} x {first[1]} cannot be shared so",
                remedy=f"Choose a --tile that is a multiple of {unit}.",
            )
        return int(height), int(width)


def own_sizes(inputs: Sequence[tuple[InputSpec, TensorInfo]]) -> dict[str, OwnSize]:
    """The inputs whose windows are of another size than those of the first.

    What differs is resampled from the first input's grid, onto which all scenes are laid: as the
    input's ``resize_type`` says, else by averages where its pixels are larger, and linearly where
    they are smaller.

    Args:
        inputs: Those that are imagery, as the item and as the network have them, in order.

    Returns:
        By the network's own names.
    """
    found: dict[str, OwnSize] = {}
    first: tuple[_Size | None, _Size | None] | None = None
    for spec, tensor in inputs:
        sizes = dict(zip(spec.order, tensor.shape or (), strict=False))
        fixed = _whole(sizes.get("height"), sizes.get("width"))
        told = fixed or _whole(spec.size("height"), spec.size("width"))
        if first is None:
            first = fixed, told
            continue
        if told is None or first[1] is None or told == first[1]:
            continue
        share = Fraction(told[0], first[1][0]), Fraction(told[1], first[1][1])
        usual = _COARSER if share[0] < 1 else _FINER
        how = spec.resize if spec.resize in METHODS else usual
        found[tensor.name] = OwnSize(spec.name, fixed, share, how)
    return found


def _whole(height: object, width: object) -> _Size | None:
    whole = isinstance(height, int) and isinstance(width, int) and height > 0 and width > 0
    return (int(height), int(width)) if whole else None  # type: ignore[call-overload]
