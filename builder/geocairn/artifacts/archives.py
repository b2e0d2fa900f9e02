"""Zip archives judged by their directory: .dlpk packages, and what PyTorch writes.

Nothing is unpacked here. An archive is refused if unpacking it could fill a disk or write beside
its folder: https://www.bamsoftware.com/hacks/zipbomb/ tells how such archives are made.
"""

from __future__ import annotations

import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from geocairn._io import human_size
from geocairn.artifacts.files import size_of
from geocairn.errors import ArtifactError, InputError

__all__ = ["Archive", "read_archive"]

_MOST_MEMBERS = 50_000
_LARGEST = 64 << 30
_MOST_TIMES = 200
# Below this, a member may be as dense as it likes: text of one letter is no attack.
_HARMLESS = 8 << 20
_HEADER = 30


@dataclass(frozen=True, slots=True)
class Archive:
    """What the directory of an archive says.

    Attributes:
        members: Size of each file in it, by name, unpacked.
        size: All of them together.
    """

    members: dict[str, int]
    size: int

    def has(self, ending: str) -> bool:
        """Whether a member's path ends so."""
        return any(name.endswith(ending) for name in self.members)

    def folder(self, name: str) -> bool:
        """Whether there are members in a folder of this name, one below the top."""
        return any(
            PurePosixPath(member).parts[1:2] == (name,) and member.count("/") > 1
            for member in self.members
        )


def read_archive(path: Path) -> Archive:
    """Read and judge the directory of a zip archive.

    Raises:
        ArtifactError: If it is damaged, or refused for one of the reasons above.
        InputError: If it cannot be read.
    """
    size_of(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            directory = archive.start_dir
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise ArtifactError(
            f"is no whole zip archive: {error}",
            where=str(path),
            remedy="Write or download the archive again.",
        ) from None
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror or error}",
            where=str(path),
            remedy="Check the path of the file.",
        ) from error
    if fault := _fault(members, directory=directory):
        raise ArtifactError(
            f"is refused: {fault}", where=str(path), remedy="Write the archive again, plainly."
        )
    return Archive(
        {one.filename: one.file_size for one in members if not one.is_dir()},
        sum(one.file_size for one in members),
    )


def _fault(members: list[zipfile.ZipInfo], *, directory: int) -> str | None:
    if len(members) > _MOST_MEMBERS:
        return f"it holds {len(members):,} files, more than {_MOST_MEMBERS:,}"
    total = sum(one.file_size for one in members)
    if total > _LARGEST:
        return f"unpacked it has {human_size(total)}, more than {human_size(_LARGEST)}"
    seen: set[str] = set()
    for one in members:
        if fault := _member_fault(one):
            return f"{one.filename!r} {fault}"
        if one.filename.casefold() in seen:
            return f"{one.filename!r} is in it twice"
        seen.add(one.filename.casefold())
    end = 0
    for one in sorted(members, key=lambda member: member.header_offset):
        if one.header_offset < end:
            return f"{one.filename!r} shares bytes with another file in it"
        end = one.header_offset + _HEADER + one.compress_size
    return "its files reach into its directory" if end > directory else None


def _member_fault(member: zipfile.ZipInfo) -> str | None:
    name = member.filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name:
        return "would be unpacked outside of its folder"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a symbolic link"
    if member.flag_bits & 1:
        return "is encrypted"
    dense = member.file_size > _MOST_TIMES * max(member.compress_size, 1)
    if dense and member.file_size > _HARMLESS:
        return f"unfolds from {human_size(member.compress_size)} to {human_size(member.file_size)}"
    return None
