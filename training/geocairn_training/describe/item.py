"""The STAC-MLM item of a trained model, from the facts of its run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

from shapely import MultiPolygon
from shapely.geometry import mapping, shape
from shapely.geometry.polygon import orient

from geocairn import authoring
from geocairn.authoring import Asset, ClassObject, Link, ModelInput, ModelMetadata, ModelOutput
from geocairn.sensors import Band
from geocairn_training.describe.files import assets
from geocairn_training.describe.publication import Publication
from geocairn_training.describe.words import description, keywords
from geocairn_training.facts import DataSource, RunFacts

__all__ = ["write_item"]

_EXPRESSIONS = {"sigmoid": "torch.sigmoid", "softmax": "torch.nn.Softmax(dim=1)"}


def write_item(
    facts: RunFacts, publication: Publication, *, files: Sequence[Path]
) -> dict[str, Any]:
    """Describe a model.

    Args:
        facts: Of the run that made it.
        publication: What people say of it, with its name.
        files: Its files, as they lie beside the item; see `describe.files`.

    Returns:
        The item. What is not known is not said.
    """
    return authoring.item(
        ModelMetadata(
            id=publication.id,
            name=_name(publication.title or facts.title),
            title=publication.title or facts.title,
            description=publication.description or description(facts),
            keywords=keywords(facts, publication),
            version=publication.version,
            license=publication.license,
            collection=publication.collection,
            providers=_providers(facts, publication),
            links=_links(facts, publication),
            tasks=("semantic-segmentation",),
            architecture=facts.architecture.name,
            framework="PyTorch",
            framework_version=facts.versions.get("torch", "").partition("+")[0],
            total_parameters=facts.architecture.parameters,
            # The weights are float32, and nothing else stays in memory between two inputs.
            memory_size=4 * facts.architecture.parameters,
            pretrained=bool(facts.start),
            pretrained_source=facts.start or None,
            hyperparameters=_hyperparameters(facts),
            bbox=facts.bbox,
            start=facts.interval.start,
            end=facts.interval.end,
            gsd=facts.gsd,
            bands=tuple(_band(facts, index) for index in range(len(facts.bands))),
            inputs=(_input(facts),),
            outputs=(_output(facts),),
            assets=(
                *assets(files, base_href=publication.base_href),
                *_elsewhere(facts, publication),
            ),
            properties=_properties(facts),
        )
    ) | {"geometry": _geometry(facts.geometry)}


def _geometry(given: Mapping[str, Any]) -> dict[str, Any]:
    """The same geometry as plain lists, outer rings counter-clockwise (RFC 7946, 3.1.6)."""
    polygons = [orient(part) for part in getattr(shape(given), "geoms", [shape(given)])]
    found = mapping(polygons[0] if len(polygons) == 1 else MultiPolygon(polygons))
    plain: dict[str, Any] = json.loads(json.dumps(found))
    return plain


def _name(title: str) -> str:
    """A name as MLM's pattern wants it: without parentheses, and beginning with a letter."""
    kept = "".join(letter if letter.isalnum() or letter in " _-." else " " for letter in title)
    return " ".join(kept.split()).lstrip("0123456789 _-.") or "Model"


def _band(facts: RunFacts, index: int) -> Band:
    band = facts.bands[index]
    return Band(
        name=band.name, common_name=band.common_name, center_wavelength=band.center_wavelength
    )


def _input(facts: RunFacts) -> ModelInput:
    pairs = zip(facts.statistics.mean, facts.statistics.std, strict=True)
    multiple = facts.architecture.multiple
    return ModelInput(
        name="image",
        description=f"Raw {facts.dtype} values, scaled. The network takes any height and width "
        f"that are multiples of {multiple}; given is the size of the training chips.",
        shape=(-1, len(facts.bands), facts.chip.height, facts.chip.width),
        dim_order=("batch", "bands", "height", "width"),
        bands=tuple(band.name for band in facts.bands),
        value_scaling=tuple(
            {"type": "z-score", "mean": mean, "stddev": deviation} for mean, deviation in pairs
        ),
    )


