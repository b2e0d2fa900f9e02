from __future__ import annotations

from pathlib import Path

import pytest

from geocairn.config import HubConfig, SiteConfig, load_config
from geocairn.errors import ConfigError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "geocairn.toml"


def test_without_a_file_there_are_defaults() -> None:
    assert load_config(None) == HubConfig()


def test_settings_are_read(file: Path) -> None:
    text = '[hub]\nid = "eo"\ntitle = "Modèles"\ndescription = "All."\nurl = "https://x.org/hub"\n'
    file.write_text(text, encoding="utf-8")
    assert load_config(file) == HubConfig("eo", "Modèles", "All.", "https://x.org/hub/")


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[hub]\n"])
def test_an_empty_file_gives_the_defaults(file: Path, text: str) -> None:
    file.write_text(text)
    assert load_config(file) == HubConfig()


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("[hub]\ntitel = 'x'", "'titel' is no setting of [hub]", "Did you mean 'title'?"),
        ("[hubb]\ntitle = 'x'", "'hubb' is no table", "Did you mean 'hub'?"),
        ("title = 'x'", "'title' is no table", "There are: hub, site."),
        ("hub = 3", "hub = 3 is not a table", "[hub]"),
        ("[[hub]]\ntitle = 'x'", "is not a table", "[hub]"),
        ("[hub]\nid = 7", "hub.id = 7 is not a text", "quotation marks"),
        ("[hub]\ntitle = '  '", "hub.title = '  ' is not a text", "quotation marks"),
        ("[hub]\ntitle = 'a", "is not TOML", "Correct it"),
        ("[hub]\nurl = 'ftp://x.org/'", "'ftp://x.org/' is not an http address", "https://"),
        ("[hub]\nurl = 'https://'", "'https://' is not an http address", "https://"),
        ("[hub]\nurl = 'https://x.org:port/'", "is not an http address", "https://"),
        ("[hub]\nurl = 'https://x.org/a?b=1'", "is not an http address", "https://"),
        ("[hub]\nurl = 'https://x.org/a#b'", "is not an http address", "https://"),
        ("[hub]\nurl = 'https://x.org/a b/'", "is not an http address", "https://"),
        ("[hub]\nurl = 'example.org/hub'", "is not an http address", "https://"),
        ("[hub]\nurl = 'https://[::1/'", "is not an http address", "https://"),
    ],
)
def test_impossible_settings_are_named(file: Path, text: str, message: str, remedy: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert caught.value.where == str(file)
    assert message in caught.value.message
    assert remedy in str(caught.value.remedy)


def test_a_file_in_another_encoding_is_named(file: Path) -> None:
    file.write_bytes("[hub]\ntitle = 'é'\n".encode("latin-1"))
    with pytest.raises(ConfigError, match="is not TOML"):
        load_config(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load_config(tmp_path / "none.toml")


def test_settings_of_the_pages_are_read(file: Path) -> None:
    file.write_text(
        '[site]\nenabled = false\npages = 5\nlanguages = ["en", "de"]\nlegal = "**We**"\n'
        'tiles = "https://tiles.example.org/{z}/{x}/{y}.png"\n'
        '[site.privacy]\nen = "None."\nde = "Keine."\n'
    )
    assert load_config(file).site == SiteConfig(
        enabled=False,
        pages=5,
        languages=("en", "de"),
        legal=(("", "**We**"),),
        privacy=(("de", "Keine."), ("en", "None.")),
        tiles="https://tiles.example.org/{z}/{x}/{y}.png",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("site = 3", "site = 3 is not a table"),
        ("[site]\nlanguage = 'de'", "'language' is no setting of [site]"),
        ("[site]\nenabled = 1", "site.enabled = 1 is not true or false"),
        ("[site]\npages = true", "site.pages = True is not a number of models"),
        ("[site]\npages = -1", "is not a number of models"),
        ("[site]\nlanguages = 'de'", "is not a list of language codes"),
        ("[site]\nlanguages = ['../x']", "is not a list of language codes"),
        ("[site]\nlegal = 3", "is not a text, or a table of texts"),
        ("[site]\nlegal = {'a/b' = 'x'}", "is not a text, or a table of texts"),
        ("[site]\ntiles = 'https://x.org/'", "is not an http address with {z}"),
        ('[site]\ntiles = "https://x.org;x/{z}/{x}/{y}"', "is not an http address"),
    ],
)
def test_impossible_settings_of_the_pages_are_named(file: Path, text: str, message: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert message in caught.value.message
