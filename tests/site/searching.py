"""What tests of the search page do again and again."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect
from tests.site.hubs import Hub

import geocairn


def ready(page: Page) -> None:
    expect(page.locator("#count")).to_have_text(re.compile(r"\d"))


def count(page: Page) -> int:
    """The number of models found that the page tells."""
    ready(page)
    return int(re.sub(r"\D", "", page.locator("#count").inner_text()))


def found(page: Page) -> list[str]:
    """``collection/id`` of the results that show."""
    rows = page.locator("#results [data-model]")
    rows.first.wait_for()
    return [str(row.get_attribute("data-model")) for row in rows.all()]


def asked(hub: Hub, **query: Any) -> tuple[int, list[str]]:
    """What Python finds: how many, and the first twenty as the page names them."""
    with geocairn.open(hub.url) as opened:
        results = opened.search(limit=20, **query)
        page = results.page_as_dict()
        return results.matched(), [f"{i['collection']}/{i['id']}" for i in page["features"]]


def expect_same(page: Page, hub: Hub, **query: Any) -> None:
    """The page shows what Python finds, in the same order."""
    matched, first = asked(hub, **query)
    expect(page.locator("#count")).to_have_text(re.compile(rf"^{matched:,} models?$"))
    if first:
        expect(page.locator("#results [data-model]").first).to_have_attribute(
            "data-model", first[0]
        )
        assert found(page) == first


def box_of(page: Page) -> dict[str, float]:
    box = page.locator("#map").bounding_box()
    assert box
    return dict(box)


def area(page: Page) -> list[float]:
    match = re.search(r"bbox=([^&]+)", page.url)
    assert match
    return [float(side) for side in match[1].split(",")]
