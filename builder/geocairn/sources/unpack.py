"""Compressed files: gzip, Zstandard, bzip2 and xz, known by their first bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from geocairn import _io
from geocairn.errors import InputError
from geocairn.sources.base import unreadable

__all__ = ["SUFFIXES", "packing", "unpack"]

SUFFIXES = {".gz": "gzip", ".zst": "zstd", ".bz2": "bzip2", ".xz": "xz"}
"""Endings of compressed files' names."""

_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
}
_BLOCK = 1 << 20


def packing(path: Path, *, where: str) -> str | None:
    """How a file is compressed; None where it is not.

    Raises:
        InputError: If it cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise unreadable(where, error) from error
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)


def unpack(path: Path, target: Path, *, kind: str, where: str) -> Path:
    """Write a compressed file's content to another; gives that.

    Args:
        path: The compressed file.
        target: The file to write.
        kind: How it is compressed, see `packing`.
        where: Its name for people.

    Raises:
        InputError: If it is not whole.
        OutputError: If the target cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as out:
            for block in _blocks(path, kind, where):
                out.write(block)
    except OSError as error:
        raise _io.output_error(error, target) from error
    return target


def _blocks(path: Path, kind: str, where: str) -> Iterator[bytes]:
    import lzma
    import zlib

    import zstandard

    faults = (OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError)
    try:
        with path.open("rb") as file:
            yield from _zstd_blocks(file) if kind == "zstd" else _plain_blocks(file, kind)
    except faults as error:
        raise InputError(
            f"is not a whole {kind} file: {error}",
            where=where,
            remedy="Copy or download it again.",
        ) from error


def _plain_blocks(file: BinaryIO, kind: str) -> Iterator[bytes]:
    import bz2
    import gzip
    import lzma

    opening = {"gzip": gzip.GzipFile, "bzip2": bz2.BZ2File, "xz": lzma.LZMAFile}[kind]
    stream = opening(fileobj=file) if kind == "gzip" else opening(file)
    with stream:
        while block := stream.read(_BLOCK):
            yield block


def _zstd_blocks(file: BinaryIO) -> Iterator[bytes]:
    """Frame after frame; the library's own readers take a frame that is cut off for whole."""
    import zstandard

    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 31)
    frame = None
    while block := file.read(_BLOCK):
        while block:
            frame = frame or unpacker.decompressobj()
            yield frame.decompress(block)
            if not frame.eof:
                break
            block = frame.unused_data
            frame = None
    if frame is not None:
        raise EOFError("it ends in the middle")
