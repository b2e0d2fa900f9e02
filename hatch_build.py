"""Put the catalog into the wheel, so that an installed geocairn has the models to build from."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogHook(BuildHookInterface):
    """Adds ``catalog/`` as package data."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add it to a real wheel only: an editable install would get a copy that grows stale."""
        if version == "standard":
            build_data["force_include"]["catalog"] = "geocairn/_data/catalog"
