"""Versions of a model: which item came before, which comes next, which is the latest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

__all__ = ["RELATIONS", "model_name", "version_claims", "version_key", "version_links"]

RELATIONS = ("predecessor-version", "successor-version", "latest-version")
"""Link relations of the version extension, https://github.com/stac-extensions/version."""

_PART = re.compile(r"\d+|[A-Za-z]+")


def model_name(item: str, version: str | None) -> str | None:
    """The model that an item ``<model>-<version>`` is a version of, or None."""
    if version and item.endswith(f"-{version}") and len(item) > len(version) + 1:
        return item[: -len(version) - 1]
    return None


@lru_cache(maxsize=4096)
def version_key(version: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key of a version: numbers by value, and a pre-release before its release.

    ``1.9 < 1.10``, ``2.0-rc1 < 2.0 < 2.0.1``; see https://semver.org/#spec-item-11.
    """
    release, _, pre = version.partition("-")
    key = [_part(part) for part in _PART.findall(release)]
    # The end of a release sorts above letters (a pre-release) and below a further number.
    key.append((0, -1, "") if pre else (1, -1, ""))
    return (*key, *(_pre_part(part) for part in _PART.findall(pre)))


def _part(part: str) -> tuple[int, int, str]:
    return (2, int(part), "") if part.isdigit() else (0, 0, part.lower())


def _pre_part(part: str) -> tuple[int, int, str]:
    # Within a pre-release numbers come before words: alpha.1 < alpha.beta.
    return (0, int(part), "") if part.isdigit() else (1, 0, part.lower())


def version_links(
    models: Iterable[Iterable[tuple[str, str]]],
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Links between the versions of each model.

    Args:
        models: For each model, the (version, id) of its items; ids are unique in the hub.

    Returns:
        For each id with sisters, its (relation, id of the other) pairs.
    """
    found = {}
    for members in models:
        ids = [item for _, item in sorted(members, key=lambda m: (version_key(m[0]), m[1]))]
        for place, item in enumerate(ids):
            links = [("predecessor-version", ids[place - 1])] if place else []
            if place + 1 < len(ids):
                links.append(("successor-version", ids[place + 1]))
                links.append(("latest-version", ids[-1]))
            if links:
                found[item] = tuple(links)
    return found


def version_claims(item: Mapping[str, Any]) -> list[str]:
    """Version links that an item brings along: relation, space, id of the item it leads to.

    The id is taken from the last part of the href, as static catalogs name their files.
    """
    links = item.get("links")
    claims = []
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") in RELATIONS:
            href = link.get("href")
            if isinstance(href, str):
                name = href.rstrip("/").rpartition("/")[2].removesuffix(".json")
                claims.append(f"{link['rel']} {name}")
    return claims
