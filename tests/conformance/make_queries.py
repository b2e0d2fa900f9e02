"""Make ``queries.json``: searches and the ids they must give, worked out by brute force.

python -m tests.conformance.make_queries
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conformance.evaluator import Evaluator
from tests.conformance.make_items import make

TARGET = Path(__file__).with_name("queries.json")
Query = dict[str, Any]

KATHMANDU = [85.2, 27.6, 85.5, 27.8]
HERE_TIMES = "S_INTERSECTS(geometry, BBOX(-60, -10, -59, -9))"
TRIANGLE = {"type": "Polygon", "coordinates": [[[12, 12], [18, 12], [12, 24], [12, 12]]]}
SPLIT = {
    "type": "MultiPolygon",
    "coordinates": [
        [[[178, -19], [180, -19], [180, -17], [178, -17], [178, -19]]],
        [[[-180, -19], [-179, -19], [-179, -17], [-180, -17], [-180, -19]]],
    ],
}

SPACE: dict[str, Query] = {
    "everything": {},
    "bbox of Nepal": {"bbox": [80, 26, 89, 31]},
    "bbox with heights": {"bbox": [50, 10, 0, 52, 12, 20]},
    "bbox in the mouth of a C": {"bbox": [11.5, 11.5, 13.5, 12.5]},
    "bbox that touches the arm of a C": {"bbox": [11.5, 11.5, 13.5, 13]},
    "bbox inside a hole": {"bbox": [21.5, 11.5, 22.5, 12.5]},
    "bbox on the rim of a hole": {"bbox": [21, 11.5, 22.5, 12.5]},
    "bbox beside a triangle's long side": {"bbox": [13, 23, 14, 24]},
    "bbox at the tip of a triangle": {"bbox": [10, 24, 11, 25]},
    "bbox beside a sliver": {"bbox": [12, 34, 14, 35]},
    "bbox across a sliver": {"bbox": [14, 34.5, 15.5, 35]},
    "bbox in the waist of a bowtie": {"bbox": [41.8, 13, 42.2, 13.5]},
    "bbox in the wing of a bowtie": {"bbox": [40.1, 11.8, 40.2, 12.2]},
    "bbox that is a point": {"bbox": [10.1, 50.1, 10.1, 50.1]},
    "bbox that is a line": {"bbox": [10, 50.1, 12, 50.1]},
    "bbox corner on a point": {"bbox": [8, 46, 12, 48]},
    "bbox between the points": {"bbox": [12.5, 50.5, 13.5, 51.5]},
    "bbox across a line": {"bbox": [10, 54, 11, 55]},
    "bbox beside a line": {"bbox": [12, 54, 14, 55]},
    "bbox between lines": {"bbox": [16.5, 55, 17.5, 57]},
    "bbox over the antimeridian": {"bbox": [178.5, -18.5, -179.7, -17.8]},
    "bbox over the antimeridian, thin": {"bbox": [180, -20, -180, 2]},
    "bbox over the antimeridian, nearly all of the world": {"bbox": [20, -60, 10, 60]},
    "bbox west of the antimeridian": {"bbox": [178.9, -18, 179.5, -17.9]},
    "bbox east of the antimeridian": {"bbox": [-178.5, -18, -178.1, -17.9]},
    "bbox at 180": {"bbox": [180, 0.2, 180, 0.4]},
    "bbox at -180": {"bbox": [-180, 0.2, -180, 0.4]},
    "bbox at the north pole": {"bbox": [-180, 90, 180, 90]},
    "bbox at the south pole": {"bbox": [10, -90, 20, -85]},
    "bbox of the world": {"bbox": [-180, -90, 180, 90]},
    "bbox to the right of an edge": {"bbox": [10.1, 60.15, 10.2, 60.2]},
    "bbox one hair right of an edge": {"bbox": [10.10000005, 60.15, 10.2, 60.2]},
    "bbox two hairs right of an edge": {"bbox": [10.1000002, 60.15, 10.2, 60.2]},
    "bbox to the left of an edge": {"bbox": [10, 60.15, 10.1, 60.2]},
    "bbox one hair left of an edge": {"bbox": [10, 60.15, 10.09999995, 60.2]},
    "bbox above an edge": {"bbox": [10.16, 60.1, 10.2, 60.15]},
    "bbox in the gap of one float step": {"bbox": [100.20000004, 50.12, 100.20000006, 50.14]},
    "bbox at the gap's left": {"bbox": [100.2, 50.12, 100.20000005, 50.14]},
    "bbox smaller than a float step": {"bbox": [85.3000002, 27.7000002, 85.3000004, 27.7000004]},
    "intersects a triangle": {"intersects": TRIANGLE},
    "intersects a point": {"intersects": {"type": "Point", "coordinates": [85.3, 27.7]}},
    "intersects a point on an edge": {"intersects": {"type": "Point", "coordinates": [10.1, 60.2]}},
    "intersects points": {
        "intersects": {"type": "MultiPoint", "coordinates": [[12, 48], [85.4, 27.75]]}
    },
    "intersects a line": {"intersects": {"type": "LineString", "coordinates": [[9, 53], [20, 59]]}},
    "intersects both sides of the antimeridian": {"intersects": SPLIT},
    "intersects a triangle near Fiji": {
        "intersects": {
            "type": "Polygon",
            "coordinates": [[[177.5, -20], [178.6, -20], [177.5, -17.9], [177.5, -20]]],
        }
    },
    "intersects a collection": {
        "intersects": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Point", "coordinates": [22, 12]},
                {"type": "Point", "coordinates": [20.5, 12]},
            ],
        }
    },
    "within": {"filter": "S_WITHIN(geometry, BBOX(9, 9, 15, 25))"},
    "within, edges shared": {"filter": "S_WITHIN(geometry, BBOX(85.2, 27.6, 85.5, 27.8))"},
    "within a triangle": {"filter": "S_WITHIN(geometry, POLYGON((8 18, 16 18, 8 26, 8 18)))"},
    "contains": {"filter": "S_CONTAINS(geometry, POINT(85.3 27.7))"},
    "contains a box": {"filter": "S_CONTAINS(geometry, BBOX(85.25, 27.65, 85.3, 27.7))"},
    "contained, the other way round": {
        "filter": "S_WITHIN(BBOX(85.25, 27.65, 85.3, 27.7), geometry)"
    },
    "disjoint": {
        "filter": "S_DISJOINT(geometry, BBOX(-170, -80, 170, 80)) AND collection <> 'forest'"
    },
    "not intersecting": {
        "filter": "NOT S_INTERSECTS(geometry, BBOX(-170, -80, 170, 80)) AND id LIKE '%e%'"
    },
    "touches": {"filter": "S_TOUCHES(geometry, BBOX(10.1, 60.1, 10.2, 60.3))"},
    "overlaps": {"filter": "S_OVERLAPS(geometry, BBOX(85.3, 27.5, 85.6, 27.9))"},
    "crosses": {"filter": "S_CROSSES(geometry, BBOX(11, 53, 13, 60))"},
    "equals": {"filter": "S_EQUALS(geometry, BBOX(30, 10, 32, 12))"},
    "equals with another corner": {"filter": "S_EQUALS(geometry, BBOX(34, 10, 36, 12))"},
    "space or facet": {"filter": "S_INTERSECTS(geometry, BBOX(85, 27, 86, 28)) OR gsd = 20"},
    "two places": {
        "filter": "S_INTERSECTS(geometry, POINT(85.3 27.7)) OR "
        "S_INTERSECTS(geometry, BBOX(178, -18.5, -179.6, -17))"
    },
    "bbox and another": {
        "bbox": [85, 27, 86, 28],
        "filter": "S_INTERSECTS(geometry, BBOX(85.4, 27.7, 90, 30))",
    },
    "geometry is null": {"filter": "geometry IS NULL"},
    "geometry is not null": {"filter": "geometry IS NOT NULL AND gsd = 10"},
    "neither here nor unknown": {
        "filter": "S_INTERSECTS(geometry, BBOX(0, 0, 1, 1)) OR "
        "NOT S_INTERSECTS(geometry, BBOX(0, 0, 1, 1))",
        "collections": ["urban"],
    },
    "overlap": {"bbox": KATHMANDU, "sortby": "-overlap"},
    "overlap, least first": {"bbox": KATHMANDU, "sortby": "overlap"},
    "overlap of a triangle": {
        "intersects": {
            "type": "Polygon",
            "coordinates": [[[85.2, 27.6], [85.5, 27.6], [85.5, 27.8], [85.2, 27.6]]],
        },
        "sortby": "-overlap",
    },
    "overlap over the antimeridian": {"bbox": [178, -19, -179, -17], "sortby": "-overlap"},
    "overlap, then id downwards": {"bbox": [10, 20, 14, 24], "sortby": "-overlap,-id"},
    "overlap with a line": {
        "intersects": {"type": "LineString", "coordinates": [[85.3, 27.5], [85.3, 27.9]]},
        "sortby": "-overlap",
    },
}

TIME: dict[str, Query] = {
    "a year": {"datetime": "2019", "filter": HERE_TIMES},
    "a month": {"datetime": "2019-06", "filter": HERE_TIMES},
    "a day": {"datetime": "2019-12-31", "filter": HERE_TIMES},
    "an instant": {"datetime": "2019-01-01T00:00:00Z", "filter": HERE_TIMES},
    "an instant with an offset": {"datetime": "2018-12-31T22:00:00-01:00", "filter": HERE_TIMES},
    "an instant in a fraction": {"datetime": "2019-12-31T23:59:59.999Z", "filter": HERE_TIMES},
    "from a year on": {"datetime": "2021/..", "filter": HERE_TIMES},
    "up to a year": {"datetime": "../2010", "filter": HERE_TIMES},
    "up to an instant": {"datetime": "/2011-01-01T00:00:00Z", "filter": HERE_TIMES},
    "long ago": {"datetime": "1000/1001"},
    "far ahead": {"datetime": "9000/.."},
    "between years": {"datetime": "2016/2017-06", "filter": HERE_TIMES},
    "after": {"filter": "T_AFTER(datetime, DATE('2019-12-31'))", "collections": ["forest"]},
    "before": {"filter": "T_BEFORE(datetime, TIMESTAMP('2018-07-01T00:00:00Z'))"},
    "meeting an interval": {
        "filter": "T_INTERSECTS(datetime, INTERVAL('2018-12-31', '2019-01-01')) AND " + HERE_TIMES
    },
    "during": {
        "filter": "T_DURING(datetime, INTERVAL('2018-06-30', '..'))",
        "bbox": [-60, -10, -59, -9],
    },
    "containing": {
        "filter": "T_CONTAINS(datetime, INTERVAL('2019-02-01', '2019-03-01'))",
    },
    "equal intervals": {
        "filter": "T_EQUALS(datetime, INTERVAL('2019-01-01T00:00:00Z','2019-12-31T23:59:59Z'))"
    },
    "no common time": {"filter": "T_DISJOINT(datetime, INTERVAL('2016-01-02', '2020-12-30'))"},
    "starting together": {
        "filter": "T_STARTEDBY(datetime, INTERVAL('2016-01-01T00:00:00Z', '2016-02-01'))"
    },
    "ending together": {
        "filter": "T_FINISHEDBY(datetime, INTERVAL('2018-02-01', '2018-12-31T23:59:59Z'))"
    },
    "meeting ends": {"filter": "T_MEETS(datetime, INTERVAL('2020-07-01T00:00:00Z', '2021-01-01'))"},
    "overlapping intervals": {
        "filter": "T_OVERLAPS(datetime, INTERVAL('2019-06-01', '2021-01-01'))"
    },
    "overlapped by an interval": {
        "filter": "T_OVERLAPPEDBY(datetime, INTERVAL('2018-01-01', '2019-06-01'))"
    },
    "created after": {"filter": "created > TIMESTAMP('2022-01-01T00:00:00Z')"},
    "created on a day": {"filter": "created = DATE('2021-01-01')"},
    "not created on a day": {"filter": "created <> DATE('2021-01-01')"},
    "updated up to a day": {"filter": "updated <= DATE('2022-03-04')"},
    "updated before a second": {"filter": "updated <= '2022-03-04T05:06:07Z'"},
    "datetime, plain": {"filter": "datetime < TIMESTAMP('2019-01-01T00:00:00Z')"},
    "datetime as text": {"filter": "datetime >= '2019-06' AND datetime < '2020'"},
    "the day comes first": {"filter": "DATE('2019-06-15') = datetime"},
    "datetime is null": {"filter": "datetime IS NULL AND collection = 'forest' AND id LIKE '%e%'"},
    "no time at all": {"filter": "start_datetime IS NULL"},
    "end of the interval": {"filter": "end_datetime > TIMESTAMP('2030-01-01T00:00:00Z')"},
    "between days": {"filter": "datetime BETWEEN DATE('2018-12-31') AND DATE('2019-06-15')"},
    "on one of two days": {"filter": "datetime IN (DATE('2019-01-01'), DATE('2017-05-05'))"},
    "a property that is a time": {"filter": "x:released < TIMESTAMP('2020-02-29T12:30:00Z')"},
    "a property on a day": {"filter": "T_INTERSECTS(x:released, DATE('2020-02-29'))"},
    "a property that is no time": {"filter": "x:released = 'soon'"},
}

TEXT: dict[str, Query] = {
    "one word": {"q": "flood"},
    "two words": {"q": "flood mapping"},
    "with punctuation": {"q": "U-Net, flood!"},
    "in capitals": {"q": "FLOOD U-NET"},
    "beginning of a word": {"q": "flo"},
    "whole word, then a beginning": {"q": "flood pl"},
    "a beginning is no whole word": {"q": "flo mapping"},
    "a word twice": {"q": "flood flood"},
    "a word around another": {"q": "flood net flood"},
    "with accents": {"q": "résumé"},
    "without accents": {"q": "resume naive"},
    "umlaut": {"q": "Überschwemmung"},
    "sharp s": {"q": "strasse"},
    "ligature": {"q": "fire"},
    "dotted capital i": {"q": "istanbul"},
    "Greek final sigma": {"q": "ΣΙΣΥΦΟΣ"},
    "Arabic": {"q": "المباني"},
    "Arabic with a vowel sign": {"q": "مبان"},
    "Hebrew": {"q": "שיטפונות"},
    "Devanagari": {"q": "बाढ़"},
    "Devanagari with vowel signs": {"q": "मानचित्रण"},
    "Devanagari, beginning": {"q": "मान"},
    "Chinese": {"q": "洪水"},
    "emoji only": {"q": "🌊"},
    "punctuation only": {"q": "--- !!"},
    "a word too long": {
        "q": "donaudampfschifffahrtselektrizitatenhauptbetriebswerkbauunterbeamtengesellschaft"
    },
    "underscores separate": {"q": "case model"},
    "part of an id": {"q": "kathmandu"},
    "version in an id": {"q": "world 2 0 0"},
    "nothing": {"q": "xyzzy"},
    "one word of two": {"q": "flood xyzzy"},
    "word and place": {"q": "building", "bbox": [-120, -60, 120, 60]},
    "word and facet": {"q": "model", "framework": "jax"},
    "words by id": {"q": "flood", "sortby": "id"},
    "words by score upwards": {"q": "flood", "sortby": "score"},
    "words by title, then score": {"q": "flood", "sortby": "title,-score"},
    "words and condition on a property": {"q": "mixed", "filter": "x:mixed > 1"},
}

FACETS: dict[str, Query] = {
    "framework, case aside": {"framework": "PYTORCH"},
    "frameworks": {"framework": ["JAX", "TensorFlow"], "bbox": [-120, 0, 120, 60]},
    "task": {"tasks": "semantic-segmentation"},
    "tasks": {"tasks": ["semantic-segmentation", "Object-Detection"], "collections": "water"},
    "bands": {"bands": "VV,blue"},
    "platforms": {"platforms": ["sentinel-2", "landsat-8"]},
    "formats": {"formats": "onnx"},
    "data types": {"dtypes": "uint8"},
    "keywords": {"keywords": "forest"},
    "providers": {"providers": ["esa"]},
    "provider with a comma": {"providers": ["lab, of trees"]},
    "licence": {"license": "mit"},
    "architecture": {"architecture": "u-net"},
    "version": {"version": "1.10.0"},
    "deprecated": {"deprecated": True},
    "not deprecated": {"deprecated": False},
    "pretrained": {"pretrained": False},
    "gsd": {"gsd": 10},
    "gsd below": {"gsd": "<1"},
    "gsd at least": {"gsd": ">=20"},
    "gsd between": {"gsd": "0.3..1"},
    "gsd up to": {"gsd": "..0.3"},
    "parameters": {"parameters": "1000000.."},
    "several facets": {"framework": "pytorch", "gsd": 10, "tasks": "classification"},
    "gsd is null": {"filter": "gsd IS NULL AND bands IS NULL AND version IS NOT NULL"},
    "gsd unknown": {"filter": "NOT gsd < 1000 AND NOT gsd >= 1000"},
    "tasks contain": {"filter": "A_CONTAINS(tasks, ('classification', 'semantic-segmentation'))"},
    "tasks contained": {
        "filter": "A_CONTAINEDBY(tasks, ('classification', 'regression'))",
        "bbox": [139, -36, 142, -33],
    },
    "tasks equal": {"filter": "A_EQUALS(tasks, ('classification', 'semantic-segmentation'))"},
    "tasks overlap": {"filter": "A_OVERLAPS(keywords, ('forest', 'water'))"},
    "no such task": {"filter": "NOT A_OVERLAPS(tasks, ('object-detection'))"},
    "tasks by property": {"filter": "A_CONTAINS(mlm:tasks, ('semantic-segmentation'))"},
    "framework by property": {"filter": "properties.mlm:framework = 'PyTorch'"},
    "keywords null": {"filter": "keywords IS NULL AND gsd IS NOT NULL AND license IS NOT NULL"},
    "arithmetic": {"filter": "gsd * 2 + 1 = 21"},
    "remainder": {"filter": "gsd % 3 = 1"},
    "whole division": {"filter": "gsd DIV 7 = 1"},
    "power": {"filter": "gsd ^ 2 > 899"},
    "division by nothing": {"filter": "1 / (gsd - 10) < 5"},
    "numbers as doubles": {"filter": "parameters = 9007199254740992"},
    "items by id": {"ids": ["other-1.0.0", "world-1.0.0", "missing"]},
    "items by id and collection": {"ids": ["other-1.0.0", "world-1.0.0"], "collections": ["urban"]},
    "item by id with a condition": {"ids": ["mixed-00-1.0.0"], "filter": "x:mixed = 1"},
    "a collection": {"collections": ["water"]},
    "collections": {"collections": ["water", "urban"], "gsd": 10},
    "collection that is not": {"collections": ["nothing"]},
}

PROPERTIES: dict[str, Query] = {
    "equal number": {"filter": "x:mixed = 1"},
    "equal text": {"filter": "x:mixed = '1'"},
    "unequal number": {"filter": "x:mixed <> 1"},
    "unequal text": {"filter": "x:mixed <> 'one'"},
    "true": {"filter": "x:mixed = true"},
    "not true": {"filter": "x:mixed <> TRUE"},
    "larger": {"filter": "x:mixed > 1"},
    "large integers as doubles": {"filter": "x:mixed = 9007199254740992"},
    "at most": {"filter": "x:mixed <= 1.5"},
    "text order": {"filter": "x:mixed >= 'one'"},
    "in": {"filter": "x:mixed IN (1, 42)"},
    "in texts": {"filter": "x:mixed IN ('one', 'éclair')"},
    "not in": {"filter": "x:mixed NOT IN (1, 42)"},
    "between": {"filter": "x:mixed BETWEEN -2 AND 1.5"},
    "null or absent": {"filter": "x:mixed IS NULL AND id LIKE 'mixed%'"},
    "there": {"filter": "x:mixed IS NOT NULL"},
    "like": {"filter": "x:mixed LIKE 'o%'"},
    "case aside": {"filter": "CASEI(x:mixed) = CASEI('ONE')"},
    "accents aside": {"filter": "ACCENTI(x:mixed) LIKE 'ecl%'"},
    "case and accents aside": {"filter": "CASEI(ACCENTI(title)) LIKE 'resume%'"},
    "like with a wildcard for one": {"filter": "title LIKE '_lo'"},
    "like with escapes": {"filter": r"title LIKE '100\% cloud\_free%'"},
    "like across lines": {"filter": "title LIKE 'two%lines'"},
    "like a quote": {"filter": "title LIKE '%it''s a \"quoted\"; DROP%'"},
    "like, case aside, in Greek": {"filter": "CASEI(title) LIKE CASEI('ΣΊΣ%')"},
    "title is empty": {"filter": "title = ''"},
    "title is null": {"filter": "title IS NULL AND x:n = 1"},
    "title from the model's name": {"filter": "title = 'DeepFlood'"},
    "array contains": {"filter": "A_CONTAINS(x:mixed, (1, 'a'))"},
    "array contains text": {"filter": "A_CONTAINS(x:mixed, ('b'))"},
    "array, case aside": {"filter": "A_OVERLAPS(CASEI(x:mixed), (CASEI('A')))"},
    "array equals": {"filter": "A_EQUALS(x:mixed, (true, 1, 'a'))"},
    "array contained": {
        "filter": {"op": "a_containedby", "args": [{"property": "x:mixed"}, ["a", 1, True, 9]]}
    },
    "two properties": {"filter": "eo:cloud_cover = x:pair"},
    "twice a property": {"filter": "eo:cloud_cover * 2 = x:pair"},
    "property and facet": {"filter": "x:mixed = 1 OR gsd = 0.01"},
    "property inside not": {"filter": "NOT (x:mixed = 1 OR x:mixed IS NULL)"},
    "path": {"filter": "mlm:hyperparameters.lr = 0.1"},
    "path to another type": {"filter": "mlm:hyperparameters.lr = 'cosine'"},
    "deep path": {"filter": "x:mixed.deep.er = 5"},
    "name with a dot": {"filter": "x:dot.ted = 1"},
    "path with the same look": {"filter": "x:dot.ted = 2"},
    "odd name": {"filter": {"op": "=", "args": [{"property": "x:a/b~c \"d\" 'e'"}, 5]}},
    "name of a column": {"filter": "row = 7"},
    "another name of a column": {"filter": "properties.xmin = 'no'"},
    "item kept word for word": {"filter": 'A_CONTAINS("x:only-here", (3))'},
    "no such property": {"filter": "x:nothing = 1 OR x:nothing IS NOT NULL"},
    "hostile text": {"filter": {"op": "=", "args": [{"property": "title"}, "' OR TRUE --"]}},
    "always": {"filter": "true", "collections": ["urban"]},
    "never": {"filter": {"op": "and", "args": [False]}},
    "constants": {"filter": "1 < 2 AND 'a' <> 'b'", "collections": ["urban"]},
    "deep logic": {
        "filter": "NOT (NOT (gsd = 10 OR (gsd = 0.3 AND NOT collection = 'forest'))) AND id <> 'x'"
    },
    "query extension": {"query": {"gsd": {"gte": 10, "lt": 30}}, "collections": ["forest"]},
}

ORDER: dict[str, Query] = {
    "by gsd": {"sortby": "gsd", "filter": "gsd IS NOT NULL"},
    "by gsd downwards, nulls last": {"sortby": "-gsd", "bbox": [139, -36, 142, -33]},
    "by title": {"sortby": "title", "bbox": [19, -31, 22, -28]},
    "by title downwards": {"sortby": ["-title"], "bbox": [19, -31, 22, -28]},
    "by id": {"sortby": "+id", "collections": ["water"]},
    "by collection downwards, then id": {"sortby": "-collection,id", "gsd": 10},
    "by datetime": {"sortby": "datetime", "filter": HERE_TIMES},
    "by datetime downwards": {"sortby": "-datetime", "filter": HERE_TIMES},
    "by end": {"sortby": "-end_datetime,id", "filter": HERE_TIMES},
    "by creation": {"sortby": "created", "filter": HERE_TIMES},
    "by tasks": {"sortby": "tasks", "bbox": [139, -36, 142, -33]},
    "by flag": {"sortby": "deprecated,-id", "bbox": [139, -36, 142, -33]},
    "by parameters": {"sortby": "-parameters", "bbox": [139, -36, 142, -33]},
    "by a mixed property": {
        "sortby": "x:mixed",
        "filter": "x:mixed <= 9007199254740999 OR x:mixed >= '' OR x:mixed IN (true, false)",
    },
    "by a mixed property downwards": {
        "sortby": "-x:mixed",
        "ids": [f"mixed-{n:02d}-1.0.0" for n in range(10)],
    },
    "by property name": {"sortby": "properties.mlm:framework,id", "bbox": [139, -36, 142, -33]},
}

GROUPS = {
    "space": SPACE,
    "time": TIME,
    "text": TEXT,
    "facets": FACETS,
    "properties": PROPERTIES,
    "order": ORDER,
}


def make_queries() -> list[dict[str, Any]]:
    evaluator = Evaluator(make())
    made = []
    for group, queries in GROUPS.items():
        for name, query in queries.items():
            rows = evaluator.rows(query)
            entry = {
                "group": group,
                "name": name,
                "query": query,
                "expected": [evaluator.items[row]["id"] for row in rows],
            }
            if "overlap" in str(query.get("sortby")):
                entry["overlap"] = evaluator.overlaps(rows, query)
            made.append(entry)
    return made


def text() -> str:
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in make_queries())
    return f"[\n{lines}\n]\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
