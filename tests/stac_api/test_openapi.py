"""The API is what its OpenAPI document says, whatever is sent to it."""

from __future__ import annotations

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from tests.stac_api.serving import Api

from geocairn.server.openapi import ANSWERS

# Not among them: that every request which fits the document is accepted. A document cannot say
# what CQL2, an outline, or an order is; `test_errors` has what becomes of those.
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
]

EXAMPLES = 25


@pytest.fixture(scope="session")
def described(api: Api) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(f"{api.url}api")


@pytest.mark.parametrize("operation", [*(f"GET {path}" for path in ANSWERS), "POST /search"])
def test_operation(described: schemathesis.BaseSchema, operation: str) -> None:
    method, path = operation.split()

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), database=None)
    @given(case=described[path][method].as_strategy())
    def try_it(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS)

    try_it()


def test_every_operation_is_tried(described: schemathesis.BaseSchema) -> None:
    operations = [found.ok().label for found in described.get_all_operations()]
    assert set(operations) == {*(f"GET {path}" for path in ANSWERS), "POST /search"}


def test_the_document_is_openapi_3_0(api: Api) -> None:
    answer = api.get("api")
    document = answer.json()
    assert document["openapi"].startswith("3.0.")
    assert answer.headers["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    schemathesis.openapi.from_dict(document).validate()
    # What only 3.1 has, and what FastAPI answers with where we do not.
    text = json.dumps(document)
    assert '"type": "null"' not in text
    assert '"const"' not in text
    assert '"422"' not in text


def test_every_reference_leads_somewhere(api: Api) -> None:
    document = api.get("api").json()
    names = set(document["components"]["schemas"])
    parts = json.dumps(document).split('"$ref": "#/components/schemas/')[1:]
    assert {part.partition('"')[0] for part in parts} == names - {"Status"} | {"Status"}
