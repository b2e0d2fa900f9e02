"""Checksums of files."""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["multihash"]


def multihash(path: Path) -> str:
    """SHA-256 of a file as a multihash (https://multiformats.io/multihash/), in hexadecimal."""
    with path.open("rb") as file:
        return "1220" + hashlib.file_digest(file, "sha256").hexdigest()
