"""The canonical columns: what each means, what it unlocks, what others call it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from takeup.record.vocabulary import (
    FLAG_KINDS,
    GIVEN_ACTIONS,
    MODES,
    PATHS,
    PHASES,
    RANDOMISED_UNITS,
    STAKES,
    SURFACES,
)

Kind = Literal["text", "number", "share", "probability", "integer", "boolean", "time", "word"]
Home = Literal["decisions", "eligible", "outcomes"]


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column. `words` are the allowed values of kind `word`;
    `aliases` are names under which other systems export it."""

    name: str
    kind: Kind
    meaning: str
    unlocks: str
    words: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    home: Home = "decisions"


_C = Column

DECISION_COLUMNS: tuple[Column, ...] = (
    _C(
        "decision_id",
        "text",
        "the decision's own id, made by the sender",
        "duplicates and corrections are recognised; outcomes can come in a separate file",
        aliases=("id", "decisionid", "decision_no", "record_id", "uuid"),
    ),
    _C(
        "revision",
        "integer",
        "1, 2, … where a decision was corrected",
        "the latest correction is used",
        aliases=("version_no", "rev"),
    ),
    _C(
        "updated_at",
        "time",
        "when the row was last corrected",
        "the latest correction is used where there is no revision number",
        aliases=("modified_at", "last_modified", "update_time"),
    ),
    _C(
        "use_case",
        "text",
        "one model in one workflow",
        "one diagnosis for each use case, and an overview",
        aliases=("usecase", "model_name", "workflow", "process"),
    ),
    _C(
        "case_id",
        "text",
        "the host system's case",
        "matching with the list of eligible cases",
        aliases=(
            "case",
            "application_id",
            "loan_id",
            "claim_id",
            "ticket_id",
            "order_id",
            "case_number",
            "application",
            "antrag",
            "vorgang",
        ),
    ),
    _C(
        "person_id",
        "text",
        "pseudonymous practitioner",
        "intervals that respect that people differ, the adoption ladder, comparisons",
        aliases=(
            "person",
            "officer",
            "user",
            "user_id",
            "employee",
            "agent",
            "analyst",
            "clinician",
            "physician",
            "planner",
            "worker",
            "underwriter",
            "decider",
            "handler",
            "bearbeiter",
            "sachbearbeiter",
            "judge",
            "staff_id",
            "officer_id",
            "worker_id",
        ),
    ),
    _C(
        "population",
        "text",
        "the affected role or group as of the decision",
        "answers for each group of people",
        aliases=("role", "group", "department", "unit", "site"),
    ),
    _C(
        "team",
        "text",
        "those with one direct manager, as of the decision",
        "answers for each team of sufficient size",
        aliases=("branch", "ward", "squad", "desk"),
    ),
    _C(
        "cohort",
        "text",
        "those who change mode together, as of the decision",
        "shadow reports, gates and a rollout in steps",
    ),
    _C(
        "decided_at",
        "time",
        "when the person closed the case",
        "weeks over time, the ladder's 28 days, matured outcomes",
        aliases=(
            "date",
            "time",
            "timestamp",
            "decision_date",
            "decided",
            "closed_at",
            "datetime",
            "decision_time",
            "created_at",
            "datum",
            "entscheidungsdatum",
        ),
    ),
    _C(
        "mode",
        "word",
        "was the recommendation available to the person",
        "shadow and assist are kept apart",
        MODES,
        aliases=("rollout_mode",),
    ),
    _C(
        "phase",
        "word",
        "pilot or production",
        "pilot and production apart",
        PHASES,
        aliases=("stage",),
    ),
    _C(
        "consulted",
        "boolean",
        "did the person decide with the advice in view",
        "consult, override and effective-reliance rates; followed against overridden",
        aliases=("viewed", "seen", "opened", "shown", "looked_at", "advice_seen"),
    ),
    _C(
        "recommendation",
        "text",
        "what the model advised",
        "agreement and, with consulted, following",
        aliases=(
            "advice",
            "model",
            "model_says",
            "ai",
            "prediction",
            "suggested",
            "suggestion",
            "ai_advice",
            "model_decision",
            "recommended",
            "ai_recommendation",
            "model_advice",
            "empfehlung",
            "algorithm_advice",
            "model_recommendation",
        ),
    ),
    _C(
        "recommendation_value",
        "number",
        "the numeric advice (forecast, price, limit)",
        "numeric decisions",
        aliases=(
            "forecast",
            "predicted_value",
            "system_forecast",
            "model_forecast",
            "recommended_value",
        ),
    ),
    _C(
        "confidence",
        "share",
        "the model's own confidence, 0 to 1",
        "answers by score band",
        aliases=(
            "score",
            "probability",
            "model_score",
            "pd",
            "model_confidence",
            "ai_score",
            "risk_score",
        ),
    ),
    _C(
        "score_band",
        "text",
        "band of the model's score",
        "answers by score band",
        aliases=("band", "rating", "grade", "risk_class"),
    ),
    _C(
        "initial_choice",
        "text",
        "what the person chose before seeing the advice",
        "reliance measured exactly: who changed their mind, rightly or wrongly",
        aliases=(
            "first_answer",
            "initial_decision",
            "pre_advice",
            "response_1",
            "first_choice",
            "initial_answer",
        ),
    ),
    _C(
        "initial_choice_value",
        "number",
        "the same, numeric",
        "numeric reliance",
        aliases=("initial_value", "first_value"),
    ),
    _C(
        "choice",
        "text",
        "what was done",
        "agreement and, with consulted, following",
        aliases=(
            "decision",
            "decision_made",
            "final_decision",
            "outcome_decision",
            "decision_outcome",
            "verdict",
            "final_choice",
            "human_decision",
            "officer_decision",
            "entscheidung",
            "final_answer",
            "user_decision",
            "bail_decision",
            "response_2",
        ),
    ),
    _C(
        "choice_value",
        "number",
        "the number that was decided",
        "numeric decisions",
        aliases=("final_forecast", "final_value", "adjusted_forecast", "decided_value"),
    ),
    _C(
        "action",
        "word",
        "what was done with the advice, where only that is known",
        "diagnosis of tables that do not hold the choice itself",
        GIVEN_ACTIONS,
        aliases=("disposition", "response", "acceptance", "accepted", "user_action"),
    ),
    _C(
        "override_reason",
        "text",
        "why the advice was not taken; codes of the use case",
        "why people override, by kind of case",
        aliases=("reason", "reason_code", "override_code", "grund"),
    ),
    _C(
        "override_comment",
        "text",
        "free text beside the reason",
        "whether `other` was explained",
        aliases=("comment", "note", "remarks"),
    ),
    _C(
        "stakes",
        "word",
        "how much hangs on the case",
        "answers by stakes; part of the ladder",
        STAKES,
        aliases=("risk_level", "severity", "importance", "priority"),
    ),
    _C(
        "path",
        "word",
        "which way through the tools the case was closed",
        "the nominal rate and the quality gap",
        PATHS,
        aliases=("channel", "tool_path"),
    ),
    _C(
        "duration_s",
        "number",
        "seconds to close the case",
        "effort of using against ignoring",
        aliases=("duration", "handling_time", "seconds", "time_spent"),
    ),
    _C(
        "steps",
        "number",
        "steps to close the case",
        "effort of using against ignoring",
        aliases=("clicks", "n_steps"),
    ),
    _C(
        "surface", "word", "where the advice stood", "whether it stands where people work", SURFACES
    ),
    _C("delivered_at", "time", "when the advice arrived", "late advice"),
    _C("needed_by", "time", "when the advice was needed", "late advice"),
    _C(
        "explanation_opened",
        "boolean",
        "the explanation was opened",
        "whether reasons are looked at",
    ),
    _C("evidence_opened", "boolean", "the evidence was looked at", "scrutiny of advice"),
    _C("abandoned", "boolean", "opened, then left for another way", "abandonment"),
    _C(
        "substitution",
        "word",
        "can the AI replace this kind of work",
        "reasons behind behaviour",
        ("high", "low"),
    ),
    _C(
        "load",
        "word",
        "was the team overloaded",
        "reasons behind behaviour",
        ("high", "normal"),
        aliases=("workload",),
    ),
    _C("visible", "boolean", "was it decided before others", "reasons behind behaviour"),
    _C(
        "value_tagged",
        "boolean",
        "does the case touch professional values",
        "reasons behind behaviour",
    ),
    _C("override_needed_approval", "boolean", "an override had to be approved", "override effort"),
    _C("flagged", "word", "the person said the advice looks wrong", "flags", FLAG_KINDS),
    _C(
        "model_version",
        "text",
        "version of the model",
        "changes of version told from behaviour",
        aliases=("model_ver",),
    ),
    _C(
        "client_version",
        "text",
        "version of the tool that records",
        "instrument drift told from behaviour",
        aliases=("app_version", "client"),
    ),
    _C(
        "assist_probability",
        "probability",
        "with what probability this case or person was in assist",
        "the effect of having the advice",
        aliases=("p_assist", "treatment_probability"),
    ),
    _C(
        "randomised_unit",
        "word",
        "what was drawn into assist or not: the case, the person or the team",
        "honest errors of a rollout, where the unit changed on the way",
        RANDOMISED_UNITS,
    ),
    _C(
        "randomised_unit_id",
        "text",
        "the unit that was randomised, where it is not the case",
        "honest errors of a rollout by person, team or day",
    ),
)

