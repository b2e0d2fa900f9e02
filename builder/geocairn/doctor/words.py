"""The term index against the words of the items, without holding either in memory.

Every posting, a word with its weight in an item, is hashed, and the hashes of an item are added
up: once from the items and once from the term index. Where the sums differ, the item's postings
are looked up to say how.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geocairn import _io, layout, text
from geocairn.compile.terms import TERMS_SCHEMA
from geocairn.doctor.context import Context
from geocairn.doctor.index import Index
from geocairn.doctor.tables import check_schema
from geocairn.errors import MissingFileError

__all__ = ["Words"]

_MASK = (1 << 64) - 1
_EXPLAINED = 200
_SHOWN = 5
_AT_ONCE = 256
_BATCH = 1 << 14


class Words:
    """Checks ``search/terms.parquet``.

    Args:
        context: The examination.
        index: The search index.
    """

    def __init__(self, context: Context, index: Index) -> None:
        self._context = context
        self._index = index
        self._sums = np.zeros(index.table.num_rows, dtype=np.uint64)
        self._told = np.zeros(index.table.num_rows, dtype=bool)

    def add(self, row: int, item: dict[str, Any], *, card: str | None) -> None:
        """Take note of an item's words.

        Args:
            row: Its row in the index.
            item: The item.
            card: Text of its model card, as far as it is known.
        """
        self._sums[row] = _sum(text.impacts(text.text_fields(item, card=card)))
        self._told[row] = True

    def check(self) -> None:
        """Compare the term index with the words of the items that were looked at."""
        sums = np.zeros(len(self._sums), dtype=np.uint64)
        order = _Order(self._context, len(sums))
        try:
            for terms, impacts, lists in self._batches(step=True):
                counts = np.diff(lists.offsets.to_numpy())
                rows = lists.flatten().to_numpy()
                order.check(terms, impacts, counts, rows)
                hashes = np.array(
                    [hash(pair) & _MASK for pair in zip(terms, impacts, strict=True)], np.uint64
                )
                inside = rows < len(sums)
                np.add.at(sums, rows[inside], np.repeat(hashes, counts)[inside])
        except MissingFileError:
            return  # the manifest lists it, and there it is found
        except (OSError, ValueError, pa.ArrowException) as error:
            message = f"is no whole Parquet file: {str(error).partition(chr(10))[0]}"
            self._context.say("DOC002", message, file=layout.TERMS)
        else:
            self._explain(np.flatnonzero((sums != self._sums) & self._told), sums)

    def _batches(self, *, step: bool = False) -> Iterator[tuple[list[str], list[int], Any]]:
        with self._context.files.parquet(layout.TERMS) as parquet:
            if step:
                rows = parquet.metadata.num_rows
                self._context.progress.step("Comparing words", total=rows)
                schema = parquet.schema_arrow
                if not check_schema(self._context, schema, TERMS_SCHEMA, file=layout.TERMS):
                    return
            for number in range(parquet.num_row_groups):
                # By row groups, which are cut so that each has about as many postings.
                for batch in parquet.iter_batches(_BATCH, row_groups=[number]):
                    if step:
                        self._context.progress.advance(batch.num_rows)
                    yield batch["term"].to_pylist(), batch["impact"].to_pylist(), batch["rows"]

    def _explain(self, rows: npt.NDArray[np.int64], sums: npt.NDArray[np.uint64]) -> None:
        """Say what differs in some rows, once their model cards are taken into account."""
        open_rows: dict[int, dict[str, int]] = {}
        for row, wanted in self._wanted(rows):
            if _sum(wanted) == int(sums[row]):
                continue
            if len(open_rows) < _EXPLAINED:
                open_rows[row] = wanted
            else:
                self._say(row, "has other words in the index than in its file")
        found = self._postings(open_rows) if open_rows else {}
        for row, wanted in open_rows.items():
            self._say(row, _differences(wanted, found[row]))

    def _wanted(self, rows: npt.NDArray[np.int64]) -> Iterator[tuple[int, dict[str, int]]]:
        """Words of the items of some rows, their model cards' included."""
        files = self._context.files
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            names = self._index.table.select(["collection", "id"]).take(pa.array(part))
            places = list(zip(*(column.to_pylist() for column in names.columns), strict=True))
            found = files.read_many([layout.item_json(*place) for place in places])
            for row, data, card in zip(part.tolist(), found, files.cards(places), strict=True):
                if data is not None:  # it was read and understood before
                    yield row, text.impacts(text.text_fields(_io.loads(data), card=card))

    def _postings(self, wanted: dict[int, Any]) -> dict[int, dict[str, int]]:
        """All that the term index has for some rows."""
        found: dict[int, dict[str, int]] = {row: {} for row in wanted}
        chosen = np.array(sorted(wanted), dtype=np.uint32)
        for terms, impacts, lists in self._batches():
            rows = lists.flatten().to_numpy()
            hits = np.flatnonzero(np.isin(rows, chosen))
            pairs = np.repeat(np.arange(len(terms)), np.diff(lists.offsets.to_numpy()))[hits]
            for row, pair in zip(rows[hits].tolist(), pairs.tolist(), strict=True):
                found[row][terms[pair]] = impacts[pair]
        return found

    def _say(self, row: int, message: str) -> None:
        item = self._index.table["id"][row].as_py()
        self._context.say("DOC041", message, file=layout.TERMS, item=item)


def _sum(impacts: dict[str, int]) -> int:
    return sum(map(hash, impacts.items())) & _MASK


def _differences(wanted: dict[str, int], found: dict[str, int]) -> str:
    groups = {
        "lacks": [word for word in wanted if word not in found],
        "has no business with": [word for word in found if word not in wanted],
        "has another weight for": [w for w in wanted if found.get(w, wanted[w]) != wanted[w]],
    }
    parts = []
    for verb, listed in groups.items():
        if listed:
            more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
            parts.append(f"{verb} {', '.join(map(repr, sorted(listed)[:_SHOWN]))}{more}")
    return "; ".join(parts) or "has a word twice"


class _Order:
    """Checks that words, weights and rows are in order; names the first place of each kind."""

    def __init__(self, context: Context, rows: int) -> None:
        self._context = context
        self._rows = rows
        self._last: tuple[str, int] = ("", -16)

    def check(
        self,
        terms: list[str],
        impacts: list[int],
        counts: npt.NDArray[np.int64],
        rows: npt.NDArray[np.uint32],
    ) -> None:
        """Check the next part of the file."""
        keys = [(term, -impact) for term, impact in zip(terms, impacts, strict=True)]
        before = [self._last, *keys[:-1]]
        for one, other in zip(before, keys, strict=True):
            if one >= other:
                message = f"{other[0]!r} with weight {-other[1]} follows {one[0]!r} with {-one[1]}"
                self._say(message)
                break
        if keys:
            self._last = keys[-1]
        owners = np.repeat(np.arange(len(counts)), counts)
        falls = (np.diff(rows.astype(np.int64)) <= 0) & (np.diff(owners) == 0)
        if falls.any():
            word = terms[owners[np.flatnonzero(falls)[0]]]
            self._say(f"the rows of {word!r} do not ascend")
        if (counts == 0).any():
            self._say(f"{terms[int(np.flatnonzero(counts == 0)[0])]!r} has no rows")
        if len(rows) and int(rows.max()) >= self._rows:
            self._say(f"has a row {int(rows.max()):,}, and the index only {self._rows:,} of them")

    def _say(self, message: str) -> None:
        self._context.say("DOC040", message, file=layout.TERMS)
