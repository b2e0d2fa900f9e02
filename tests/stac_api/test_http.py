"""What HTTP offers around the answers: validators, packing, ranges, other origins, proxies."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import brotli
import pytest
from tests.conformance.hub import build_hub
from tests.items import models, write_lines
from tests.stac_api.serving import Api

from geocairn.build import BuildOptions, build
from geocairn.server.exchange import LONGEST_BODY
from geocairn.server.served import Served

SEARCH = "search?bbox=-20,-20,20,20&limit=20"


def test_a_client_that_has_the_answer_is_told_so(api: Api) -> None:
    first = api.get(SEARCH)
    tag = first.headers["ETag"]
    again = api.get(SEARCH, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == tag
    assert api.get(SEARCH + "0", headers={"If-None-Match": tag}).status_code == 200
    assert api.get(SEARCH, headers={"If-None-Match": '"other"'}).json() == first.json()
    assert "ETag" not in api.get("search?bbox=1").headers


def test_addresses_of_another_host_have_another_tag(api: Api) -> None:
    # The links in the answer differ, too.
    there = api.get("", headers={"Host": "elsewhere.example"})
    assert there.json()["links"][0]["href"] == "http://elsewhere.example/"
    assert there.headers["ETag"] != api.get("").headers["ETag"]


@pytest.mark.parametrize("path", ["", SEARCH, "collections", "api", "api.html", "nowhere"])
def test_head_says_what_get_says(api: Api, path: str) -> None:
    head, get = api.send("HEAD", path), api.get(path)
    assert head.status_code == get.status_code
    assert head.content == b""
    for name in ("Content-Type", "ETag"):
        assert head.headers.get(name) == get.headers.get(name)


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_large_answers_are_packed(api: Api, coding: str) -> None:
    packed = api.get(SEARCH, headers={"Accept-Encoding": coding}, stream=True)
    assert packed.headers["Content-Encoding"] == coding
    assert "Accept-Encoding" in packed.headers["Vary"]
    data = packed.raw.read(decode_content=False)
    bare = api.get(SEARCH, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in bare.headers
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}[coding]
    assert unpack(data) == bare.content
    assert len(data) < len(bare.content) / 2


def test_pages_of_other_origins_may_ask(api: Api) -> None:
    origin = {"Origin": "https://map.example"}
    assert api.get("", headers=origin).headers["Access-Control-Allow-Origin"] == "*"
    asked = {"Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "content-type"
    allowed = api.send("OPTIONS", "search", headers=origin | asked)
    assert allowed.status_code == 200
    assert "POST" in allowed.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["", "collections", "collections/a/items", "search"])
def test_nothing_can_be_changed(api: Api, method: str, path: str) -> None:
    answer = api.send(method, path, json={})
    assert answer.status_code == 405
    assert answer.json()["code"] == "MethodNotAllowed"


def test_a_body_without_end_is_refused(api: Api) -> None:
    long = b"[" + b" " * LONGEST_BODY
    for data in (long, iter([long])):  # with its length, and in chunks
        answer = api.send("POST", "search", data=data)
        assert answer.status_code == 413
        assert "Simplify" in answer.json()["description"]


def test_files_of_the_hub_are_there_by_range(api: Api, folder: Path) -> None:
    item = api.get("search?limit=1").json()["features"][0]
    table = api.get(f"collections/{item['collection']}").json()["assets"]
    href = next(asset["href"] for asset in table.values() if asset["href"].endswith(".parquet"))
    path = href.removeprefix(api.url)
    part = api.get(path, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"PAR1")
    name = path.removeprefix("files/")
    assert api.get(path).content == (folder / name).read_bytes()


@pytest.mark.parametrize(
    "path", ["files/../secret", "files/%2e%2e/secret", "files//etc/passwd", "files/%2fetc/passwd"]
)
def test_no_other_files_are(api: Api, folder: Path, path: str) -> None:
    (folder.parent / "secret").write_text("secret")
    assert api.get(path).status_code == 404


def test_headers_of_proxies_are_believed_where_there_is_one(folder: Path) -> None:
    sent = {"X-Forwarded-Host": "stac.example", "X-Forwarded-Proto": "https"}
    for behind, expected in ((True, "https://stac.example/"), (False, None)):
        with Api(folder, behind_proxy=behind) as api:
            link = api.get("", headers=sent).json()["links"][0]["href"]
            assert link == (expected or api.url)


def test_an_address_of_its_own(folder: Path) -> None:
    with Api(folder, address="https://stac.example/models") as api:
        page = api.get("search?limit=2&sortby=id").json()
        hrefs = [link["href"] for link in page["links"]]
        item = page["features"][0]
        hrefs += [link["href"] for link in item["links"]]
        assert hrefs[0] == "https://stac.example/models/search?limit=2&sortby=id"
        assert {href.split("/collections/")[0] for href in hrefs[3:]} >= {
            "https://stac.example/models"
        }
        # What people read and what programs read lead there as well.
        assert 'href="https://stac.example/models/api"' in api.get("api.html").text


def test_a_hub_that_is_published_anew_is_opened_anew(tmp_path: Path) -> None:
    hub = tmp_path / "hub"

    def publish(count: int) -> None:
        lines = write_lines(tmp_path / "items.ndjson", models(count))
        build([str(lines)], hub, options=BuildOptions(jobs=1, select=("HUB001",)))

    publish(3)
    served = Served(str(hub))
    before = served.state
    served.refresh()
    assert served.state is before
    publish(5)
    served.refresh()
    assert len(served.state.catalog) == 5
    assert served.state.version != before.version
    shutil.rmtree(hub)
    served.refresh()  # there is nothing to read: what was opened stays
    assert len(served.state.catalog) == 5
    served.close()


def test_a_hub_that_breaks_is_told_without_places_of_this_machine(tmp_path: Path) -> None:
    hub = build_hub(tmp_path / "hub")
    with Api(hub) as api:
        ids = [item["id"] for item in api.get("search?limit=3").json()["features"]]
        for file in hub.glob(f"*/{ids[0]}/{ids[0]}.json"):
            file.unlink()
        answer = api.get("search?limit=3")
        assert answer.status_code == 503
        assert str(tmp_path) not in answer.text
        assert answer.json()["code"] == "HubUnavailable"
