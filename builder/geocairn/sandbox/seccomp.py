"""A filter of system calls, as a program for the kernel.

https://docs.kernel.org/userspace-api/seccomp_filter.html. The program sees the number of a call and
its arguments as they are in registers, not what they point to.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Iterator

from geocairn.sandbox.syscalls import ALLOWED, NONE, OPENING, OWN, REFUSED, Machine

__all__ = ["install", "program"]

# Instructions of the classic Berkeley Packet Filter, linux/bpf_common.h.
_LOAD, _JUMP_EQUAL, _JUMP_ABOVE, _JUMP_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16
_KILL, _ALLOW, _FAIL = 0x80000000, 0x7FFF0000, 0x00050000
# Numbers from here on are calls of another kind (x32), with the same meaning and other numbers.
_OTHER_KIND = 0x40000000
_WRITING = (
    os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | getattr(os, "O_TMPFILE", 0)
) & ~getattr(os, "O_DIRECTORY", 0)
_SET_FILTER, _ALL_THREADS = 1, 1
Instruction = tuple[int, int, int, int]


def program(machine: Machine, *, process: int) -> list[Instruction]:
    """The filter's instructions: code, where to jump if true and if false, operand.

    Args:
        machine: The kind of processor.
        process: Id of the process that will be filtered.
    """
    found: list[Instruction] = [
        (_LOAD, 0, 0, _MACHINE),
        (_JUMP_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_ABOVE, 0, 1, _OTHER_KIND),
        (_RETURN, 0, 0, _KILL),
    ]
    for numbers in ALLOWED.values():
        found += _when(numbers[machine.column], [(_RETURN, 0, 0, _ALLOW)])
    for numbers, argument in OPENING.values():
        reading = [
            (_LOAD, 0, 0, _place(argument)),
            (_JUMP_BITS, 1, 0, _WRITING),
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, _FAIL | errno.EPERM),
        ]
        found += _when(numbers[machine.column], reading)
    for numbers, argument in OWN.values():
        own = [
            (_LOAD, 0, 0, _place(argument)),
            (_JUMP_EQUAL, 1, 0, 0),
            (_JUMP_EQUAL, 0, 1, process),
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, _FAIL | errno.EPERM),
        ]
        found += _when(numbers[machine.column], own)
    for numbers in REFUSED.values():
        found += _when(numbers[machine.column], [(_RETURN, 0, 0, _FAIL | errno.EPERM)])
    found.append((_RETURN, 0, 0, _FAIL | errno.ENOSYS))
    return found


def _when(number: int, then: list[Instruction]) -> Iterator[Instruction]:
    """Instructions for one system call; all of them return."""
    if number != NONE:
        yield (_JUMP_EQUAL, 0, len(then), number)
        yield from then


def _place(argument: int) -> int:
    """Where the lower half of an argument is, on processors that keep it first."""
    return _ARGUMENTS + 8 * argument


def install(machine: Machine) -> None:
    """Put this process, with all its threads, under the filter for good.

    Raises:
        OSError: If the kernel does not take it.
    """
    instructions = program(machine, process=os.getpid())
    code = b"".join(struct.pack("=HBBI", *one) for one in instructions)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = ctypes.create_string_buffer(
        struct.pack("@HP", len(instructions), ctypes.addressof(buffer))
    )
    library = ctypes.CDLL(None, use_errno=True)
    answer = library.syscall(
        ctypes.c_long(machine.seccomp),
        ctypes.c_uint(_SET_FILTER),
        ctypes.c_uint(_ALL_THREADS),
        header,
    )
    if answer != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")
