"""What pages are made from: templates, catalogues of texts, and assets as Node bundled them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from geocairn import _io
from geocairn.errors import ConfigError
from geocairn.packaged import packaged

__all__ = ["ENGLISH", "Site", "SiteMissingError", "WithoutDocs", "find_site"]

ENGLISH = "en"
_HERE = Path(__file__).parents[4]
_NAME = "geocairn.po"


class SiteMissingError(ConfigError):
    """There are no built assets, so there can be no pages."""


@dataclass(frozen=True)
class Site:
    """Everything that pages are made from; small enough to be handed to other processes.

    Attributes:
        templates: Folder of the templates.
        locale: Folder with ``<language>/LC_MESSAGES/geocairn.po`` for each language but English.
        built: Folder with ``manifest.json`` and ``assets/``, which ``node site/build.mjs`` writes.
    """

    templates: Path
    locale: Path
    built: Path

    @cached_property
    def manifest(self) -> dict[str, str]:
        """File name of each asset by the name that templates use."""
        found: dict[str, str] = json.loads((self.built / "manifest.json").read_bytes())
        return found

    @property
    def assets(self) -> Path:
        """Folder of the assets' files."""
        return self.built / "assets"

    @property
    def docs(self) -> Path | None:
        """Folder of the documentation, which `make docs` builds; None where it was not built."""
        folder = self.built.parent / "docs"
        return folder if (folder / "index.html").is_file() else None

    @cached_property
    def docs_digest(self) -> str:
        """Hash of the documentation."""
        paths = sorted(path for path in self.docs.rglob("*") if path.is_file()) if self.docs else ()
        return _io.digest(
            *(part for path in paths for part in (path.name.encode(), path.read_bytes()))
        )

    @cached_property
    def words(self) -> dict[str, dict[str, str]]:
        """English words for the values of some fields, such as the tasks of a model."""
        found: dict[str, dict[str, str]] = json.loads((self.templates / "words.json").read_bytes())
        return found

    def catalogue(self, language: str) -> Path:
        """The file with a language's texts."""
        return self.locale / language / "LC_MESSAGES" / _NAME

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """English, and every language that has a catalogue."""
        others = (path.parent.parent.name for path in self.locale.glob(f"*/LC_MESSAGES/{_NAME}"))
        return (ENGLISH, *sorted(others))

    @cached_property
    def digest(self) -> str:
        """Hash of everything that a page's bytes depend on besides its data."""
        files = [*self.templates.rglob("*"), *self.locale.rglob(f"*/{_NAME}")]
        code = Path(__file__).parent.rglob("*.py")
        paths = sorted(path for path in (*files, *code) if path.is_file())
        parts = [part for path in paths for part in (path.name.encode(), path.read_bytes())]
        linked = str(self.docs is not None).encode()
        return _io.digest((self.built / "manifest.json").read_bytes(), linked, *parts)


class WithoutDocs(Site):
    """The same for a hub that needs no documentation of its own, such as a preview."""

    @property
    def docs(self) -> None:
        """None."""
        return


def find_site(directory: Path | None = None) -> Site:
    """The site in a folder, else the one that an installed geocairn brings, else the checkout's.

    Args:
        directory: Folder with ``templates/``, ``locale/``, ``manifest.json`` and ``assets/``.

    Raises:
        SiteMissingError: If it was not built.
    """
    folder = directory or packaged("site")
    if folder is not None:
        site = Site(folder / "templates", folder / "locale", folder)
    else:
        site = Site(_HERE / "site/templates", _HERE / "site/locale", _HERE / "_build/site")
    if not (site.built / "manifest.json").is_file():
        raise SiteMissingError(
            "the assets of the pages are not built",
            where=str(site.built),
            remedy="Run `make site`, which needs Node 20 or newer, or build with --no-site.",
        )
    return site
