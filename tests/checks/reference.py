"""The reference implementation of JSON Schema, for comparison, and items mutated at random."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from geocairn.checks import SchemaStore
from geocairn.checks.examples import ITEM
from geocairn.checks.schemas import core_url
from geocairn.errors import SchemaUnavailableError
from geocairn.normalise import normalise


class Reference:
    """Validates with ``jsonschema``, schemas by URL from a store."""

    def __init__(self, store: SchemaStore) -> None:
        self._store = store
        self._validators: dict[str, Any] = {}

    def urls(self, item: dict[str, Any]) -> list[str]:
        """The core's schema and those declared that are to be had."""
        declared = item.get("stac_extensions")
        urls = [core_url("1.1.0", "item")]
        for url in declared if isinstance(declared, list) else []:
            try:
                self._store.references(url)
            except (SchemaUnavailableError, AttributeError):
                continue
            urls.append(url)
        return urls

    def is_valid(self, url: str, document: Any) -> bool:
        if url not in self._validators:
            registry = Registry(retrieve=self._retrieve)
            self._validators[url] = jsonschema.Draft7Validator(self._schema(url), registry=registry)
        return bool(self._validators[url].is_valid(document))

    def _schema(self, url: str) -> dict[str, Any]:
        return {**json.loads(self._store.get(url)), "$id": url}

    def _retrieve(self, url: str) -> Resource[Any]:
        return Resource.from_contents(self._schema(url), default_specification=DRAFT7)


def starting_items(shared: Path) -> list[dict[str, Any]]:
    """The example item and the real ones, as they are checked."""
    items = [ITEM]
    for path in sorted((shared / "data" / "items").rglob("*.json")):
        document = json.loads(path.read_text())
        if document["type"] == "Feature":
            items.append(normalise(document)[0])
    return items


_STRANGE: list[Any] = [
    None,
    True,
    0,
    -1,
    3.5,
    10**20,
    "",
    "x",
    "2024-01-01T00:00:00Z",
    "Feature",
    [],
    [None],
    ["mlm:model"],
    {},
    {"type": None},
    {"name": "x"},
]


def mutate(source: random.Random, item: dict[str, Any]) -> dict[str, Any]:
    """A copy of an item with one to three members removed, replaced, renamed or moved."""
    result = copy.deepcopy(item)
    for _ in range(source.randint(1, 3)):
        holders = [result, *_containers(result)]
        holder = source.choice(holders)
        keys: list[Any] = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            continue
        key = source.choice(keys)
        action = source.randrange(5)
        if action == 0:
            del holder[key]
        elif action == 1:
            holder[key] = copy.deepcopy(source.choice(_STRANGE))
        elif action == 2 and isinstance(holder, dict):
            holder[source.choice(["x", "mlm:x", "eo:x", f"{key}s"])] = holder.pop(key)
        elif action == 3:
            other = source.choice(holders)
            holder[key] = copy.deepcopy(other)
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        else:
            holder[key] = [holder[key]]
    return result


def _containers(value: Any) -> list[Any]:
    found = []
    inner = value.values() if isinstance(value, dict) else value
    for one in inner:
        if isinstance(one, dict | list):
            found += [one, *_containers(one)]
    return found
