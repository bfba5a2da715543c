"""One row that a sender hands to the record API: validated once, typed after.

A row is a decision, an outcome or an eligible case in the canonical columns. It is either a
`Row` (typed values, its key, its revision, a hash of its content) or a `Refusal` that names
every mistake; nothing is dropped and nothing is guessed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Annotated, Any, Literal, NamedTuple, NotRequired

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    with_config,
)
from pydantic_core import PydanticCustomError, to_json
from typing_extensions import TypedDict

from takeup.record.columns import (
    COVARIATE_PREFIX,
    DECISION_COLUMNS,
    ELIGIBLE_COLUMNS,
    OUTCOME_COLUMNS,
    Column,
)

RecordKind = Literal["decisions", "outcomes", "eligible"]
RECORD_KINDS: tuple[RecordKind, ...] = ("decisions", "outcomes", "eligible")
Scalar = str | float | int | bool | datetime
CovariateType = Literal["text", "number", "boolean"]

_COVARIATE_NAME = re.compile(r"x_[a-z0-9_]{1,60}")
_LONGEST_TEXT = 2_000
_MOST_COVARIATES = 200
LONGEST_NAME = 200
_LONGEST_KEY, _LONGEST_KEY_BYTES = 600, 1_800
"""Characters of a key's column, and the bytes of it that fit an index of PostgreSQL (2,704) beside
the kind and a use case of LONGEST_NAME characters of four bytes."""
_NAMES = (
    "decision_id",
    "case_id",
    "use_case",
    "outcome_name",
    "person_id",
    "population",
    "team",
    "cohort",
)
_DEFAULT_OUTCOME = "outcome"
_ELIGIBLE_TOO = ("case_id", "use_case", "population", "team", "person_id", "mode", "stakes")


class Row(NamedTuple):
    """A row that can be kept. `values` holds no blanks; `covariates` the types of its `x_…`;
    `key` and `revision` identify it within `use_case`; `named_revision` says that the sender
    gave the revision; `content` is the values as JSON, in order of their names, without revision
    and time of correction, `hash` is of it."""

    kind: RecordKind
    use_case: str
    key: str
    revision: int
    named_revision: bool
    values: dict[str, Scalar]
    covariates: dict[str, CovariateType]
    content: bytes
    hash: str

    def body(self, revision: int) -> str:
        """The values as JSON, kept as `revision`; times in ISO 8601 UTC."""
        beside: dict[str, Scalar] = {}
        if self.kind == "decisions":
            beside["revision"] = revision
        if "updated_at" in self.values:
            beside["updated_at"] = self.values["updated_at"]
        if not beside:
            return self.content.decode()
        return f"{self.content[:-1].decode()},{to_json(beside)[1:].decode()}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row cannot be kept: one sentence a mistake, each naming its field."""

    reasons: tuple[str, ...]


# No store keeps the character NUL in a text.
_NO_NUL = r"^[^\x00]*$"
# Names are printed on terminals, where control characters are orders.
_NO_CONTROL = r"^[^\x00-\x1f\x7f-\x9f]*$"
_Name = Annotated[
    str,
    StringConstraints(
        min_length=1,
        max_length=LONGEST_NAME,
        pattern=_NO_CONTROL,
        strict=True,
        strip_whitespace=True,
    ),
]
_Text = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=_LONGEST_TEXT, pattern=_NO_NUL, strict=True, strip_whitespace=True
    ),
]
_LARGEST = 2**53
_LARGEST_NUMBER = 1e300
_Revision = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]


_NO_OFFSET = timedelta(0)


def _plausible(moment: datetime) -> datetime:
    if not 1970 <= moment.year < 2200:
        raise PydanticCustomError("year", "a time between 1970 and 2200 is expected")
    return moment if moment.utcoffset() == _NO_OFFSET else moment.astimezone(UTC)


