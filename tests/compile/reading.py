"""What the readers' tests compare with."""

from __future__ import annotations

import datetime as dt
from typing import Any

Item = dict[str, Any]

JSON_TEXTS = ("mlm:input", "mlm:output", "mlm:hyperparameters")
ASSET_FIELDS = ("href", "type", "title", "roles", "mlm:artifact_type")
BOX = (0.0, 0.0, 40.0, 40.0)


def typed_assets(item: Item) -> dict[str, Any]:
    """What of an item's assets is typed: the five common fields of the common keys."""
    return {
        key: {name: asset[name] for name in ASSET_FIELDS if name in asset}
        for key, asset in item["assets"].items()
        if key != "seldom"
    }


def without_nulls(value: Any) -> Any:
    return (
        {k: without_nulls(v) for k, v in value.items() if v is not None}
        if isinstance(value, dict)
        else value
    )


def moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)
