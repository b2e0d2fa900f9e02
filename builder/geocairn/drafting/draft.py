"""From facts and answers to an item and its card; what nobody knows is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from geocairn import authoring
from geocairn.authoring import (
    UNKNOWN,
    Asset,
    Link,
    ModelMetadata,
    Provider,
    Unknown,
)
from geocairn.drafting.cards import card_text
from geocairn.drafting.fields import Answers
from geocairn.drafting.inspecting import Facts
from geocairn.drafting.tensors import inputs_of, outputs_of
from geocairn.errors import InputError
from geocairn.sensors import SENSORS, Band
from geocairn.sources import LARGEST

__all__ = ["Draft", "compose"]


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it is written.

    Attributes:
        place: Its folder, ``<collection>/<model>/<version>``.
        item: The item.
        card: The model card, in Markdown.
        owner: GitHub login and numeric id; None where nobody is named.
        file: Name of the model's file beside the item; empty where it lies elsewhere.
    """

    place: PurePosixPath
    item: dict[str, Any]
    card: str
    owner: tuple[str, int] | None
    file: str


def compose(facts: Facts, answers: Answers) -> Draft:
    """Compose an entry.

    Args:
        facts: Of the model's file.
        answers: By the fields' keys, as `parse_answer` gives them; they outweigh the facts.

    Raises:
        InputError: If the entry has no name, or bands do not fit the model.
    """
    known = {**facts.answers, **answers}
    for key in ("collection", "model", "version"):
        if not known.get(key):
            raise InputError(
                f"there is no {key}, and an entry lies in a folder named after it",
                remedy=f'Answer it, or add a line such as {key} = "..." to the file of answers.',
            )
    place = PurePosixPath(known["collection"], known["model"], known["version"])
    asset, file = _model_asset(facts, known)
    metadata = ModelMetadata(
        **_identity(known),
        **_model(facts, known),
        **_validity(known),
        inputs=inputs_of(facts, known),
        outputs=outputs_of(facts, known),
        assets=(*([asset] if asset else []), *_source(known)),
        links=_links(known),
        providers=_providers(known),
        properties={"geocairn:metrics": dict(facts.metrics)} if facts.metrics else {},
    )
    item = _placed(authoring.item(metadata), metadata)
    return Draft(place, item, card_text(item, facts.card), known.get("owner"), file)


def _identity(known: Answers) -> dict[str, Any]:
    title = known.get("title", "")
    return {
        "id": f"{known['model']}-{known['version']}",
        "collection": known["collection"],
        "version": known["version"],
        "title": title,
        "name": _plain(title) or known["model"],
        "description": known.get("description", ""),
        "keywords": tuple(known.get("keywords", ())),
        "license": known.get("license", ""),
    }


def _plain(title: str) -> str:
    """A name as MLM's pattern wants it: without parentheses, and beginning with a letter."""
    kept = "".join(letter if letter.isalnum() or letter in " _-." else " " for letter in title)
    return " ".join(kept.split()).lstrip("0123456789 _-.")


def _model(facts: Facts, known: Answers) -> dict[str, Any]:
    source: str | Unknown | None = known.get("pretrained_source", UNKNOWN)
    pretrained = None if source is UNKNOWN else True
    if isinstance(source, str) and source.lower() == "none":
        source, pretrained = None, False
    return {
        "architecture": known.get("architecture", ""),
        "tasks": tuple(known.get("tasks", ())),
        "framework": known.get("framework", ""),
        "framework_version": known.get("framework_version", ""),
        "total_parameters": known.get("parameters"),
        "pretrained": pretrained,
        "pretrained_source": source,
        "hyperparameters": {"final_activation": facts.activation.lower()}
        if facts.activation
        else {},
    }


def _validity(known: Answers) -> dict[str, Any]:
    sensor = SENSORS.get(known.get("sensor", ""))
    found: dict[str, Any] = {
        "bbox": known.get("extent"),
        "start": _moment(known.get("start"), "00:00:00Z"),
        "end": _moment(known.get("end"), "23:59:59Z"),
        "gsd": known.get("gsd"),
        "bands": _bands(known),
    }
    if sensor is not None:
        found |= {
            "platform": sensor.platform or "",
            "constellation": sensor.constellation or "",
            "instruments": sensor.instruments,
        }
    return found


def _moment(day: str | None, time: str) -> str | None:
    return f"{day}T{time}" if day and len(day) == 10 else day


def _bands(known: Answers) -> tuple[Band, ...]:
    """The bands, with what is known of them where a sensor is named that has them."""
    sensor = SENSORS.get(known.get("sensor", ""))
    names = dict.fromkeys(known.get("bands", ()))
    return tuple(
        replace(band, name=name)
        if sensor is not None and (band := sensor.band(name)) is not None
        else Band(name=name)
        for name in names
    )


def _model_asset(facts: Facts, known: Answers) -> tuple[Asset | None, str]:
    """The asset of the model's file, and the file's name where it lies beside the item."""
    if facts.kind == "card" and not known.get("url"):
        return None, ""
    beside = facts.kind != "card" and facts.size <= LARGEST and not known.get("url")
    name = _file_name(facts)
    href = known.get("url") or f"./{name}"
    measured = facts.kind != "card"
    asset = Asset(
        key="package" if facts.kind == "package" else "model",
        href=href,
        roles=("package",) if facts.kind == "package" else ("mlm:model", "mlm:weights"),
        title="Model" if facts.kind != "package" else "Package for ArcGIS",
        type=facts.media_type if measured else "application/octet-stream",
        artifact_type=_artifact_type(facts, href) if facts.kind != "package" else "",
        size=facts.size if measured else None,
        checksum=facts.checksum if measured else "",
    )
    return asset, name if beside else ""


def _file_name(facts: Facts) -> str:
    """The file's name in the entry: a plain one, for no other is taken in a pull request."""
    ending = facts.path.suffix.lower()
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", facts.path.stem)[:100]
    return f"{plain.strip('.-') or 'model'}{ending}"


def _artifact_type(facts: Facts, href: str) -> str:
    """MLM's, as the file shows; of a file that nobody looked at, as its name says."""
    named = facts.kind == "card" and href.lower().partition("?")[0].endswith(".onnx")
    return "onnx" if named else facts.artifact_type


def _source(known: Answers) -> list[Asset]:
    if not known.get("source"):
        return []
    return [
        Asset(
            key="source",
            href=known["source"],
            roles=("mlm:source_code", "code"),
            title="Source code",
            type="text/html",
        )
    ]


def _links(known: Answers) -> tuple[Link, ...]:
    if not known.get("citation"):
        return ()
    return (Link(rel="cite-as", href=known["citation"], title="Publication"),)


def _providers(known: Answers) -> tuple[Provider, ...]:
    if not known.get("producer"):
        return ()
    url = known.get("producer_url", "")
    return (Provider(name=known["producer"], roles=("producer",), url=url),)


def _placed(item: Mapping[str, Any], metadata: ModelMetadata) -> dict[str, Any]:
    """The item without what is unknown, its geometry cut at the antimeridian (RFC 7946, 3.1.9)."""
    properties = {
        key: value
        for key, value in item["properties"].items()
        if not (key.startswith("mlm:") and value in ("", []))
    }
    done = {**item, "properties": properties}
    box = metadata.bbox
    if box is None or box[0] <= box[2]:
        return done
    west, south, east, north = box
    halves = [(west, south, 180.0, north), (-180.0, south, east, north)]
    polygons = [authoring.box_geometry(half)["coordinates"] for half in halves]
    return {**done, "geometry": {"type": "MultiPolygon", "coordinates": polygons}}
