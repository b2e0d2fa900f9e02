"""What schemas say, in words: every fault becomes a finding with a place and a remedy."""

from __future__ import annotations

from typing import Any

from geocairn.checks.rule import Rule
from geocairn.checks.validators import Fault, type_words
from geocairn.errors import SchemaUnavailableError
from geocairn.findings import short_json

__all__ = ["CORE", "EXTENSION", "FORMAT", "RULES", "UNAVAILABLE", "unavailable", "words"]

CORE = Rule(
    code="SCH001",
    title="Not valid STAC",
    severity="error",
    kind="schema",
    why="""The document breaks the JSON Schema of STAC's core. Programs that read STAC rely on it.
Where several forms are allowed, the finding follows the one that was most likely meant.""",
    remedy="Correct the value as the message says.",
    failing={"/properties/created": 20240211},
)
EXTENSION = Rule(
    code="SCH002",
    title="Not valid by an extension",
    severity="error",
    kind="schema",
    why="""The document breaks the JSON Schema of an extension that it declares. Where the written
specification allows the value, the finding has a code of its own (from MLM100) that says so.""",
    remedy="Correct the value as the message says.",
    failing={"/properties/mlm:total_parameters": "24 million"},
)
UNAVAILABLE = Rule(
    code="SCH003",
    title="Schema not available",
    severity="error",
    kind="schema",
    why="""The document declares an extension whose schema is neither stored here nor can be
fetched, so nobody can say whether the document follows it. That is never passed over in silence.
Schemas are looked for in what is installed, in the folder given with `--schemas` or
`GEOCAIRN_SCHEMAS`, in the cache, and then fetched once over https.""",
    remedy="Run `geocairn schemas fetch` while online, or give a folder with --schemas.",
    failing={"/stac_extensions/-": "https://schemas.invalid/tides/v1.0.0/schema.json"},
)
FORMAT = Rule(
    code="SCH004",
    title="Text not in its format",
    severity="error",
    kind="schema",
    why="""A schema asks for a format, such as `date-time` (RFC 3339) or `iri` (RFC 3987). Many
validators take formats for remarks and let anything pass; a date that cannot be read is no date,
so here they are checked.""",
    remedy="Write the value in the format named.",
    failing={"/properties/created": "2024-02-30T09:30:00Z"},
)
RULES = (CORE, EXTENSION, UNAVAILABLE, FORMAT)

Words = tuple[tuple[str | int, ...], str, str]
"""Place, message and remedy."""


def unavailable(error: SchemaUnavailableError) -> tuple[str, str]:
    """Message and remedy for a schema that is not to be had."""
    return f"{error.message}: {error.where}" if error.where else error.message, error.remedy or ""


def words(fault: Fault, document: dict[str, Any]) -> Words:
    """Say what a fault is, where, and what to do."""
    for part, special in _SPECIAL:
        if part in fault.location:
            found = special(fault, document)
            if found is not None:
                return found
    path, detail = fault.path, fault.detail
    if fault.keyword == "required":
        return (*path, str(detail)), "is missing", f"Add {detail}."
    if fault.keyword == "additionalProperties":
        return path, "is not a field that is known here", "Correct the name, or leave it out."
    if fault.keyword == "format":
        return (
            path,
            f"is not in the format {detail}",
            f"Write it as {_FORMATS.get(detail, detail)}.",
        )
    if fault.keyword in ("oneOf", "anyOf"):
        if not detail:
            return path, "fits none of the forms allowed here", "See the extension's schema."
        return path, f"is none of {_listed(detail)}", "Use one of these."
    if fault.keyword == "enum":
        return path, f"is not {_one_of([short_json(v) for v in detail])}", "Use one of these."
    if fault.keyword == "type":
        wanted = _one_of([type_words(name) for name in detail])
        return path, f"is {_type(fault.value)}, not {wanted}", f"Write {wanted}."
    return path, *_simple(fault)


