"""Search a built hub with DuckDB, in a folder or behind a URL."""

from geocairn.search.catalog import Catalog, ItemSearch
from geocairn.search.counts import Suggestion

__all__ = ["Catalog", "ItemSearch", "Suggestion"]
