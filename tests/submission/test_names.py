"""What names look like."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocairn.submission.names import colliding_files, skeleton

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("unet", "UNET"),
        ("unet-1", "unet-l"),
        ("un0", "uno"),
        ("modern", "modem"),
        ("savvy", "sawy"),
        ("clam", "darn"),
        ("a-b", "a_b"),
        ("a-b", "a.b"),
        ("a--b", "a-b"),
    ],
)
def test_names_that_look_alike(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"), [("unet-1-1", "unet-11"), ("resnet18", "resnet16"), ("flood", "floods")]
)
def test_names_that_do_not(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


def test_models_of_the_catalog_do_not_look_alike() -> None:
    names = [path.parent.name for path in ROOT.glob("catalog/*/*/README.md")]
    assert len(names) > 100
    assert not [
        pair for pair in combinations(sorted(names), 2) if skeleton(pair[0]) == skeleton(pair[1])
    ]


@settings(max_examples=500, deadline=None)
@given(st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,20}", fullmatch=True))
def test_a_skeleton_is_that_of_every_case(name: str) -> None:
    assert skeleton(name) == skeleton(name.upper()) == skeleton(name.lower())


def test_folders_collide_like_files() -> None:
    found = list(colliding_files(["a/B/c", "a/b/d", "a/B/e"]))
    assert [finding.origin for finding in found] == ["a/b"]