def _written(given: Any) -> Any:
    """Numbers, and digits alone, would be taken for seconds or milliseconds of 1970 by their size."""
    # The year and its dash: for every time that comes in.
    if (given.__class__ is str and given[4:5] == "-") or isinstance(given, datetime):
        return given
    raise PydanticCustomError("written", "a time is text, for example 2026-11-24T09:30:00Z")


Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_plausible)]
"""A time with its zone as a sender writes it, in UTC."""

_TYPES: dict[str, Any] = {
    "text": _Text,
    "number": Annotated[float, Field(allow_inf_nan=False, strict=True)],
    "share": Annotated[float, Field(ge=0, le=1, strict=True)],
    "probability": Annotated[float, Field(gt=0, le=1, strict=True)],
    "integer": Annotated[int, Field(ge=-_LARGEST, le=_LARGEST, strict=True)],
    "boolean": Annotated[bool, Field(strict=True)],
    "time": Moment,
}


def columns_of(kind: RecordKind) -> tuple[Column, ...]:
    """The canonical columns of a kind of record, in their order."""
    if kind == "decisions":
        return DECISION_COLUMNS
    named = {c.name: c for c in DECISION_COLUMNS}
    if kind == "outcomes":
        return (named["decision_id"], named["use_case"], *OUTCOME_COLUMNS)
    return (*(named[name] for name in _ELIGIBLE_TOO), *ELIGIBLE_COLUMNS)


_REQUIRED: dict[RecordKind, tuple[str, ...]] = {
    "decisions": ("decision_id", "use_case", "decided_at"),
    "outcomes": ("decision_id", "use_case", "observed_at"),
    "eligible": ("case_id", "use_case", "eligible_at"),
}


@cache
def _reader(kind: RecordKind) -> tuple[frozenset[str], TypeAdapter[dict[str, Scalar]]]:
    """Names of the columns of `kind`, and what reads them: a dict, not a model, for speed. What else is
    there stays as it is."""
    fields: dict[str, Any] = {}
    for column in columns_of(kind):
        held = Literal[column.words] if column.kind == "word" and column.words else None
        plain = _Name if column.name in _NAMES else _TYPES.get(column.kind, _Text)
        type_ = held or (_Revision if column.name == "revision" else plain)
        required = column.name in _REQUIRED[kind]
        fields[column.name] = type_ if required else NotRequired[type_]
    anything_else = with_config(ConfigDict(extra="allow"))
    row = anything_else(TypedDict(f"Incoming{kind.title()}", fields))  # type: ignore[operator]
    return frozenset(fields), TypeAdapter(row)


def read_row(kind: RecordKind, given: Any) -> Row | Refusal:
    """`given` (parsed JSON) as a row of `kind`.

    Blank (null, or empty text) is unknown. A decision needs `action`, or `recommendation` and
    `choice` (or their numeric twins), except in mode `off`, or where it is deferred.
    """
    if not isinstance(given, dict):
        return Refusal(("the row is not an object of fields",))
    names, reader = _reader(kind)
    held = given.values()
    if None in held or "" in held:
        given = {k: v for k, v in given.items() if v is not None and v != ""}
    covariates, wrong = _covariates(given, given.keys() - names)
    try:
        values = reader.validate_python(given)
    except ValidationError as error:
        found = [_sentence(e) for e in error.errors(include_url=False)]
        return Refusal((*found, *wrong))
    if kind == "outcomes" and covariates:
        wrong += [
            f"{name}: covariates are known before the decision, not with its outcome"
            for name in covariates
        ]
    if kind == "decisions":
        wrong += _nothing_decided(values)
    if wrong:
        return Refusal(tuple(wrong))
    for name, type_ in covariates.items():
        if type_ == "number":
            values[name] = float(given[name])
    if kind == "outcomes":
        values.setdefault("outcome_name", _DEFAULT_OUTCOME)
    revision = values.get("revision")
    content = _content(values)
    return Row(
        kind,
        str(values["use_case"]),
        _key(kind, values),
        revision if isinstance(revision, int) else 1,
        revision is not None,
        values,
        covariates,
        content,
        hashlib.blake2b(content, digest_size=16).hexdigest(),
    )


