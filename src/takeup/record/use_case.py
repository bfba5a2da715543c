"""What a use case declares: one model in one workflow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from takeup.record.toml_file import Declaration, declare, read_toml
from takeup.record.vocabulary import OVERRIDE_REASONS

Better = Literal["higher", "lower"]

FOLLOWED_WITHIN, OVERRIDDEN_FROM, RIGHT_WITHIN = 0.01, 0.10, 0.20
"""Numeric choices, where nothing is declared: shares of the advice, the last of the correct value."""


class OutcomeRule(Declaration):
    """How one outcome is to be read."""

    better: Better | None = None
    observed_when: Literal["always"] | list[str] = "always"
    maturation_days: float = Field(0, ge=0)
    false_positive_loss: float = Field(1.0, ge=0)
    proxy: bool = False
    label: str | None = None

    @property
    def one_sided(self) -> bool:
        """Whether the outcome can be seen only under some choices."""
        return self.observed_when != "always"


class Utility(Declaration):
    """Declared benefit of right advice and harm of wrong advice, same unit."""

    benefit_right: float = Field(ge=0)
    harm_wrong: float = Field(ge=0)


class UseCase(Declaration):
    """One model in one workflow. Everything here is declared, nothing guessed.

    `override_reasons`, `intended_users` and an outcome's `proxy` are part of the record; no measure
    of this release reads them. `vocabulary`: whether the record API keeps choices and reasons that
    are not declared (lenient), or puts them in quarantine (strict). `reserved_for_people`: kinds of case without advice, each
    `covariate=value`, with ` and ` between several; the rollout keeps to them. `protected`: covariates
    that tell protected groups apart; exports compare labels between them and never carry them.

    `tolerance`, `materiality`: shares of the advice (numeric choices), or absolute figures
    in the choice's unit where `absolute = true`. `truth_tolerance`: share of the correct
    value up to which a number counts as right; absolute where `absolute = true`. Left out, shares
    are 1, 10 and 20 %; figures in a unit have no default (`sources/tolerances.py` asks for them).
    """

    name: str | None = None
    title: str | None = None
    choices: list[str] = []
    choice_kind: Literal["categorical", "numeric"] | None = None
    modified_choices: dict[str, str] = {}
    tolerance: float | None = Field(None, ge=0)
    materiality: float | None = Field(None, gt=0)
    truth_tolerance: float | None = Field(None, ge=0)
    absolute: bool = False
    loss_tolerance: float | None = Field(None, ge=0)
    loss_unit: str | None = None
    value_unit: str | None = None
    value_per_outcome: float | None = None
    outcome: OutcomeRule = OutcomeRule()
    outcomes: dict[str, OutcomeRule] = {}
    override_reasons: list[str] = list(OVERRIDE_REASONS)
    vocabulary: Literal["lenient", "strict"] = "lenient"
    segment: list[str] = []
    covariates: list[str] | None = None
    covariates_after_decision: list[str] = []
    advice_unavoidable: bool = False
    promised_error: float | None = Field(None, ge=0, le=1)
    utility: Utility | None = None
    utilities: dict[str, Utility] = {}
    randomised_unit: Literal["case", "person", "team", "unit"] = "case"
    intended_users: int | None = Field(None, ge=1)
    reserved_for_people: list[str] = []
    protected: list[str] = []
    keep_person_days: int | None = Field(None, ge=1)
    major_versions: list[str] = []

    @field_validator("reserved_for_people")
    @classmethod
    def _kinds(cls, given: list[str]) -> list[str]:
        for text in given:
            kind_of(text)
        return given

    @property
    def reserved_kinds(self) -> tuple[dict[str, str], ...]:
        """`reserved_for_people` as values by covariate."""
        return tuple(kind_of(text) for text in self.reserved_for_people)

    @model_validator(mode="after")
    def _tolerances_in_order(self) -> UseCase:
        half_declared = self.absolute and None in (self.tolerance, self.materiality)
        if not half_declared and self.followed_within > self.overridden_from:
            raise ValueError("tolerance must not exceed materiality")
        return self

    @property
    def words(self) -> frozenset[str]:
        """The words that are declared as choices."""
        modified = self.modified_choices
        return frozenset({*self.choices, *modified, *modified.values()})

    @property
    def followed_within(self) -> float:
        """`tolerance`, or its default share of the advice."""
        return FOLLOWED_WITHIN if self.tolerance is None else self.tolerance

    @property
    def overridden_from(self) -> float:
        """`materiality`, or its default share of the advice."""
        return OVERRIDDEN_FROM if self.materiality is None else self.materiality

    @property
    def right_within(self) -> float:
        """`truth_tolerance`, or its default share of the correct value."""
        return RIGHT_WITHIN if self.truth_tolerance is None else self.truth_tolerance

    def rule_for(self, outcome_name: str) -> OutcomeRule:
        """The reading rule of one outcome; the general one where it has none of its own."""
        return self.outcomes.get(outcome_name, self.outcome)

    def label_of(self, outcome_name: str) -> str:
        """What one outcome is called in reports."""
        return self.rule_for(outcome_name).label or outcome_name.replace("_", " ")


def kind_of(text: str) -> dict[str, str]:
    """A kind of case from its words: `segment=local`, or `segment=local and stakes=high`.

    Raises ValueError that says how to write it.
    """
    found = {}
    for part in text.split(" and "):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (name and equals and value):
            raise ValueError(f"{text!r}: write a kind of case as covariate=value")
        found[name.removeprefix("x_")] = value
    return found


def words_of_kind(kind: Mapping[str, str]) -> str:
    """The words of a kind of case; `kind_of` reads them."""
    return " and ".join(f"{name}={value}" for name, value in kind.items())


class UseCaseFile(Declaration):
    """A use-case file: the keys of one use case, or a table `[use_case.NAME]` for each."""

    use_case: dict[str, UseCase]


def read_use_cases(path: Path) -> dict[str, UseCase]:
    """Use cases of a file by name. A file for one use case holds its keys at the top level.

    Raises DeclarationError naming every mistake.
    """
    contents = read_toml(path)
    if "use_case" in contents and isinstance(contents["use_case"], dict):
        return declare(UseCaseFile, contents, str(path)).use_case
    one = declare(UseCase, contents, str(path))
    return {one.name or "*": one}
