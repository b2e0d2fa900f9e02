"""Rules on which extensions an item declares."""

from __future__ import annotations

from typing import Any

from geocairn.checks.context import MLM_URL, Context
from geocairn.checks.rule import REMOVED, Rule

__all__ = ["RULES", "check"]

LATEST = (1, 5, 2)
_LATEST_URL = "https://stac-extensions.github.io/mlm/v1.5.2/schema.json"
# Their schemas differ from the latest by their own address, and by one description.
_SAME_AS_LATEST = ((1, 5, 0), (1, 5, 1))
_PREFIXES = {
    "eo": "eo",
    "raster": "raster",
    "file": "file",
    "proj": "projection",
    "processing": "processing",
    "sci": "scientific",
    "cube": "datacube",
    "label": "label",
    "table": "table",
    "classification": "classification",
    "ml-aoi": "ml-aoi",
}


def _declare_latest(item: dict[str, Any]) -> None:
    declared = item.get("stac_extensions")
    if isinstance(declared, list):
        item["stac_extensions"] = [
            _LATEST_URL if isinstance(url, str) and _version(url) in _SAME_AS_LATEST else url
            for url in declared
        ]


def _version(url: str) -> tuple[int, int, int] | None:
    match = MLM_URL.match(url)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


UNDECLARED_MLM = Rule(
    code="MLM001",
    title="Model fields without the model extension",
    severity="error",
    why="""Fields that begin with `mlm:` mean something only where the item declares the
machine-learning model extension. Without the declaration no validator looks at them, and
clients do not recognise the item as a model.""",
    remedy=f"Add {_LATEST_URL} to stac_extensions.",
    failing={"/stac_extensions/0": REMOVED},
)
NOT_A_MODEL = Rule(
    code="MLM002",
    title="Not a model",
    severity="warning",
    why="""The hub describes models. An item without a single `mlm:` field and without the
machine-learning model extension is catalogued, but no facet, model page or snippet has anything
to say about it.""",
    remedy=f"Describe the model with the extension {_LATEST_URL}, or leave the item out.",
    failing={
        "/stac_extensions": [],
        "/properties": {
            "title": "Ganges delta, cloud-free mosaic",
            "datetime": "2023-02-04T04:41:31Z",
            "license": "CC-BY-4.0",
            "version": "1.0.0",
            "providers": [{"name": "Delta Observatory", "roles": ["producer"]}],
        },
        "/assets": {"mosaic": {"href": "https://models.example.org/mosaic.tif"}},
    },
)
OLD_VERSION = Rule(
    code="MLM003",
    title="Older version of the model extension",
    severity="advice",
    why="""Every published version is read, but newer ones say more (version 1.4 replaced the
statistics of inputs by `value_scaling`, version 1.5 added entry points and variables), and what
is new in them can be searched and checked.""",
    remedy=f"Write for {_LATEST_URL}; `--fix` does so from 1.5.0 and 1.5.1, which mean the same.",
    failing={
        "/stac_extensions/0": "https://stac-extensions.github.io/mlm/v1.5.1/schema.json",
    },
    fix=_declare_latest,
)
UNDECLARED = Rule(
    code="STAC001",
    title="Fields of an extension that is not declared",
    severity="warning",
    why="""A prefixed field belongs to an extension. Where `stac_extensions` does not list it,
no schema checks the field and clients may pass it over.""",
    remedy="Add the extension's schema to stac_extensions.",
    failing={"/assets/source/proj:code": "EPSG:4326"},
    passing={
        "/assets/source/file:size": 20480,
    },
)
MISPLACED = Rule(
    code="STAC002",
    title="Field beside its place",
    severity="warning",
    why="""GeoJSON lets an item have any member at its top level, but nobody looks there for
assets or for fields of extensions: assets belong into `assets`, fields of the model into
`properties` or an asset. Such members mostly come from a misplaced brace.""",
    remedy="Move it into assets or properties.",
    failing={
        "/inference-script": {"href": "https://delta.example.org/predict.py", "roles": ["code"]}
    },
    passing={"/delta:campaign": {"name": "monsoon"}},
)
RULES = (UNDECLARED_MLM, NOT_A_MODEL, OLD_VERSION, UNDECLARED, MISPLACED)
_MEMBERS = frozenset(
    {
        "type",
        "stac_version",
        "stac_extensions",
        "id",
        "collection",
        "geometry",
        "bbox",
        "properties",
        "links",
        "assets",
    }
)


def check(context: Context) -> None:
    """Look at the declared extensions."""
    version = context.mlm
    if version is None:
        _without_mlm(context)
    elif version < LATEST:
        context.found(
            OLD_VERSION,
            ("stac_extensions",),
            f"declares version {'.'.join(map(str, version))} of the model extension",
            value=context.item.get("stac_extensions"),
        )
    if context.item.keys() - _MEMBERS:
        _misplaced(context)
    prefixes = _prefixes(context)
    if prefixes:
        declared = " ".join(context.extensions)
        for prefix, path in prefixes.items():
            extension = _PREFIXES[prefix]
            if f"/{extension}/" not in declared:
                context.found(
                    UNDECLARED,
                    path,
                    f"belongs to the {extension} extension, which is not declared",
                )


def _without_mlm(context: Context) -> None:
    if any("/mlm/" in url for url in context.extensions):
        return  # A version that is not published: its missing schema is told of.
    field = next((key for key in context.properties if key.startswith("mlm:")), None)
    if field is not None:
        path: tuple[str | int, ...] = ("properties", field)
        context.found(UNDECLARED_MLM, path, "is used, but the model extension is not declared")
    elif context.models:
        path = ("assets", context.models[0], "roles")
        context.found(UNDECLARED_MLM, path, "names a model, but the extension is not declared")
    elif context.item.get("type") == "Feature":
        context.found(NOT_A_MODEL, ("stac_extensions",), "the item does not describe a model")


def _misplaced(context: Context) -> None:
    for key, value in context.item.items():
        if key in _MEMBERS:
            continue
        if key.startswith("mlm:"):
            message = "is a field of the model extension, but stands outside of properties"
            context.found(MISPLACED, (key,), message, value=value)
        elif isinstance(value, dict) and isinstance(value.get("href"), str):
            message = "looks like an asset, but stands outside of assets"
            context.found(MISPLACED, (key,), message, value=value)


def _prefixes(context: Context) -> dict[str, tuple[str | int, ...]]:
    """Prefixes of other extensions in use, with the first place of each."""
    found: dict[str, tuple[str | int, ...]] = {}
    for key in context.properties:
        if ":" in key and (prefix := key.partition(":")[0]) in _PREFIXES and prefix not in found:
            found[prefix] = ("properties", key)
    for name, asset in context.assets.items():
        for key in asset:
            if (
                ":" in key
                and (prefix := key.partition(":")[0]) in _PREFIXES
                and prefix not in found
            ):
                found[prefix] = ("assets", name, key)
    return found
