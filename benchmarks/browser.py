"""What a search in the browser costs over HTTP: bytes, requests, milliseconds.

    python benchmarks/browser.py --hub DIR       # a hub of generated items that is already built
    python benchmarks/browser.py                 # builds one of a million, which takes a while

The engine runs in a worker in Chromium, as on the search page, against a server of static files on
this machine; with ``--node`` it runs in Node. Figures are medians for the first 20 results of
searches that nothing was tuned on; those of the other set and the largest are printed beside them.
Cold is all that is read by a page that knows nothing, and in Chromium the start of the worker; warm
is a search after another one; counts are what is read for the counts of facets after the results.
Exits with 1 where a figure is beyond its limit.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import sync_playwright
from tests.site.chromium import launch

from measure import generated, run

BENCH = Path(__file__).parents[1] / "site" / "bench"
LIMITS: dict[tuple[str, str], int] = {
    ("box + facet", "cold"): 250,
    ("box + facet", "warm"): 120,
    ("box", "cold"): 400,
    ("box", "warm"): 250,
    ("two words", "cold"): 300,
    ("newest in a box", "cold"): 400,
}
"""Kilobytes, by kind of search and what is measured."""
LIMIT_COUNTS = 600
"""Kilobytes for counts of facets, of any kind of search."""
LIMIT_MILLISECONDS = 250


@contextmanager
def served(folder: Path, pages: Path) -> Iterator[str]:
    """A server of a folder's files, and of pages below ``.bench/``; gives its address."""
    command = ["node", str(BENCH / "serve.mjs"), str(folder), str(pages)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def in_chromium(url: str, *, rounds: int) -> dict[str, Any]:
    """Measure with the engine in a worker of a page."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        page.set_default_timeout(0)
        page.goto(url + ".bench/index.html")
        page.wait_for_function("globalThis.measured")
        page.evaluate("measured(1)")  # The browser itself is warm then.
        found: dict[str, Any] = page.evaluate(f"measured({rounds})")
        browser.close()
    return found


def in_node(url: str, *, rounds: int) -> dict[str, Any]:
    """Measure with the engine in Node."""
    command = ["node", str(BENCH / "search.mjs"), url, str(rounds)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def report(found: dict[str, Any]) -> bool:
    """Print the figures; tells whether all are within their limits."""
    good = True
    for kind, measured in found["unseen"].items():
        for what, figures in measured.items():
            limit = LIMIT_COUNTS if what == "counts" else LIMITS.get((kind, what))
            slow = what != "counts" and figures["milliseconds"] > LIMIT_MILLISECONDS
            over = limit is not None and figures["kilobytes"] > limit
            good = good and not slow and not over
            share = "" if limit is None else f" of {limit} ({figures['kilobytes'] / limit:.0%})"
            print(
                f"{kind:>16} {what:>6}: {figures['kilobytes']:6.1f} kB{share:<13}"
                f" tuning {found['tuning'][kind][what]['kilobytes']:6.1f},"
                f" most {figures['most_kilobytes']:7.1f};"
                f" {figures['requests']:4.0f} requests; {figures['milliseconds']:4.0f} ms,"
                f" most {figures['most_milliseconds']:4.0f}"
                f"{'  TOO MUCH' if over else ''}{'  TOO SLOW' if slow else ''}"
            )
    return good


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hub", type=Path, help="a built hub of generated items")
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=25, help="searches of each kind")
    parser.add_argument("--node", action="store_true", help="run the engine in Node")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        hub = options.hub
        if hub is None:
            source = generated(options.items, Path(tempfile.gettempdir()) / "geocairn-bench")
            hub = Path(work) / "hub"
            run([sys.executable, "-m", "geocairn", "build", str(source), "-o", str(hub), "-q"])
        pages = Path(work) / "pages"
        bundle = ["node", str(BENCH / "bundle.mjs"), str(BENCH / "page.js"), str(pages)]
        subprocess.run(bundle, check=True)
        with served(hub, pages) as url:
            measure = in_node if options.node else in_chromium
            found = measure(url, rounds=options.rounds)
    engine = "Node" if options.node else "Chromium"
    print(f"{engine}, {options.rounds} searches of each kind; limit {LIMIT_MILLISECONDS} ms")
    if not report(found):
        sys.exit(1)


if __name__ == "__main__":
    main()
