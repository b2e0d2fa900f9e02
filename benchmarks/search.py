"""How fast a hub answers, against others on the same files; and what travels over HTTP.

    python benchmarks/search.py                  # 100,000 items
    python benchmarks/search.py --million
    python benchmarks/search.py --hub DIR        # a hub of generated items that is already built

A search is its first page of 20 items and, with geocairn, the count of all that match; the others
give the page alone. Each engine answers the same searches, in turns, and a figure is the median
over all of them. Over HTTP every search opens the hub anew, so that nothing is known beforehand.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from measure import generated, run
from peers.stac_fastapi_geoparquet import serve

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.extensions import lay_out, missing_packages  # noqa: E402
from tests.server import Server  # noqa: E402

import geocairn  # noqa: E402

PAGE = 20
LIMIT_MEGABYTES = 2.0
Query = dict[str, Any]
Engine = Callable[[Query], int]


def boxes(rounds: int) -> list[Query]:
    """A box of one degree, at a place of its own each time, and a facet."""
    rng = random.Random(23)
    tests = [("<", "gsd", 1), ("=", "license", "MIT"), ("=", "mlm:architecture", "U-Net")]
    facets: list[Query] = [
        {"filter": {"op": op, "args": [{"property": name}, value]}} for op, name, value in tests
    ]
    made = []
    for number in range(rounds):
        west, south = round(rng.uniform(-170, 169), 3), round(rng.uniform(-55, 70), 3)
        made.append({"bbox": [west, south, west + 1, south + 1]} | facets[number % len(facets)])
    return made


def words(rounds: int) -> list[Query]:
    """Two words, one of them a theme."""
    rng = random.Random(29)
    themes = ["buildings", "roads", "floods", "crops", "wildfire", "ships", "forest", "clouds"]
    others = ["u-net", "swin", "resnet", "robust", "seasonal", "coarse", "global", "rapid"]
    return [{"q": f"{rng.choice(others)} {rng.choice(themes)}"} for _ in range(rounds)]


def ours(hub: geocairn.Catalog) -> Engine:
    """A search through geocairn."""

    def answer(query: Query) -> int:
        found = hub.search(**query, limit=PAGE)
        found.matched()
        return len(found.page_as_dict()["features"])

    return answer


def rustac_client(extensions: Path) -> Any:
    """Rustac's client, with DuckDB's extensions from a folder."""
    import rustac

    return rustac.DuckdbClient(extension_directory=extensions, install_extensions=False)


def rustacs(client: Any, hub: Path) -> Engine:
    """A search of all the hub's tables through rustac."""

    def answer(query: Query) -> int:
        return len(client.search(f"{hub}/*/items.parquet", limit=PAGE, **query))

    return answer


def stac_fastapis(url: str) -> Engine:
    """A request to stac-fastapi-geoparquet, over HTTP on this machine."""

    def answer(query: Query) -> int:
        body = json.dumps({**query, "limit": PAGE, "filter-lang": "cql2-json"}).encode()
        request = Request(f"{url}search", body, {"Content-Type": "application/json"})
        with urlopen(request) as response:
            return len(json.loads(response.read())["features"])

    return answer


def race(engines: dict[str, Engine], queries: list[Query]) -> dict[str, float]:
    """Median milliseconds of each engine; the first search of each is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in engines}
    for query in queries:
        for name, engine in engines.items():
            begun = time.perf_counter()
            engine(query)
            taken[name].append(1000 * (time.perf_counter() - begun))
    return {name: statistics.median(times[1:]) for name, times in taken.items()}


def others(
    hub: Path, *, work: Path, temporary: Path, stack: ExitStack
) -> Iterator[tuple[str, Engine]]:
    """The engines to compare with, where they are installed."""
    if missing := missing_packages():
        print(f"without rustac and stac-fastapi-geoparquet: DuckDB needs {', '.join(missing)}")
        return
    extensions = lay_out(temporary)
    yield "rustac", rustacs(rustac_client(extensions), hub)
    url = stack.enter_context(serve(hub, work=work, extensions=extensions))
    yield "stac-fastapi-geoparquet", stac_fastapis(url)


def travel(hub: Path, queries: list[Query]) -> tuple[list[float], list[int]]:
    """Megabytes and requests of each search of a hub that was never read before."""
    megabytes, requests = [], []
    with Server(hub) as server:
        for query in queries:
            server.requests.clear()
            with geocairn.open(server.url) as opened:
                ours(opened)(query)
            megabytes.append(server.sent / 1e6)
            requests.append(len(server.requests))
    return megabytes, requests


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("_build/bench"))
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--million", action="store_true", help="a million items")
    parser.add_argument("--hub", type=Path, help="a hub that is already built")
    parser.add_argument("--rounds", type=int, default=25)
    options = parser.parse_args()
    count = 1_000_000 if options.million else options.items
    folder = options.hub or options.work / f"hub-{count}"
    if options.hub is None:
        source = generated(count, options.work)
        command = [sys.executable, "-m", "geocairn", "build", str(source), "-o", str(folder)]
        run([*command, "--no-site", "-q"])
    with ExitStack() as stack:
        hub = stack.enter_context(geocairn.open(folder))
        temporary = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        peers = others(folder, work=options.work, temporary=temporary, stack=stack)
        engines = {"geocairn": ours(hub)} | dict(peers)
        print(f"{len(hub):,} items, first page of {PAGE} and (geocairn) the count of all")
        for name, limit, queries, asked in (
            ("box and facet", 40, boxes(options.rounds), engines),
            ("two words", 150, words(options.rounds), {"geocairn": engines["geocairn"]}),
        ):
            for engine, median in race(asked, queries).items():
                told = f" (limit {limit} ms)" if engine == "geocairn" else ""
                print(f"{name:>14}, {engine}: {median:.1f} ms{told}")
            megabytes, requests = travel(folder, queries[:8])
            print(
                f"{name:>14}, over HTTP: {statistics.median(megabytes):.2f} MB, "
                f"at most {max(megabytes):.2f} (limit {LIMIT_MEGABYTES}), "
                f"in {statistics.median(requests):.0f} requests"
            )


if __name__ == "__main__":
    main()
