"""Version links: items that have some, or had some, are written once more with the right ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from geocairn import _io, layout
from geocairn.build.executor import Runner
from geocairn.build.gather import Gathered
from geocairn.compile import stac
from geocairn.publish import Stage

__all__ = ["LinkTask", "link_versions", "write_links"]

_ITEMS_A_TASK = 1000
Links = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LinkTask:
    """Some items to link.

    Attributes:
        target: The hub, whose stage has the items or which has them already.
        links: Path of each item's file, with its (relation, id of the other item) pairs.
    """

    target: Path
    links: tuple[tuple[str, Links], ...]


def write_links(task: LinkTask) -> None:
    """Stage the items of a task with their version links."""
    stage = Stage(task.target)
    for path, links in task.links:
        # From its file, which has the order of members that its source has.
        item = stac.add_version_links(_io.loads(stage.read(path)), links)
        stage.write(path, _io.dumps(item))


def link_versions(
    gathered: Gathered, *, before: dict[str, str], stage: Stage, runner: Runner
) -> dict[str, str]:
    """Stage the items whose version links are new, or are no more.

    Args:
        gathered: The hub's items.
        before: What this gave for the build that is published.
        stage: Where the items are.
        runner: Runs the tasks.

    Returns:
        For each item with version links, by the path of its file, a hash of its JSON and links.
    """
    paths = _paths(gathered.table, gathered.links)
    if lost := before.keys() - set(paths.values()):
        everything = _paths(gathered.table, range(gathered.table.num_rows))
        paths |= {row: path for row, path in everything.items() if path in lost}
    digests = gathered.table["digest"].take(pa.array(list(paths), pa.int64())).to_pylist()
    after, changed = {}, []
    for (row, path), digest in zip(paths.items(), digests, strict=True):
        links = gathered.links.get(row, ())
        key = _io.digest(digest, repr(links).encode())
        if before.get(path) != key or stage.holds(path):
            changed.append((path, links))
        if links:
            after[path] = key
    tasks = [
        LinkTask(stage.target, tuple(changed[at : at + _ITEMS_A_TASK]))
        for at in range(0, len(changed), _ITEMS_A_TASK)
    ]
    for _ in runner.run(write_links, tasks, parallel=len(tasks) > 1):
        pass
    return after


def _paths(table: pa.Table, rows: Iterable[int]) -> dict[int, str]:
    chosen = list(rows)
    part = table.select(["collection", "id"]).take(pa.array(chosen, pa.int64()))
    names = zip(part["collection"].to_pylist(), part["id"].to_pylist(), strict=True)
    return {row: layout.item_json(*name) for row, name in zip(chosen, names, strict=True)}
