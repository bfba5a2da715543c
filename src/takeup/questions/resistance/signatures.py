"""What behaviour says of the reasons people have: one figure for each signature.

Sixteen signatures (docs/explanation/resistance.md), each a difference or a share over a
population, never of a person. A signature whose columns are missing is `not measured`, never
zero. Overrides in a blind spot of the model are left out of those that would call them
distrust. Descriptive: no cause is claimed by any single one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np

from takeup.log import fetch
from takeup.questions.shared.after_error import AfterError
from takeup.questions.shared.whose import population_of
from takeup.record.population import Population, population_facts
from takeup.record.vocabulary import CONSULTED_ACTIONS
from takeup.stats.answer import CannotSay
from takeup.stats.quantiles import median_of_counts


@dataclass(frozen=True, slots=True)
class SignatureRule:
    """`neutral` (x0) and `clear` (x1) values, `weight` (largest log-odds), `k` (cases at which
    half of the weight counts) and the fewest cases (of each arm)."""

    id: str
    reason: str
    words: str
    neutral: float
    clear: float
    weight: float
    k: float
    fewest: float


RULES: tuple[SignatureRule, ...] = (
    SignatureRule("js_sub_gradient", "JS", "looks less at work the AI could replace", 0.05, 0.25, 1.0, 100, 50),
    SignatureRule("js_unfounded_objection", "JS", "right advice refused over procedure or validation", 0.10, 0.35, 0.9, 20, 30),
    SignatureRule("ca_abandon", "CA", "opens the advice, then leaves it", 0.08, 0.25, 1.1, 50, 50),
    SignatureRule("ca_audience_gap", "CA", "looks less when others watch", 0.03, 0.15, 1.0, 100, 50),
    SignatureRule("ca_practice_gap", "CA", "low users practise in private", 0.20, 0.55, 0.7, 10, 8),
    SignatureRule("td_blanket", "TD", "right advice overridden", 0.12, 0.32, 1.0, 40, 40),
    SignatureRule("td_post_error_drop", "TD", "looks less after wrong advice", 0.02, 0.10, 1.0, 30, 15),
    SignatureRule("td_reason_distrust", "TD", "gives distrust as the reason", 0.20, 0.50, 0.9, 30, 30),
    SignatureRule("td_scrutiny", "TD", "opens the evidence before overriding", 0.35, 0.60, 0.4, 30, 30),
    SignatureRule("wd_step_diff", "WD", "using takes more steps than ignoring", 1, 4, 1.1, 5, 5),
    SignatureRule("wd_load_gap", "WD", "looks less under load", 0.05, 0.18, 1.0, 100, 50),
    SignatureRule("wd_late_loss", "WD", "late or elsewhere, and not looked at", 0.06, 0.20, 0.8, 200, 200),
    SignatureRule("wd_reason_share", "WD", "gives slowness or format as the reason", 0.06, 0.25, 0.5, 30, 30),
    SignatureRule("vm_segment_gap", "VM", "refuses right advice where values are touched", 0.05, 0.25, 1.2, 40, 40),
    SignatureRule("vm_reason_share", "VM", "gives duty or the client's interest as the reason", 0.12, 0.40, 1.0, 30, 30),
    SignatureRule("vm_formal_objections", "VM", "formal objections per 100 people", 0, 3, 0.6, 20, 8),
)  # fmt: skip
"""x0, x1, w, k and least n are expert priors until calibrated (docs/calibration.md)."""

OF_CASES = frozenset(r.id for r in RULES) - {
    "ca_practice_gap",
    "wd_step_diff",
    "vm_formal_objections",
}
"""Signatures that are shares of cases, or differences of such; the others are declared, or medians."""

_LOOKED, _RIGHT = "consulted", "the right answer"
_NEEDS: dict[str, tuple[str, ...]] = {
    "js_sub_gradient": (_LOOKED, "substitution"),
    "js_unfounded_objection": ("override_reason", _RIGHT),
    "ca_abandon": ("abandoned",),
    "ca_audience_gap": (_LOOKED, "visible"),
    "ca_practice_gap": ("low_users_practising_share in the population file",),
    "td_blanket": (_LOOKED, _RIGHT),
    "td_post_error_drop": ("persons", "times", _RIGHT),
    "td_reason_distrust": ("override_reason",),
    "td_scrutiny": ("evidence_opened",),
    "wd_step_diff": ("steps", _LOOKED),
    "wd_load_gap": (_LOOKED, "load"),
    "wd_late_loss": ("delivered_at and needed_by, or surface",),
    "wd_reason_share": ("override_reason",),
    "vm_segment_gap": ("value_tagged", _RIGHT),
    "vm_reason_share": ("override_reason",),
    "vm_formal_objections": ("formal_objections_per_100 in the population file",),
}
"""What each signature is told by."""

OF_TRUTH = frozenset(name for name, needs in _NEEDS.items() if _RIGHT in needs)
"""Signatures that need the right answer."""

_HELD_BY = {
    _LOOKED: "action",
    _RIGHT: "advice_right",
    "persons": "person_id",
    "times": "decided_at",
}
"""The column that holds it, where that is called otherwise. Populations are told apart by who looked, so that
stands in every table for which this is asked."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of one population: `value` over `n` cases (None: not measured, `why`),
    and the log-odds it adds for its reason. Of a `value` that is told in steps `why` says so."""

    rule: SignatureRule
    value: float | None
    n: float
    log_odds: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A population's signatures, with its eligible cases, people and how many of them have an
    effective reliance under .30."""

    population: str
    eligible: int
    people: int
    low_users: int
    signatures: tuple[Signature, ...]