OUTCOME_COLUMNS: tuple[Column, ...] = (
    _C("outcome_name", "text", "which outcome", "several outcomes", home="outcomes"),
    _C(
        "observed_at",
        "time",
        "when the outcome was known",
        "matured outcomes",
        home="outcomes",
        aliases=("outcome_date", "resolved_at"),
    ),
    _C(
        "outcome",
        "number",
        "what came of the case, in the source's own sign",
        "followed against overridden",
        home="outcomes",
        aliases=("default", "defaulted", "repaid", "result", "loss_event", "ausfall"),
    ),
    _C(
        "correct_choice",
        "text",
        "adjudicated truth, known whichever choice was made",
        "model against people on the same cases; model issues; reliance",
        home="outcomes",
        aliases=(
            "truth",
            "ground_truth",
            "label",
            "correct",
            "panel_decision",
            "gold",
            "true_label",
            "correct_answer",
            "correct_label",
        ),
    ),
    _C(
        "correct_value",
        "number",
        "the value that would have been right",
        "model against people on the same cases",
        home="outcomes",
        aliases=("actual", "actual_value", "demand", "sales", "realised", "actuals"),
    ),
    _C(
        "truth_probability",
        "probability",
        "with what probability this case was picked to be judged",
        "an honest paired answer from a judged sample",
        home="outcomes",
    ),
    _C(
        "loss_recommended",
        "number",
        "loss had the advice been taken",
        "paired losses",
        home="outcomes",
    ),
    _C("loss_final", "number", "loss of what was done", "paired losses", home="outcomes"),
    _C(
        "value",
        "number",
        "money that hangs on the outcome",
        "findings ranked by money",
        home="outcomes",
        aliases=("revenue", "profit", "betrag"),
    ),
)

