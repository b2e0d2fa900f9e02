"""Catalog entries from models that an MLflow registry holds.

`geocairn-train train --register NAME` records a run's catalog entry among the run's artifacts; this
brings it into a catalog. Files are copied and hashed, never loaded or run.
"""

from geocairn.sources.importers.mlflow.entries import Imported, import_model

__all__ = ["Imported", "import_model"]
