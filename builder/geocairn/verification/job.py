"""What runs in the sandbox: ONNX Runtime, on files of the private folder.

Everything here sees hostile data. What it gives back is numbers and short texts, and the parent
takes nothing else.
"""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from geocairn.verification.comparing import Difference, compare
from geocairn.verification.samples import Sample, load_arrays

__all__ = ["draft", "reproduce"]

Arrays = dict[str, NDArray[Any]]
_SEVERE_ONLY = 4
# No sweep takes more values than this into the model at once.
_MOST_VALUES = 1 << 24
_REMARK = 300


class _Model:
    """A session, and the names and shapes that it has."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        # One thread gives the same sums everywhere, and the child may start none besides.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _SEVERE_ONLY
        options.use_deterministic_compute = True
        # A file that is ONNX to its reader must not be something else to the runtime.
        options.add_session_config_entry("session.load_model_format", "ONNX")
        # From bytes: then there is no folder in which other files could be looked for.
        self._session = onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        self.inputs = {one.name: one for one in self._session.get_inputs()}
        self.outputs = [one.name for one in self._session.get_outputs()]

    def run(self, given: Arrays) -> Arrays:
        found = self._session.run(self.outputs, given)
        for name, value in zip(self.outputs, found, strict=True):
            if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub":
                raise ValueError(f"the output {name!r} is no array of numbers")
        return dict(zip(self.outputs, found, strict=True))

    def takes(self, arrays: Arrays) -> Arrays:
        """The arrays by the names of the inputs."""
        if len(arrays) != len(self.inputs):
            raise ValueError(
                f"the sample holds {len(arrays)} arrays, and the model takes {len(self.inputs)}"
            )
        if set(arrays) == set(self.inputs):
            return arrays
        if len(arrays) > 1:
            raise ValueError(
                f"the sample holds {sorted(arrays)}, and the model takes {sorted(self.inputs)}"
            )
        return dict(zip(self.inputs, arrays.values(), strict=True))

    def free(self, name: str, place: int) -> bool:
        """Whether an input's dimension is free."""
        shape = self.inputs[name].shape
        return len(shape) > place and not isinstance(shape[place], int)


def versions() -> dict[str, str]:
    """What computes here."""
    return {"onnxruntime": onnxruntime.__version__, "numpy": np.__version__}


