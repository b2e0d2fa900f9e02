"""What the hub's keepers found when they ran a model, on its way to the model's page."""

from __future__ import annotations

import posixpath
from typing import Any
from urllib.parse import unquote

from geocairn.build.assets import Asset
from geocairn.checks import hub
from geocairn.errors import InputError
from geocairn.findings import Finding
from geocairn.verification.evidence import Evidence, parse_evidence
from geocairn.verification.subject import INPUT, OUTPUT

__all__ = ["with_evidence"]

_FILE, _KEY, _ROLE, _FIELD = (
    "verification.json",
    "verification",
    "geocairn:verification",
    "geocairn:reproduced",
)


def with_evidence(
    item: dict[str, Any], files: list[Asset], *, evidence: bytes | None
) -> tuple[dict[str, Any], list[Asset], list[Finding]]:
    """Say in an item what was reproduced, and publish the evidence beside it.

    An item's own words on that are taken out first. A model asset gets ``geocairn:reproduced``
    where the evidence is of exactly its file and of the item's sample, as their checksums say.

    Args:
        item: A checked item with its files' checksums; it is not changed.
        files: The files beside it.
        evidence: As it lies in the folder of evidence; None where there is none.

    Returns:
        The item, its files and what was found.
    """
    item, files, found = _without_claims(item, files)
    if evidence is None:
        return item, files, found
    try:
        told = parse_evidence(evidence)
    except InputError as error:
        return item, files, [*found, hub.unheld(item["id"], reason=error.message)]
    if reason := _unheld(item, told):
        return item, files, [*found, hub.unheld(item["id"], reason=reason)]
    data = told.to_json()
    kept = [one for one in files if one.href != _FILE]
    return _marked(item, told), [*kept, Asset(_FILE, data)], found


def _without_claims(
    item: dict[str, Any], files: list[Asset]
) -> tuple[dict[str, Any], list[Asset], list[Finding]]:
    assets = item.get("assets")
    if not isinstance(assets, dict):
        return item, files, []
    claims = [key for key, one in assets.items() if isinstance(one, dict) and _claims(one)]
    if not claims:
        return item, files, []
    kept = {}
    for key, one in assets.items():
        if key not in claims:
            kept[key] = one
        elif not _poses(one):
            kept[key] = {name: value for name, value in one.items() if name != _FIELD}
    files = [one for one in files if one.href.lower() != _FILE]
    return item | {"assets": kept}, files, [hub.claimed(item["id"], asset=one) for one in claims]


def _claims(asset: dict[str, Any]) -> bool:
    return _FIELD in asset or _poses(asset)


def _poses(asset: dict[str, Any]) -> bool:
    """Whether an asset is taken for the hub's evidence: by its role, or by the place it lies at."""
    href = asset.get("href")
    place = posixpath.normpath(unquote(href)).lower() if isinstance(href, str) else ""
    return place == _FILE or _has_role(asset, _ROLE)


def _has_role(asset: Any, role: str) -> bool:
    roles = asset.get("roles") if isinstance(asset, dict) else None
    return isinstance(roles, list) and role in roles


def _unheld(item: dict[str, Any], told: Evidence) -> str:
    """Why evidence does not hold for an item; empty where it does."""
    if told.item != item["id"]:
        return f"is of {told.item!r}"
    if not told.reproduced:
        return next((one.problem for one in told.models if not one.agrees), "names no model")
    assets = item["assets"]
    for role, checksum in zip((INPUT, OUTPUT), (told.input, told.output), strict=True):
        holder: dict[str, Any] = next((one for one in assets.values() if _has_role(one, role)), {})
        if holder.get("file:checksum") != checksum:
            return f"is of another {role}"
    for one in told.models:
        asset = assets.get(one.asset)
        if not isinstance(asset, dict) or asset.get("file:checksum") != one.checksum:
            return f"is of another file than the asset {one.asset!r}"
    return ""


def _marked(item: dict[str, Any], told: Evidence) -> dict[str, Any]:
    assets = dict(item["assets"])
    for one in told.models:
        assets[one.asset] = assets[one.asset] | {
            _FIELD: {
                "checksum": one.checksum,
                "time": told.time,
                "absolute": one.absolute,
                "relative": one.relative,
            }
        }
    assets[_free(assets)] = {
        "href": f"./{_FILE}",
        "type": "application/json",
        "title": "How the sample was reproduced",
        "roles": ["metadata", _ROLE],
    }
    return item | {"assets": assets}


def _free(assets: dict[str, Any]) -> str:
    key = _KEY
    while key in assets:
        key += "-"
    return key