def _simple(fault: Fault) -> tuple[str, str]:
    detail, value = fault.detail, fault.value
    size = len(value) if isinstance(value, str | list | dict) else 0
    match fault.keyword:
        case "const":
            return f"is not {short_json(detail)}", f"Write {short_json(detail)}."
        case "pattern":
            return f"does not follow the pattern {detail}", "Write it in that form."
        case "minItems" | "minLength" | "minProperties":
            return f"has {size} members, fewer than {detail}", f"Give at least {detail}."
        case "maxItems" | "maxLength" | "maxProperties":
            return f"has {size} members, more than {detail}", f"Give at most {detail}."
        case "minimum" | "exclusiveMinimum":
            return f"is below the least value, {detail}", f"Give a value from {detail}."
        case "maximum" | "exclusiveMaximum":
            return f"is above the greatest value, {detail}", f"Give a value up to {detail}."
        case "uniqueItems":
            return "has an entry twice", "Name every entry once."
        case "contains":
            return "lacks an entry that the schema asks for", "See the extension's schema."
        case "not":
            return f"must not be {_forbidden(detail)}", "Correct it, or leave it out."
        case "falseSchema":
            return "is not allowed here", "Leave it out."
    return f"breaks the schema's rule {fault.keyword}", "See the extension's schema."


_FORMATS = {
    "date-time": "2024-02-11T09:30:00Z",
    "date": "2024-02-11",
    "uri": "a full address, such as https://example.org/model",
    "iri": "a full address, such as https://example.org/model",
    "uri-reference": "an address or a relative path, with spaces as %20",
    "iri-reference": "an address or a relative path, with spaces as %20",
}


def _forbidden(schema: Any) -> str:
    if isinstance(schema, dict) and isinstance(schema.get("required"), list):
        return "given together with " + ", ".join(map(str, schema["required"]))
    if isinstance(schema, dict) and isinstance(schema.get("type"), str):
        return type_words(schema["type"])
    return short_json(schema) if schema else "given"


def _type(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return short_json(value)
    names = {str: "a string", int: "an integer", float: "a number", list: "a list"}
    return names.get(type(value), "an object")


def _one_of(choices: list[str]) -> str:
    return choices[0] if len(choices) == 1 else f"one of {_listed(choices)}"


def _listed(choices: list[str]) -> str:
    shown = choices[:24]
    return ", ".join(shown) + (" …" if len(choices) > len(shown) else "")


def _collection_link(fault: Fault, _document: dict[str, Any]) -> Words | None:
    if fault.keyword == "required":
        message = "is missing, though a link of rel collection is there"
        return ("collection",), message, "Add collection, the id of the collection."
    return None


def _null_geometry(_fault: Fault, document: dict[str, Any]) -> Words | None:
    if document.get("geometry") is None and "geometry" in document and "bbox" in document:
        return ("bbox",), "is given, though geometry is null", "Leave bbox out, or give a geometry."
    if isinstance(document.get("geometry"), dict) and "bbox" not in document:
        return ("bbox",), "is missing, though there is a geometry", "Add bbox."
    return None


def _no_model(_fault: Fault, _document: dict[str, Any]) -> Words | None:
    message = "has no asset with the role mlm:model"
    return ("assets",), message, "Give the model file the role mlm:model, and mlm:artifact_type."


def _artifact(fault: Fault, _document: dict[str, Any]) -> Words | None:
    if fault.keyword == "not":
        path = (*fault.path, "mlm:artifact_type")
        return path, "is for assets of role mlm:model only", "Add the role, or leave the field out."
    return None


def _bands(_fault: Fault, _document: dict[str, Any]) -> Words | None:
    message = "is missing, though mlm:input names bands"
    return ("properties", "bands"), message, "Define the bands in properties and model asset."


def _bands_dimension(fault: Fault, _document: dict[str, Any]) -> Words | None:
    kind = "variables" if "Variables" in fault.location else "bands"
    if fault.keyword == "contains":
        message = f"has no dimension {kind}, though {kind} are named"
        return fault.path, message, f"Call that dimension {kind}."
    message = f"has a dimension {kind}, though no {kind} are named"
    return fault.path, message, f"Name the {kind}, or call the dimension channel."


def _variables(_fault: Fault, _document: dict[str, Any]) -> Words | None:
    message = "is missing, though mlm:input names variables"
    remedy = "Define them in cube:variables, and declare the datacube extension."
    return ("properties", "cube:variables"), message, remedy


_SPECIAL = (
    ("/item.json#/definitions/core/allOf/2/allOf/0/", _collection_link),
    ("/item.json#/definitions/core/allOf/1/oneOf", _null_geometry),
    ("geojson.org/schema/Geometry.json#/oneOf", _null_geometry),
    ("/AssetModelRoleMinimumOneDefinition", _no_model),
    ("/AssetModelRole/", _no_model),
    ("/AssetModelRequiredProperties/", _artifact),
    ("/AnyBandsRef", _bands),
    ("/AnyVariablesRef", _variables),
    ("BandsDimensionRef/", _bands_dimension),
    ("VariablesDimensionRef/", _bands_dimension),
)
