"""How to build a hub, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from geocairn.checks import SchemaStore
from geocairn.compile.pages.site import Site
from geocairn.config import HubConfig
from geocairn.findings import Report

__all__ = ["BuildOptions", "BuildResult"]


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How to build.

    Attributes:
        config: The hub's settings.
        store: Where JSON Schemas come from.
        select: Codes of checks to run, all by default.
        ignore: Codes of checks to leave out.
        collection: Collection of items that name none.
        jobs: Number of processes, one a processor by default.
        dask: Address of a Dask scheduler to run the stages on instead.
        strict: Whether a warning stops the build, as an error does.
        keep_going: Whether to build without the items that have errors.
        fresh: Whether to forget what earlier builds kept.
        site: What pages are made from; without it there are none.
        evidence: Folder of the evidence for models that were verified.
        status: File that `geocairn watch` keeps.
    """

    config: HubConfig = field(default_factory=HubConfig)
    store: SchemaStore = field(default_factory=SchemaStore)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    collection: str | None = None
    jobs: int | None = None
    dask: str | None = None
    strict: bool = False
    keep_going: bool = False
    fresh: bool = False
    site: Site | None = None
    evidence: Path | None = None
    status: Path | None = None

    @property
    def pages(self) -> Site | None:
        """What pages are made from, if the settings want any."""
        return self.site if self.config.site.enabled else None


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did.

    Attributes:
        items: Items in the hub.
        collections: Collections in the hub.
        left_out: Documents that were left out for their errors.
        prepared: Documents that were read and checked anew.
        unchanged: Whether the hub was already the same.
        seconds: How long it took.
        report: Everything the checks found.
        changes: What normalising changed, and in how many items.
    """

    items: int
    collections: int
    left_out: int
    prepared: int
    unchanged: bool
    seconds: float
    report: Report
    changes: Counter[str]
