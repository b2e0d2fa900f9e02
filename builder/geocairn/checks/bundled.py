"""JSON Schemas that installed packages bring along."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

__all__ = ["bundled", "read"]

_CORE = "https://schemas.stacspec.org/v1.1.0/"


def bundled(url: str) -> bytes | None:
    """A schema of STAC core 1.1 (from pystac), GeoJSON (pystac) or PROJJSON (pyproj)."""
    if url.startswith("https://proj.org/schemas/"):
        return _projjson(url)
    if url.startswith(_CORE):
        name = f"stac-spec/v1.1.0/{url.rpartition('/')[2]}"
    elif url.startswith("https://geojson.org/schema/"):
        name = f"geojson/{url.rpartition('/')[2]}"
    else:
        return None
    # Found without importing pystac, which costs a tenth of a second.
    return read(_package("pystac") / "validation" / "jsonschemas" / name)


def _projjson(url: str) -> bytes | None:
    data = read(_package("pyproj") / "proj_dir" / "share" / "proj" / "projjson.schema.json")
    # PROJ ships one version of its schema; another version is another schema.
    return data if data is not None and url.encode() in data else None


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    origin = spec.origin if spec else None
    return Path(origin).parent if origin else Path(os.devnull)


def read(file: Path) -> bytes | None:
    """A file's bytes; None where there is no such file."""
    try:
        return file.read_bytes()
    except OSError:
        # Absent, a folder, or a name that the file system does not take.
        return None
