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
_SAMPLED = 1 << 14
"""Rows, evenly spread, that tell which columns tell of each other: joining takes all rows."""

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

    def sampled(self) -> ColumnGroup:
        """The same of fewer rows."""
        step = max(1, len(self.numbers) // _SAMPLED)
        return ColumnGroup(self.columns, self.codes, np.ascontiguousarray(self.numbers[::step]))

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
        for place in _most_telling([group.sampled() for group in groups], column.sampled()):
            joined = groups[place].with_other(column)
            if joined is not None:
                groups[place] = joined
                break
        else:
            groups.append(column)
    while (pair := _smallest_pair(groups)) is not None:
        one, other, joined = pair
        groups[one] = joined
        del groups[other]
    return groups


def _most_telling(groups: Sequence[ColumnGroup], column: ColumnGroup) -> list[int]:
    """Places of the groups that share information with a column, the most first."""
    shared: dict[int, float] = {}
    bits = column.bits()
    for place, group in enumerate(groups):
        joined = group.with_other(column)
        if joined is not None:
            shared[place] = group.bits() + bits - joined.bits()
    return sorted(
        (place for place, amount in shared.items() if amount > _TELLING),
        key=lambda place: -shared[place],
    )


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
        if groups[one].sampled().with_other(groups[other].sampled()) is None:
            continue
        joined = groups[one].with_other(groups[other])
        if joined is not None:
            return one, other, joined
    return None
