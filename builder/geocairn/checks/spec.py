"""Where the written specification and its published schema disagree.

Looked at only where a schema has rejected something, so a valid item costs nothing. Each function
turns one fault into a finding that says which of the two is right; what none of them knows stays a
schema finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from geocairn.checks import parts, repairs
from geocairn.checks.rule import REMOVED, Rule
from geocairn.checks.validators import Fault

__all__ = ["RULES", "Explanation", "explain"]

_INPUT = "/properties/mlm:input/0"
_ASSET = "/assets/weights"


ACCELERATOR = Rule(
    code="MLM100",
    title="Accelerator that only the specification allows",
    severity="error",
    kind="spec",
    why="""The specification recommends a list of accelerators, the schema allows no other, so
`cpu` and whatever is new are rejected. The schema is the stricter, and every validator runs it:
follow the schema. For a plain CPU `amd64` is meant.""",
    remedy="Use a name of the schema's list, or null for any; `--fix` turns cpu into amd64.",
    failing={
        "/properties/mlm:accelerator": "cpu",
        "/properties/mlm:accelerator_constrained": True,
    },
    fix=repairs.accelerator,
    fixed={
        "/properties/mlm:accelerator": "amd64",
        "/properties/mlm:accelerator_constrained": True,
    },
)
TASK = Rule(
    code="MLM101",
    title="Task that only the specification allows",
    severity="error",
    kind="spec",
    why="""The specification permits tasks beyond its list, named like those of the literature
(`feature-extraction`). The schema closes the list. The specification is right that there are
others, but every validator runs the schema: follow the schema.""",
    remedy="Use the nearest task of the list, and name the exact one in keywords.",
    failing={
        "/properties/mlm:tasks": ["feature-extraction"],
        "/properties/mlm:output/0/tasks": [],
    },
)
NO_SCALING = Rule(
    code="MLM102",
    title="Scaling of type null",
    severity="error",
    kind="spec",
    why="""The specification has `{"type": null}` stand for a band that is not scaled; the schema
forgot it and rejects it. The specification is right. Until the schema is corrected, subtracting
nothing says the same in both.""",
    remedy='Write {"type": "offset", "value": 0}; `--fix` does.',
    failing={f"{_INPUT}/value_scaling": [{"type": None}]},
    fix=repairs.scalings,
    fixed={f"{_INPUT}/value_scaling": [{"type": "offset", "value": 0}]},
)
DIMENSION = Rule(
    code="MLM103",
    title="Dimension name that only the specification allows",
    severity="error",
    kind="spec",
    why="""The specification recommends common names of dimensions and permits others; the schema
takes only lower-case letters, hyphens and underscores. Lower case is the custom in both: follow
the schema.""",
    remedy="Write dimension names in lower-case letters; `--fix` lowers them.",
    failing={f"{_INPUT}/input/dim_order": ["Batch", "bands", "height", "width"]},
    fix=repairs.dimensions,
)
COMPILE_METHOD = Rule(
    code="MLM104",
    title="Compile method null",
    severity="error",
    kind="spec",
    why="""The specification lets `mlm:compile_method` be null for a file that is not compiled; the
schema wants a string. Leaving the field out says the same in both.""",
    remedy="Leave mlm:compile_method out; `--fix` does.",
    failing={f"{_ASSET}/mlm:compile_method": None},
    fix=repairs.no_method,
)
SUMMARIES = Rule(
    code="MLM105",
    title="Collection that declares the model extension",
    severity="error",
    kind="spec",
    why="""STAC summarises fields of items as lists of values, and so does the text of the model
extension. Its schema applies the rules of single values to them and rejects every such summary.
The specification is right; a collection of models simply does not declare the extension.""",
    remedy="Take the model extension out of the collection's stac_extensions; `--fix` does.",
    failing={
        "/stac_extensions": ["https://stac-extensions.github.io/mlm/v1.5.2/schema.json"],
        "/summaries": {"mlm:framework": ["PyTorch"]},
    },
    fix=repairs.undeclare,
    fixed={"/stac_extensions": [], "/summaries": {"mlm:framework": ["PyTorch"]}},
    subject="collection",
)
ASSET_BANDS = Rule(
    code="MLM106",
    title="Bands at the asset only",
    severity="error",
    kind="spec",
    why="""STAC 1.1 defines `bands` where they apply, which is the model file, and the model
