"""What a search in the browser costs over HTTP: bytes, requests, milliseconds.

    python benchmarks/browser.py --hub DIR       # a hub of generated items that is already built
    python benchmarks/browser.py                 # builds one of a million, which takes a while

The browser's own engine runs in Node, against a server of static files on this machine. Every
figure is a median for the first 20 results of searches that nothing was tuned on; those of the
other set are printed beside them. Cold is all that is read by a page that knows nothing, warm a
search after another one; facet counts are what is read for them after the results. Exits with 1
where a figure is beyond its limit.
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

from measure import generated, run

BENCH = Path(__file__).parents[1] / "site" / "bench"
LIMITS: dict[tuple[str, str], int] = {
    ("box + facet", "cold"): 250,
    ("box + facet", "warm"): 120,
    ("box", "cold"): 400,
    ("box", "warm"): 250,
    ("two words", "cold"): 300,
    ("newest in a box", "cold"): 400,
    ("box + facet", "counts"): 600,
    ("box", "counts"): 600,
    ("newest in a box", "counts"): 600,
}
"""Kilobytes, by kind of search and what is measured."""
LIMIT_MILLISECONDS = 250


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A server of a folder's files; gives its address."""
    command = ["node", str(BENCH / "serve.mjs"), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def report(found: dict[str, Any]) -> bool:
    """Print the figures; tells whether all are within their limits."""
    good = True
    for kind, measured in found["unseen"].items():
        for what, figures in measured.items():
            tuning = found["tuning"][kind][what]["kilobytes"]
            limit = LIMITS.get((kind, what))
            slow = what != "counts" and figures["milliseconds"] > LIMIT_MILLISECONDS
            over = limit is not None and figures["kilobytes"] > limit
            good = good and not slow and not over
            print(
                f"{kind:>16} {what:>6}: {figures['kilobytes']:8.1f} kB"
                f" (limit {limit or '-'}; tuning {tuning:.1f}),"
                f" {figures['requests']:.0f} requests, {figures['milliseconds']:.0f} ms"
                f"{'  TOO MUCH' if over else ''}{'  TOO SLOW' if slow else ''}"
            )
    return good


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hub", type=Path, help="a built hub of generated items")
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=25, help="searches of each kind")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        hub = options.hub
        if hub is None:
            source = generated(options.items, Path(tempfile.gettempdir()) / "geocairn-bench")
            hub = Path(work) / "hub"
            run([sys.executable, "-m", "geocairn", "build", str(source), "-o", str(hub), "-q"])
        with served(hub) as url:
            command = ["node", str(BENCH / "search.mjs"), url, str(options.rounds)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
    if not report(json.loads(done.stdout)):
        sys.exit(1)


if __name__ == "__main__":
    main()
