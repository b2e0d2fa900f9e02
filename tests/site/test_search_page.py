"""The search page as someone uses it: typing, choosing, drawing, sharing, comparing, copying."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.site.chromium import Watch, axe, overflow
from tests.site.hubs import Hub

import geocairn


@pytest.fixture
def search(thousand: Hub, page: Page) -> Callable[..., Page]:
    """Opens the search page of a thousand models with a state."""

    def opened(state: str = "") -> Page:
        page.goto(f"{thousand.url}models/index.html{state}")
        ready(page)
        return page

    return opened


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


def test_everything_shows_at_first(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    expect_same(page, thousand)
    expect(page.locator("#map .map__hit")).not_to_have_count(0)
    assert page.locator("#map .map__land").get_attribute("d")


def test_typing_finds_and_suggests(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    box = page.get_by_role("combobox", name="Search models")
    box.press_sequentially("segf")
    expect(page.get_by_role("option").first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect_same(page, thousand, q="segf")
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("segf")
    assert "q=segf" in page.url


def test_suggestions_are_chosen_by_keys(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    box = page.get_by_role("combobox", name="Search models")
    box.press_sequentially("flood")
    option = page.get_by_role("option").filter(has_text="Collection").first
    expect(option).to_be_visible()
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-0")
    expect(option).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(box).to_have_value("")
    expect_same(page, thousand, collections=["floods"])


def test_facets_narrow_and_come_back(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    task = page.get_by_role("checkbox", name=re.compile("^Regression"))
    task.check()
    expect_same(page, thousand, tasks=["regression"])
    page.get_by_role("checkbox", name=re.compile("^Object detection")).check()
    expect_same(page, thousand, tasks=["regression", "object-detection"])
    page.go_back()
    expect_same(page, thousand, tasks=["regression"])
    expect(task).to_be_checked()
    page.get_by_role("button", name="Remove Task: Regression").click()
    expect_same(page, thousand)
    expect(task).not_to_be_checked()


def test_counts_tell_what_a_choice_would_give(search: Callable[..., Page], thousand: Hub) -> None:
    page = search("?framework=PyTorch&tasks=regression")
    with geocairn.open(thousand.url) as hub:
        facets = hub.search(framework="PyTorch").facets()
    expected = dict(facets["tasks"]["values"])
    row = page.locator("label.choice", has_text="Object detection")
    expect(row.locator(".choice__count")).to_have_text(str(expected["object-detection"]))


def test_a_range_is_chosen_with_thumbs(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    low = page.get_by_role("slider", name="Ground resolution, at least")
    low.focus()
    for _ in range(3):
        low.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"gsd="))
    match = re.search(r"gsd=([^&]+)", page.url)
    assert match
    expect_same(page, thousand, gsd=match[1])
    assert asked(thousand, gsd=match[1])[0] < 1000


def test_bands_i_have(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    page.get_by_role("button", name="RGB", exact=True).click()
    expect(page).to_have_url(re.compile("have=blue,green,red"))
    with geocairn.open(thousand.url) as hub:
        text = "A_CONTAINEDBY(bands, ('red', 'green', 'blue', 'R', 'G', 'B'))"
        least = hub.search(filter=text).matched()
    assert least <= count(page) < 1000
    page.get_by_role("radio", name="Uses any of these").check()
    expect_same(page, thousand, bands=["blue", "green", "red"])


def test_period(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    expect(page.locator("#timeline .range__bar")).not_to_have_count(0)
    page.get_by_label("From", exact=True).fill("2020-03-01")
    page.get_by_label("From", exact=True).blur()
    expect_same(page, thousand, datetime="2020-03-01/..")
    page.get_by_label("To", exact=True).fill("2021-03-01")
    page.get_by_label("To", exact=True).blur()
    expect_same(page, thousand, datetime="2020-03-01/2021-03-01")
    expect(page.locator("#timeline output")).to_have_text(re.compile("^2020 . 2021$"))
    page.get_by_role("button", name="Any time").click()
    expect_same(page, thousand)
    page.get_by_role("slider", name="Period from").press("ArrowRight")
    expect(page).to_have_url(re.compile(r"datetime=\d{4}/\.\."))


def box_of(page: Page) -> dict[str, float]:
    box = page.locator("#map").bounding_box()
    assert box
    return dict(box)


def test_a_box_is_drawn_moved_and_cleared(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    page.get_by_role("button", name="Draw a box").click()
    box = box_of(page)
    x, y = box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.4
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile("bbox="))
    first = area(page)
    expect_same(page, thousand, bbox=first)
    page.mouse.move(x + 60, y + 30)
    page.mouse.down()
    page.mouse.move(x + 90, y + 45, steps=4)
    page.mouse.up()
    expect(page).not_to_have_url(re.compile(f"bbox={','.join(f'{v:g}' for v in first)}(&|$)"))
    moved = area(page)
    assert moved[2] > first[2]
    assert moved[1] < first[1]
    assert moved[0] == first[0]
    assert moved[3] == first[3]
    expect_same(page, thousand, bbox=moved)
    page.get_by_role("button", name="Clear", exact=True).click()
    expect_same(page, thousand)


def area(page: Page) -> list[float]:
    match = re.search(r"bbox=([^&]+)", page.url)
    assert match
    return [float(side) for side in match[1].split(",")]


def test_a_polygon_is_drawn(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    page.get_by_role("button", name="Draw a polygon").click()
    box = box_of(page)
    for x, y in [(0.4, 0.3), (0.7, 0.35), (0.6, 0.75), (0.6, 0.75)]:
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
    expect(page).to_have_url(re.compile("intersects="))
    geometry = json.loads(page.evaluate("new URLSearchParams(location.search).get('intersects')"))
    assert len(geometry["coordinates"][0]) == 4
    expect_same(page, thousand, intersects=geometry)


def test_a_region_is_drawn_with_keys_alone(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    page.get_by_role("button", name="Draw a box").press("Enter")
    expect(page.locator("#map")).to_be_focused()
    for key in ["Enter", *["ArrowRight"] * 5, *["ArrowDown"] * 3, "Enter"]:
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile("bbox="))
    expect_same(page, thousand, bbox=area(page))


def test_sides_of_a_box_are_typed(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    page.locator("summary", has_text="Coordinates").click()
    for name, value in {"West": "170", "South": "-30", "East": "-150", "North": "30"}.items():
        page.get_by_label(name, exact=True).fill(value)
    page.get_by_role("button", name="Set the box").click()
    expect_same(page, thousand, bbox=[170, -30, -150, 30])


def test_the_map_moves_by_keys_and_wheel(search: Callable[..., Page]) -> None:
    page = search()
    world = page.locator("#map .map__canvas")
    before = world.get_attribute("viewBox")
    page.locator("#map").focus()
    page.keyboard.press("+")
    closer = world.get_attribute("viewBox")
    page.keyboard.press("ArrowLeft")
    moved = world.get_attribute("viewBox")
    box = box_of(page)
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.wheel(0, -200)
    expect(world).not_to_have_attribute("viewBox", str(moved))
    page.locator("#map").press("0")
    expect(world).to_have_attribute("viewBox", str(before))
    assert len({before, closer, moved}) == 3


@pytest.mark.parametrize("order", ["-overlap", "overlap", "-created", "title", "-parameters"])
def test_orders(search: Callable[..., Page], thousand: Hub, order: str) -> None:
    page = search("?bbox=-20,-40,60,40")
    page.locator("#sort").select_option(order)
    expect(page).to_have_url(re.compile(f"sortby={order}"))
    expect_same(page, thousand, bbox=[-20, -40, 60, 40], sortby=order)
    if "overlap" in order:
        expect(page.locator(".overlap").first).to_contain_text("%")


def test_pages(search: Callable[..., Page], thousand: Hub) -> None:
    page = search("?tasks=regression")
    first = found(page)
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile("page=2"))
    expect(page.locator(f'[data-model="{first[0]}"]')).to_have_count(0)
    with geocairn.open(thousand.url) as hub:
        ids = hub.search(tasks="regression", limit=40).ids()
    second = [next(ids) for _ in range(40)][20:] if not isinstance(ids, list) else ids[20:40]
    assert [model.split("/")[1] for model in found(page)] == second
    page.get_by_role("checkbox", name=re.compile("^Object detection")).check()
    expect(page).not_to_have_url(re.compile("page="))


def test_a_table_that_sorts(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    page.get_by_role("button", name="Table", exact=True).click()
    page.locator("[data-sort=gsd]").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Resolution")
    expect_same(page, thousand, sortby="gsd")
    page.locator("[data-sort=gsd]").click()
    expect_same(page, thousand, sortby="-gsd")
    assert "view=table" in page.url


def test_a_search_is_shared(
    search: Callable[..., Page], thousand: Hub, new_context: Callable[..., BrowserContext]
) -> None:
    page = search("?q=robust&bbox=-60,-50,60,50&gsd=..10")
    page.locator("#sort").select_option("-overlap")
    expect_same(page, thousand, q="robust", bbox=[-60, -50, 60, 50], gsd="..10", sortby="-overlap")
    other = new_context().new_page()
    other.goto(page.url)
    ready(other)
    assert found(other) == found(page)
    expect(other.locator("#sort")).to_have_value("-overlap")


def test_nothing_found_says_what_to_leave_out(search: Callable[..., Page], thousand: Hub) -> None:
    page = search("?q=zebra&tasks=regression")
    expect(page.get_by_text("No model matches all of this")).to_be_visible()
    page.locator(".relax", has_text="zebra").click()
    expect_same(page, thousand, tasks="regression")


def test_models_are_compared(search: Callable[..., Page]) -> None:
    page = search()
    models = found(page)
    for box in page.locator("#results input[data-compare]").all()[:4]:
        box.check()
    expect(page.locator("#results input[data-compare]").nth(4)).to_be_disabled()
    page.get_by_role("button", name="Compare 4 models").click()
    dialog = page.get_by_role("dialog", name="Comparison")
    expect(dialog.locator("thead th")).to_have_count(4)
    expect(dialog.locator("tr.comparison__row--differs")).not_to_have_count(0)
    assert f"compare={','.join(models[:4])}" in page.url
    page.reload()
    expect(dialog.locator("thead th")).to_have_count(4)
    dialog.get_by_label("Only differences").check()
    expect(dialog.locator("tbody tr:not(.comparison__row--differs)").first).to_be_hidden()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page).not_to_have_url(re.compile("show="))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_it_is_accessible_at_any_width(
    thousand: Hub, new_context: Callable[..., BrowserContext], theme: str, width: int
) -> None:
    viewport = {"width": width, "height": 900}
    page = new_context(color_scheme=theme, viewport=viewport).new_page()
    page.goto(f"{thousand.url}models/index.html?tasks=regression&map=shown&bbox=-20,-40,60,40")
    ready(page)
    assert axe(page) == []
    assert overflow(page) == []
    page.goto(f"{thousand.url}models/index.html?view=table")
    ready(page)
    assert axe(page) == []
    assert overflow(page) == []


def test_german(thousand: Hub, page: Page) -> None:
    page.goto(f"{thousand.url}de/models/index.html?gsd=..1")
    expect(page.locator("#count")).to_have_text(re.compile("Modelle$"))
    expect(page.get_by_role("button", name="Rechteck zeichnen")).to_be_visible()
    expect(page.locator(".condition")).to_contain_text("bis 1 m")


def test_without_scripts_it_leads_to_the_collections(
    thousand: Hub, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{thousand.url}models/index.html")
    expect(page.get_by_text("Searching needs JavaScript")).to_be_visible()
    links = page.locator(".without-scripts a")
    expect(links).to_have_count(len(list(thousand.folder.glob("*/collection.json"))))
    expect(page.locator("#search")).to_be_hidden()


@pytest.mark.parametrize(
    ("fault", "told"), [(404, "is missing on the server"), ("cut", "arrived incomplete")]
)
def test_a_broken_index_is_told(
    thousand: Hub,
    page: Page,
    watch: Watch,
    serve: Callable[..., Any],
    fault: int | str,
    told: str,
) -> None:
    watch.allowed += ["404", "CONTENT_LENGTH_MISMATCH"]
    server = serve(thousand.folder)
    server.faults["search/index.parquet"] = fault
    page.goto(f"{server.url}models/index.html")
    expect(page.get_by_role("alert")).to_contain_text(told)
    server.faults.clear()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#results [data-model]")).to_have_count(20)


def test_a_filter_that_cannot_be_read_is_told(search: Callable[..., Page]) -> None:
    page = search()
    page.locator("summary", has_text="Filter (CQL2)").click()
    page.get_by_label("Filter (CQL2)").fill("gsd <")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("alert")).to_contain_text("This search cannot be read")
    page.get_by_label("Filter (CQL2)").fill("gsd < 1")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#results [data-model]")).to_have_count(20)


@pytest.mark.parametrize("width", [320, 1440])
def test_hostile_models_do_no_harm(
    hostile: Hub, new_context: Callable[..., BrowserContext], width: int
) -> None:
    page = new_context(viewport={"width": width, "height": 900}).new_page()
    for view in ("cards", "table"):
        page.goto(f"{hostile.url}models/index.html?view={view}")
        ready(page)
        assert count(page) == len(hostile.items())
        assert found(page)
        assert overflow(page) == []
    page.goto(f"{hostile.url}models/index.html")
    ready(page)
    assert axe(page) == []
    for box in page.locator("#results input[data-compare]").all()[:4]:
        box.check()
    page.get_by_role("button", name="Compare 4 models").click()
    expect(page.get_by_role("dialog").locator("thead th")).to_have_count(4)


def test_it_goes_on_offline(search: Callable[..., Page], watch: Watch, thousand: Hub) -> None:
    watch.allowed.append("ERR_INTERNET_DISCONNECTED")
    page = search()
    page.wait_for_timeout(1500)  # What comes after the first results has come then.
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.get_by_role("combobox", name="Search models").press_sequentially("floods")
    page.get_by_role("checkbox", name=re.compile("^Regression")).check()
    matched, _ = asked(thousand, q="floods", tasks="regression")
    expect(page.locator("#count")).to_have_text(re.compile(rf"^{matched} models?$"))
    page.get_by_role("button", name="Copy as …").click()
    expect(page.get_by_role("dialog").locator("pre")).to_contain_text('q="floods"')


def test_a_server_without_ranges_serves_a_small_hub(
    thousand: Hub, page: Page, serve: Callable[..., Any]
) -> None:
    server = serve(thousand.folder)
    server.ranges = False
    page.goto(f"{server.url}models/index.html")
    expect(page.locator("#results [data-model]")).to_have_count(20)


def test_it_works_below_a_path(thousand: Hub, page: Page) -> None:
    page.goto(f"{thousand.sub}models/index.html?q=flood")
    expect_same(page, thousand, q="flood")
    model = found(page)[0]
    link = page.locator(f'[data-model="{model}"] h3 a').evaluate("link => link.href")
    assert link == f"{thousand.sub}{model}/index.html"