def log_odds(rule: SignatureRule, value: float, n: float) -> float:
    """w · clip((x − x0)/(x1 − x0), −1, 1) · n/(n + k)."""
    strength = np.clip((value - rule.neutral) / (rule.clear - rule.neutral), -1, 1)
    return float(rule.weight * strength * n / (n + rule.k))


def measure_behaviour(
    decisions: ir.Table,
    populations: Mapping[str, Population],
    after_error: Mapping[str, AfterError] | CannotSay,
    blind: Mapping[str, tuple[tuple[str, str], ...]],
) -> dict[str, Behaviour]:
    """Signatures by population. `blind` names a population's blind spots as (column, level)."""
    columns = set(decisions.columns)
    sums = _sums(decisions, blind)
    people = _people(decisions)
    steps = _steps(decisions)
    found = {}
    for name, row in sums.items():
        facts = population_facts(dict(populations), name)
        count, low = people.get(name, (0, 0))
        drop = None if isinstance(after_error, CannotSay) else after_error.get(name)
        values = _values(row, columns, drop, steps.get(name), facts, count, low)
        found[name] = Behaviour(
            name, int(row["eligible"]), count, low,
            tuple(_signature(rule, values.get(rule.id), columns) for rule in RULES),
        )  # fmt: skip
    return found


def _signature(
    rule: SignatureRule, found: tuple[float, float] | None, columns: Collection[str]
) -> Signature:
    if found is None:
        return Signature(rule, None, 0, 0.0, f"needs {_lacking(_NEEDS[rule.id], columns)}")
    value, n = found
    if n < rule.fewest or np.isnan(value):
        return Signature(rule, None, n, 0.0, f"{n:.0f} cases, {rule.fewest:.0f} needed")
    return Signature(rule, value, n, log_odds(rule, value, n))


def _lacking(needs: Sequence[str], columns: Collection[str]) -> str:
    """What of it the table does not hold; all of it where each is held, but not for the same cases."""
    absent = [n for n in needs if _HELD_BY.get(n, n) not in columns]
    *before, last = absent or [f"{' and '.join(needs)} of the same cases"]
    return f"{', '.join(before)} and {last}" if before else last


