"""Headers of safetensors files: names, types and shapes of tensors, without their data.

The format: https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from geocairn import _io
from geocairn.artifacts.files import opened
from geocairn.errors import ArtifactError, MalformedJSONError

__all__ = ["SafetensorsFile", "TensorEntry", "read_safetensors"]

_LARGEST = 1 << 40
_LARGEST_HEADER = 16 << 20
_BITS: Mapping[str, int] = {
    "BOOL": 8,
    "U8": 8,
    "I8": 8,
    "F8_E5M2": 8,
    "F8_E4M3": 8,
    "F8_E8M0": 8,
    "U16": 16,
    "I16": 16,
    "F16": 16,
    "BF16": 16,
    "U32": 32,
    "I32": 32,
    "F32": 32,
    "U64": 64,
    "I64": 64,
    "F64": 64,
    "C64": 64,
    "F4": 4,
    "F6_E2M3": 6,
    "F6_E3M2": 6,
}
# Buffers that layers keep beside their weights.
_STATISTICS = ("running_mean", "running_var", "num_batches_tracked")


@dataclass(frozen=True, slots=True)
class TensorEntry:
    """One tensor: its name, its type as the format writes it, and its shape."""

    name: str
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SafetensorsFile:
    """What the header says.

    Attributes:
        tensors: In the order of their data.
        metadata: Its own texts, by name.
    """

    tensors: tuple[TensorEntry, ...]
    metadata: Mapping[str, str]

    @property
    def parameters(self) -> int:
        """Number of floating-point weights, running statistics left out."""
        return sum(
            math.prod(one.shape)
            for one in self.tensors
            if "F" in one.dtype and not one.name.endswith(_STATISTICS)
        )


def read_safetensors(path: Path) -> SafetensorsFile:
    """Read the header of a safetensors file.

    Raises:
        ArtifactError: If the file is damaged, or its tensors overlap or leave gaps.
        InputError: If it cannot be read.
    """
    with opened(path, largest=_LARGEST) as data:
        try:
            size = int.from_bytes(data[:8], "little")
            if len(data) < 8 or size > len(data) - 8:
                raise _damaged("its header ends behind the file")
            if size > _LARGEST_HEADER:
                raise _damaged(
                    f"its header has {_io.human_size(size)}, more than "
                    f"{_io.human_size(_LARGEST_HEADER)}"
                )
            header = _header(data[8 : 8 + size])
            return _read(header, body=len(data) - 8 - size)
        except ArtifactError as error:
            error.where = str(path)
            raise


def _damaged(reason: str) -> ArtifactError:
    return ArtifactError(
        f"is no whole safetensors file: {reason}", remedy="Save or download the file again."
    )


def _header(data: bytes) -> dict[str, Any]:
    try:
        header = _io.loads(data, unique=True)
    except MalformedJSONError as error:
        raise _damaged(f"its header is {error.message}") from None
    if not isinstance(header, dict):
        raise _damaged("its header is no JSON object")
    return header


def _read(header: dict[str, Any], *, body: int) -> SafetensorsFile:
    told = header.pop("__metadata__", {})
    if not isinstance(told, dict) or not all(isinstance(one, str) for one in told.values()):
        raise _damaged("__metadata__ holds other things than texts")
    placed = sorted(_entries(header), key=lambda one: one[:2])
    end = 0
    for begin, until, entry in placed:
        if begin != end:
            fault = "overlaps the one before it" if begin < end else "leaves a gap before it"
            raise _damaged(f"the tensor {entry.name!r} {fault}")
        end = until
    if end != body:
        raise _damaged(f"its tensors have {end:,} bytes, and the file {body:,}")
    return SafetensorsFile(tuple(entry for _, _, entry in placed), told)


def _entries(header: Mapping[str, Any]) -> Iterator[tuple[int, int, TensorEntry]]:
    """Where the data of each tensor begins and ends."""
    for name, told in header.items():
        if not isinstance(told, dict):
            raise _damaged(f"the entry {name!r} is no JSON object")
        dtype, shape, place = told.get("dtype"), told.get("shape"), told.get("data_offsets")
        if not isinstance(dtype, str) or dtype not in _BITS:
            raise _damaged(f"the tensor {name!r} is of the unknown type {dtype!r}")
        if not _counts(shape) or not _counts(place) or len(place) != 2:
            raise _damaged(f"the tensor {name!r} has no shape or no place")
        begin, until = place
        if begin > until or 8 * (until - begin) != math.prod(shape) * _BITS[dtype]:
            raise _damaged(f"the data of the tensor {name!r} does not fit its shape")
        yield begin, until, TensorEntry(name, dtype, tuple(shape))


def _counts(value: Any) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(
        isinstance(one, int) and not isinstance(one, bool) and one >= 0 for one in value
    )
