"""Rules on where assets, links and container images point."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from geocairn.checks import parts
from geocairn.checks.context import Context
from geocairn.checks.rule import Rule
from geocairn.normalise import DERIVED_LINKS

__all__ = ["RULES", "check", "is_relative"]

_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\|~[\\/]")
_SCRIPT = re.compile(r"\s*(?:javascript|vbscript|data)\s*:", re.IGNORECASE)
_GITHUB_PAGE = re.compile(r"https://github\.com/([^/]+/[^/]+)/blob/([^#?]+)")
_HUGGING_FACE_PAGE = re.compile(r"(https://huggingface\.co/(?:[^/]+/){2,3})blob/")

LOCAL = Rule(
    code="STAC020",
    title="Path on somebody's own computer",
    severity="error",
    why="""An absolute path or a `file:` address leads nowhere on any other computer, and tells the
world how somebody's disk is laid out.""",
    remedy="Publish the file and give its https address, or a path relative to the item.",
    failing={"/assets/weights/href": "/home/ana/models/weights.pt"},
)
SCRIPT = Rule(
    code="STAC021",
    title="Address that runs or embeds something",
    severity="error",
    why="""Addresses of the schemes `javascript:`, `vbscript:` and `data:` run or embed content in
the page that shows them. The hub does not publish them.""",
    remedy="Give an https address.",
    failing={"/links/1/href": "javascript:alert(1)"},
)
OUTSIDE = Rule(
    code="STAC022",
    title="Relative path out of the item's folder",
    severity="error",
    why="""What an item ships lies in its own folder. A relative path that leaves it breaks as soon
as the item is moved or published, and might reach files that nobody meant to publish.""",
    remedy="Put the file into the item's folder, or give its https address.",
    failing={"/assets/weights/href": "../../shared/weights.pt"},
    passing={"/assets/weights/href": "./files/../weights.pt"},
)
MISSING = Rule(
    code="STAC023",
    title="Relative path to a file that is not there",
    severity="error",
    why="""A relative path is resolved against the item's folder. Where there is no such file the
published item would point to nothing. (Looked at only where the item is read from a folder.)""",
    remedy="Add the file to the item's folder, or correct the path.",
    failing={"/assets/weights/href": "./absent-weights.pt"},
)
MOVING_IMAGE = Rule(
    code="STAC024",
    title="Container image without a fixed tag",
    severity="warning",
    why="""An image without a tag, or with `latest`, is another one tomorrow: a run cannot be
repeated. A version tag is better, a digest (`@sha256:...`) best.""",
    remedy="Name a version tag or a digest.",
    failing={
        "/assets/runtime": {
            "href": "ghcr.io/delta-observatory/flood-unet:latest",
            "type": "application/vnd.oci.image.index.v1+json",
            "roles": ["mlm:inference-runtime"],
        }
    },
    passing={
        "/assets/runtime": {
            "href": "ghcr.io/delta-observatory/flood-unet:1.2.0",
            "type": "application/vnd.oci.image.index.v1+json",
            "roles": ["mlm:inference-runtime"],
        }
    },
)
PAGE = Rule(
    code="STAC025",
    title="Address of a page about the file",
    severity="warning",
    why="""GitHub and Hugging Face show a file on a page under `/blob/`. A program that downloads
this address gets the page's HTML, not the file. Assets of type `text/html` mean the page and are
let pass.""",
    remedy="Give the address of the file itself; `--fix` does.",
    failing={
        "/assets/weights/href": "https://huggingface.co/delta/flood-unet/blob/v1.2.0/weights.pt"
    },
    fix=lambda item: _raw_addresses(item),
    fixed={
        "/assets/weights/href": "https://huggingface.co/delta/flood-unet/resolve/v1.2.0/weights.pt"
    },
)
RULES = (
    LOCAL,
    SCRIPT,
    OUTSIDE,
    MISSING,
    MOVING_IMAGE,
    PAGE,
)


def _raw_addresses(item: dict[str, Any]) -> None:
    for asset in parts.assets(item):
        if raw := _raw_address(asset):
            asset["href"] = raw


