"""How the command line takes an account's number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from geocairn.owners import LARGEST_ID

__all__ = ["ACCOUNT"]


if TYPE_CHECKING:
    _Type = click.ParamType[int]
else:  # older versions of click know no parameter there
    _Type = click.ParamType


class _Account(_Type):
    """The numeric id of an account, which stays when its login is renamed."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        # int() would take signs, blanks, underscores and other scripts' digits, too.
        if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:20]) <= LARGEST_ID:
            self.fail(
                f"{text[:80]!r} is no numeric id of an account; "
                "https://api.github.com/users/LOGIN tells it.",
                param,
                ctx,
            )
        return int(text)


ACCOUNT = _Account()
"""The type of an option that takes one."""
