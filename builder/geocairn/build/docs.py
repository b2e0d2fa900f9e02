"""The documentation in a hub: what mkdocs built, under ``docs/``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from geocairn.publish import Stage

__all__ = ["stage_docs"]

# Of these the hub has its own.
_LEFT_OUT = frozenset(("sitemap.xml", "sitemap.xml.gz", "404.html"))


def stage_docs(folder: Path, stage: Stage) -> Iterator[str]:
    """Stage the documentation; gives the paths of its files, from the hub's root.

    Args:
        folder: Folder of the built documentation.
        stage: Where files go.
    """
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in _LEFT_OUT:
            stage.write(f"docs/{name}", path.read_bytes())
            yield f"docs/{name}"
