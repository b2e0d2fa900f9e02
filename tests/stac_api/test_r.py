"""The R script of the documentation, where R and its packages are installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.stac_api.serving import Api

import geocairn

SCRIPT = Path(__file__).parents[2] / "docs/examples/search.R"
PACKAGES = ("rstac", "arrow")


@pytest.fixture(scope="module")
def rscript() -> str:
    found = shutil.which("Rscript")
    if found is None:
        pytest.skip("R is not installed here")
    for name in PACKAGES:
        asked = f"quit(status = !requireNamespace('{name}', quietly = TRUE))"
        if subprocess.run([found, "-e", asked], capture_output=True).returncode:
            pytest.skip(f"the R package {name} is not installed here")
    return found


def test_script(rscript: str, valid: Api, good_folder: Path) -> None:
    done = subprocess.run(
        [rscript, str(SCRIPT), valid.url], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    with geocairn.open(good_folder) as hub:
        total = hub.search().matched()
        first = next(hub.search().items_as_dicts())["collection"]
        inside = hub.search(collections=first).matched()
    assert f"items through the API: {total}" in done.stdout
    assert f"items of {first} in its table: {inside}" in done.stdout


def test_script_is_what_the_documentation_shows() -> None:
    page = (SCRIPT.parents[1] / "serve.md").read_text(encoding="utf-8")
    assert f"```r\n{SCRIPT.read_text(encoding='utf-8')}```" in page
