"""Answers for files of a folder, as a good static host gives them (RFC 9110)."""

from __future__ import annotations

import gzip
import os
import re
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from urllib.parse import quote, unquote

__all__ = ["RELOAD", "Answer", "answer", "media_type"]

RELOAD = "/.preview/reload.js"
"""Where the script is that reloads pages; only a preview has it."""

_TYPES = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".html": "text/html",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
_TEXT = re.compile(r"text/|application/(json|geo\+json|xml)|image/svg").match
_RANGE = re.compile(r"bytes=(\d*)-(\d*)").fullmatch
_ROOT = re.compile(rb'<html [^>]*data-root="(/[^"]+/)"')
_WORTH_PACKING = 1024
_NOT_FOUND = "404.html"


@dataclass(slots=True)
class Answer:
    """One answer: status, headers and body."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def media_type(path: Path) -> str:
    """The media type of a file, by its name; with a charset where it is text."""
    found = _TYPES.get(path.suffix.lower(), "application/octet-stream")
    return f"{found}; charset=utf-8" if found.startswith("text/") else found


def answer(folder: Path, target: str, headers: Message) -> Answer:
    """Answer a GET (or HEAD) request.

    Args:
        folder: What is served.
        target: The request's target, such as ``/models/?q=flood``.
        headers: Its headers, whose names are found in any case.
    """
    path = unquote(re.split(r"[?#]", target, maxsplit=1)[0])
    file = _locate(folder, path)
    if file is not None and file.is_dir():
        if not path.endswith("/"):
            # Two slashes at the beginning would be another host.
            place = "/" + quote(path.strip("/")) + "/"
            return Answer(301, headers={"Location": place})
        file /= "index.html"
    try:
        if file is not None:
            return _file(file, headers)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        return _told(500, f"{path}: {error.strerror or error}\n")
    return _missing(folder, path)


def _locate(folder: Path, path: str) -> Path | None:
    """The file or folder of an address; None where it leads out of what is served."""
    try:
        file = (folder / path.lstrip("/")).resolve()
    except (OSError, ValueError):
        return None
    return file if file.is_relative_to(folder.resolve()) else None


def _file(file: Path, headers: Message) -> Answer:
    kind = media_type(file)
    with file.open("rb") as opened:
        status = os.fstat(opened.fileno())
        tag = f"{status.st_mtime_ns:x}-{status.st_size:x}"
        span = None if kind.startswith("text/html") else _span(headers, tag, status.st_size)
        if span is None:
            return _whole(opened.read(), kind, tag, headers)
        start, end = span
        given = {"Content-Type": kind, "Accept-Ranges": "bytes", "ETag": f'"{tag}"'}
        if start >= end:
            return Answer(416, headers=given | {"Content-Range": f"bytes */{status.st_size}"})
        opened.seek(start)
        given["Content-Range"] = f"bytes {start}-{end - 1}/{status.st_size}"
        return Answer(206, opened.read(end - start), given)


def _span(headers: Message, tag: str, size: int) -> tuple[int, int] | None:
    """First byte asked for and the one after the last; None where all of it is asked for."""
    asked = _RANGE(headers.get("Range", ""))
    unchanged = headers.get("If-Range", f'"{tag}"') == f'"{tag}"'
    if not asked or asked[0] == "bytes=-" or not unchanged:
        return None
    first, last = asked.groups()
    if not first:
        return (size - min(size, int(last)), size) if int(last) else (size, size)
    if last and int(last) < int(first):
        return None  # RFC 9110, section 14.1.1: such a range is to be ignored
    return int(first), min(size, int(last) + 1) if last else size


def _whole(data: bytes, kind: str, tag: str, headers: Message) -> Answer:
    given = {"Content-Type": kind, "Cache-Control": "no-cache"}
    if kind.startswith("text/html"):
        data = _with_reload(data)
        tag += "-p"
    else:
        given["Accept-Ranges"] = "bytes"
    packed = False
    if _TEXT(kind) and len(data) >= _WORTH_PACKING:
        given["Vary"] = "Accept-Encoding"
        packed = _takes_gzip(headers.get("Accept-Encoding", ""))
    given["ETag"] = f'"{tag}-gzip"' if packed else f'"{tag}"'
    if _has(headers.get("If-None-Match", ""), given["ETag"]):
        return Answer(304, headers=given)
    if packed:
        data = gzip.compress(data, 6, mtime=0)
        given["Content-Encoding"] = "gzip"
    return Answer(200, data, given)


def _has(tags: str, tag: str) -> bool:
    return tags.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in tags.split(","))


def _takes_gzip(accepted: str) -> bool:
    for coding in accepted.lower().split(","):
        name, _, weight = coding.partition(";")
        if name.strip() in ("gzip", "*"):
            return not re.fullmatch(r"\s*q=0(\.0*)?\s*", weight)
    return False


def _with_reload(page: bytes) -> bytes:
    """A page that reloads after a build, by a script from its own host, as its policy wants."""
    script = f'<script src="{RELOAD}" defer></script>'.encode()
    at = page.lower().rfind(b"</head>")
    return page[:at] + script + page[at:] if at >= 0 else page + script


def _missing(folder: Path, path: str) -> Answer:
    page = folder / _NOT_FOUND
    if page.is_file():
        given = {"Content-Type": media_type(page), "Cache-Control": "no-cache"}
        return Answer(404, _with_reload(_at_root(page.read_bytes())), given)
    return _told(404, f"{path} is not in this hub.\n")


def _at_root(page: bytes) -> bytes:
    """The page for what is not there, whose addresses begin where the hub will be published."""
    root = _ROOT.search(page)
    return page.replace(b'="' + root[1], b'="/') if root else page


def _told(status: int, text: str) -> Answer:
    return Answer(status, text.encode(), {"Content-Type": "text/plain; charset=utf-8"})
