"""From a declared weight to the metadata of a catalog entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from geocairn.authoring import (
    UNKNOWN,
    Asset,
    Link,
    ModelMetadata,
    Provider,
)
from geocairn.sensors import Band, Sensor
from geocairn.sources.importers.torchgeo.audit import Audit, owner, revision
from geocairn.sources.importers.torchgeo.declarations import Declaration
from geocairn.sources.importers.torchgeo.families import SPDX
from geocairn.sources.importers.torchgeo.inputs import bands_of, inputs, sensors_of
from geocairn.sources.importers.torchgeo.outputs import is_encoder, outputs, tasks
from geocairn.sources.importers.torchgeo.words import DOCUMENTATION, description, title

__all__ = ["COLLECTION", "EXTENT_BASIS", "REVISION", "describe", "model_id"]

COLLECTION = "torchgeo"
"""Id and folder of the collection."""

EXTENT_BASIS = "geocairn:extent_basis"
"""Property that says what footprint and period rest on: ``sensor`` or ``unknown``."""

REVISION = "geocairn:revision"
"""Field of the model's asset: the commit that its URL is pinned to."""

_RAW = "https://raw.githubusercontent.com/torchgeo/torchgeo"
_BROWSE = "https://github.com/torchgeo/torchgeo/blob"
_PREFIX = re.compile(r"-([0-9a-f]{8})\.\w+$")
_KEPT = ("ssl_method", "encoder", "window_size", "patch_size", "lead-time")
_GRID = ("resolution", "units")


def model_id(weight: Declaration) -> str:
    """Folder of a model: ``resnet18-sentinel2-all-moco``."""
    name = f"{weight.enum.removesuffix('_Weights')}-{weight.member}"
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def describe(
    weight: Declaration, found: Audit, *, version: str, release: str | None
) -> ModelMetadata:
    """Describe one weight.

    Args:
        weight: The declaration; its URL is known.
        found: What the audit says of it.
        version: Version of the entry.
        release: Version of the torchgeo package.
    """
    sensors = sensors_of(weight, found)
    bands = bands_of(weight, found)
    declared_license = weight.text("license")
    pretrained = is_encoder(weight)
    return ModelMetadata(
        id=f"{model_id(weight)}-{version}",
        collection=COLLECTION,
        name=weight.name,
        title=title(weight, bands, sensors),
        description=description(
            weight, found, sensors=sensors, encoder=is_encoder(weight), release=release
        ),
        keywords=tuple(_keywords(weight, found, sensors)),
        version=version,
        license=declared_license if declared_license in SPDX else "other" * bool(declared_license),
        providers=tuple(_providers(weight)),
        links=tuple(_links(weight, found, release)),
        assets=tuple(_assets(weight, release)),
        bbox=_bbox(sensors),
        start=_start(sensors),
        end=_end(sensors),
        platform=_only([sensor.platform for sensor in sensors]),
        constellation=_only([sensor.constellation for sensor in sensors]),
        instruments=tuple(name for sensor in sensors for name in sensor.instruments),
        gsd=_gsd(weight, bands),
        bands=tuple({band.name: band for band in bands}.values()),
        architecture=weight.text("architecture") or weight.title,
        framework="PyTorch",
        tasks=tasks(weight),
        pretrained=True if pretrained else None,
        pretrained_source=found.datasets.get(weight.name, UNKNOWN) if pretrained else UNKNOWN,
        inputs=inputs(weight, found),
        outputs=outputs(weight, found),
        hyperparameters=dict(_hyperparameters(weight)),
        properties={EXTENT_BASIS: "sensor" if _bbox(sensors) else "unknown"},
    )


def _keywords(weight: Declaration, found: Audit, sensors: tuple[Sensor, ...]) -> Iterator[str]:
    yield "torchgeo"
    if is_encoder(weight):
        yield "feature extraction"
    if weight.text("ssl_method"):
        yield "self-supervised"
    words = [weight.maker, found.datasets.get(weight.name), weight.text("ssl_method")]
    words += [sensor.constellation for sensor in sensors]
    yield from dict.fromkeys(word for word in words if word)


