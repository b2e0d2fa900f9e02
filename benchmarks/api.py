"""How fast the STAC API answers many clients at once, against stac-fastapi-geoparquet.

    python benchmarks/api.py                  # 100,000 items
    python benchmarks/api.py --million
    python benchmarks/api.py --hub DIR        # a hub of generated items that is already built

Clients ask one request after the other, each over a connection of its own, without pausing, on
this machine. Boxes and outlines are somewhere else each time; words and conditions come again as
people's do. Every answer must be 200 and have what was asked for. What only geocairn's API has
(words, suggestions, single items, pages to follow) is in its own mixture; both servers get the
same mixture of boxes, outlines, times and conditions, one server at a time.

Limits: no error, and half of the answers within 80 milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import psutil

from measure import generated, run
from peers.stac_fastapi_geoparquet import serve as serve_peer

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.extensions import lay_out, missing_packages  # noqa: E402

LIMIT_MILLISECONDS = 80
PAGE = 10
SECONDS_TO_ANSWER = 30
# A server that hangs is not waited for ten thousand times.
MOST_ERRORS = 32
# Over a loopback nobody packs.
PLAINLY = {"Accept-Encoding": "identity"}
THEMES = ["buildings", "roads", "floods", "crops", "wildfire", "ships", "forest", "water"]
WORDS = ["u-net", "swin", "resnet", "robust", "seasonal", "coarse", "global", "rapid"]
CONDITIONS = [
    ("<", "gsd", 1),
    (">=", "gsd", 10),
    ("=", "license", "MIT"),
    ("=", "mlm:architecture", "U-Net"),
    ("=", "mlm:framework", "PyTorch"),
    ("<", "mlm:total_parameters", 30_000_000),
]


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: its kind, and a body (of ``POST /search``) or an address."""

    kind: str
    body: dict[str, Any] | None = None
    path: str = ""


@dataclass(slots=True)
class Told:
    """What came of many requests: milliseconds by kind, and errors."""

    taken: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def all(self) -> list[float]:
        """Milliseconds of every request."""
        return [value for values in self.taken.values() for value in values]


def plain(rng: random.Random) -> Ask:
    """A search that any STAC API with CQL2 can answer."""
    kind = rng.choices(("box", "box, condition", "box, time", "outline"), (3, 4, 2, 1))[0]
    west, south = round(rng.uniform(-170, 169), 3), round(rng.uniform(-55, 70), 3)
    body: dict[str, Any] = {"limit": PAGE, "bbox": [west, south, west + 1, south + 1]}
    if kind == "box, condition":
        op, name, value = rng.choice(CONDITIONS)
        test = {"op": op, "args": [{"property": name}, value]}
        body |= {"filter-lang": "cql2-json", "filter": test}
    elif kind == "box, time":
        year = rng.randint(2016, 2022)
        body["datetime"] = f"{year}-01-01T00:00:00Z/{year + 1}-01-01T00:00:00Z"
    elif kind == "outline":
        del body["bbox"]
        ring = [[west, south], [west + 2, south + 0.5], [west + 1, south + 2], [west, south]]
        body["intersects"] = {"type": "Polygon", "coordinates": [ring]}
    return Ask(kind, body)


def own(rng: random.Random, places: list[str]) -> Ask:
    """A request of geocairn's mixture."""
    kinds = ("plain", "words", "words, box", "sorted", "item", "suggest", "pages", "collection")
    kind = rng.choices(kinds, (50, 12, 6, 4, 10, 8, 8, 2))[0]
    words = f"{rng.choice(WORDS)} {rng.choice(THEMES)}"
    if kind == "words":
        return Ask(kind, {"limit": PAGE, "q": words})
    if kind == "words, box":
        return Ask(kind, plain_box(rng) | {"q": rng.choice(THEMES)})
    if kind == "sorted":
        return Ask(kind, plain_box(rng) | {"sortby": [{"field": "gsd", "direction": "desc"}]})
    if kind == "item":
        return Ask(kind, path=rng.choice(places))
    if kind == "suggest":
        return Ask(kind, path=f"suggest?q={rng.choice(THEMES + WORDS)[: rng.randint(2, 5)]}")
    if kind == "pages":
        return Ask(kind, path=f"search?limit={PAGE}&q={words.replace(' ', '+')}")
    if kind == "collection":
        return Ask(kind, path=f"collections/{rng.choice(THEMES)}/items?limit={PAGE}")
    return plain(rng)


def plain_box(rng: random.Random) -> dict[str, Any]:
    """A box of one degree, somewhere."""
    west, south = round(rng.uniform(-170, 169), 3), round(rng.uniform(-55, 70), 3)
    return {"limit": PAGE, "bbox": [west, south, west + 1, south + 1]}


async def _client(
    session: aiohttp.ClientSession,
    url: str,
    left: Iterator[int],
    make: Callable[[], Ask],
    told: Told,
) -> None:
    while next(left, None) is not None and told.errors.total() < MOST_ERRORS:
        ask = make()
        path = ask.path
        while True:
            begun = time.perf_counter()
            try:
                if ask.body is not None:
                    sent = session.post(f"{url}search", json=ask.body)
                else:
                    sent = session.get(path if path.startswith("http") else f"{url}{path}")
                async with sent as response:
                    data = await response.read()
                    status = response.status
            except (aiohttp.ClientError, TimeoutError) as error:
                told.errors[f"{ask.kind}: {type(error).__name__}"] += 1
                break
            told.taken.setdefault(ask.kind, []).append(1000 * (time.perf_counter() - begun))
            document = orjson.loads(data) if status == 200 else {}
            if not document.keys() & {"features", "suggestions", "geometry"}:
                told.errors[f"{ask.kind}: {status} {data[:100]!r}"] += 1
            links = document.get("links", []) if ask.kind == "pages" else []
            following = [link["href"] for link in links if link["rel"] == "next"]
            # Someone who leafs through an answer looks at two pages.
            if not following or "token" in path or next(left, None) is None:
                break
            path = following[0]


