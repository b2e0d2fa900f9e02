"""Errors carry what a person needs, across processes, too."""

from __future__ import annotations

import pickle

import pytest

from geocairn import errors
from geocairn.errors import FindingsError, GeocairnError, InputError, MalformedJSONError

KINDS = [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize("kind", KINDS)
def test_errors_survive_pickling(kind: type[GeocairnError]) -> None:
    error = kind("is wrong", where="file:1", path="$.id", remedy="Correct it.")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error) == "file:1: $.id: is wrong\n  Correct it."
    assert (again.message, again.where, again.path, again.remedy) == (
        "is wrong",
        "file:1",
        "$.id",
        "Correct it.",
    )


def test_parts_that_are_missing_leave_no_trace() -> None:
    assert str(GeocairnError("is wrong")) == "is wrong"
    assert str(GeocairnError("is wrong", path="$.id")) == "$.id: is wrong"


def test_exit_codes() -> None:
    assert {kind.exit_code for kind in KINDS if kind is not FindingsError} == {2}
    assert FindingsError.exit_code == 1


def test_all_are_of_one_family_that_the_docstring_shows() -> None:
    defined = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, Exception)
    ]
    assert sorted(defined, key=repr) == sorted(KINDS, key=repr)
    assert all(issubclass(kind, GeocairnError) for kind in defined)
    assert all(kind.__name__ in str(errors.__doc__) for kind in defined)
    assert issubclass(MalformedJSONError, InputError)
