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
import asyncio
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

from measure import generated, run

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


def stac_fastapis(client: Any, hub: Path, work: Path, stack: ExitStack) -> Engine:
    """A request to stac-fastapi-geoparquet's application, without a network between."""
    from stac_fastapi.geoparquet.api import create
    from stac_fastapi.geoparquet.settings import Settings

    listed = []
    for path in sorted(hub.glob("*/collection.json")):
        collection = json.loads(path.read_bytes())
        collection["links"] = []
        for asset in collection["assets"].values():
            asset["href"] = str(path.with_name("items.parquet"))
        listed.append(collection)
    file = work / "collections.json"
    file.write_text(json.dumps(listed))
    settings = Settings(
        stac_fastapi_landing_id="bench",
        stac_fastapi_title="bench",
        stac_fastapi_description="bench",
        stac_fastapi_collections_href=str(file),
        stac_fastapi_collections_reload_seconds=10**6,
    )
    app = create(settings=settings, duckdb_client=client).app
    loop = asyncio.new_event_loop()
    lifespan = loop.run_until_complete(_begin(app))
    stack.callback(loop.close)
    stack.callback(loop.run_until_complete, _end(lifespan))

    def answer(query: Query) -> int:
        body = json.dumps({**query, "limit": PAGE, "filter-lang": "cql2-json"}).encode()
        return len(json.loads(loop.run_until_complete(_post(app, "/search", body)))["features"])

    return answer


async def _begin(app: Any) -> asyncio.Task[None]:
    """Start an ASGI application; gives the task that it lives in."""
    begun = asyncio.Event()
    messages = [{"type": "lifespan.startup"}]

    async def receive() -> Any:
        return messages.pop() if messages else await asyncio.Future()

    async def send(message: Any) -> None:
        if message["type"] == "lifespan.startup.failed":
            raise SystemExit(f"stac-fastapi-geoparquet does not start: {message['message']}")
        begun.set()

    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    lifespan = asyncio.ensure_future(app(scope, receive, send))
    await begun.wait()
    return lifespan


async def _end(lifespan: asyncio.Task[None]) -> None:
    lifespan.cancel()
    await asyncio.wait([lifespan])


async def _post(app: Any, path: str, body: bytes) -> bytes:
    parts: list[bytes] = []
    status: list[int] = []
    sent = False

    async def receive() -> Any:
        nonlocal sent
        if sent:
            return await asyncio.Future()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])
        parts.append(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"host", b"bench")],
        "client": ("127.0.0.1", 1),
        "server": ("bench", 80),
        "state": {},
    }
    await app(scope, receive, send)
    answer = b"".join(parts)
    if status != [200]:
        raise SystemExit(f"stac-fastapi-geoparquet answered {status}: {answer[:300]!r}")
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


def others(hub: Path, work: Path, stack: ExitStack) -> Iterator[tuple[str, Engine]]:
    """The engines to compare with, where they are installed."""
    if missing := missing_packages():
        print(f"without rustac and stac-fastapi-geoparquet: DuckDB needs {', '.join(missing)}")
        return
    client = rustac_client(lay_out(work))
    yield "rustac", rustacs(client, hub)
    try:
        yield "stac-fastapi-geoparquet", stac_fastapis(client, hub, work, stack)
    except (ImportError, TypeError) as error:
        # 0.0.7 allows any stac-fastapi and FastAPI, and works with those of early 2025 alone.
        print(f"without stac-fastapi-geoparquet, which does not start here: {error}")


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
        run([sys.executable, "-m", "geocairn", "build", str(source), "-o", str(folder), "-q"])
    with ExitStack() as stack:
        hub = stack.enter_context(geocairn.open(folder))
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        engines = {"geocairn": ours(hub)} | dict(others(folder, work, stack))
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
