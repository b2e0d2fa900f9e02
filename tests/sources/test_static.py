"""Static catalogs, on disk and behind a URL."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.items import collection, model
from tests.server import Server
from tests.sources.reading import contents

from geocairn.errors import InputError, MalformedJSONError
from geocairn.sources import Source

Open = Callable[[str], Source]


def link(rel: str, href: str) -> dict[str, str]:
    return {"rel": rel, "href": href}


def write(path: str, document: dict[str, Any], *links: dict[str, str]) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document | {"links": list(links)}))


@pytest.fixture
def web(tmp_path: Path, opened: Open) -> Path:
    """A catalog with a nested one, an item linked twice, and names that need encoding."""
    catalog = {"type": "Catalog", "stac_version": "1.0.0", "id": "c", "description": "d"}
    up = link("root", "../catalog.json")
    write(
        "web/catalog.json",
        catalog,
        link("child", "./floods/collection.json"),
        link("child", "a%20b/catalog.json"),
        link("item", "top.json"),
    )
    write(
        "web/floods/collection.json",
        collection(),
        up,
        link("item", "./x/x.json"),
        link("license", "./LICENSE"),
    )
    write(
        "web/a b/catalog.json",
        catalog,
        up,
        link("parent", "../catalog.json"),
        link("item", "../floods/x/x.json#again"),
        link("item", "y é.json"),
        link("child", "../catalog.json"),
    )
    item = model("x")
    item["assets"]["thumbnail"] = {"href": "./thumbnail.png", "roles": ["thumbnail"]}
    write("web/floods/x/x.json", item, link("cite-as", "paper.html"), up)
    write("web/a b/y é.json", model("y"))
    write("web/top.json", model("top"))
    return tmp_path / "web"


ORDER = ["top-1.2.0", "x-1.2.0", "y-1.2.0"]


@pytest.mark.parametrize("location", ["web", "web/", "web/catalog.json"])
def test_on_disk_items_are_read_where_they_are(opened: Open, web: Path, location: str) -> None:
    source = opened(location)
    found = contents(source)
    assert [item["id"] for _, item in found] == ORDER
    origins = ["web/top.json", "web/floods/x/x.json", "web/a b/y é.json"]
    assert [origin for origin, _ in found] == origins
    assert found[1][1]["assets"]["thumbnail"]["href"] == "./thumbnail.png"
    folders = [raw.folder for chunk in source.chunks() for raw in chunk.items()]
    assert folders[1] == web / "floods" / "x"
    assert [raw.origin for raw in source.collections()] == ["web/floods/collection.json"]


def test_an_absolute_path_gives_absolute_origins(opened: Open, web: Path) -> None:
    assert contents(opened(str(web)))[0][0] == f"{web}/top.json"


def test_from_a_collection_on(opened: Open, web: Path) -> None:
    source = opened("web/floods/collection.json")
    assert [item["id"] for _, item in contents(source)] == ["x-1.2.0"]
    assert len(list(source.collections())) == 1


def test_behind_a_url_relative_hrefs_become_absolute(
    opened: Open, web: Path, serve: Callable[[Path], Server]
) -> None:
    server = serve(web)
    for location in (server.url, server.url.rstrip("/"), f"{server.url}catalog.json"):
        source = opened(location)
        found = contents(source)
        assert [item["id"] for _, item in found] == ORDER
    origin, item = found[1]
    assert origin == f"{server.url}floods/x/x.json"
    assert item["assets"]["thumbnail"]["href"] == f"{server.url}floods/x/thumbnail.png"
    assert item["assets"]["weights"]["href"].startswith("https://models.example.org/")
    assert item["links"] == [link("cite-as", f"{server.url}floods/x/paper.html")]
    [raw] = source.collections()
    assert link("license", f"{server.url}floods/LICENSE") in json.loads(raw.data)["links"]


def test_every_document_is_asked_for_once(
    opened: Open, web: Path, serve: Callable[[Path], Server]
) -> None:
    server = serve(web)
    opened(f"{server.url}catalog.json")
    # The root is looked at once to learn what it is, and once to walk it.
    paths = sorted(request.path for request in server.requests)
    documents = [str(path.relative_to(web)) for path in web.rglob("*.json")]
    assert paths == sorted(["catalog.json", *documents])


def test_a_wide_catalog_is_read_a_few_documents_ahead(
    opened: Open, web: Path, serve: Callable[[Path], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many items a catalog links to, few wait in memory at a time."""
    from geocairn.sources import static

    catalog = {"type": "Catalog", "id": "wide"}
    links = [link("item", f"{n}.json") for n in range(120)]
    for n in range(120):
        write(f"wide/{n}.json", model(f"m{n}"))
    write("wide/catalog.json", catalog, *links)
    asked, given, most = 0, 0, 0
    read, moved = static.read_many, static.moved

    def reading(urls: list[str]) -> list[bytes]:
        nonlocal asked, most
        asked += len(urls)
        most = max(most, asked - given)
        return read(urls)

    def moving(document: dict[str, Any], place: str) -> dict[str, Any]:
        nonlocal given
        given += 1
        return moved(document, place)

    monkeypatch.setattr(static, "read_many", reading)
    monkeypatch.setattr(static, "moved", moving)
    found = contents(opened(serve(web.parent / "wide").url))
    assert [item["id"] for _, item in found] == [f"m{n}-1.2.0" for n in range(120)]
    assert most <= static._AT_ONCE + 1


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("none.json", "No such file or directory|there is nothing at this address"),
        ("", "has a link to '', which cannot be followed"),
        ("http://[", "cannot be followed"),
        ("gopher://example.org/x.json", "cannot be followed"),
        ("file:///etc/hostname", "cannot be followed|neither Catalog nor|not JSON"),
    ],
)
@pytest.mark.parametrize("remote", [False, True])
def test_links_that_lead_nowhere(
    opened: Open,
    serve: Callable[[Path], Server],
    tmp_path: Path,
    target: str,
    message: str,
    remote: bool,
) -> None:
    write("bad/catalog.json", {"type": "Catalog", "id": "c"}, link("child", target))
    location = serve(tmp_path / "bad").url if remote else "bad"
    with pytest.raises(InputError, match=message):
        opened(location)


