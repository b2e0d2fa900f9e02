"""JSON Schemas by URL: from a dependency, a folder, the cache, or once over https."""

from __future__ import annotations

import hashlib
import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from http.client import HTTPException
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from geocairn import _io
from geocairn.checks.bundled import bundled, read
from geocairn.errors import MalformedJSONError, OutputError, SchemaUnavailableError

__all__ = ["DIRECTORY_VARIABLE", "KNOWN_EXTENSIONS", "MAX_BYTES", "SchemaStore", "core_url"]

DIRECTORY_VARIABLE = "GEOCAIRN_SCHEMAS"
"""Environment variable that names a local folder of schemas, like ``--schemas``."""

MAX_BYTES = 2 * 1024 * 1024
"""No schema is larger; PROJ's, the largest known, has 40 KiB."""

_TIMEOUT = 20.0
_FOLDERS = {"item": "item-spec", "collection": "collection-spec", "catalog": "catalog-spec"}
_META = "http://json-schema.org/"
_ADDRESS = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?/[^\s\\]*\Z")

KNOWN_EXTENSIONS = (
    "mlm/v1.5.2",
    "mlm/v1.5.1",
    "mlm/v1.5.0",
    "mlm/v1.4.0",
    "mlm/v1.3.0",
    "mlm/v1.2.0",
    "mlm/v1.1.0",
    "mlm/v1.0.0",
    "classification/v2.0.0",
    "classification/v1.1.0",
    "processing/v1.1.0",
    "raster/v2.0.0",
    "raster/v1.1.0",
    "eo/v2.0.0",
    "eo/v1.1.0",
    "file/v2.1.0",
    "file/v1.0.0",
    "version/v1.2.0",
    "scientific/v1.0.0",
    "datacube/v2.3.0",
    "datacube/v2.2.0",
    "table/v1.2.0",
    "label/v1.0.1",
    "ml-aoi/v0.2.0",
    "projection/v2.0.0",
    "web-map-links/v1.2.0",
)
"""Extensions that model descriptions use: what ``geocairn schemas fetch`` prefills."""


def core_url(version: str, kind: str) -> str:
    """URL of STAC's core schema for a version and a kind (item, collection or catalog)."""
    folder = f"{_FOLDERS[kind]}/json-schema/{kind}.json"
    return f"https://schemas.stacspec.org/v{version}/{folder}"


