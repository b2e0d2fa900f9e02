"""What of an item takes part in verifying it: model files, sample, tolerance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from geocairn.sources import local_file
from geocairn.verification.samples import KINDS, Sample, describe

__all__ = ["INPUT", "OUTPUT", "Subject", "UnfitError", "sample_of", "subject_of"]

INPUT, OUTPUT = "sample-input", "sample-output"
"""Roles of the assets that hold a sample."""

ABSOLUTE, RELATIVE = 1e-4, 1e-3
_LARGEST_MODEL = (1 << 31) - 1
_LARGEST_SAMPLE = 256 << 20
# Wider, and a wrong model would pass.
_WIDEST = {"absolute": 0.05, "relative": 0.02}
_TOLERANCE = "geocairn:tolerance"


@dataclass(frozen=True, slots=True)
class Subject:
    """The files of an item that take part.

    Attributes:
        models: Model files by the key of their asset.
        input: The sample input.
        output: The output expected.
        absolute: Tolerance, in units of the values.
        relative: Tolerance, as a share of the value expected.
    """

    models: dict[str, Path]
    input: Path
    output: Path
    absolute: float
    relative: float


class UnfitError(Exception):
    """There is nothing to run; the message says why."""


def subject_of(item: Mapping[str, Any], folder: Path) -> Subject:
    """Find the files of an item that take part.

    Raises:
        UnfitError: If something is missing, or is not beside the item.
    """
    assets = item.get("assets")
    found = (
        {k: v for k, v in assets.items() if isinstance(v, dict)} if isinstance(assets, dict) else {}
    )
    models = {
        key: one for key, one in found.items() if _has_role(one, "mlm:model") and _is_onnx(one)
    }
    if not models:
        raise UnfitError("it has no model in ONNX, the one format that is run here")
    here = {
        key: folder / place
        for key, one in models.items()
        if (place := local_file(one, folder=folder, largest=_LARGEST_MODEL)) is not None
    }
    if not here:
        raise UnfitError("its ONNX files lie elsewhere; only those beside the item are run")
    sample = {}
    for role in (INPUT, OUTPUT):
        one = next((asset for asset in found.values() if _has_role(asset, role)), None)
        if one is None:
            raise UnfitError(f"it has no asset of the role {role}")
        place = local_file(one, folder=folder, largest=_LARGEST_SAMPLE)
        if place is None:
            raise UnfitError(f"the file of its {role} is not beside it")
        sample[role] = folder / place
    stated = next(one for one in found.values() if _has_role(one, OUTPUT)).get(_TOLERANCE)
    return Subject(here, sample[INPUT], sample[OUTPUT], **_tolerance(stated))


def _tolerance(stated: Any) -> dict[str, float]:
    """What the item states for its output, within bounds; the usual where it states nothing."""
    found = {"absolute": ABSOLUTE, "relative": RELATIVE}
    for name, value in stated.items() if isinstance(stated, dict) else ():
        fits = isinstance(value, (int, float)) and not isinstance(value, bool)
        if name not in found or not fits or not 0 <= value <= _WIDEST[name]:
            raise UnfitError(
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


def sample_of(item: Mapping[str, Any], files: Subject) -> Sample:
    """How the files of a sample are read.

    Raises:
        UnfitError: If they are of another kind, or the item does not say how.
    """
    kinds = []
    for path in (files.input, files.output):
        kind = KINDS.get(PurePosixPath(path.name).suffix.lower())
        if kind is None:
            raise UnfitError(f"its sample {path.name} is none of {', '.join(KINDS)}")
        kinds.append(kind)
    properties = item.get("properties")
    try:
        return describe(
            properties if isinstance(properties, dict) else {},
            input_kind=kinds[0],
            output_kind=kinds[1],
        )
    except (ValueError, TypeError, KeyError) as error:
        raise UnfitError(str(error)) from None
