"""What there is, told to whoever does not know yet what to ask."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from tests.stac_api.serving import Api

import geocairn
from geocairn.facets import FACET_NAMES
from geocairn.queryables import QUERYABLES


def test_every_link_of_the_landing_page_leads_somewhere(api: Api) -> None:
    page = api.get("").json()
    assert page["conformsTo"] == api.get("conformance").json()["conformsTo"]
    for link in page["links"]:
        path = link["href"].removeprefix(api.url)
        path += "?q=a" if link["rel"] == "suggest" else ""
        answer = api.post({}) if link.get("method") == "POST" else api.get(path)
        assert answer.status_code == 200, link
        assert answer.headers["Content-Type"].split(";")[0] == link["type"].split(";")[0]


def test_children_are_the_collections(api: Api) -> None:
    found = api.get("collections").json()["collections"]
    assert api.get("children").json()["children"] == found
    assert [one["id"] for one in found] == [
        link["href"].rpartition("/")[2]
        for link in api.get("").json()["links"]
        if link["rel"] == "child"
    ]
    for one in found:
        assert api.get(f"collections/{one['id']}").json() == one


def test_items_of_a_collection(api: Api) -> None:
    ids = [one["id"] for one in api.get("collections").json()["collections"]]
    total = 0
    for id_ in ids:
        page = api.get(f"collections/{id_}/items?limit=1000&sortby=-id").json()
        assert {item["collection"] for item in page["features"]} <= {id_}
        assert [item["id"] for item in page["features"]] == sorted(
            (item["id"] for item in page["features"]), reverse=True
        )
        assert page["links"][0]["href"] == f"{api.url}collections/{id_}/items?limit=1000&sortby=-id"
        total += page["numberMatched"]
    assert total == api.get("search").json()["numberMatched"]


def test_an_item_is_the_same_alone(api: Api) -> None:
    for item in api.get("search?limit=1000").json()["features"]:
        own = next(link["href"] for link in item["links"] if link["rel"] == "self")
        assert api.get(own.removeprefix(api.url)).json() == item


def test_hrefs_of_items_lead_to_the_api_or_to_files(api: Api) -> None:
    seen = set()
    for item in api.get("search?limit=1000").json()["features"]:
        rest = [link for link in item["links"] if link["rel"] in ("latest-version", "describedby")]
        for part in [*rest, *item["assets"].values()]:
            if part["href"].startswith(api.url) and part["href"] not in seen:
                seen.add(part["href"])
                if "rel" in part:
                    assert api.get(part["href"].removeprefix(api.url)).status_code == 200


def test_names_to_ask_for(api: Api) -> None:
    asked = api.get("queryables").json()["properties"]
    assert set(asked) == set(QUERYABLES)
    sorted_by = api.get("sortables").json()["properties"]
    assert set(sorted_by) == set(QUERYABLES) - {"geometry"} | {"overlap", "score"}


def test_suggestions_are_the_catalogs(api: Api, folder: Path) -> None:
    with geocairn.open(folder) as hub:
        for text in ("bu", "u-n", "sem", "building c", "zzz"):
            expected = [asdict(one) for one in hub.suggest(text, limit=7)]
            answer = api.get("suggest", params={"q": text, "limit": 7}).json()
            assert answer["suggestions"] == expected


def test_facets_are_the_catalogs(api: Api, folder: Path) -> None:
    with geocairn.open(folder) as hub:
        for query in ({}, {"bbox": "-20,-20,40,40"}, {"q": "model"}, {"filter": "gsd < 1"}):
            found = hub.search(**query)
            answer = api.get("facets", params=query).json()
            assert answer["facets"] == found.facets()
            assert answer["numberMatched"] == found.matched()
            assert set(answer["facets"]) == set(FACET_NAMES)


def test_suggestions_of_a_hub_behind_a_url(api: Api, far: Api) -> None:
    assert far.get("suggest?q=bu").json() == api.get("suggest?q=bu").json()


def test_the_page_for_people_has_every_parameter(api: Api) -> None:
    text = api.get("api.html").text
    for name in ("bbox", "filter-lang", "tasks", "token", "sortby"):
        assert f"<code>{name}</code>" in text
    assert "script" not in text
