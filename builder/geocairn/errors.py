"""The errors that geocairn raises on purpose.

Every one carries what a person needs to act: where it happened, what was found and what to do.

::

    GeocairnError                  base; exit code 2
    ├── InputError                 a source, an item or an argument file cannot be read
    │   ├── MalformedJSONError     not JSON, with line and column
    │   └── ArtifactError          a model's file is damaged, or refused as hostile
    ├── ConfigError                geocairn.toml says something impossible
    ├── QueryError                 a search that cannot mean anything (bbox, datetime, CQL2)
    ├── HubError                   the folder or URL is not a whole geocairn hub
    │   └── MissingFileError       a file that belongs to it is not there
    ├── SchemaUnavailableError     a JSON Schema is neither stored nor reachable
    ├── OutputError                the output cannot be written (full, read-only, locked)
    └── FindingsError              checks found errors; exit code 1
"""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = [
    "ArtifactError",
    "ConfigError",
    "FindingsError",
    "GeocairnError",
    "HubError",
    "InputError",
    "MalformedJSONError",
    "MissingFileError",
    "OutputError",
    "QueryError",
    "SchemaUnavailableError",
]


class GeocairnError(Exception):
    """Base of every deliberate error.

    Args:
        message: What is wrong, with the value found.
        where: Origin of the problem: a file, a URL, ``file:line`` or an item id.
        path: JSON path inside the item, such as ``$.properties.datetime``.
        remedy: What to do about it, as an instruction.
    """

    exit_code: ClassVar[int] = 2

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        path: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.path = path
        self.remedy = remedy

    def __str__(self) -> str:
        head = ": ".join(part for part in (self.where, self.path, self.message) if part)
        return f"{head}\n  {self.remedy}" if self.remedy else head

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross processes, and Exception's own pickling drops keyword-only arguments.
        return (_rebuild, (type(self), self.message, self.where, self.path, self.remedy))


def _rebuild(
    kind: type[GeocairnError],
    message: str,
    where: str | None,
    path: str | None,
    remedy: str | None,
) -> GeocairnError:
    return kind(message, where=where, path=path, remedy=remedy)


class InputError(GeocairnError):
    """A source, an item or an argument file cannot be read or understood."""


class MalformedJSONError(InputError):
    """A document is not JSON; the message has its line and column, counted from 1."""


class ArtifactError(InputError):
    """A model's file is damaged, or refused before anything loads it."""


class ConfigError(GeocairnError):
    """The hub's settings (``geocairn.toml``) say something impossible."""


class QueryError(GeocairnError):
    """A search that cannot mean anything: an impossible bbox, datetime or CQL2 expression."""


class HubError(GeocairnError):
    """The folder or URL is not a whole geocairn hub."""


class MissingFileError(HubError):
    """A file that belongs to a hub is not there."""


class SchemaUnavailableError(GeocairnError):
    """A JSON Schema is neither in the store nor reachable."""


class OutputError(GeocairnError):
    """The output cannot be written: disk full, read-only, or in use by another build."""


class FindingsError(GeocairnError):
    """Checks found errors, and nothing was published.

    Attributes:
        report: The `geocairn.findings.Report` with everything that was found.
    """

    exit_code: ClassVar[int] = 1
    report: Any = None
