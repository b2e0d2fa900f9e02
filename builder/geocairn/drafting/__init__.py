"""From a model's file to an entry of a catalog: what the file tells is written, the rest asked.

`fields.json` says what can be asked; the form on the site is built from it as well.
"""

from geocairn.drafting.draft import Draft, compose
from geocairn.drafting.fields import FIELDS, Answers, Field, FieldError, parse_answer, read_answers
from geocairn.drafting.inspecting import Facts, inspect, with_card
from geocairn.drafting.tensors import inputs_of
from geocairn.drafting.writing import Written, refuse_taken, write_entry

__all__ = [
    "FIELDS",
    "Answers",
    "Draft",
    "Facts",
    "Field",
    "FieldError",
    "Written",
    "compose",
    "inputs_of",
    "inspect",
    "parse_answer",
    "read_answers",
    "refuse_taken",
    "with_card",
    "write_entry",
]
