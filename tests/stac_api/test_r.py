"""The R scripts of the documentation, each where R and what it uses are installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.stac_api.serving import Api

import geocairn

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
FILTER = "gsd < 3"


def run(script: str, address: str, *, packages: tuple[str, ...]) -> str:
    """What a script prints; skips the test where R or a package is missing."""
    found = shutil.which("Rscript")
    if found is None:
        pytest.skip("R is not installed here")
    for name in packages:
        asked = f"quit(status = !requireNamespace('{name}', quietly = TRUE))"
        if subprocess.run([found, "-e", asked], capture_output=True).returncode:
            pytest.skip(f"the R package {name} is not installed here")
    done = subprocess.run(
        [found, str(EXAMPLES / script), address], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_rstac_and_arrow(valid: Api, good_folder: Path) -> None:
    printed = run("search.R", valid.url, packages=("rstac", "arrow"))
    with geocairn.open(good_folder) as hub:
        total = hub.search().matched()
        first = next(hub.search().items_as_dicts())["collection"]
        inside = hub.search(collections=first).matched()
    assert f"items through the API: {total}" in printed
    assert f"items of {first} in its table: {inside}" in printed


def test_httr2_and_sf(valid: Api, good_folder: Path) -> None:
    printed = run("search_httr2.R", valid.url, packages=("httr2", "sf"))
    with geocairn.open(good_folder) as hub:
        filtered = hub.search(filter=FILTER).matched()
        everywhere = [
            item.properties["title"] for item in hub.search(bbox=[-180, -90, 180, 90]).items()
        ]
    assert 10 < filtered < len(hub)  # more than a page, and not all
    assert f"items on all pages: {filtered}" in printed
    assert f"footprints: {len(everywhere)} named" in printed
    assert all(title in printed for title in everywhere)


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.R")))
def test_script_is_what_the_documentation_shows(name: str) -> None:
    script = EXAMPLES / name
    page = (EXAMPLES.parent / "serve.md").read_text(encoding="utf-8")
    assert f"```r\n{script.read_text(encoding='utf-8')}```" in page
