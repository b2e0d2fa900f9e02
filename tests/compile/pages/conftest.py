from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.sites import Html, make_site, parse

from geocairn.compile.pages.models import render_model, shown
from geocairn.compile.pages.render import Renderer, renderers
from geocairn.compile.pages.site import Site
from geocairn.config import HubConfig, SiteConfig

Render = Callable[..., Html]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_site(tmp_path_factory.mktemp("site") / "built")


@pytest.fixture(scope="session")
def by_language(site: Site) -> dict[str, Renderer]:
    config = HubConfig(
        title="Models: <of> Earth",
        url="https://hub.example/eo/",
        site=SiteConfig(legal=(("", "We."),)),
    )
    assets = {"land.svg": "land.svg", "icon.svg": "icon.svg", "strings-de.json": "strings-de.json"}
    made = renderers(site, languages=["en", "de"], config=config, assets=assets, paged=True)
    return {one.language: one for one in made}


@pytest.fixture
def model_page(by_language: dict[str, Renderer]) -> Render:
    """Renders an item, and parses the page."""

    def render(item: dict[str, Any], language: str = "en", **more: Any) -> Html:
        what = shown(item, hub="https://hub.example/eo/", **more)
        return parse(render_model(by_language[language], what, collection="Floods"))

    return render
