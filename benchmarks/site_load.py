"""What the search page of a thousand models loads, and how soon it answers.

    python benchmarks/site_load.py [HUB]

Prints the compressed size of everything that the page loads, the time from a cold start to the
first results, and the time from each keystroke to the results for it. Without a hub, one of a
thousand generated models is built first.
"""

from __future__ import annotations

import gzip
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Browser, sync_playwright
from tests.server import Server
from tests.site.chromium import launch
from tests.site.hubs import build_once

ROUNDS = 7
WORDS = "segformer floods"
# Noted in the page, because asking from outside takes longer than what is measured.
WATCH = """
window.noted = []
addEventListener('input', () => { window.typed = performance.now() }, true)
const watch = () => new MutationObserver(() => {
  if (!document.querySelector('#results [data-model]')) return
  window.first ??= performance.now()
  if (window.typed) { window.noted.push(performance.now() - window.typed); window.typed = 0 }
}).observe(document.getElementById('results'), { childList: true })
addEventListener('DOMContentLoaded', watch)
"""


def loaded(browser: Browser, server: Server) -> dict[str, Any]:
    """One cold visit, and a search typed letter by letter."""
    context = browser.new_context()
    context.add_init_script(WATCH)
    page = context.new_page()
    server.requests.clear()
    page.goto(server.url + "models/index.html")
    page.locator("#results [data-model]").first.wait_for()
    page.wait_for_load_state("networkidle")
    first = page.evaluate("window.first")
    paths = [request.path for request in server.requests if request.sent]
    box = page.locator("#q")
    for letter in WORDS:
        box.press_sequentially(letter)
        page.wait_for_timeout(150)
    answers = page.evaluate("window.noted")
    context.close()
    return {"first": first, "answers": answers, "paths": sorted(set(paths))}


def sizes(folder: Path, paths: list[str]) -> dict[str, int]:
    """Compressed bytes of what was loaded, by kind; Parquet is compressed already."""
    found: dict[str, int] = {}
    for path in paths:
        data = (folder / path).read_bytes()
        kind = Path(path).suffix.removeprefix(".")
        size = len(data) if kind == "parquet" else len(gzip.compress(data, 9))
        found[kind] = found.get(kind, 0) + size
    return found


def main() -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as scratch:
        if len(sys.argv) > 1:
            folder = Path(sys.argv[1])
        else:
            schemas = Path(os.environ.get("GEOCAIRN_SCHEMAS", scratch))
            folder = build_once("thousand", Path(scratch), schemas=schemas)
        with Server(folder) as server, sync_playwright() as playwright:
            browser = launch(playwright)
            loaded(browser, server)  # The browser itself is warm then.
            rounds = [loaded(browser, server) for _ in range(ROUNDS)]
            browser.close()
        found = sizes(folder, rounds[0]["paths"])
    answers = [answer for one in rounds for answer in one["answers"]]
    parts = ", ".join(f"{kind} {size / 1000:.1f}" for kind, size in sorted(found.items()))
    print(f"loaded, compressed: {sum(found.values()) / 1000:.1f} kB ({parts})")
    print(f"first results: {statistics.median(one['first'] for one in rounds):.0f} ms (median)")
    print(
        f"answer to a keystroke: {statistics.median(answers):.0f} ms (median), "
        f"{max(answers):.0f} ms (slowest of {len(answers)})"
    )


if __name__ == "__main__":
    main()
