"""Answers for drafts."""

from __future__ import annotations

from typing import Any

from geocairn.drafting import (
    FIELDS,
    parse_answer,
)

NAME = {"collection": "floods", "model": "delta-unet", "version": "1.0.0"}


FULL: dict[str, str] = {key: field.example for key, field in FIELDS.items()}


def answers(**given: Any) -> dict[str, Any]:
    return {key: parse_answer(FIELDS[key], value) for key, value in (NAME | given).items()}
