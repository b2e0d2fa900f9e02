"""Rules on licence, people and identity."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from geocairn.checks import parts
from geocairn.checks.context import Context
from geocairn.checks.rule import REMOVED, Rule

__all__ = ["RULES", "check", "identity", "licence", "spdx"]

_CITING = frozenset(
    {"cite-as", "about", "via", "code", "source", "vcs", "vcs-git", "repository", "describedby"}
)

NO_LICENCE = Rule(
    code="STAC050",
    title="No licence",
    severity="warning",
    why="""Without a licence nobody but its authors may use a model, whatever they meant. The
licence of the weights belongs into the item, for it often differs from that of the code and of the
data.""",
    remedy="Add license, an SPDX identifier such as Apache-2.0, or other with a link to the text.",
    failing={"/properties/license": REMOVED},
)
NOT_SPDX = Rule(
    code="STAC051",
    title="Licence that is no SPDX identifier",
    severity="warning",
    kind="spec",
    why="""STAC wants an SPDX licence identifier or expression, or `other` with a link to the text.
The schema lets any word pass; only identifiers can be compared and looked up. The specification is
right.""",
    remedy="Write an identifier of https://spdx.org/licenses/, or other with a license link.",
    failing={"/properties/license": "Apache2"},
    passing={"/properties/license": "CC-BY-NC-4.0"},
)
SPDX_CASE = Rule(
    code="STAC052",
    title="SPDX identifier in an unusual spelling",
    severity="advice",
    why="""SPDX compares identifiers without regard to case but writes them one way. Search and
facets compare them as they are written.""",
    remedy="Write it as SPDX does; `--fix` does.",
    failing={"/properties/license": "apache-2.0"},
    fix=lambda item: _spell_licence(item),
)
NO_LICENCE_TEXT = Rule(
    code="STAC053",
    title="Other licence without its text",
    severity="warning",
    kind="spec",
    why="""The licence `other` says only that SPDX has no identifier for it. STAC asks for a link of
the relation `license` to its text then; without it nobody knows the terms. The schema cannot ask
for it.""",
    remedy="Add a link with rel license to the text of the licence.",
    failing={"/properties/license": "other"},
    passing={
        "/properties/license": "other",
        "/links/-": {"rel": "license", "href": "https://delta.example.org/terms.html"},
    },
)
NO_PRODUCER = Rule(
    code="STAC060",
    title="Nobody named as producer",
    severity="warning",
    why="""Who made a model is what people ask first, and whom they write to when it fails. At least
one of `providers` has the role `producer`.""",
    remedy="Add a provider with the role producer.",
    failing={"/properties/providers": [{"name": "Weights Mirror", "roles": ["host"]}]},
)
NO_SOURCE = Rule(
    code="STAC061",
    title="Neither citation nor repository",
    severity="advice",
    why="""A publication or a repository tells how a model was made and tested. Counted are links of
the relations `cite-as`, `about`, `via` or `code`, source code assets, and the fields of the
scientific extension.""",
    remedy="Add a link of rel cite-as, a source code asset, or sci:doi.",
    failing={"/links/1": REMOVED, "/assets/source": REMOVED},
)
UNSAFE_ID = Rule(
    code="STAC070",
    title="Id that cannot name a folder",
    severity="error",
    why="""Every item has a folder and an address named after its id. Slashes, characters that some
file system or URL gives a meaning of its own, names that Windows reserves, and more than 200
bytes break them.""",
    remedy="Use letters, digits, dots, hyphens and underscores, beginning with a letter or digit.",
    failing={"/id": "delta/flood-unet"},
)
OTHER_FOLDER = Rule(
    code="STAC071",
    title="Id differs from its folder",
    severity="warning",
    why="""In a catalog folder an item lies in `<collection>/<model>/<version>/item.json` and has
the id `<model>-<version>`. Where they differ people look in the wrong place, and ownership, which
is read from folders, is unclear. (Looked at only where the file is named `item.json`.)""",
    remedy="Rename the folder, or write its names as the id.",
)
NO_VERSION = Rule(
    code="STAC072",
    title="No version",
    severity="warning",
    why="""Models are retrained, and results depend on which one was used. `version` tells them
