"""From the name of a model to a model that runs."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from packaging.version import InvalidVersion, Version

from geocairn.errors import HubError, InputError
from geocairn.run import cache
from geocairn.run.items import absolute_assets, own_href, read_item

if TYPE_CHECKING:
    from geocairn.run.runnable import RunnableModel
    from geocairn.search.catalog import Catalog

__all__ = ["card_of", "find_item", "load", "locate"]


_LARGEST_CARD = 4 << 20


def load(address: str | os.PathLike[str], **options: Any) -> RunnableModel:
    """Load a model by its address.

    Args:
        address: ``HUB#ID``, where the hub is a folder or URL and the id that of an item, or the
            name of a model, whose latest version is taken; or the path or URL of an item, or of a
            folder with an ``item.json``.
        **options: See `geocairn.run.runnable.load_item`.

    Raises:
        InputError: If there is no such model, or it has no file that can be run.
        HubError: If there is no hub, and the model was not loaded before.
    """
    from geocairn.run.runnable import load_item

    item, href = locate(address)
    return load_item(item, href=href, **options)


def locate(address: str | os.PathLike[str]) -> tuple[dict[str, Any], str]:
    """Find the item of a model; see `load`.

    Returns:
        The item, its assets' hrefs absolute, and where it was read.
    """
    text = os.fspath(address)
    hub, sign, name = text.rpartition("#")
    if not sign:
        return _by_itself(text)
    from geocairn.search.catalog import Catalog

    try:
        with Catalog.open(hub) as catalog:
            item = find_item(catalog, name)
    except HubError:
        known = cache.recall(text)
        if known is None:
            raise
        warnings.warn(
            f"{hub} cannot be reached: the model is taken as it was when it was loaded last",
            stacklevel=3,
        )
        item = known
    else:
        if "://" in hub:
            cache.remember(text, item)
    return item, own_href(item)


def _by_itself(text: str) -> tuple[dict[str, Any], str]:
    if "://" not in text and Path(text).is_dir():
        text = str(Path(text) / "item.json")
    if not urlsplit(text).path.endswith((".json", ".geojson")):
        raise InputError(
            "is no address of a model",
            where=text,
            remedy="Write HUB#ID, such as _build/hub#banepa-unet, or the path of an item.json.",
        )
    return absolute_assets(read_item(text), text), text


def find_item(catalog: Catalog, name: str, *, collection: str | None = None) -> dict[str, Any]:
    """Find a model in a hub.

    Args:
        catalog: The hub.
        name: Id of an item; else the name of a model (an id without its version, or ``mlm:name``),
            of which the latest version is taken, deprecated ones last.
        collection: Where it is, if the name alone is not enough.

    Raises:
        InputError: If there is none, or there are several in different collections.
    """
    quoted = name.replace("'", "''")
    like = "".join(f"\\{letter}" if letter in "%_\\" else letter for letter in quoted)
    where: dict[str, Any] = {"collections": [collection]} if collection else {}
    found = list(catalog.search(ids=[name], **where).items_as_dicts())
    if not found:
        candidates = catalog.search(filter=f"id LIKE '{like}-%'", **where).items_as_dicts()
        found = [item for item in candidates if item["id"] == f"{name}-{_version(item)}"]
    if not found:
        named = catalog.search(filter=f"\"mlm:name\" = '{quoted}'", **where)
        found = list(named.items_as_dicts())
    collections = sorted({str(item.get("collection")) for item in found})
    if len(collections) > 1:
        raise InputError(
            f"there are several models {name!r}",
            where=catalog.href,
            remedy=f"Say which collection: {', '.join(collections)}.",
        )
    if not found:
        near = [suggestion.value for suggestion in catalog.suggest(name.split("-")[0], limit=5)]
        hint = f" Similar: {', '.join(near)}." if near else ""
        raise InputError(
            f"there is no model {name!r}",
            where=catalog.href,
            remedy=f"Look for it with `geocairn search`.{hint}",
        )
    return max(found, key=_rank)


def _version(item: dict[str, Any]) -> str:
    return str(item["properties"].get("version") or "")


def _rank(item: dict[str, Any]) -> tuple[bool, Version, str]:
    try:
        version = Version(_version(item))
    except InvalidVersion:
        version = Version("0")
    return item["properties"].get("deprecated") is not True, version, _version(item)


def card_of(item: dict[str, Any], href: str) -> str:
    """The card of a model, which its item links to; empty where there is none to be had."""
    import fsspec

    from geocairn.run.items import absolute

    for link in item.get("links") or ():
        if isinstance(link, dict) and link.get("rel") == "describedby":
            place = absolute(str(link.get("href")), href)
            try:
                with fsspec.open(place, "rb") as file:
                    text: str = file.read(_LARGEST_CARD).decode("utf-8", "replace")
            except Exception:  # noqa: BLE001 - a card is an extra, however it cannot be had
                return ""
            return text
    return ""
