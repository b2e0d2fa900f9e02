"""CQL2 [1]_: from text or JSON to a small normal form that every engine evaluates alike.

The normal form is itself CQL2 JSON, with fewer ways to say a thing: operators in lower case,
boxes and geometries checked, and dates, intervals and temporal operators written as comparisons
of timestamps (``datetime`` as an interval is ``start_datetime`` to ``end_datetime``).

.. [1] OGC 21-065r2, Common Query Language (CQL2), 2024.
"""

from geocairn.cql.normal import ARITHMETIC, ARRAYS, COMPARISONS, FOLDS, SPATIAL, normalise
from geocairn.cql.parse import parse_filter
from geocairn.cql.times import EARLIEST, LATEST
from geocairn.cql.tree import all_of, properties_of

__all__ = [
    "ARITHMETIC",
    "ARRAYS",
    "COMPARISONS",
    "EARLIEST",
    "FOLDS",
    "LATEST",
    "SPATIAL",
    "all_of",
    "normalise",
    "parse_filter",
    "properties_of",
]
