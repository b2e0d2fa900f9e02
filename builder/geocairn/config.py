"""The hub's settings, read from ``geocairn.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from geocairn.errors import ConfigError

__all__ = ["HubConfig", "load_config"]


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
        ConfigError: If the file cannot be read or a setting is unknown or of a wrong type.
    """
    if path is None:
        return HubConfig()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("hub", {})
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot be read: {error}", where=str(path)) from error
    known = {field.name for field in fields(HubConfig)}
    for name, value in table.items():
        if name not in known or not isinstance(value, str) or not value.strip():
            raise ConfigError(
                f"hub.{name} = {value!r} is not a setting",
                where=str(path),
                remedy=f"Settings of [hub] are texts: {', '.join(sorted(known))}.",
            )
    config = HubConfig(**table)
    if config.url and not config.url.startswith(("https://", "http://")):
        raise ConfigError(
            f"hub.url = {config.url!r} is not an http address",
            where=str(path),
            remedy="Give the address the hub is published at, or leave it out.",
        )
    if config.url and not config.url.endswith("/"):
        return HubConfig(**table | {"url": config.url + "/"})
    return config
