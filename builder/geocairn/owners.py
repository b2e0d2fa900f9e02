"""Who may change a model or a collection: ``owners.toml``, read and written.

::

    owners = [{ login = "octocat", id = 583231 }]

Logins can be renamed and taken by others, numeric ids cannot: only the id counts, and the login is
there for people.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geocairn import _io
from geocairn.errors import InputError

__all__ = [
    "FILE",
    "LARGEST",
    "LARGEST_ID",
    "Fault",
    "Owner",
    "add_owner",
    "new_owner",
    "read_owners",
    "remove_owner",
    "strict_owners",
    "write_owners",
]

FILE = "owners.toml"
LARGEST = 16 << 10
"""Bytes of the largest file that is read."""

_MOST = 50
LARGEST_ID = 2**53 - 1
"""The largest id that is taken: JSON's readers know no larger integers exactly."""

_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}(?:\[bot\])?").fullmatch
_HEADER = """\
# Who may change what lies in this folder: GitHub logins with their numeric ids, which stay when a
# login is renamed. Change it with `geocairn owners add|remove`.
"""


@dataclass(frozen=True, slots=True, order=True)
class Owner:
    """An account.

    Attributes:
        id: Its number, which nobody else ever has.
        login: Its name at the time of writing.
    """

    id: int
    login: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a file of owners.

    Attributes:
        path: Steps from the document's root to the place.
        message: What is wrong there.
        value: What was found there; None where there is nothing to show.
    """

    path: tuple[str | int, ...]
    message: str
    value: Any = None


def read_owners(data: bytes) -> tuple[tuple[Owner, ...], list[Fault]]:
    """Read a file of owners, whatever it holds.

    Args:
        data: Its bytes.

    Returns:
        The owners, and what is wrong. Where anything is wrong nobody is an owner: half of a list
        might be the wrong half.
    """
    document = _document(data)
    if isinstance(document, Fault):
        return (), [document]
    faults = [
        Fault((name,), "is no setting of this file; there is only owners")
        for name in document
        if name != "owners"
    ]
    if "owners" not in document:
        return (), [*faults, Fault(("owners",), "is not given")]
    entries = document["owners"]
    if not isinstance(entries, list):
        return (), [*faults, Fault(("owners",), "is no list", _shown(entries))]
    if len(entries) > _MOST:
        return (), [*faults, Fault(("owners",), f"has {len(entries)} entries, more than {_MOST}")]
    owners: list[Owner] = []
    for index, entry in enumerate(entries):
        faults += _entry_faults(entry, index, owners)
    return (() if faults else tuple(owners)), faults


def _document(data: bytes) -> dict[str, Any] | Fault:
    if len(data) > LARGEST:
        return Fault((), f"has {_io.human_size(len(data))}, more than {_io.human_size(LARGEST)}")
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        return Fault((), "is not UTF-8")
    except ValueError as error:
        return Fault((), f"is not TOML: {str(error)[:200]}")
    except RecursionError:
        return Fault((), "is nested too deeply")


def _entry_faults(entry: Any, index: int, owners: list[Owner]) -> list[Fault]:
    """Take one entry in, or say what is wrong with it."""
    place = ("owners", index)
    if not isinstance(entry, dict):
        return [Fault(place, "is no table with login and id", _shown(entry))]
    login, number = entry.get("login"), entry.get("id")
    faults = [
        Fault((*place, name), "is unknown; there are login and id")
        for name in entry
        if name not in ("login", "id")
    ]
    if not isinstance(login, str) or not _LOGIN(login):
        faults.append(Fault((*place, "login"), "is no GitHub login", _shown(login)))
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= LARGEST_ID:
        faults.append(Fault((*place, "id"), "is no numeric id of an account", _shown(number)))
    if faults:
        return faults
    owner = Owner(number, login)  # type: ignore[arg-type]  # checked just above
    for other in owners:
        if other.id == owner.id:
            return [Fault((*place, "id"), "is named twice", owner.id)]
        if other.login.lower() == owner.login.lower():
            return [Fault((*place, "login"), "is named twice, with two ids", owner.login)]
    owners.append(owner)
    return []


def _shown(value: Any) -> Any:
    """A value as JSON can say it; TOML has dates and times, too."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)[:80]


def strict_owners(path: Path) -> tuple[Owner, ...]:
    """Read a file of owners that has to be right.

    Raises:
        InputError: If it cannot be read, or says something impossible.
    """
    try:
        with path.open("rb") as file:
            owners, faults = read_owners(file.read(LARGEST + 1))
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror or error}",
            where=str(path),
            remedy="Check the path; `geocairn owners add` makes the file.",
        ) from error
    if faults:
        place = ".".join(map(str, faults[0].path))
        raise InputError(
            f"{place + ': ' if place else ''}{faults[0].message}",
            where=str(path),
            remedy='Write owners = [{ login = "octocat", id = 583231 }].',
        )
    return owners


def write_owners(path: Path, owners: Iterable[Owner]) -> None:
    """Write a file of owners, sorted by login.

    Raises:
        OutputError: If it cannot be written.
    """
    listed = sorted(owners, key=lambda owner: owner.login.lower())
    rows = "".join(f'  {{ login = "{owner.login}", id = {owner.id} }},\n' for owner in listed)
    body = f"owners = [\n{rows}]\n" if rows else "owners = []\n"
    _io.write_atomic(path, (_HEADER + body).encode())


def add_owner(path: Path, *, login: str, number: int) -> bool:
    """Name an owner; one who is known by that id gets the new login.

    Args:
        path: The file; it is made where it is not there.
        login: A GitHub login.
        number: The account's numeric id.

    Returns:
        Whether the file changed.

    Raises:
        InputError: If the file, the login or the id is impossible.
        OutputError: If it cannot be written.
    """
    known = strict_owners(path) if path.exists() else ()
    owners = [owner for owner in known if owner.id != number]
    owners.append(new_owner(login, number=number, others=owners, where=str(path)))
    if set(owners) == set(known):
        return False
    write_owners(path, owners)
    return True


def new_owner(
    login: str, *, number: int, others: Sequence[Owner] = (), where: str | None = None
) -> Owner:
    """An owner beside others.

    Args:
        login: A GitHub login.
        number: The account's numeric id.
        others: Who is one already.
        where: The file, for errors.

    Raises:
        InputError: If the login or the id is impossible, or taken.
    """
    owners = list(others)
    faults = _entry_faults({"login": login, "id": number}, len(owners), owners)
    if faults:
        raise InputError(
            f"{faults[0].path[-1]} {faults[0].value!r} {faults[0].message}",
            where=where,
            remedy="Give the login as GitHub writes it, and its numeric id.",
        )
    return owners[-1]


def remove_owner(path: Path, *, who: str) -> Owner:
    """Take an owner off the list.

    Args:
        path: The file.
        who: A login, in any case, or a numeric id.

    Returns:
        The one who was removed.

    Raises:
        InputError: If the file is impossible, or names no such owner.
        OutputError: If it cannot be written.
    """
    known = strict_owners(path)
    for owner in known:
        if who in (str(owner.id), owner.login) or who.lower() == owner.login.lower():
            write_owners(path, [other for other in known if other != owner])
            return owner
    named = ", ".join(owner.login for owner in known) or "nobody"
    raise InputError(f"does not name {who!r}", where=str(path), remedy=f"It names {named}.")
