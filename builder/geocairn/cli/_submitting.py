"""What ``geocairn submission check`` does with changed entries: previews, and verification."""

from __future__ import annotations

from pathlib import Path

from geocairn.checks import SchemaStore
from geocairn.submission import After

__all__ = ["after"]


def after(*, preview: Path | None, store: SchemaStore) -> After:
    """What is done once the changed entries are looked at.

    Args:
        preview: Folder of the preview; None for none.
        store: Where JSON Schemas come from.
    """

    def show(catalog: Path) -> None:
        assert preview is not None
        _show(catalog, preview, store=store)

    return After(show=show if preview else None)


def _show(catalog: Path, target: Path, *, store: SchemaStore) -> None:
    """Build a hub of the changed entries alone."""
    from geocairn.build import BuildOptions, build
    from geocairn.compile.pages.site import SiteMissingError, find_site
    from geocairn.config import HubConfig, SiteConfig
    from geocairn.lean import without_pandas

    try:
        site = find_site()
    except SiteMissingError:
        site = None
    config = HubConfig(
        id="preview",
        title="Preview of a submission",
        description="The changed entries of a pull request, and nothing else.",
        site=SiteConfig(),
    )
    options = BuildOptions(config=config, store=store, jobs=1, site=site, keep_going=True)
    with without_pandas():
        build([str(catalog)], target, options=options)
