"""From parsed JSON to frozen dataclasses, strictly, by their annotations."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal

from geocairn_training.errors import RunError

__all__ = ["decode"]


def decode(kind: Any, value: Any, path: str, where: str | None) -> Any:
    """Build a value of the type that an annotation says, from what JSON said.

    Args:
        kind: A dataclass, or the types that its fields may have: scalars, Any, Literal, Optional,
            tuple and Mapping.
        value: As parsed.
        path: JSON path of the value, for messages.
        where: Origin, for messages.

    Raises:
        RunError: If something is missing, unknown or of another type.
    """
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return value
    if dataclasses.is_dataclass(kind):
        return _decode_dataclass(kind, value, path, where)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        (inner,) = (argument for argument in arguments if argument is not type(None))
        return decode(inner, value, path, where)
    if origin is Literal and value in arguments:
        return value
    if origin is tuple and isinstance(value, list):
        kinds = arguments[:1] * len(value) if arguments[-1] is Ellipsis else arguments
        if len(kinds) == len(value):
            pairs = zip(kinds, value, strict=True)
            return tuple(
                decode(part, entry, f"{path}[{index}]", where)
                for index, (part, entry) in enumerate(pairs)
            )
    if origin is Mapping and isinstance(value, dict):
        return {
            key: decode(arguments[1], entry, f"{path}.{key}", where) for key, entry in value.items()
        }
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(kind, type) and type(value) is kind:
        return value
    raise RunError(
        f"{value!r:.60} is not what belongs here",
        where=where,
        path=path,
        remedy="This file is written by `geocairn-train train`: train again, or undo the edit.",
    )


def _decode_dataclass(kind: Any, value: Any, path: str, where: str | None) -> Any:
    fields = {entry.name: entry for entry in dataclasses.fields(kind)}
    if not isinstance(value, dict):
        unknown, missing = [type(value).__name__], list(fields)
    else:
        unknown = sorted(value.keys() - fields.keys())
        missing = [
            name
            for name, entry in fields.items()
            if name not in value
            and entry.default is dataclasses.MISSING
            and entry.default_factory is dataclasses.MISSING
        ]
    if unknown or missing:
        raise RunError(
            f"unknown: {', '.join(unknown) or 'none'}; missing: {', '.join(missing) or 'none'}",
            where=where,
            path=path,
            remedy="The file is from another version of geocairn, or was edited: train again.",
        )
    hints = typing.get_type_hints(kind)
    return kind(
        **{
            name: decode(hints[name], entry, f"{path}.{name}", where)
            for name, entry in value.items()
        }
    )
