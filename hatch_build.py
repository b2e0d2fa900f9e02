"""Put into the wheel what geocairn needs besides code: catalog, pages, documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_TREES = {
    "catalog": "catalog",
    "site/templates": "site/templates",
    "site/locale": "site/locale",
    "_build/site": "site",
    "_build/docs": "docs",
}
"""Folders of a checkout, and what they are called in the package's ``_data``."""


class DataHook(BuildHookInterface):
    """Adds them as package data."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add them to a real wheel only: an editable install would get copies that grow stale.

        Raises:
            RuntimeError: If they were not built; a wheel could not render a single page then.
        """
        if version != "standard":
            return
        for tree, name in _TREES.items():
            if not any((Path(self.root) / tree).glob("*")):
                raise RuntimeError(f"{tree} is missing; `make wheel` builds it first")
            build_data["force_include"][tree] = f"geocairn/_data/{name}"
