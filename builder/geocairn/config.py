"""The hub's settings, read from ``geocairn.toml``."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from geocairn.errors import ConfigError

__all__ = ["HubConfig", "SiteConfig", "load_config"]

_LANGUAGE = re.compile(r"[a-z]{2,3}").fullmatch
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?").fullmatch
_REPOSITORY = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+/?").fullmatch
Texts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """Settings of the hub's pages.

    Attributes:
        enabled: Whether pages are written at all.
        pages: Number of models up to which each has a page of its own; in a larger hub, one
            page shows any of them, in the browser.
        languages: Languages of the pages, English always being the first; every one that there
            is a catalogue for, if none is named.
        legal: Legal notice in Markdown, by language; a text without a language is for all.
        privacy: What readers are told of their data, likewise.
        tiles: Address of a tile server for the search page's map, with ``{z}``, ``{x}`` and
            ``{y}``; without one, the map shows the outline of the land.
        attribution: Whom the map's tiles are from, shown on it.
        repository: Address of the hub's repository at GitHub, where the page to submit a model
            begins pull requests.
        try_up_to: Size in bytes up to which models can be tried in the browser; 0 for none, and
            then what runs them is no part of the hub.
        connect: Origins besides the hub's own, such as ``https://stac.example.org``, that the page
            to match a scene may fetch STAC Items from.
    """

    enabled: bool = True
    pages: int = 20_000
    languages: tuple[str, ...] = ()
    legal: Texts = ()
    privacy: Texts = ()
    tiles: str | None = None
    attribution: str | None = None
    repository: str | None = None
    try_up_to: int = 100_000_000
    connect: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HubConfig:
    """Settings of a hub.

    Attributes:
        id: Identifier of the root catalog.
        title: Name of the hub, for people.
        description: What the hub holds, in CommonMark.
        url: Address it will be published at, ending with a slash; with it every document
            gets an absolute ``self`` link, without it the hub works under any address.
        site: Settings of its pages; what is compiled besides them does not depend on these.
    """

    id: str = "geocairn"
    title: str = "Earth-observation models"
    description: str = "Machine-learning models for Earth observation, described as STAC-MLM Items."
    url: str | None = None
    site: SiteConfig = field(default_factory=SiteConfig)


def load_config(path: Path | None) -> HubConfig:
    """Read the tables ``[hub]`` and ``[site]`` of a settings file; without a file, the defaults.

    Raises:
        ConfigError: If the file cannot be read or a setting is unknown or impossible.
    """
    if path is None:
        return HubConfig()
    where = str(path)
    document = _read(path)
    _refuse_unknown(document, ["hub", "site"], where=where, kind="table")
    hub = _table(document, "hub", where=where)
    known = [field.name for field in fields(HubConfig) if field.name != "site"]
    _refuse_unknown(hub, known, where=where, kind="setting of [hub]")
    for name, value in hub.items():
        if not isinstance(value, str) or not value.strip():
            raise ConfigError(
                f"hub.{name} = {value!r} is not a text",
                where=where,
                remedy="Write a text in quotation marks, or leave the setting out.",
            )
    site = _site(_table(document, "site", where=where), where=where)
    config = HubConfig(**hub, site=site)
    return replace(config, url=_address(config.url, where=where)) if config.url else config


def _table(document: dict[str, Any], name: str, *, where: str) -> dict[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise ConfigError(
            f"{name} = {table!r} is not a table",
            where=where,
            remedy=f"Write the settings below a line [{name}].",
        )
    return table


def _site(table: dict[str, Any], *, where: str) -> SiteConfig:
    """The settings of ``[site]``, each checked for what it can be."""
    known = [field.name for field in fields(SiteConfig)]
    _refuse_unknown(table, known, where=where, kind="setting of [site]")
    read: dict[str, Any] = {}
    for name, value in table.items():
        kind, fits = _SITE_SETTINGS[name]
        if not fits(value):
            raise ConfigError(
                f"site.{name} = {value!r} is not {kind}",
                where=where,
                remedy="Write it so, or leave the setting out.",
            )
        read[name] = value
    for name in ("legal", "privacy"):
        if name in read:
            texts = read[name]
            read[name] = (("", texts),) if isinstance(texts, str) else tuple(sorted(texts.items()))
    for name in ("languages", "connect"):
        if name in read:
            read[name] = tuple(read[name])
    return SiteConfig(**read)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _are_languages(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) and _LANGUAGE(v) for v in value)


def _are_texts(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_LANGUAGE(key) and isinstance(text, str) for key, text in value.items())
    return isinstance(value, str)


def _is_tile_server(value: Any) -> bool:
    return (
        isinstance(value, str)
        and re.match(r"https?://[\w.:-]+/", value) is not None
        and all(part in value for part in ("{z}", "{x}", "{y}"))
    )


def _are_origins(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) and _ORIGIN(v) for v in value)


def _is_repository(value: Any) -> bool:
    return isinstance(value, str) and _REPOSITORY(value) is not None


_SITE_SETTINGS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "enabled": ("true or false", lambda value: isinstance(value, bool)),
    "pages": ("a number of models", _is_count),
    "try_up_to": ("a number of bytes", _is_count),
    "languages": ('a list of language codes, such as ["en", "de"]', _are_languages),
    "legal": ("a text, or a table of texts by language", _are_texts),
    "privacy": ("a text, or a table of texts by language", _are_texts),
    "connect": ('a list of origins, such as ["https://stac.example.org"]', _are_origins),
    "attribution": ("a text", lambda value: isinstance(value, str) and bool(value.strip())),
    "repository": ("the address of a repository, https://github.com/OWNER/NAME", _is_repository),
    "tiles": ("an http address with {z}, {x} and {y}", _is_tile_server),
}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"cannot be read: {error.strerror or error}",
            where=str(path),
            remedy="Check the path given with --config.",
        ) from error
    except ValueError as error:
        raise ConfigError(
            f"is not TOML: {error}", where=str(path), remedy="Correct it at that place."
        ) from error


def _refuse_unknown(table: Iterable[str], known: list[str], *, where: str, kind: str) -> None:
    for name in table:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]!r}? " if near else ""
            raise ConfigError(
                f"{name!r} is no {kind}",
                where=where,
                remedy=f"{hint}There are: {', '.join(known)}.",
            )


def _address(url: str, *, where: str) -> str:
    """The address with a slash at its end, which relative links need."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or parts.query or parts.fragment or any(c.isspace() for c in url):
        raise ConfigError(
            f"hub.url = {url!r} is not an http address",
            where=where,
            remedy="Give the address the hub is published at, such as "
            '"https://example.org/hub/", or leave it out.',
        )
    return url if url.endswith("/") else url + "/"
