"""How to use a model: code filled in for it, ready to copy; and how to cite it.

The hub's address is written as `HUB` where it is not known; in a browser, a script replaces it by
the address that the page came from.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from geocairn.compile.pages.view.links import doi_of
from geocairn.compile.pages.view.values import objects, record, text, texts

__all__ = ["HUB", "bibtex", "snippets"]

HUB = "https://HUB.example/"
_SPECIAL = re.compile(r"[\\{}%$&#_^~]")
_BIBTEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}  # fmt: skip
_SAFE = "-_.~!*'()"  # what JavaScript's encodeURIComponent leaves as it is
_NAME = re.compile(r"[^A-Za-z0-9-]+")
_YEAR = re.compile(r"\d{4}").match
_PLAIN = re.compile(r"[A-Za-z0-9_ .-]{1,200}").fullmatch
# What NumPy and ONNX have by the same name.
_DTYPES = ("float16", "float32", "float64", "uint8", "uint16", "int8", "int16", "int32", "int64")
_CHIP = 256
_LARGEST = 65_536
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(:[A-Za-z_]\w*)?", re.ASCII).fullmatch


def snippets(
    collection: str,
    item: str,
    *,
    assets: list[dict[str, Any]],
    inputs: list[dict[str, Any]],
    hub: str | None,
) -> list[dict[str, Any]]:
    """Code for each way of using a model.

    Args:
        collection: Its collection's id.
        item: Its id.
        assets: See `assets_of`.
        inputs: See `inputs_of`.
        hub: The hub's address, ending with a slash, if it is known.
    """
    root, where = hub or HUB, {"collection": collection, "item": item}
    folder, name = quote(collection, safe=_SAFE), quote(item, safe=_SAFE)
    document = f"{root}{folder}/{name}/{name}.json"
    table = f"{root}{folder}/items.parquet"
    found = [
        _snippet("Python", "python", _python(root, **where)),
        _snippet("R", "r", _r(document)),
        _snippet("DuckDB SQL", "sql", _sql(table, item)),
        _snippet("QGIS", "python", _qgis(table, item)),
        _snippet("ArcGIS", "python", _arcgis(document)),
    ]
    onnx = next((a for a in assets if a["safety"] == "data" and _is_onnx(a)), None)
    if onnx:
        found.append(
            _snippet("onnxruntime", "python", _onnx(document, key=onnx["key"], inputs=inputs))
        )
    entry = next((a["entrypoint"] for a in assets if a["entrypoint"]), None)
    if entry and _IDENTIFIER(entry) and ":" in entry:
        module, _, name = entry.partition(":")
        found.append(_snippet("Entry point", "python", f"from {module} import {name}\n"))
    return found


def _is_onnx(asset: dict[str, Any]) -> bool:
    named = (asset["format"] or "").lower() == "onnx" or (asset["file"] or "").endswith(".onnx")
    return named and bool(asset["href"])


def _snippet(name: str, language: str, code: str) -> dict[str, Any]:
    slug = _NAME.sub("-", name.lower())
    return {"name": name, "slug": slug, "language": language, "code": code.strip("\n")}


def _quoted(value: str) -> str:
    """A text as a literal of Python and R."""
    return json.dumps(value, ensure_ascii=False)


def _python(root: str, *, collection: str, item: str) -> str:
    return f"""
import geocairn

hub = geocairn.open({_quoted(root)})
found = hub.search(collections=[{_quoted(collection)}], ids=[{_quoted(item)}])
model = next(found.items())  # a pystac Item
for key, asset in model.assets.items():
    print(key, asset.href)
"""


def _r(document: str) -> str:
    return f"""
library(jsonlite)

model <- fromJSON({_quoted(document)}, simplifyVector = FALSE)
model$properties$title
sapply(model$assets, function(asset) asset$href)
"""


def _sql(table: str, item: str) -> str:
    doubled = item.replace("'", "''")
    lines = (
        "SELECT id, title, start_datetime, end_datetime",
        f"FROM read_parquet('{table.replace(chr(39), chr(39) * 2)}')",
        f"WHERE id = '{doubled}';",
    )
    return "\n".join(lines)


def _qgis(table: str, item: str) -> str:
    expression = '"id" = \'' + item.replace("'", "''") + "'"
    return f"""
