"""What the files of the site promise, read as they lie there."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.site.hubs import Hub
from tests.site.pages import LANGUAGES, broken, html_faults, path_of, read, written

POLICY = ("default-src 'self'", "base-uri 'none'", "form-action 'self'")
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


# For the module, so that all tests of one hub follow each other.
@pytest.fixture(scope="module", params=["catalog", "thousand", "hostile"])
def hub(request: pytest.FixtureRequest) -> Hub:
    found: Hub = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("name", ["catalog", "hostile", "showcase", "client"])
def test_html_is_valid(name: str, request: pytest.FixtureRequest) -> None:
    hub: Hub = request.getfixturevalue(name)
    # The documentation is the same in all hubs, and the largest part of small ones.
    assert html_faults(hub.folder, left_out="" if name == "catalog" else "docs") == []


def test_html_check_finds_faults(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text("<!doctype html><p id=a><p id=a>", encoding="utf-8")
    assert any("no-dup-id" in fault for fault in html_faults(tmp_path))


def test_every_link_leads_somewhere(hub: Hub) -> None:
    assert broken(hub.folder)[:20] == []


def test_policy_is_strict_and_kept(hub: Hub) -> None:
    for name, page in written(hub.folder).items():
        policy = page.metas["Content-Security-Policy"]
        for part in POLICY:
            assert part in policy, name
        assert "unsafe" not in policy, name
        assert page.inline == [], name
        for attributes, _ in page.scripts:
            assert "src" in attributes or attributes["type"] == "application/ld+json", name


def test_nothing_is_loaded_from_elsewhere(hub: Hub) -> None:
    loading = {"stylesheet", "icon", "preload", "modulepreload", "preconnect", "dns-prefetch"}
    for name, page in written(hub.folder).items():
        loaded = [one["src"] for one, _ in page.scripts if "src" in one]
        loaded += [one["href"] for one in page.related if loading & set(one["rel"].split())]
        assert loaded, name
        assert [place for place in loaded if "//" in place] == [], name
    for sheet in hub.folder.glob("assets/*.css"):
        assert not re.findall(r"url\(['\"]?(?:https?:)?//", sheet.read_text(encoding="utf-8"))


def test_model_has_data_for_machines(catalog: Hub) -> None:
    page = read(catalog.folder / path_of("model"))
    (data,) = (json.loads(text) for one, text in page.scripts if "src" not in one)
    assert data["@context"].rstrip("/") == "https://schema.org"
    (stac,) = (one for one in page.related if one.get("title") == "STAC")
    assert (catalog.folder / path_of("model")).parent.joinpath(stac["href"]).is_file()
    assert page.metas["og:title"]
    assert page.metas["og:url"].startswith("https://hub.example/hubs/catalog/torchgeo/")
    languages = {one["hreflang"] for one in page.related if "hreflang" in one}
    assert languages >= set(LANGUAGES)


def test_sitemap_has_every_page(catalog: Hub) -> None:
    tree = ET.parse(catalog.folder / "sitemap.xml").getroot()
    places = {one.text or "" for one in tree.iter(f"{SITEMAP}loc")}
    listed = {place.removeprefix("https://hub.example/hubs/catalog/") for place in places}
    for kind in ("home", "search", "collection", "model", "publisher", "report"):
        for language in LANGUAGES:
            path = path_of(kind, language)
            assert {path, path.removesuffix("index.html")} & listed, path
    for place in listed:
        assert (catalog.folder / place).exists(), place
    robots = (catalog.folder / "robots.txt").read_text(encoding="utf-8")
    assert "Sitemap: https://hub.example/hubs/catalog/sitemap.xml" in robots


def test_feed_has_the_newest(thousand: Hub) -> None:
    feed = ET.parse(thousand.folder / "feed.xml").getroot()
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 50
    for entry in entries:
        assert entry.findtext(f"{ATOM}title")
        assert entry.findtext(f"{ATOM}updated")
        link = entry.find(f"{ATOM}link")
        assert link is not None
        place = link.attrib["href"].removeprefix("https://hub.example/hubs/thousand/")
        assert (thousand.folder / place).exists()


def test_feed_is_valid_atom(hub: Hub) -> None:
    """What RFC 4287 asks for, sections 4.1.1 and 4.1.2."""
    feed = ET.parse(hub.folder / "feed.xml").getroot()
    assert feed.tag == f"{ATOM}feed"
    ids = [one.text or "" for one in feed.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"(https?:|urn:)[!-~]+", name) for name in ids)
    for entry in [feed, *feed.iter(f"{ATOM}entry")]:
        for name in ("id", "title", "updated"):
            assert len(entry.findall(f"{ATOM}{name}")) == 1, name
        updated = entry.findtext(f"{ATOM}updated") or ""
        assert datetime.fromisoformat(updated).tzinfo is not None
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    relations = [link.attrib["rel"] for link in feed.findall(f"{ATOM}link")]
    assert relations == ["alternate", "self"]


def test_every_kind_of_page_has_what_programs_read(showcase: Hub) -> None:
    kinds = {
        "index.html": "DataCatalog",
        "show/index.html": "Dataset",
        "show/flood-unet-1.2.0/index.html": "Dataset",
    }
    for path, kind in kinds.items():
        for language in ("", "de/"):
            page = read(showcase.folder / (language + path))
            (data,) = (json.loads(text) for one, text in page.scripts if "src" not in one)
            assert data["@type"] == kind
            assert data["name"]
            assert data["description"]
            assert None not in flat(data)
            assert page.metas["og:locale"] == ("de_DE" if language else "en_US")
    assert data["license"] == "Apache-2.0"
    assert data["creator"][0]["name"] == "Delta Observatory"
    assert data["spatialCoverage"]["geo"]["box"] == "27 85 28 86"
    assert data["temporalCoverage"] == "2018-06-01T00:00:00Z/2023-10-31T23:59:59Z"
    assert page.metas["og:image"].endswith("/show/flood-unet-1.2.0/thumbnail.png")


def flat(value: Any) -> list[Any]:
    """All values within a JSON document."""
    if isinstance(value, dict):
        return [part for one in value.values() for part in flat(one)]
    if isinstance(value, list):
        return [part for one in value for part in flat(one)]
    return [value]


def test_pictures_of_links_are_pictures(hub: Hub) -> None:
    for name, page in written(hub.folder).items():
        if name.startswith("docs/"):
            continue
        address = page.metas["og:image"]
        path = address.removeprefix(f"https://hub.example/hubs/{hub.name}/")
        with Image.open(hub.folder / path) as picture:
            assert picture.format in ("PNG", "JPEG"), name
            assert picture.width >= 90, name


def test_no_template_tells_of_its_making(hub: Hub) -> None:
    for path in hub.folder.rglob("*.html"):
        if "docs" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        for leak in ("<built-in", "<bound method", "<function ", "object at 0x", "undefined</"):
            assert html.escape(leak) not in text, path
            assert leak not in text, path
