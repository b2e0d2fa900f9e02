"""Find a torchgeo package and its source files, without importing it."""

from __future__ import annotations

import importlib.util
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from geocairn.errors import InputError

__all__ = ["NAME", "Package", "Sources", "find"]

NAME = "torchgeo"
_MAX_FILES = 1_000
_MAX_BYTES = 2 * 1024 * 1024
_REMEDY = (
    "Install it (pip install --no-deps torchgeo), or download its wheel "
    "(pip download --no-deps torchgeo) and give that with --package."
)


class Sources(Protocol):
    """The files of a package: a folder or a wheel."""

    def names(self) -> list[str]:
        """Paths inside the package, with slashes."""

    def read(self, name: str, limit: int) -> bytes:
        """The first bytes of a file, up to a limit."""


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> list[str]:
        found = [*self._root.glob("*.py"), *self._root.glob("models/**/*.py")]
        return [path.relative_to(self._root).as_posix() for path in found if path.is_file()]

    def read(self, name: str, limit: int) -> bytes:
        with (self._root / name).open("rb") as file:
            return file.read(limit)


class _Wheel:
    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        prefix = f"{NAME}/"
        with zipfile.ZipFile(self._path) as archive:
            return [
                name.removeprefix(prefix)
                for name in archive.namelist()
                if name.startswith(prefix) and name.endswith(".py")
            ]

    def read(self, name: str, limit: int) -> bytes:
        with zipfile.ZipFile(self._path) as archive, archive.open(f"{NAME}/{name}") as file:
            return file.read(limit)


@dataclass(frozen=True, slots=True)
class Package:
    """A torchgeo package.

    Attributes:
        sources: Its files.
        origin: Where it lies, for messages.
    """

    sources: Sources
    origin: str

    def modules(self) -> Iterator[tuple[str, bytes]]:
        """Every module of ``torchgeo.models`` as dotted name and source, sorted.

        Raises:
            InputError: A file is too large or cannot be read.
        """
        names = sorted(name for name in self.sources.names() if name.startswith("models/"))
        if len(names) > _MAX_FILES:
            raise InputError(
                f"torchgeo.models has {len(names)} files, more than {_MAX_FILES}",
                where=self.origin,
                remedy="Give the package itself with --package.",
            )
        for name in names:
            module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            yield module, self.read(name)

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises:
            InputError: It is too large or cannot be read.
        """
        where = f"{self.origin}/{name}"
        try:
            source = self.sources.read(name, _MAX_BYTES + 1)
        except (OSError, KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            # A zip's damaged, encrypted or oddly compressed member raises the latter four.
            raise InputError(f"cannot be read: {error}", where=where, remedy=_REMEDY) from error
        if len(source) > _MAX_BYTES:
            raise InputError(
                f"is larger than {_MAX_BYTES} bytes, which no module of torchgeo is",
                where=where,
                remedy="Give an unchanged torchgeo package.",
            )
        return source


def find(path: Path | None = None) -> Package:
    """Find the package.

    Args:
        path: The package's folder, a folder that holds it, or a wheel; by default the installed
            package is looked for.

    Raises:
        InputError: There is none.
    """
    if path is None:
        spec = importlib.util.find_spec(NAME)
        places = list(spec.submodule_search_locations or ()) if spec else []
        if not places:
            raise InputError("torchgeo is not installed", where=NAME, remedy=_REMEDY)
        path = Path(places[0])
    if path.is_file() and zipfile.is_zipfile(path):
        found = Package(_Wheel(path), str(path))
    else:
        folder = path if (path / "models").is_dir() else path / NAME
        found = Package(_Folder(folder), str(folder))
    try:
        present = any(name.startswith("models/") for name in found.sources.names())
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(f"cannot be read: {error}", where=str(path), remedy=_REMEDY) from error
    if not present:
        raise InputError(
            "holds no torchgeo package: there is no folder torchgeo/models in it",
            where=str(path),
            remedy=_REMEDY,
        )
    return found
