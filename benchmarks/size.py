"""How large items.parquet is, against rustac's file of the same items.

    python benchmarks/size.py [--items 100000]

Ours is lossless. rustac's loses the difference between null and absent, and cannot write
hyperparameters of mixed types at all: it is given the items without them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import orjson
import rustac

from measure import generated, run


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("_build/bench"))
    parser.add_argument("--items", type=int, default=100_000)
    options = parser.parse_args()
    source = generated(options.items, options.work)
    hub = options.work / f"hub-size-{options.items}"
    run([sys.executable, "-m", "geocairn", "build", str(source), "-o", str(hub), "-q"])
    ours = sum(path.stat().st_size for path in hub.glob("*/items.parquet"))
    items = [orjson.loads(line) for line in source.read_bytes().splitlines()]
    for item in items:
        del item["properties"]["mlm:hyperparameters"]
    target = options.work / "rustac.parquet"
    rustac.write_sync(str(target), items)
    theirs = target.stat().st_size
    print(f"{options.items:,} items: geocairn {ours / options.items:.0f} B each,", end=" ")
    print(f"rustac {theirs / options.items:.0f} B: {ours / theirs:.2f} times (limit 1.5)")


if __name__ == "__main__":
    main()
