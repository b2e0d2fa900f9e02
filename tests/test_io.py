"""JSON without loss, and files that are written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocairn import _io
from geocairn.errors import MalformedJSONError, OutputError

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**200), 2**200)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=4), inner, max_size=4)
    ),
    max_leaves=20,
)


def same(one: Any, other: Any) -> bool:
    """Equal, with the same types: 1, 1.0 and true are three values."""
    return repr(one) == repr(other)


@given(VALUES)
def test_values_come_back_as_they_were(value: Any) -> None:
    assert same(_io.loads(_io.dumps(value)), value)
    assert same(_io.loads(_io.dumps(value, indent=True)), value)
    assert _io.loads(_io.canonical(value)) == value


@given(VALUES)
def test_what_the_standard_library_writes_is_read_alike(value: Any) -> None:
    assert same(_io.loads(json.dumps(value).encode()), value)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 2**70), max_size=5))
def test_canonical_text_ignores_the_order_of_keys(value: dict[str, int]) -> None:
    back = dict(reversed(value.items()))
    assert _io.canonical(value) == _io.canonical(back)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert _io.loads(b"\xef\xbb\xbf[1]") == [1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'{"a": 1,\n "b" 2}', "not JSON at line 2, column 6"),
        (b"", "not JSON at line 1, column 1"),
        (b'{"a": NaN}', "not JSON at line 1, column 7"),
        (b'{"a": Infinity}', "not JSON at line 1, column 7"),
        (b'{"a": 1e999}', "not JSON at line 1"),
        (b'"\\ud800"', "not JSON at line 1"),
        (b"[1] [2]", "not JSON at line 1, column 5"),
        (b'"tab\there"', "not JSON at line 1"),
        (b'{"a": "\xe9"}', "byte 0xe9 at line 1, column 8 is not UTF-8"),
        (b'{"a": 1,\n"b": "\xff"}', "byte 0xff at line 2, column 7 is not UTF-8"),
        (b'[12345678901234567890, "\xff"]', "byte 0xff at line 1, column 25 is not UTF-8"),
        (b"[12345678901234567890, NaN]", "not JSON at line 1, column 24"),
        (b"[" * 600 + b"]" * 600, "more than 500 levels"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_what_is_not_json_is_named(text: bytes, message: str) -> None:
    with pytest.raises(MalformedJSONError) as caught:
        _io.loads(text, where="here")
    assert message in caught.value.message
    assert caught.value.where == "here"
    assert caught.value.remedy


def test_deep_documents_can_be_written_again() -> None:
    for depth in (254, 255, 400, 499):
        for text in (b"[" * depth + b"]" * depth, b'{"":' * depth + b"1" + b"}" * depth):
            value = _io.loads(text)
            assert _io.loads(_io.dumps(value)) == value
            assert _io.canonical(value)


@given(st.lists(st.binary(max_size=4), max_size=4), st.lists(st.binary(max_size=4), max_size=4))
def test_digests_tell_where_parts_end(one: list[bytes], other: list[bytes]) -> None:
    assert (_io.digest(*one) == _io.digest(*other)) == (one == other)


def test_files_are_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file.json"
    _io.write_atomic(path, b"one")
    _io.write_atomic(path, b"two", durable=False)
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(b"old")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left") as caught:
        _io.write_atomic(path, b"new")
    assert caught.value.where == str(path)
    assert "Free some space" in str(caught.value.remedy)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        _io.write_atomic(tmp_path / "file" / "below", b"new")


def test_a_file_that_cannot_be_written_is_called_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path, *_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(OutputError) as caught:
        _io.write_atomic(tmp_path / "a.json", b"new")
    assert caught.value.where == str(tmp_path / "a.json")
    assert not list(tmp_path.iterdir())


def test_an_interrupted_write_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _io.write_atomic(tmp_path / "a.json", b"new")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "Free some space"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "Allow writing"),
        (errno.EPERM, "Allow writing"),
        (errno.ENOTDIR, "Check the path"),
    ],
)
def test_every_refusal_has_a_remedy(number: int, remedy: str) -> None:
    error = _io.output_error(OSError(number, os.strerror(number), "/x/y"), "/x")
    assert error.where == "/x/y"
    assert remedy in str(error.remedy)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1_572_864, "1.5 MiB"),
        (2**30, "1.0 GiB"),
        (2**50, "1048576.0 GiB"),
    ],
)
def test_sizes_for_people(size: int, text: str) -> None:
    assert _io.human_size(size) == text


def test_passwords_are_left_out_of_messages() -> None:
    told = _io.without_password("https://me:secret@host/x?y=a@b and postgresql+psycopg2://u:p@h/d")
    assert told == "https://host/x?y=a@b and postgresql+psycopg2://h/d"


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    def stop_half_way() -> None:
        with _io.whole(tmp_path / "a.tif") as passing:
            passing.write_bytes(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stop_half_way()
    assert list(tmp_path.iterdir()) == []
