"""A sample for a model that has none: a made-up input, and what the model gives for it."""

from __future__ import annotations

import base64
import binascii
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geocairn import sandbox
from geocairn.artifacts.onnx import TensorInfo
from geocairn.drafting.inspecting import Facts
from geocairn.sandbox import Limits
from geocairn.sources import LARGEST
from geocairn.verification.subject import INPUT, OUTPUT

__all__ = ["MadeSample", "make_sample", "sample_assets"]

# Networks that halve their input now and then want sides that can be halved.
_SIDES = (64, 128, 224, 256, 512)
_DTYPES = frozenset(
    ("float32", "float64", "float16", "uint8", "int8", "uint16", "int16", "int32", "int64", "bool")
)


@dataclass(frozen=True, slots=True)
class MadeSample:
    """A sample, or why there is none.

    Attributes:
        files: Contents of ``sample-input.npz`` and ``sample-output.npz``, by name; or empty.
        reason: Why there is none.
    """

    files: dict[str, bytes]
    reason: str = ""


def make_sample(facts: Facts, *, limits: Limits | None = None) -> MadeSample:
    """Run a model on a made-up input, in the sandbox.

    Args:
        facts: Of its file.
        limits: What the run may use.
    """
    if facts.kind != "onnx":
        return MadeSample({}, "only models in ONNX are run here")
    if not sandbox.can_isolate():
        return MadeSample({}, "this system cannot isolate the model; Linux can")
    if importlib.util.find_spec("onnxruntime") is None:
        return MadeSample({}, "onnxruntime is not installed (pip install 'geocairn[verify]')")
    reason = "its inputs are not arrays of known types and numbers of dimensions"
    for side in _SIDES:
        inputs = [_asked(tensor, side) for tensor in facts.inputs]
        if not inputs or None in inputs:
            break
        outcome = sandbox.run(
            "geocairn.verification.job:draft",
            {"inputs": inputs},
            files={"model.onnx": facts.path},
            limits=limits,
        )
        if not outcome.failure:
            return _files(outcome.result)
        reason = f"it does not run: {outcome.failure}"
        if all(isinstance(size, int) for one in facts.inputs for size in (one.shape or ())):
            break
    return MadeSample({}, reason)


def _asked(tensor: TensorInfo, side: int) -> dict[str, Any] | None:
    """A shape to try: batches of one, and the same side wherever a size is free."""
    if tensor.shape is None or tensor.dtype not in _DTYPES:
        return None
    shape = [size if isinstance(size, int) else side for size in tensor.shape]
    if tensor.shape and not isinstance(tensor.shape[0], int):
        shape[0] = 1
    return {"name": tensor.name, "shape": shape, "dtype": tensor.dtype}


def _files(told: Any) -> MadeSample:
    try:
        files = {
            f"{role}.npz": base64.b64decode(told[key], validate=True)
            for role, key in ((INPUT, "input"), (OUTPUT, "output"))
        }
    except (KeyError, TypeError, binascii.Error):
        return MadeSample({}, "its answer makes no sense")
    if any(len(data) > LARGEST for data in files.values()):
        return MadeSample({}, "it would be larger than what a hub serves")
    return MadeSample(files)


def sample_assets(folder: Path) -> dict[str, Any]:
    """The assets of the sample in a folder; empty where there is none."""
    words = {
        INPUT: ("Sample input", "Made up by geocairn: arrays as they go into the model."),
        OUTPUT: ("Output expected", "What the model gives for the sample input."),
    }
    return {
        role: {
            "href": f"./{role}.npz",
            "type": "application/x-npz",
            "title": title,
            "description": description,
            "roles": [role],
        }
        for role, (title, description) in words.items()
        if (folder / f"{role}.npz").is_file()
    }
