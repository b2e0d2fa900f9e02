"""Rules on pretraining, on the size of the model and on the accelerator."""

from __future__ import annotations

from typing import Any

from geocairn.checks import parts
from geocairn.checks.context import Context, is_count
from geocairn.checks.rule import REMOVED, Rule

__all__ = ["RULES", "check"]

# Below is stronger compression than any format has; above is more than training keeps beside
# each weight (64-bit weight, gradient and two moments would be 32, 32-bit ones are 16).
_LEAST, _MOST = 10, 16  # at least 1/10 byte, at most 16


def _from_scratch(item: dict[str, Any]) -> None:
    parts.properties(item).setdefault("mlm:pretrained_source", None)


def _unconstrained(item: dict[str, Any]) -> None:
    properties = parts.properties(item)
    if properties.get("mlm:accelerator") is None:
        properties["mlm:accelerator_constrained"] = False


NOT_PRETRAINED = Rule(
    code="MLM050",
    title="Not pretrained, but with a source of pretraining",
    severity="error",
    kind="spec",
    why="""The specification has a model trained from scratch say `mlm:pretrained_source: null`.
A named source contradicts `mlm:pretrained: false`. The schema means to check this but looks in the
wrong place, so it lets it pass. The specification is right.""",
    remedy="Write mlm:pretrained true, or mlm:pretrained_source null.",
    failing={"/properties/mlm:pretrained": False},
    passing={"/properties/mlm:pretrained": False, "/properties/mlm:pretrained_source": None},
)
FROM_SCRATCH = Rule(
    code="MLM051",
    title="Pretrained, but from scratch",
    severity="error",
    kind="spec",
    why="""`mlm:pretrained_source: null` says that the model was trained from scratch, which
contradicts `mlm:pretrained: true`. Where the source is unknown, the field is left out: absent and
null mean different things.""",
    remedy="Name the source, leave it out where it is unknown, or write mlm:pretrained false.",
    failing={"/properties/mlm:pretrained_source": None},
)
NO_SOURCE = Rule(
    code="MLM052",
    title="Pretrained on something unnamed",
    severity="advice",
    why="""What a model was pretrained on decides what it is good for, and under which terms it may
be used. The field may be left out where nobody knows.""",
    remedy="Name the data or the weights in mlm:pretrained_source, where known.",
    failing={"/properties/mlm:pretrained_source": REMOVED},
)
SCRATCH_UNSAID = Rule(
    code="MLM053",
    title="Trained from scratch, but the source is not null",
    severity="warning",
    kind="spec",
    why="""The specification has `mlm:pretrained: false` come with `mlm:pretrained_source: null`,
because a source that is absent only says that it is unknown. The schema lets it pass. The
specification is right.""",
    remedy="Add mlm:pretrained_source null; `--fix` does.",
    failing={"/properties/mlm:pretrained": False, "/properties/mlm:pretrained_source": REMOVED},
    fix=_from_scratch,
    fixed={"/properties/mlm:pretrained": False, "/properties/mlm:pretrained_source": None},
)
NOT_POSITIVE = Rule(
    code="MLM060",
    title="Size or number of zero",
    severity="error",
    why="""A model without parameters, memory or a batch does not exist. The schema lets zero pass;
mostly it stands for an unknown number, which is said by leaving the field out.""",
    remedy="Give the true number, or leave the field out where it is unknown.",
    failing={"/properties/mlm:batch_size_suggestion": 0},
)
IMPLAUSIBLE = Rule(
    code="MLM061",
    title="Memory size and parameters do not fit together",
    severity="warning",
    why="""A parameter takes from about a tenth of a byte (strongly compressed) to 16 bytes (with
what training keeps beside it). A memory size (`mlm:memory_size`) or file size (`file:size` of a
model asset) outside this range is in another unit, or counts something else.""",
    remedy="Give memory and files in bytes, and all parameters.",
    failing={"/properties/mlm:memory_size": 98},
)
CONSTRAINED = Rule(
    code="MLM065",
    title="Constrained to no accelerator",
    severity="warning",
    why="""`mlm:accelerator_constrained: true` says that the named accelerator is the only one that
can run the model. Without `mlm:accelerator` it says nothing.""",
    remedy="Name the accelerator, or write false; `--fix` writes false.",
    failing={
        "/properties/mlm:accelerator": REMOVED,
        "/properties/mlm:accelerator_constrained": True,
    },
    fix=_unconstrained,
    fixed={
        "/properties/mlm:accelerator": REMOVED,
        "/properties/mlm:accelerator_constrained": False,
    },
)
PLAIN_CPU = Rule(
    code="MLM066",
    title="CPU only, but not said to be constrained",
    severity="advice",
    kind="spec",
    why="""By the specification `amd64` means that the model will not use an accelerator even where
there is one, and it recommends to say so with `mlm:accelerator_constrained: true`. A model that
merely needs none has `mlm:accelerator: null`. The schema does not look at the two together.""",
    remedy="Write mlm:accelerator null, or add mlm:accelerator_constrained true.",
    failing={"/properties/mlm:accelerator": "amd64"},
    passing={
        "/properties/mlm:accelerator": "amd64",
        "/properties/mlm:accelerator_constrained": True,
    },
)
RULES = (
    NOT_PRETRAINED,
    FROM_SCRATCH,
    NO_SOURCE,
    SCRATCH_UNSAID,
    NOT_POSITIVE,
    IMPLAUSIBLE,
    CONSTRAINED,
    PLAIN_CPU,
)
_POSITIVE = (
    "mlm:batch_size_suggestion",
    "mlm:total_parameters",
    "mlm:memory_size",
    "mlm:accelerator_count",
)