def _output(facts: RunFacts) -> ModelOutput:
    expression = _EXPRESSIONS.get(facts.activation)
    channels = facts.architecture.classes
    shown = "The logit of " + facts.classes[-1].name if channels == 1 else "Logits of the classes"
    return ModelOutput(
        name="logits",
        description=f"{shown}, for every pixel of the input.",
        shape=(-1, channels, facts.chip.height, facts.chip.width),
        dim_order=("batch", "class", "height", "width"),
        tasks=("semantic-segmentation",),
        classes=tuple(
            ClassObject(
                value=one.value,
                name=one.name,
                description=one.title or one.name,
                color_hint=one.color.upper(),
            )
            for one in facts.classes
        ),
        post_processing_function=None
        if expression is None
        else {"format": "python", "expression": expression},
    )


def _hyperparameters(facts: RunFacts) -> dict[str, Any]:
    decided = {"threshold": facts.threshold} if facts.activation == "sigmoid" else {}
    return {**facts.hyperparameters, "seed": facts.seed, **decided}


def _properties(facts: RunFacts) -> dict[str, Any]:
    """Fields beyond those of the extension."""
    statistics = facts.statistics
    bands = []
    for index, band in enumerate(facts.bands):
        known = {
            "name": band.name,
            "eo:common_name": band.common_name,
            "eo:center_wavelength": band.center_wavelength,
            "data_type": facts.dtype,
            "nodata": facts.nodata,
            "statistics": {
                "minimum": statistics.minimum[index],
                "maximum": statistics.maximum[index],
                "mean": statistics.mean[index],
                "stddev": statistics.std[index],
                "count": statistics.pixels,
            },
        }
        bands.append({key: value for key, value in known.items() if value not in (None, "")})
    return {
        "created": facts.created,
        "bands": bands,
        "mlm:accelerator": None,
        "mlm:accelerator_constrained": False,
        "geocairn:metrics": {name: dict(found) for name, found in facts.metrics.items()},
        "geocairn:training": {
            "epochs": facts.epochs,
            "best_epoch": facts.best_epoch,
            "seconds": round(facts.seconds, 1),
            "accelerator": facts.accelerator,
            "versions": dict(facts.versions),
            "crs": facts.crs,
            "split": {
                "method": facts.split.method,
                "block": facts.split.block,
                "seed": facts.split.seed,
                "chips": facts.split.counts,
            },
            "class_balance": dict(statistics.class_balance),
        },
    }


def _providers(facts: RunFacts, publication: Publication) -> tuple[authoring.Provider, ...]:
    """Who made the model, and who gave the data, with the words that their licences ask for."""
    made = (
        authoring.Provider(
            name=publication.producer,
            roles=("producer", "processor"),
            url=publication.producer_url,
        ),
    )
    data = tuple(
        authoring.Provider(
            name=one.title,
            roles=("licensor",),
            url=_address(one),
            description=". ".join(part for part in (one.attribution, one.licence) if part),
        )
        for one in facts.data
    )
    return (made if publication.producer else ()) + data


def _address(source: DataSource) -> str:
    """Where data come from; the braces of a tile template are no part of a URL."""
    return quote(source.href, safe=":/?#[]@!$&'()*+,;=%~")


def _links(facts: RunFacts, publication: Publication) -> tuple[Link, ...]:
    given = [
        Link(rel=one.rel, href=one.href, title=one.title, type=one.type)
        for one in publication.links
    ]
    data = [
        Link(rel="via", href=_address(one), title=f"Training data: {one.title}")
        for one in facts.data
        if one.href
    ]
    return (*given, *data, *_tool(facts))


def _tool(facts: RunFacts) -> list[Link]:
    """The documentation of what trained the model."""
    for entry in metadata("geocairn").get_all("Project-URL") or []:
        label, _, url = entry.partition(", ")
        if label == "Documentation":
            version = facts.versions.get("geocairn", "")
            return [Link(rel="about", href=url, title=f"Trained with geocairn {version}".strip())]
    return []


def _elsewhere(facts: RunFacts, publication: Publication) -> tuple[Asset, ...]:
    """Assets that are no files of the entry: source code and container."""
    found = []
    source = publication.source or facts.source.href
    if source:
        commit = "" if facts.source.modified else facts.source.commit
        found.append(
            Asset(
                key="source",
                href=source,
                roles=("mlm:source_code", "code"),
                title="Code that trained it" + (f", commit {commit}" if commit else ""),
                type="text/html",
            )
        )
    if publication.container:
        found.append(
            Asset(
                key="container",
                href=publication.container,
                roles=("mlm:inference-runtime", "mlm:training-runtime"),
                title="Container",
                type="application/vnd.oci.image.index.v1+json",
            )
        )
    return tuple(found)