_SEEN = [a.value for a in CONSULTED_ACTIONS]
_ARMS = {
    "substitution": ("substitution", "low", "high"),
    "visible": ("visible", False, True),
    "load": ("load", "normal", "high"),
}


def _sums(
    decisions: ir.Table, blind: Mapping[str, tuple[tuple[str, str], ...]]
) -> dict[str, dict[str, float]]:
    """All counts that signatures need, by population, in one grouped query."""
    t = decisions
    population = population_of(t).cast("string")
    columns = set(t.columns)
    looked, over = t.action.isin(_SEEN), t.action == "overridden"
    known = looked | (t.action == "not_consulted")
    flags: dict[str, ir.BooleanValue] = {"eligible": known, "consulted": looked}
    for name, (column, plain, marked) in _ARMS.items():
        if column in columns:
            for arm, level in (("plain", plain), ("marked", marked)):
                here = t[column] == level
                flags |= {f"{name}_{arm}_e": here & known, f"{name}_{arm}_c": here & looked}
    if "abandoned" in columns:
        left = t.abandoned & (t.action == "not_consulted")
        flags |= {"abandoned": left, "opened": left | looked}
    fair = ~_in_blind(t, population, blind)
    if "override_reason" in columns:
        given = over & t.override_reason.notnull()
        flags |= {
            "reasoned": given,
            "reasoned_fair": given & fair,
            "distrust": given & fair & t.override_reason.isin(["model_wrong_before", "not_convinced", "checked_and_disagree"]),
            "slow": given & (t.override_reason == "too_slow_or_wrong_format"),
            "duty": given & t.override_reason.isin(["professional_duty_ethics", "client_or_patient_interest"]),
        }  # fmt: skip
    if "advice_right" in columns:
        flags |= {
            "right": looked & fair & t.advice_right,
            "right_over": over & fair & t.advice_right,
        }
        flags["over_resolved"] = over & fair & t.advice_right.cast("int8").notnull()
        if "override_reason" in columns:
            objection = t.override_reason.isin(["procedure_or_policy", "not_validated_for_this"])
            flags["unfounded"] = over & fair & t.advice_right & objection
        if "value_tagged" in columns:
            for arm, level in (("tagged", True), ("other", False)):
                here = (t.value_tagged == level) & t.advice_right
                flags |= {f"{arm}_right": looked & here, f"{arm}_over": over & here}
    if "evidence_opened" in columns:
        told = over & fair & t.evidence_opened.cast("int8").notnull()
        flags |= {"scrutinised": told & t.evidence_opened, "scrutable": told}
    late = [t.late] if "late" in columns else []
    elsewhere = [t.surface == "separate"] if "surface" in columns else []
    if late or elsewhere:
        lost = [*late, *elsewhere]
        missed = lost[0].fill_null(False)
        for more in lost[1:]:
            missed = missed | more.fill_null(False)
        flags["late_lost"] = missed & (t.action == "not_consulted")
    counts = {k: v.fill_null(False).cast("int64").sum() for k, v in flags.items()}
    rows = fetch(t.group_by(name__=population).aggregate(**counts)).to_pylist()
    return {
        r["name__"]: {k: float(v or 0) for k, v in r.items() if k != "name__"}
        for r in rows
        if r["name__"] is not None and r["eligible"]
    }


def _in_blind(
    t: ir.Table, population: ir.StringValue, blind: Mapping[str, tuple[tuple[str, str], ...]]
) -> ir.BooleanValue:
    inside: ir.BooleanValue = ibis.literal(False)
    for name, segments in blind.items():
        for column, level in segments:
            if column in t.columns:
                here = t[column].cast("string") == level
                inside = inside | (here & (population == name)).fill_null(False)
    return inside


