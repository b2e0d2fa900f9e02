"""Files from elsewhere: checked, resumed, shared and kept."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from tests.run import making
from tests.server import Server

from geocairn.errors import ArtifactError, InputError
from geocairn.run import cache as kept
from geocairn.run import transfer
from geocairn.run.fetch import fetch

DATA = np.random.default_rng(0).bytes(300_000)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(DATA)
    with Server(folder) as running:
        yield running


@pytest.fixture
def checksum(server: Server) -> str:
    return making.sha256(server.folder / "model.onnx")


@pytest.fixture(autouse=True)
def small_and_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "_BLOCK", 50_000)
    monkeypatch.setattr(transfer, "_PAUSES", (0.0, 0.0))


def bodies(server: Server) -> int:
    return sum(request.method == "GET" and request.sent > 0 for request in server.requests)


def test_a_file_here_stays_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a b.onnx"
    path.write_bytes(DATA)
    for href in (str(path), path.as_uri()):
        found = fetch(href, checksum=making.sha256(path), size=len(DATA))
        assert (found.path, found.compared) == (path, True)
    assert fetch(str(path)).checksum == making.sha256(path)
    assert kept.entries() == []


@pytest.mark.parametrize("change", ["checksum", "size"])
def test_another_file_than_the_item_says(tmp_path: Path, change: str) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(DATA)
    told = {"checksum": making.sha256(path), "size": len(DATA)}
    told[change] = {"checksum": "1220" + "0" * 64, "size": 7}[change]
    with pytest.raises(ArtifactError) as caught:
        fetch(str(path), **told)  # type: ignore[arg-type]
    assert caught.value.remedy
    assert fetch(str(path), verify=False, **told).path == path  # type: ignore[arg-type]


def test_fetched_once_and_then_never_again(server: Server, checksum: str) -> None:
    found = fetch(server.url + "model.onnx", checksum=checksum, size=len(DATA))
    assert found.path.read_bytes() == DATA
    assert found.path.name == "model.onnx"
    asked = len(server.requests)
    assert fetch(server.url + "model.onnx", checksum=checksum).path == found.path
    assert len(server.requests) == asked
    (entry,) = kept.entries()
    assert (entry.checksum, entry.size) == (checksum, len(DATA))
    assert entry.source == server.url + "model.onnx"


def test_the_same_file_from_elsewhere_is_not_fetched(server: Server, checksum: str) -> None:
    fetch(server.url + "model.onnx", checksum=checksum)
    assert fetch("https://nowhere.invalid/other.onnx", checksum=checksum).compared


def test_what_is_damaged_on_disk_is_fetched_again(server: Server, checksum: str) -> None:
    found = fetch(server.url + "model.onnx", checksum=checksum)
    found.path.write_bytes(DATA[:-1] + b"!")
    assert fetch(server.url + "model.onnx", checksum=checksum).path.read_bytes() == DATA


def test_a_wrong_file_of_a_server_is_not_kept(server: Server) -> None:
    with pytest.raises(ArtifactError, match="where its item says"):
        fetch(server.url + "model.onnx", checksum="1220" + "0" * 64)
    with pytest.raises(ArtifactError, match="300,000 bytes where its item says 299,999"):
        fetch(server.url + "model.onnx", checksum="1220" + "0" * 64, size=299_999)
    assert kept.entries() == []
    assert not list(kept.cache_folder().glob("*.part"))


class _Faulty(BaseHTTPRequestHandler):
    """Breaks off every answer after some bytes, as often as it is told to."""

    data = DATA
    cut_after = 0
    cuts = 0
    sent = 0

    def log_message(self, *_: object) -> None: ...

    def do_HEAD(self) -> None:
        self._head(200, len(self.data))

    def _head(self, status: int, size: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(size))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("ETag", '"v1"')
        self.end_headers()

    def do_GET(self) -> None:
        cls = type(self)
        first, last = 0, len(self.data) - 1
        if asked := self.headers.get("Range"):
            first, last = (int(part) for part in asked.removeprefix("bytes=").split("-"))
            last = min(last, len(self.data) - 1)
        part = self.data[first : last + 1]
        self._head(206 if asked else 200, len(part))
        if cls.cuts and cls.sent + len(part) > cls.cut_after:
            cls.cuts -= 1
            self.wfile.write(part[: len(part) // 2])
            self.close_connection = True
            return
        cls.sent += len(part)
        self.wfile.write(part)


@pytest.fixture
def faulty() -> Iterator[tuple[str, type[_Faulty]]]:
    handler = type("Handler", (_Faulty,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/m.onnx", handler
        running.shutdown()
        thread.join()


def test_a_download_that_breaks_off_goes_on(
    faulty: tuple[str, type[_Faulty]], tmp_path: Path
) -> None:
    url, handler = faulty
    (tmp_path / "m").write_bytes(DATA)
    handler.cut_after, handler.cuts = 120_000, 2
    found = fetch(url, checksum=making.sha256(tmp_path / "m"), size=len(DATA))
    assert found.path.read_bytes() == DATA
    # What was cut was asked for again; what had come whole was not.
    assert handler.sent == len(DATA)


def test_the_next_call_goes_on_where_it_ended(
    faulty: tuple[str, type[_Faulty]], tmp_path: Path
) -> None:
    url, handler = faulty
    (tmp_path / "m").write_bytes(DATA)
    checksum = making.sha256(tmp_path / "m")
    handler.cut_after, handler.cuts = 120_000, 100
    with pytest.raises(InputError, match="cannot be read") as caught:
        fetch(url, checksum=checksum)
    assert "goes on" in (caught.value.remedy or "")
    assert kept.entries() == []
    before = handler.sent
    assert before == 100_000
    handler.cuts = 0
    assert fetch(url, checksum=checksum).path.read_bytes() == DATA
    assert handler.sent - before == 200_000


def test_servers_that_know_no_ranges(server: Server, checksum: str) -> None:
    server.ranges = False
    assert fetch(server.url + "model.onnx", checksum=checksum).path.read_bytes() == DATA
    assert bodies(server) == 1


def test_a_truncated_file(server: Server, checksum: str) -> None:
    (server.folder / "model.onnx").write_bytes(DATA[:1000])
    with pytest.raises(ArtifactError, match="1,000 bytes where its item says 300,000"):
        fetch(server.url + "model.onnx", checksum=checksum, size=len(DATA))
    with pytest.raises(ArtifactError, match="sha256"):
        fetch(server.url + "model.onnx", checksum=checksum)


def test_nothing_there(server: Server) -> None:
    with pytest.raises(InputError, match="nothing at this address"):
        fetch(server.url + "other.onnx", checksum="1220" + "0" * 64)


def test_without_a_checksum_the_server_is_asked_whether_it_changed(
    faulty: tuple[str, type[_Faulty]],
) -> None:
    url, handler = faulty
    first = fetch(url)
    assert not first.compared
    assert fetch(url) == first
    assert handler.sent == len(DATA)


def test_offline_after_the_first_time(server: Server, checksum: str) -> None:
    plain = fetch(server.url + "model.onnx")
    server.faults["model.onnx"] = 503
    assert fetch(server.url + "model.onnx").path == plain.path
    assert fetch(server.url + "model.onnx", checksum=checksum).path == plain.path


def test_several_processes_fetch_it_once(server: Server, checksum: str) -> None:
    code = (
        "import sys; from geocairn.run.fetch import fetch; "
        "print(fetch(sys.argv[1], checksum=sys.argv[2]).path)"
    )
    command = [sys.executable, "-c", code, server.url + "model.onnx", checksum]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    told = {process.communicate(timeout=300)[0] for process in started}
    assert {process.returncode for process in started} == {0}
    assert len(told) == 1
    assert Path(told.pop().strip()).read_bytes() == DATA
    assert bodies(server) == 1


def test_the_cache_is_cleared_by_age(server: Server, checksum: str) -> None:
    old = fetch(server.url + "model.onnx", checksum=checksum).path
    os.utime(old, (1, 1))
    (server.folder / "new.onnx").write_bytes(b"new")
    new = fetch(server.url + "new.onnx").path
    assert kept.clear(unused_for=1) == (1, len(DATA))
    assert (old.exists(), new.exists()) == (False, True)
    assert kept.clear() == (1, 3)
    assert kept.entries() == []


@pytest.mark.parametrize(
    "text", ["", "12", "1220abcd", "zz", "9920" + "0" * 64, "d41d8cd98f00b204e9800998ecf8427e"]
)
def test_checksums_that_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "m").write_bytes(b"x")
    if not text:
        assert not fetch(str(tmp_path / "m"), checksum=text).compared
        return
    with pytest.raises(InputError, match="no multihash"):
        fetch(str(tmp_path / "m"), checksum=text)


@pytest.mark.parametrize("name", ["sha1", "sha512", "sha3_256", "md5"])
def test_other_hash_functions(tmp_path: Path, name: str) -> None:
    import hashlib

    (tmp_path / "m").write_bytes(DATA)
    digest = hashlib.new(name, DATA)
    code = {"sha1": "11", "sha512": "13", "sha3_256": "16", "md5": "d501"}[name]
    text = f"{code}{digest.digest_size:02x}{digest.hexdigest()}"
    assert fetch(str(tmp_path / "m"), checksum=text).compared


def test_passwords_are_told_to_nobody(server: Server) -> None:
    url = server.url.replace("//", "//user:secret@") + "model.onnx"
    with pytest.raises(InputError) as caught:
        fetch(url.replace("model", "other"), checksum="1220" + "0" * 64)
    assert "secret" not in str(caught.value)


def test_from_s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    """A real store, by the address and the keys that the environment names."""
    pytest.importorskip("moto")
    from tests import services

    with services.s3(tmp_path, bucket="models") as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        url = variables["MLFLOW_S3_ENDPOINT_URL"]
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        import boto3

        client = boto3.client("s3", endpoint_url=url)
        client.put_object(Bucket="models", Key="a/m.onnx", Body=DATA)
        checksum = making.sha256(server.folder / "model.onnx")
        found = fetch("s3://models/a/m.onnx", checksum=checksum, size=len(DATA))
        assert found.path.read_bytes() == DATA
        with pytest.raises(InputError, match="cannot be read"):
            fetch("s3://models/a/none.onnx", checksum="1220" + "0" * 64)