extension's text agrees. Its schema asks for `bands` in the properties as soon as an input names
one. STAC is right that the asset would do; writing both satisfies every schema.""",
    remedy="Repeat the bands in the properties; `--fix` does.",
    failing={
        "/properties/bands": REMOVED,
        f"{_ASSET}/bands": [
            {"name": "B02", "eo:common_name": "blue", "raster:spatial_resolution": 10},
            {"name": "B03", "eo:common_name": "green", "raster:spatial_resolution": 10},
            {"name": "B04", "eo:common_name": "red", "raster:spatial_resolution": 10},
            {"name": "B08", "eo:common_name": "nir", "raster:spatial_resolution": 10},
        ],
    },
    fix=repairs.bands_to_properties,
    fixed={
        field: [
            {"name": "B02", "eo:common_name": "blue", "raster:spatial_resolution": 10},
            {"name": "B03", "eo:common_name": "green", "raster:spatial_resolution": 10},
            {"name": "B04", "eo:common_name": "red", "raster:spatial_resolution": 10},
            {"name": "B08", "eo:common_name": "nir", "raster:spatial_resolution": 10},
        ]
        for field in ("/properties/bands", f"{_ASSET}/bands")
    },
)
VERSION = Rule(
    code="MLM107",
    title="Framework version that only the specification allows",
    severity="error",
    kind="spec",
    why="""The specification asks for the library's version, whatever it looks like; the schema
wants semantic versioning with three numbers, so `2.1` is rejected. The specification is right;
until the schema is relaxed, give all three.""",
    remedy="Write the version with three numbers, such as 2.1.0.",
    failing={"/properties/mlm:framework_version": "2.1"},
)
NAME = Rule(
    code="MLM108",
    title="Model name that only the specification allows",
    severity="error",
    kind="spec",
    why="""The specification asks for the model's official name. The schema takes only letters,
digits, dots, hyphens, underscores and spaces, beginning with a letter and ending with a letter or
digit, so parentheses and leading digits are rejected. The specification is right; until the schema
is relaxed, the exact name has a place in title.""",
    remedy="Write mlm:name without the characters rejected, and the exact name as title.",
    failing={"/properties/mlm:name": "Flood U-Net (Delta)"},
)
DATA_TYPE = Rule(
    code="MLM109",
    title="Data type that only frameworks know",
    severity="error",
    kind="spec",
    why="""Frameworks have boolean and bfloat16 arrays, and the specification asks for the type of
the array that the model takes or gives. The schema has the data types of raster files only.
Follow the schema, and say the exact type in the description.""",
    remedy="Write uint8 for boolean values and other for bfloat16.",
    failing={f"{_INPUT}/input/data_type": "bfloat16"},
)
PROPERTY_BANDS = Rule(
    code="MLM110",
    title="Bands in the properties only",
    severity="error",
    kind="spec",
    why="""The model extension asks for `bands` in the properties. STAC's core schema allows them
there only where an asset has `bands`, too. Both hold: the bands describe the model file, so it
names them as well.""",
    remedy="Add bands with the names to the model asset; `--fix` does.",
    failing={f"{_ASSET}/bands": REMOVED},
    fix=repairs.bands_to_asset,
)
HALF_OPEN = Rule(
    code="STAC042",
    title="No time, or half an interval",
    severity="error",
    kind="schema",
    why="""Where `datetime` is null, STAC wants both `start_datetime` and `end_datetime`. An end
that is not foreseen is written `9999-12-31T23:59:59Z`.""",
    remedy="Give both start_datetime and end_datetime.",
    failing={"/properties/end_datetime": REMOVED},
)
EXPRESSION = Rule(
    code="STAC110",
    title="Licence expression that only the specification allows",
    severity="error",
    kind="spec",
    why="""STAC 1.1 allows SPDX expressions, such as `MIT OR Apache-2.0`. The pattern in its schema
