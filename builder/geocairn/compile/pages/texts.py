"""Words in each language: English as written in the templates, others from their catalogue."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from geocairn.compile.pages.formats import Formats
from geocairn.compile.pages.site import ENGLISH, Site

__all__ = ["Texts", "browser_strings", "load_texts", "read_catalogue"]

_VALUE = re.compile(r"\{(\w+)\}")
_BROWSER = "assets/js/"


class Texts:
    """Texts, numbers and dates of one language.

    Args:
        language: Its code.
        catalogue: Its texts; none for English.
        words: See `Site.words`.

    Attributes:
        formats: Its numbers and dates.
    """

    def __init__(
        self, language: str, *, catalogue: Catalog | None, words: dict[str, dict[str, str]]
    ) -> None:
        self.language = language
        self.formats = Formats(language)
        self._words = words
        self._texts: dict[str, str | tuple[str, ...]] = {}
        self._form: Callable[[int], int] = lambda n: int(n != 1)
        if catalogue is not None:
            self._texts = _table(catalogue)
            self._form = gettext.c2py(catalogue.plural_expr)

    def t(self, text: str, **values: Any) -> str:
        """A text, with values in place of ``{name}``."""
        found = self._texts.get(text, text)
        return self._fill(found if isinstance(found, str) else text, values) if values else found  # type: ignore[return-value]

    def tn(self, one: str, many: str, n: int, **values: Any) -> str:
        """A text that depends on a number, which is also its value ``{n}``."""
        forms = self._texts.get(one)
        if isinstance(forms, tuple):
            text = forms[min(self._form(n), len(forms) - 1)]
        else:
            text = one if self._form(n) == 0 else many
        return self._fill(text, {"n": n, **values})

    def word(self, kind: str, value: str) -> str:
        """A value of a field in words, such as a task's name; the value itself if unknown."""
        english = self._words.get(kind, {}).get(value)
        return value if english is None else self.t(english)

    def _fill(self, text: str, values: dict[str, Any]) -> str:
        def filled(found: re.Match[str]) -> str:
            value = values.get(found[1], found[0])
            return self.formats.num(value) if isinstance(value, (int, float)) else str(value)

        return _VALUE.sub(filled, text)


def load_texts(site: Site, language: str) -> Texts:
    """The texts of a language.

    Raises:
        FileNotFoundError: If it has no catalogue.
    """
    catalogue = None if language == ENGLISH else read_catalogue(site.catalogue(language))
    return Texts(language, catalogue=catalogue, words=site.words)


def read_catalogue(path: Path) -> Catalog:
    """Read a catalogue."""
    with path.open("rb") as file:
        return read_po(file)


def _table(catalogue: Catalog) -> dict[str, str | tuple[str, ...]]:
    """What is translated, by the English text, or its singular."""
    found: dict[str, str | tuple[str, ...]] = {}
    for message in catalogue:
        text = message.string
        if isinstance(text, str):
            if text and isinstance(message.id, str) and message.id:
                found[message.id] = text
        elif text and all(text):
            found[message.id[0]] = tuple(text)
    return found


def browser_strings(path: Path, *, templates: bool = False) -> dict[str, Any]:
    """Those texts of a catalogue that scripts use, and templates too where scripts run those."""
    catalogue = read_catalogue(path)
    table = _table(catalogue)
    found: dict[str, Any] = {}
    for message in catalogue:
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        used = any(_BROWSER in place or "words.json" in place for place, _ in message.locations)
        if key in table and (used or templates):
            value = table[key]
            found[key] = value if isinstance(value, str) else list(value)
    return found
