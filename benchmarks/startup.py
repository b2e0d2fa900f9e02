"""How long the command line takes to start, and to answer one search of a small hub.

    python benchmarks/startup.py [--runs 15]

Each figure is the median over processes that run one after the other, the first one left out.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]


def median(arguments: Sequence[str], *, runs: int) -> float:
    """Median seconds of a command of ours."""
    taken = []
    for _ in range(runs + 1):
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "geocairn", *arguments], check=True, stdout=subprocess.DEVNULL
        )
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken[1:])


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("_build/bench"))
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    hub = str(options.work / "hub-catalog")
    command = [sys.executable, "-m", "geocairn", "build", str(ROOT / "catalog"), "-o", hub, "-q"]
    subprocess.run(command, check=True)
    for name, arguments, limit in (
        ("geocairn --help", ["--help"], 0.2),
        ("geocairn search, words", ["search", hub, "-q", "sentinel moco"], 0.8),
        ("geocairn search, box", ["search", hub, "--bbox", "85,27,86,28"], 0.8),
    ):
        seconds = median(arguments, runs=options.runs)
        print(f"{name}: {seconds * 1000:.0f} ms (limit {limit * 1000:.0f} ms)")


if __name__ == "__main__":
    main()