has no room for spaces and parentheses. The specification is right; until the schema is corrected,
every validator rejects the item.""",
    remedy="Write other, and link each licence with rel license.",
    failing={"/properties/license": "MIT OR Apache-2.0"},
)
RULES = (
    ACCELERATOR,
    TASK,
    NO_SCALING,
    DIMENSION,
    COMPILE_METHOD,
    SUMMARIES,
    ASSET_BANDS,
    VERSION,
    NAME,
    DATA_TYPE,
    PROPERTY_BANDS,
    HALF_OPEN,
    EXPRESSION,
)


Explanation = tuple[Rule, tuple[str | int, ...], str]
"""The rule, the place and what is wrong there."""

_Explainer = Callable[[Fault, dict[str, Any]], Explanation | None]


def explain(fault: Fault, document: dict[str, Any]) -> Explanation | None:
    """The disagreement behind a fault; None where specification and schema agree."""
    for explainer in _EXPLAINERS:
        explanation = explainer(fault, document)
        if explanation is not None:
            return explanation
    return None


def _of_values(fault: Fault, _: dict[str, Any]) -> Explanation | None:
    path, value = fault.path, fault.value
    last = path[-1] if path else None
    above = path[-2] if len(path) > 1 else None
    said = "is rejected by the schema"
    if last == "mlm:accelerator" and isinstance(value, str):
        return ACCELERATOR, path, f"{said}, while the specification's list is open"
    if above in ("mlm:tasks", "tasks") and fault.keyword == "enum" and isinstance(value, str):
        return TASK, path, f"{said}, while the specification's list is open"
    if above == "value_scaling" and isinstance(value, dict) and value.get("type", "") is None:
        return NO_SCALING, path, f"{said}, while the specification asks for it"
    if above == "dim_order" and fault.keyword == "pattern":
        return DIMENSION, path, f"{said}, which takes lower-case letters only"
    if last == "mlm:compile_method" and value is None:
        return COMPILE_METHOD, path, f"{said}, while the specification allows null"
    if last == "mlm:framework_version" and fault.keyword == "pattern":
        return VERSION, path, f"{said}, which wants three numbers"
    if last == "mlm:name" and fault.keyword == "pattern":
        return NAME, path, f"{said}, which takes plain names only"
    if last == "data_type" and str(value).lower() in ("bool", "boolean", "bfloat16"):
        return DATA_TYPE, path, f"{said}, though frameworks know it"
    if last == "license" and fault.keyword == "pattern" and re.search(r"[ ()]", str(value)):
        return EXPRESSION, path, f"{said}, while STAC allows expressions"
    return None


def _of_places(fault: Fault, document: dict[str, Any]) -> Explanation | None:
    location = fault.location
    if "AnyBandsRef" in location:
        if any("bands" in asset for asset in parts.model_assets(document)):
            message = "is missing, though the model asset has bands"
            return ASSET_BANDS, ("properties", "bands"), message
    elif fault.keyword == "falseSchema" and fault.path == ("properties", "bands"):
        return PROPERTY_BANDS, fault.path, "is not allowed while no asset has bands"
    elif fault.keyword == "required" and fault.detail in ("start_datetime", "end_datetime"):
        return HALF_OPEN, (*fault.path, fault.detail), "is missing"
    elif fault.keyword == "not" and fault.path == ("properties", "datetime"):
        given = parts.properties(document)
        for field in ("end_datetime", "start_datetime"):
            if field not in given:
                return HALF_OPEN, ("properties", field), "is missing"
    elif "/mlmCollectionFields" in location or (
        "/mlm/" in fault.schema and fault.path[:1] == ("summaries",)
    ):
        return SUMMARIES, ("stac_extensions",), "makes the schema reject every summary"
    return None


_EXPLAINERS: tuple[_Explainer, ...] = (_of_values, _of_places)
