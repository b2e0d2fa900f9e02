"""A built hub, as a folder or behind a URL: its manifest, its files, and where they are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urljoin, urlsplit

from geocairn import _io, layout, swap
from geocairn.errors import GeocairnError, HubError, MissingFileError, OutputError

__all__ = ["Hub", "LocalHub", "Manifest", "open_hub"]

Manifest = dict[str, Any]


class Hub(Protocol):
    """What a search needs of a hub.

    Attributes:
        href: The folder or URL, for messages and links.
        manifest: Parsed ``search/manifest.json``.
        remote: Whether every read crosses a network.
    """

    href: str
    manifest: Manifest
    remote: bool

    def read(self, path: str) -> bytes:
        """One whole file by its path from the hub's root."""
        ...

    def read_many(self, paths: Sequence[str]) -> list[bytes]:
        """Several whole files, in the order asked for."""
        ...

    def scan_path(self, path: str) -> str:
        """What DuckDB opens to read a Parquet file of the hub."""
        ...

    def values(self, path: str, column: str, rows: list[int]) -> list[str] | None:
        """Values of a Parquet file's column where the hub reads them best, else None."""
        ...

    def locate(self, path: str, href: str = "") -> str:
        """Absolute place of a file of the hub, or of what a relative `href` in it points to."""
        ...

    def prepare(self, connection: Any) -> None:
        """Make `scan_path` readable for a DuckDB connection."""
        ...

    def close(self) -> None:
        """Release connections; the next read opens them again."""
        ...


class LocalHub:
    """A hub in a folder.

    Args:
        folder: The folder.
        strict: Whether a file of another size than the manifest says is refused.
    """

    remote = False

    def __init__(self, folder: Path, *, strict: bool = True) -> None:
        self.folder = folder
        self.href = str(folder)
        _complete(folder)
        # Not resolved: a hub behind a symbolic link keeps the name that the user gave.
        self._root = Path(os.path.abspath(folder))  # noqa: PTH100
        self.manifest = read_manifest(self)
        for path, recorded in self.manifest["files"].items() if strict else ():
            self._check_size(path, recorded["size"])

    def _check_size(self, path: str, size: int) -> None:
        try:
            found = (self.folder / path).stat().st_size
        except OSError as error:
            raise _unreadable(self.href, path, error) from None
        if found != size:
            raise HubError(
                f"{path} has {found} bytes where the manifest says {size}",
                where=self.href,
                remedy="The hub was copied or written only in part: copy or build it again.",
            )

    def read(self, path: str) -> bytes:
        """See `Hub.read`."""
        try:
            return (self.folder / path).read_bytes()
        except OSError as error:
            raise _unreadable(self.href, path, error) from None

    def read_many(self, paths: Sequence[str]) -> list[bytes]:
        """See `Hub.read_many`."""
        return [self.read(path) for path in paths]

    def scan_path(self, path: str) -> str:
        """See `Hub.scan_path`."""
        # Characters that could be wildcards need no care: DuckDB tries the very name first.
        return str(self._root / path)

    def values(self, path: str, column: str, rows: list[int]) -> None:
        """See `Hub.values`; DuckDB reads files on disk best."""

    def locate(self, path: str, href: str = "") -> str:
        """See `Hub.locate`; relative hrefs are decoded, as they are URL references."""
        base = self._root / path
        return os.path.normpath(base.parent / unquote(href)) if href else str(base)

    def prepare(self, connection: Any) -> None:
        """See `Hub.prepare`; DuckDB reads folders by itself."""

    def close(self) -> None:
        """See `Hub.close`; nothing stays open."""


def _complete(folder: Path) -> None:
    """Finish what a build that was killed while it published has left."""
    try:
        swap.recover(folder)
    except OutputError as error:
        raise HubError(
            f"a build was publishing here and is not done: {error.message}",
            where=str(folder),
            remedy="Wait for it, or run `geocairn build` again where it can write.",
        ) from error


def read_manifest(hub: Hub | Any) -> Manifest:
    """Read and check ``search/manifest.json``.

    Raises:
        HubError: When there is none, or it is not one that this version understands.
    """
    data = hub.read(layout.MANIFEST)
    try:
        manifest: Manifest = _io.loads(data, where=layout.MANIFEST)
    except GeocairnError as error:
        raise HubError(str(error), where=hub.href, remedy=_NOT_A_HUB) from None
    files = manifest.get("files") if isinstance(manifest, dict) else None
    if not (
        isinstance(files, dict)
        and isinstance(manifest.get("items"), int)
        and isinstance(manifest.get("collections"), list)
        and all(isinstance(entry, dict) and "size" in entry for entry in files.values())
        and {layout.INDEX, layout.TERMS} <= files.keys()
    ):
        raise HubError(
            f"{layout.MANIFEST} is not a manifest of this version of geocairn",
            where=hub.href,
            remedy="Build the hub again with `geocairn build`.",
        )
    return manifest


_NOT_A_HUB = "Give the folder or URL of a hub that `geocairn build` made."


def _unreadable(href: str, path: str, error: OSError) -> HubError:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        message = f"not a geocairn hub: there is no {path}"
        return MissingFileError(message, where=href, remedy=_NOT_A_HUB)
    return HubError(
        f"cannot read {path}: {error.strerror or error}", where=href, remedy="Allow reading it."
    )


def open_hub(href: str | os.PathLike[str], *, strict: bool = True) -> Hub:
    """Open a hub by folder, by http(s) or file URL, or by the address of its ``catalog.json``.

    Args:
        href: The place.
        strict: Whether files of another size than the manifest says are refused.

    Raises:
        HubError: When there is no whole hub.
    """
    text = os.fspath(href)
    parts = urlsplit(text)
    if parts.scheme in ("http", "https"):
        from geocairn.search.remote import RemoteHub  # network code, only where it is needed

        path = parts.path.removesuffix("/index.html").removesuffix(f"/{layout.CATALOG}")
        url = parts._replace(path=path.rstrip("/") + "/", fragment="").geturl()
        return RemoteHub(url, strict=strict)
    if parts.scheme == "file":
        text = unquote(parts.path)
    elif len(parts.scheme) > 1:
        raise HubError(
            f"unknown scheme {parts.scheme!r}", where=text, remedy="Use http, https or a folder."
        )
    folder = Path(text)
    return LocalHub(folder.parent if folder.name == layout.CATALOG else folder, strict=strict)


def is_absolute(href: str) -> bool:
    """Whether an href stands by itself: a URL with a scheme, or an absolute path."""
    return bool(urlsplit(href).scheme) or href.startswith("/")


def join_url(base: str, path: str, href: str) -> str:
    """Absolute URL of an href in a file of a hub behind a URL."""
    return urljoin(urljoin(base, layout.relative_href(path)), href)
