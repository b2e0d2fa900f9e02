"""A hub on a server and pages in Chromium, for the tests of the site."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.server import Server
from tests.site.chromium import Watch, launch
from tests.site.hubs import Hub, build_once
from tests.site.searching import ready

HERE = Path(__file__).parent
# Milliseconds; machines that test are busy.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These go last: Playwright leaves an event loop running, which others would trip over."""
    items.sort(key=lambda item: HERE in item.path.parents)


@pytest.fixture(scope="session")
def hub_of(
    tmp_path_factory: pytest.TempPathFactory, schemas: Path
) -> Iterator[Callable[[str], Hub]]:
    """Gives a hub by name, built and served; `tests.site.hubs.SOURCES` has the names."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "site"
    found: dict[str, Hub] = {}
    with ExitStack() as stack:
        (shared / "hubs").mkdir(parents=True, exist_ok=True)
        below = stack.enter_context(Server(shared)).url + "hubs/"

        def hub(name: str) -> Hub:
            if name not in found:
                folder = build_once(name, shared, schemas=schemas)
                url = stack.enter_context(Server(folder)).url
                found[name] = Hub(name, folder, url, f"{below}{name}/")
            return found[name]

        yield hub


@pytest.fixture(scope="session")
def catalog(hub_of: Callable[[str], Hub]) -> Hub:
    """The hub of this repository's own catalog."""
    return hub_of("catalog")


@pytest.fixture(scope="session")
def thousand(hub_of: Callable[[str], Hub]) -> Hub:
    """A thousand generated models."""
    return hub_of("thousand")


@pytest.fixture(scope="session")
def large(hub_of: Callable[[str], Hub]) -> Hub:
    """Ten thousand generated models: indexes that are read by range, and no page a model."""
    return hub_of("large")


@pytest.fixture(scope="session")
def hostile(hub_of: Callable[[str], Hub]) -> Hub:
    """Models that mean ill; see `tests.site.hostile`."""
    return hub_of("hostile")


@pytest.fixture(scope="session")
def showcase(hub_of: Callable[[str], Hub]) -> Hub:
    """A few models with cards, pictures, versions; see `tests.site.showcase`."""
    return hub_of("showcase")


@pytest.fixture(scope="session")
def client(hub_of: Callable[[str], Hub]) -> Hub:
    """The same models, shown by the one page that scripts fill."""
    return hub_of("client")


@pytest.fixture(scope="session")
def trial(hub_of: Callable[[str], Hub]) -> Hub:
    """Models that run in the browser; see `tests.site.trials`."""
    return hub_of("trial")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; without it, tests fail."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Collects what goes wrong in the contexts of a test, which then fails.

    A test that provokes faults names them: ``watch.allowed.append("404")``.
    """
    watch = Watch()
    yield watch
    assert watch.unexpected == []


@pytest.fixture
def new_context(browser: Browser, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Opens contexts, like browsers of their own, with Playwright's options.

    By default: a desktop, English, light, and no motion.
    """
    with ExitStack() as stack:

        def opened(**options: Any) -> BrowserContext:
            usual = {
                "viewport": {"width": 1280, "height": 900},
                "locale": "en-US",
                "timezone_id": "UTC",
                "color_scheme": "light",
                "reduced_motion": "reduce",
            }
            context = browser.new_context(**usual | options)
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE)
            watch.attend(context)
            return context

        yield opened


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page, watched: errors on the console, other hosts and CSP reports fail the test."""
    return new_context().new_page()


@pytest.fixture
def search(thousand: Hub, page: Page) -> Callable[..., Page]:
    """Opens the search page of a thousand models with a state, such as ``?q=flood``."""

    def opened(state: str = "") -> Page:
        page.goto(f"{thousand.url}models/index.html{state}")
        ready(page)
        return page

    return opened
