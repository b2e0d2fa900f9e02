"""The STAC API's own validator has nothing to say about any class that the landing page claims."""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path
from typing import Any

import pytest
from tests.items import square
from tests.stac_api.serving import Api
from tests.stac_api.stored_web import stored_web

# What the validator stands on warns of its own names and ways.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
CLASSES = (
    "core",
    "browseable",
    "children",
    "collections",
    "features",
    "features#filter",
    "item-search",
    "filter",
    "item-search#filter",
    "item-search#sort",
    "item-search#fields",
    "item-search#query",
)
AREA = json.dumps(square(80, 20, 30))


def validate(api: Api, schemas: Path, classes: tuple[str, ...]) -> tuple[list[str], list[str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from stac_api_validator.validations import QueryConfig, validate_api

    query = QueryConfig(
        *("gsd", 2.0, 2.0, 3.0, 3.0, 1.0, 1.0),
        *("title", "Model", "010", "odel", "grade", "A,B"),
    )
    options: dict[str, Any] = {
        "auth_bearer_token": None,
        "auth_query_parameter": None,
        "transaction_collection": None,
        "headers": {},
        # The items of this test have assets that are nowhere.
        "open_assets_urls": False,
    }
    with stored_web(schemas):
        told, errors = validate_api(
            api.url,
            list(classes),
            "c0",
            AREA,
            fields_nested_property="properties.gsd",
            validate_pagination=True,
            query_config=query,
            **options,
        )
    return list(told), list(errors)


@pytest.mark.parametrize("name", CLASSES)
def test_class(valid: Api, schemas: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    told, errors = validate(valid, schemas, ("core", name) if name != "core" else ("core",))
    assert errors == []
    # Identity comes along with all that is asked for; stac-check has tastes of its own.
    assert [line for line in told if "stac-check" not in line and "extra fields" not in line] == []
