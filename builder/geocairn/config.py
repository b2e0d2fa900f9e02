"""The hub's settings, read from ``geocairn.toml``."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from geocairn.errors import ConfigError

__all__ = ["HubConfig", "load_config"]

_TABLE = "hub"


@dataclass(frozen=True, slots=True)
class HubConfig:
    """Settings of a hub.

    Attributes:
        id: Identifier of the root catalog.
        title: Name of the hub, for people.
        description: What the hub holds, in CommonMark.
        url: Address it will be published at, ending with a slash; with it every document
            gets an absolute ``self`` link, without it the hub works under any address.
    """

    id: str = "geocairn"
    title: str = "Earth-observation models"
    description: str = "Machine-learning models for Earth observation, described as STAC-MLM Items."
    url: str | None = None


def load_config(path: Path | None) -> HubConfig:
    """Read the ``[hub]`` table of a settings file; without a file, the defaults.

    Raises:
        ConfigError: If the file cannot be read or a setting is unknown or impossible.
    """
    if path is None:
        return HubConfig()
    where = str(path)
    document = _read(path)
    _refuse_unknown(document, [_TABLE], where=where, kind="table")
    table = document.get(_TABLE, {})
    if not isinstance(table, dict):
        raise ConfigError(
            f"hub = {table!r} is not a table",
            where=where,
            remedy="Write the settings below a line [hub].",
        )
    known = [field.name for field in fields(HubConfig)]
    _refuse_unknown(table, known, where=where, kind="setting of [hub]")
    for name, value in table.items():
        if not isinstance(value, str) or not value.strip():
            raise ConfigError(
                f"hub.{name} = {value!r} is not a text",
                where=where,
                remedy="Write a text in quotation marks, or leave the setting out.",
            )
    config = HubConfig(**table)
    return replace(config, url=_address(config.url, where=where)) if config.url else config


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
