"""What ``geocairn submission check`` does with changed entries: preview and verification."""

from __future__ import annotations

from pathlib import Path

from geocairn.checks import SchemaStore
from geocairn.errors import GeocairnError, MalformedJSONError
from geocairn.sandbox import Limits
from geocairn.submission import After, Verification

__all__ = ["after"]

_LIMITS = Limits(memory=2 << 30, processor=120, wall=240)


def after(*, preview: Path | None, store: SchemaStore, verify: bool) -> After:
    """What is done once the changed entries are looked at.

    Args:
        preview: Folder of the preview; None for none.
        store: Where JSON Schemas come from.
        verify: Whether models are run on their samples.
    """

    def show(catalog: Path) -> None:
        assert preview is not None
        _show(catalog, preview, store=store)

    return After(show=show if preview else None, verify=_verified if verify else None)


def _verified(folder: Path) -> Verification:
    """Run the model of an item on its sample, in the sandbox; where there is none, say so."""
    from geocairn.verification import verify_folder

    try:
        verdict = verify_folder(folder, limits=_LIMITS)
    except MalformedJSONError as error:
        return Verification(state="failed", told=f"item.json: {error.message}")
    except GeocairnError as error:
        return Verification(told=error.message)
    remarks = "".join(f"; {remark}" for remark in verdict.remarks)
    return Verification(state=verdict.state, told=f"{verdict.told}{remarks}"[:1000])


def _show(catalog: Path, target: Path, *, store: SchemaStore) -> None:
    """Build a hub of the changed entries alone."""
    from geocairn.build import BuildOptions, build
    from geocairn.compile.pages.site import SiteMissingError, WithoutDocs, find_site
    from geocairn.config import HubConfig, SiteConfig
    from geocairn.lean import without_pandas

    try:
        found = find_site()
        site = WithoutDocs(found.templates, found.locale, found.built)
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
