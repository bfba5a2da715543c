"""The words of a decision record. One word for one thing, everywhere."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What a person did with the advice, derived from facts (docs/reference/actions.md)."""

    FOLLOWED = "followed"
    MODIFIED = "modified"
    OVERRIDDEN = "overridden"
    AGREED = "agreed"
    DIFFERED = "differed"
    NOT_CONSULTED = "not_consulted"
    UNKNOWN = "unknown"
    DEFERRED = "deferred"
    SHADOW = "shadow"
    OFF = "off"


CONSULTED_ACTIONS = (Action.FOLLOWED, Action.MODIFIED, Action.OVERRIDDEN)
ELIGIBLE_ACTIONS = (
    *CONSULTED_ACTIONS,
    Action.AGREED,
    Action.DIFFERED,
    Action.NOT_CONSULTED,
    Action.UNKNOWN,
)
"""Actions that count in E, the eligible decisions in assist."""

UNKNOWN_CONSULT_ACTIONS = (Action.AGREED, Action.DIFFERED, Action.UNKNOWN)

GIVEN_ACTIONS = tuple(
    action.value
    for action in (
        *CONSULTED_ACTIONS,
        Action.NOT_CONSULTED,
        Action.DEFERRED,
        Action.SHADOW,
        Action.OFF,
        Action.AGREED,
        Action.DIFFERED,
    )
)
"""Actions a source may state itself. `ignored` and `abandoned` are marks of not_consulted."""

MODES = ("off", "shadow", "assist")
RANDOMISED_UNITS = ("case", "person", "team")
PHASES = ("pilot", "production")
STAKES = ("low", "medium", "high")
PATHS = ("ai", "legacy")
SURFACES = ("in_tool", "separate")

OVERRIDE_REASONS = (
    "info_model_lacks",
    "model_wrong_before",
    "not_convinced",
    "checked_and_disagree",
    "procedure_or_policy",
    "not_validated_for_this",
    "professional_duty_ethics",
    "client_or_patient_interest",
    "too_slow_or_wrong_format",
    "other",
)
"""Default reason codes of a use case; a use case may declare its own."""

FLAG_KINDS = ("wrong", "missing_input", "late", "format", "unclear_reason", "ethics", "other")

BLANKS = (
    "", "na", "n/a", "nan", "nat", "null", "none", "nil", "-", "–", "k.a.", "k. a.", "keine angabe",
    "#n/a", "#nv", "#value!", "#wert!", "#ref!", "#bezug!", "#num!", "#zahl!", "#name?", "#null!", "#div/0!",
    "#calc!", "#kalk!", "#spill!", "#überlauf!",
)  # fmt: skip
"""Texts (lower case) that mean "unknown" in a cell, errors of English and German spreadsheets among them; a
mapping may declare others."""
