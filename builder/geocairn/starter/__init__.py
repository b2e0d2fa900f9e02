"""A new hub's repository: settings, an empty collection, workflows, and a README."""

from __future__ import annotations

import contextlib
import re
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from geocairn import _io
from geocairn.errors import InputError, OutputError
from geocairn.owners import FILE, Owner, write_owners
from geocairn.version import __version__

__all__ = ["hub_id", "starter_files", "write_starter"]

TEMPLATE = Path(__file__).parent / "template"
# In the package they have no leading dot, so that no tool takes them for its own settings.
_DOTTED = ("github", "gitignore")


def hub_id(folder: Path) -> str:
    """An id for a hub after the name of its folder.

    Raises:
        InputError: If the name has no letter and no digit.
    """
    # Letters without their marks: "Überflutungen" becomes "uberflutungen".
    letters = unicodedata.normalize("NFKD", folder.resolve().name).encode("ascii", "ignore")
    plain = re.sub(r"[^a-z0-9]+", "-", letters.decode().lower()).strip("-")
    if not plain:
        raise InputError(
            f"{folder.name!r} gives no id",
            where=str(folder),
            remedy="Name the folder with letters and digits.",
        )
    return plain


def starter_files(*, hub: str, title: str, account: str = "OWNER") -> Iterator[tuple[str, bytes]]:
    """The files of a new hub, by path.

    Args:
        hub: The hub's id.
        title: Its name, for people.
        account: At GitHub, to be shown in the addresses that the settings suggest.
    """
    words = {"@ID@": hub, "@TITLE@": title, "@VERSION@": __version__, "@OWNER@": account}
    for path in sorted(TEMPLATE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            first, _, rest = path.relative_to(TEMPLATE).as_posix().partition("/")
            dotted = f".{first}" if first in _DOTTED else first
            text = path.read_text(encoding="utf-8")
            for word, value in words.items():
                text = text.replace(word, value)
            yield (f"{dotted}/{rest}" if rest else dotted), text.encode()


def write_starter(folder: Path, *, title: str, maintainer: Owner | None = None) -> list[str]:
    """Write a new hub's repository.

    Args:
        folder: The folder; it is made, or has to be empty (a fresh clone's ``.git`` may be there).
        title: The hub's name, for people.
        maintainer: Who looks after what nobody owns.

    Returns:
        The paths written.

    Raises:
        InputError: If the folder's name or the title is impossible.
        OutputError: If something is there already, or it cannot be written; then nothing is.
    """
    if not title.isprintable() or '"' in title or "\\" in title or not title.strip():
        raise InputError(f"{title!r} is no title", remedy="Give a line of plain text.")
    try:
        taken = folder.exists() and any(entry.name != ".git" for entry in folder.iterdir())
    except OSError as error:
        raise _io.output_error(error, folder) from error
    if taken:
        raise OutputError(
            "is not empty", where=str(folder), remedy="Choose an empty or a new folder."
        )
    made = not folder.exists()
    account = maintainer.login if maintainer else "OWNER"
    files = list(starter_files(hub=hub_id(folder), title=title, account=account))
    written = [path for path, _ in files]
    try:
        for path, data in files:
            _io.write_atomic(folder / path, data, durable=False)
        if maintainer:
            write_owners(folder / "catalog" / FILE, [maintainer])
            written.append(f"catalog/{FILE}")
    except BaseException:
        _clear(folder, itself=made)
        raise
    return written


def _clear(folder: Path, *, itself: bool) -> None:
    """Take back what was written into a folder that had nothing but ``.git``."""
    with contextlib.suppress(OSError):
        for entry in folder.iterdir():
            if entry.is_dir() and entry.name != ".git":
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.is_file():
                entry.unlink()
        if itself:
            folder.rmdir()