def _key(kind: RecordKind, values: dict[str, Scalar]) -> str:
    if kind == "decisions":
        return str(values["decision_id"])
    if kind == "eligible":
        return str(values["case_id"])
    return outcome_key(values["decision_id"], values["outcome_name"], values["observed_at"])


def outcome_key(decision_id: Any, outcome_name: Any, observed_at: Any) -> str:
    """What identifies an outcome: its decision, its name and when it was observed."""
    return short_key(json.dumps([decision_id, outcome_name, _iso(observed_at)], ensure_ascii=False))


def short_key(key: str) -> str:
    """`key`, or where an index of a store could not hold it, its beginning and a mark of the whole."""
    written = key.encode()
    if len(key) <= _LONGEST_KEY and len(written) <= _LONGEST_KEY_BYTES:
        return key
    mark = hashlib.blake2b(written, digest_size=16).hexdigest()
    return f"{key[:100]}… {mark}"


def _content(values: dict[str, Scalar]) -> bytes:
    return to_json({name: values[name] for name in _in_order(tuple(values))})


@lru_cache(maxsize=1_024)
def _in_order(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of a row's content; rows of one sender have the same again and again."""
    return tuple(sorted(set(names) - {"revision", "updated_at"}))


def _iso(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _covariates(
    given: Mapping[str, Any], extras: Iterable[str]
) -> tuple[dict[str, CovariateType], list[str]]:
    types: dict[str, CovariateType] = {}
    wrong = []
    extras = list(extras)
    if len(extras) > _MOST_COVARIATES:
        return types, [f"{len(extras):,} covariates: a row holds at most {_MOST_COVARIATES}"]
    for name in sorted(extras):
        value = given[name]
        if (misnamed := _misnamed(name)) is not None:
            wrong.append(misnamed)
        elif isinstance(value, str) and len(value) <= _LONGEST_TEXT and "\x00" not in value:
            types[name] = "text"
        elif isinstance(value, bool):
            types[name] = "boolean"
        elif isinstance(value, int | float):
            if abs(value) <= _LARGEST_NUMBER:
                types[name] = "number"
            else:
                wrong.append(f"{name}: not a number that can be kept")
        else:
            wrong.append(f"{name}: a covariate is text (no NUL in it), a number, true or false")
    return types, wrong


@lru_cache(maxsize=4_096)
def _misnamed(name: str) -> str | None:
    if not name.startswith(COVARIATE_PREFIX):
        return f"{name}: not a canonical column; covariates are named x_…"
    if not _COVARIATE_NAME.fullmatch(name):
        return f"{name}: write x_ and up to 60 of a–z, 0–9 and _"
    return None


def _nothing_decided(values: dict[str, Scalar]) -> list[str]:
    if "action" in values or values.get("mode") == "off":
        return []
    advised = "recommendation" in values or "recommendation_value" in values
    chosen = "choice" in values or "choice_value" in values
    if advised and chosen:
        return []
    missing = [
        name for name, there in (("recommendation", advised), ("choice", chosen)) if not there
    ]
    return [f"{' and '.join(missing)}: needed, unless the row says action or mode is off"]


def _sentence(error: Any) -> str:
    field = ".".join(str(part) for part in error["loc"]) or "row"
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return f"{field}: needed"
    if kind == "timezone_aware":
        return f"{field}: a time needs its zone, for example 2026-11-24T09:30:00Z"
    if kind == "literal_error":
        return f"{field}: {error['input']!r} is not one of {context.get('expected')}"
    if kind == "string_pattern_mismatch":
        return f"{field}: the character NUL cannot be kept"
    given = repr(error["input"])
    shown = given if len(given) <= 60 else given[:57] + "…"
    return f"{field}: {error['msg'][0].lower()}{error['msg'][1:]} (given {shown})"
