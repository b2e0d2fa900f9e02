"""Checksums that name their hash function: https://multiformats.io/multihash/."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geocairn.errors import InputError

__all__ = ["Multihash", "parse"]

# https://github.com/multiformats/multicodec/blob/master/table.csv
_FUNCTIONS: dict[int, str] = {
    0x11: "sha1",
    0x12: "sha256",
    0x13: "sha512",
    0x14: "sha3_512",
    0x15: "sha3_384",
    0x16: "sha3_256",
    0x17: "sha3_224",
    0x20: "sha384",
    0xD5: "md5",
}
_BLAKE2B = 0xB200  # plus the number of bytes
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Multihash:
    """A checksum.

    Attributes:
        function: Name of the hash function, as hashlib has it.
        digest: The digest, in hexadecimal, lower case.
        text: The whole multihash, in hexadecimal, lower case.
    """

    function: str
    digest: str
    text: str

    def state(self) -> Any:
        """A fresh state of the hash function."""
        if self.function == "blake2b":
            return hashlib.blake2b(digest_size=len(self.digest) // 2)
        return hashlib.new(self.function, usedforsecurity=False)

    def of(self, path: Path, *, told: Callable[[int], None] | None = None) -> str:
        """Digest of a file by this function, in hexadecimal.

        Args:
            path: The file.
            told: Is told how many more bytes are done.
        """
        state = self.state()
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                state.update(block)
                if told:
                    told(len(block))
        found: str = state.hexdigest()
        return found


def parse(text: str, *, where: str, path: str | None = None) -> Multihash:
    """Read a multihash.

    Args:
        text: In hexadecimal.
        where: Where it stands, for messages.
        path: JSON path there.

    Raises:
        InputError: If it is none, or of a function that is not known here.
    """
    try:
        raw = bytes.fromhex(text)
        code, rest = _varint(raw)
        length, digest = _varint(rest)
    except ValueError:
        code, length, digest = -1, -1, b""
    name = "blake2b" if code == _BLAKE2B + length and length > 0 else _FUNCTIONS.get(code, "")
    if not name or len(digest) != length or not length:
        raise InputError(
            f"{text[:80]!r} is no multihash that can be checked",
            where=where,
            path=path,
            remedy="Write 1220 and the SHA-256 of the file, in hexadecimal.",
        )
    found = Multihash(name, digest.hex(), text.lower())
    if found.state().digest_size != length:
        raise InputError(
            f"a digest of {name} has {found.state().digest_size} bytes, not {length}",
            where=where,
            path=path,
            remedy="Write 1220 and the SHA-256 of the file, in hexadecimal.",
        )
    return found


def _varint(data: bytes) -> tuple[int, bytes]:
    value = 0
    for index, byte in enumerate(data[:9]):
        value |= (byte & 127) << (7 * index)
        if byte < 128:
            return value, data[index + 1 :]
    raise ValueError
