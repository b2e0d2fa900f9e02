"""The hub that is served, opened anew when it is published anew."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geocairn import _io, layout
from geocairn.errors import GeocairnError
from geocairn.search.catalog import Catalog
from geocairn.search.hub import Hub, open_hub
from geocairn.version import __version__

__all__ = ["Served", "State"]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """One state of the hub.

    Attributes:
        hub: Its files.
        catalog: The same, to be searched.
        version: Tells this state from any other; part of every ``ETag``.
        root: Its ``catalog.json``.
    """

    hub: Hub
    catalog: Catalog
    version: str
    root: Mapping[str, Any]

    @property
    def collections(self) -> list[str]:
        """Ids of the collections, in order."""
        return [entry["id"] for entry in self.hub.manifest["collections"]]


class Served:
    """A hub, in its present state.

    Args:
        href: A folder, or an http(s) URL.

    Attributes:
        state: What to answer from.

    Raises:
        HubError: When there is no whole hub.
    """

    def __init__(self, href: str) -> None:
        self._href = href
        self.state = self._open()

    def refresh(self) -> None:
        """Look whether the hub was published anew, and open it then.

        What cannot be opened is served as it was: it may be in the middle of being published.
        """
        try:
            if _version(self.state.hub.read(layout.MANIFEST)) != self.state.version:
                # Requests may still be reading the old one: it goes when the last has ended.
                self.state = self._open()
                _LOG.info("%s was published anew", _io.without_password(self._href))
        except GeocairnError as error:
            _LOG.warning("the hub is served as it was: %s", error)

    def close(self) -> None:
        """Release the hub."""
        self.state.catalog.close()

    def _open(self) -> State:
        hub = open_hub(self._href)
        version = _version(hub.read(layout.MANIFEST))
        root = _io.loads(hub.read(layout.CATALOG), where=layout.CATALOG)
        return State(hub, Catalog(hub, resident=True), version, root)


def _version(manifest: bytes) -> str:
    return _io.digest(manifest, __version__.encode())[:16]
