"""How fast a hub is built, how speed and memory grow, and what a rebuild costs.

    python benchmarks/build.py                  # 100,000 items, and 10,000 against the usual chain
    python benchmarks/build.py --million        # the same at 1,000,000, and the growth between

Every stage is in it: schemas, rules, STAC JSON, GeoParquet, search index. The usual chain is
pystac's `validate` and `normalize_and_save`, then stac-geoparquet, over the same items in the
same run; it cannot write hyperparameters of mixed types, so it is spared them.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path
from statistics import median

from measure import Measured, generated, run

CHAIN_ITEMS = 10_000
LIMIT_PEAK = 2 * 2**30
# A rebuild takes a second or two, so one alone says little on a machine that does other things.
REBUILDS = 3


def geocairn(source: Path, target: Path) -> Measured:
    """Build a hub with the command that users call; pages are measured in `pages.py`."""
    command = [sys.executable, "-m", "geocairn", "build", str(source), "-o", str(target)]
    return run([*command, "--no-site", "-q"])


def _median(rebuilds: list[Measured]) -> float:
    return median(rebuild.seconds for rebuild in rebuilds)


def changed_copy(source: Path, target: Path, *, number: int) -> None:
    """The same items, but one in the middle has another title, which the number decides."""
    with source.open("rb") as lines, target.open("wb") as out:
        middle = source.stat().st_size // 2
        for line in lines:
            if middle is not None and lines.tell() > middle:
                line = line.replace(b'"title":"', b'"title":"Revision %d of ' % number, 1)
                middle = None
            out.write(line)


def growth(count: int, work: Path) -> float:
    """Build, rebuild and rebuild with one change; prints each and gives items a second."""
    source, target = generated(count, work), work / f"hub-{count}"
    copy = work / "changing.ndjson"
    shutil.copyfile(source, copy)
    first = geocairn(copy, target)
    again = _median([geocairn(copy, target) for _ in range(REBUILDS)])
    changed = []
    for number in range(REBUILDS):
        changed_copy(source, copy, number=number)
        changed.append(geocairn(copy, target))
    one = _median(changed)
    print(
        f"{count:>9,} items: {first.seconds:8.1f} s  {count / first.seconds:8,.0f} items/s", end=""
    )
    print(f"  peak {first.peak / 2**30:.2f} GiB (limit {LIMIT_PEAK / 2**30:.0f})", end="")
    print(f"  {1e6 * first.processor / count:,.0f} µs of processor an item")
    for name, seconds, limit in (("unchanged", again, 5), ("one changed", one, 10)):
        share = 100 * seconds / first.seconds
        print(f"{name:>15}: {seconds:8.1f} s  {share:7.1f} % of the build (limit {limit} %)")
    return count / first.seconds


def chain(source: Path, target: Path) -> float:
    """Seconds of the chain that one would write today; schemas are at hand, as ours are."""
    import orjson
    import pyarrow.parquet as pq
    import pystac
    from stac_geoparquet.arrow import parse_stac_items_to_arrow

    with_schemas()
    begun = time.perf_counter()
    catalog = pystac.Catalog("hub", "A hub.")
    extent = pystac.Extent(
        pystac.SpatialExtent([[-180, -90, 180, 90]]), pystac.TemporalExtent([[None, None]])
    )
    collections: dict[str, pystac.Collection] = {}
    documents = []
    for line in source.read_bytes().splitlines():
        document = orjson.loads(line)
        del document["properties"]["mlm:hyperparameters"]
        documents.append(document)
        name = document["collection"]
        if name not in collections:
            collections[name] = pystac.Collection(name, "Models.", extent, license="other")
            catalog.add_child(collections[name])
        collections[name].add_item(pystac.Item.from_dict(document))
    # Links need their addresses before an item is valid.
    catalog.normalize_hrefs(str(target))
    for item in catalog.get_items(recursive=True):
        item.validate()
    catalog.save(pystac.CatalogType.SELF_CONTAINED)
    table = parse_stac_items_to_arrow(documents).read_all()
    pq.write_table(table, target / "items.parquet", compression="zstd")
    return time.perf_counter() - begun


def with_schemas() -> None:
    """Give pystac's validator the schemas, so that it fetches none."""
    import json

    from pystac.validation import RegisteredValidator
    from pystac.validation.local_validator import get_local_schema_cache

    from geocairn.checks import SchemaStore

    store, validator = SchemaStore(), RegisteredValidator.get_validator()
    validator.schema_cache = dict(get_local_schema_cache())
    for name in ("mlm/v1.5.2", "eo/v2.0.0", "file/v2.1.0", "version/v1.2.0"):
        url = f"https://stac-extensions.github.io/{name}/schema.json"
        for needed in store.references(url):
            validator.schema_cache[needed] = json.loads(store.get(needed))


def compare(work: Path, count: int) -> None:
    """Print how many times as fast we are as the chain."""
    source = generated(count, work)
    ours = geocairn(source, work / "hub-compared").seconds
    theirs = chain(source, work / "chain")
    print(
        f"{count:>9,} items: geocairn {ours:.1f} s, pystac and stac-geoparquet {theirs:.1f} s:",
        end="",
    )
    print(f" {theirs / ours:.0f} times as fast (limit 40)")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("_build/bench"))
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--chain-items", type=int, default=CHAIN_ITEMS, help="0 leaves it out")
    options = parser.parse_args()
    for old in options.work.glob("*hub-*"):
        shutil.rmtree(old)
    rate = growth(options.items, options.work)
    if options.chain_items:
        compare(options.work, options.chain_items)
    if options.million:
        large = growth(1_000_000, options.work)
        print(f"growth: {100 * large / rate:.0f} % of the speed at {options.items:,} (limit 80 %)")


if __name__ == "__main__":
    main()
