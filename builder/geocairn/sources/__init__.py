"""Where items come from: folders, lines, tables, static catalogs, by path or URL."""

from geocairn.sources.base import Chunk, RawCollection, RawItem, Source
from geocairn.sources.opening import open_source, open_sources

__all__ = ["Chunk", "RawCollection", "RawItem", "Source", "open_source", "open_sources"]
