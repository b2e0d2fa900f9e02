"""The documentation in a hub: there, renewed, and gone again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.items import model, write_catalog

from geocairn.build import BuildOptions, build
from geocairn.checks import SchemaStore
from geocairn.compile.pages.site import Site, find_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with documentation of two pages."""
    own = find_site()
    built = tmp_path / "data/site"
    shutil.copytree(own.built, built)
    docs = tmp_path / "data/docs"
    (docs / "cli").mkdir(parents=True)
    (docs / "index.html").write_text("first", encoding="utf-8")
    (docs / "cli/build.html").write_text("build", encoding="utf-8")
    (docs / "404.html").write_text("none", encoding="utf-8")
    return Site(own.templates, own.locale, built)


@pytest.fixture
def built(tmp_path: Path, schemas: Path, site: Site) -> Callable[[], Path]:
    source, hub = write_catalog(tmp_path / "catalog", [model("first")]), tmp_path / "hub"

    def again() -> Path:
        fresh = Site(site.templates, site.locale, site.built)
        options = BuildOptions(store=SchemaStore(schemas, offline=True), site=fresh, jobs=1)
        build([str(source)], hub, options=options)
        return hub

    return again


def test_hub_has_the_documentation(built: Callable[[], Path], site: Site) -> None:
    hub = built()
    assert (hub / "docs/index.html").read_text(encoding="utf-8") == "first"
    assert (hub / "docs/cli/build.html").read_text(encoding="utf-8") == "build"
    assert not (hub / "docs/404.html").exists()
    assert 'href="docs/index.html"' in (hub / "index.html").read_text(encoding="utf-8")
    assert site.docs is not None
    (site.docs / "index.html").write_text("second", encoding="utf-8")
    (site.docs / "cli/build.html").unlink()
    assert (built() / "docs/index.html").read_text(encoding="utf-8") == "second"
    assert not (hub / "docs/cli").exists() or not list((hub / "docs/cli").iterdir())


def test_hub_without_documentation_has_no_link_to_it(built: Callable[[], Path], site: Site) -> None:
    hub = built()
    assert site.docs is not None
    shutil.rmtree(site.docs)
    assert built() == hub
    assert not (hub / "docs/index.html").exists()
    for page in hub.rglob("*.html"):
        assert "docs/index.html" not in page.read_text(encoding="utf-8"), page
