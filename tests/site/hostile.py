"""Items that mean ill or know little: markup, scripts, long words, right to left, nothing at all.

`geocairn check` would refuse some of them; a page must stay whole whatever gets through. Whatever
runs calls ``pwned``, which the tests define and watch.
"""

from __future__ import annotations

from typing import Any

from tests.items import model, square

SCRIPT = "<script>pwned(1)</script>"
IMAGE = "<img src=x onerror=pwned(2)>"
QUOTES = "\"'><svg onload=pwned(3)>{{ 7*7 }}{% raw %}"
LINK = "javascript:pwned(4)"
LONG = "Donaudampfschifffahrt" * 10
ARABIC = "نموذج كشف الفيضانات من صور الأقمار الصناعية"
HEBREW = "מודל לזיהוי שיטפונות"
OVERRIDE = "\u202egnp.exe\u202c"
CARD = f"""# {SCRIPT}

{IMAGE} [press]({LINK}) [data](data:text/html,{SCRIPT}) <a href="{LINK}" onclick="pwned(5)">x</a>
<iframe src="https://example.org/"></iframe><style>body {{ display: none }}</style>

![remote](https://example.org/track.png)

<form action="https://example.org/"><input name=q></form>

| {LONG} | b |
| --- | --- |
| {IMAGE} | </td></table></main> |
"""


def items() -> list[dict[str, Any]]:
    """All of them, in a few collections, one of which has a single item."""
    return [
        _markup(),
        _links(),
        *_bare(),
        model(
            "right-to-left", collection="words", title=ARABIC, description=f"{HEBREW}\n\n{ARABIC}"
        ),
        model("long-words", collection="words", title=LONG, description=LONG, keywords=[LONG] * 3),
        model("override", collection="words", title=OVERRIDE, keywords=[OVERRIDE, "\u0000x"]),
        _odd_values(),
        _many(),
    ]


def _markup() -> dict[str, Any]:
    """Markup wherever there may be text."""
    item = model("markup", collection="markup", title=SCRIPT + QUOTES, description=CARD)
    properties = item["properties"]
    properties["keywords"] = [IMAGE, QUOTES, "</script>", "<!--"]
    properties["license"] = SCRIPT
    properties["providers"] = [
        {"name": IMAGE, "roles": [SCRIPT], "url": LINK, "description": CARD},
        {"name": "</title>", "roles": ["producer"]},
    ]
    properties["mlm:name"] = properties["mlm:architecture"] = QUOTES
    properties["mlm:framework"] = properties["mlm:framework_version"] = IMAGE
    properties["mlm:hyperparameters"] = {SCRIPT: {IMAGE: [QUOTES]}, "__proto__": {"x": SCRIPT}}
    properties["mlm:input"][0] |= {"name": SCRIPT, "bands": [IMAGE], "description": CARD}
    classes = properties["mlm:output"][0]["classification:classes"]
    classes[0] |= {"name": SCRIPT, "description": IMAGE, "color_hint": "red;background:url(//x)"}
    properties["bands"][0] |= {"name": IMAGE, "eo:common_name": SCRIPT}
    return item


def _links() -> dict[str, Any]:
    """Addresses that are none, or that run."""
    item = model("links", collection="markup")
    item["links"] += [
        {"rel": "cite-as", "href": LINK, "title": SCRIPT},
        {"rel": "derived_from", "href": f"data:text/html,{SCRIPT}", "title": IMAGE},
        {"rel": "about", "href": 'https://exa mple.org/"onmouseover=pwned(6)'},
        {"rel": "license", "href": "//example.org/"},
    ]
    for number, href in enumerate((LINK, "vbscript:x", "\tjava\nscript:pwned(7)", "file:/x")):
        item["assets"][f"{SCRIPT}{number}"] = {"href": href, "title": IMAGE, "type": QUOTES}
    item["assets"]["thumbnail"] = {
        "href": "https://example.org/track.png",
        "roles": ["thumbnail"],
        "type": "image/png",
    }
    return item


def _bare() -> list[dict[str, Any]]:
    """Items with as little as can be said, and with a member less each."""
    found = []
    for name in ("assets", "geometry", "properties", "input", "title"):
        item = model(f"without-{name}", collection="bare")
        if name == "assets":
            item["assets"] = {}
        elif name == "geometry":
            item["geometry"] = None
            del item["bbox"]
        elif name == "properties":
            item["properties"] = {"datetime": "2020-01-01T00:00:00Z"}
        elif name == "input":
            item["properties"] |= {"mlm:input": [], "mlm:output": [], "bands": []}
        else:
            del item["properties"]["title"], item["properties"]["description"]
        found.append(item)
    return found


def _odd_values() -> dict[str, Any]:
    """Values of the wrong kind, or beyond all bounds."""
    item = model("odd-values", collection="odd", geometry=square(179.5, -90.0, 0.5))
    item["properties"] |= {
        "mlm:total_parameters": 10**18,
        "mlm:memory_size": 0,
        "gsd": 1e-7,
        "keywords": [],
        "providers": [],
        "start_datetime": "0001-01-01T00:00:00Z",
        "end_datetime": "9999-12-31T23:59:59Z",
        "mlm:hyperparameters": {"deep": {"a": {"b": {"c": {"d": [[[1, None], True]]}}}}},
    }
    item["properties"]["mlm:input"][0]["input"] |= {"shape": [-1] * 7, "dim_order": ["a"] * 7}
    return item


def _many() -> dict[str, Any]:
    """Many of everything."""
    item = model("many", collection="odd", keywords=[f"keyword {n}" for n in range(60)])
    properties = item["properties"]
    band = properties["bands"][0]
    properties["bands"] = [
        band | {"name": f"B{n}", "eo:center_wavelength": 0.4 + n / 100} for n in range(200)
    ]
    properties["mlm:input"][0]["bands"] = [f"B{n}" for n in range(200)]
    properties["mlm:output"][0]["classification:classes"] = [
        {"value": n, "name": f"class-{n}", "color_hint": f"{n * 5:06X}"} for n in range(300)
    ]
    properties["providers"] = [{"name": f"Provider {n}", "roles": ["host"]} for n in range(20)]
    return item
