from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.items import model, models, write_catalog, write_lines
from tests.sites import make_site, parse

from geocairn.build import BuildOptions, build
from geocairn.compile.pages.site import Site, SiteMissingError, find_site
from geocairn.config import HubConfig, SiteConfig
from geocairn.errors import ConfigError
from geocairn.publish import Stage

Build = Callable[..., list[str]]
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path / "site")


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    return tmp_path / "hub"


@pytest.fixture
def built(
    options: BuildOptions, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Build:
    """Builds a hub of some items; gives the paths of pages that were rendered and staged."""

    def run(items: list[dict[str, Any]], *, jobs: int = 1, **settings: Any) -> list[str]:
        written: list[str] = []
        original = Stage.write

        def write(stage: Stage, path: str, data: bytes) -> bool:
            staged = original(stage, path, data)
            if path.endswith(".html"):
                written.append(path)
            return staged

        source = write_lines(tmp_path / "items.ndjson", items)
        given = replace(options, site=site, jobs=jobs, **settings)
        with monkeypatch.context() as patched:
            patched.setattr(Stage, "write", write)
            build([str(source)], tmp_path / "hub", options=given)
        return sorted(written)

    return run


def pages(hub: Path) -> set[str]:
    return {path.relative_to(hub).as_posix() for path in hub.rglob("*.html")}


def expected(items: list[dict[str, Any]]) -> set[str]:
    places = {f"{item['collection']}/{item['id']}/index.html" for item in items}
    places |= {f"{item['collection']}/index.html" for item in items}
    folders = ("match", "models", "publishers", "report", "submit")
    places |= {"index.html", *(f"{folder}/index.html" for folder in folders)}
    return places | {"404.html", "publishers/delta-observatory/index.html"}


def test_every_page_in_every_language(built: Build, hub: Path) -> None:
    items = models(5)
    written = built(items)
    places = expected(items)
    assert pages(hub) == places | {f"de/{place}" for place in places}
    assert set(written) == pages(hub)
    for place in pages(hub):
        page = parse((hub / place).read_bytes())
        folder = hub / place
        assert page.one("html").attributes["lang"] == ("de" if place.startswith("de/") else "en")
        for element in page.elements:
            for key in ("href", "src"):
                target = element.attributes.get(key, "#").partition("#")[0].partition("?")[0]
                if place.endswith("404.html"):  # which hosts show under any address
                    assert target[:1] in ("", "/"), target
                    target = target and "../" * place.count("/") + target[1:]
                if target and ":" not in target and "docs/" not in target:
                    assert (folder.parent / target).is_file(), f"{place}: {target}"


def test_an_unchanged_page_is_not_rendered_again(built: Build) -> None:
    items = models(6)
    built(items)
    assert built(items) == []
    items[2]["properties"]["description"] = "Something else."
    place = f"{items[2]['collection']}/{items[2]['id']}/index.html"
    again = built(items)
    models_again = [path for path in again if "model-" in path]
    assert models_again == [place, f"de/{place}"]


def test_pages_follow_the_site_and_the_settings(built: Build, hub: Path, site: Site) -> None:
    items = models(2)
    built(items)
    home = (hub / "index.html").read_bytes()
    legal = SiteConfig(legal=(("de", "Wir."), ("en", "**We**.")))
    assert built(items, config=HubConfig(site=legal))
    assert (hub / "index.html").read_bytes() != home
    assert b"<strong>We</strong>" in (hub / "legal/index.html").read_bytes()
    assert b"Wir." in (hub / "de/legal/index.html").read_bytes()
    built(items)
    assert not (hub / "legal").exists()
    manifest = site.built / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"more.js": "made-site.js"}))
    assert len(built(items, fresh=False)) == 0  # this site's digest was read before
    fresh = Site(site.templates, site.locale, site.built)
    assert len(built(items, config=HubConfig())) == 0
    assert fresh.digest != site.digest


def test_what_is_gone_takes_its_pages_along(built: Build, hub: Path) -> None:
    items = models(6)
    built(items)
    assert (hub / f"de/{items[0]['collection']}/{items[0]['id']}/index.html").is_file()
    built(items[1:])
    places = expected(items[1:])
    assert pages(hub) == places | {f"de/{place}" for place in places}


@pytest.mark.parametrize("forget", [False, True])
def test_without_pages_none_are_left(built: Build, hub: Path, *, forget: bool) -> None:
    items = models(3)
    built(items)
    built(items, config=HubConfig(site=SiteConfig(enabled=False)), fresh=forget)
    found = {path.name for path in hub.iterdir()}
    assert pages(hub) - {"index.html", "404.html"} == set()
    assert found & {"assets", "de", "models", "report", "publishers"} == set()


def test_a_card_that_changes_changes_the_page(
    options: BuildOptions, site: Site, hub: Path, tmp_path: Path
) -> None:
    folder = write_catalog(tmp_path / "catalog", [model()])
    card = next(folder.glob("*/*/*/item.json")).parents[1] / "README.md"
    for text in ("First *words*.", "Second *words*."):
        card.write_text(text)
        build([str(folder)], hub, options=replace(options, site=site))
        for prefix in ("", "de/"):
            page = (hub / f"{prefix}floods/flood-unet-1.2.0/index.html").read_text()
            assert text.replace("*words*", "<em>words</em>") in page


