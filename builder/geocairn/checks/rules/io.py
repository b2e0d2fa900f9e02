"""Rules on inputs and outputs as a whole: tasks, names and unknown keys."""

from __future__ import annotations

from typing import Any

from geocairn.checks import parts
from geocairn.checks.context import Context
from geocairn.checks.rule import REMOVED, Rule

__all__ = ["RULES", "check"]

_INPUT = "/properties/mlm:input/0"
_OUTPUT = "/properties/mlm:output/0"
# Versions before 1.4 described scaling by these.
_OLD_INPUT = frozenset({"norm_by_channel", "norm_type", "norm_clip", "statistics"})
_INPUT_KEYS = frozenset(
    {
        "name",
        "description",
        "bands",
        "variables",
        "input",
        "value_scaling",
        "resize_type",
        "pre_processing_function",
    }
)
_OUTPUT_KEYS = frozenset(
    {
        "name",
        "description",
        "tasks",
        "result",
        "bands",
        "variables",
        "classification:classes",
        "post_processing_function",
    }
)
_STRUCTURE_KEYS = frozenset({"shape", "dim_order", "data_type"})
_MISSPELLED = "classification_classes"


def _add_tasks(item: dict[str, Any]) -> None:
    tasks = parts.properties(item).get("mlm:tasks")
    if not isinstance(tasks, list):
        return
    for output in parts.entries(item, "mlm:output"):
        own = output.get("tasks")
        for task in own if isinstance(own, list) else ():
            if isinstance(task, str) and task not in tasks:
                tasks.append(task)


def _spell_classes(item: dict[str, Any]) -> None:
    for output in parts.entries(item, "mlm:output"):
        if "classification:classes" not in output:
            # Rebuilt in place, so that the classes keep their place among the keys.
            renamed = {
                "classification:classes" if key == _MISSPELLED else key: value
                for key, value in output.items()
            }
            output.clear()
            output.update(renamed)


EMPTY = Rule(
    code="MLM020",
    title="No input, no output or no task",
    severity="error",
    why="""A model takes something, gives something and is for something. The schema lets empty
lists pass, but they leave the description without use: nobody can run the model or find it by its
task.""",
    remedy="Describe at least one input, one output and one task.",
    failing={"/properties/mlm:input": []},
)
TASKS = Rule(
    code="MLM021",
    title="Output with a task that the model does not have",
    severity="error",
    kind="spec",
    why="""The specification has the tasks of an output be a subset of `mlm:tasks`. The schema
cannot compare the two. Search and facets read `mlm:tasks`, so a task named only at an output is
never found. The specification is right.""",
    remedy="Add the output's task to mlm:tasks, or correct the output; `--fix` adds it.",
    failing={f"{_OUTPUT}/tasks": ["semantic-segmentation", "classification"]},
    fix=_add_tasks,
    fixed={
        f"{_OUTPUT}/tasks": ["semantic-segmentation", "classification"],
        "/properties/mlm:tasks": ["semantic-segmentation", "classification"],
    },
)
UNKNOWN = Rule(
    code="MLM022",
    title="Unknown key in an input or output",
    severity="warning",
    why="""The schema does not close the objects that describe inputs, outputs and their arrays, so
a misspelled key passes and says nothing to anyone. Keys with a prefix belong to other extensions
and are let pass; so are those that older versions had, where one of them is declared.""",
    remedy="Use the keys of the specification; put remarks into description.",
    failing={f"{_INPUT}/norm_by_channel": True},
    passing={f"{_INPUT}/delta:tile": 7},
)
MISSPELLED = Rule(
    code="MLM023",
    title="Classes under a misspelled key",
    severity="error",
    why="""Classes belong under `classification:classes`, with a colon. Under
`classification_classes` no schema checks them and no client reads them.""",
    remedy="Write classification:classes; `--fix` does.",
    failing={
        f"{_OUTPUT}/classification:classes": REMOVED,
        f"{_OUTPUT}/{_MISSPELLED}": [
            {"value": 0, "name": "land", "description": "Dry ground"},
            {"value": 1, "name": "water", "description": "Open or flooded water"},
        ],
    },
    fix=_spell_classes,
)
SAME_NAME = Rule(
    code="MLM024",
    title="Two inputs or two outputs with the same name",
    severity="warning",
    why="""The name tells a program which array goes where. Of two inputs, or two outputs, with one
name neither can be chosen.""",
    remedy="Give every input and every output its own name.",
    failing={
        "/properties/mlm:output/-": {
            "name": "water",
            "tasks": ["semantic-segmentation"],
            "result": {
                "shape": [-1, 256, 256],
                "dim_order": ["batch", "height", "width"],
                "data_type": "uint8",
            },
        }
    },
)
RULES = (EMPTY, TASKS, UNKNOWN, MISSPELLED, SAME_NAME)


def check(context: Context) -> None:
    """Look at every input and output, and at the tasks."""
    properties = context.properties
    for field in ("mlm:input", "mlm:output", "mlm:tasks"):
        if properties.get(field) == []:
            context.found(EMPTY, ("properties", field), "is empty", value=[])
    old = context.mlm is not None and context.mlm < (1, 4, 0)
    names: set[str] = set()
    for index, entry in context.inputs:
        path: tuple[str | int, ...] = ("properties", "mlm:input", index)
        unknown = entry.keys() - _INPUT_KEYS
        if unknown:
            _unknown(context, path, unknown - _OLD_INPUT if old else unknown, entry)
        _structure(context, path, entry, "input")
        _name(context, path, entry, names)
    _outputs(context, properties.get("mlm:tasks"))


def _outputs(context: Context, tasks: Any) -> None:
    names: set[str] = set()
    for index, entry in context.outputs:
        path: tuple[str | int, ...] = ("properties", "mlm:output", index)
        unknown = entry.keys() - _OUTPUT_KEYS
        if unknown:
            if _MISSPELLED in unknown:
                message = "is not the key for classes"
                value = entry[_MISSPELLED]
                context.found(MISSPELLED, (*path, _MISSPELLED), message, value=value)
            _unknown(context, path, unknown - {_MISSPELLED}, entry)
        _structure(context, path, entry, "result")
        _name(context, path, entry, names)
        own = entry.get("tasks")
        if isinstance(own, list) and isinstance(tasks, list):
            for place, task in enumerate(own):
                if isinstance(task, str) and task not in tasks:
                    message = "is not among mlm:tasks"
                    context.found(TASKS, (*path, "tasks", place), message, value=task)


def _structure(
    context: Context, path: tuple[str | int, ...], entry: dict[str, Any], field: str
) -> None:
    structure = entry.get(field)
    if isinstance(structure, dict) and (unknown := structure.keys() - _STRUCTURE_KEYS):
        _unknown(context, (*path, field), unknown, structure)


def _unknown(
    context: Context, path: tuple[str | int, ...], keys: set[str], holder: dict[str, Any]
) -> None:
    for key in sorted(keys):
        if ":" not in key:
            message = "is not a key of the specification"
            if key in _OLD_INPUT:
                message += " since version 1.4, which has value_scaling"
            context.found(UNKNOWN, (*path, key), message, value=holder[key])


def _name(
    context: Context, path: tuple[str | int, ...], entry: dict[str, Any], names: set[str]
) -> None:
    name = entry.get("name")
    if isinstance(name, str):
        if name in names:
            context.found(SAME_NAME, (*path, "name"), "is the name of an earlier one", value=name)
        names.add(name)