apart and puts them in order; the builder links each to its predecessor and successor.""",
    remedy="Add version, such as 1.0.0, and declare the version extension.",
    failing={"/properties/version": REMOVED},
)
RULES = (
    NO_LICENCE,
    NOT_SPDX,
    SPDX_CASE,
    NO_LICENCE_TEXT,
    NO_PRODUCER,
    NO_SOURCE,
    UNSAFE_ID,
    OTHER_FOLDER,
    NO_VERSION,
)


@lru_cache(maxsize=4096)
def spdx(expression: str) -> str | None:
    """An SPDX licence expression as SPDX writes it; None where it is not one.

    The list of identifiers is the one that the ``packaging`` library ships.
    """
    # The library compiles the expression's skeleton, so nothing strange may reach it.
    if len(expression) > 120 or not re.fullmatch(r"[A-Za-z0-9.+() -]+", expression):
        return None
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return str(canonicalize_license_expression(expression))
    except InvalidLicenseExpression:
        return None


def licences() -> dict[str, str]:
    """The identifiers of that list, by their names in lower case."""
    from packaging.licenses._spdx import LICENSES

    return {name: entry["id"] for name, entry in LICENSES.items()}


def _spell_licence(item: dict[str, Any]) -> None:
    holder = parts.properties(item) if item.get("type") == "Feature" else item
    licence = holder.get("license")
    if isinstance(licence, str) and (usual := spdx(licence)):
        holder["license"] = usual


def check(context: Context) -> None:
    """Look at licence, providers, citation, id and version."""
    properties = context.properties
    licence(context, properties, ("properties",))
    if not _produced(properties.get("providers")):
        path: tuple[str | int, ...] = ("properties", "providers")
        value = properties.get("providers")
        message = "names nobody with the role producer"
        if value is None:
            context.found(NO_PRODUCER, path, message)
        else:
            context.found(NO_PRODUCER, path, message, value=value)
    if not _cited(context):
        context.found(NO_SOURCE, ("links",), "has neither a citation nor a repository")
    identity(context)
    version = properties.get("version")
    if version is None or version == "":
        context.found(NO_VERSION, ("properties", "version"), "is not given")


def licence(context: Context, holder: dict[str, Any], path: tuple[str | int, ...]) -> None:
    """Look at the licence of an item's properties or of a collection."""
    value = holder.get("license")
    place = (*path, "license")
    if value is None:
        context.found(NO_LICENCE, place, "is not given")
    elif not isinstance(value, str):
        return
    elif value == "other":
        if not any(link.get("rel") == "license" for _, link in context.links):
            context.found(NO_LICENCE_TEXT, place, "comes without a link to its text", value=value)
    else:
        usual = spdx(value)
        if usual is None:
            context.found(NOT_SPDX, place, "is not an SPDX identifier", value=value)
        elif usual != value:
            context.found(SPDX_CASE, place, f"is written {usual} by SPDX", value=value)


def identity(context: Context) -> None:
    """Look at the id of an item or a collection."""
    identifier = context.item.get("id")
    if not isinstance(identifier, str):
        return
    problem = parts.id_problem(identifier)
    if problem:
        context.found(UNSAFE_ID, ("id",), problem, value=identifier)
    folder = context.folder
    if folder is not None and context.origin.replace("\\", "/").endswith("/item.json"):
        expected = f"{folder.parent.name}-{folder.name}"
        if identifier not in (expected, folder.name):
            message = f"lies in {folder.parent.name}/{folder.name}, which would be {expected}"
            context.found(OTHER_FOLDER, ("id",), message, value=identifier)


def _produced(providers: Any) -> bool:
    if not isinstance(providers, list):
        return False
    return any(
        isinstance(one, dict)
        and isinstance(roles := one.get("roles"), list)
        and "producer" in roles
        for one in providers
    )


def _cited(context: Context) -> bool:
    for _, link in context.links:
        if (rel := link.get("rel")) and isinstance(rel, str) and rel in _CITING:
            return True
    for field in ("sci:doi", "sci:citation", "sci:publications"):
        if context.properties.get(field):
            return True
    for asset in context.assets.values():
        roles = asset.get("roles")
        if isinstance(roles, list) and ("mlm:source_code" in roles or "code" in roles):
            return True
    return False
