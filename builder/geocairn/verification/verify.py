"""From an item and its folder to a verdict."""

from __future__ import annotations

import importlib.util
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from geocairn import _io, sandbox
from geocairn.artifacts.files import checksum, size_of
from geocairn.artifacts.onnx import read_onnx
from geocairn.errors import ArtifactError, GeocairnError, InputError
from geocairn.sandbox import Limits, Outcome
from geocairn.sources import local_file
from geocairn.verification.evidence import Evidence, Reproduction, checked
from geocairn.verification.samples import KINDS, Sample, describe
from geocairn.version import __version__

__all__ = ["INPUT", "OUTPUT", "State", "Verdict", "is_current", "verify_folder", "verify_item"]

INPUT, OUTPUT = "sample-input", "sample-output"
"""Roles of the assets that hold a sample."""

State = Literal["reproduced", "failed", "not verified"]
ABSOLUTE, RELATIVE = 1e-4, 1e-3
_LARGEST_MODEL = (1 << 31) - 1
_LARGEST_SAMPLE = 256 << 20
# Wider, and a wrong model would pass.
_WIDEST = {"absolute": 0.05, "relative": 0.02}
_TOLERANCE = "geocairn:tolerance"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of verifying an item.

    Attributes:
        state: ``failed`` where any model file is refused, cannot be run or gives something else.
        told: Why, in one line.
        evidence: What was found; None where nothing was run.
        remarks: What else is worth a look, such as a batch size that does not run.
    """

    state: State
    told: str
    evidence: Evidence | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of an item that take part."""

    models: dict[str, Path]
    input: Path
    output: Path
    absolute: float
    relative: float


class _UnfitError(Exception):
    """There is nothing to run; the message says why."""


def verify_folder(folder: Path, *, limits: Limits | None = None, isolated: bool = True) -> Verdict:
    """Verify the item of a folder, ``<collection>/<model>/<version>`` with its ``item.json``.

    Args:
        folder: The folder.
        limits: What the run may use.
        isolated: See `geocairn.sandbox.run`.

    Raises:
        InputError: If the item cannot be read.
        GeocairnError: If this system cannot isolate, or ONNX Runtime is not installed.
    """
    path = folder / "item.json"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror or error}",
            where=str(path),
            remedy="Give the folder of an item.",
        ) from error
    item = _io.loads(data, where=str(path), unique=True)
    if not isinstance(item, dict):
        return Verdict("not verified", "it is no STAC Item")
    return verify_item(item, folder=folder, limits=limits, isolated=isolated)


def verify_item(
    item: Mapping[str, Any],
    *,
    folder: Path,
    limits: Limits | None = None,
    isolated: bool = True,
) -> Verdict:
    """Verify an item; see `verify_folder`.

    Args:
        item: The item.
        folder: Where its files are.
        limits: What the run may use.
        isolated: See `geocairn.sandbox.run`.
    """
    try:
        files = _files(item, folder)
        sample = _sample(item, files)
    except _UnfitError as unfit:
        return Verdict("not verified", str(unfit))
    _need(onnxruntime="run ONNX models")
    if "tif" in (sample.input_kind, sample.output_kind):
        _need(rasterio="read GeoTIFF")
    runs = [
        _run(key, path, files, sample, limits=limits, isolated=isolated)
        for key, path in files.models.items()
    ]
    return _verdict(item, files, runs)


def is_current(evidence: Evidence, *, folder: Path) -> bool:
    """Whether evidence is of the very files that an item's folder has now."""
    path = folder / "item.json"
    item = _io.loads(path.read_bytes(), where=str(path))
    try:
        files = _files(item if isinstance(item, dict) else {}, folder)
    except _UnfitError:
        return False
    known = {one.asset: one.checksum for one in evidence.models}
    return (
        {key: checksum(one) for key, one in files.models.items()} == known
        and (checksum(files.input), checksum(files.output)) == (evidence.input, evidence.output)
        and (files.absolute, files.relative) == (evidence.absolute, evidence.relative)
    )


def _need(**modules: str) -> None:
    for name, purpose in modules.items():
        if importlib.util.find_spec(name) is None:
            raise GeocairnError(
                f"{name} is not installed, which it takes to {purpose}",
                remedy="Install it with: pip install 'geocairn[verify]'",
            )


def _files(item: Mapping[str, Any], folder: Path) -> _Files:
    assets = item.get("assets")
    found = (
        {k: v for k, v in assets.items() if isinstance(v, dict)} if isinstance(assets, dict) else {}
    )
    models = {
        key: one for key, one in found.items() if _has_role(one, "mlm:model") and _is_onnx(one)
    }
    if not models:
        raise _UnfitError("it has no model in ONNX, the one format that is run here")
    here = {
        key: folder / place
        for key, one in models.items()
        if (place := local_file(one, folder=folder, largest=_LARGEST_MODEL)) is not None
    }
    if not here:
        raise _UnfitError("its ONNX files lie elsewhere; only those beside the item are run")
    sample = {}
    for role in (INPUT, OUTPUT):
        one = next((asset for asset in found.values() if _has_role(asset, role)), None)
        if one is None:
            raise _UnfitError(f"it has no asset of the role {role}")
        place = local_file(one, folder=folder, largest=_LARGEST_SAMPLE)
        if place is None:
            raise _UnfitError(f"the file of its {role} is not beside it")
        sample[role] = folder / place
    stated = next(one for one in found.values() if _has_role(one, OUTPUT)).get(_TOLERANCE)
    return _Files(here, sample[INPUT], sample[OUTPUT], **_tolerance(stated))


