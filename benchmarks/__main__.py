"""Run the benchmarks one after the other, and say on what.

    python -m benchmarks                       # all of them
    python -m benchmarks build size            # these
    python -m benchmarks build -- --million    # one, with options of its own

What each measures, and against what, is in README.md beside this file.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
NAMES = (
    *("verdicts", "build", "size", "search", "api", "pages", "startup", "submission"),
    *("predict", "inference", "training", "site_load", "browser"),
    "browser_predict",
)
PACKAGES = ("geocairn", "duckdb", "pyarrow", "jsonschema-rs", "pystac", "rustac", "stac-geoparquet")


def machine() -> str:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, "
        f"{len(os.sched_getaffinity(0))} processors, {memory:.0f} GiB; {packages}"
    )


def main(arguments: list[str]) -> int:
    """Run what is asked for; gives the exit code."""
    split = arguments.index("--") if "--" in arguments else len(arguments)
    names, options = arguments[:split] or list(NAMES), arguments[split + 1 :]
    if unknown := [name for name in names if name not in NAMES]:
        print(f"There is no benchmark {unknown[0]!r}; there are {', '.join(NAMES)}.")
        return 2
    if options and len(names) > 1:
        print("Options go to one benchmark: name it.")
        return 2
    print(machine(), flush=True)
    failed = []
    for name in names:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, str(HERE / f"{name}.py"), *options]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nNot done: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