class SchemaStore:
    """Finds schemas by their URL.

    Looked for in this order: bundled with an installed dependency (pystac has STAC core 1.1,
    pyproj has PROJJSON), the local folder laid out ``<host>/<path>``, the user's cache, and then,
    unless offline, fetched once over https. What is fetched must match its SHA-256 where that is
    known (``pins.json``) and is then cached. Published ``$id`` values play no part, for some are
    wrong. A store can be pickled: each process opens files for itself.

    Args:
        directory: Local folder of schemas; where None, the environment variable
            ``GEOCAIRN_SCHEMAS`` is asked.
        cache: Folder for fetched schemas; by default the user's cache folder.
        offline: Never fetch.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        cache: Path | None = None,
        offline: bool = False,
    ) -> None:
        named = os.environ.get(DIRECTORY_VARIABLE)
        self.directory = directory or (Path(named) if named else None)
        if self.directory is not None and not self.directory.is_dir():
            raise SchemaUnavailableError(
                "this folder of schemas does not exist",
                where=str(self.directory),
                remedy=f"Correct --schemas (or {DIRECTORY_VARIABLE}), laid out <host>/<path>.",
            )
        self.cache = cache or _default_cache()
        self.offline = offline
        self._read: dict[str, bytes] = {}
        self._failed: dict[str, SchemaUnavailableError] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_read": {}, "_failed": {}}

    def get(self, url: str) -> bytes:
        """The bytes of a schema.

        Raises:
            SchemaUnavailableError: Where no place has it, with what to do.
        """
        url = url.partition("#")[0]
        if url in self._read:
            return self._read[url]
        # A schema that failed once is not asked for again: thousands of items may declare it.
        if url in self._failed:
            raise self._failed[url]
        try:
            data = self._find(url)
        except SchemaUnavailableError as error:
            self._failed[url] = error
            raise
        self._read[url] = data
        return data

    def where(self, url: str) -> str:
        """Where a schema would come from: ``bundled``, ``folder``, ``cache``, or empty."""
        if not _ADDRESS.match(url):
            return ""
        if bundled(url) is not None:
            return "bundled"
        if self.directory is not None and read(_file(self.directory, url)) is not None:
            return "folder"
        return "" if read(_file(self.cache, url)) is None else "cache"

    def references(self, url: str) -> list[str]:
        """URLs of every schema that one needs, itself first.

        Raises:
            SchemaUnavailableError: Where one of them is nowhere to be had.
        """
        found: list[str] = []
        pending = [url]
        while pending:
            current = pending.pop()
            if current in found or current.startswith(_META):
                continue
            found.append(current)
            schema = _io.loads(self.get(current), where=current)
            pending += sorted({urljoin(current, ref).partition("#")[0] for ref in _refs(schema)})
        return found

    def known(self) -> list[str]:
        """URLs worth prefilling: STAC core and `KNOWN_EXTENSIONS`."""
        core = [core_url("1.1.0", kind) for kind in _FOLDERS]
        extensions = "https://stac-extensions.github.io/{}/schema.json"
        return core + [extensions.format(name) for name in KNOWN_EXTENSIONS]

    def export(self, folder: Path, urls: Iterable[str] | None = None) -> list[str]:
        """Copy schemas, with all that they need, into a folder that a store can be given.

        Args:
            folder: Where to; laid out ``<host>/<path>``.
            urls: Which; those of `known` by default.

        Returns:
            The URLs of all that were copied.

        Raises:
            OutputError: If the folder cannot be written.
            SchemaUnavailableError: Where one of them is nowhere to be had.
        """
        wanted = self.known() if urls is None else urls
        needed = sorted({one for url in wanted for one in self.references(url)})
        for url in needed:
            _io.write_atomic(_file(folder, url), self.get(url), durable=False)
        return needed

    def fingerprint(self) -> str:
        """Digest of what decides which schema a URL gives: the folder's files and the pins."""
        parts = [_pins_bytes(), b"offline" if self.offline else b""]
        if self.directory is not None:
            for file in sorted(self.directory.rglob("*.json")):
                status = file.stat()
                name = file.relative_to(self.directory).as_posix()
                parts.append(f"{name} {status.st_size} {status.st_mtime_ns}".encode())
        return _io.digest(*parts)

    def _find(self, url: str) -> bytes:
        found = bundled(url)
        if found is not None:
            return found
        if not _ADDRESS.match(url):
            raise SchemaUnavailableError(
                f"{url!r} is not an address of a schema",
                remedy="Declare extensions by the https address of their schema.",
            )
        for folder in (self.directory, self.cache):
            stored = None if folder is None else read(_file(folder, url))
            if stored is not None:
                return _checked(stored, url)
        if self.offline or not url.startswith("https://"):
            raise self._absent(url, "it is not stored here and fetching is switched off")
        data = self._fetch(url)
        try:
            _io.write_atomic(_file(self.cache, url), data)
        except OutputError:
            # A cache that cannot be written only costs another fetch.
            return data
        return data

    def _fetch(self, url: str) -> bytes:
        request = urllib.request.Request(url, headers={"User-Agent": "geocairn"})  # noqa: S310
        try:
            with _OPENER.open(request, timeout=_TIMEOUT) as response:
                data: bytes = response.read(MAX_BYTES + 1)
        except (OSError, ValueError, HTTPException) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            reason = getattr(error, "reason", None) or error
            raise self._absent(url, f"fetching it failed ({reason})") from None
        if len(data) > MAX_BYTES:
            limit = _io.human_size(MAX_BYTES)
            raise self._absent(url, f"what lies there is larger than {limit}")
        pin = pins().get(url)
        if pin is not None and hashlib.sha256(data).hexdigest() != pin:
            raise self._absent(url, "what lies there is not the published schema (SHA-256 differs)")
        return _checked(data, url)

    @staticmethod
    def _absent(url: str, why: str) -> SchemaUnavailableError:
        return SchemaUnavailableError(
            f"no schema: {why}",
            where=url,
            remedy="Run `geocairn schemas fetch` once while online, or name a folder that has "
            f"it with --schemas (or {DIRECTORY_VARIABLE}).",
        )


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    """Follows redirects within https only: an item must not steer us to other protocols."""

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Any:
        if not newurl.startswith("https://"):
            fp.close()
            raise urllib.error.URLError(f"redirected away from https, to {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_OPENER = urllib.request.build_opener(_HttpsOnly)


def pins() -> dict[str, str]:
    """SHA-256 in hexadecimal of the schemas whose published content is known, by URL."""
    found: dict[str, str] = _io.loads(_pins_bytes())
    return found


def _pins_bytes() -> bytes:
    return resources.files("geocairn.checks").joinpath("pins.json").read_bytes()


def _default_cache() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("geocairn", appauthor=False)) / "schemas"


def _file(folder: Path, url: str) -> Path:
    parts = urlsplit(url)
    steps = [step for step in parts.path.split("/") if step not in ("", ".", "..")]
    name = "/".join(steps)
    if parts.query:
        name += "." + _io.digest(parts.query.encode())
    return folder / parts.netloc.replace(":", "_") / (name or "index")


def _checked(data: bytes, url: str) -> bytes:
    try:
        schema = _io.loads(data, where=url)
    except MalformedJSONError as error:
        raise SchemaUnavailableError(
            f"what is stored for this schema is {error.message}",
            where=url,
            remedy="Remove it from the folder or the cache and fetch it again.",
        ) from None
    if not isinstance(schema, dict):
        raise SchemaUnavailableError(
            "what is stored for this schema is not a JSON object",
            where=url,
            remedy="Remove it from the folder or the cache and fetch it again.",
        )
    return data


def _refs(schema: Any) -> Iterator[str]:
    pending = [schema]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str) and not reference.startswith("#"):
                yield reference
            pending += value.values()
        elif isinstance(value, list):
            pending += value
