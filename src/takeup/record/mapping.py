"""The mapping file: how a table's own columns and words become a decision record."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from takeup.record.columns import COLUMNS, COVARIATE_PREFIX, is_canonical
from takeup.record.nearest import did_you_mean
from takeup.record.toml_file import Declaration, declare, read_toml
from takeup.record.use_case import UseCase
from takeup.record.vocabulary import BLANKS

Constant = str | bool | int | float


class FileOptions(Declaration):
    """How to read the file. Everything left out is found out."""

    delimiter: str | None = Field(None, min_length=1, max_length=1)
    decimal: Literal[".", ","] | None = None
    encoding: str | None = None
    date_order: Literal["ymd", "dmy", "mdy"] | None = None
    time_zone: str | None = None
    sheet: str | None = None
    header_row: int | None = Field(None, ge=1)
    blanks: list[str] = list(BLANKS)

    @field_validator("blanks")
    @classmethod
    def _nothing_is_blank(cls, words: list[str]) -> list[str]:
        return words if "" in words else ["", *words]

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, zone: str | None) -> str | None:
        return _existing_zone(zone)


class ColumnFormat(Declaration):
    """How one column of the table is written, where that differs from the others or cannot be seen.

    `counts_in`: the column counts seconds, milli-, micro- or nanoseconds since 1970, or Excel's days.
    """

    decimal: Literal[".", ","] | None = None
    date_order: Literal["ymd", "dmy", "mdy"] | None = None
    time_zone: str | None = None
    counts_in: Literal["s", "ms", "us", "ns", "days"] | None = None

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, zone: str | None) -> str | None:
        return _existing_zone(zone)


def _existing_zone(zone: str | None) -> str | None:
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(
                f"{zone!r} is not a time zone; write it like 'Europe/Berlin'"
            ) from None
    return zone


class Filter(Declaration):
    """Rows to keep, and why the others go; the count appears in the reconciliation."""

    keep: str
    reason: str = Field(min_length=3)


class EventStream(Declaration):
    """Several rows make one decision: opened, perhaps shown again, closed.

    `closes` says which action or choice each closing event means. Rows of one stream share
    the columns `by` and are in the order of the column `order`.
    """

    event: str
    by: list[str]
    order: str
    opens: list[str] = Field(min_length=1)
    repeats: list[str] = []
    closes: dict[str, str] = Field(min_length=1)
    ignores: list[str] = []


class OutcomeColumns(Declaration):
    """One outcome that stands in the same row as the decision, under its own name."""

    name: str
    outcome: str
    better: Literal["higher", "lower"] | None = None
    observed_at: str | None = None


class SideFile(Declaration):
    """Columns of the outcomes or eligible file, where they have other names."""

    file: FileOptions | None = None
    formats: dict[str, ColumnFormat] = {}
    columns: dict[str, str | list[str]] = {}
    values: dict[str, dict[str, str]] = {}
    constants: dict[str, Constant] = {}
    computed: dict[str, str] = {}
    filters: list[Filter] = []


class Mapping(Declaration):
    """A whole mapping file (docs/reference/mapping.md)."""

    file: FileOptions = FileOptions()
    formats: dict[str, ColumnFormat] = {}
    columns: dict[str, str | list[str]] = {}
    values: dict[str, dict[str, str]] = {}
    constants: dict[str, Constant] = {}
    computed: dict[str, str] = {}
    names: list[str] = []
    numbers: list[str] = []
    ignore: list[str] = []
    filters: list[Filter] = []
    events: EventStream | None = None
    outcomes: list[OutcomeColumns] = []
    outcomes_file: SideFile | None = None
    eligible_file: SideFile | None = None
    use_case: UseCase | None = None
    disclosure: Literal["public"] | None = None
    disclosure_reason: str | None = None

    @model_validator(mode="after")
    def _names_are_canonical(self) -> Mapping:
        strange = [
            name
            for name in (*self.columns, *self.constants, *self.computed, *self.values)
            if not is_canonical(name)
        ]
        if strange:
            near = "".join(did_you_mean(name, COLUMNS) for name in strange[:1])
            raise ValueError(
                f"{', '.join(strange)}: not canonical columns{near}; a covariate's name starts with "
                f"'{COVARIATE_PREFIX}' (docs/reference/columns.md)"
            )
        twice = [n for n in self.columns if n in self.computed or n in self.constants]
        twice += [n for n in self.constants if n in self.computed]
        if twice:
            raise ValueError(f"{', '.join(twice)}: declared twice; keep one declaration")
        if self.disclosure == "public" and not self.disclosure_reason:
            raise ValueError("disclosure = 'public' needs a disclosure_reason")
        return self

    def provides(self, name: str) -> bool:
        """Whether the mapping gives the canonical column `name` in any way."""
        return name in self.columns or name in self.constants or name in self.computed

    def side(self, which: Literal["outcomes", "eligible"]) -> Mapping:
        """The mapping that holds for the outcomes or eligible file."""
        part = self.outcomes_file if which == "outcomes" else self.eligible_file
        part = part or SideFile()
        return Mapping(
            file=part.file or self.file,
            formats=part.formats or self.formats,
            columns=part.columns,
            values={**self.values, **part.values},
            constants=part.constants,
            computed=part.computed,
            filters=part.filters,
        )


def read_mapping(path: Path) -> Mapping:
    """The mapping of a file. Raises DeclarationError naming every mistake."""
    return parse_mapping(read_toml(path), str(path))


def parse_mapping(contents: dict[str, Any], where: str) -> Mapping:
    """A mapping from parsed TOML. Raises DeclarationError naming every mistake."""
    return declare(Mapping, contents, where)
