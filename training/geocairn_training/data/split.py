"""Divide chips by blocks of ground, so that no held-out chip has training chips all around it.

Neighbouring chips show the same roofs and the same light: a random draw of chips would measure
memory. Blocks are squares of a grid on the ground; whole blocks are drawn.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence

from geocairn_training.data.pairs import Pair
from geocairn_training.errors import DataError
from geocairn_training.facts import Box

__all__ = ["SPLITS", "blocks", "metres"]

SPLITS = ("train", "validation", "test")
_RADIUS = 6371008.8  # mean radius of the earth in metres (IUGG)


def metres(box: Box) -> tuple[float, float]:
    """Width and height on the ground of a small box in degrees, in metres."""
    west, south, east, north = box
    degree = math.radians(1) * _RADIUS
    return (east - west) * degree * math.cos(math.radians((south + north) / 2)), (
        north - south
    ) * degree


def blocks(
    pairs: Sequence[Pair], *, fractions: Sequence[float], block: float | None, seed: int
) -> tuple[dict[str, tuple[Pair, ...]], float]:
    """Draw blocks for training, validation and test.

    Args:
        pairs: All chips.
        fractions: Share of the chips for validation and for test; the rest is for training.
        block: Edge of a block in metres; None for twice the longer edge of a chip.
        seed: Of the draw.

    Returns:
        The pairs of each split, and the edge of a block in metres.

    Raises:
        DataError: If the fractions are impossible, or there are too few blocks.
    """
    wanted = dict(zip(SPLITS[1:], fractions, strict=True))
    if any(share < 0 for share in fractions) or sum(fractions) >= 1:
        raise DataError(
            f"fractions {list(fractions)} leave nothing for training",
            remedy="Give shares of 0 or more for validation and test, together below 1.",
        )
    boxes = {pair.name: pair.chip.box for pair in pairs}
    edge = block or 2 * max(max(metres(box)) for box in boxes.values())
    if edge <= 0:
        raise DataError(
            f"a block of {edge} m", remedy="Give the edge of a block in metres, above 0."
        )
    grouped = _grouped(pairs, boxes, edge)
    order = sorted(grouped)
    random.Random(seed).shuffle(order)  # noqa: S311 - a draw, not a secret
    found: dict[str, list[Pair]] = {name: [] for name in SPLITS}
    for name, share in wanted.items():
        goal = share * len(pairs)
        # At least one block where any is wanted, and then as near to the goal as whole blocks go.
        while (
            order
            and share
            and (
                not found[name]
                or abs(len(found[name]) + len(grouped[order[0]]) - goal)
                < abs(len(found[name]) - goal)
            )
        ):
            found[name] += grouped[order.pop(0)]
    for key in order:
        found["train"] += grouped[key]
    _check(found, wanted, edge, len(grouped))
    return {
        name: tuple(sorted(chosen, key=lambda pair: pair.name)) for name, chosen in found.items()
    }, edge


def _grouped(
    pairs: Sequence[Pair], boxes: Mapping[str, Box], edge: float
) -> dict[tuple[int, int], list[Pair]]:
    """Pairs by the row and column of the block that has their centre."""
    west = min(box[0] for box in boxes.values())
    south = min(box[1] for box in boxes.values())
    grouped: dict[tuple[int, int], list[Pair]] = {}
    for pair in pairs:
        box = boxes[pair.name]
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        east_of, north_of = metres((west, south, *middle))
        grouped.setdefault((int(north_of // edge), int(east_of // edge)), []).append(pair)
    return grouped


def _check(
    found: Mapping[str, list[Pair]], wanted: Mapping[str, float], edge: float, count: int
) -> None:
    empty = [
        name
        for name, chosen in found.items()
        if not chosen and (name == "train" or wanted.get(name))
    ]
    if empty:
        raise DataError(
            f"{count} blocks of {edge:.0f} m are too few: none is left for {' and '.join(empty)}",
            remedy="Use more chips, a smaller block (--data.block), or smaller fractions.",
        )
