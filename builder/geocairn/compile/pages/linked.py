"""What pages show in terms of schema.org, as search engines for data read it (JSON-LD)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geocairn.config import HubConfig

__all__ = ["catalog", "collection", "dataset"]

_CONTEXT = "https://schema.org/"


def catalog(config: HubConfig) -> dict[str, Any]:
    """The hub, a ``DataCatalog``."""
    return _known(
        {
            "@context": _CONTEXT,
            "@type": "DataCatalog",
            "name": config.title,
            "description": config.description,
            "url": config.url,
        }
    )


def collection(document: Mapping[str, Any], *, config: HubConfig, path: str) -> dict[str, Any]:
    """A collection, a ``Dataset`` whose whole is one GeoParquet file.

    Args:
        document: The collection as published.
        config: The hub's settings.
        path: Path of its folder from the hub's root, as an address.
    """
    title = str(document.get("title") or document["id"])
    table = f"{config.url}{path}items.parquet" if config.url else None
    return _known(
        {
            "@context": _CONTEXT,
            "@type": "Dataset",
            "name": title,
            "description": str(document.get("description") or title),
            "identifier": document["id"],
            "url": f"{config.url}{path}" if config.url else None,
            "keywords": document.get("keywords"),
            "license": document.get("license"),
            "includedInDataCatalog": _known(
                {"@type": "DataCatalog", "name": config.title, "url": config.url}
            ),
            "distribution": table
            and [
                {
                    "@type": "DataDownload",
                    "contentUrl": table,
                    "encodingFormat": "application/vnd.apache.parquet",
                }
            ],
        }
    )


def dataset(view: Mapping[str, Any], description: str) -> dict[str, Any]:
    """A model, a ``Dataset``: schema.org has no word for models.

    Args:
        view: See `geocairn.compile.pages.view`.
        description: What it says of itself, as text.
    """
    box, period = view["footprint"], view["period"]
    place = box and {"@type": "Place", "geo": {"@type": "GeoShape", "box": _box(box["bounds"])}}
    return _known(
        {
            "@context": _CONTEXT,
            "@type": "Dataset",
            "name": view["title"],
            "description": description or view["title"],
            "identifier": f"https://doi.org/{view['doi']}" if view["doi"] else view["id"],
            "version": view["version"],
            "keywords": view["keywords"],
            "license": _licence(view["license"] or {}),
            "creator": [
                _known({"@type": "Organization", "name": maker["name"], "url": maker["href"]})
                for maker in view["providers"] or []
            ],
            "spatialCoverage": place,
            "temporalCoverage": period and f"{period['start'] or '..'}/{period['end'] or '..'}",
            "distribution": [
                _known(
                    {
                        "@type": "DataDownload",
                        "contentUrl": asset["href"],
                        "encodingFormat": asset["type"],
                        "name": asset["title"] or asset["key"],
                    }
                )
                for asset in view["assets"] or []
                if asset["href"] and ":" in asset["href"]
            ],
        }
    )


def _licence(given: Mapping[str, Any]) -> str | None:
    """Where its text is; its name where that is in the hub, whose address may not be known."""
    href: str | None = given.get("href")
    return href if href and ":" in href.split("/")[0] else given.get("name")


def _known(members: dict[str, Any]) -> dict[str, Any]:
    """Without what nobody said."""
    return {key: value for key, value in members.items() if value}


def _box(bounds: list[float]) -> str:
    west, south, east, north = bounds
    return f"{south} {west} {north} {east}"
