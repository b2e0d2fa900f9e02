"""Do compiled schemas say what the reference says, and how much faster are they?

Items are mutated at random places; for each, the verdict of jsonschema-rs (formats apart, in which
ours is the stricter) is compared with that of the ``jsonschema`` reference, schema by schema. Then
both our whole check and pystac's ``validate`` run on the same valid item.

    python benchmarks/verdicts.py [--items 10000] [--schemas DIR] [--real DIR]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.checks.reference import Reference, mutate, starting_items
from tests.conftest import SHARED

from geocairn.checks import Checker, SchemaStore
from geocairn.checks.examples import ITEM
from geocairn.checks.validators import Validators


def compare(store: SchemaStore, items: int, folder: Path) -> Counter[str]:
    """Count verdicts of both on mutated items."""
    ours, theirs = Validators(store, formats=False), Reference(store)
    strict = Validators(store)
    seeds = starting_items(folder)
    random_ = random.Random(20240211)
    counts: Counter[str] = Counter(disagree=0)
    for _ in range(items):
        item = mutate(random.Random(random_.random()), random_.choice(seeds))
        for url in theirs.urls(item):
            one, other = ours.get(url).is_valid(item), theirs.is_valid(url, item)
            counts["verdicts"] += 1
            counts["valid" if other else "invalid"] += 1
            if one != other:
                counts["disagree"] += 1
                print("disagree", url, one, other, json.dumps(item)[:300])
            if one and not strict.get(url).is_valid(item):
                counts["stricter by format"] += 1
    return counts


def rate(function: Any, seconds: float = 3.0) -> float:
    """Calls a second, best of three runs."""
    best = 0.0
    for _ in range(3):
        calls, start = 0, time.perf_counter()
        while (spent := time.perf_counter() - start) < seconds / 3:
            function()
            calls += 1
        best = max(best, calls / spent)
    return best


def main() -> None:
    """Run the comparison and the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--schemas", type=Path, help="folder of schemas; else fetched")
    parser.add_argument("--real", type=Path, default=SHARED, help="has items to mutate")
    options = parser.parse_args()
    store = SchemaStore(options.schemas)
    print(f"{options.items:,} mutated items:", dict(compare(store, options.items, options.real)))

    import pystac
    from pystac.validation import RegisteredValidator
    from pystac.validation.local_validator import get_local_schema_cache

    schema_only = Checker(store=store, select=["SCH"])
    everything = Checker(store=store)
    fast, whole = rate(lambda: schema_only.item(ITEM)), rate(lambda: everything.item(ITEM))
    validator = RegisteredValidator.get_validator()
    validator.schema_cache = dict(get_local_schema_cache())
    for url in ITEM["stac_extensions"]:
        for needed in store.references(url):
            validator.schema_cache[needed] = json.loads(store.get(needed))
    item = pystac.Item.from_dict(ITEM, preserve_dict=False)
    slow = rate(item.validate, seconds=9.0)
    print(f"schemas {fast:,.0f} items/s ({1e6 / fast:.0f} us an item)")
    print(f"schemas, specification and rules {whole:,.0f} items/s ({1e6 / whole:.0f} us an item)")
    print(f"pystac validate {slow:,.1f} items/s: {fast / slow:,.0f} times as fast")


if __name__ == "__main__":
    main()
