"""What is known of one training run: the file ``facts.json`` of its folder.

Everything that is later said of a model (its STAC item, its package for ArcGIS, its card) is
derived from here, so nothing is written that the run did not really do or measure. What is
unknown is None or empty and stays unknown.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from geocairn import _io
from geocairn_training.decoding import decode
from geocairn_training.errors import RunError
from geocairn_training.reading import content, document

__all__ = [
    "Architecture",
    "BandFact",
    "Chip",
    "ClassFact",
    "DataSource",
    "Interval",
    "RunFacts",
    "SourceCode",
    "Split",
    "Statistics",
]

Activation = Literal["sigmoid", "softmax", "none"]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """The network that was trained.

    Attributes:
        name: Such as ``U-Net``.
        width: Channels of the first level.
        depth: How often height and width are halved.
        widest: The most channels of any level; 0 where levels go on doubling.
        norm: ``batch``, ``group`` or ``none``.
        in_channels: Bands of the input.
        classes: Channels of the output: 1 where a sigmoid decides between two classes.
        parameters: Number of trained parameters.
        patch: Height and width of the patches of pixels that the first level works on.
    """

    name: str
    width: int
    depth: int
    widest: int
    norm: str
    in_channels: int
    classes: int
    parameters: int
    patch: int = 1

    @property
    def multiple(self) -> int:
        """Height and width of what the network takes must be multiples of this."""
        return self.patch << self.depth


@dataclass(frozen=True, kw_only=True)  # jsonargparse cannot read slots
class ClassFact:
    """One class of the mask.

    Attributes:
        name: Machine-readable, such as ``building``.
        value: Its value in masks.
        title: For people.
        color: Six hexadecimal digits; empty where none was chosen.
    """

    name: str
    value: int
    title: str = ""
    color: str = ""


@dataclass(frozen=True, kw_only=True)  # jsonargparse cannot read slots
class BandFact:
    """One band of the input, in the order of the channels.

    Attributes:
        name: Such as ``red``.
        common_name: As in STAC; empty where unknown.
        center_wavelength: In micrometres; None where unknown.
    """

    name: str
    common_name: str = ""
    center_wavelength: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """Size of the training chips as they lie on disk, in pixels."""

    height: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Of the training split alone, over pixels that are not nodata, in raw values, by band.

    Attributes:
        mean: Arithmetic mean.
        std: Population standard deviation.
        minimum: Smallest value.
        maximum: Largest value.
        class_balance: Share of the labelled pixels by class name; the sum is 1.
        pixels: How many pixels were counted.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]
    minimum: tuple[float, ...]
    maximum: tuple[float, ...]
    class_balance: Mapping[str, float]
    pixels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """How chips were divided.

    Attributes:
        method: Such as ``spatial-blocks``.
        block: Edge of a block in metres; None where blocks play no part.
        seed: Of the draw of blocks.
        chips: Names of the chips (file names without ending) of each split.
    """

    method: str
    block: float | None
    seed: int
    chips: Mapping[str, tuple[str, ...]]

    @property
    def counts(self) -> dict[str, int]:
        """Number of chips of each split."""
        return {name: len(chips) for name, chips in self.chips.items()}


@dataclass(frozen=True, kw_only=True)  # jsonargparse cannot read slots
class Interval:
    """When the imagery was taken, RFC 3339 in UTC; None where unknown."""

    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, kw_only=True)  # jsonargparse cannot read slots
class DataSource:
    """Imagery or labels that the model was trained on.

    Attributes:
        role: ``imagery`` or ``labels``.
        licence: SPDX identifier.
        attribution: The words that the licence asks for.
    """

    title: str
    role: str = ""
    href: str = ""
    licence: str = ""
    attribution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCode:
    """The code that ran.

    Attributes:
        commit: Full hash; empty where the code was not run from a repository.
        href: URL of the repository; empty where unknown.
        modified: Whether tracked files differed from that commit.
    """

    commit: str = ""
    href: str = ""
    modified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """One training run.

    Attributes:
        created: When training ended, RFC 3339 in UTC.
        scaling: How raw values become the network's input: ``z-score`` with the mean and standard
            deviation of `statistics`.
        dtype: Type of the raw values, such as ``uint8``.
        nodata: Raw value of pixels without data; None where there is none.
        activation: What turns the network's logits into probabilities: said here and only here.
        threshold: Probability from which on a pixel is of the class, for ``sigmoid``.
        metrics: By split, then by name; per class as ``iou/building``.
        hyperparameters: Those really used; scalars, lists of scalars and null.
        gsd: Ground sample distance of the chips in metres; None where unknown.
        crs: Of the chips, such as ``EPSG:4326``.
        bbox: ``(west, south, east, north)`` of the training chips in degrees (WGS 84).
        geometry: GeoJSON geometry of the training chips (WGS 84).
        versions: Of Python and the libraries that trained.
        accelerator: ``cpu``, ``cuda`` or ``mps``, and the device's own name after a space.
        seconds: Wall time of the fit.
        epochs: Epochs that were completed.
        start: What the weights were from that it began with; empty for random ones.
        best_epoch: The epoch (from 0) whose weights were kept.
    """

    name: str
    title: str
    created: str
    seed: int
    architecture: Architecture
    classes: tuple[ClassFact, ...]
    bands: tuple[BandFact, ...]
    chip: Chip
    statistics: Statistics
    dtype: str
    activation: Activation
    split: Split
    metrics: Mapping[str, Mapping[str, float]]
    hyperparameters: Mapping[str, Any]
    crs: str
    bbox: Box
    geometry: Mapping[str, Any]
    versions: Mapping[str, str]
    accelerator: str
    seconds: float
    epochs: int
    best_epoch: int
    scaling: Literal["z-score"] = "z-score"
    threshold: float = 0.5
    nodata: float | None = None
    gsd: float | None = None
    interval: Interval = field(default_factory=Interval)
    data: tuple[DataSource, ...] = ()
    source: SourceCode = field(default_factory=SourceCode)
    start: str = ""

    def to_json(self) -> bytes:
        """As indented JSON."""
        return _io.dumps(dataclasses.asdict(self), indent=True) + b"\n"

    @classmethod
    def from_json(cls, data: bytes, *, where: str | None = None) -> RunFacts:
        """Read what `to_json` wrote; nothing may be missing, unknown or of another type.

        Raises:
            RunError: With the place of the first fault.
        """
        value = document(data, error=RunError, where=where)
        facts: RunFacts = decode(cls, value, "$", where)
        return facts

    def write(self, folder: Path) -> None:
        """Write ``facts.json``, whole or not at all.

        Raises:
            OutputError: When the place cannot be written.
        """
        _io.write_atomic(folder / "facts.json", self.to_json())

    @classmethod
    def read(cls, folder: Path) -> RunFacts:
        """Read ``facts.json`` of a run folder.

        Raises:
            RunError: If the folder is not that of a finished run.
        """
        path = folder / "facts.json"
        data = content(
            path,
            error=RunError,
            fault="not the folder of a finished run",
            remedy="Name a folder that `geocairn-train train` has finished, or resume the run with "
            "--resume.",
        )
        return cls.from_json(data, where=str(path))
