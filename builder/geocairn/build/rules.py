"""What a build goes by besides its input, and the checker that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geocairn import _io
from geocairn.build.status import status_digest
from geocairn.checks import Checker, SchemaStore
from geocairn.config import HubConfig
from geocairn.version import __version__

__all__ = ["Rules", "checker_of"]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the outcome of a chunk depends on besides its content.

    Attributes:
        config: The hub's settings.
        store: Where JSON Schemas come from.
        select: Codes to check, see `Checker`.
        ignore: Codes to leave out.
        collection: Collection of items that name none.
        status: What the watch found, see `geocairn.build.status`.
    """

    config: HubConfig
    store: SchemaStore
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    collection: str | None = None
    status: Path | None = None

    def checker(self) -> Checker:
        """A checker for these rules; compiling its schemas takes a while."""
        return Checker(store=self.store, select=self.select, ignore=self.ignore)

    def digest(self, checker: Checker) -> str:
        """Hash of these rules and of all that this version does by them."""
        found = status_digest(self.status)
        parts = (__version__, repr(self.config), checker.digest, self.collection or "", found)
        return _io.digest(*(part.encode() for part in parts))


_checkers: dict[str, Checker] = {}


def checker_of(rules: Rules, *, key: str) -> Checker:
    """The checker for some rules, compiled once in each process; the key is their digest."""
    if key not in _checkers:
        _checkers.clear()
        _checkers[key] = rules.checker()
    return _checkers[key]
