"""Compiled schemas and the reference implementation agree, whatever the item.

``benchmarks/verdicts.py`` compares ten thousand items and more.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.checks.reference import Reference, mutate, starting_items
from tests.conftest import SHARED

from geocairn.checks import SchemaStore
from geocairn.checks.validators import Validators


@pytest.fixture(scope="module")
def reference(store: SchemaStore) -> Reference:
    return Reference(store)


def test_verdicts_agree_on_mutated_items(
    store: SchemaStore, reference: Reference, real_items: Path
) -> None:
    ours = Validators(store, formats=False)
    source = random.Random(7)
    seeds = starting_items(SHARED)
    verdicts = {True: 0, False: 0}
    for _ in range(250):
        item = mutate(source, source.choice(seeds))
        for url in reference.urls(item):
            expected = reference.is_valid(url, item)
            assert ours.get(url).is_valid(item) == expected, (url, item)
            verdicts[expected] += 1
            # What is told of a fault must not depend on how the fault was found.
            assert bool(ours.faults(url, item)) != expected
    # A comparison of valid items alone, or invalid ones alone, would show little.
    assert min(verdicts.values()) > 100


def test_asserting_formats_only_ever_rejects_more(
    store: SchemaStore, reference: Reference, real_items: Path
) -> None:
    strict = Validators(store)
    source = random.Random(8)
    seeds = starting_items(SHARED)
    for _ in range(100):
        item = mutate(source, source.choice(seeds))
        for url in reference.urls(item):
            if strict.get(url).is_valid(item):
                assert reference.is_valid(url, item)