ELIGIBLE_COLUMNS: tuple[Column, ...] = (
    _C(
        "eligible_at",
        "time",
        "when the case became eligible",
        "coverage over time",
        home="eligible",
    ),
    _C(
        "excluded_reason",
        "text",
        "why the case was not eligible after all",
        "a true denominator",
        home="eligible",
    ),
)

COLUMNS: dict[str, Column] = {
    column.name: column for column in (*DECISION_COLUMNS, *OUTCOME_COLUMNS, *ELIGIBLE_COLUMNS)
}
COVARIATE_PREFIX = "x_"
CASE = "case__"
"""The number of a row's case in a table in which cases repeat; no column of a source."""

TWINS = {
    "recommendation": "recommendation_value",
    "choice": "choice_value",
    "initial_choice": "initial_choice_value",
    "correct_choice": "correct_value",
}
"""Columns of words, and those that say the same of choices that are numbers."""


def is_canonical(name: str) -> bool:
    """Whether `name` is a canonical column or a covariate (`x_…`)."""
    return name in COLUMNS or name.startswith(COVARIATE_PREFIX)


def kind_of(name: str) -> Kind | None:
    """The kind of a canonical column; None for a covariate, whose kind the data decide."""
    column = COLUMNS.get(name)
    return column.kind if column else None


WORTH_ASKING = (
    "person_id",
    "decided_at",
    "consulted",
    "population",
    "team",
    "path",
    "confidence",
    "initial_choice",
    "override_reason",
    "stakes",
    "model_version",
    "outcome",
    "correct_choice",
    "truth_probability",
    "assist_probability",
)
"""Columns worth asking a data team for, where a table lacks them."""


def missing_columns(present: Collection[str]) -> tuple[Column, ...]:
    """Columns worth asking for that are not among `present`; each says what it unlocks.

    A number in place of a choice counts as the choice; named outcomes count as an outcome.
    """
    have = {*present, *(name for name, twin in TWINS.items() if twin in present)}
    return tuple(COLUMNS[name] for name in WORTH_ASKING if name not in have)