def check(context: Context) -> None:
    """Look at pretraining, numbers and accelerator."""
    properties = context.properties
    _pretraining(context, properties)
    for field in _POSITIVE:
        value = properties.get(field)
        if value == 0 and is_count(value):
            context.found(NOT_POSITIVE, ("properties", field), "is zero", value=value)
    parameters = properties.get("mlm:total_parameters")
    if is_count(parameters) and parameters > 0:
        _sizes(context, parameters)
    constrained = properties.get("mlm:accelerator_constrained")
    accelerator = properties.get("mlm:accelerator")
    if constrained is True:
        if accelerator is None:
            path = ("properties", "mlm:accelerator_constrained")
            context.found(CONSTRAINED, path, "is true, but no accelerator is named", value=True)
    elif accelerator == "amd64":
        path = ("properties", "mlm:accelerator")
        message = "means that no accelerator is ever used, which the item does not confirm"
        context.found(PLAIN_CPU, path, message, value=accelerator)


def _pretraining(context: Context, properties: dict[str, Any]) -> None:
    pretrained = properties.get("mlm:pretrained")
    if not isinstance(pretrained, bool):
        return
    said = "mlm:pretrained_source" in properties
    source = properties.get("mlm:pretrained_source")
    path = ("properties", "mlm:pretrained_source")
    if pretrained:
        if not said:
            context.found(NO_SOURCE, path, "is not given for a pretrained model")
        elif source is None:
            message = "says trained from scratch, but mlm:pretrained is true"
            context.found(FROM_SCRATCH, path, message, value=None)
    elif not said:
        message = "is not given, though null would say that the model was trained from scratch"
        context.found(SCRATCH_UNSAID, path, message)
    elif source is not None:
        message = "names a source, but mlm:pretrained is false"
        context.found(NOT_PRETRAINED, path, message, value=source)


def _sizes(context: Context, parameters: int) -> None:
    places: list[tuple[tuple[str | int, ...], Any]] = [
        (("properties", "mlm:memory_size"), context.properties.get("mlm:memory_size"))
    ]
    places += [
        (("assets", key, "file:size"), context.assets[key].get("file:size"))
        for key in context.models
    ]
    for path, size in places:
        if not is_count(size) or size <= 0:
            continue
        # Compared in whole numbers, for which nothing is too large.
        if size > _MOST * parameters or size * _LEAST < parameters:
            bound = f"more than {_MOST}" if size > parameters else f"less than 1/{_LEAST}"
            message = f"gives {bound} byte for each of {parameters:,} parameters"
            context.found(IMPLAUSIBLE, path, message, value=size)
