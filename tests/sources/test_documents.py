"""Documents of a source that are too large, or that two programs would read differently."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.items import collection, model, write_catalog

from geocairn.errors import MalformedJSONError
from geocairn.sources import RawCollection, RawItem, open_source
from geocairn.sources.base import LARGEST_DOCUMENT


@pytest.mark.parametrize("kind", [RawItem, RawCollection])
def test_a_name_given_twice_is_refused(kind: type) -> None:
    data = b'{"type": "Feature", "id": "a", "id": "b"}'
    raw = kind(data, 0) if kind is RawItem else kind(data, "here")
    with pytest.raises(MalformedJSONError, match="'id' is given twice in one object"):
        raw.parse()


def test_a_text_of_100_mb_is_not_even_read(tmp_path: Path) -> None:
    item = model()
    folder = write_catalog(tmp_path / "catalog", [item])
    path = next(folder.rglob("item.json"))
    item["properties"]["description"] = "x" * 100_000_000
    path.write_text(json.dumps(item))
    (chunk,) = open_source(str(folder), spool=tmp_path / "spool").chunks()
    (raw,) = chunk.items()
    assert len(raw.data) == LARGEST_DOCUMENT + 1
    with pytest.raises(MalformedJSONError, match=r"more than the 16\.0 MiB"):
        raw.parse()


def test_a_large_document_within_bounds_is_read() -> None:
    item = model(description="x" * (8 << 20))
    assert RawItem(json.dumps(item).encode(), 0).parse() == item
    described = collection(description="x" * (8 << 20))
    assert RawCollection(json.dumps(described).encode(), "here").parse() == described
