"""Where fetched models are kept: a folder of files named by what they contain.

``<checksum>/<name>`` is a file, ``<checksum>/from`` says where it came from. A file gets its place
only when it is whole and its checksum is the one in its name, so whoever finds it may use it.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from geocairn import _io
from geocairn.errors import MalformedJSONError, OutputError

__all__ = [
    "VARIABLE",
    "Entry",
    "cache_folder",
    "clear",
    "entries",
    "find",
    "keep",
    "recall",
    "remember",
]

VARIABLE = "GEOCAIRN_CACHE"
"""Environment variable that names another folder than the user's cache."""

_FROM = "from"
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that is kept.

    Attributes:
        checksum: Its multihash.
        path: Where it is.
        size: Its bytes.
        used: When it was used last, in seconds since 1970.
        source: Where it came from; empty where that is not known.
    """

    checksum: str
    path: Path
    size: int
    used: float
    source: str


def cache_folder() -> Path:
    """The folder: ``$GEOCAIRN_CACHE``, else ``models`` in the user's cache of geocairn."""
    if told := os.environ.get(VARIABLE):
        return Path(told)
    import platformdirs

    return Path(platformdirs.user_cache_dir("geocairn", appauthor=False)) / "models"


def entries() -> list[Entry]:
    """Every file that is kept, those used last first."""
    found = [entry for place in _places() if (entry := _entry(place)) is not None]
    return sorted(found, key=lambda entry: -entry.used)


def _places() -> list[Path]:
    with suppress(OSError):
        return [place for place in cache_folder().iterdir() if place.is_dir()]
    return []


def _entry(place: Path) -> Entry | None:
    with suppress(OSError):
        for path in sorted(place.iterdir()):
            if path.name == _FROM or path.name.startswith("."):
                continue
            status = path.stat()
            return Entry(place.name, path, status.st_size, status.st_mtime, _source(place))
    return None


def _source(place: Path) -> str:
    with suppress(OSError, UnicodeDecodeError):
        return (place / _FROM).read_text(encoding="utf-8").strip()
    return ""


def find(checksum: str) -> Path | None:
    """The file of a checksum, where it is kept; it counts as used now."""
    entry = _entry(cache_folder() / checksum)
    if entry is None:
        return None
    with suppress(OSError):  # a cache that cannot be written is good for reading
        os.utime(entry.path)
    return entry.path


def keep(part: Path, *, checksum: str, name: str, source: str) -> Path:
    """Give a whole file its place.

    Args:
        part: The file, in the cache's folder; it is moved.
        checksum: Its multihash, which was compared.
        name: What it shall be called.
        source: Where it came from; passwords are left out.

    Raises:
        OutputError: If it cannot be written.
    """
    place = cache_folder() / checksum
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / _FROM).write_text(_io.without_password(source) + "\n", encoding="utf-8")
        return part.replace(place / name)
    except OSError as error:
        raise _io.output_error(error, place) from error


def clear(*, unused_for: float = 0.0) -> tuple[int, int]:
    """Remove files, and what broken-off downloads have left.

    Args:
        unused_for: Only those that were not used for so many days.

    Returns:
        How many were removed, and their bytes.

    Raises:
        OutputError: If one cannot be removed.
    """
    limit = time.time() - unused_for * _DAY
    count = size = 0
    for place in _places():
        entry = _entry(place)
        used = entry.used if entry else place.stat().st_mtime
        if used > limit:
            continue
        try:
            shutil.rmtree(place)
        except OSError as error:
            raise _io.output_error(error, place) from error
        count += entry is not None
        size += entry.size if entry else 0
    _clear_rest(limit)
    return count, size


def _clear_rest(limit: float) -> None:
    """Remove what broken-off downloads have left, and items; not locks that somebody holds."""
    with suppress(OSError):
        for path in cache_folder().glob(".*"):
            if path.suffix in (".part", ".json") and path.stat().st_mtime <= limit:
                path.unlink()


def remember(address: str, item: dict[str, object]) -> None:
    """Keep the item of a model for when its hub cannot be reached.

    Args:
        address: What the user called it by.
        item: The item, its hrefs absolute.
    """
    document = {"address": _io.without_password(address), "item": item}
    with suppress(OutputError):  # one's own cache may be read-only
        _io.write_atomic(_item_file(address), _io.dumps(document), durable=False)


def recall(address: str) -> dict[str, object] | None:
    """The item that was remembered for an address; None where there is none."""
    try:
        document = _io.loads(_item_file(address).read_bytes())
    except (OSError, MalformedJSONError):
        return None
    item = document.get("item") if isinstance(document, dict) else None
    return item if isinstance(item, dict) else None


def _item_file(address: str) -> Path:
    return cache_folder() / f".item-{_io.digest(address.encode())}.json"