def _tolerance(stated: Any) -> dict[str, float]:
    """What the item states for its output, within bounds; the usual where it states nothing."""
    found = {"absolute": ABSOLUTE, "relative": RELATIVE}
    for name, value in stated.items() if isinstance(stated, dict) else ():
        fits = isinstance(value, (int, float)) and not isinstance(value, bool)
        if name not in found or not fits or not 0 <= value <= _WIDEST[name]:
            raise _UnfitError(
                f"the tolerance {name} of its {OUTPUT} is not a number from 0 to "
                f"{_WIDEST.get(name, 0)}"
            )
        found[name] = float(value)
    return found


def _has_role(asset: Mapping[str, Any], role: str) -> bool:
    roles = asset.get("roles")
    return isinstance(roles, list) and role in roles


def _is_onnx(asset: Mapping[str, Any]) -> bool:
    kind, href = asset.get("mlm:artifact_type"), asset.get("href")
    return (isinstance(kind, str) and kind.lower().startswith("onnx")) or (
        isinstance(href, str) and href.lower().endswith(".onnx")
    )


def _sample(item: Mapping[str, Any], files: _Files) -> Sample:
    kinds = []
    for path in (files.input, files.output):
        kind = KINDS.get(PurePosixPath(path.name).suffix.lower())
        if kind is None:
            raise _UnfitError(f"its sample {path.name} is none of {', '.join(KINDS)}")
        kinds.append(kind)
    properties = item.get("properties")
    try:
        return describe(
            properties if isinstance(properties, dict) else {},
            input_kind=kinds[0],
            output_kind=kinds[1],
        )
    except (ValueError, TypeError, KeyError) as error:
        raise _UnfitError(str(error)) from None


@dataclass(frozen=True, slots=True)
class _Run:
    found: Reproduction
    versions: Mapping[str, str]
    layers: tuple[str, ...]


def _run(
    key: str,
    path: Path,
    files: _Files,
    sample: Sample,
    *,
    limits: Limits | None,
    isolated: bool,
) -> _Run:
    """Judge one file without running it, then run it."""
    facts: dict[str, Any] = {"asset": key, "checksum": checksum(path), "size": size_of(path)}
    try:
        read_onnx(path)
    except ArtifactError as error:
        return _Run(Reproduction(**facts, agrees=False, problem=error.message[:300]), {}, ())
    module = "job_raster" if "tif" in (sample.input_kind, sample.output_kind) else "job"
    outcome = sandbox.run(
        f"geocairn.verification.{module}:reproduce",
        {
            "sample": {name: getattr(sample, name) for name in Sample.__dataclass_fields__},
            "absolute": files.absolute,
            "relative": files.relative,
        },
        files={"model.onnx": path, "input": files.input, "output": files.output},
        limits=limits,
        isolated=isolated,
    )
    return _Run(*_reproduction(outcome, facts), outcome.layers)


def _reproduction(
    outcome: Outcome, facts: Mapping[str, Any]
) -> tuple[Reproduction, Mapping[str, str]]:
    told = outcome.result
    if outcome.failure or not isinstance(told, dict):
        return _failed(facts, outcome, outcome.failure or "gave no answer"), {}
    try:
        names = ("values", "outside", "absolute", "relative", "seconds", "agrees")
        found = Reproduction(
            **facts,
            **{name: told[name] for name in names},
            problem="" if told["agrees"] else _apart(told),
            peak_memory=outcome.peak_memory,
            sweep=tuple(told["sweep"]),
        )
        # The answer comes from where hostile data was: only what evidence may say gets out.
        return checked(found), dict(told["versions"])
    except (KeyError, TypeError, ValueError):
        return _failed(facts, outcome, "gave an answer that makes no sense"), {}


def _apart(told: Mapping[str, Any]) -> str:
    return (
        f"{told['outside']:,} of {told['values']:,} values are outside of the tolerance, by up to "
        f"{told['absolute']:.3g}"
    )


def _failed(facts: Mapping[str, Any], outcome: Outcome, problem: str) -> Reproduction:
    memory = outcome.peak_memory
    return Reproduction(**facts, agrees=False, problem=problem[:300], peak_memory=memory)


def _verdict(item: Mapping[str, Any], files: _Files, runs: list[_Run]) -> Verdict:
    isolation = runs[0].layers
    evidence = Evidence(
        item=str(item.get("id", ""))[:300],
        time=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        input=checksum(files.input),
        output=checksum(files.output),
        absolute=files.absolute,
        relative=files.relative,
        versions={"geocairn": __version__, "python": platform.python_version()}
        | dict(runs[0].versions),
        machine=f"{platform.system()} {platform.machine()}",
        isolation=isolation,
        models=tuple(run.found for run in runs),
    )
    remarks = tuple(
        f"{run.found.asset}: {_size(one)}: {one['problem']}"
        for run in runs
        for one in run.found.sweep
        if one["problem"]
    )
    failed = [run.found for run in runs if not run.found.agrees]
    if failed:
        told = "; ".join(f"{one.asset}: {one.problem}" for one in failed)
        return Verdict("failed", told, evidence, remarks)
    worst = max(run.found.absolute for run in runs)
    told = f"within {worst:.2g} of the output expected, in {runs[0].found.seconds:.2g} s"
    return Verdict("reproduced", told, evidence, remarks)


def _size(attempt: Mapping[str, Any]) -> str:
    if "batch" in attempt:
        return f"batch of {attempt['batch']}"
    return f"{attempt['height']} x {attempt['width']} pixels"
