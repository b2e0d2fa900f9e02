"""Files of owners: read whatever they hold, written as they were meant."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocairn.errors import InputError
from geocairn.owners import LARGEST, Owner, add_owner, read_owners, remove_owner, write_owners

WELL = b'owners = [{ login = "octocat", id = 583231 }]\n'
LOGINS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,20}", fullmatch=True)


def test_owners_are_read() -> None:
    assert read_owners(WELL) == ((Owner(583231, "octocat"),), [])
    assert read_owners(b"# nobody yet\nowners = []\n") == ((), [])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", ("owners",)),
        ("owners = 5", ("owners",)),
        ("owner = []\nowners = []", ("owner",)),
        ('owners = ["octocat"]', ("owners", 0)),
        ('owners = [{ login = "octocat" }]', ("owners", 0, "id")),
        ("owners = [{ id = 1 }]", ("owners", 0, "login")),
        ('owners = [{ login = "octocat", id = true }]', ("owners", 0, "id")),
        ('owners = [{ login = "octocat", id = "1" }]', ("owners", 0, "id")),
        ('owners = [{ login = "octocat", id = 1.0 }]', ("owners", 0, "id")),
        ('owners = [{ login = "octocat", id = 0 }]', ("owners", 0, "id")),
        ('owners = [{ login = "octocat", id = -1 }]', ("owners", 0, "id")),
        (f'owners = [{{ login = "octocat", id = {2**53} }}]', ("owners", 0, "id")),
        ('owners = [{ login = "octo cat", id = 1 }]', ("owners", 0, "login")),
        ('owners = [{ login = "\u043ectocat", id = 1 }]', ("owners", 0, "login")),
        ('owners = [{ login = "../x", id = 1 }]', ("owners", 0, "login")),
        ('owners = [{ login = "a", id = 1, admin = true }]', ("owners", 0, "admin")),
        ('owners = [{ login = "a", id = 1 }, { login = "b", id = 1 }]', ("owners", 1, "id")),
        ('owners = [{ login = "a", id = 1 }, { login = "A", id = 2 }]', ("owners", 1, "login")),
        ('owners = [{ login = "a", id = 1979-05-27 }]', ("owners", 0, "id")),
        ("owners = [", ()),
        ("owners = []\nowners = []", ()),
        ("owners = " + "[" * 3000 + "]" * 3000, ()),
        ("owners = [" + '{ login = "a", id = 1 },' * 60 + "]", ("owners",)),
        ("#" * (LARGEST + 1), ()),
    ],
)
def test_what_is_wrong_is_named_and_makes_nobody_an_owner(text: str, place: object) -> None:
    owners, faults = read_owners(text.encode())
    assert owners == ()
    assert faults[0].path == place


def test_what_is_no_text_makes_nobody_an_owner() -> None:
    for data in (b"\xff\xfe", b'owners = [{ login = "\xc3\x28", id = 1 }]', b"\x00"):
        owners, faults = read_owners(data)
        assert owners == ()
        assert faults


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    owners, faults = read_owners(data)
    assert not (owners and faults)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["login", "id", "x"]), _VALUES), max_size=4))
def test_any_table_either_names_one_owner_or_has_a_fault(pairs: list[tuple[str, object]]) -> None:
    def toml(value: object) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, list):
            return f"[{', '.join(map(toml, value))}]"
        if isinstance(value, int):
            return str(value)
        text = "".join(c for c in str(value) if c.isprintable() and c not in '"\\')
        return f'"{text}"'

    entry = ", ".join(f"{key} = {toml(value)}" for key, value in dict(pairs).items())
    owners, faults = read_owners(f"owners = [{{ {entry} }}]".encode("utf-8", "replace"))
    given_ = dict(pairs)
    right = isinstance(given_.get("id"), int) and not isinstance(given_.get("id"), bool)
    assert len(owners) == (0 if faults else 1)
    assert right or faults
    if owners:
        assert owners[0].id == given_["id"]


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.integers(1, 2**53 - 1), LOGINS, max_size=8))
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, known: dict[int, str]
) -> None:
    path = tmp_path_factory.mktemp("owners") / "owners.toml"
    unique = {login.lower(): Owner(number, login) for number, login in known.items()}
    write_owners(path, unique.values())
    owners, faults = read_owners(path.read_bytes())
    assert not faults
    assert set(owners) == set(unique.values())


def test_owners_are_added_renamed_and_removed(tmp_path: Path) -> None:
    path = tmp_path / "owners.toml"
    assert add_owner(path, login="octocat", number=583231)
    assert not add_owner(path, login="octocat", number=583231)
    assert add_owner(path, login="hubot", number=2)
    assert add_owner(path, login="octocat-renamed", number=583231)
    assert read_owners(path.read_bytes())[0] == (
        Owner(2, "hubot"),
        Owner(583231, "octocat-renamed"),
    )
    assert remove_owner(path, who="HUBOT") == Owner(2, "hubot")
    with pytest.raises(InputError, match="does not name 'hubot'"):
        remove_owner(path, who="hubot")
    assert remove_owner(path, who="583231").id == 583231
    assert tomllib.loads(path.read_text()) == {"owners": []}


def test_nothing_is_written_over_what_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "owners.toml"
    path.write_text("owners = [", encoding="utf-8")
    with pytest.raises(InputError, match="not TOML"):
        add_owner(path, login="a", number=1)
    assert path.read_text() == "owners = ["
    path.unlink()
    for login, number in (("a b", 1), ("a", 0), ("", 1)):
        with pytest.raises(InputError, match=r"is no (GitHub login|numeric id)"):
            add_owner(path, login=login, number=number)
        assert not path.exists()
