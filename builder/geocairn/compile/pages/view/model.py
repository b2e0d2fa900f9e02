"""Everything that the page of a model shows."""

from __future__ import annotations

from typing import Any

from geocairn.compile.pages.view import assets as asset_views
from geocairn.compile.pages.view.bands import bands_of, spectrum
from geocairn.compile.pages.view.changes import changes, shown_value
from geocairn.compile.pages.view.extent import footprint, period
from geocairn.compile.pages.view.links import (
    doi_of,
    lineage_of,
    link_target,
    links_of,
    versions_of,
)
from geocairn.compile.pages.view.status import status_of
from geocairn.compile.pages.view.tensors import inputs_of, outputs_of
from geocairn.compile.pages.view.trial import trial_of
from geocairn.compile.pages.view.usage import bibtex, snippets
from geocairn.compile.pages.view.values import (
    flag,
    known,
    number,
    objects,
    plain,
    record,
    rounded,
    text,
    texts,
)

__all__ = ["license_link", "model_view"]

_SPDX = "https://spdx.org/licenses/"
_NO_LICENSE = ("proprietary", "other", "various", "unknown")
_MOST_PARAMETERS = 200
_MAKERS = {"producer", "processor"}
_HELD_OUT = ("test", "validation")
_METRICS = ("mlm:metrics", "geocairn:metrics", "metrics")


def model_view(
    item: dict[str, Any], *, previous: dict[str, Any] | None = None, hub: str | None = None
) -> dict[str, Any]:
    """What the page of an item shows, but for its description and card, which are Markdown.

    Args:
        item: The item, as published.
        previous: The version before it, where there is one.
        hub: The hub's address, if it is known.
    """
    properties = record(item.get("properties"))
    name, collection = text(item.get("id")) or "", text(item.get("collection")) or ""
    title = text(properties.get("title")) or text(properties.get("mlm:name")) or name
    bands, assets = bands_of(item), asset_views.assets_of(item)
    inputs = inputs_of(properties, bands)
    return {
        "id": name,
        "collection": collection,
        "title": title,
        "version": text(properties.get("version")),
        "deprecated": properties.get("deprecated") is True,
        "license": _license(item, properties),
        "keywords": texts(properties.get("keywords")),
        "tasks": texts(properties.get("mlm:tasks")),
        "providers": known(_providers(properties)),
        "facts": _facts(properties),
        "platforms": _platforms(properties),
        "inputs": inputs,
        "outputs": outputs_of(properties),
        "bands": known(bands),
        "spectrum": spectrum(bands),
        "hyperparameters": known(_pairs(properties.get("mlm:hyperparameters"))),
        "metrics": known(_metrics(properties)),
        "footprint": footprint(item),
        "period": period(properties),
        "assets": assets,
        "trial": trial_of(item, assets or []),
        "reproduced": any(asset["reproduced"] for asset in assets or []),
        "formats": asset_views.formats_of(assets),
        "thumbnail": asset_views.thumbnail(item),
        "versions": versions_of(item),
        "status": status_of(properties),
        "changes": changes(item, previous),
        "lineage": lineage_of(item, hub=hub),
        "links": links_of(item),
        "doi": doi_of(item),
        "bibtex": bibtex(item, title=title, hub=hub),
        "snippets": snippets(collection, name, assets=assets or [], inputs=inputs or [], hub=hub),
    }


def _facts(properties: dict[str, Any]) -> dict[str, Any]:
    """Single values of the properties, each of the type it should have or None."""
    get = properties.get
    return {
        "name": text(get("mlm:name")),
        "architecture": text(get("mlm:architecture")),
        "framework": text(get("mlm:framework")),
        "framework_version": text(get("mlm:framework_version")),
        "parameters": number(get("mlm:total_parameters")),
        "memory": number(get("mlm:memory_size")),
        "batch": number(get("mlm:batch_size_suggestion")),
        "gsd": number(get("gsd")),
        "pretrained": flag(get("mlm:pretrained")),
        "accelerator": text(get("mlm:accelerator")),
        "accelerator_needed": flag(get("mlm:accelerator_constrained")),
        "accelerator_summary": text(get("mlm:accelerator_summary")),
        "accelerators": number(get("mlm:accelerator_count")),
        "created": text(get("created")),
        "updated": text(get("updated")),
        "extent_basis": text(get("geocairn:extent_basis")),
    }


def _license(item: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any] | None:
    name = text(properties.get("license"))
    linked = (raw for raw in objects(item.get("links")) if raw.get("rel") == "license")
    href = next((found for raw in linked if (found := link_target(raw.get("href")))), None)
    if name is None and href is None:
        return None
    return {"name": name, "href": href or license_link(name)}


def license_link(name: str | None) -> str | None:
    """The text of a licence that SPDX knows, judging by its look."""
    if (
        not name
        or name.lower() in _NO_LICENSE
        or not name.replace("-", "").replace(".", "").isalnum()
    ):
        return None
    return f"{_SPDX}{name}.html" if name.isascii() else None


def _providers(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """Who made the model; others, such as the licensors of its data, where nobody else is named."""
    found = [
        {
            "name": raw["name"],
            "roles": texts(raw.get("roles")),
            "href": link_target(raw.get("url")),
            "description": text(raw.get("description")),
        }
        for raw in objects(properties.get("providers"))
        if text(raw.get("name"))
    ]
    makers = [one for one in found if not one["roles"] or _MAKERS & {*one["roles"]}]
    return makers or found


def _platforms(properties: dict[str, Any]) -> list[str] | None:
    instruments = properties.get("instruments")
    given = [properties.get("constellation"), properties.get("platform")]
    return texts([*given, *(instruments if isinstance(instruments, list) else [])])


def _pairs(value: Any) -> list[dict[str, Any]]:
    pairs = list(record(value).items())[:_MOST_PARAMETERS]
    return [{"key": key, "value": shown_value(part)} for key, part in pairs]


def _by_split(raw: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Metrics that stand by split as one list, what was held out of training first."""
    last = len(_HELD_OUT)
    order = sorted(raw, key=lambda name: _HELD_OUT.index(name) if name in _HELD_OUT else last)
    found: list[tuple[Any, Any]] = []
    for name in order:
        inner = raw[name]
        if isinstance(inner, dict):
            found += [(f"{name}: {part}", value) for part, value in inner.items()]
        else:
            found.append((name, inner))
    return found


def _metrics(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """Metrics as name and value, and a share for a bar where they lie between 0 and 1."""
    raw: Any = next((properties[key] for key in _METRICS if properties.get(key)), None)
    if isinstance(raw, dict):
        given = _by_split(raw)
    else:
        given = [(part.get("name"), part.get("value")) for part in objects(raw)]
    found = []
    for name, value in given[:_MOST_PARAMETERS]:
        if not text(name):
            continue
        figure = number(value)
        share = None if figure is None or not 0 <= figure <= 1 else rounded(figure * 100)
        shown = shown_value(value) if figure is None else plain(figure)
        found.append({"name": name, "value": shown, "share": share})
    return found
