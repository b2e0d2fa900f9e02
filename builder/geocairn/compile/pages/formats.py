"""Numbers and dates as a language writes them, by the Unicode CLDR (through Babel)."""

from __future__ import annotations

import math
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date

__all__ = ["Formats"]

# As browsers do: from the shortest decimal that is this number, and half away from zero.
_ROUNDED = Context(prec=6, rounding=ROUND_HALF_UP)
_SHORT = ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k"))
_BYTES = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"))


class Formats:
    """Formats of one language.

    Args:
        language: Its code, such as ``de``.
    """

    def __init__(self, language: str) -> None:
        self.locale = Locale.parse(language)
        symbols = self.locale.number_symbols
        symbols = symbols.get("latn", symbols)
        self._separators = str.maketrans({",": symbols["group"], ".": symbols["decimal"]})

    def num(self, value: float) -> str:
        """A number: integers in full, others with six significant digits."""
        if isinstance(value, int):
            return f"{value:,}".translate(self._separators)
        if value.is_integer() and abs(value) < 1e15:
            return self.num(int(value))
        if not 1e-9 < abs(value) < 1e15:
            return str(value)
        rounded = _ROUNDED.plus(Decimal(repr(value)))
        return f"{rounded.normalize():,f}".translate(self._separators)

    def short(self, value: float) -> str:
        """A large number in three digits, such as ``23.5 M``."""
        return self._scaled(value, _SHORT)

    def size(self, value: float) -> str:
        """A number of bytes, in decimal units."""
        return self._scaled(value, _BYTES) if value >= 1000 else f"{self.num(value)} B"

    def _scaled(self, value: float, units: tuple[tuple[int, str], ...]) -> str:
        for unit, name in units:
            if abs(value) >= unit:
                scaled = value / unit
                digits = max(0, 2 - int(math.log10(abs(scaled))))
                # Half up, as browsers round; Python would round half to even.
                factor = 10**digits
                shown = math.floor(scaled * factor + 0.5) / factor
                return f"{self.num(shown)}\u00a0{name}"
        return self.num(value)

    def date(self, value: str) -> str:
        """The day of an RFC 3339 time; as it stands where it is none."""
        return _date(value[:10], str(self.locale)) or value


@lru_cache(maxsize=8192)
def _date(day: str, language: str) -> str | None:
    try:
        return format_date(date.fromisoformat(day), "medium", locale=language)
    except ValueError:
        return None
