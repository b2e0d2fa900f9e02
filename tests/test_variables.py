"""Variables of the environment that are set for a while."""

from __future__ import annotations

import os

import pytest

from geocairn.variables import kept


def _upset() -> None:
    assert os.environ["GEOCAIRN_TEST_SET"] == "before"
    os.environ["GEOCAIRN_TEST_SET"] = os.environ["GEOCAIRN_TEST_NEW"] = "inside"
    del os.environ["GEOCAIRN_TEST_LOST"]
    raise KeyError


def test_variables_are_as_before_after_whatever_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOCAIRN_TEST_SET", "before")
    monkeypatch.setenv("GEOCAIRN_TEST_LOST", "before")
    monkeypatch.delenv("GEOCAIRN_TEST_NEW", raising=False)
    before = dict(os.environ)
    names = ("GEOCAIRN_TEST_NEW", "GEOCAIRN_TEST_LOST")
    with pytest.raises(KeyError), kept(*names, GEOCAIRN_TEST_SET="default"):
        _upset()
    assert dict(os.environ) == before


def test_defaults_stand_where_nothing_else_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEOCAIRN_TEST_SET", raising=False)
    with kept(GEOCAIRN_TEST_SET="default"):
        assert os.environ["GEOCAIRN_TEST_SET"] == "default"
    assert "GEOCAIRN_TEST_SET" not in os.environ