def test_processes_give_the_same_bytes(
    built: Build, hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = models(30)
    built(items)
    alone = {place: (hub / place).read_bytes() for place in pages(hub)}
    monkeypatch.setattr("geocairn.build.pages._WORTH_A_POOL", 1)
    monkeypatch.setattr("geocairn.build.pages._MODELS_A_TASK", 4)
    built(items, jobs=2, fresh=True)
    assert {place: (hub / place).read_bytes() for place in pages(hub)} == alone


def test_addresses_in_feed_sitemap_and_robots(built: Build, hub: Path) -> None:
    items = models(3)
    built(items, config=HubConfig(url="https://hub.example/eo/"))
    feed = ET.parse(hub / "feed.xml").getroot()
    links = [entry.find(f"{ATOM}link").attrib["href"] for entry in feed.iter(f"{ATOM}entry")]  # type: ignore[union-attr]
    assert len(links) == len(items)
    assert all(link.startswith("https://hub.example/eo/c") for link in links)
    places = {loc.text for loc in ET.parse(hub / "sitemap.xml").iter(f"{MAP}loc")}
    assert "https://hub.example/eo/" in places
    assert "https://hub.example/eo/de/c0/model-0000-1.2.0/" in places
    assert not [place for place in places if "404" in str(place)]
    assert "Sitemap: https://hub.example/eo/sitemap.xml" in (hub / "robots.txt").read_text()


def test_a_hub_of_nothing(built: Build, hub: Path, tmp_path: Path) -> None:
    built([])
    for place in pages(hub):
        parse((hub / place).read_bytes())
    assert "There are no models here yet." in (hub / "index.html").read_text()


def test_languages_are_chosen_and_refused(built: Build, hub: Path) -> None:
    built(models(1), config=HubConfig(site=SiteConfig(languages=("en",))))
    assert not (hub / "de").exists()
    with pytest.raises(ConfigError, match="no catalogue"):
        built(models(1), config=HubConfig(site=SiteConfig(languages=("xx",))))
    with pytest.raises(ConfigError, match="a collection is called 'de'"):
        built([model(collection="de")])


def test_a_site_that_was_not_built_says_how(tmp_path: Path) -> None:
    with pytest.raises(SiteMissingError) as caught:
        find_site(tmp_path)
    assert "make site" in str(caught.value.remedy)


def test_a_large_hub_leaves_models_to_the_browser(built: Build, hub: Path) -> None:
    items = models(4)
    built(items)
    built(items, config=HubConfig(site=SiteConfig(pages=3)))
    assert not [place for place in pages(hub) if "model-" in place]
    for prefix in ("", "de/"):
        page = parse((hub / f"{prefix}models/model.html").read_bytes())
        assert page.one("html").attributes["data-pages"] == "client"
    listed = parse((hub / "c0/index.html").read_bytes())
    hrefs = [link.attributes.get("href", "") for link in listed.all("a")]
    assert "../models/model.html?id=c0/model-0000-1.2.0" in hrefs


def test_checks_passed_is_earned(built: Build, hub: Path) -> None:
    def badge(item: dict[str, Any]) -> list[bool]:
        places = (f"{prefix}{item['collection']}/{item['id']}/index.html" for prefix in ("", "de/"))
        words = ("Checks passed", "Prüfungen bestanden")
        pairs = zip(places, words, strict=True)
        return [word in (hub / place).read_text(encoding="utf-8") for place, word in pairs]

    good, warned = models(2)
    del warned["assets"]["weights"]["file:checksum"]
    built([good, warned])
    assert (badge(good), badge(warned)) == ([True, True], [False, False])
    # Of whom not everything was asked, nobody can say that all was well.
    built([good, warned], ignore=("STAC011",))
    assert (badge(good), badge(warned)) == ([False, False], [False, False])
    built([good, warned], ignore=("STAC012",))  # which is but advice
    assert (badge(good), badge(warned)) == ([True, True], [False, False])
    built([good, warned | {"assets": good["assets"]}])
    assert badge(warned) == [True, True]


def test_where_the_browser_shows_models_all_must_have_passed(built: Build, hub: Path) -> None:
    config = HubConfig(site=SiteConfig(pages=0))
    good, warned = models(2)
    del warned["assets"]["weights"]["file:checksum"]
    for items, said in (([good, warned], False), ([good], True)):
        built(items, config=config)
        place = next(
            one
            for one in parse((hub / "models/model.html").read_bytes()).elements
            if one.attributes.get("id") == "model"
        )
        assert ("data-checked" in place.attributes) is said


def test_an_item_leads_to_its_card_and_forgets_that_elsewhere(
    options: BuildOptions, site: Site, hub: Path, tmp_path: Path
) -> None:
    folder = write_catalog(tmp_path / "catalog", [model()])
    (folder / "floods/flood-unet/README.md").write_text("A card.")
    build([str(folder)], hub, options=replace(options, site=site))
    path = hub / "floods/flood-unet-1.2.0/flood-unet-1.2.0.json"
    (link,) = (one for one in json.loads(path.read_bytes())["links"] if one["rel"] == "describedby")
    assert (path.parent / link["href"]).read_text() == "A card."
    assert link["type"] == "text/markdown"
    # A hub that takes the item from this one has no such file.
    build([str(hub / "catalog.json")], tmp_path / "second", options=options)
    copy = tmp_path / "second/floods/flood-unet-1.2.0/flood-unet-1.2.0.json"
    assert "describedby" not in {one["rel"] for one in json.loads(copy.read_bytes())["links"]}
