"""Pull requests with any value at any place of an item."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.items import model
from tests.submission.proposals import ANA, EVE, Clone, look

from geocairn.submission import from_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
PLACES = st.sampled_from(
    [
        *((name,) for name in ("id", "type", "bbox", "geometry", "links", "assets", "properties")),
        ("properties", "license"),
        ("properties", "mlm:input"),
        ("properties", "bands"),
        ("assets", "weights"),
        ("assets", "weights", "href"),
        ("links", 0),
    ]
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(PLACES, JSON, st.sampled_from([ANA, EVE]))
def test_any_value_anywhere_is_looked_at(
    clone: Clone, schemas: Path, place: tuple[Any, ...], value: Any, author: int
) -> None:
    """Whatever an item says, there is a report, and nobody gets in whom the base does not name."""
    item: Any = model("delta", version="1.0.0")
    target = item
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    head = clone.propose(lambda clone: clone.put(item))
    result = look(clone, head, author=author, schemas=schemas)
    assert not (result.accepted and author != ANA)
    for told in (result.to_text(), result.to_json(), result.to_github(), result.to_markdown()):
        assert told
    assert from_json(result.to_json().encode()).accepted == result.accepted
