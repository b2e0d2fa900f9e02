"""From the facts of a run to a catalog entry."""

from geocairn_training.describe.entry import write_entry
from geocairn_training.describe.item import write_item
from geocairn_training.describe.publication import Publication

__all__ = ["Publication", "write_entry", "write_item"]
