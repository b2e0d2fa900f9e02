"""Columns of codes joined into one where they tell of each other, so that they pack better.

A sensor decides its bands and its resolution, and a number of parameters nearly the memory: one
number for all of these takes as many bits as the bands alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["MOST", "ColumnGroup", "grouped"]

MOST = 256
"""Numbers of a group that is joined from others: they fit into a byte."""
_TELLING = 0.1

Codes = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """Some columns as one.

    Attributes:
        columns: Their names.
        codes: For each number of the group the code in each of the columns.
        numbers: (n,) the group's number of each row.
    """

    columns: list[str]
    codes: list[list[int]]
    numbers: Codes

    @classmethod
    def of(cls, name: str, codes: Codes, *, values: int) -> ColumnGroup:
        """A group of one column, whose codes stand for so many values."""
        return cls([name], [[code] for code in range(values)], codes)

    def bits(self) -> float:
        """Shannon entropy of the numbers, in bits a row."""
        shares = np.bincount(self.numbers) / max(1, len(self.numbers))
        shares = shares[shares > 0]
        return float(-(shares * np.log2(shares)).sum())

    def with_other(self, other: ColumnGroup) -> ColumnGroup | None:
        """Both as one; None where that has more numbers than fit into a byte."""
        width = len(other.codes)
        if max(len(self.codes), width) > MOST:
            return None
        pairs = self.numbers * np.uint32(width) + other.numbers
        there = np.flatnonzero(np.bincount(pairs))
        if len(there) > MOST:
            return None
        rank = np.zeros(len(self.codes) * width, np.uint32)
        rank[there] = np.arange(len(there), dtype=np.uint32)
        codes = [self.codes[pair // width] + other.codes[pair % width] for pair in there.tolist()]
        return ColumnGroup(self.columns + other.columns, codes, rank[pairs])


def grouped(columns: Sequence[ColumnGroup]) -> list[ColumnGroup]:
    """Join columns: first each with those that tell most of it, then what is small enough."""
    groups: list[ColumnGroup] = []
    for column in columns:
        place, joined = _most_telling(groups, column)
        if joined is None:
            groups.append(column)
        else:
            groups[place] = joined
    while (pair := _smallest_pair(groups)) is not None:
        one, other, joined = pair
        groups[one] = joined
        del groups[other]
    return groups


def _most_telling(
    groups: Sequence[ColumnGroup], column: ColumnGroup
) -> tuple[int, ColumnGroup | None]:
    """The group that shares most information with a column, joined with it."""
    best: tuple[float, int, ColumnGroup | None] = (_TELLING, 0, None)
    for place, group in enumerate(groups):
        joined = group.with_other(column)
        if joined is not None:
            shared = group.bits() + column.bits() - joined.bits()
            if shared > best[0]:
                best = (shared, place, joined)
    return best[1], best[2]


def _smallest_pair(groups: Sequence[ColumnGroup]) -> tuple[int, int, ColumnGroup] | None:
    """Two groups that are smallest as one, and fit into a byte."""
    sizes = [len(group.codes) for group in groups]
    pairs = sorted(
        (sizes[one] * sizes[other], one, other)
        for one in range(len(groups))
        for other in range(one + 1, len(groups))
    )
    for size, one, other in pairs:
        if size > MOST:
            return None
        joined = groups[one].with_other(groups[other])
        if joined is not None:
            return one, other, joined
    return None
