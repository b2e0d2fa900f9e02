"""Variables of the environment that are set for a while."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["kept"]


@contextmanager
def kept(*names: str, **defaults: str) -> Iterator[None]:
    """Set variables back in the end, whatever was made of them.

    What a call leaves behind would steer the next one in a notebook, and every process that is
    started later.

    Args:
        *names: Of the variables.
        **defaults: Variables, too, and what they are until then where they are not set.
    """
    before = {name: os.environ.get(name) for name in (*names, *defaults)}
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    try:
        yield
    finally:
        for name, former in before.items():
            if former is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = former
