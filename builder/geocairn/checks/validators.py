"""Compiled validation: one validator per schema URL, made once and reused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import jsonschema_rs

from geocairn import _io
from geocairn.checks.schemas import SchemaStore
from geocairn.errors import SchemaUnavailableError
from geocairn.findings import short_json

__all__ = ["Fault", "Validators", "type_words"]

_MAX_FAULTS = 25
"""Faults told of one document against one schema; more would only bury the first."""

_MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a document breaks a schema, at the end of every alternative.

    Attributes:
        schema: URL of the schema that was asked.
        location: Absolute location of the keyword that failed (URL and JSON Pointer).
        keyword: The keyword, such as ``required`` or ``enum``.
        path: Steps from the document's root to the value.
        value: The value found there.
        detail: What the keyword expected: the missing name, the allowed values, the limit.
    """

    schema: str
    location: str
    keyword: str
    path: tuple[str | int, ...]
    value: Any
    detail: Any


class _Validator(Protocol):
    def is_valid(self, instance: Any) -> bool: ...
    def iter_errors(self, instance: Any) -> Iterator[Any]: ...


class Validators:
    """Compiles schemas on first use and validates documents with them.

    Formats are asserted (``date-time``, ``uri``, ``iri`` and the rest), which makes this stricter
    than validators that take them for annotations.

    Args:
        store: Where schemas come from.
        formats: Whether formats are asserted; only comparisons with others go without.
    """

    def __init__(self, store: SchemaStore, *, formats: bool = True) -> None:
        self._store = store
        self._formats = formats
        self._compiled: dict[str, _Validator] = {}

    def get(self, url: str) -> _Validator:
        """The validator of a schema.

        Raises:
            SchemaUnavailableError: Where it, or a schema it refers to, is not to be had, or
                where it is no JSON Schema.
        """
        validator = self._compiled.get(url)
        if validator is None:
            validator = self._compiled[url] = self._compile(url)
        return validator

    def faults(self, url: str, document: dict[str, Any]) -> list[Fault]:
        """Everything in a document that breaks a schema; empty where it is valid.

        Raises:
            SchemaUnavailableError: As `get` does.
        """
        validator = self.get(url)
        if validator.is_valid(document):
            return []
        return _faults(url, validator, document)

    def _compile(self, url: str) -> _Validator:
        missing: list[SchemaUnavailableError] = []

        def retrieve(reference: str) -> dict[str, Any]:
            # Published $ids are wrong in places, so every schema is known by its URL alone.
            address = reference.partition("#")[0]
            try:
                schema = _io.loads(self._store.get(address), where=address)
            except SchemaUnavailableError as error:
                missing.append(error)
                raise
            repaired: dict[str, Any] = {**_repair(schema), "$id": address}
            return repaired

        try:
            schema = retrieve(url)
            # Every STAC schema is draft-07; others say so themselves.
            kind = jsonschema_rs.validator_cls_for({"$schema": _DRAFT_7, **schema})
            validator: _Validator = kind(
                schema, validate_formats=self._formats, retriever=retrieve, base_uri=url
            )
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            if missing:
                raise _needed(missing[0], url) from None
            raise SchemaUnavailableError(
                f"what is stored for this schema cannot be used: {str(error)[:300]}",
                where=url,
                remedy="Tell the extension's authors, or leave the extension out.",
            ) from None
        return validator


_MAPS = ("properties", "patternProperties", "definitions", "$defs")


def _repair(schema: Any) -> Any:
    """A schema without entries that are none.

    The model extension's 1.2.0 has comments among its properties, which validators that do not
    check the schema itself pass over.
    """
    if isinstance(schema, list):
        return [_repair(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _repair(part) for name, part in value.items() if isinstance(part, dict | bool)}
        if key in _MAPS and isinstance(value, dict)
        else _repair(value)
        for key, value in schema.items()
    }


_DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def _needed(error: SchemaUnavailableError, url: str) -> SchemaUnavailableError:
    where = f"{error.where or '?'} (which {url} refers to)"
    return SchemaUnavailableError(error.message, where=where, remedy=error.remedy)


def _faults(url: str, validator: _Validator, document: dict[str, Any]) -> list[Fault]:
    found: dict[tuple[tuple[str | int, ...], str, str], Fault] = {}
    for error in validator.iter_errors(document):
        for leaf in _leaves(error, 0):
            for fault in _spread(url, leaf, document):
                # The same place is often reached by two ways (GeoJSON's Feature and Geometry).
                named = fault.detail if isinstance(fault.detail, str) else ""
                found.setdefault((fault.path, fault.keyword, named), fault)
        if len(found) >= _MAX_FAULTS:
            break
    return list(found.values())[:_MAX_FAULTS]


def _leaves(error: Any, depth: int) -> Iterator[Any]:
    """Descend from alternatives that all failed to the faults of the one most likely meant."""
    branches = getattr(error.kind, "context", None)
    if not branches or depth >= _MAX_DEPTH or (error.kind.name == "oneOf" and not all(branches)):
        yield error
        return
    level = len(error.instance_path)
    scored = [(_unlikeness(branch, level), branch) for branch in branches]
    best = min(score for score, _ in scored)
    if best[0]:
        # No alternative was meant more than another: the choice itself is the fault.
        yield error
        return
    for leaf in next(branch for score, branch in scored if score == best):
        yield from _leaves(leaf, depth + 1)


_DISCRIMINATORS = frozenset({"type", "rel", "stac_extensions", "format"})


def _unlikeness(branch: list[Any], level: int) -> tuple[int, int, int]:
    """How unlikely it is that a branch was meant: of the wrong kind, then failing early."""
    wrong = 0
    deepest = level
    for error in branch:
        path = error.instance_path
        keyword = error.kind.name
        deepest = max(deepest, len(path))
        if (len(path) == level and keyword in ("type", "const", "enum")) or (
            len(path) == level + 1
            and path[-1] in _DISCRIMINATORS
            and keyword in ("const", "enum", "contains", "not")
        ):
            wrong = 1
    return wrong, -deepest, len(branch)


def _spread(url: str, error: Any, document: dict[str, Any]) -> Iterator[Fault]:
    keyword = error.kind.name
    path = tuple(error.instance_path)
    value = _at(document, path)
    location = error.absolute_keyword_location or f"{url}#"
    if keyword == "additionalProperties":
        for name in error.kind.unexpected:
            below = value.get(name) if isinstance(value, dict) else None
            yield Fault(url, location, keyword, (*path, name), below, name)
        return
    yield Fault(url, location, keyword, path, value, _detail(error))


def _detail(error: Any) -> Any:
    kind = error.kind
    for name in getattr(kind, "__match_args__", ()):
        if name == "context":
            return _choices(kind.context)
        if name == "error":
            return str(kind.error)
        return getattr(kind, name)
    return None


def _choices(branches: list[list[Any]]) -> list[str]:
    """What alternatives ask for by value or type, as JSON or in words, where they say so."""
    choices: list[str] = []
    for branch in branches:
        for error in branch:
            kind = error.kind
            if kind.name == "enum":
                choices += map(short_json, kind.options)
            elif kind.name == "const":
                choices.append(short_json(kind.expected_value))
            elif kind.name == "type":
                choices += map(type_words, kind.types)
            else:
                continue
            break
    return list(dict.fromkeys(choices))


def type_words(name: str) -> str:
    """A JSON type's name with its article: ``an object``, ``null``."""
    if name == "null":
        return name
    return f"{'an' if name[0] in 'aio' else 'a'} {name}"


def _at(document: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return None
    return document
