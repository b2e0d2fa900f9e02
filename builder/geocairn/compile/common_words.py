"""Facets of the items that have a word, word by word: counts and facets of word searches.

The items of a common word lie all over the hub's order, a few in every frame of 64 rows, so that
counting their facets would read nearly every frame. Here they lie side by side: for each common
word, the facets of its items in the order of their rows, a byte or two a facet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow.compute as pc
import pyarrow.parquet as pq
import zstandard

from geocairn.compile.coded import Codes, text_of
from geocairn.compile.column_groups import ColumnGroup, grouped

__all__ = [
    "FEWEST",
    "MOST_BYTES",
    "MOST_VALUES",
    "Facets",
    "common_words",
    "unpacked_words",
    "write_words",
]

FEWEST = 64
"""Items that a common word has at least; those of a rarer one are read frame by frame."""
MOST_BYTES = 450_000
"""Words whose facets take more are left out: a browser would not read them."""
MOST_VALUES = 1 << 12
"""Columns of more distinct values are left out: a browser reads what their codes stand for."""
_WORDS_A_PART = 256
# Higher levels look for repetitions, of which there are none, and find harmful ones.
_LEVEL = 1
_PROBE = 1 << 16

Rows = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Facets:
    """Facets of all rows of a hub, in groups of columns that tell of each other.

    Attributes:
        values: For each column the values that its codes stand for, in a fixed order.
        groups: Columns, and for each number of the group their codes.
        planes: (bytes, rows): for each group the lower bytes of its numbers and, where there are
            more than 256, the upper ones.
    """

    values: dict[str, list[Any]]
    groups: list[tuple[list[str], list[list[int]]]]
    planes: npt.NDArray[np.uint8]

    @classmethod
    def joined(cls, parts: Iterable[Mapping[str, Codes]]) -> Facets:
        """Join the columns of a hub's row groups, in order, under codes of their own."""
        columns = _columns(parts)
        groups = grouped(
            [
                ColumnGroup.of(name, codes, values=len(values))
                for name, (values, codes) in columns.items()
            ]
        )
        planes = [
            (group.numbers >> shift).astype(np.uint8)
            for group in groups
            for shift in ((0,) if len(group.codes) <= 256 else (0, 8))
        ]
        return cls(
            {name: values for name, (values, _) in columns.items()},
            [(group.columns, group.codes) for group in groups],
            np.stack(planes) if planes else np.zeros((0, 0), np.uint8),
        )

    def of(self, rows: Rows) -> bytes:
        """The planes of some rows, one after the other."""
        return self.planes.take(rows, axis=1).tobytes()

    def head(self) -> bytes:
        """What a browser needs to know of the planes."""
        groups = [{"columns": columns, "codes": codes} for columns, codes in self.groups]
        return orjson.dumps({"values": self.values, "groups": groups})


def _columns(parts: Iterable[Mapping[str, Codes]]) -> dict[str, Codes]:
    """Columns of the whole hub that have few enough values."""
    found: dict[str, dict[bytes, int]] = {}
    pieces: dict[str, list[npt.NDArray[np.uint32]]] = {}
    for part in parts:
        for name, (values, codes) in part.items():
            known = found.setdefault(name, {})
            own = [known.setdefault(text_of(value), len(known)) for value in values]
            pieces.setdefault(name, []).append(np.array(own, np.uint32)[codes])
    columns: dict[str, Codes] = {}
    for name in [name for name, known in found.items() if len(known) <= MOST_VALUES]:
        texts = sorted(found[name])
        rank = np.empty(len(texts), np.uint32)
        rank[[found[name][text] for text in texts]] = np.arange(len(texts), dtype=np.uint32)
        codes = rank[np.concatenate(pieces.pop(name))]
        columns[name] = ([orjson.loads(text) for text in texts], codes)
    return columns


