"""``geocairn github``: what a hub's workflows write at GitHub."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.group("github")
def command() -> None:
    """Write at GitHub what a hub's workflows have to say.

    For jobs of workflows: the repository and the token come from the environment, as GITHUB_TOKEN
    and GITHUB_REPOSITORY.
    """


@command.command("comment")
@click.option(
    "--event",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="GitHub's event file of a workflow that is completed.",
)
def comment(event: Path) -> None:
    """Tell the report of a submission on its pull request.

    The report comes from a run that the pull request may have changed, so it is taken for hostile
    text, and not shown at all where files outside the catalog change.

    \b
    Examples:
      geocairn github comment --event "$GITHUB_EVENT_PATH"
    """
    from geocairn import _io
    from geocairn.errors import InputError
    from geocairn.github import from_environment
    from geocairn.submission.comment import comment as tell

    document = _io.loads(event.read_bytes(), where=str(event))
    if not isinstance(document, dict):
        raise InputError("is no event", where=str(event), remedy="Give $GITHUB_EVENT_PATH.")
    click.echo(tell(from_environment(), document))


@command.command("issue")
@click.option(
    "--title", required=True, help="Its title; an open issue of this title is used again."
)
@click.option(
    "--body",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="File with its text, in Markdown.",
)
def issue(title: str, body: Path) -> None:
    """Open an issue, or write into the open one of that title.

    \b
    Examples:
      geocairn github issue --title "Something rots" --body watch.md
    """
    from geocairn.github import from_environment

    github = from_environment()
    text = body.read_text(encoding="utf-8")[:60_000]
    for known in github.pages("issues", state="open"):
        if known.get("title") == title and "pull_request" not in known:
            if known.get("body") != text:
                github.send("PATCH", f"issues/{known['number']}", {"body": text})
            click.echo(f"Issue {known['number']} says it.")
            return
    made = github.send("POST", "issues", {"title": title, "body": text})
    click.echo(f"Opened issue {made['number']}.")
