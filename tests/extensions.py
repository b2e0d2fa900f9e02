"""DuckDB's extensions, from the packages that bring them."""

from __future__ import annotations

import importlib
import importlib.util
import platform
import sys
from pathlib import Path

PACKAGES = tuple(f"duckdb_extension_{name}" for name in ("spatial", "icu", "parquet"))


def missing_packages() -> list[str]:
    """Packages of extensions that are not installed."""
    return [name for name in PACKAGES if importlib.util.find_spec(name) is None]


def extension_file(package: str) -> Path:
    """The extension that a package brings."""
    origin = importlib.import_module(package).__file__
    assert origin is not None
    return next(Path(origin).parent.rglob("*.duckdb_extension"))


def lay_out(home: Path) -> Path:
    """Lay the extensions out in a home folder as DuckDB installs them; gives their folder."""
    folder = home / ".duckdb" / "extensions"
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "")
    for name in PACKAGES:
        file = extension_file(name)
        place = folder / file.parent.name / f"{sys.platform}_{architecture}"
        place.mkdir(parents=True, exist_ok=True)
        (place / file.name).symlink_to(file)
    return folder
