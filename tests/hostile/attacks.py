"""What somebody may do to a hub by pull request: one function for every case of a table."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from typing import Any

from tests.items import model
from tests.submission.proposals import EVE, Clone

__all__ = ["ATTACKS"]

MINE = "catalog/floods/tsunami-net"
DELTA = "catalog/floods/delta"
SCRIPT = (
    "<script>pwned(1)</script><img src=x onerror=pwned(2)><svg onload=pwned(3)>"
    "<style>*{display:none}</style>\"'>{{ 7*7 }}{% raw %}"
)
Attack = Callable[[Clone], object]


def fresh(**changes: Any) -> dict[str, Any]:
    return model("tsunami-net", version="1.0.0", **changes)


def mine(clone: Clone, item: Any = None) -> None:
    """A new model of Eve's, with this item in place of its own."""
    clone.write_model("tsunami-net", owner=EVE)
    if item is not None:
        clone.write(f"{MINE}/1.0.0/item.json", item)


def with_item(**members: Any) -> Attack:
    return lambda clone: mine(clone, fresh() | members)


def with_bytes(data: bytes) -> Attack:
    return lambda clone: mine(clone, data)


def with_asset(href: str) -> Attack:
    item = fresh()
    item["assets"]["weights"]["href"] = href
    return lambda clone: mine(clone, item)


def with_link(href: str) -> Attack:
    item = fresh()
    item["links"].append({"rel": "about", "href": href, "title": "Press"})
    return lambda clone: mine(clone, item)


def with_file(name: str, data: bytes = b"x") -> Attack:
    def change(clone: Clone) -> None:
        mine(clone)
        clone.write(f"{MINE}/1.0.0/{name}", data)

    return change


def named(name: str, *, collection: str = "floods") -> Attack:
    return lambda clone: clone.write_model(name, collection=collection, owner=EVE)


def linked(path: str, target: str) -> Attack:
    def change(clone: Clone) -> None:
        mine(clone)
        place = clone.folder / MINE / path
        place.unlink(missing_ok=True)
        place.symlink_to(target)

    return change


def owners(data: bytes) -> Attack:
    def change(clone: Clone) -> None:
        mine(clone)
        clone.write(f"{MINE}/owners.toml", data)

    return change


def raw_file(*names: bytes) -> Attack:
    """Files with names that no program would write, put into git's index."""

    def change(clone: Clone) -> None:
        mine(clone)
        clone.git("add", "--all")
        blob = clone.git("hash-object", "-w", "--stdin", given=b"x")
        for name in names:
            path = os.fsencode(f"{MINE}/1.0.0/") + name
            entry = f"100644 {blob}\t".encode() + path + b"\0"
            clone.git("update-index", "-z", "--index-info", given=entry)

    return change


def submodule(clone: Clone) -> None:
    mine(clone)
    clone.git("add", "--all")
    clone.git("update-index", "--add", "--cacheinfo", f"160000,{clone.base},{MINE}/1.0.0/x.npy")


def executable(clone: Clone) -> None:
    mine(clone)
    clone.write(f"{MINE}/1.0.0/run.json", b"{}").chmod(0o755)


def many(clone: Clone) -> None:
    mine(clone)
    for number in range(150):
        clone.write(f"{MINE}/1.0.0/{number}.txt", b"x")


def owned(clone: Clone) -> None:
    clone.own(DELTA, EVE)
    clone.put(clone.item() | {"bbox": [0, 0, 1, 1]})


def renamed(clone: Clone) -> None:
    mine(clone)
    shutil.rmtree(clone.folder / DELTA)


def and_file(path: str, data: bytes = b"x") -> Attack:
    def change(clone: Clone) -> None:
        mine(clone)
        clone.write(path, data)

    return change


def second(clone: Clone) -> None:
    mine(clone)
    clone.write_model("wave-net", owner=EVE)


def new_collection(clone: Clone) -> None:
    clone.write_model("fire-net", collection="fires", owner=EVE)
    clone.write("catalog/fires/collection.json", fresh())
    clone.own("catalog/fires", EVE)


def texts(clone: Clone) -> None:
    item = fresh(title=SCRIPT, description=SCRIPT, keywords=[SCRIPT])
    item["properties"]["mlm:output"][0]["classification:classes"][0]["name"] = SCRIPT
    item["assets"]["weights"]["title"] = SCRIPT
    mine(clone, item)
    clone.write(f"{MINE}/README.md", f"# {SCRIPT}\n\n[x](javascript:pwned(4))\n".encode())


REPORT = "MIT\n::error::forged\n@everyone #1 [x](javascript:y) <img src=z> | `"
ITEM = json.dumps(fresh())
CLAIM = {"state": "fine", "since": "2026-01-01T00:00:00Z", "history": []}


