"""What is known of the eight conditions beside the decisions: counts of other systems, records, statements, claims.

A record says who counted it, when, and by which document (its SHA-256); without that it is a claim, and claims
never decide (docs/explanation/conditions.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from takeup.record.population import Population
from takeup.record.toml_file import Declaration, declare, read_toml
from takeup.record.words import fold

Source = Literal["telemetry", "record", "attestation", "claim"]
Claimed = Literal["present", "partial", "absent"]
EVERY_POPULATION = "*"
MOST = 2_000_000_000
"""Of anything that is counted: every store keeps it."""
_RANK: dict[Source, int] = {"claim": 0, "attestation": 1, "record": 2, "telemetry": 3}


class ConditionRecord(Declaration):
    """One figure of one indicator: `k` of `n`, or a plain `value` (over `n`), of a population (`*`: of all).

    `beside`: the second figure that some indicators have. `source`: a count another system made (telemetry),
    one that a document holds (record), a named person's statement with a document (attestation), or a statement
    without one (claim). It holds `on` that day, and until `valid_until`."""

    indicator: Annotated[str, StringConstraints(pattern=r"^C[1-8]\.[1-9]$")]
    population: str = EVERY_POPULATION
    k: float | None = Field(None, ge=0, allow_inf_nan=False)
    n: int | None = Field(None, ge=0, le=MOST)
    value: float | None = Field(None, allow_inf_nan=False)
    beside: float | None = Field(None, allow_inf_nan=False)
    source: Source = "record"
    who: str = ""
    role: str = ""
    statement: str = ""
    document: str = ""
    sha256: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""
    on: date | None = None
    valid_until: date | None = None

    @model_validator(mode="after")
    def _whole(self) -> ConditionRecord:
        if (self.k is None) == (self.value is None):
            raise ValueError("give k of n, or a value: one of the two")
        if self.k is not None and (self.n is None or self.k > self.n):
            raise ValueError("k is a count of n: give n, of which k is a part")
        if self.source in ("record", "attestation") and not (self.who and self.sha256):
            raise ValueError(
                f"a {self.source} names who made it and the SHA-256 of its document; without "
                'them it is source = "claim"'
            )
        if self.source == "attestation" and not (self.role and self.statement):
            raise ValueError("an attestation holds the role of who makes it, and a statement")
        return self

    @property
    def figure(self) -> float | None:
        """k/n, or the value; None where n is nothing."""
        if self.k is None:
            return self.value
        return self.k / self.n if self.n else None


class ConditionClaim(Declaration):
    """What somebody says of a whole condition: it annotates, contradicts and disputes, and never decides.
    `practitioners` answered with the median `answer` (1 to 5) where they were asked."""

    condition: Annotated[str, StringConstraints(pattern=r"^C[1-8]$")]
    status: Claimed
    population: str = EVERY_POPULATION
    who: str = ""
    on: date | None = None
    practitioners: int | None = Field(None, ge=0)
    answer: float | None = Field(None, ge=1, le=5)


class ConditionFile(Declaration):
    """A file of them: `[[record]]` and `[[claim]]`."""

    record: list[ConditionRecord] = []
    claim: list[ConditionClaim] = []


@dataclass(frozen=True, slots=True)
class ConditionRecords:
    """All records and claims. `own_view`: whether people can see their own followed and overridden cases
    (None: unknown)."""

    records: tuple[ConditionRecord, ...] = ()
    claims: tuple[ConditionClaim, ...] = ()
    own_view: bool | None = None

    @property
    def populations(self) -> frozenset[str]:
        """The populations of which somebody recorded or said something; what systems count is of those that
        decisions name."""
        named = {r.population for r in self.records if r.source != "telemetry"}
        named |= {c.population for c in self.claims}
        return frozenset(named - {EVERY_POPULATION})

    def of(self, population: str, indicator: str) -> tuple[ConditionRecord, ...]:
        """Those of an indicator, the one that counts first: of this population before of all, counted
        before stated, the newest first."""
        held = [
            r
            for r in self.records
            if r.indicator == indicator and r.population in (population, EVERY_POPULATION)
        ]
        return tuple(
            sorted(
                held,
                key=lambda r: (r.population != EVERY_POPULATION, _RANK[r.source], r.on or date.min),
                reverse=True,
            )
        )

    def claims_of(self, population: str, condition: str) -> tuple[ConditionClaim, ...]:
        """What is claimed of a condition, the newest first."""
        held = [
            c
            for c in self.claims
            if c.condition == condition and c.population in (population, EVERY_POPULATION)
        ]
        return tuple(sorted(held, key=lambda c: c.on or date.min, reverse=True))

    def named_as_in(self, known: Collection[str]) -> ConditionRecords:
        """These by the decisions' own spelling of each population."""
        own = {fold(name): name for name in known}

        def named(population: str) -> dict[str, str]:
            return {"population": own.get(fold(population), population)}

        return ConditionRecords(
            tuple(r.model_copy(update=named(r.population)) for r in self.records),
            tuple(c.model_copy(update=named(c.population)) for c in self.claims),
            self.own_view,
        )

    def valid_on(self, day: date) -> ConditionRecords:
        """Those whose last day has not passed."""
        held = tuple(r for r in self.records if r.valid_until is None or r.valid_until >= day)
        return ConditionRecords(held, self.claims, self.own_view)

    def with_facts(self, populations: dict[str, Population]) -> ConditionRecords:
        """These, and what a population file says of comparisons; what is recorded goes before it."""
        return ConditionRecords(
            (*self.records, *_of_facts(populations)), self.claims, self.own_view
        )


def _of_facts(populations: dict[str, Population]) -> Iterable[ConditionRecord]:
    for name, facts in populations.items():
        for indicator, share in (
            ("C4.2", facts.comparison_available_share),
            ("C4.3", facts.comparison_opened_share),
        ):
            if share is not None and facts.people:
                yield ConditionRecord(
                    indicator=indicator,
                    population=name,
                    value=share,
                    n=facts.people,
                    source="telemetry",
                    statement="population file",
                )


def read_conditions(path: Path) -> ConditionRecords:
    """Records and claims of a TOML file. Raises DeclarationError naming every mistake."""
    held = declare(ConditionFile, read_toml(path), str(path))
    return ConditionRecords(tuple(held.record), tuple(held.claim))