async def _load(url: str, make: Callable[[], Ask], *, requests: int, clients: int) -> Told:
    told, left = Told(), iter(range(requests))
    timeout = aiohttp.ClientTimeout(total=SECONDS_TO_ANSWER)
    begun = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(clients):
            session = aiohttp.ClientSession(
                timeout=timeout, connector=aiohttp.TCPConnector(limit=1), headers=PLAINLY
            )
            group.create_task(_closing(session, _client(session, url, left, make, told)))
    told.seconds = time.perf_counter() - begun
    return told


async def _closing(session: aiohttp.ClientSession, work: Any) -> None:
    async with session:
        await work


def load(url: str, make: Callable[[], Ask], *, requests: int, clients: int) -> Told:
    """Ask a server until so many requests were made."""
    return asyncio.run(_load(url, make, requests=requests, clients=clients))


@contextmanager
def served(hub: Path, workers: int) -> Iterator[tuple[str, psutil.Process]]:
    """Serve a hub with `geocairn serve`; gives the address and the process."""
    command = [sys.executable, "-m", "geocairn", "serve", str(hub), "--port", "0"]
    process = subprocess.Popen(
        [*command, "--workers", str(workers)], stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr
        line = process.stderr.readline()
        url = next(word for word in line.split() if word.startswith("http"))
        asyncio.run(_until_ready(url))
        yield url, psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def busy(server: psutil.Process) -> float:
    """Processor seconds of a server and its processes so far."""
    family = [server, *server.children(recursive=True)]
    return sum(sum(one.cpu_times()[:2]) for one in family)


async def _until_ready(url: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{url}conformance") as response:
        response.raise_for_status()


def places(url: str) -> list[str]:
    """Addresses of some items, from the landing page."""

    async def ask() -> list[str]:
        address = f"{url}search?limit=200&fields=id,collection"
        async with aiohttp.ClientSession() as session, session.get(address) as response:
            found = orjson.loads(await response.read())["features"]
        return [f"collections/{item['collection']}/items/{item['id']}" for item in found]

    return asyncio.run(ask())


def tell(name: str, told: Told, limit: int | None = None) -> None:
    """Print figures."""
    times = sorted(told.all) or [math.nan]
    late = times[int(0.95 * len(times))]
    limited = f" (limit {limit})" if limit else ""
    print(
        f"{name}: median {statistics.median(times):.1f} ms{limited}, 95 % within {late:.1f} ms, "
        f"{len(told.all) / told.seconds:.0f} a second, {told.errors.total()} errors beside "
        f"{len(told.all):,} answers"
    )
    for error, count in told.errors.most_common(5):
        print(f"    {count} x {error}")


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("_build/bench"))
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--million", action="store_true", help="a million items")
    parser.add_argument("--hub", type=Path, help="a hub that is already built")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--peer-requests", type=int, default=400)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    count = 1_000_000 if options.million else options.items
    folder = options.hub or options.work / f"hub-{count}"
    if options.hub is None:
        source = generated(count, options.work)
        command = [sys.executable, "-m", "geocairn", "build", str(source), "-o", str(folder)]
        run([*command, "--no-site", "-q"])
    size = orjson.loads((folder / "search/manifest.json").read_bytes())["items"]
    print(f"{size:,} items, {options.clients} clients, {options.workers} processes")
    with served(folder, options.workers) as (url, server):
        rng, known = random.Random(31), places(url)
        load(url, lambda: own(rng, known), requests=200, clients=options.clients)
        before = busy(server)
        told = load(
            url, lambda: own(rng, known), requests=options.requests, clients=options.clients
        )
        spent = 1000 * (busy(server) - before) / max(1, len(told.all))
        tell("geocairn, everything", told, LIMIT_MILLISECONDS)
        print(f"    processor time of the server: {spent:.1f} ms a request")
        for kind in sorted(told.taken):
            print(f"    {kind}: {statistics.median(told.taken[kind]):.1f} ms")
        same(url, "geocairn", options)
    compare(folder, options)
    slow = statistics.median(told.all or [math.inf]) > LIMIT_MILLISECONDS
    return 1 if told.errors or slow else 0


def compare(folder: Path, options: argparse.Namespace) -> None:
    """The same searches to stac-fastapi-geoparquet."""
    if missing := missing_packages():
        print(f"without stac-fastapi-geoparquet: DuckDB needs {', '.join(missing)}")
        return
    with ExitStack() as stack:
        temporary = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        extensions = lay_out(temporary)
        with serve_peer(folder, work=options.work, extensions=extensions) as url:
            same(url, "stac-fastapi-geoparquet", options)


def same(url: str, name: str, options: argparse.Namespace) -> None:
    """The searches that both answer: from one client first, then from all at once."""
    for clients in (1, options.clients):
        rng = random.Random(37)
        told = load(url, partial(plain, rng), requests=options.peer_requests, clients=clients)
        tell(f"{name}, searches that both answer, {clients} at once", told)


if __name__ == "__main__":
    sys.exit(main())
