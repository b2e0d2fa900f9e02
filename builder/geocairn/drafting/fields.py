"""What can be said of a model, and how an answer is read; the definitions are in a data file."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from geocairn.drafting.answers import READERS, FieldError
from geocairn.errors import InputError

__all__ = ["FIELDS", "Answers", "Field", "FieldError", "parse_answer", "read_answers"]

Answers = dict[str, Any]
_DEFINITIONS = json.loads(Path(__file__).with_name("fields.json").read_text(encoding="utf-8"))
_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be asked.

    Attributes:
        key: Its name in answers.
        group: Which part of the form it belongs to.
        kind: How an answer is read.
        label: What it is called.
        help: One line for people.
        example: An answer.
        path: Where in the entry it goes.
        required: Whether a description is incomplete without it.
        choices: Name of a list in `CHOICES`, or empty.
    """

    key: str
    group: str
    kind: str
    label: str
    help: str
    example: str
    path: str
    required: bool = False
    choices: str = ""


FIELDS: Final[dict[str, Field]] = {one["key"]: Field(**one) for one in _DEFINITIONS["fields"]}
"""Every field by its key, in the order in which they are asked."""


def parse_answer(field: Field, given: Any) -> Any:
    """Read an answer, from a terminal as text or from a file as what TOML can say.

    Args:
        field: What was asked.
        given: The answer.

    Returns:
        None where it is empty; else what `compose` takes.

    Raises:
        FieldError: If it cannot be.
    """
    if isinstance(given, str):
        given = given.strip()
    if given is None or given in ("", [], {}):
        return None
    return READERS[field.kind](field.choices, given)


def read_answers(path: Path) -> Answers:
    """Read a TOML file of answers, by the fields' keys.

    Raises:
        InputError: If it cannot be read, or an answer cannot be.
    """
    try:
        with path.open("rb") as file:
            given = tomllib.loads(file.read(_LARGEST).decode("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"cannot be read: {getattr(error, 'strerror', None) or error}",
            where=str(path),
            remedy='Give a TOML file such as: model = "delta-unet"',
        ) from error
    answers: Answers = {}
    for key, value in given.items():
        if key not in FIELDS:
            raise InputError(
                f"{key!r} is no field",
                where=str(path),
                remedy=f"There are: {', '.join(FIELDS)}.",
            )
        try:
            answers[key] = parse_answer(FIELDS[key], value)
        except FieldError as error:
            raise InputError(
                f"{key} = {value!r}: {error}",
                where=str(path),
                remedy=f"{FIELDS[key].help} For example: {FIELDS[key].example}",
            ) from None
    return {key: value for key, value in answers.items() if value is not None}
