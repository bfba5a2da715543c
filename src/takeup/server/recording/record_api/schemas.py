"""The shapes of what the record API answers, as its OpenAPI tells them."""

from __future__ import annotations

from typing import Any

from ninja import Schema
from pydantic import Field


class ResultSchema(Schema):
    """What became of one row, by its place in the batch."""

    index: int
    status: str = Field(description="stored, revised, unchanged, conflict or quarantined")
    key: str | None = None
    revision: int | None = None
    reasons: list[str] = []
    quarantine_id: int | None = None
    show: bool | None = Field(None, description="of a recommendation: may people see it?")


class BatchSchema(Schema):
    """The batch is durable. Counts by status, and one result for each row."""

    stored: int
    revised: int
    unchanged: int
    conflict: int
    quarantined: int
    results: list[ResultSchema]


class ProblemSchema(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str


class QuarantinedSchema(Schema):
    """A row that waits for a correction."""

    quarantine_id: int
    kind: str
    row: Any = None
    reasons: list[str]
    received_at: str


class StageSchema(Schema):
    """What a cohort is in."""

    mode: str = Field(description="off, shadow or assist")
    share: float = Field(description="of units that have the advice in assist")
    unit: str = Field(description="what is drawn: case, person or team")


class RulesSchema(Schema):
    """A use case's rollout; the client applies it (docs/reference/rollout.md)."""

    salt: str
    blind: float
    ask_first: bool
    withheld: list[dict[str, str]] = Field(description="kinds of case without advice")
    stopped: bool
    cohorts: dict[str, StageSchema] = Field(description="by cohort; '' for everybody else")


class ModesSchema(Schema):
    """Whether advice is shown, for each use case that the key may send for: `modes` for people in no
    cohort, `rollouts` in full; `people`: cohort and team by a keyed mark of the person id."""

    modes: dict[str, str]
    rollouts: dict[str, RulesSchema]
    people_salt: str
    people: dict[str, list[str]]


class ChangeSchema(Schema):
    """One thing that an import changes for one person."""

    person_id: str
    what: str
    before: str
    after: str


class ImportSchema(Schema):
    """What changed; with `dry_run`, what would."""

    dry_run: bool
    rows: int
    changes: list[ChangeSchema]
