"""Input of the tests of ``geocairn build``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.items import model


def lines(*documents: Any) -> str:
    """Write some.ndjson; text goes in as it is."""
    texts = [one if isinstance(one, str) else json.dumps(one) for one in documents]
    Path("some.ndjson").write_text("\n".join(texts) + "\n")
    return "some.ndjson"


def without(name: str) -> dict[str, Any]:
    """An item that lacks a member."""
    item = model("x")
    del item[name]
    return item
