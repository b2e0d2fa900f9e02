from __future__ import annotations

import random

import pytest

from geocairn.compile.versions import model_name, version_claims, version_key, version_links

# The first line is the example of https://semver.org/#spec-item-11.
SORTED = [
    "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 "
    "1.0.0-rc.1 1.0.0",
    "1 1.0.1 1.2 1.9 1.10 1.10.1 2.0-rc1 2.0 2.0.1 10",
    "0.9 1.0a1 1.0b1 1.0rc2 1.0 1.0.0",
    "v1 v1.1 v2",
    "2023-01 2024-01",
]


@pytest.mark.parametrize("line", SORTED)
def test_order(line: str) -> None:
    versions = line.split()
    shuffled = random.Random(1).sample(versions, len(versions))
    assert sorted(shuffled, key=version_key) == versions


@pytest.mark.parametrize(
    ("item", "version", "name"),
    [
        ("unet-1.0.0", "1.0.0", "unet"),
        ("unet-small-2", "2", "unet-small"),
        ("unet-1.0.0", "1.0", None),
        ("1.0.0", "1.0.0", None),
        ("-1.0.0", "1.0.0", None),
        ("unet", None, None),
        ("unet-", "", None),
    ],
)
def test_model_name(item: str, version: str | None, name: str | None) -> None:
    assert model_name(item, version) == name


def test_links_go_both_ways_and_to_the_latest() -> None:
    links = version_links([[("1.10", "m-1.10"), ("1.9", "m-1.9"), ("2.0-rc1", "m-2.0-rc1")]])
    assert links == {
        "m-1.9": (("successor-version", "m-1.10"), ("latest-version", "m-2.0-rc1")),
        "m-1.10": (
            ("predecessor-version", "m-1.9"),
            ("successor-version", "m-2.0-rc1"),
            ("latest-version", "m-2.0-rc1"),
        ),
        "m-2.0-rc1": (("predecessor-version", "m-1.10"),),
    }


def test_a_single_version_has_no_links() -> None:
    assert version_links([[("1", "m-1")], []]) == {}


def test_equal_versions_are_told_apart_by_id() -> None:
    links = version_links([[("1.0", "b-1.0"), ("1.0", "a-1.0")]])
    assert links["b-1.0"] == (("predecessor-version", "a-1.0"),)


def test_claims_name_relation_and_item() -> None:
    links = [
        {"rel": "predecessor-version", "href": "../unet-1.0.0/unet-1.0.0.json"},
        {"rel": "latest-version", "href": "https://example.org/unet-3.0.0/"},
        {"rel": "license", "href": "https://example.org/"},
        {"rel": "successor-version", "href": None},
        {"rel": ["successor-version"], "href": "a"},
        None,
    ]
    assert version_claims({"links": links}) == [
        "predecessor-version unet-1.0.0",
        "latest-version unet-3.0.0",
    ]
    assert version_claims({"links": None}) == []
    assert version_claims({}) == []
