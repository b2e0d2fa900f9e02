"""What torchgeo's transforms do to an image before a model sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from geocairn.sources.importers.torchgeo.values import Call, UnreadableError, is_number

__all__ = ["Normalization", "Preprocessing", "preprocessing"]

_CHAINS = ("Sequential", "Compose", "AugmentationSequential")
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Normalization:
    """``(x - mean) / std``, by channel or, of one value each, for all channels."""

    mean: tuple[float, ...]
    std: tuple[float, ...]

    def then(self, other: Normalization) -> Normalization:
        """Both in turn as one: ``((x - m) / s - n) / t = (x - (m + n s)) / (s t)``."""
        size = max(len(self.mean), len(other.mean))
        m, s = _stretch(self.mean, size), _stretch(self.std, size)
        n, t = _stretch(other.mean, size), _stretch(other.std, size)
        return Normalization(
            tuple(_round(a + b * c) for a, b, c in zip(m, n, s, strict=True)),
            tuple(_round(a * b) for a, b in zip(s, t, strict=True)),
        )

    def scaling(self) -> tuple[dict[str, Any], ...]:
        """MLM's value scaling objects, one for all channels or one for each."""
        return tuple(_scaling(m, s) for m, s in zip(self.mean, self.std, strict=True))


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """What is done, in order.

    Attributes:
        steps: Each step as a phrase, such as ``divide by 255``.
        size: Height and width in the end, in pixels; None where no step sets them.
        normalizations: Every normalisation, in order.
        resize_type: MLM's name for the way the size is set, where one step sets it.
        unknown: Names of steps that are not understood; with any, the rest is not the whole.
    """

    steps: tuple[str, ...] = ()
    size: tuple[int, int] | None = None
    normalizations: tuple[Normalization, ...] = ()
    resize_type: str = ""
    unknown: tuple[str, ...] = ()

    def combined(self) -> Normalization | None:
        """All normalisations as one; None where there is none or a step is not understood.

        Raises:
            UnreadableError: They are for different numbers of channels.
        """
        if self.unknown or not self.normalizations:
            return None
        first, *rest = self.normalizations
        for other in rest:
            first = first.then(other)
        return first


def preprocessing(transforms: Call | None) -> Preprocessing:
    """Understand a chain of transforms.

    Raises:
        UnreadableError: A step has arguments that cannot be meant, such as a deviation of 0.
    """
    if transforms is None:
        return Preprocessing()
    steps: list[str] = []
    sizes: list[str] = []
    normalizations: list[Normalization] = []
    unknown: list[str] = []
    size: tuple[int, int] | None = None
    for step in _steps(transforms):
        if step.kind in ("Resize", "CenterCrop"):
            size = _size(step)
            steps.append(_size_phrase(step.kind, size))
            # torchvision resizes bilinearly unless told otherwise.
            plain = "interpolation-linear" if "interpolation" not in step.kwargs else ""
            sizes.append(plain if step.kind == "Resize" else "crop")
            size = None if size[0] == 0 else size
        elif step.kind == "Normalize":
            normalizations.append(_normalization(step))
            steps.append(_phrase(normalizations[-1]))
        elif step.kind != "Identity":
            unknown.append(step.name)
    resize_type = sizes[0] if len(sizes) == 1 else ""
    return Preprocessing(
        tuple(steps), size, tuple(normalizations), resize_type, tuple(dict.fromkeys(unknown))
    )


def _steps(transforms: Call) -> Iterator[Call]:
    if transforms.kind not in _CHAINS:
        yield transforms
        return
    parts: Sequence[Any] = transforms.args
    if len(parts) == 1 and isinstance(parts[0], (list, tuple)):
        parts = parts[0]
    for part in parts:
        if not isinstance(part, Call):
            raise UnreadableError(f"a step of {transforms.name} is no call")
        yield from _steps(part)


def _argument(step: Call, place: int, name: str) -> Any:
    return step.kwargs.get(name, step.args[place] if len(step.args) > place else None)


def _size(step: Call) -> tuple[int, int]:
    """Height and width; 0 for one that follows from the image's own proportions."""
    size = _argument(step, 0, "size")
    if type(size) is int and size > 0 and step.kind == "Resize":
        return 0, size
    pair = (size, size) if type(size) is int else size
    if isinstance(pair, (list, tuple)) and len(pair) == 2:
        height, width = pair
        if type(height) is int and type(width) is int and min(height, width) > 0:
            return height, width
    raise UnreadableError(f"{step.name} has no size in pixels")


def _size_phrase(kind: str, size: tuple[int, int]) -> str:
    height, width = size
    if height == 0:
        return f"resize the shorter side to {width} pixels"
    verb = "resize to" if kind == "Resize" else "crop the centre to"
    return f"{verb} {height} × {width} pixels"  # noqa: RUF001


def _normalization(step: Call) -> Normalization:
    mean = _numbers(step, _argument(step, 0, "mean"))
    std = _numbers(step, _argument(step, 1, "std"))
    size = max(len(mean), len(std))
    if not all(value > 0 for value in std):
        raise UnreadableError(f"{step.name} has a standard deviation that is not positive")
    return Normalization(_stretch(mean, size), _stretch(std, size))


def _numbers(step: Call, value: Any) -> tuple[float, ...]:
    values = value if isinstance(value, (list, tuple)) else (value,)
    if values and all(is_number(part) for part in values):
        return tuple(_round(part) for part in values)
    raise UnreadableError(f"{step.name} has statistics that are no numbers")


def _stretch(values: tuple[float, ...], size: int) -> tuple[float, ...]:
    if len(values) == size:
        return values
    if len(values) == 1:
        return values * size
    raise UnreadableError(f"statistics of {len(values)} and of {size} channels are combined")


def _round(value: float) -> float:
    """Drop what binary fractions add (``0.485 * 255``), and write whole numbers as such."""
    rounded = float(f"{value:.{_DIGITS}g}")
    return int(rounded) if rounded.is_integer() else rounded


def _scaling(mean: float, std: float) -> dict[str, Any]:
    if mean == 0:
        return {"type": "scale", "value": std}
    if std == 1:
        return {"type": "offset", "value": mean}
    return {"type": "z-score", "mean": mean, "stddev": std}


def _phrase(given: Normalization) -> str:
    same = len(set(zip(given.mean, given.std, strict=True))) == 1
    if not same:
        return "normalise each band by its own statistics"
    mean, std = given.mean[0], given.std[0]
    if mean == 0:
        return f"divide by {std}"
    return f"subtract {mean} and divide by {std}"
