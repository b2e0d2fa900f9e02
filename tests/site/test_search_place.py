"""The search page's map and timeline, with the mouse and with keys alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from tests.site.hubs import Hub
from tests.site.searching import area, box_of, expect_same


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
