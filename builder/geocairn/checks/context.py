"""What rules look at: one item taken apart once, and a place to put findings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeGuard

from geocairn.checks.parts import is_model
from geocairn.checks.rule import Rule
from geocairn.findings import Finding, json_path, short_json

__all__ = ["ABSENT", "MLM_URL", "Context", "band_name", "is_count", "is_number"]

ABSENT: Any = object()
"""Stands for a value that is not there, which is not the same as null."""

MLM_URL = re.compile(r"https://stac-extensions\.github\.io/mlm/v(\d+)\.(\d+)\.(\d+)/schema\.json\Z")
"""Address of the machine-learning model extension, with its version."""

Path_ = tuple[str | int, ...]


class Context:
    """An item taken apart for the rules; every part has the type it says, whatever the item.

    Values of an unexpected type are left out: a schema finding names them.

    Attributes:
        item: The item itself.
        properties: Its properties, or an empty object.
        assets: Its assets that are objects, by key.
        models: The keys of assets with the role ``mlm:model``.
        links: Its links that are objects, with their index.
        inputs: Entries of ``mlm:input`` that are objects, with their index.
        outputs: Entries of ``mlm:output`` that are objects, with their index.
        bands: Band definitions by name, from properties and assets; the fullest of each.
        extensions: The extension URLs declared.
        mlm: Version of the machine-learning model extension declared, as numbers.
        folder: The item's own folder, where known.
        origin: Where the item comes from.
        findings: What was found so far.
    """

    __slots__ = (
        "_ignored",
        "_name",
        "assets",
        "bands",
        "extensions",
        "findings",
        "folder",
        "inputs",
        "item",
        "links",
        "mlm",
        "models",
        "origin",
        "outputs",
        "properties",
    )

    def __init__(
        self,
        item: dict[str, Any],
        *,
        origin: str = "",
        folder: Path | None = None,
        ignored: frozenset[str] = frozenset(),
    ) -> None:
        self.item = item
        self.origin = origin
        self.folder = folder
        self.findings: list[Finding] = []
        self._ignored = ignored
        name = item.get("id")
        self._name = name if isinstance(name, str) else ""
        properties = item.get("properties")
        self.properties: dict[str, Any] = properties if isinstance(properties, dict) else {}
        assets = item.get("assets")
        self.assets: dict[str, dict[str, Any]] = (
            {key: asset for key, asset in assets.items() if isinstance(asset, dict)}
            if isinstance(assets, dict)
            else {}
        )
        self.models = [key for key, asset in self.assets.items() if is_model(asset)]
        self.links = _objects(item.get("links"))
        self.inputs = _objects(self.properties.get("mlm:input"))
        self.outputs = _objects(self.properties.get("mlm:output"))
        extensions = item.get("stac_extensions")
        self.extensions: list[str] = (
            [url for url in extensions if isinstance(url, str)]
            if isinstance(extensions, list)
            else []
        )
        self.mlm = next((v for url in self.extensions if (v := _mlm_version(url))), None)
        self.bands: dict[str, dict[str, Any]] = {}
        for holder in (self.properties, *self.assets.values()):
            for field in ("bands", "eo:bands", "raster:bands"):
                if field in holder:
                    self._collect_bands(holder[field])

    def _collect_bands(self, defined: Any) -> None:
        if not isinstance(defined, list):
            return
        for band in defined:
            if isinstance(band, dict) and isinstance(name := band.get("name"), str):
                known = self.bands.get(name)
                if known is None or len(known) < len(band):
                    self.bands[name] = band

    def found(
        self,
        rule: Rule,
        path: Path_,
        message: str,
        *,
        value: Any = ABSENT,
        remedy: str | None = None,
    ) -> None:
        """Put down that a rule found something.

        Args:
            rule: The rule.
            path: Steps from the item's root to the place.
            message: What is wrong there, in one sentence.
            value: The value there; `ABSENT` where there is none.
            remedy: What to do, where the rule's own words are too general.
        """
        if rule.code in self._ignored:
            return
        self.findings.append(
            Finding(
                code=rule.code,
                severity=rule.severity,
                kind=rule.kind,
                message=message,
                path=json_path(path),
                value="" if value is ABSENT else short_json(value),
                remedy=rule.remedy if remedy is None else remedy,
                origin=self.origin,
                item=self._name,
            )
        )


def _objects(value: Any) -> list[tuple[int, dict[str, Any]]]:
    if not isinstance(value, list):
        return []
    return [(index, entry) for index, entry in enumerate(value) if isinstance(entry, dict)]


_versions: dict[str, tuple[int, int, int] | None] = {}


def _mlm_version(url: str) -> tuple[int, int, int] | None:
    # Few addresses are ever seen, so remembering them is cheaper than matching again.
    if url not in _versions:
        if len(_versions) > 1000:
            _versions.clear()
        match = MLM_URL.match(url)
        _versions[url] = (int(match[1]), int(match[2]), int(match[3])) if match else None
    return _versions[url]


def band_name(band: Any) -> str | None:
    """The name that an entry of an input's ``bands`` or ``variables`` refers to."""
    if isinstance(band, str):
        return band
    if isinstance(band, dict) and isinstance(name := band.get("name"), str):
        return name
    return None


def is_number(value: Any) -> TypeGuard[int | float]:
    """Whether a JSON value is a number (and not a boolean)."""
    # Parsed JSON has no subclasses, and booleans are of a type of their own.
    return type(value) is float or type(value) is int


def is_count(value: Any) -> TypeGuard[int]:
    """Whether a JSON value is a whole number (and not a boolean)."""
    return type(value) is int
