"""Networks: arrays in, arrays out, whatever runs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from geocairn.artifacts.onnx import read_onnx
from geocairn.artifacts.onnx.model import TensorInfo
from geocairn.errors import ArtifactError, InputError
from geocairn.run.extras import need

__all__ = ["Arrays", "Network", "OnnxNetwork", "onnx_session"]

Arrays = Mapping[str, NDArray[Any]]

_TYPES = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(float16)": "float16",
    "tensor(bool)": "bool",
    **{
        f"tensor({sign}int{bits})": f"{sign}int{bits}"
        for sign in ("", "u")
        for bits in (8, 16, 32, 64)
    },
}
_NOTHING = 4
"""ONNX Runtime writes errors to the terminal that it raises, too: nothing but its end is told."""


class Network(Protocol):
    """Something that runs.

    Attributes:
        inputs: What it takes: names, types and sizes.
        outputs: What it gives.
        activations: The activation right before an output, by its name, as an ONNX operator.
        local: Whether what it gives for a place depends on what is near that place only.
        runtime: What runs it, with its version.
    """

    @property
    def inputs(self) -> Sequence[TensorInfo]: ...  # noqa: D102 - told above

    @property
    def outputs(self) -> Sequence[TensorInfo]: ...  # noqa: D102

    @property
    def activations(self) -> Mapping[str, str]: ...  # noqa: D102

    @property
    def local(self) -> bool: ...  # noqa: D102

    @property
    def runtime(self) -> str: ...  # noqa: D102

    def __call__(self, given: Arrays) -> list[NDArray[Any]]:
        """Run it; gives the outputs in their order."""
        ...


@dataclass(frozen=True)
class OnnxNetwork:
    """An ONNX file in ONNX Runtime; see `Network`."""

    session: Any
    inputs: Sequence[TensorInfo]
    outputs: Sequence[TensorInfo]
    activations: Mapping[str, str]
    local: bool
    runtime: str

    @classmethod
    def open(cls, path: Path, *, threads: int = 0) -> OnnxNetwork:
        """Open a file, after it was looked at: operators of others and outside data are refused.

        Args:
            path: The file.
            threads: Threads to run it with; 0 for as many as there are processors.

        Raises:
            ArtifactError: If it is damaged, or refused.
            InputError: If this version of ONNX Runtime cannot run it.
            GeocairnError: If ONNX Runtime is not installed.
        """
        runtime = need("onnxruntime", purpose="run models")
        told = read_onnx(path)
        try:
            session = onnx_session(path, threads=threads)
        except Exception as error:
            raise ArtifactError(
                f"cannot be run: {_line(error)}",
                where=str(path),
                remedy="Check that the file is whole, or update onnxruntime.",
            ) from error
        return cls(
            session,
            [_tensor(one) for one in session.get_inputs()],
            [_tensor(one) for one in session.get_outputs()],
            told.activations,
            told.local,
            f"onnxruntime {runtime.__version__}",
        )

    def __call__(self, given: Arrays) -> list[NDArray[Any]]:
        """See `Network.__call__`.

        Raises:
            InputError: If the network does not take them.
        """
        try:
            return list(self.session.run(None, dict(given)))
        except Exception as error:
            sizes = ", ".join(f"{name} {list(one.shape)}" for name, one in given.items())
            raise InputError(
                f"the network does not run on {sizes}: {_line(error)}",
                remedy="Choose another --tile (a multiple of 32 suits most) or a smaller batch.",
            ) from error


def onnx_session(path: Path, *, threads: int = 0) -> Any:
    """Open an ONNX file with ONNX Runtime, on the graphics card where it has one.

    Args:
        path: The file.
        threads: Threads to run it with; 0 for as many as there are processors.

    Raises:
        GeocairnError: If ONNX Runtime is not installed.
        Exception: Of ONNX Runtime, of many kinds, if it cannot run the file.
    """
    runtime = need("onnxruntime", purpose="run models")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = _NOTHING
    # A plan of a large window's memory takes half as much again as what runs without, and saves
    # no time.
    options.enable_mem_pattern = False
    wanted = ("CUDAExecutionProvider", "CPUExecutionProvider")
    providers = [one for one in wanted if one in runtime.get_available_providers()]
    return runtime.InferenceSession(str(path), options, providers=providers)


def _tensor(told: Any) -> TensorInfo:
    shape = tuple(size if isinstance(size, int) else str(size or "") for size in told.shape or ())
    return TensorInfo(told.name, _TYPES.get(told.type, told.type), shape)


def _line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
