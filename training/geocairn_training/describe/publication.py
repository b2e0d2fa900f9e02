"""What a run cannot know of its model, and people say: name, version, licence, who made it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from geocairn.authoring import is_path_safe
from geocairn_training.decoding import decode
from geocairn_training.errors import RunError
from geocairn_training.reading import content

__all__ = ["FILE", "Publication", "PublicationLink"]

FILE = "publication.toml"
_REMEDY = "Give a TOML file with model, version, collection, license and producer."


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationLink:
    """A link, such as one of relation ``cite-as``."""

    rel: str
    href: str
    title: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """How a model is to be published; what is empty is not said.

    Attributes:
        model: Id of the model: lower-case letters, digits, dots, dashes and underscores.
        version: Of the model.
        collection: Id of the collection.
        license: SPDX identifier of the weights' licence.
        producer: Who made the model.
        producer_url: Where to find them.
        title: For people; empty for the run's own.
        description: CommonMark; empty for one written from the facts.
        keywords: For search; the classes' names are added.
        source: URL of the code that trained it; empty for the run's own.
        container: Container image in which it can be run or trained, with a fixed tag.
        base_href: URL of the folder where files are put that the hub does not serve itself;
            empty where there is none.
        links: More links.
    """

    model: str = ""
    version: str = "0.1.0"
    collection: str = "trained-here"
    license: str = ""
    producer: str = ""
    producer_url: str = ""
    title: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    source: str = ""
    container: str = ""
    base_href: str = ""
    links: tuple[PublicationLink, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Publication:
        """Read a TOML file.

        Raises:
            RunError: If it is not there, is no TOML, or says something unknown.
        """
        data = content(path, error=RunError, remedy=_REMEDY)
        try:
            value = tomllib.loads(data.decode("utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise RunError(f"not TOML: {error}", where=str(path), remedy=_REMEDY) from None
        publication: Publication = decode(cls, value, "$", str(path))
        return publication

    def named(self, name: str) -> Publication:
        """With a model's id, made from the run's name where none was given.

        Args:
            name: Of the run.

        Raises:
            RunError: If the id, version or collection cannot be names of folders.
        """
        model = self.model or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        for key, value in (
            ("model", model),
            ("version", self.version),
            ("collection", self.collection),
        ):
            if not is_path_safe(value):
                raise RunError(
                    f"{key} {value!r} cannot be the name of a folder",
                    remedy="Use lower-case letters and digits, with dots, dashes or underscores.",
                )
        return replace(self, model=model)

    @property
    def id(self) -> str:
        """Id of the item."""
        return f"{self.model}-{self.version}"
