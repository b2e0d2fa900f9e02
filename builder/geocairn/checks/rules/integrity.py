"""Rules on how files are verified: checksums and sizes."""

from __future__ import annotations

import re
from typing import Any

from geocairn.checks import parts
from geocairn.checks.context import Context
from geocairn.checks.rule import REMOVED, Rule
from geocairn.checks.rules.hrefs import is_relative

__all__ = ["RULES", "check"]

# Multihash code (as a varint in hexadecimal) to name and digest length in bytes, from
# https://github.com/multiformats/multicodec/blob/master/table.csv
_MULTIHASHES: dict[str, tuple[str, int]] = {
    "11": ("SHA-1", 20),
    "12": ("SHA-256", 32),
    "13": ("SHA-512", 64),
    "14": ("SHA3-512", 64),
    "15": ("SHA3-384", 48),
    "16": ("SHA3-256", 32),
    "17": ("SHA3-224", 28),
    "1e": ("BLAKE3", 32),
    "20": ("SHA-384", 48),
    "56": ("double SHA-256", 32),
    "d501": ("MD5", 16),
    "a0e402": ("BLAKE2b-256", 32),
    "c0e402": ("BLAKE2b-512", 64),
}
_BARE = {32: "MD5", 40: "SHA-1", 56: "SHA-224", 64: "SHA-256", 96: "SHA-384", 128: "SHA-512"}
_HEX = re.compile(r"[0-9a-f]+\Z", re.IGNORECASE)
CHECKSUM = Rule(
    code="STAC010",
    title="Checksum that is no multihash",
    severity="error",
    kind="spec",
    why="""The file extension wants a multihash: the code of the hash function, the length, and
then the whole digest, in lower-case hexadecimal. A bare MD5 or SHA-256, or a digest cut short,
passes the schema (any hexadecimal text does) but cannot be verified. The specification is
right.""",
    remedy="Put the prefix before the digest: 1220 for SHA-256, d50110 for MD5.",
    failing={"/assets/weights/file:checksum": "d41d8cd98f00b204e9800998ecf8427e"},
)
NO_CHECKSUM = Rule(
    code="STAC011",
    title="Model file without checksum",
    severity="warning",
    why="""A checksum lets everyone verify that the file is the one described: not cut short, not
replaced. Weights are programs in effect, and an item should vouch for them.""",
    remedy="Add file:checksum, a multihash such as 1220 and the SHA-256 of the file.",
    failing={"/assets/weights/file:checksum": REMOVED},
)
NO_SIZE = Rule(
    code="STAC012",
    title="Model file without size",
    severity="advice",
    why="""Knowing the size before a download lets people choose, programs show progress, and
readers notice a file that was cut short.""",
    remedy="Add file:size, in bytes.",
    failing={"/assets/weights/file:size": REMOVED},
)
SIZE_IN_PROPERTIES = Rule(
    code="STAC013",
    title="File size or checksum outside an asset",
    severity="warning",
    kind="spec",
    why="""`file:` fields describe one file, so the file extension has them at assets and links. In
the properties nobody can tell which file is meant; the extension's schema does not look there. The
specification is right.""",
    remedy="Move the field to its asset; `--fix` does where there is one model file only.",
    failing={"/properties/file:size": 97812345, "/assets/weights/file:size": REMOVED},
    fix=lambda item: _move_to_model(item),
)
RULES = (CHECKSUM, NO_CHECKSUM, NO_SIZE, SIZE_IN_PROPERTIES)


def _move_to_model(item: dict[str, Any]) -> None:
    assets, properties = parts.model_assets(item), parts.properties(item)
    if len(assets) == 1:
        for field in ("file:size", "file:checksum"):
            if field in properties and field not in assets[0]:
                assets[0][field] = properties.pop(field)


def check(context: Context) -> None:
    """Look at the checksum and size of every file."""
    for key, asset in context.assets.items():
        checksum = asset.get("file:checksum")
        if isinstance(checksum, str):
            _checksum(context, ("assets", key, "file:checksum"), checksum)
    for key in context.models:
        _model_file(context, key, context.assets[key])
    for field in ("file:size", "file:checksum"):
        if field in context.properties:
            message = "does not say which file it describes"
            value = context.properties[field]
            context.found(SIZE_IN_PROPERTIES, ("properties", field), message, value=value)


def _model_file(context: Context, key: str, asset: dict[str, Any]) -> None:
    href = asset.get("href")
    if isinstance(href, str) and is_relative(href):
        return  # The builder measures and hashes what lies in the item's folder.
    if "file:checksum" not in asset and "file:checksum" not in context.properties:
        context.found(NO_CHECKSUM, ("assets", key), "has no file:checksum")
    if "file:size" not in asset and "file:size" not in context.properties:
        context.found(NO_SIZE, ("assets", key), "has no file:size")


def _checksum(context: Context, path: tuple[str | int, ...], text: str) -> None:
    if text.startswith("1220") and len(text) == 68 and _HEX.match(text):
        return
    problem = _multihash_problem(text)
    if problem:
        context.found(CHECKSUM, path, problem, value=text)


def _multihash_problem(text: str) -> str | None:
    if not _HEX.match(text) or len(text) % 2:
        return "is not hexadecimal of full bytes"
    lower = text.lower()
    for width in (2, 4, 6):
        known = _MULTIHASHES.get(lower[:width])
        if known is None:
            continue
        name, length = known
        digest = lower[width + 2 :]
        if lower[width : width + 2] == f"{length:02x}" and len(digest) == 2 * length:
            return None
        if lower[width : width + 2] == f"{length:02x}":
            return f"is {name} by its prefix, but has {len(digest) // 2} of {length} bytes"
    bare = _BARE.get(len(text))
    if bare:
        return f"has the length of a bare {bare}: the multihash prefix is missing"
    return "begins with no known multihash prefix"
