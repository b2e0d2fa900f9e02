"""What changed, in words."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.items import model, square

from geocairn.submission.words import MOST, card_change, item_changes


def changed(*path: Any, to: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """An item, and the same with another value at a place; None takes the member away."""
    before = model()
    before["properties"]["mlm:metrics"] = {"IoU": 0.61, "F1": 0.7}
    after = copy.deepcopy(before)
    target: Any = after
    for step in path[:-1]:
        target = target[step]
    if to is None:
        del target[path[-1]]
    else:
        target[path[-1]] = to
    return before, after


PROPERTIES = "properties"


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ((PROPERTIES, "license"), "CC-BY-4.0", "licence Apache-2.0 -> CC-BY-4.0"),
        ((PROPERTIES, "license"), None, "licence removed: Apache-2.0"),
        ((PROPERTIES, "mlm:metrics", "IoU"), 0.66, "IoU 0.61 -> 0.66"),
        ((PROPERTIES, "mlm:metrics", "OA"), 0.9, "OA added: 0.9"),
        ((PROPERTIES, "mlm:metrics", "IoU"), None, "IoU removed: 0.61"),
        ((PROPERTIES, "mlm:hyperparameters", "epochs"), 80, "hyperparameter epochs 60 -> 80"),
        ((PROPERTIES, "mlm:total_parameters"), 5, "parameters 24436369 -> 5"),
        ((PROPERTIES, "mlm:pretrained"), 1, "pretrained true -> 1"),
        ((PROPERTIES, "keywords"), ["flood", "sea"], "keywords: + sea, - water, - Sentinel-2"),
        ((PROPERTIES, "keywords"), ["water", "Sentinel-2", "flood"], "keywords: in another order"),
        (
            (PROPERTIES, "bands", 0, "eo:center_wavelength"),
            0.5,
            "bands: B02 ['eo:center_wavelength'] 0.49 -> 0.5",
        ),
        (
            (PROPERTIES, "mlm:input", 0, "input", "shape", 1),
            3,
            "mlm:input: scene input.shape[1] 4 -> 3",
        ),
        (
            ("assets", "weights", "href"),
            "https://evil.example.org/w.pt",
            "file weights: address https://models.example.org/delta-flood-unet/1.2.0/weights.pt "
            "-> https://evil.example.org/w.pt",
        ),
        (("assets", "weights", "file:size"), 1024, "file weights: size 93.3 MiB -> 1.0 KiB"),
        (("assets", "weights", "roles"), ["mlm:model"], "file weights: roles: - mlm:weights"),
        (
            ("assets", "source"),
            None,
            "file source removed: https://github.com/delta-observatory/flood-unet/tree/v1.2.0",
        ),
        (("stac_version",), "1.0.0", "stac_version 1.1.0 -> 1.0.0"),
        (("links",), [], "link cite-as removed: https://doi.org/10.5281/zenodo.1234567"),
    ],
)
def test_change_is_told(path: tuple[Any, ...], value: Any, words: str) -> None:
    assert item_changes(*changed(*path, to=value)) == [words]


def test_footprint_is_told_by_its_box() -> None:
    told = item_changes(model(), model(geometry=square(10, 20)))
    assert told == ["box [88.0,21.5,92.5,26.0] -> [10,20,10.5,20.5]"]


def test_metrics_as_a_list_are_told_like_others() -> None:
    one, other = ([{"name": "IoU", "value": value}] for value in (0.6, 0.7))
    assert item_changes(model(metrics=one), model(metrics=other)) == ["IoU 0.6 -> 0.7"]


def test_nothing_is_told_of_what_is_the_same() -> None:
    assert item_changes(model(), model()) == []


def test_many_changes_are_counted() -> None:
    told = item_changes(model(), model(**{f"x{n}": n for n in range(500)}))
    assert len(told) == MOST + 1
    assert told[-1] == f"and {500 - MOST} more changes"


def test_card_is_told_by_lines() -> None:
    assert card_change(b"a\nb\n", b"a\nc\nd\n", name="card") == "card: 2 new lines, 1 line gone"
    assert card_change(None, b"a", name="card") == "card added"
    assert card_change(b"a", b"a", name="card") == ""


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False)
    | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(["license", "bands", "mlm:metrics", "keywords", "x", "mlm:hyperparameters"])
ITEMS = st.fixed_dictionaries(
    {},
    optional={
        "properties": st.dictionaries(KEYS, JSON, max_size=4) | JSON,
        "assets": st.dictionaries(st.text(max_size=3), JSON, max_size=3) | JSON,
        "links": JSON,
        "bbox": JSON,
        "geometry": JSON,
        "id": JSON,
    },
)


@settings(max_examples=500, deadline=None)
@given(ITEMS, ITEMS)
def test_any_two_documents_can_be_compared(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert item_changes(one, one) == []
    for line in item_changes(one, other):
        assert line
