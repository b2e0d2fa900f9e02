"""``geocairn completion``: the script that teaches a shell our commands and options."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script for a shell.

    \b
    Examples:
      eval "$(geocairn completion bash)"                  # for this session
      geocairn completion zsh >> ~/.zshrc                 # for good
      geocairn completion fish > ~/.config/fish/completions/geocairn.fish
    """
    from click.shell_completion import get_completion_class

    from geocairn.cli import cli

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(cli, {}, "geocairn", "_GEOCAIRN_COMPLETE").source())
