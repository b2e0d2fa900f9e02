"""``geocairn submission``: look at a pull request, and tell what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geocairn.cli._accounts import ACCOUNT
from geocairn.cli.options import report_format, schema_options, store_of

if TYPE_CHECKING:
    from geocairn.submission import Submission

__all__ = ["command"]

_preview_url = click.option(
    "--preview-url", metavar="URL", default="", help="Where the rendered preview is, to be linked."
)


@click.group("submission")
def command() -> None:
    """Look at pull requests that submit, change or remove a model."""


@schema_options
@command.command("check")
@click.option(
    "--repository",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    show_default=True,
    help="A clone that has both revisions, and their history.",
)
@click.option("--base", metavar="REV", help="What is published; it says who owns what.")
@click.option("--head", metavar="REV", help="What is proposed.")
@click.option("--author-id", type=ACCOUNT, metavar="N", help="Numeric id of who proposes it.")
@click.option(
    "--event",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="GitHub's event file of a pull request; gives what is not given otherwise.",
)
@report_format
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report as JSON into this file, too.",
)
@click.option(
    "--preview",
    type=click.Path(file_okay=False, path_type=Path),
    help="Build a hub of the changed entries alone into this folder.",
)
@_preview_url
@click.option(
    "--verify/--no-verify",
    default=True,
    show_default=True,
    help="Run changed models on their samples, in a sandbox.",
)
def check(
    repository: Path,
    base: str | None,
    head: str | None,
    author_id: int | None,
    event: Path | None,
    form: str,
    report: Path | None,
    preview: Path | None,
    preview_url: str,
    verify: bool,
    schemas: Path | None,
    offline: bool,
) -> int:
    """Say whether a pull request may be merged, and what it changes, in words.

    Paths, owners (those of the base, by numeric id), names, schemas, rules and the model's sample
    are looked at, of the changed entries alone. Revisions are read by git's plumbing: nothing is
    checked out, and nothing of the pull request runs outside a sandbox.

    Exits 0 when it is ready for review, 1 when something has to be put right, 2 when it could not
    be looked at.

    \b
    Examples:
      geocairn submission check --base main --head my-model --author-id 583231
      geocairn submission check --event event.json --format github --report report.json
      geocairn submission check --base main --head HEAD --author-id 583231 --preview _build/preview
    """
    from geocairn import _io
    from geocairn.cli._submitting import after
    from geocairn.submission import check_submission

    known = _event(event) if event else {}
    author = author_id or known.get("author")
    given = (base or known.get("base"), head or known.get("head"))
    if not given[0] or not given[1] or not author:
        raise click.UsageError("Give --base, --head and --author-id, or --event.")
    store = store_of(schemas, offline=offline)
    result = check_submission(
        repository,
        base=given[0],
        head=given[1],
        author=author,
        store=store,
        after=after(preview=preview, store=store, verify=verify),
    )
    result.preview = preview_url
    if report:
        _io.write_atomic(report, result.to_json().encode())
    click.echo(_told(result, form))
    return 0 if result.accepted else 1


@command.command("report")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@report_format
@_preview_url
def report_(file: Path, form: str, preview_url: str) -> int:
    """Tell a report that was written as JSON, in another form.

    FILE may come from anywhere: what is in it is shortened, escaped, and refused where it is no
    such report. Whether it is true, only its maker knows.

    Exits as the check did: 0 when it found nothing, 1 when it did.

    \b
    Examples:
      geocairn submission report report.json --format markdown
    """
    from geocairn.submission import from_json
    from geocairn.submission.report import LARGEST_JSON

    with file.open("rb") as data:
        result = from_json(data.read(LARGEST_JSON + 1))
    result.preview = preview_url
    click.echo(_told(result, form))
    return 0 if result.accepted else 1


def _told(result: Submission, form: str) -> str:
    if form == "json":
        return result.to_json()
    if form == "markdown":
        return result.to_markdown()
    if form == "github":
        return result.to_github()
    import sys

    return result.to_text(color=sys.stdout.isatty())


def _event(path: Path) -> dict[str, Any]:
    """Base, head and author of GitHub's event of a pull request."""
    from geocairn import _io
    from geocairn.errors import InputError

    document = _io.loads(path.read_bytes(), where=str(path))
    try:
        request = document["pull_request"]
        author = request["user"]["id"]
        base, head = request["base"]["sha"], request["head"]["sha"]
        if not (isinstance(author, int) and isinstance(base, str) and isinstance(head, str)):
            raise TypeError
        return {"base": base, "head": head, "author": author}
    except (KeyError, TypeError) as error:
        raise InputError(
            "is no event of a pull request",
            where=str(path),
            remedy="Give the file that GITHUB_EVENT_PATH names.",
        ) from error
