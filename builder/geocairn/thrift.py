"""Thrift's compact protocol, as far as Parquet footers need it.

A struct is read as ``{field id: (type, value)}`` and written back the same, so a footer can be
changed in one place and keeps everything else, known to us or not. Specification:
https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from typing import Any

__all__ = ["I32", "I64", "LIST", "STRUCT", "Struct", "read_struct", "write_struct"]

Struct = dict[int, tuple[int, Any]]

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)


def read_struct(data: bytes, position: int = 0) -> tuple[Struct, int]:
    """Read one struct at a position; returns it and the position behind it."""
    fields: Struct = {}
    number = 0
    while head := data[position]:
        position += 1
        kind, delta = head & 15, head >> 4
        if delta:
            number += delta
        else:
            raw, position = _read_varint(data, position)
            number = _unzigzag(raw)
        value, position = _read_value(data, position, kind)
        fields[number] = (kind, value)
    return fields, position + 1


def _read_value(data: bytes, position: int, kind: int) -> tuple[Any, int]:
    if kind in (TRUE, FALSE):
        return kind == TRUE, position
    if kind in (I16, I32, I64):
        raw, position = _read_varint(data, position)
        return _unzigzag(raw), position
    if kind == BINARY:
        size, position = _read_varint(data, position)
        return data[position : position + size], position + size
    if kind in (LIST, SET):
        return _read_list(data, position)
    if kind == STRUCT:
        return read_struct(data, position)
    size = {BYTE: 1, DOUBLE: 8}[kind]
    return data[position : position + size], position + size


def _read_list(data: bytes, position: int) -> tuple[tuple[int, list[Any]], int]:
    kind, size = data[position] & 15, data[position] >> 4
    position += 1
    if size == 15:
        size, position = _read_varint(data, position)
    values = []
    for _ in range(size):
        if kind in (TRUE, FALSE):  # inside a list a boolean takes a byte of its own
            value, position = data[position : position + 1], position + 1
        else:
            value, position = _read_value(data, position, kind)
        values.append(value)
    return (kind, values), position


def _read_varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, position
        shift += 7


def _unzigzag(raw: int) -> int:
    return (raw >> 1) ^ -(raw & 1)


def write_struct(fields: Struct, out: bytearray) -> None:
    """Append a struct to a buffer."""
    last = 0
    for number in sorted(fields):
        kind, value = fields[number]
        if kind in (TRUE, FALSE):
            kind = TRUE if value else FALSE
        if 0 < number - last < 16:
            out.append((number - last) << 4 | kind)
        else:
            out.append(kind)
            _write_varint(_zigzag(number), out)
        last = number
        _write_value(kind, value, out)
    out.append(0)


def _write_value(kind: int, value: Any, out: bytearray) -> None:
    if kind in (I16, I32, I64):
        _write_varint(_zigzag(value), out)
    elif kind == BINARY:
        _write_varint(len(value), out)
        out += value
    elif kind in (LIST, SET):
        _write_list(value, out)
    elif kind == STRUCT:
        write_struct(value, out)
    elif kind not in (TRUE, FALSE):
        out += value


def _write_list(value: tuple[int, list[Any]], out: bytearray) -> None:
    kind, values = value
    if len(values) < 15:
        out.append(len(values) << 4 | kind)
    else:
        out.append(0xF0 | kind)
        _write_varint(len(values), out)
    for part in values:
        if kind in (TRUE, FALSE):
            out += part
        else:
            _write_value(kind, part, out)


def _write_varint(value: int, out: bytearray) -> None:
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1
