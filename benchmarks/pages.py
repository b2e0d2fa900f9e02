"""How long it takes to render the pages of models, in every language, and to render none again.

    python benchmarks/pages.py                 # 10,000 models
    python benchmarks/pages.py --models 2000

Needs the assets: `make site`. Renders into memory where there is /dev/shm. Exits with 1 where it
takes longer than its limit, or renders a page again that has not changed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from geocairn.build import BuildOptions, build
from geocairn.compile.pages.site import find_site

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.measure import generated

RENDERING = "Rendering pages"
# Seconds for ten thousand models in two languages, on two cores.
LIMIT = 40.0


class Steps:
    """Notes when each step of a build began, and how much it had to do."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, float]] = []
        self.totals: dict[str, int] = {}

    def step(self, title: str, *, total: int, unit: str = "") -> None:  # noqa: ARG002
        """See `geocairn.progress.Progress`."""
        self.totals[title] = total
        self.begun.append((title, time.perf_counter()))

    def advance(self, amount: int) -> None:
        """Nobody watches."""

    def seconds(self, title: str) -> float:
        """How long a step took, until the next began."""
        names = [name for name, _ in self.begun]
        place = names.index(title)
        return self.begun[place + 1][1] - self.begun[place][1]


def measure(source: Path, hub: Path) -> tuple[float, float, int]:
    """Build; gives seconds of the whole build and of its models' pages, and how many models."""
    steps, begun = Steps(), time.perf_counter()
    options = BuildOptions(site=find_site(), select=("HUB001",))
    build([str(source)], hub, options=options, progress=steps)
    whole = time.perf_counter() - begun
    return whole, steps.seconds(RENDERING), steps.totals[RENDERING]


def main(arguments: Sequence[str]) -> int:
    """Print the figures; tells whether they are beyond their limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=10_000)
    count = parser.parse_args(arguments).models
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        hub = Path(folder, "hub")
        source = generated(count, Path(folder))
        whole, pages, _ = measure(source, hub)
        number = sum(1 for place in ("", "de/") for _ in hub.glob(f"{place}*/*/index.html"))
        print(f"{count:,} models, {number:,} pages: {pages:.1f} s of a build of {whole:.1f} s")
        print(f"{number / pages:,.0f} pages a second, {1000 * pages / number:.2f} ms a page")
        for_limit = pages * 10_000 / count
        print(f"10,000 models: {for_limit:.1f} s of {LIMIT:.0f} s ({for_limit / LIMIT:.0%})")
        lines = source.read_bytes().splitlines(keepends=True)
        old, new = b'"description":"', b'"description":"Once more. '
        lines[count // 2] = lines[count // 2].replace(old, new, 1)
        source.write_bytes(b"".join(lines))
        whole, pages, again = measure(source, hub)
        print(f"one model changed: {again} rendered, {pages:.2f} s of a build of {whole:.1f} s")
    return int(for_limit > LIMIT or again != 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