def _people(decisions: ir.Table) -> dict[str, tuple[int, int]]:
    """People with eligible cases, and those among them who seldom use the advice."""
    t = decisions
    if "person_id" not in t.columns:
        return {}
    t = t.filter(t.action.isin([*_SEEN, "not_consulted"]) & t.person_id.notnull())
    population = population_of(t).cast("string")
    used = t.action.isin(["followed", "modified"]).cast("float64")
    each = t.group_by(name__=population, person__=t.person_id).aggregate(used=used.mean())
    rows = fetch(
        each.group_by("name__").aggregate(
            n=each.count(), low=(each.used < 0.30).cast("int64").sum()
        )
    ).to_pylist()
    return {r["name__"]: (int(r["n"]), int(r["low"])) for r in rows}


def _steps(decisions: ir.Table) -> dict[str, tuple[float, float]]:
    """Median steps with the advice minus without, and the smaller number of cases."""
    t = decisions
    if "steps" not in t.columns:
        return {}
    t = t.filter(t.action.isin([*_SEEN, "not_consulted"]) & t.steps.notnull())
    population = population_of(t).cast("string")
    frame = fetch(
        t.group_by(name__=population, looked=t.action != "not_consulted", steps=t.steps).aggregate(
            n=t.count()
        )
    ).to_pandas()
    found = {}
    for name, part in frame.groupby("name__"):
        arms = [part[part["looked"] == looked] for looked in (True, False)]
        least = min(float(a["n"].sum()) for a in arms)
        if least:
            medians = [
                median_of_counts(a["steps"].to_numpy(float), a["n"].to_numpy(float)) for a in arms
            ]
            found[str(name)] = (medians[0] - medians[1], least)
    return found


def _values(
    row: Mapping[str, float],
    columns: set[str],
    drop: AfterError | None,
    steps: tuple[float, float] | None,
    facts: Population,
    people: int,
    low_users: int,
) -> dict[str, tuple[float, float]]:
    """Signature → (value, n); absent where the columns are missing."""
    found: dict[str, tuple[float, float]] = {}

    def gap(name: str, arm: str) -> None:
        if f"{arm}_plain_e" in row:
            plain, marked = row[f"{arm}_plain_e"], row[f"{arm}_marked_e"]
            n = min(plain, marked)
            rates = (_share(row[f"{arm}_plain_c"], plain), _share(row[f"{arm}_marked_c"], marked))
            found[name] = (rates[0] - rates[1], n)

    def share(name: str, k: str, n: str) -> None:
        if k in row and n in row:
            found[name] = (_share(row[k], row[n]), row[n])

    gap("js_sub_gradient", "substitution")
    share("js_unfounded_objection", "unfounded", "over_resolved")
    share("ca_abandon", "abandoned", "opened")
    gap("ca_audience_gap", "visible")
    if facts.low_users_practising_share is not None:
        found["ca_practice_gap"] = (facts.low_users_practising_share, float(low_users))
    share("td_blanket", "right_over", "right")
    if drop is not None and not isinstance(drop.drop, CannotSay):
        found["td_post_error_drop"] = (drop.drop.value, float(drop.episodes))
    share("td_reason_distrust", "distrust", "reasoned_fair")
    share("td_scrutiny", "scrutinised", "scrutable")
    if steps is not None:
        found["wd_step_diff"] = steps
    gap("wd_load_gap", "load")
    share("wd_late_loss", "late_lost", "eligible")
    share("wd_reason_share", "slow", "reasoned")
    if "tagged_right" in row:
        n = min(row["tagged_right"], row["other_right"])
        rates = [_share(row[f"{a}_over"], row[f"{a}_right"]) for a in ("tagged", "other")]
        found["vm_segment_gap"] = (rates[0] - rates[1], n)
    share("vm_reason_share", "duty", "reasoned")
    if facts.formal_objections_per_100 is not None:
        found["vm_formal_objections"] = (facts.formal_objections_per_100, float(people))
    return found


def _share(k: float, n: float) -> float:
    return k / n if n else float("nan")
