"""What is asked of an MLflow registry: which version, which files, and their bytes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from geocairn import _io
from geocairn.errors import InputError
from geocairn.variables import kept

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["Registry", "Version"]

_MOST_FILES = 1_000
_DEEPEST = 8
# Where a server that is not this machine's own may keep files: nothing that means files here.
_ELSEWHERE = {"mlflow-artifacts", "s3", "gs", "wasb", "wasbs", "abfs", "abfss", "r2", "dbfs"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a registered model, and the run that made it."""

    model: str
    number: str
    run: str


class Registry:
    """An MLflow store: a server, or a database on this machine.

    Args:
        uri: As ``MLFLOW_TRACKING_URI``, such as ``http://host:5000`` or ``sqlite:///mlflow.db``.

    Raises:
        InputError: If MLflow is not installed, or the address is none.
    """

    def __init__(self, uri: str) -> None:
        self.name = _io.without_password(uri)
        self._remote = uri.startswith(("http://", "https://"))
        try:
            import mlflow
        except ModuleNotFoundError:
            raise InputError(
                "MLflow is not installed",
                where=self.name,
                remedy="Run: pip install 'geocairn[mlflow]'",
            ) from None
        self._client: MlflowClient
        with self._asked():
            self._client = mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """MLflow's many errors, and those of the stores behind it, as one."""
        try:
            # A server that is away should be told of in seconds; MLflow's own patience is minutes.
            with kept(
                MLFLOW_HTTP_REQUEST_MAX_RETRIES="2", MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false"
            ):
                yield
        except InputError:
            raise
        except Exception as error:
            first = (str(error).splitlines() or [""])[0] or type(error).__name__
            raise InputError(
                f"MLflow says: {_io.without_password(first)[:300]}",
                where=self.name,
                remedy="Check --tracking-uri, --model and --version, that the store runs, and its "
                "credentials (MLFLOW_TRACKING_USERNAME, AWS_ACCESS_KEY_ID and the like).",
            ) from error

    def version(self, model: str, *, number: str | None = None) -> Version:
        """Look a version up.

        Args:
            model: Its registered name.
            number: Of the version; None for the highest.

        Raises:
            InputError: If there is none, or no run of MLflow made it.
        """
        with self._asked():
            if number is None:
                found = list(self._client.search_model_versions(_named(model)))
                numbers = sorted(int(one.version) for one in found)
                if not numbers:
                    raise InputError(
                        f"no version of {model!r} is registered",
                        where=self.name,
                        remedy="Register one with geocairn-train train --register NAME.",
                    )
                number = str(numbers[-1])
            version: Any = self._client.get_model_version(model, number)
        if not version.run_id:
            raise InputError(
                f"version {number} of {model!r} names no run",
                where=self.name,
                remedy="Only what geocairn-train has trained and registered can be imported.",
            )
        return Version(model=model, number=number, run=str(version.run_id))

    def files(self, version: Version, folder: str) -> dict[str, int]:
        """Every file below a folder of the run's artifacts, with its size as the store tells it.

        Raises:
            InputError: If there are too many, or the store's place for them is not acceptable.
        """
        with self._asked():
            place = str(self._client.get_run(version.run).info.artifact_uri)
        if self._remote and urlsplit(place).scheme not in _ELSEWHERE:
            raise InputError(
                f"the server keeps artifacts in {place!r}, which would be read on this machine",
                where=self.name,
                remedy="Let the server hand them out (mlflow server --serve-artifacts), or keep "
                "them in an object store.",
            )
        found: dict[str, int] = {}
        self._walk(version.run, folder, found, depth=0)
        return found

    def _walk(self, run: str, folder: str, found: dict[str, int], *, depth: int) -> None:
        with self._asked():
            entries = list(self._client.list_artifacts(run, folder))
        for entry in entries:
            path = str(entry.path)
            # Whatever a server answers, a listing stays within the folder that was asked for.
            if not path.startswith(f"{folder}/") or ".." in path.split("/"):
                raise self._strange(path)
            if entry.is_dir:
                if depth >= _DEEPEST:
                    raise self._strange(path)
                self._walk(run, path, found, depth=depth + 1)
            else:
                found[path] = int(entry.file_size or 0)
            if len(found) > _MOST_FILES:
                raise self._strange(f"more than {_MOST_FILES} files in {folder}")

    def _strange(self, path: str) -> InputError:
        return InputError(
            f"the store lists {path!r:.200}, which no run of geocairn-train has",
            where=self.name,
            remedy="Import only from a registry that you trust.",
        )

    def reader(self, version: Version) -> Callable[[str, int], bytes]:
        """A function that gives the bytes of a file, given its path and the most it may have."""

        def read(path: str, most: int) -> bytes:
            with tempfile.TemporaryDirectory(prefix="geocairn-") as folder, self._asked():
                local = self._client.download_artifacts(version.run, path, folder)
                with Path(local).open("rb") as file:
                    data = file.read(most + 1)
            if len(data) > most:
                raise InputError(
                    f"is larger than {most:,} bytes",
                    where=f"{self.name}: {path}",
                    remedy="Files of that size live elsewhere, by URL: give base_href in the "
                    "publication and export the run again.",
                )
            return data

        return read


def _named(model: str) -> str:
    """A filter for a name; MLflow's language has no escape for both kinds of quotes."""
    quote = '"' if "'" in model else "'"
    if quote in model:
        raise InputError(
            f"{model!r} has both kinds of quotes", remedy="Give --version with such a name."
        )
    return f"name = {quote}{model}{quote}"