def reproduce(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Run the model on its sample input and compare with the output expected.

    Args:
        payload: What `geocairn.verification.verify` asks for.

    Returns:
        How far both are apart, what other batches and sizes gave, and how long a run takes.
    """
    sample = Sample(**payload["sample"])
    model = _Model(Path("model.onnx"))
    given = model.takes(load_arrays(Path("input"), sample, role="input"))
    expected = load_arrays(Path("output"), sample, role="output")
    begun = time.perf_counter()
    found = _finished(model.run(given), sample, payload["activations"])
    seconds = time.perf_counter() - begun
    tolerance = (float(payload["absolute"]), float(payload["relative"]))
    judged = _compare(found, expected, tolerance, raster=sample.output_kind == "tif")
    return {
        "seconds": seconds,
        "versions": versions(),
        **_told(judged),
        "sweep": _sweep(model, given, sample, tolerance) if judged.agrees else [],
    }


def _finished(found: Arrays, sample: Sample, activations: Mapping[str, str]) -> Arrays:
    """Arrays are compared as they are, images as what they are of."""
    if sample.output_kind != "tif":
        return found
    name, value = next(iter(found.items()))
    post = sample.finishing(in_graph=activations.get(name, ""))
    return {**found, name: post(value, axis=sample.class_axis)}


def _told(judged: Difference) -> dict[str, Any]:
    return {
        "values": judged.values,
        "outside": judged.outside,
        "absolute": min(judged.absolute, 1e300),
        "relative": min(judged.relative, 1e300),
        "agrees": judged.agrees,
    }


def _compare(
    found: Arrays, expected: Arrays, tolerance: tuple[float, float], *, raster: bool
) -> Difference:
    """Compare every output that is expected; the worst of each counts."""
    if len(expected) == 1 and not set(expected) <= set(found):
        expected = {next(iter(found)): next(iter(expected.values()))}
    if missing := sorted(set(expected) - set(found)):
        raise ValueError(f"the model has no output {missing[0]!r}, which the sample expects")
    parts = []
    for name, value in expected.items():
        output = found[name]
        if output.shape != value.shape and output.shape == (1, *value.shape):
            output = output[0]
        # A raster has no value where the image had none; the model gives one anywhere.
        unknown = np.isnan(value) if raster and value.dtype.kind == "f" else None
        try:
            part = compare(
                output, value, absolute=tolerance[0], relative=tolerance[1], unknown=unknown
            )
        except ValueError as error:
            raise ValueError(f"the output {name!r} {error}") from None
        parts.append(part)
    return Difference(
        values=sum(part.values for part in parts),
        outside=sum(part.outside for part in parts),
        absolute=max(part.absolute for part in parts),
        relative=max(part.relative for part in parts),
        agrees=all(part.agrees for part in parts),
    )


def _sweep(
    model: _Model, given: Arrays, sample: Sample, tolerance: tuple[float, float]
) -> list[dict[str, Any]]:
    """Try other batches, whose every part must give the same, and other sizes, which must run."""
    tried = []
    if all(value.ndim and model.free(name, 0) for name, value in given.items()):
        single = model.run({name: value[:1] for name, value in given.items()})
        for batch in (1, 2, 3):
            repeated = {n: np.repeat(v[:1], batch, axis=0) for n, v in given.items()}
            wanted = {n: np.repeat(v, batch, axis=0) for n, v in single.items()}
            tried.append(_attempt(model, repeated, wanted, tolerance, batch=batch))
    if len(given) == 1 and len(sample.spatial) == 2:
        tried += _sizes(model, given, sample.spatial)
    return tried


def _sizes(model: _Model, given: Arrays, spatial: list[int]) -> list[dict[str, Any]]:
    ((name, value),) = given.items()
    down, across = spatial
    free = [model.free(name, place) for place in spatial]
    tried = []
    for times in ((2, 1), (1, 2), (2, 2)):
        if any(factor > 1 and not loose for factor, loose in zip(times, free, strict=True)):
            continue
        larger = value
        for place, factor in zip(spatial, times, strict=True):
            # Mirrored, so that there is no edge which no image has.
            parts = [larger, np.flip(larger, place)][:factor]
            larger = np.concatenate(parts, axis=place)
        height, width = larger.shape[down], larger.shape[across]
        tried.append(_attempt(model, {name: larger}, None, (0, 0), height=height, width=width))
    return tried


def _attempt(
    model: _Model,
    given: Arrays,
    wanted: Arrays | None,
    tolerance: tuple[float, float],
    **what: int,
) -> dict[str, Any]:
    """Run once more; tells of it, with the problem where there is one."""
    if sum(value.size for value in given.values()) > _MOST_VALUES:
        return {**what, "problem": "not tried: it would be too large"}
    try:
        found = model.run(given)
        if wanted is not None and not _compare(found, wanted, tolerance, raster=False).agrees:
            return {**what, "problem": "gives something else than one by one"}
    except Exception as error:  # noqa: BLE001 - a runtime raises errors of many kinds
        return {**what, "problem": " ".join(str(error).split())[:_REMARK]}
    return {**what, "problem": ""}


def draft(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Run a model on a made-up input, for a sample of a model that has none.

    Args:
        payload: Of each input its ``shape``, ``dtype`` and ``name``.

    Returns:
        Both arrays as the bytes of ``.npz`` files, in base 64.
    """
    model = _Model(Path("model.onnx"))
    given = {one["name"]: _made_up(one["shape"], one["dtype"]) for one in payload["inputs"]}
    found = model.run(given)
    return {"input": _packed(given), "output": _packed(found), "versions": versions()}


def _made_up(shape: list[int], dtype: str) -> NDArray[Any]:
    """Smooth values between 0 and 1, or 0 and 100 where they are whole; always the same."""
    places = [np.linspace(0, 1 + axis, size) for axis, size in enumerate(shape)]
    waves: Any = 0.0
    for axis, place in enumerate(places):
        waves = waves + np.sin(7 * place + axis).reshape(
            [-1 if n == axis else 1 for n in range(len(shape))]
        )
    values = np.broadcast_to(np.asarray(0.5 + waves / (2 * max(len(shape), 1))), shape)
    kind = np.dtype(dtype)
    return (values * (100 if kind.kind in "iu" else 1)).round(4).astype(kind)


def _packed(arrays: Arrays) -> str:
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **arrays)
    return base64.b64encode(out.getvalue()).decode("ascii")
