"""From an item and its folder to a verdict."""

from __future__ import annotations

import importlib.util
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from geocairn import _io, sandbox
from geocairn.artifacts.files import checksum, size_of
from geocairn.artifacts.onnx import read_onnx
from geocairn.errors import ArtifactError, GeocairnError, InputError
from geocairn.sandbox import Limits, Outcome
from geocairn.verification.evidence import Evidence, Reproduction, checked
from geocairn.verification.samples import Sample
from geocairn.verification.subject import Subject, UnfitError, sample_of, subject_of
from geocairn.version import __version__

__all__ = ["State", "Verdict", "is_current", "verify_folder", "verify_item"]

State = Literal["reproduced", "failed", "not verified"]


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
        files = subject_of(item, folder)
        sample = sample_of(item, files)
    except UnfitError as unfit:
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
        files = subject_of(item if isinstance(item, dict) else {}, folder)
    except UnfitError:
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


@dataclass(frozen=True, slots=True)
class _Run:
    found: Reproduction
    versions: Mapping[str, str]
    layers: tuple[str, ...]


def _run(
    key: str,
    path: Path,
    files: Subject,
    sample: Sample,
    *,
    limits: Limits | None,
    isolated: bool,
) -> _Run:
    """Judge one file without running it, then run it."""
    facts: dict[str, Any] = {"asset": key, "checksum": checksum(path), "size": size_of(path)}
    try:
        told = read_onnx(path)
    except ArtifactError as error:
        return _Run(Reproduction(**facts, agrees=False, problem=error.message[:300]), {}, ())
    module = "job_raster" if "tif" in (sample.input_kind, sample.output_kind) else "job"
    outcome = sandbox.run(
        f"geocairn.verification.{module}:reproduce",
        {
            "sample": {name: getattr(sample, name) for name in Sample.__dataclass_fields__},
            "absolute": files.absolute,
            "relative": files.relative,
            "activations": dict(told.activations),
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


def _verdict(item: Mapping[str, Any], files: Subject, runs: list[_Run]) -> Verdict:
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
