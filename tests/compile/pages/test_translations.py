from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.sites import ROOT

from geocairn.compile.pages.catalogue import gather
from geocairn.compile.pages.site import Site
from geocairn.compile.pages.texts import Texts, browser_strings, load_texts, read_catalogue

TEMPLATES = sorted((ROOT / "site/templates").glob("*.html"))
_CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_TAG = re.compile(r"<!?[a-zA-Z/][^<>]*>")
_SPOKEN = re.compile(r'\b(?:alt|title|placeholder|aria-label|aria-description)="([^"]*)"')
_VALUE = re.compile(r"\{\w+\}")
# What is the same in every language: units, names, code.
_SAME = {".json", ":   µm", "STAC", "DOI:", "µm", "gsd &lt; 1 AND framework = 'PyTorch'"}
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def translated(site: Site) -> list[str]:
    return [language for language in site.languages if language != "en"]


def test_every_text_is_translated(site: Site) -> None:
    assert translated(site)
    used = {message.id for message in gather(ROOT) if message.id}
    assert len(used) > 200
    for language in translated(site):
        catalogue = read_catalogue(site.catalogue(language))
        known = {message.id: message for message in catalogue if message.id}
        missing = [
            text
            for text in used
            if text not in known
            or not known[text].string
            or (isinstance(text, tuple) and not all(known[text].string))
        ]
        assert missing == [], f"{language}: run python -m geocairn.compile.pages.catalogue"
        assert set(known) - used == set()
        for text, message in known.items():
            forms = zip(
                *((t,) if isinstance(t, str) else t for t in (text, message.string)), strict=True
            )
            for english, other in forms:
                assert set(_VALUE.findall(english)) == set(_VALUE.findall(other)), english


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_text_outside_of_t(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    plain = _CODE.sub(" ", re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL))
    spoken = [text for text in _SPOKEN.findall(plain) if _LETTERS.search(text)]
    text = _TAG.sub("\n", re.sub(r"<(script|style|pre)\b.*?</\1>", "", plain, flags=re.DOTALL))
    text = re.sub(r"&\w+;", " ", text)
    bare = [part.strip() for part in text.splitlines() if _LETTERS.search(part)]
    assert [part for part in [*spoken, *bare] if part not in _SAME] == []


def test_texts_with_values_and_numbers(site: Site) -> None:
    english, german = load_texts(site, "en"), load_texts(site, "de")
    assert english.tn("{n} model", "{n} models", 1) == "1 model"
    assert english.tn("{n} model", "{n} models", 12345) == "12,345 models"
    assert german.tn("{n} model", "{n} models", 1) == "1 Modell"
    assert german.tn("{n} model", "{n} models", 12345) == "12.345 Modelle"
    assert german.t("Version {version}", version="<1>") == "Version <1>"
    assert german.word("tasks", "regression") == "Regression"
    assert german.word("tasks", "what-nobody-knows") == "what-nobody-knows"


def test_what_is_not_translated_stays_english(site: Site) -> None:
    assert load_texts(site, "de").t("Nobody wrote this.") == "Nobody wrote this."


def test_scripts_get_their_texts_and_no_others(site: Site) -> None:
    some = browser_strings(site.catalogue("de"))
    everything = browser_strings(site.catalogue("de"), templates=True)
    assert some["Copy"] == "Kopieren"
    assert "Skip to the content" not in some
    assert everything["Skip to the content"] == "Zum Inhalt springen"
    assert everything["{n} model"] == ["{n} Modell", "{n} Modelle"]


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [
        (0, "0", "0"),
        (1234567, "1,234,567", "1.234.567"),
        (0.665, "0.665", "0,665"),
        (12.0, "12", "12"),
        (1234.5678, "1,234.57", "1.234,57"),
        (1e-7, "0.0000001", "0,0000001"),
    ],
)
def test_numbers(value: float, english: str, german: str) -> None:
    for language, expected in (("en", english), ("de", german)):
        assert Texts(language, catalogue=None, words={}).formats.num(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (999, "999"),
        (23_508_032, "23.5\u00a0M"),
        (1_000_000, "1\u00a0M"),
        (9_996, "10\u00a0k"),
        (10**12, "1,000\u00a0B"),
    ],
)
def test_short_numbers(value: int, expected: str) -> None:
    assert Texts("en", catalogue=None, words={}).formats.short(value) == expected


def test_dates() -> None:
    english = Texts("en", catalogue=None, words={}).formats
    assert english.date("1999-04-15T00:00:00Z") == "Apr 15, 1999"
    assert english.date("not a day") == "not a day"
    assert english.date("2024-99-99") == "2024-99-99"


def test_every_text_of_the_scripts_is_gathered() -> None:
    used = {message.id for message in gather(ROOT) if isinstance(message.id, str)}
    called = re.compile(r"""\bt\(\s*(?:'((?:[^'\\]|\\.)+)'|"([^"\\]+)")""")
    found = {
        (single or double).replace("\\'", "'")
        for path in (ROOT / "site/assets/js").rglob("*.js")
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.lstrip().startswith(("//", "*", "/*"))
        for single, double in called.findall(line)
    }
    assert len(found) > 100
    assert sorted(found - used) == []
