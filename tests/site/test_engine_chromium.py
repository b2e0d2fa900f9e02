"""The search engine in Chromium, in its worker, against hubs served over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.conformance.hub import build_hub
from tests.server import Server
from tests.site.engine import PAGE, add_page, cases

NOT_COUNTED = ("keywords", "version")  # of large hubs: nearly every item has another one


@pytest.fixture(scope="module", params=["together", "divided"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    hub = tmp_path_factory.mktemp("chromium") / "hub"
    build_hub(hub, divided=request.param == "divided")
    add_page(hub)
    return hub


@pytest.fixture
def engine(page: Page, serve: Callable[[Path], Server]) -> Callable[..., Page]:
    """Opens a hub, read whole up to a size."""

    def opened(folder: Path, whole: int) -> Page:
        page.goto(serve(folder).url + PAGE)
        page.evaluate("async (whole) => { globalThis.hub = await engine.open(whole) }", whole)
        return page

    return opened


@pytest.mark.parametrize("whole", [0, 1 << 24], ids=["by range", "whole"])
def test_every_query_of_the_conformance_suite(
    engine: Callable[..., Page], folder: Path, whole: int
) -> None:
    asked = cases(folder)
    found: list[dict[str, Any]] = engine(folder, whole).evaluate(
        """async (asked) => {
          const answers = []
          for (const one of asked) answers.push(await engine.answer(hub, one))
          return answers
        }""",
        asked,
    )
    wrong = [
        case["name"]
        for case, answer in zip(asked, found, strict=True)
        if answer["ids"] != case["expected"]
        or answer["matched"] != len(case["expected"])
        or answer["overlap"] != case.get("overlap", answer["overlap"])
        or not _counted(answer["counts"], case["counts"], whole=whole)
    ]
    assert wrong == []


def _counted(found: dict[str, Any], wanted: dict[str, dict[str, int]], *, whole: int) -> bool:
    return all(
        found[facet] == counts
        for facet, counts in wanted.items()
        if whole or facet not in NOT_COUNTED
    )
