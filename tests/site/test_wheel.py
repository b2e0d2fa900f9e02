"""An installed geocairn builds a whole hub without Node, from what its wheel brings along."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.site.hubs import ROOT
from tests.site.pages import broken


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder in which the wheel is unpacked, as pip does."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = folder.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    target = folder / "installed"
    subprocess.run([*install, "--target", str(target), str(wheel)], capture_output=True, check=True)
    return target


def test_wheel_builds_a_hub_with_pages(installed: Path, tmp_path: Path, schemas: Path) -> None:
    # What it depends on is that of the tests; the package itself is the wheel's, and PATH is empty.
    environment = {
        "PATH": str(tmp_path),
        "PYTHONPATH": str(installed),
        "HOME": str(tmp_path),
        "GEOCAIRN_SCHEMAS": str(schemas),
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    place = run("-c", "import geocairn; print(geocairn.__file__)")
    assert Path(place.strip()).is_relative_to(installed)
    run("-m", "geocairn", "build", "--output", "hub", "--offline", "--quiet")
    hub = tmp_path / "hub"
    for name in ("index.html", "de/models/index.html", "docs/index.html", "search/manifest.json"):
        assert (hub / name).is_file(), name
    assert len(list(hub.glob("torchgeo/*/index.html"))) > 100
    assert broken(hub) == []