layer = QgsVectorLayer("/vsicurl/" + {_quoted(table)}, {_quoted(item)}, "ogr")
layer.setSubsetString({_quoted(expression)})
QgsProject.instance().addMapLayer(layer)
"""


def _arcgis(document: str) -> str:
    return f"""
import json, urllib.request
import arcpy

with urllib.request.urlopen({_quoted(document)}) as answer:
    model = json.load(answer)
footprint = arcpy.AsShape(model["geometry"]) if model["geometry"] else None
for key, asset in model["assets"].items():
    print(key, asset["href"])
"""


def _onnx(document: str, *, key: str, inputs: list[dict[str, Any]]) -> str:
    return f"""
import json, urllib.parse, urllib.request
import numpy as np
import onnxruntime

address = {_quoted(document)}
with urllib.request.urlopen(address) as answer:
    asset = json.load(answer)["assets"][{_quoted(key)}]
path, _ = urllib.request.urlretrieve(urllib.parse.urljoin(address, asset["href"]), "model.onnx")
session = onnxruntime.InferenceSession(path)
{_run([_chip(one) for one in inputs])}
"""


def _run(chips: list[str | None]) -> str:
    """Code that runs the network on empty inputs, if they can be made, else tells what it wants."""
    if not chips or None in chips:
        return (
            "print([(tensor.name, tensor.shape, tensor.type) for tensor in session.get_inputs()])"
        )
    listed = "\n".join(f"    {chip}" for chip in chips)
    return f"""chips = [
{listed}
]
names = [tensor.name for tensor in session.get_inputs()]
for output, found in zip(session.get_outputs(), session.run(None, dict(zip(names, chips)))):
    print(output.name, found.shape, found.dtype)"""


def _chip(given: dict[str, Any]) -> str | None:
    """An empty input of the right shape and type, and what belongs into it."""
    tensor = given["tensor"]
    if not tensor or tensor["dtype"] not in _DTYPES:
        return None
    if any((dim["size"] or 0) > _LARGEST for dim in tensor["dims"]):
        return None
    shape = ", ".join(_size(dim, first=at == 0) for at, dim in enumerate(tensor["dims"]))
    bands = " ".join(given["bands"] or given["variables"] or [])
    scaled = ", scaled" if given["scaling"] else ""
    said = f"  # {bands}{scaled}" if _PLAIN(bands) else ""
    return f"np.zeros([{shape}], np.{tensor['dtype']}),{said}"


def _size(dim: dict[str, Any], *, first: bool) -> str:
    return str(dim["size"] or (1 if first or dim["name"] in ("batch", "time") else _CHIP))


def bibtex(item: dict[str, Any], *, title: str, hub: str | None) -> str:
    """An entry for BibTeX."""
    properties = record(item.get("properties"))
    name, collection = text(item.get("id")) or "", text(item.get("collection")) or ""
    providers = objects(properties.get("providers"))
    makers = [p for p in providers if "producer" in (texts(p.get("roles")) or [])] or providers
    authors = [found for part in makers if (found := text(part.get("name")))]
    moments = (properties.get(key) for key in ("created", "published", "updated", "datetime"))
    year = next((at[0] for m in moments if (at := _YEAR(text(m) or ""))), None)
    doi, version = doi_of(item), text(properties.get("version"))
    fields = [
        ("title", f"{{{_escaped(title)}}}"),
        ("author", " and ".join(f"{{{_escaped(author)}}}" for author in authors)),
        ("year", year),
        ("version", _escaped(version) if version else None),
        ("doi", doi),
        ("url", f"{hub}{quote(collection, safe=_SAFE)}/{quote(name, safe=_SAFE)}/index.html")
        if hub
        else ("url", None),
    ]
    lines = [f"  {key} = {{{value}}}," for key, value in fields if value]
    return "\n".join([f"@misc{{{_NAME.sub('-', name) or 'model'},", *lines, "}"])


def _escaped(value: str) -> str:
    one_line = " ".join(value.split())
    return _SPECIAL.sub(lambda found: _BIBTEX.get(found[0], f"\\{found[0]}"), one_line)
