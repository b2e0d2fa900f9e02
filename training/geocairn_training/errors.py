"""The errors that training raises on purpose; their base is `geocairn.errors.GeocairnError`.

::

    GeocairnError
    └── TrainingError              exit code 2
        ├── DataError              chips, masks, labels or a folder of them are not as they must be
        ├── AcquireError           a server of tiles or labels did not give what was asked for
        ├── RunError               a run folder, its facts or its checkpoint cannot be read
        └── DivergedError          the loss is no longer a finite number
"""

from __future__ import annotations

from geocairn.errors import GeocairnError

__all__ = ["AcquireError", "DataError", "DivergedError", "RunError", "TrainingError"]


class TrainingError(GeocairnError):
    """Base of every deliberate error of this package."""


class DataError(TrainingError):
    """Chips, masks, labels or a folder of them are missing, broken or do not fit together."""


class AcquireError(TrainingError):
    """A server of tiles or labels did not give what was asked for."""


class RunError(TrainingError):
    """A run folder, its facts or its checkpoint is missing, incomplete or not ours."""


class DivergedError(TrainingError):
    """Training gave a loss that is not a finite number."""
