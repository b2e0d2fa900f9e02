"""Packages that only running models needs."""

from __future__ import annotations

import importlib
from typing import Any

from geocairn.errors import GeocairnError

__all__ = ["need"]


def need(module: str, *, purpose: str, extra: str = "run") -> Any:
    """Import a package of an extra.

    Args:
        module: Its name.
        purpose: What it is for, to follow "which it takes to".
        extra: The extra that brings it.

    Raises:
        GeocairnError: If it is not installed; the message says how to install it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise GeocairnError(
            f"{module} is not installed, which it takes to {purpose}",
            remedy=f"Install it with: pip install 'geocairn[{extra}]'",
        ) from error
