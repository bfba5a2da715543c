"""The JSON Schema of a diagnosis, made from what the questions say they answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from importlib.resources import files
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd
from pydantic import BaseModel

from takeup.questions.question import Question
from takeup.questions.register import questions
from takeup.stats.answer import CannotSay, Estimate

Schema = dict[str, Any]

_LEAVES: dict[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    # What is no number in the document is null.
    float: {"type": ["number", "null"]},
    NoneType: {"type": "null"},
    Estimate: {"$ref": "#/$defs/estimate"},
    CannotSay: {"$ref": "#/$defs/refusal"},
}


def document_schema() -> Schema:
    """What `takeup diagnose --json` writes, with a key for every installed question."""
    text = files("takeup.report").joinpath("document.schema.json").read_text(encoding="utf-8")
    whole: Schema = json.loads(text)
    defs: Schema = whole["$defs"]
    told = {question.name: _of_question(question, defs) for question in questions()}
    defs["measures"] = {"type": "object", "required": sorted(told), "properties": told}
    return whole


def _of_question(question: Question[Any], defs: Schema) -> Schema:
    """Of what its measure returns; or as its document says, where that is not its fields."""
    refusal: Schema = {"$ref": "#/$defs/refusal"}
    made = question.of_part("document", "schema")
    if made is not None:
        # A refusal stands in it as it is, beside the keys that readers expect.
        return {"anyOf": [made(lambda of: schema_of(of, defs)), refusal]}
    found = schema_of(get_type_hints(question.of_part("measure", "ask"))["return"], defs)
    return found if refusal in found.get("anyOf", ()) else {"anyOf": [found, refusal]}


def schema_of(of: Any, defs: Schema) -> Schema:
    """The schema of a type as `plain` writes it. Dataclasses go to `defs`."""
    if of in _LEAVES:
        return dict(_LEAVES[of])
    origin, inside = get_origin(of), get_args(of)
    if origin in (Union, UnionType):
        return {"anyOf": [schema_of(one, defs) for one in inside]}
    if origin is Literal:
        return {"enum": list(inside)}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": schema_of(inside[1], defs)}
    if origin is tuple and not (len(inside) == 2 and inside[1] is Ellipsis):
        return {"type": "array", "prefixItems": [schema_of(one, defs) for one in inside]}
    if origin is not None and issubclass(origin, Sequence | set | frozenset):
        return {"type": "array", "items": schema_of(inside[0], defs)}
    if is_dataclass(of) and isinstance(of, type):
        return _of_dataclass(of, defs)
    if isinstance(of, type) and issubclass(of, BaseModel):
        return {"type": "object"}
    if isinstance(of, type) and issubclass(of, Enum):
        return {"enum": [one.value for one in of]}
    return {}


def _of_dataclass(of: type, defs: Schema) -> Schema:
    name = (
        f"{of.__module__.removeprefix('takeup.questions.').removesuffix('.measure')}.{of.__name__}"
    )
    if name not in defs:
        defs[name] = {}
        hints = get_type_hints(of)
        # As `plain` has it: what measures lean on is in no document, nor are frames.
        told = {
            f.name: hints[f.name] for f in fields(of) if f.repr and not _holds_rows(hints[f.name])
        }
        defs[name] = {
            "type": "object",
            "required": list(told),
            "properties": {key: schema_of(hint, defs) for key, hint in told.items()},
        }
    return {"$ref": f"#/$defs/{name}"}


def _holds_rows(hint: Any) -> bool:
    return any(one in (pd.DataFrame, np.ndarray) for one in (hint, *get_args(hint)))
