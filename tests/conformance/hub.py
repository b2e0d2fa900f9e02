"""Builds the hubs that every engine is asked about."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from tests.conformance import make_items

from geocairn.build import BuildOptions, build

# What a hub of a million items is laid out by, so that one of a few hundred has several of all.
SMALL = {
    "geocairn.build.gather._SMALLEST_GROUP": 24,
    "geocairn.build.gather._LARGEST_GROUP": 40,
    "geocairn.compile.terms._POSTINGS_A_GROUP": 256,
    "geocairn.compile.coded.FRAME": 8,
    "geocairn.compile.blocks.FRAME": 8,
    "geocairn.compile.directory.FRAME": 8,
    "geocairn.compile.block_stats.BLOCK": 16,
    "geocairn.compile.directory.BLOCK": 16,
    "geocairn.compile.common_words.FEWEST": 4,
    "geocairn.compile.common_words._WORDS_A_PART": 4,
}


def build_hub(target: Path, *, divided: bool = False) -> Path:
    """Build the hub of the suite's items.

    Args:
        target: Its folder.
        divided: Whether its indexes are divided as those of a large hub are.
    """
    # Many of these items are wrong on purpose, and a search must cope with them: only what the
    # hub cannot do without (distinct ids) is checked.
    options = BuildOptions(jobs=1, select=("HUB001",))
    with ExitStack() as stack:
        for name, value in SMALL.items() if divided else ():
            stack.enter_context(patch(name, value))
        result = build([str(make_items.TARGET)], target, options=options)
    assert result.items == len(make_items.make())
    return target
