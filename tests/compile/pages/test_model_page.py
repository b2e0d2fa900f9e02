from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.compile.pages.conftest import Render
from tests.items import model
from tests.site.hostile import items as hostile

EVERY = {item["id"]: item for item in [model(), *hostile()]}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", EVERY)
def test_every_item_gives_a_whole_page(model_page: Render, name: str, language: str) -> None:
    page = model_page(EVERY[name], language, card="# Card\n\nIt <b>says</b> so.")
    assert page.one("html").attributes["lang"] == language
    assert page.one("h1").text.strip()
    assert page.one("main").text.count("It says so.") == 1
    assert not [element for element in page.elements if "None" in element.attributes.values()]
    assert "undefined" not in page.one("main").text


@pytest.mark.parametrize("name", EVERY)
def test_nothing_of_an_item_runs(model_page: Render, name: str) -> None:
    card = (
        "<script>alert(1)</script>\n\n[a](javascript:alert(1)) ![b](https://x.example/y.png)\n\n"
        '<img src=x onerror="alert(1)"> <a href="data:text/html,x">d</a> <p style="color:red">s</p>'
    )
    page = model_page(EVERY[name], card=card)
    scripts = list(page.all("script"))
    assert all(
        urlsplit(script.attributes["src"]).netloc == ""
        for script in scripts
        if script.attributes.get("type") != "application/ld+json"
    )
    assert not [
        script for script in scripts if script.text.strip() and "type" not in script.attributes
    ]
    for element in page.elements:
        assert not [key for key in element.attributes if key.startswith("on") or key == "style"]
        for key in ("href", "src", "action"):
            scheme = urlsplit(element.attributes.get(key, "").strip()).scheme.lower()
            assert scheme in ("", "http", "https", "mailto"), element
    assert not list(page.all("img"))
    assert not list(page.all("iframe"))


def test_policy_allows_only_what_the_hub_serves(model_page: Render) -> None:
    metas = model_page(model()).all("meta")
    policy = next(m for m in metas if "http-equiv" in m.attributes).attributes["content"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["script-src"] == rules["style-src"] == rules["default-src"] == "'self'"
    assert rules["base-uri"] == "'none'"
    assert "unsafe" not in policy


def test_it_says_what_the_item_says(model_page: Render) -> None:
    item = model()
    properties = item["properties"]
    page = model_page(item)
    main = page.one("main").text
    assert page.one("h1").text == properties["title"]
    for expected in (
        properties["mlm:architecture"],
        properties["mlm:framework"],
        "B02",
        "256",
        "24.4 M".replace(" ", "\u00a0"),
        "Feb 11, 2024",
        "https://hub.example/eo/floods/flood-unet-1.2.0/flood-unet-1.2.0.json",
    ):
        assert expected in main, expected


def test_a_sample_is_reproduced_of_exactly_this_file(model_page: Render) -> None:
    item = model()
    asset = item["assets"]["weights"]
    assert "Sample reproduced" not in model_page(item).one("main").text
    asset["geocairn:reproduced"] = {
        "checksum": asset["file:checksum"],
        "time": "2026-01-15T00:00:00Z",
    }
    assert model_page(item).one("main").text.count("Sample reproduced") == 2
    asset["geocairn:reproduced"]["checksum"] = "1220" + "0" * 64
    assert "Sample reproduced" not in model_page(item).one("main").text


def test_numbers_and_dates_in_german(model_page: Render) -> None:
    main = model_page(model(), "de").one("main").text
    assert "24,4\u00a0M" in main
    assert "11.02.2024" in main
    assert "0,665" in main
    assert "Semantische Segmentierung" in main


def test_structured_data_is_json_and_cannot_end_its_element(model_page: Render) -> None:
    item = model()
    item["properties"]["title"] = "</script><script>alert(1)</script>"
    page = model_page(item)
    (data,) = (s for s in page.all("script") if s.attributes.get("type") == "application/ld+json")
    assert json.loads(data.text)["name"] == item["properties"]["title"]


def test_links_to_the_other_language_and_to_the_item(model_page: Render) -> None:
    page = model_page(model(), "de")
    links = [link.attributes for link in page.all("link")]
    alternates = {link["hreflang"]: link["href"] for link in links if "hreflang" in link}
    place = "floods/flood-unet-1.2.0/"
    assert alternates == {
        "en": f"https://hub.example/eo/{place}",
        "de": f"https://hub.example/eo/de/{place}",
    }
    (stac,) = (link for link in links if link.get("type") == "application/geo+json")
    assert stac["href"] == f"../../../{place}flood-unet-1.2.0.json"
    assert page.one("html").attributes["data-root"] == "../../../"


def test_files_beside_the_item_are_found_from_every_language(model_page: Render) -> None:
    item = model()
    item["assets"]["sample"] = {"href": "./sample.tif", "roles": ["data"]}
    for language, expected in (
        ("en", "./sample.tif"),
        ("de", "../../../floods/flood-unet-1.2.0/./sample.tif"),
    ):
        page = model_page(item, language)
        assert expected in [link.attributes.get("href") for link in page.all("a")]


def test_a_newer_version_and_what_changed(model_page: Render) -> None:
    before = model()
    item = json.loads(json.dumps(before))
    item["properties"]["mlm:framework_version"] = "9.9.9"
    item["links"] = [
        {"rel": "predecessor-version", "href": "../flood-unet-1.1.0/flood-unet-1.1.0.json"},
        {"rel": "latest-version", "href": "../flood-unet-3.0.0/flood-unet-3.0.0.json"},
    ]
    page = model_page(item, previous=before)
    hrefs = [link.attributes.get("href") for link in page.all("a")]
    assert "../flood-unet-3.0.0/index.html" in hrefs
    assert "../flood-unet-1.1.0/index.html" in hrefs
    rows = [row.text for row in page.all("tr") if "mlm:framework_version" in row.text]
    assert len(rows) == 1
    assert "9.9.9" in rows[0]


@pytest.mark.parametrize(
    ("href", "safe"),
    [
        ("javascript:alert(1)", False),
        ("JaVaScript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("\x01javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("vbscript:x", False),
        ("//evil.example/x", False),
        ("\\\\evil.example", False),
        ("https://example.org/", True),
        ("mailto:a@example.org", True),
        ("./beside.tif", True),
    ],
)
def test_addresses_of_assets_and_links(model_page: Render, href: str, *, safe: bool) -> None:
    item: dict[str, Any] = model()
    item["assets"] = {"one": {"href": href, "roles": ["mlm:model"]}}
    item["links"] = [{"rel": "about", "href": href, "title": "Read"}]
    item["properties"]["providers"] = [{"name": "P", "url": href}]
    found = [link for link in model_page(item).all("a") if link.text in ("one", "Read", "P")]
    assert bool(found) is safe
