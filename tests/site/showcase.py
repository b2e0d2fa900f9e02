"""A catalog whose models have what few have: cards, pictures, versions, parents, a model to run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper
from PIL import Image
from tests.items import model, square, write_catalog
from tests.site.hostile import CARD as HOSTILE_CARD

ORDINARY_CARD = """\
# Flood U-Net

Says where there is water.

## What it is *for*

Mapping floods on **Sentinel-2** scenes; see the [notes](notes.txt "Notes") or <https://example.org/>.

1. Take a scene,
2. scale it (`x / 10000`):
   - all bands,
   - in order;
3. run it.

```python
mask = run("<scene>") > 0.5
```

> Not for ~~forests~~ mangroves.

| class | IoU | F1 |
| :---- | ---: | :--: |
| water | 0.81 | 0.89 |
| land  | 0.93 | 0.96 |

### Limits &amp; risks

A line<br>broken, H<sub>2</sub>O, <kbd>Ctrl</kbd>, an ![overview](overview.png)
and a [reference][1].

- [x] one
- two

  with a second paragraph

* * *

[1]: https://example.org/paper?a=1&b=2
"""


def write_showcase(folder: Path, *, hub: str) -> Path:
    """Write the catalog into a folder; gives the folder.

    Args:
        folder: The folder.
        hub: Address of the hub that it is for.
    """
    first = model("flood-unet", collection="show")
    first["id"], first["properties"]["version"] = "flood-unet-1.0.0", "1.0.0"
    first["properties"] |= {"created": "2023-01-01T00:00:00Z", "mlm:framework_version": "2.0.0"}
    items = [first, _latest(), _derived(hub), *_with_cards()]
    write_catalog(folder, items)
    show = folder / "show"
    (show / "flood-unet/README.md").write_text(ORDINARY_CARD, encoding="utf-8")
    (show / "hostile-card/README.md").write_text(HOSTILE_CARD, encoding="utf-8")
    latest = show / "flood-unet/1.2.0"
    Image.new("RGB", (96, 64), "#2a7f6f").save(latest / "thumbnail.png")
    (latest / "notes.txt").write_text("Notes.\n", encoding="utf-8")
    (latest / "model.onnx").write_bytes(_network())
    return folder


def _latest() -> dict[str, Any]:
    """The newest version, with files beside it."""
    item = model("flood-unet", collection="show", geometry=square(85, 27, 1.0))
    item["properties"]["description"] = "Says where there is water."
    # The small network here has fewer parameters, and is no U-Net.
    del item["properties"]["mlm:total_parameters"]
    item["properties"]["mlm:architecture"] = "Band mean"
    item["assets"] |= {
        "onnx": {
            "href": "./model.onnx",
            "title": "Network",
            "type": "application/octet-stream; framework=onnx; profile=onnx",
            "roles": ["mlm:model"],
            "mlm:artifact_type": "onnx",
        },
        "thumbnail": {
            "href": "./thumbnail.png",
            "title": "Small picture",
            "type": "image/png",
            "roles": ["thumbnail"],
        },
        "notes": {
            "href": "./notes.txt",
            "title": "Notes",
            "type": "text/plain",
            "roles": ["metadata"],
        },
    }
    item["links"] += [
        {"rel": "about", "href": "./notes.txt", "title": "Notes beside it"},
        {"rel": "license", "href": "./notes.txt", "title": "Licence beside it"},
        {"rel": "about", "href": "https://example.org/paper", "title": "The paper"},
    ]
    return item


def _derived(hub: str) -> dict[str, Any]:
    """A model that was made from another of the hub, and of which checks warn."""
    item = model("burn-unet", collection="show", geometry=square(-60, -10, 4.0))
    item["links"].append(
        {
            "rel": "derived_from",
            "href": f"{hub}show/flood-unet-1.2.0/flood-unet-1.2.0.json",
            "title": "Flood U-Net 1.2.0",
            "type": "application/geo+json",
        }
    )
    del item["assets"]["weights"]["file:checksum"]
    return item


def _with_cards() -> list[dict[str, Any]]:
    return [model("hostile-card", collection="show", description="Its card means ill.")]


def _network() -> bytes:
    """A network that takes and gives what the item says: the mean over the bands, twice."""
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", "c", "h", "w"])
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 2, "h", "w"])
    mean = helper.make_node("ReduceMean", ["images", "axes"], ["mean"], keepdims=1)
    twice = helper.make_node("Concat", ["mean", "mean"], ["scores"], axis=1)
    axes = helper.make_tensor("axes", TensorProto.INT64, [1], [1])
    graph = helper.make_graph([mean, twice], "mean", [images], [scores], [axes])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(made)
    data: bytes = made.SerializeToString()
    return data
