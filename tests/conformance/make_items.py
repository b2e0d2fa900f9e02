"""Make ``items.ndjson``: a small hub with every edge case of a search, the same every time.

python -m tests.conformance.make_items
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

Item = dict[str, Any]

TARGET = Path(__file__).with_name("items.ndjson")
ABSENT = object()


def rectangle(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def polygon(*corners: tuple[float, ...]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(c) for c in (*corners, corners[0])]]}


def multi(*polygons: dict[str, Any]) -> dict[str, Any]:
    return {"type": "MultiPolygon", "coordinates": [p["coordinates"] for p in polygons]}


def of(kind: str, coordinates: Any) -> dict[str, Any]:
    return {"type": kind, "coordinates": coordinates}


def positions(value: Any) -> list[list[float]]:
    if value and isinstance(value[0], (int, float)):
        return [value]
    return [position for part in value for position in positions(part)]


def bbox_of(geometry: dict[str, Any]) -> list[float]:
    if geometry["type"] == "GeometryCollection":
        found = [p for g in geometry["geometries"] for p in positions(g["coordinates"])]
    else:
        found = positions(geometry["coordinates"])
    sides = list(zip(*found, strict=True))
    return [min(side) for side in sides] + [max(side) for side in sides]


def item(
    name: str, geometry: dict[str, Any] | None, collection: str = "forest", **more: Any
) -> Item:
    assets = more.pop("assets", {})
    properties: dict[str, Any] = {"datetime": "2020-06-01T00:00:00Z"}
    properties |= {key.replace("__", ":"): value for key, value in more.items()}
    properties = {key: value for key, value in properties.items() if value is not ABSENT}
    made: Item = {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [],
        "id": name,
        "collection": collection,
        "geometry": geometry,
        "properties": properties,
        "links": [],
        "assets": assets,
    }
    if geometry is not None:
        made["bbox"] = bbox_of(geometry)
    return made


def span(start: Any = ABSENT, end: Any = ABSENT) -> dict[str, Any]:
    return {"datetime": None, "start_datetime": start, "end_datetime": end}


def places() -> list[Item]:
    """Footprints; queries look around 10 E 10 N, Fiji, the poles and Nepal."""
    c_shape = polygon(
        (10, 10), (14, 10), (14, 11), (11, 11), (11, 13), (14, 13), (14, 14), (10, 14)
    )
    hole = rectangle(20, 10, 24, 14)
    hole["coordinates"].append([[21, 11], [21, 13], [23, 13], [23, 11], [21, 11]])
    clockwise = polygon((30, 10), (30, 12), (32, 12), (32, 10))
    extra = polygon((34, 10), (35, 10), (36, 10), (36, 12), (34, 12))
    fiji = multi(rectangle(177, -19, 180, -16), rectangle(-180, -19, -178, -16))
    arctic = multi(rectangle(160, 70, 180, 85), rectangle(-180, 70, -170, 85))
    return [
        item("fiji-split-1.0.0", fiji, "water", title="Cyclone damage, Fiji"),
        item("arctic-split-1.0.0", arctic, "water", title="Sea ice"),
        item("fiji-west-1.0.0", rectangle(178.2, -18.3, 178.7, -17.6), "urban"),
        item("fiji-east-1.0.0", rectangle(-179.9, -18.0, -179.5, -17.5), "urban"),
        item("edge-of-the-world-1.0.0", rectangle(179, 0, 180, 1), "water"),
        item("other-edge-1.0.0", rectangle(-180, 0, -179, 1), "water"),
        item("c-shape-1.0.0", c_shape),
        item("hole-1.0.0", hole),
        item("triangle-1.0.0", polygon((10, 20), (14, 20), (10, 24))),
        item("triangle-far-corner-1.0.0", polygon((16, 20), (20, 20), (20, 24))),
        item("sliver-1.0.0", polygon((10, 30), (20, 40), (20, 40.000001))),
        item("clockwise-box-1.0.0", clockwise),
        item("box-with-extra-corner-1.0.0", extra),
        item("bowtie-1.0.0", polygon((40, 10), (44, 14), (44, 10), (40, 14))),
        item("box-3d-1.0.0", polygon((50, 10, 5), (52, 10, 5), (52, 12, 9), (50, 12, 9))),
        item("point-3d-1.0.0", of("Point", [51, 11, 100.5])),
        item("point-1.0.0", of("Point", [10.1, 50.1])),
        item("point-on-corner-1.0.0", of("Point", [12, 48])),
        item("points-1.0.0", of("MultiPoint", [[12, 50], [14, 52]])),
        item("line-1.0.0", of("LineString", [[10, 54], [14, 58]])),
        item("lines-1.0.0", of("MultiLineString", [[[16, 54], [18, 54]], [[16, 58], [18, 58]]])),
        item("north-pole-1.0.0", rectangle(-180, 85, 180, 90), "water"),
        item("south-pole-1.0.0", rectangle(-180, -90, 180, -80), "water", title="Penguins"),
        item("world-1.0.0", rectangle(-180, -90, 180, 90), "urban", title="Every building"),
        item("world-2.0.0", rectangle(-180, -90, 180, 90), "urban", title="Every building"),
        item("continent-1.0.0", rectangle(60, 5, 100, 45), "urban", title="South Asia"),
        item("hemisphere-1.0.0", rectangle(0, -90, 180, 90), "water"),
        item("nowhere-1.0.0", None, title="Without a place", gsd=10.0),
        item("nowhere-2.0.0", None, "urban", title="Without a place", gsd=20.0),
        item("tiny-1.0.0", rectangle(85.3, 27.7, 85.300001, 27.700001), "urban"),
        item("kathmandu-1.0.0", rectangle(85.2, 27.6, 85.5, 27.8), "urban", gsd=0.3),
        item("half-kathmandu-1.0.0", rectangle(85.2, 27.6, 85.35, 27.8), "urban", gsd=0.5),
        item("quarter-kathmandu-1.0.0", rectangle(85.2, 27.6, 85.35, 27.7), "urban", gsd=0.5),
        item(
            "kathmandu-triangle-1.0.0", polygon((85.2, 27.6), (85.5, 27.6), (85.2, 27.8)), "urban"
        ),
        # Not one of these sides is a 32-bit float.
        item("touch-left-1.0.0", rectangle(9.7, 60.1, 10.1, 60.3)),
        item("touch-right-1.0.0", rectangle(10.1, 60.1, 10.3, 60.3)),
        item("almost-touch-1.0.0", rectangle(9.7, 60.1, 10.0999999, 60.3)),
        item("just-overlap-1.0.0", rectangle(9.7, 60.1, 10.1000001, 60.3)),
        item("touch-below-1.0.0", rectangle(10.15, 59.9, 10.25, 60.1)),
        item("apart-in-one-step-1.0.0", rectangle(100.1, 50.1, 100.2, 50.2)),
        item("apart-in-one-step-2.0.0", rectangle(100.2000001, 50.1, 100.3, 50.2)),
    ]


def times() -> list[Item]:
    here = rectangle(-60, -10, -59, -9)
    return [
        item("instant-1.0.0", here, datetime="2019-01-01T00:00:00Z"),
        item("instant-offset-1.0.0", here, datetime="2019-01-01T01:00:00+02:00"),
        item("instant-fraction-1.0.0", here, datetime="2019-12-31T23:59:59.999Z"),
        item("instant-lower-case-1.0.0", here, datetime="2019-06-15t12:00:00.5z"),
        item("instant-nanoseconds-1.0.0", here, datetime="2019-06-15T12:00:00.123456789Z"),
        item("year-2018-1.0.0", here, **span("2018-01-01T00:00:00Z", "2018-12-31T23:59:59Z")),
        item("year-2019-1.0.0", here, **span("2019-01-01T00:00:00Z", "2019-12-31T23:59:59Z")),
        item("across-2019-1.0.0", here, **span("2018-07-01T00:00:00Z", "2020-07-01T00:00:00Z")),
        item("until-today-1.0.0", here, **span("2015-06-23T00:00:00Z", "9999-12-31T23:59:59Z")),
        item("open-end-1.0.0", here, **span("2016-01-01T00:00:00Z", None)),
        item("open-start-1.0.0", here, **span(None, "2011-01-01T00:00:00Z")),
        item("no-start-1.0.0", here, **span(end="2012-01-01T00:00:00Z")),
        item("always-1.0.0", here, **span(None, None)),
        item("no-time-1.0.0", here, datetime=None),
        item("no-such-time-1.0.0", here, datetime="2019-02-30T00:00:00Z"),
        item("since-ever-1.0.0", here, **span("0001-01-01T00:00:00Z", "2010-01-01T00:00:00Z")),
        item(
            "instant-in-interval-1.0.0",
            here,
            datetime="2017-05-05T00:00:00Z",
            start_datetime="2017-01-01T00:00:00Z",
            end_datetime="2017-12-31T00:00:00Z",
        ),
        item(
            "created-1.0.0",
            here,
            created="2021-01-01T00:00:00Z",
            updated="2022-03-04T05:06:07.25Z",
        ),
        item("created-2.0.0", here, created="2023-01-01T00:00:00Z", updated="2022-03-04T05:06:07Z"),
        item("created-no-time-1.0.0", here, **{"x:released": "2020-02-30T00:00:00Z"}),
        item("released-1.0.0", here, **{"x:released": "2020-02-29T12:00:00Z"}),
        item("released-2.0.0", here, **{"x:released": "2020-02-29T14:00:00+02:00"}),
        item("released-3.0.0", here, **{"x:released": "soon"}),
    ]


def words() -> list[Item]:
    here = rectangle(20, -30, 21, -29)
    long_word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    return [
        item("unet-flood-1.0.0", here, title="Flood mapping with a U-Net"),
        item("unet-flood-2.0.0", here, title="Flood mapping with a U-Net", version="2.0.0"),
        item("fluten-1.0.0", here, title="Überschwemmungen mit einem U-Net", keywords=["Fluten"]),
        item("resume-1.0.0", here, title="Résumé naïve façade"),
        item("ligature-1.0.0", here, title="ﬁre and ﬂood"),
        item("sharp-s-1.0.0", here, title="Straße und Großstadt"),
        item("dotted-i-1.0.0", here, title="İSTANBUL binaları"),  # noqa: RUF001
        item("greek-1.0.0", here, title="ΣΊΣΥΦΟΣ και νερό"),
        item("arabic-1.0.0", here, title="نموذج كشف المباني", keywords=["مبانٍ"]),
        item("hebrew-1.0.0", here, title="זיהוי שיטפונות"),
        item("hindi-1.0.0", here, title="बाढ़ मानचित्रण"),
        item("chinese-1.0.0", here, title="洪水 检测 模型"),
        item("emoji-1.0.0", here, title="🌊 flood 🔥 fire"),
        item("long-word-1.0.0", here, title=long_word),
        item("underscore-1.0.0", here, title="snake_case_model"),
        item("repetition-1.0.0", here, title="flood flood flood", description="flood " * 40),
        item("description-1.0.0", here, description="Finds what a flood leaves behind."),
        item("keyword-1.0.0", here, keywords=["flood", "FLOOD", "water"]),
        item(
            "named-1.0.0",
            here,
            **{
                "mlm:name": "DeepFlood",
                "mlm:architecture": "U-Net",
                "mlm:framework": "PyTorch",
                "mlm:tasks": ["semantic-segmentation"],
            },
        ),
        item("floodplain-1.0.0", here, title="Floodplain"),
        item("flo-1.0.0", here, title="flo"),
        item("percent-1.0.0", here, title="100% cloud_free \\ model"),
        item("hundred-1.0.0", here, title="1000 cloudXfree model"),
        item("new-line-1.0.0", here, title="two\nlines"),
        item("quote-1.0.0", here, title='it\'s a "quoted"; DROP TABLE items; --'),
        item("empty-title-1.0.0", here, title=""),
        item("title-of-no-text-1.0.0", here, **{"x:n": 1}),
    ]


def facets() -> list[Item]:
    here = rectangle(140, -35, 141, -34)
    model = {"mlm:artifact_type": "torch.save", "href": "https://example.org/m.pt"}
    onnx = {"mlm:artifact_type": "onnx", "href": "https://example.org/m.onnx"}
    inputs = [
        {"bands": ["B02", "B03"], "input": {"data_type": "float32"}},
        {"bands": [{"name": "vv"}, "B02"], "input": {"data_type": "uint8"}},
    ]
    return [
        item(
            "full-1.0.0",
            here,
            gsd=10.0,
            license="MIT",
            version="1.0.0",
            deprecated=False,
            platform="sentinel-2a",
            constellation="sentinel-2",
            instruments=["msi"],
            keywords=["forest", "trees"],
            providers=[{"name": "ESA"}, {"name": "Lab, of Trees"}],
            bands=[{"name": "B02", "eo:common_name": "blue"}],
            assets={"model": model, "onnx": onnx},
            **{
                "mlm:name": "full",
                "mlm:tasks": ["semantic-segmentation", "classification"],
                "mlm:framework": "PyTorch",
                "mlm:architecture": "U-Net",
                "mlm:total_parameters": 31_000_000,
                "mlm:memory_size": 2**40,
                "mlm:pretrained": True,
                "mlm:accelerator": "cuda",
                "mlm:accelerator_constrained": False,
                "mlm:input": inputs,
                "mlm:hyperparameters": {"lr": 0.1, "schedule": "cosine"},
            },
        ),
        item(
            "other-1.0.0",
            here,
            gsd=10,
            license="Apache-2.0",
            version="1.10.0",
            deprecated=True,
            platform="landsat-8",
            providers=[{"name": "esa"}],
            assets={"model": onnx},
            **{
                "mlm:name": "other",
                "mlm:tasks": ["classification"],
                "mlm:framework": "pytorch",
                "mlm:architecture": "ResNet-50",
                "mlm:total_parameters": 9_007_199_254_740_993,
                "mlm:pretrained": False,
                "mlm:hyperparameters": {"lr": "cosine", "a.b": 1},
            },
        ),
        item("gsd-absent-1.0.0", here, version="1.2.0"),
        item("gsd-null-1.0.0", here, gsd=None, deprecated=None, keywords=None),
        item("gsd-whole-1.0.0", here, gsd=30, license="mit"),
        item("gsd-tiny-1.0.0", here, gsd=0.01, license="CC-BY-4.0"),
        item("gsd-text-1.0.0", here, gsd="10 m", license=7),
        item("keywords-empty-1.0.0", here, keywords=[]),
        item("keywords-mixed-1.0.0", here, keywords=["forest", 7, None, "forest"]),
        item("parameters-float-1.0.0", here, **{"mlm:total_parameters": 3.5e7}),
        item("parameters-huge-1.0.0", here, **{"mlm:total_parameters": 2**70}),
        item("tasks-text-1.0.0", here, **{"mlm:tasks": "classification"}),
    ]


def properties() -> list[Item]:
    here = rectangle(-100, 40, -99, 41)
    mixed: list[Any] = [
        1, 1.5, -2, "1", "one", "One", "éclair", True, False, None, ABSENT, [1, "a", True], [],
        {"deep": {"er": 5}}, 2**53 + 1, 2**53, 2**60, 2**70, "", 0, ["A", "b", None, [1]],
    ]  # fmt: skip
    found = [
        item(f"mixed-{number:02d}-1.0.0", here, **{"x:mixed": value})
        for number, value in enumerate(mixed)
    ]
    shadow = item("shadow-1.0.0", here, row=7, xmin="no")
    shadow["properties"] |= {"id": "not-the-id", "collection": "not-that-one"}
    unusual = item("unusual-1.0.0", here, **{"x:mixed": 42, "x:only-here": [3]})
    del unusual["bbox"]
    return [
        *found,
        item("odd-name-1.0.0", here, **{"x:a/b~c \"d\" 'e'": 5, "x:dot.ted": 1}),
        item("odd-name-2.0.0", here, **{"x:dot": {"ted": 2}}),
        shadow,
        unusual,
        item("cloud-1.0.0", here, **{"eo:cloud_cover": 12.5, "x:pair": 25}),
        item("cloud-2.0.0", here, **{"eo:cloud_cover": 90, "x:pair": 90}),
        item("cloud-3.0.0", here, **{"eo:cloud_cover": 0, "x:pair": "0"}),
    ]


def many() -> list[Item]:
    """Ordinary items all over the map."""
    rng = random.Random(11)
    themes = ["building", "road", "crop", "burn"]
    made = []
    for number in range(40):
        west, south = round(rng.uniform(-120, 120), 3), round(rng.uniform(-60, 60), 3)
        width, height = round(rng.uniform(0.1, 8), 3), round(rng.uniform(0.1, 8), 3)
        theme = themes[number % 4]
        year = 2015 + number % 8
        made.append(
            item(
                f"{theme}-{number:02d}-1.0.0",
                rectangle(west, south, round(west + width, 3), round(south + height, 3)),
                ["forest", "urban", "water"][number % 3],
                title=f"{theme.title()} model {number // 4}",
                gsd=[0.3, 1.0, 10.0, 30.0][number % 4],
                version="1.0.0",
                **span(f"{year}-01-01T00:00:00Z", f"{year + 1}-01-01T00:00:00Z"),
                **{
                    "mlm:framework": ["PyTorch", "TensorFlow", "JAX"][number % 3],
                    "mlm:tasks": [["classification"], ["object-detection"]][number % 2],
                },
            )
        )
    return made


def make() -> list[Item]:
    return [*places(), *times(), *words(), *facets(), *properties(), *many()]


def text() -> str:
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in make())


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