def test_a_catalog_behind_a_url_cannot_reach_files_here(
    opened: Open, serve: Callable[[Path], Server], tmp_path: Path
) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps(model("secret")))
    write("bad/catalog.json", {"type": "Catalog", "id": "c"}, link("item", secret.as_uri()))
    with pytest.raises(InputError, match="which cannot be followed"):
        opened(serve(tmp_path / "bad").url)


def test_a_catalog_on_disk_may_link_to_others_on_the_web(
    opened: Open, web: Path, serve: Callable[[Path], Server]
) -> None:
    url = serve(web).url
    links = [link("child", "web/floods/collection.json"), link("child", f"{url}a%20b/catalog.json")]
    links += [link("item", f"{url}top.json"), link("item", "web/top.json")]
    write("catalog.json", {"type": "Catalog", "id": "c"}, *links)
    origins = [origin for origin, _ in contents(opened("catalog.json"))]
    assert origins[:2] == ["web/top.json", "web/floods/x/x.json"]
    assert origins[2] == f"{url}top.json"
    assert f"{url}floods/x/x.json" in origins


def test_an_item_that_is_not_there(
    opened: Open, web: Path, serve: Callable[[Path], Server]
) -> None:
    (web / "floods/x/x.json").unlink()
    with pytest.raises(InputError, match="No such file") as caught:
        contents(opened("web"))
    assert caught.value.where == "web/floods/x/x.json"
    url = serve(web).url
    with pytest.raises(InputError, match="there is nothing at this address") as caught:
        opened(url)
    assert caught.value.where == f"{url}floods/x/x.json"


def test_documents_of_other_types(opened: Open, web: Path) -> None:
    shutil.copy(web / "top.json", web / "floods/collection.json")
    with pytest.raises(InputError, match="'Feature' is neither Catalog nor Collection") as caught:
        opened("web")
    assert caught.value.where == "web/floods/collection.json"
    (web / "floods/collection.json").write_text("[]")
    with pytest.raises(InputError, match="None is neither"):
        opened("web")


def test_malformed_documents(opened: Open, web: Path, serve: Callable[[Path], Server]) -> None:
    (web / "floods/x/x.json").write_text('{\n"type": Feature}')
    with pytest.raises(MalformedJSONError, match=r"x\.json: not JSON at line 2, column 9"):
        opened(serve(web).url)
    # On disk the item is left to the build, which can leave it out.
    [_, raw, _] = [raw for chunk in opened("web").chunks() for raw in chunk.items()]
    with pytest.raises(MalformedJSONError, match="not JSON at line 2, column 9"):
        raw.parse()
    (web / "catalog.json").write_text("{")
    with pytest.raises(MalformedJSONError, match=r"web/catalog\.json: not JSON at line 1"):
        opened("web")


@pytest.mark.parametrize("links", [None, {}, [None, 1, {"rel": 1, "href": "x"}, {"rel": "item2"}]])
def test_odd_links_are_no_links(opened: Open, links: Any) -> None:
    Path("odd").mkdir()
    Path("odd/catalog.json").write_text(json.dumps({"type": "Catalog", "links": links}))
    assert contents(opened("odd")) == []
