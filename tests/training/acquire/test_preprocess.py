"""Against a server of tiles and of Overpass that is as bad as real ones are."""

from __future__ import annotations

import io
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image

from geocairn.progress import Silent
from geocairn_training.acquire.fetch import Patience
from geocairn_training.acquire.preprocess import Job, preprocess
from geocairn_training.acquire.tiles import Tile, address, covering
from geocairn_training.errors import AcquireError, DataError

ZOOM, X, Y = 19, 386690, 220241
WEST, SOUTH, EAST, NORTH = (*Tile(ZOOM, X, Y + 1).box[:2], *Tile(ZOOM, X + 1, Y).box[2:])


def _png() -> bytes:
    buffer = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


class Bad(ThreadingHTTPServer):
    """Answers each path first with its faults, then well."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.faults: dict[str, list[str]] = {}
        self.seen: Counter[str] = Counter()
        self.agents: set[str] = set()
        self.running = self.most = 0
        self.lock = threading.Lock()
        middle, edge = (WEST + EAST) / 2, (EAST - WEST) / 8
        ring = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
        center = (SOUTH + NORTH) / 2
        nodes = [{"lon": middle + x * edge, "lat": center + y * edge} for x, y in ring]
        hole = [{"lon": middle + x * edge / 4, "lat": center + y * edge / 4} for x, y in ring]
        self.elements = [
            {
                "type": "relation",
                "members": [
                    {"type": "way", "role": "outer", "geometry": nodes[:3]},
                    {"type": "way", "role": "outer", "geometry": nodes[2:]},
                    {"type": "way", "role": "inner", "geometry": hole},
                ],
            }
        ]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Bad

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(_png(), "image/png")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(json.dumps({"elements": self.server.elements}).encode(), "application/json")

    def _answer(self, body: bytes, kind: str) -> None:
        server = self.server
        with server.lock:
            server.seen[self.path] += 1
            server.agents.add(self.headers["User-Agent"])
            server.running += 1
            server.most = max(server.most, server.running)
            fault = server.faults.get(self.path, [])
            now = fault.pop(0) if fault else ""
        try:
            if now == "slow":
                time.sleep(1.5)
            status = int(now) if now.isdigit() else 200
            if now == "truncated":
                body = body[: len(body) // 2]
            if now == "remark":
                body = json.dumps({"elements": [], "remark": "runtime error: timed out"}).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if status == 429:
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(body) + (10 if now == "cut" else 0)))
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            with server.lock:
                server.running -= 1


@pytest.fixture
def server() -> Iterator[Bad]:
    bad = Bad()
    thread = threading.Thread(target=bad.serve_forever, daemon=True)
    thread.start()
    yield bad
    bad.shutdown()
    bad.server_close()
    thread.join()


@pytest.fixture
def job(server: Bad, tmp_path: Path) -> Job:
    return Job(
        folder=tmp_path / "data",
        box=(WEST, SOUTH, EAST, NORTH),
        zoom=ZOOM,
        template=server.url + "/{z}/{x}/{y}.png",
        overpass_url=server.url + "/api",
        patience=Patience(concurrency=2, attempts=4, timeout=0.8, first=0.01),
    )


def _path(x: int, y: int) -> str:
    return f"/{ZOOM}/{x}/{y}.png"


def test_survives_errors_slowness_limits_and_truncation(server: Bad, job: Job) -> None:
    server.faults = {
        _path(X, Y): ["500", "429"],
        _path(X + 1, Y): ["slow", "truncated"],
        _path(X, Y + 1): ["cut", "503"],
        "/api": ["504", "remark", "truncated"],
    }
    assert preprocess(job, progress=Silent()) == 4
    assert server.seen[_path(X, Y)] == server.seen[_path(X + 1, Y)] == 3
    assert server.seen["/api"] == 4
    assert server.most <= 2 + 1  # one that the client has given up may still be sleeping
    assert all(agent.startswith("geocairn/") for agent in server.agents)
    covered = 0.0
    for x, y in ((X, Y), (X + 1, Y), (X, Y + 1), (X + 1, Y + 1)):
        name = f"OAM-{x}-{y}-{ZOOM}.tif"
        with rasterio.open(job.folder / "chips" / name) as chip:
            assert chip.bounds == pytest.approx(Tile(ZOOM, x, y).box, abs=1e-9)
            expected = np.asarray(Image.open(io.BytesIO(_png()))).transpose(2, 0, 1)
            np.testing.assert_array_equal(chip.read(), expected)
        with rasterio.open(job.folder / "labels" / name) as mask:
            share = mask.read(1).mean()
        assert 0.05 < share < 0.08  # the one building crosses all four tiles
        covered += share / 4
    # A square of a quarter of both edges, less a hole of a quarter of its own edges: the tiles are
    # a little lower than wide in degrees.
    ratio = (EAST - WEST) / (NORTH - SOUTH)
    assert covered == pytest.approx(ratio / 16 * (1 - 1 / 16), rel=0.06)


def test_goes_on_where_it_was_stopped(server: Bad, job: Job) -> None:
    server.faults = {_path(X, Y): ["500"] * 4}
    with pytest.raises(AcquireError, match="given up after 4 tries: the server answered 500"):
        preprocess(job, progress=Silent())
    assert not (job.folder / "dataset.json").exists()
    preprocess(job, progress=Silent())
    before = sum(server.seen.values())
    preprocess(job, progress=Silent())
    assert sum(server.seen.values()) == before


def test_leaves_out_tiles_that_the_imagery_has_not(server: Bad, job: Job) -> None:
    server.faults = {_path(X, Y): ["404"]}
    assert preprocess(job, progress=Silent()) == 3


def test_gives_up_at_once_where_trying_again_is_useless(server: Bad, job: Job) -> None:
    server.faults = {_path(x, y): ["403"] * 9 for x in (X, X + 1) for y in (Y, Y + 1)}
    with pytest.raises(AcquireError, match="403"):
        preprocess(job, progress=Silent())
    assert max(server.seen.values()) == 1


def test_an_unreachable_server_is_one_clear_error(job: Job) -> None:
    away = replace(job, template="http://127.0.0.1:9/{z}/{x}/{y}")
    with pytest.raises(AcquireError, match="given up after 4 tries") as caught:
        preprocess(away, progress=Silent())
    assert "127.0.0.1:9" in str(caught.value)


def test_labels_of_elsewhere_are_refused(job: Job, tmp_path: Path) -> None:
    labels = tmp_path / "labels.geojson"
    ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    labels.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(DataError, match="no footprint lies on any chip"):
        preprocess(replace(job, labels=labels), progress=Silent())


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ((10, 0, 9, 1), "swapped"),
        ((0, 2, 1, 1), "swapped"),
        ((0, 80, 1, 86), "outside"),
        ((-181, 0, 1, 1), "outside"),
        ((float("nan"), 0, 1, 1), "not numbers"),
        ((-170, -80, 170, 80), "tiles"),
    ],
)
def test_impossible_boxes(box: tuple[float, float, float, float], words: str) -> None:
    with pytest.raises(AcquireError, match=words):
        covering(box, zoom=12)


def test_a_tile_covers_itself_alone() -> None:
    for tile in (Tile(ZOOM, X, Y), Tile(3, 0, 0), Tile(3, 7, 7), Tile(0, 0, 0)):
        west, south, east, north = tile.box
        limit = 85.0511287798066
        assert covering((west, max(-limit, south), east, min(limit, north)), zoom=tile.z) == (tile,)


def test_addresses_count_rows_from_north_or_south() -> None:
    tile = Tile(3, 1, 2)
    assert address("https://a/{z}/{x}/{y}", tile) == "https://a/3/1/2"
    assert address("https://a/{z}/{x}/{-y}", tile) == "https://a/3/1/5"
    assert address("https://a/{q}", tile) == "https://a/021"
    for wrong in ("https://a/{z}/{x}", "https://a/{z}/{x}/{y}/{token}", "ftp://a/{z}/{x}/{y}"):
        with pytest.raises(AcquireError, match="not a template"):
            address(wrong, tile)