def _providers(weight: Declaration) -> Iterator[Provider]:
    repository, account = weight.text("repo"), owner(weight.text("repo"))
    if repository and account and repository.startswith("https://github.com/"):
        yield Provider(
            name=account,
            roles=("producer",),
            url=f"https://github.com/{account}",
            description="Owner of the source repository that torchgeo names.",
        )
    elif account:
        yield Provider(name=account, roles=("producer",), url=repository or "")
    url = weight.url or ""
    if re.match(r"https://(?:huggingface\.co|hf\.co)/", url):
        yield Provider(
            name="Hugging Face", roles=("host",), url=f"https://huggingface.co/{owner(url)}"
        )


def _links(weight: Declaration, found: Audit, release: str | None) -> Iterator[Link]:
    paper = found.publications.get(weight.name)
    if paper:
        yield Link(rel="cite-as", href=paper, type="text/html", title="Publication")
    if release:
        first, last = weight.lines
        href = f"{_BROWSE}/v{release}/torchgeo/{weight.path}#L{first}-L{last}"
        yield Link(rel="via", href=href, type="text/html", title="Declaration in torchgeo")
    yield Link(
        rel="about",
        href=DOCUMENTATION,
        type="text/html",
        title="Models in torchgeo's documentation",
    )
    declared = weight.text("license")
    if declared is not None and declared not in SPDX:
        text = f"{declared}: torchgeo's table of licences"
        yield Link(rel="license", href=DOCUMENTATION, type="text/html", title=text)


def _assets(weight: Declaration, release: str | None) -> Iterator[Asset]:
    url = weight.url or ""
    commit, prefix = revision(url), _PREFIX.search(url)
    text = "A pickled state dictionary: load it only from a source you trust."
    if prefix:
        text += (
            f" By PyTorch's convention the {prefix.group(1)} in the file's name is the start of "
            "its SHA-256; the whole is not declared."
        )
    yield Asset(
        key="model",
        href=url,
        title="Weights",
        description=text,
        type="application/octet-stream; application=pytorch",
        roles=("mlm:model", "mlm:weights", "data"),
        artifact_type="torch.save",
        fields={REVISION: commit} if commit else {},
    )
    repository = weight.text("repo")
    if repository and repository.startswith("https://"):
        yield Asset(
            key="source_code",
            href=repository,
            title="Source repository",
            type="text/html",
            roles=("mlm:source_code", "code", "metadata"),
        )
    if release and weight.builder:
        yield Asset(
            key="loader",
            href=f"{_RAW}/v{release}/torchgeo/{weight.path}",
            title="Loader in torchgeo",
            type="text/x-python",
            roles=("mlm:source_code", "code"),
            entrypoint=f"torchgeo.models:{weight.builder.name}",
        )


def _bbox(sensors: tuple[Sensor, ...]) -> tuple[float, float, float, float] | None:
    """The box around all sensors' coverage; None where one's is unknown."""
    boxes = [sensor.coverage for sensor in sensors if sensor.coverage]
    if not boxes or len(boxes) < len(sensors):
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _start(sensors: tuple[Sensor, ...]) -> str | None:
    starts = [sensor.start for sensor in sensors]
    return min((start for start in starts if start), default=None) if all(starts) else None


def _end(sensors: tuple[Sensor, ...]) -> str | None:
    ends = [sensor.end for sensor in sensors]
    return max((end for end in ends if end), default=None) if all(ends) else None


def _only(values: list[str | None]) -> str:
    names = {value for value in values if value}
    return names.pop() if len(names) == 1 and len(values) == 1 else ""


def _gsd(weight: Declaration, bands: tuple[Band, ...]) -> float | None:
    """The resolution declared in metres, else that of the bands where all have one."""
    declared = weight.meta.get("resolution")
    if isinstance(declared, (int, float)) and weight.text("units") is None and declared > 0:
        return declared
    known = {band.gsd for band in bands}
    return known.pop() if len(known) == 1 else None


def _hyperparameters(weight: Declaration) -> Iterator[tuple[str, Any]]:
    # A resolution without a unit is in metres, and stands as gsd.
    for key in (*_KEPT, *(_GRID if weight.text("units") else ())):
        value = weight.meta.get(key)
        if isinstance(value, (str, int, float)) and value != "":
            yield key, value
