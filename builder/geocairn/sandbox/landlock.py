"""Landlock: which files a process may read.

https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

__all__ = ["restrict"]

# The same on every kind of processor.
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION, _BENEATH = 1, 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
# Rights that each version of the interface knows: of files, of networks, and of scopes.
_FILES = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NETWORKS, _SCOPES = 0b11, 0b11


def restrict(readable: Iterable[Path]) -> int:
    """Let this process read only what lies in some folders, and write, run and reach nothing.

    Args:
        readable: Folders and files; those that are not there are passed over.

    Returns:
        Version of the interface; 0 where the kernel has none, and nothing was done.

    Raises:
        OSError: If the kernel has it, but does not take the rules.
    """
    library = ctypes.CDLL(None, use_errno=True)
    version = library.syscall(
        ctypes.c_long(_CREATE), None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION)
    )
    if version < 1:
        return 0
    rights = (1 << _FILES.get(version, max(_FILES.values()))) - 1
    attributes = struct.pack("=QQQ", rights, _NETWORKS, _SCOPES)
    size = 8 if version < 4 else 16 if version < 6 else 24
    rules = _call(library, _CREATE, attributes, ctypes.c_size_t(size), ctypes.c_uint(0))
    try:
        for path in readable:
            _allow(library, rules, path)
        _call(library, _RESTRICT, ctypes.c_int(rules), ctypes.c_uint(0))
    finally:
        os.close(rules)
    return int(version)


def _allow(library: ctypes.CDLL, rules: int, path: Path) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = _READ_FILE | (_READ_FOLDER if path.is_dir() else 0)
        rule = struct.pack("=Qi", rights, handle)
        _call(library, _ADD, ctypes.c_int(rules), ctypes.c_int(_BENEATH), rule, ctypes.c_uint(0))
    finally:
        os.close(handle)


def _call(library: ctypes.CDLL, number: int, *arguments: object) -> int:
    answer: int = library.syscall(ctypes.c_long(number), *arguments)
    if answer < 0:
        fault = ctypes.get_errno()
        raise OSError(fault, f"Landlock: {os.strerror(fault)}")
    return answer
