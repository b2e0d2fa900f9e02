"""What is said of a data set as a whole: ``dataset.json`` beside its folders of chips and masks."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

from geocairn import _io
from geocairn_training.decoding import decode
from geocairn_training.errors import DataError, RunError
from geocairn_training.facts import DataSource, Interval
from geocairn_training.reading import content, document

__all__ = ["NAME", "Description"]

NAME = "dataset.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """Where a data set is from.

    Attributes:
        sources: Of imagery and labels.
        interval: When the imagery was taken.
    """

    title: str = ""
    sources: tuple[DataSource, ...] = ()
    interval: Interval = field(default_factory=Interval)

    def write(self, folder: Path) -> None:
        """Write ``dataset.json``, whole or not at all."""
        _io.write_atomic(folder / NAME, _io.dumps(asdict(self), indent=True) + b"\n")

    @classmethod
    def of(cls, folder: Path) -> Description:
        """Read the description of a folder; an empty one where there is none.

        Raises:
            DataError: If the file is not as `write` writes it.
        """
        path = folder / NAME
        if not path.is_file():
            return cls()
        data = content(path, error=DataError, remedy="Mend or remove that file.")
        value = document(data, error=DataError, where=str(path))
        try:
            found: Description = decode(cls, value, "$", str(path))
        except RunError as error:
            raise DataError(
                error.message, where=str(path), path=error.path, remedy="Mend or remove that file."
            ) from None
        return found