def claims(clone: Clone) -> None:
    item = fresh(**{"geocairn:status": CLAIM})
    item["assets"]["weights"]["geocairn:reproduced"] = {"time": "2026-01-01T00:00:00Z"}
    mine(clone, item)


ATTACKS: dict[str, Attack] = {
    "id-path": with_item(id="../../escape"),
    "id-empty": with_item(id=""),
    "id-long": with_item(id="x" * 5000),
    "id-of-another": with_item(id="delta-1.0.0"),
    "id-number": with_item(id=5),
    "id-spaces-of-no-width": with_item(id="tsunami-net\u200b-1.0.0"),
    "collection-of-another": with_item(collection="loose"),
    "name-other-case": named("Delta"),
    "name-digit-for-letter": named("de1ta"),
    "name-rn-for-m": named("storrn"),
    "name-cyrillic": named("d\u0435lta"),
    "name-right-to-left": raw_file("\u202egnp.exe".encode()),
    "name-line-break": raw_file(b"a\n::error::forged"),
    "name-no-utf8": raw_file(b"\xff\xfe.npy"),
    "name-reserved-by-windows": named("con"),
    "name-reserved-by-hubs": named("tsunami-net", collection="assets"),
    "name-long": named("x" * 250),
    "name-hidden": with_file(".htaccess"),
    "file-two-cases": raw_file(b"Sample.npy", b"sample.npy"),
    "link-out": linked("1.0.0/w.onnx", "/etc/passwd"),
    "link-as-item": linked("1.0.0/item.json", "../../delta/1.0.0/item.json"),
    "link-as-folder": linked("2.0.0", "../delta/1.0.0"),
    "submodule": submodule,
    "executable": executable,
    "page": with_file("a.html", b"<script>pwned(1)</script>"),
    "drawing": with_file("thumbnail.svg", b"<svg onload='pwned(1)'/>"),
    "code": with_file("setup.py", b"import os"),
    "file-large": with_file("w.onnx", b"x" * (6 << 20)),
    "files-many": many,
    "owners-large": owners(b"#" * 100_000),
    "owners-deep": owners(b"owners = " + b"[" * 3000 + b"]" * 3000),
    "owners-no-id": owners(b'owners = [{ login = "eve" }]'),
    "owners-true": owners(b'owners = [{ login = "eve", id = true }]'),
    "owners-and-model": owned,
    "owners-removed": lambda clone: clone.own(DELTA),
    "owners-replaced-by-link": linked("owners.toml", "../storm/owners.toml"),
    "take-over-by-rename": renamed,
    "delete": lambda clone: shutil.rmtree(clone.folder / DELTA),
    "version-of-another": lambda clone: clone.write_model("delta", version="9.0.0"),
    "hub-owners": lambda clone: clone.own("catalog", EVE),
    "workflow": and_file(".github/workflows/submission.yml"),
    "rules": and_file("builder/geocairn/checks/hub.py"),
    "settings": lambda clone: clone.write("geocairn.toml", b"[hub]\n"),
    "git-settings": and_file("catalog/.gitattributes", b"* filter=x\n"),
    "two-models": second,
    "href-up": with_asset("../../../../etc/passwd"),
    "href-encoded-up": with_asset("%2e%2e/%2e%2e/secret"),
    "href-javascript": with_asset("javascript:pwned(1)"),
    "href-javascript-hidden": with_link("java\nscript:pwned(1)"),
    "href-data": with_link("data:text/html,<script>pwned(1)</script>"),
    "href-file": with_asset("file:///etc/passwd"),
    "text-script": texts,
    "text-template": lambda clone: mine(clone, fresh(title="{{ 7*7 }}{% raw %}{{ config }}")),
    "text-report": lambda clone: mine(clone, fresh(license=REPORT)),
    "text-terminal": lambda clone: mine(clone, fresh(license="\x1b]0;pwned\x07\x1b[2J\u202e")),
    "json-duplicate": with_bytes(ITEM.replace("{", '{"id": "delta-1.0.0", ', 1).encode()),
    "json-nan": with_bytes(ITEM.replace("24436369", "NaN").encode()),
    "json-infinity": with_bytes(ITEM.replace("24436369", "-Infinity").encode()),
    "json-deep": with_bytes(ITEM.replace("24436369", "[" * 10_000 + "]" * 10_000).encode()),
    "json-surrogate": with_bytes(ITEM.replace("Delta Observatory", "\\ud800").encode()),
    "json-long-string": with_bytes(ITEM.replace("Delta Observatory", "x" * (100 << 20)).encode()),
    "json-mark": with_bytes(b"\xef\xbb\xbf" + ITEM.encode()),
    "json-list": with_bytes(b"[1, 2]"),
    "json-huge-number": with_bytes(ITEM.replace("24436369", "9" * 100_000).encode()),
    "collection-is-item": new_collection,
    "claims-reproduced": claims,
}
