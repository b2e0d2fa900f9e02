"""Titles, descriptions and model cards: what is known of a weight, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geocairn.authoring import ModelMetadata
from geocairn.sensors import Band, Sensor
from geocairn.sources.importers.torchgeo.audit import Audit, Fault
from geocairn.sources.importers.torchgeo.declarations import Declaration
from geocairn.sources.importers.torchgeo.families import WORDS

__all__ = ["DOCUMENTATION", "card", "description", "title"]

DOCUMENTATION = "https://torchgeo.readthedocs.io/en/stable/api/models.html"


def title(weight: Declaration, bands: Sequence[Band], sensors: Sequence[Sensor]) -> str:
    """The architecture and what the weight's name says: ``ResNet-50: Sentinel-2 RGB MoCo``."""
    own = {"".join(filter(str.isalnum, part)).lower() for part in weight.title.split()}
    parts = [part for part in weight.member.split("_") if part.lower() not in own]
    words = " ".join(_word(part, bands, sensors) for part in parts)
    return f"{weight.title}: {words}" if words else weight.title


def _word(part: str, bands: Sequence[Band], sensors: Sequence[Sensor]) -> str:
    if part == "ALL" and bands:
        # The name says so also where a band or two are missing.
        known = {len(sensor.bands) for sensor in sensors}
        return "all bands" if known == {len(bands)} else f"{len(bands)} bands"
    return WORDS.get(part, part)


def description(
    weight: Declaration,
    found: Audit,
    *,
    sensors: Sequence[Sensor],
    encoder: bool,
    release: str | None,
) -> str:
    """A few sentences, CommonMark."""
    return " ".join(_sentences(weight, found, sensors, encoder=encoder, release=release))


def _sentences(
    weight: Declaration,
    found: Audit,
    sensors: Sequence[Sensor],
    *,
    encoder: bool,
    release: str | None,
) -> Iterator[str]:
    yield f"{weight.title}{_training(weight, found)}."
    if sensors:
        yield f"For {' and '.join(sensor.title for sensor in sensors)} images."
    if encoder:
        yield (
            "An encoder without a head: its feature vectors serve similarity search as they are, "
            "other tasks once a head is trained."
        )
    package = f"torchgeo {release}" if release else "torchgeo"
    yield f"Declared by {package} as `{weight.name}`."
    if any(sensor.coverage for sensor in sensors):
        yield (
            "Footprint and period are those of the sensor: torchgeo does not say where and when "
            "the training images were taken."
        )
    else:
        yield (
            "torchgeo does not say where and when the training data were taken, so there is no "
            "footprint and the period is open."
        )


def _training(weight: Declaration, found: Audit) -> str:
    dataset, method = found.datasets.get(weight.name), weight.text("ssl_method")
    on = f" on {dataset}" if dataset else ""
    if method:
        return f", pre-trained{on} without labels (method: {method})"
    return f", trained{on}" if on else ""


def card(
    weight: Declaration, metadata: ModelMetadata, faults: Sequence[Fault], bands: Sequence[Band]
) -> str:
    """The model card, CommonMark with a table."""
    parts = [
        f"# {metadata.title}",
        metadata.description,
        _table(_facts(weight, metadata)),
        *_use(weight),
        *_channels(bands),
        *_unknown(metadata),
        *_corrections(faults),
    ]
    return "\n\n".join(parts) + "\n"


def _facts(weight: Declaration, metadata: ModelMetadata) -> Iterator[tuple[str, str]]:
    yield "Architecture", metadata.architecture
    encoder = weight.text("encoder")
    if encoder:
        yield "Encoder", encoder
    yield "Tasks", ", ".join(metadata.tasks)
    for part in metadata.inputs:
        shape = " × ".join("any" if size < 0 else str(size) for size in part.shape)  # noqa: RUF001
        yield f"Input `{part.name}`", f"{shape} ({', '.join(part.dim_order)})"
        if part.description:
            yield "", part.description
    if metadata.license:
        yield "Licence", weight.text("license") or metadata.license
    for link in metadata.links:
        if link.rel in ("cite-as", "via"):
            yield link.title, f"<{link.href}>"
    for asset in metadata.assets:
        yield asset.title, f"<{asset.href}>"


def _table(rows: Iterator[tuple[str, str]]) -> str:
    lines = [f"| {name} | {value} |" for name, value in rows]
    return "\n".join(["| | |", "| --- | --- |", *lines])


def _use(weight: Declaration) -> Iterator[str]:
    if weight.builder is None:
        return
    yield "## Use"
    yield "\n".join(
        (
            "```python",
            f"from torchgeo.models import {weight.enum}, {weight.builder.name}",
            "",
            f"weights = {weight.name}",
            f"model = {weight.builder.name}(weights=weights)",
            "transforms = weights.transforms",
            "```",
        )
    )


def _channels(bands: Sequence[Band]) -> Iterator[str]:
    if not bands:
        return
    yield "## Channels"
    rows = [
        f"| {place} | {band.name} | {band.description or ''} | {_number(band.center_wavelength)} |"
        for place, band in enumerate(bands, start=1)
    ]
    head = ["| Channel | Band | | Centre (µm) |", "| ---: | --- | --- | ---: |"]
    yield "\n".join([*head, *rows])


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _unknown(metadata: ModelMetadata) -> Iterator[str]:
    missing = []
    if not metadata.license:
        missing.append("the licence of the weights, which that of torchgeo's code does not cover")
    if metadata.bbox is None:
        missing.append("where the training data were taken")
    missing += ["how well the model does", "the checksum of the file"]
    yield "## Not known"
    yield (
        f"torchgeo's source code does not say: {'; '.join(missing)}. "
        f"[Its documentation]({DOCUMENTATION}) may know more."
    )


def _corrections(faults: Sequence[Fault]) -> Iterator[str]:
    if faults:
        yield "## Not copied from torchgeo"
        yield "\n".join(
            f"- `{fault.field}`{f' ({fault.found})' if fault.found else ''}: {fault.problem}; "
            f"{fault.remedy}."
            for fault in faults
        )