def common_words(file: pq.ParquetFile) -> Iterator[tuple[str, Rows]]:
    """Words of a term index that enough items have, in order, each with its rows, ascending."""
    waiting = ("", np.zeros(0, np.uint32))
    for group in range(file.num_row_groups):
        table = file.read_row_group(group, columns=["term", "rows"])
        if not table.num_rows:
            continue
        terms = table["term"].combine_chunks()
        lists = table["rows"].combine_chunks()
        offsets, rows = lists.offsets.to_numpy(), lists.flatten().to_numpy()
        runs = pc.run_end_encode(terms)
        names, begins = runs.values, np.concatenate(([0], runs.run_ends.to_numpy()))
        places = offsets[begins] - offsets[0]
        # The last word may go on in the next group.
        chosen = np.flatnonzero(np.diff(places) >= FEWEST).tolist()
        for run in sorted({0, *chosen, len(begins) - 2}):
            word, own = names[run].as_py(), rows[places[run] : places[run + 1]]
            if waiting[0] == word:
                own = np.concatenate((waiting[1], own))
            elif len(waiting[1]) >= FEWEST:
                yield waiting[0], _ascending(waiting[1])
            waiting = (word, own)
    if len(waiting[1]) >= FEWEST:
        yield waiting[0], _ascending(waiting[1])


def _ascending(rows: Rows) -> Rows:
    # A word's rows ascend within each weight, and merging such runs is what a stable sort does.
    return np.sort(rows, kind="stable")


def write_words(
    out: IO[bytes], words: Iterable[tuple[str, Rows]], facets: Facets
) -> dict[str, Any]:
    """Write the facets of common words.

    Args:
        out: Where to.
        words: In order, with their rows.
        facets: Of the whole hub.

    Returns:
        What the directory says of it: how many items a common word has at least, `fewest`; length
        of the `head`; of each part the `first` word and the lengths of its `index` and of all of
        it, `size`.
    """
    packer = zstandard.ZstdCompressor(level=_LEVEL)
    head = packer.compress(facets.head())
    out.write(head)
    about: dict[str, Any] = {
        "fewest": FEWEST,
        "head": len(head),
        "first": [],
        "index": [],
        "size": [],
    }
    packed: list[tuple[str, bytes]] = []
    for word, rows in words:
        if _is_worth(rows, facets, packer):
            data = packer.compress(facets.of(rows))
            if len(data) <= MOST_BYTES:
                packed.append((word, data))
        if len(packed) == _WORDS_A_PART:
            _write_part(out, packed, about, packer)
            packed = []
    if packed:
        _write_part(out, packed, about, packer)
    return about


def _is_worth(rows: Rows, facets: Facets, packer: zstandard.ZstdCompressor) -> bool:
    """Whether some of a very common word's facets pack so well that all may be small enough."""
    if len(rows) <= 2 * _PROBE:
        return True
    size = len(packer.compress(facets.of(rows[:_PROBE])))
    return size * len(rows) / _PROBE < 1.2 * MOST_BYTES


def _write_part(
    out: IO[bytes],
    packed: Sequence[tuple[str, bytes]],
    about: dict[str, Any],
    packer: zstandard.ZstdCompressor,
) -> None:
    sizes = [len(data) for _, data in packed]
    index = packer.compress(orjson.dumps({"words": [word for word, _ in packed], "sizes": sizes}))
    for data in (index, *(data for _, data in packed)):
        out.write(data)
    about["first"].append(packed[0][0])
    about["index"].append(len(index))
    about["size"].append(len(index) + sum(sizes))


def unpacked_words(data: bytes, about: Mapping[str, Any]) -> tuple[bytes, dict[str, bytes]]:
    """What `write_words` wrote, packed in whatever way: its head, and the facets of each word.

    Raises:
        ValueError: When it is damaged.
    """
    found: dict[str, bytes] = {}
    try:
        at = int(about["head"])
        head = zstandard.decompress(data[:at])
        for index, size in zip(about["index"], about["size"], strict=True):
            listed, start = orjson.loads(zstandard.decompress(data[at : at + index])), at + index
            for word, length in zip(listed["words"], listed["sizes"], strict=True):
                found[word] = zstandard.decompress(data[start : start + length])
                start += length
            at += size
    except (zstandard.ZstdError, KeyError) as error:
        raise ValueError(str(error)) from None
    return head, found
