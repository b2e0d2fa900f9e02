from __future__ import annotations

import hashlib
import pickle
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from geocairn.checks import schemas as module
from geocairn.checks.schemas import SchemaStore, core_url, pins
from geocairn.errors import SchemaUnavailableError

CERTIFICATE = Path(__file__).parent / "data" / "localhost-for-tests.pem"
MLM = "https://stac-extensions.github.io/mlm/v1.5.2/schema.json"


class Site:
    """A small https site on this computer, with what it was asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.redirects: dict[str, str] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                if self.path in site.redirects:
                    self.send_response(302)
                    self.send_header("Location", site.redirects[self.path])
                    self.end_headers()
                elif self.path in site.pages:
                    body = site.pages[self.path]
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                else:
                    self.send_error(404)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("localhost", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_address[1]}"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    opener = urllib.request.build_opener(
        module._HttpsOnly, urllib.request.HTTPSHandler(context=context)
    )
    monkeypatch.setattr(module, "_OPENER", opener)
    yield site
    site.server.shutdown()
    site.server.server_close()
    thread.join()


def test_core_comes_with_pystac_without_importing_it() -> None:
    store = SchemaStore(offline=True)
    assert b"STAC Item" in store.get(core_url("1.1.0", "item"))
    assert store.where(core_url("1.1.0", "item")) == "bundled"
    assert b"PROJJSON" in store.get("https://proj.org/schemas/v0.7/projjson.schema.json")
    with pytest.raises(SchemaUnavailableError):
        store.get("https://proj.org/schemas/v0.4/projjson.schema.json")


def test_references_of_the_bundled_core_are_all_bundled() -> None:
    store = SchemaStore(offline=True)
    for kind in ("item", "collection", "catalog"):
        needed = store.references(core_url("1.1.0", kind))
        assert needed[0] == core_url("1.1.0", kind)
        assert "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/common.json" in needed


def test_a_folder_is_asked_by_host_and_path(schemas: Path, tmp_path: Path) -> None:
    store = SchemaStore(schemas, cache=tmp_path, offline=True)
    file = schemas / "stac-extensions.github.io" / "mlm" / "v1.5.2" / "schema.json"
    assert store.get(MLM) == store.get(f"{MLM}#") == file.read_bytes()
    assert store.where(MLM) == "folder"
    assert len(store.references(MLM)) == 4


def test_the_environment_names_a_folder(
    monkeypatch: pytest.MonkeyPatch, schemas: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv(module.DIRECTORY_VARIABLE, str(schemas))
    assert SchemaStore(offline=True).directory == schemas
    assert SchemaStore(tmp_path, offline=True).directory == tmp_path
    monkeypatch.setenv(module.DIRECTORY_VARIABLE, str(tmp_path / "absent"))
    with pytest.raises(SchemaUnavailableError, match="does not exist"):
        SchemaStore()


def test_offline_and_absent_says_what_to_do(tmp_path: Path) -> None:
    store = SchemaStore(cache=tmp_path, offline=True)
    with pytest.raises(SchemaUnavailableError) as caught:
        store.get(MLM)
    assert caught.value.where == MLM
    assert "geocairn schemas fetch" in str(caught.value)
    assert "--schemas" in str(caught.value)


def test_fetched_once_then_cached(site: Site, tmp_path: Path) -> None:
    site.pages["/tides/schema.json"] = b'{"type": "object"}'
    url = f"{site.url}/tides/schema.json"
    store = SchemaStore(cache=tmp_path)
    assert store.where(url) == ""
    assert store.get(url) == b'{"type": "object"}'
    assert store.where(url) == "cache"
    assert SchemaStore(cache=tmp_path, offline=True).get(url) == b'{"type": "object"}'
    assert site.asked == ["/tides/schema.json"]
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_cache_that_cannot_be_written_does_not_stop_a_check(site: Site, tmp_path: Path) -> None:
    site.pages["/a.json"] = b"{}"
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert SchemaStore(cache=blocked / "below").get(f"{site.url}/a.json") == b"{}"


def test_queries_are_other_schemas(site: Site, tmp_path: Path) -> None:
    site.pages |= {"/a?v=1": b'{"title": "1"}', "/a?v=2": b'{"title": "2"}'}
    store = SchemaStore(cache=tmp_path)
    assert store.get(f"{site.url}/a?v=1") != store.get(f"{site.url}/a?v=2")


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (b"<html>", "not JSON"),
        (b"[1]", "not a JSON object"),
        (b"{" + b" " * module.MAX_BYTES + b"}", "larger than 2.0 MiB"),
    ],
)
def test_what_is_no_schema_is_refused(site: Site, tmp_path: Path, page: bytes, said: str) -> None:
    site.pages["/a.json"] = page
    with pytest.raises(SchemaUnavailableError, match=said):
        SchemaStore(cache=tmp_path).get(f"{site.url}/a.json")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_missing_page_is_asked_for_once(site: Site, tmp_path: Path) -> None:
    store = SchemaStore(cache=tmp_path)
    for _ in range(3):
        with pytest.raises(SchemaUnavailableError, match="Not Found"):
            store.get(f"{site.url}/absent.json")
    assert site.asked == ["/absent.json"]


def test_redirects_stay_within_https(site: Site, tmp_path: Path) -> None:
    site.pages["/b.json"] = b"{}"
    site.redirects = {"/a.json": f"{site.url}/b.json", "/c.json": "http://localhost/b.json"}
    store = SchemaStore(cache=tmp_path)
    assert store.get(f"{site.url}/a.json") == b"{}"
    with pytest.raises(SchemaUnavailableError, match="away from https"):
        store.get(f"{site.url}/c.json")


def test_what_differs_from_its_pin_is_refused(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{site.url}/a.json"
    site.pages["/a.json"] = b'{"title": "changed"}'
    published = hashlib.sha256(b'{"title": "published"}').hexdigest()
    monkeypatch.setattr(module, "pins", lambda: {url: published})
    with pytest.raises(SchemaUnavailableError, match="SHA-256"):
        SchemaStore(cache=tmp_path).get(url)
    site.pages["/a.json"] = b'{"title": "published"}'
    assert SchemaStore(cache=tmp_path).get(url) == site.pages["/a.json"]


def test_pins_are_those_of_the_published_files(schemas: Path) -> None:
    known = pins()
    for url, digest in known.items():
        file = schemas / url.removeprefix("https://")
        assert hashlib.sha256(file.read_bytes()).hexdigest() == digest, url
    assert MLM in known


@pytest.mark.parametrize(
    "url",
    [
        "eo",
        "",
        "file:///etc/passwd",
        "ftp://a/b.json",
        "https://",
        "http://[x/a",
        "https://user:secret@h/a.json",
        "https://h/" + "a" * 5000,
        "https://h/a b",
    ],
)
def test_addresses_that_are_none(url: str, tmp_path: Path) -> None:
    with pytest.raises(SchemaUnavailableError):
        SchemaStore(cache=tmp_path, offline=True).get(url)
    assert SchemaStore(cache=tmp_path).where(url) == ""


def test_http_is_never_fetched(tmp_path: Path) -> None:
    with pytest.raises(SchemaUnavailableError, match="switched off"):
        SchemaStore(cache=tmp_path).get("http://localhost:1/schema.json")


def test_addresses_cannot_leave_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("{}")
    folder = tmp_path / "schemas"
    folder.mkdir()
    for url in ("https://../secret.json", "https://h/../../secret.json", "https://h/..\\secret"):
        with pytest.raises(SchemaUnavailableError):
            SchemaStore(folder, cache=tmp_path / "c", offline=True).get(url)


def test_a_store_travels_to_other_processes(schemas: Path, tmp_path: Path) -> None:
    store = SchemaStore(schemas, cache=tmp_path, offline=True)
    store.get(MLM)
    copy = pickle.loads(pickle.dumps(store))
    assert copy.get(MLM) == store.get(MLM)
    assert len(pickle.dumps(store)) < 1000


def test_the_fingerprint_follows_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    first = SchemaStore(tmp_path, offline=True).fingerprint()
    assert SchemaStore(tmp_path, offline=True).fingerprint() == first
    (tmp_path / "a.json").write_text('{"title": "other"}')
    assert SchemaStore(tmp_path, offline=True).fingerprint() != first


def test_what_is_known_includes_every_version_of_the_model_extension() -> None:
    known = SchemaStore(offline=True).known()
    assert len([url for url in known if "/mlm/" in url]) == 8
    assert len(set(known)) == len(known)
