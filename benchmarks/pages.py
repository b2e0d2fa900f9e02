"""How long it takes to render the pages of models, in every language, and to render none again.

    python benchmarks/pages.py                 # 10,000 models
    python benchmarks/pages.py --models 2000

Needs the assets: `make site`. Renders into memory where there is /dev/shm.
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


class Steps:
    """Notes when each step of a build began."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, float]] = []

    def step(self, title: str, *, total: int, unit: str = "") -> None:  # noqa: ARG002
        """See `geocairn.progress.Progress`."""
        self.begun.append((title, time.perf_counter()))

    def advance(self, amount: int) -> None:
        """Nobody watches."""

    def seconds(self, title: str) -> float:
        """How long a step took, until the next began."""
        names = [name for name, _ in self.begun]
        place = names.index(title)
        return self.begun[place + 1][1] - self.begun[place][1]


def measure(source: Path, hub: Path) -> tuple[float, float]:
    """Build; gives the seconds of the whole build, and of its models' pages."""
    steps, begun = Steps(), time.perf_counter()
    options = BuildOptions(site=find_site(), select=("HUB001",))
    build([str(source)], hub, options=options, progress=steps)
    return time.perf_counter() - begun, steps.seconds("Rendering pages")


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=10_000)
    count = parser.parse_args(arguments).models
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        hub = Path(folder, "hub")
        source = generated(count, Path(folder))
        whole, pages = measure(source, hub)
        number = sum(1 for place in ("", "de/") for _ in hub.glob(f"{place}*/*/index.html"))
        print(f"{count:,} models, {number:,} pages: {pages:.1f} s of a build of {whole:.1f} s")
        print(f"{number / pages:,.0f} pages a second, {1000 * pages / number:.2f} ms a page")
        lines = source.read_bytes().splitlines(keepends=True)
        old, new = b'"description":"', b'"description":"Once more. '
        lines[count // 2] = lines[count // 2].replace(old, new, 1)
        source.write_bytes(b"".join(lines))
        whole, pages = measure(source, hub)
        print(f"one model changed: {pages:.2f} s of a build of {whole:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
