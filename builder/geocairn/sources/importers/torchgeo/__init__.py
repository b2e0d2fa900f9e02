"""Catalog entries for the weights that a torchgeo package declares.

The package's source is read as a syntax tree; neither torchgeo nor PyTorch is imported, and
nothing of the package runs. See ``docs/import.md`` for what each field rests on.
"""

from geocairn.sources.importers.torchgeo.entries import COLLECTION, Imported, import_package

__all__ = ["COLLECTION", "Imported", "import_package"]
