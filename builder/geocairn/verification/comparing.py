"""How far two arrays are apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Difference", "compare"]

_STRAYS = 1e-3
"""Share of whole numbers that may differ: where two classes score alike, either may be told."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What came of a comparison.

    Attributes:
        values: How many were compared.
        outside: How many differ by more than the tolerance.
        absolute: The largest difference.
        relative: The largest difference as a share of the value expected, where that is more
            than the absolute tolerance.
        agrees: Whether the two are the same within the tolerance.
    """

    values: int
    outside: int
    absolute: float
    relative: float
    agrees: bool


def compare(
    found: NDArray[Any],
    expected: NDArray[Any],
    *,
    absolute: float,
    relative: float,
    unknown: NDArray[np.bool_] | None = None,
) -> Difference:
    """Compare two arrays of one shape.

    Values agree where ``|found - expected| <= absolute + relative * |expected|``; NaN agrees with
    NaN, and an infinity with the same one. Of whole numbers and truth values one in a thousand may
    differ at all.

    Args:
        found: What came out.
        expected: What should.
        absolute: Tolerance, in units of the values.
        relative: Tolerance, as a share of the value expected.
        unknown: Where nothing is expected.

    Raises:
        ValueError: If their shapes differ.
    """
    if found.shape != expected.shape:
        raise ValueError(f"has the shape {found.shape}, and {expected.shape} is expected")
    counted = np.ones(expected.shape, bool) if unknown is None else ~unknown
    a = found[counted].astype(np.float64, copy=False)
    b = expected[counted].astype(np.float64, copy=False)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.where(same, 0.0, np.abs(a - b))
        apart = np.where(np.isnan(apart), np.inf, apart)
        size = np.abs(b)
        close = same | (apart <= absolute + relative * np.where(np.isfinite(size), size, 0.0))
        shares = apart[size > absolute] / size[size > absolute]
    outside = int(np.count_nonzero(~close))
    whole = expected.dtype.kind in "iub"
    if whole:
        outside = int(np.count_nonzero(~same))
    return Difference(
        values=int(a.size),
        outside=outside,
        absolute=float(apart.max(initial=0.0)),
        relative=float(np.nan_to_num(shares, nan=np.inf, posinf=np.inf).max(initial=0.0)),
        agrees=bool(a.size) and outside <= (_STRAYS * a.size if whole else 0),
    )
