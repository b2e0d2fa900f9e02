"""Assets of an item: what they are, and whether loading them runs code of whoever made them."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from geocairn.compile.pages.view.links import link_target
from geocairn.compile.pages.view.values import known, number, record, text, texts

__all__ = ["assets_of", "formats_of", "thumbnail"]

# By what MLM calls the artifact, or by the end of the file's name.
_PICKLED = ("torch.save", "torch.jit.save", "pickle", "joblib", "dill", "cloudpickle", "tf.keras")
_PICKLED_ENDINGS = (".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".bin", ".h5", ".keras")
_DATA_ONLY = ("onnx", "safetensors", "tflite", "openvino", "tensorrt", "gguf")
_DATA_ENDINGS = (".onnx", ".safetensors", ".tflite", ".xml", ".gguf")
_HASHES = {"1114": "SHA-1", "1220": "SHA-256", "1340": "SHA-512", "d50110": "MD5"}
_HEX = re.compile(r"[0-9a-fA-F]+").fullmatch


def assets_of(item: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Every asset, the model's own first."""
    found = [
        _asset(key, raw) for key, raw in record(item.get("assets")).items() if isinstance(raw, dict)
    ]
    return known(sorted(found, key=lambda asset: 0 if asset["model"] else 1))


def _asset(key: str, raw: dict[str, Any]) -> dict[str, Any]:
    roles = texts(raw.get("roles")) or []
    href = text(raw.get("href"))
    path = (href or "").split("?")[0].split("#")[0]
    size = number(raw.get("file:size"))
    return {
        "key": key,
        "title": text(raw.get("title")),
        "description": text(raw.get("description")),
        "href": link_target(href),
        "file": posixpath.basename(path.rstrip("/")) or None,
        "type": text(raw.get("type")),
        "roles": known(roles),
        "model": "mlm:model" in roles,
        "format": text(raw.get("mlm:artifact_type")),
        "entrypoint": text(raw.get("mlm:entrypoint")),
        "size": size if size is not None and size >= 0 else None,
        "hash": _checksum(raw.get("file:checksum")),
        "safety": _safety(raw, roles, path.lower()),
        "reproduced": _reproduced(raw),
    }


def _reproduced(raw: dict[str, Any]) -> dict[str, Any] | None:
    """When the hub's keepers got the sample's output from this very file."""
    told = record(raw.get("geocairn:reproduced"))
    checksum = text(told.get("checksum"))
    if checksum is None or checksum != text(raw.get("file:checksum")):
        return None
    return {"time": text(told.get("time"))}


def _safety(raw: dict[str, Any], roles: list[str], path: str) -> str | None:
    """Whether opening it may run code (``code``), cannot (``data``), or nobody knows (None)."""
    kind = (text(raw.get("mlm:artifact_type")) or "").lower()
    media = (text(raw.get("type")) or "").lower()
    if "mlm:source_code" in roles or "code" in roles:
        return None
    if any(name in kind for name in _DATA_ONLY) or path.endswith(_DATA_ENDINGS):
        return "data"
    if "mlm:model" not in roles and "mlm:weights" not in roles:
        return None
    if any(kind.startswith(name) for name in _PICKLED) or path.endswith(_PICKLED_ENDINGS):
        return "code"
    return "code" if "pytorch" in media or "pickle" in media else None


def _checksum(value: Any) -> dict[str, str] | None:
    """The kind of hash and its digits, from a multihash (https://multiformats.io/multihash/)."""
    given = text(value)
    if given is None or not _HEX(given) or len(given) > 300:
        return None
    for prefix, name in _HASHES.items():
        if given.lower().startswith(prefix):
            return {"name": name, "digits": given[len(prefix) :].lower()}
    return {"name": "Multihash", "digits": given.lower()}


def formats_of(assets: list[dict[str, Any]] | None) -> list[str] | None:
    """Formats in which the model is there, each once."""
    return texts([asset["format"] for asset in assets or [] if asset["format"]])


def thumbnail(item: dict[str, Any]) -> str | None:
    """A picture that lies beside the item; those of other hosts are not shown."""
    for raw in record(item.get("assets")).values():
        href = text(record(raw).get("href"))
        roles = texts(record(raw).get("roles")) or []
        if href and ("thumbnail" in roles or "overview" in roles):
            local = link_target(href)
            if local and ":" not in local and not local.startswith("/"):
                return local
    return None
