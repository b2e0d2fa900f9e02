"""How long work tells how far it is."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "Silent"]


class Progress(Protocol):
    """Receives the steps of long work."""

    def step(self, title: str, *, total: int, unit: str = "") -> None:
        """A step begins; ``total`` counts its units (bytes, items, parts)."""

    def advance(self, amount: int) -> None:
        """So many units of the current step are done."""


class Silent:
    """Tells nothing."""

    def step(self, title: str, *, total: int, unit: str = "") -> None:
        """See `Progress.step`."""

    def advance(self, amount: int) -> None:
        """See `Progress.advance`."""
