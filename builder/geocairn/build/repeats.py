"""Ids that several items have: the files of the one that is kept, whoever wrote last."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geocairn import layout
from geocairn.build.gather import Gathered
from geocairn.build.prepare import ChunkTask, restage
from geocairn.publish import Stage

__all__ = ["settle"]


def settle(
    gathered: Gathered, *, tasks: Mapping[int, ChunkTask], before: list[str], stage: Stage
) -> list[str]:
    """Stage the items that keep an id which others have, or had in the last build.

    Items with the same id write the same file, in an order that nobody chooses.

    Args:
        gathered: The hub's items.
        tasks: The chunks that they come from, by number.
        before: Ids that several items had in the build that is published.
        stage: Where the files go.

    Returns:
        Ids that several items have now.
    """
    repeated = {name for one in gathered.repeats for name in (one.item, one.kept_item)}
    for one in gathered.repeats:
        folder = stage.staging / layout.item_folder(one.collection, one.item)
        shutil.rmtree(folder, ignore_errors=True)
    wanted = pa.array(sorted(repeated.union(before)), pa.string())
    rows = np.flatnonzero(pc.is_in(gathered.table["id"], value_set=wanted).to_numpy())
    places: dict[int, set[int]] = defaultdict(set)
    for row in rows.tolist():
        places[int(gathered.chunk[row])].add(gathered.table["position"][row].as_py())
    for chunk, positions in places.items():
        restage(tasks[chunk], positions)
    return sorted(repeated)
