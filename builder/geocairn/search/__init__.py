"""Search a built hub with DuckDB, in a folder or behind a URL."""

from geocairn.search.catalog import Catalog
from geocairn.search.counts import Suggestion
from geocairn.search.itemsearch import ItemSearch

__all__ = ["Catalog", "ItemSearch", "Suggestion"]