def _raw_address(asset: dict[str, Any]) -> str | None:
    """Where the file itself lies, if the asset points to a page that shows it."""
    href, media = asset.get("href"), asset.get("type")
    if (
        not isinstance(href, str)
        or "/blob/" not in href
        or (isinstance(media, str) and media.startswith("text/html"))
    ):
        return None
    if match := _GITHUB_PAGE.match(href):
        return f"https://raw.githubusercontent.com/{match[1]}/{match[2]}"
    raw = _HUGGING_FACE_PAGE.sub(r"\1resolve/", href)
    return raw if raw != href else None


def check(context: Context) -> None:
    """Look at every asset and every link."""
    for key, asset in context.assets.items():
        href = asset.get("href")
        if isinstance(href, str):
            if not href.startswith("https://"):
                _href(context, ("assets", key, "href"), href, asset)
            elif "/blob/" in href and _raw_address(asset):
                message = "is a page that shows the file, not the file"
                context.found(PAGE, ("assets", key, "href"), message, value=href)
    for index, link in context.links:
        href = link.get("href")
        if (
            isinstance(href, str)
            and not href.startswith("https://")
            and link.get("rel") not in _DERIVED
        ):
            _href(context, ("links", index, "href"), href, None)
    for field, entries in (
        ("pre_processing_function", context.inputs),
        ("post_processing_function", context.outputs),
    ):
        for index, entry in entries:
            if entry.get(field):
                _function(context, field, index, entry[field])


# A tuple, for a relation may be of any type, and a set refuses lists.
_DERIVED = (*DERIVED_LINKS, "item")


def _href(
    context: Context,
    path: tuple[str | int, ...],
    href: str,
    asset: dict[str, Any] | None,
) -> None:
    if _SCRIPT.match(href):
        context.found(SCRIPT, path, "runs or embeds something", value=href)
    elif href.startswith("/") or _DRIVE.match(href) or href.lower().startswith("file:"):
        if not href.startswith("//"):
            context.found(LOCAL, path, "is a place on one computer", value=href)
    elif asset is not None and _is_image(asset, href):
        if _moves(href):
            context.found(MOVING_IMAGE, path, "names no fixed version of the image", value=href)
    elif is_relative(href):
        _relative(context, path, href)


def is_relative(href: str) -> bool:
    """Whether an address is a relative path."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc and bool(parts.path) and href[0] not in "/\\~"


def _relative(context: Context, path: tuple[str | int, ...], href: str) -> None:
    steps: list[str] = []
    name = unquote(urlsplit(href).path)
    for step in name.replace("\\", "/").split("/"):
        if step == "..":
            if not steps:
                context.found(OUTSIDE, path, "leaves the item's folder", value=href)
                return
            steps.pop()
        elif step not in ("", "."):
            steps.append(step)
    if context.folder is None or "\0" in name:
        return
    file = Path(context.folder, *steps)
    try:
        inside = file.resolve().is_relative_to(context.folder.resolve())
        there = file.exists()
    except OSError:
        inside, there = True, False
    if not inside:
        message = "leaves the item's folder through a symbolic link"
        context.found(OUTSIDE, path, message, value=href)
    elif not there:
        message = f"is not there (looked in {context.folder})"
        context.found(MISSING, path, message, value=href)


def _is_image(asset: dict[str, Any], href: str) -> bool:
    media = asset.get("type")
    if isinstance(media, str) and media.startswith(
        ("application/vnd.oci.image", "application/vnd.docker")
    ):
        return True
    roles = asset.get("roles")
    runtime = isinstance(roles, list) and any(
        isinstance(role, str) and role.endswith(("runtime", "container")) for role in roles
    )
    return runtime and "://" not in href and not href.startswith(".")


def _moves(image: str) -> bool:
    """Whether a container image reference may mean another image tomorrow."""
    name = image.partition("://")[2] or image
    if "@sha256:" in name:
        return False
    tag = name.rpartition("/")[2].partition(":")[2]
    # Tags such as latest-gpu move along with latest.
    return not tag or "latest" in re.split(r"[-_.]", tag.lower())


def _function(context: Context, field: str, index: int, function: Any) -> None:
    owner = "mlm:input" if field.startswith("pre") else "mlm:output"
    for step in function if isinstance(function, list) else [function]:
        if isinstance(step, dict) and step.get("format") == "docker":
            image = step.get("expression")
            if isinstance(image, str) and _moves(image):
                path = ("properties", owner, index, field)
                message = "names no fixed version of the image"
                context.found(MOVING_IMAGE, path, message, value=image)
