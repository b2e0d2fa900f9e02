"""The facets of a model: what people filter by, defined once for index, search and summaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["FACETS", "FACET_NAMES", "Facet", "FacetType", "extract"]

FacetType = Literal["string", "strings", "integer", "number", "boolean"]
_INT64 = 2**63


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet.

    Attributes:
        name: Column in the search index and keyword of a search.
        type: ``strings`` is a set of strings; the rest hold one value.
        title: Heading for people.
        source: Where the value comes from, for the documentation.
    """

    name: str
    type: FacetType
    title: str
    source: str


FACETS: tuple[Facet, ...] = (
    Facet("tasks", "strings", "Task", "properties.mlm:tasks"),
    Facet("framework", "string", "Framework", "properties.mlm:framework"),
    Facet("architecture", "string", "Architecture", "properties.mlm:architecture"),
    Facet(
        "bands", "strings", "Band", "band names of every mlm:input, and the common names of bands"
    ),
    Facet("platforms", "strings", "Sensor", "properties.platform, constellation and instruments"),
    Facet("gsd", "number", "Ground resolution (m)", "properties.gsd"),
    Facet("license", "string", "Licence", "properties.license"),
    Facet("parameters", "integer", "Parameters", "properties.mlm:total_parameters"),
    Facet("memory", "integer", "Memory (bytes)", "properties.mlm:memory_size"),
    Facet("pretrained", "boolean", "Pretrained", "properties.mlm:pretrained"),
    Facet("accelerator", "string", "Accelerator", "properties.mlm:accelerator"),
    Facet(
        "accelerator_constrained",
        "boolean",
        "Accelerator required",
        "properties.mlm:accelerator_constrained",
    ),
    Facet("formats", "strings", "Format", "mlm:artifact_type of every asset"),
    Facet("dtypes", "strings", "Input data type", "data_type of every mlm:input"),
    Facet("keywords", "strings", "Keyword", "properties.keywords"),
    Facet("providers", "strings", "Publisher", "names in properties.providers"),
    Facet("version", "string", "Version", "properties.version"),
    Facet("deprecated", "boolean", "Deprecated", "properties.deprecated"),
)
FACET_NAMES: tuple[str, ...] = tuple(facet.name for facet in FACETS)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if -_INT64 <= value < _INT64 else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _texts(values: Iterable[Any]) -> list[str] | None:
    found = [value for value in values if isinstance(value, str)]
    # A dict keeps the first of equal values in place, where a set would shuffle them.
    return (list(dict.fromkeys(found)) if len(found) > 1 else found) or None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [part for part in _list(value) if isinstance(part, dict)]


def _bands(properties: Mapping[str, Any], inputs: list[dict[str, Any]]) -> list[str] | None:
    names: list[Any] = []
    for entry in inputs:
        names += (
            band.get("name") if isinstance(band, dict) else band
            for band in _list(entry.get("bands"))
        )
    for band in _dicts(properties.get("bands")):
        names += (band.get("name"), band.get("eo:common_name"), band.get("common_name"))
    return _texts(names)


def extract(item: Mapping[str, Any]) -> tuple[Any, ...]:
    """Read every facet of an item, in the order of `FACETS`.

    A value that is absent or of another type is None; integers beyond 64 bits too.
    """
    properties = item.get("properties")
    if not isinstance(properties, dict):
        return (None,) * len(FACETS)
    get = properties.get
    inputs = _dicts(get("mlm:input"))
    assets = item.get("assets")
    assets = assets.values() if isinstance(assets, dict) else ()
    formats = (asset.get("mlm:artifact_type") for asset in assets if isinstance(asset, dict))
    dtypes = [
        part.get("data_type") for entry in inputs if isinstance(part := entry.get("input"), dict)
    ]
    platforms = (get("platform"), get("constellation"), *_list(get("instruments")))
    return (
        _texts(_list(get("mlm:tasks"))),
        _text(get("mlm:framework")),
        _text(get("mlm:architecture")),
        _bands(properties, inputs),
        _texts(platforms),
        _number(get("gsd")),
        _text(get("license")),
        _whole(get("mlm:total_parameters")),
        _whole(get("mlm:memory_size")),
        _flag(get("mlm:pretrained")),
        _text(get("mlm:accelerator")),
        _flag(get("mlm:accelerator_constrained")),
        _texts(formats),
        _texts(dtypes),
        _texts(_list(get("keywords"))),
        _texts(provider.get("name") for provider in _dicts(get("providers"))),
        _text(get("version")),
        _flag(get("deprecated")),
    )
