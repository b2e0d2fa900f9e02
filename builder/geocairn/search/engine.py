"""DuckDB over the files of one hub: runs SQL, gives arrays, turns failures into messages."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import numpy.typing as npt

from geocairn import layout
from geocairn.errors import GeocairnError, HubError
from geocairn.search.hub import Hub

if TYPE_CHECKING:
    from geocairn.search.resident import Resident

__all__ = ["INDEX", "Arrays", "Engine", "Rows", "plain"]

Rows = npt.NDArray[np.uint32]
Arrays = dict[str, npt.NDArray[Any]]

INDEX = "read_parquet($index)"
"""The search index, for a FROM clause."""

_SETTINGS = """
SET GLOBAL TimeZone = 'UTC';
SET GLOBAL autoinstall_known_extensions = false;
SET GLOBAL autoload_known_extensions = false;
SET GLOBAL enable_geoparquet_conversion = false;
SET GLOBAL parquet_metadata_cache = true;
"""
# Registering a table takes a while, and pandas where that is installed; a text of numbers is
# ready at once, and is faster to hand over than a list.
_FEW = 5000
_SQL_TYPES = {"u": "UINTEGER", "i": "BIGINT", "f": "DOUBLE"}


class Engine:
    """One in-memory DuckDB for one hub.

    Args:
        hub: The hub.
        resident: Whether to read into memory, once, what most searches need. For processes that
            answer many searches, each on one processor.

    Attributes:
        hub: The hub.
        size: Number of items in it.
        resident: What is in memory, if anything is.
    """

    def __init__(self, hub: Hub, *, resident: bool = False) -> None:
        self.hub = hub
        self.size: int = hub.manifest["items"]
        self.resident: Resident | None = None
        self._connection = duckdb.connect()
        self._connection.execute(_SETTINGS)
        hub.prepare(self._connection)
        if resident:
            from geocairn.search.resident import Resident  # pyarrow, which others do without

            self.resident = Resident(hub)
            if not hub.remote:
                self._connection.execute("SET threads = 1")
        self._members: dict[str, Rows] | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def arrays(
        self, sql: str, parameters: Mapping[str, Any] | None = None, *, given: Arrays | None = None
    ) -> Arrays:
        """Run a query over the hub's files.

        Args:
            sql: Query; ``$index`` and ``$terms`` are the search files.
            parameters: Values of its other parameters.
            given: Columns of a table that the query knows as ``given``.

        Returns:
            One array a column.

        Raises:
            HubError: When a file cannot be read.
        """
        result: Arrays = self._run(sql, dict(parameters or {}), given, "fetchnumpy")
        return result

    def table(self, sql: str, parameters: Mapping[str, Any], *, given: Arrays) -> Any:
        """Run a query as `arrays` does; gives a `pyarrow.Table`."""
        return self._run(sql, dict(parameters), given, "to_arrow_table")

    def _run(self, sql: str, parameters: dict[str, Any], given: Arrays | None, fetch: str) -> Any:
        for name, path in (("index", layout.INDEX), ("terms", layout.TERMS)):
            if f"${name})" in sql:
                parameters[name] = self.hub.scan_path(path)
        try:
            with self._connection.cursor() as cursor:
                if given is not None:
                    sql = _give(cursor, given, parameters) + sql
                return getattr(cursor.execute(sql, parameters), fetch)()
        except duckdb.Error as error:
            raise self._explain(error) from error

    def _explain(self, error: duckdb.Error) -> GeocairnError:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, GeocairnError):
                return cause
            cause = cause.__cause__ or cause.__context__
        first = str(error).strip().splitlines()[0]
        return HubError(
            f"cannot search: {first}",
            where=self.hub.href,
            remedy="A file of the hub is damaged or missing: run `geocairn doctor` on it.",
        )

    def members(self) -> dict[str, Rows]:
        """Rows of each collection, ascending.

        A collection's n-th row here is the n-th item of its ``items.parquet``.
        """
        names = [entry["id"] for entry in self.hub.manifest["collections"] if entry["items"]]
        if self.resident:
            return self.resident.members()
        if len(names) == 1:
            return {names[0]: np.arange(self.size, dtype=np.uint32)}
        with self._lock:
            if self._members is None:
                members = "list(row ORDER BY row) AS members"
                sql = f"SELECT collection, {members} FROM {INDEX} GROUP BY ALL"
                found = self.arrays(sql)
                self._members = dict(zip(found["collection"], found["members"], strict=True))
            return self._members

    def places(self, rows: Rows) -> list[tuple[str, str]]:
        """Collection and id of each row, in the order asked for."""
        if len(rows) == 0:
            return []
        if self.resident:
            return self.resident.places(rows)
        ids = self.hub.values(layout.INDEX, "id", rows.tolist())
        columns = "row, collection" if ids else "row, collection, id"
        found = self.arrays(
            f"SELECT {columns} FROM {INDEX} WHERE row IN (SELECT row FROM given)",
            given={"row": rows},
        )
        own = np.argsort(plain(found["row"]))
        places = own[np.searchsorted(plain(found["row"]), rows, sorter=own)]
        names = found["collection"][places].tolist()
        return list(zip(names, ids or found["id"][places].tolist(), strict=True))


def _give(cursor: Any, given: Arrays, parameters: dict[str, Any]) -> str:
    """Make columns known as the table ``given``; returns what goes before the query."""
    if len(next(iter(given.values()))) > _FEW:
        cursor.register("given", given)
        return ""
    columns = []
    for number, (name, array) in enumerate(given.items()):
        parameters[f"given{number}"] = ",".join(map(repr, array.tolist()))
        kind = _SQL_TYPES[array.dtype.kind]
        columns.append(f"unnest(string_split(nullif($given{number}, ''), ',')::{kind}[]) AS {name}")
    return f"WITH given AS (SELECT {', '.join(columns)}) "


def plain(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """An array without a mask, where DuckDB made one although nothing is null."""
    return array.data if isinstance(array, np.ma.MaskedArray) else array
