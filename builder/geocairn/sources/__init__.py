"""Where items come from: folders, lines, tables, static catalogs, by path or URL."""

from geocairn.sources.base import Chunk, RawCollection, RawItem, Source
from geocairn.sources.local import LARGEST, evidence_path, local_file
from geocairn.sources.opening import open_source, open_sources

__all__ = [
    "LARGEST",
    "Chunk",
    "RawCollection",
    "RawItem",
    "Source",
    "evidence_path",
    "local_file",
    "open_source",
    "open_sources",
]
