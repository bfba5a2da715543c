"""How often would experts override this advice? The benchmark r*, by three routes.

A panel's blinded judgement comes first; then the model's error and how much of it can be known
in time (r* = q·κ + (1 − q)·ε); then what the better half of people did in shadow mode. A
benchmark stated in the population file stands before all three. No universal figure exists:
appropriate shares ranged from 29 to 100 % among studies of overridden alerts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from takeup.log import fetch
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.known_truth import answered_rows, truth_weight, uneven_truth
from takeup.questions.shared.same_cases import crossed
from takeup.questions.shared.whose import person_of, population_of
from takeup.record.evidence import Evidence
from takeup.record.population import Benchmark, Population, population_facts
from takeup.record.settings import Settings
from takeup.stats.answer import Answer, CannotSay, Estimate, insufficient, not_instrumented
from takeup.stats.quantiles import normal_quantile
from takeup.stats.rates import weighted_posterior

Route = Literal["given", "panel", "outcome and knowability", "shadow mode"]
KNOWABLE = (0.75, 0.10)
SLIPS = (0.04, 0.02)
PANEL_CASES, SHADOW_CASES, JUDGED_CASES = 60, 60, 100


@dataclass(frozen=True, slots=True)
class BenchmarkOf:
    """One population: the answer of each route, and the one that counts (None: none does).
    `expected_accuracy`: what share of an expert's overrides would be right at this error."""

    population: str
    panel: Answer
    outcome: Answer
    shadow: Answer
    used: Route | None
    benchmark: Benchmark | None
    expected_accuracy: float | None


def measure_expert_benchmark(
    decisions: ir.Table,
    populations: Mapping[str, Population],
    evidence: Evidence,
    settings: Settings,
) -> tuple[BenchmarkOf, ...] | CannotSay:
    """The benchmark of each population of the decisions."""
    panel = _panel(evidence, settings)
    outcome = _outcome(decisions, panel, settings)
    shadow = _shadow(decisions, settings)
    names = _names(decisions)
    if not names:
        return insufficient("no decision with advice", "decisions with advice", 0)
    found = []
    for name in names:
        facts = population_facts(dict(populations), name)
        by_panel = _at(panel, name, "a panel of two reviewers (docs/reference/evidence.md)")
        by_outcome = _at(outcome, name, f"{JUDGED_CASES} cases with a known right answer")
        by_shadow = _at(shadow, name, f"{SHADOW_CASES} judged cases in shadow mode")
        routes: list[tuple[Route, Answer]] = [
            ("panel", by_panel), ("outcome and knowability", by_outcome), ("shadow mode", by_shadow)
        ]  # fmt: skip
        used: Route | None = "given" if facts.expert_benchmark else None
        benchmark = facts.expert_benchmark
        for route, answer in routes:
            if benchmark is None and isinstance(answer, Estimate):
                used = route
                benchmark = Benchmark(
                    rate=float(np.clip(answer.value, 0, 1)),
                    sd=min(answer.se or 0.0, 0.5),
                    source=route,
                )
        q = outcome.errors.get(name)
        expected = None
        if q is not None and benchmark is not None and benchmark.rate > 0:
            expected = min(q * KNOWABLE[0] / benchmark.rate, 1.0)
        found.append(BenchmarkOf(name, by_panel, by_outcome, by_shadow, used, benchmark, expected))
    return tuple(found)


def with_benchmarks(
    populations: Mapping[str, Population], found: tuple[BenchmarkOf, ...] | CannotSay
) -> dict[str, Population]:
    """The populations' facts, with the measured benchmark where none was stated."""
    if isinstance(found, CannotSay):
        return dict(populations)
    filled = dict(populations)
    for one in found:
        facts = population_facts(dict(populations), one.population)
        if facts.expert_benchmark is None and one.benchmark is not None:
            filled[one.population] = facts.model_copy(update={"expert_benchmark": one.benchmark})
    return filled


@dataclass(frozen=True, slots=True)
class _Found:
    answers: dict[str, Answer]
    errors: dict[str, float]
    knowable: dict[str, tuple[float, float]]


def _at(found: _Found, name: str, needs: str) -> Answer:
    return found.answers.get(name, not_instrumented("not recorded", needs))


def _names(decisions: ir.Table) -> list[str]:
    t = answered_rows(decisions)
    population = population_of(t).cast("string")
    names = fetch(t.group_by(name=population).aggregate(n=t.count())).to_pandas()
    names = names.dropna(subset=["name"]).sort_values("n", ascending=False)
    return [str(n) for n in names["name"]]


def _estimate(value: float, se: float, n: int, method: str, settings: Settings) -> Estimate:
    half = normal_quantile(0.5 + settings.confidence / 2) * se
    return Estimate(
        value, max(value - half, 0.0), min(value + half, 1.0), settings.confidence, n, method,
        "descriptive", se=se,
        assumption="experts see what these people and this panel could see",
    )  # fmt: skip


def _panel(evidence: Evidence, settings: Settings) -> _Found:
    """Route a: share that the panel would override; two reviewers, a third where they differ."""
    found = _Found({}, {}, {})
    if evidence.panel is None:
        return found
    for name, part in evidence.panel.groupby("population"):
        cases = part.groupby("case").agg(
            votes=("would_override", "mean"),
            reviewers=("reviewer", "nunique"),
            knowable=("knowable", "mean"),
            right=("advice_right", "mean"),
            weight=("weight", "first"),
        )
        judged = cases[cases["reviewers"] >= 2]
        n = len(judged)
        wrong = judged[(judged["right"] < 0.5) & judged["knowable"].notna()]
        if len(wrong) >= 10:
            share = float((wrong["knowable"] > 0.5).mean())
            found.knowable[str(name)] = (
                share,
                float(np.sqrt(max(share * (1 - share), 0.01) / len(wrong))),
            )
        if n < PANEL_CASES:
            found.answers[str(name)] = insufficient(
                f"{n} cases judged by two reviewers", f"{PANEL_CASES} such cases", n
            )
            continue
        weight = judged["weight"].to_numpy(float)
        votes = judged["votes"].to_numpy(float)
        value = float((weight * votes).sum() / weight.sum())
        se = float(np.sqrt((weight**2 * (votes - value) ** 2).sum()) / weight.sum())
        found.answers[str(name)] = _estimate(
            value, max(se, 0.5 / n), n, "share a blinded panel would override, by stratum", settings
        )
    return found


def _outcome(decisions: ir.Table, panel: _Found, settings: Settings) -> _Found:
    """Route b: q·κ + (1 − q)·ε with the spread of all three (delta method)."""
    found = _Found({}, {}, {})
    if "advice_right" not in decisions.columns:
        return found
    rows = answered_rows(decisions)
    refusal = uneven_truth(rows, settings)
    persons = person_of(rows)
    known = rows.advice_right.notnull()
    weight = truth_weight(rows)
    frame = fetch(
        rows.group_by(
            population=population_of(rows).cast("string"),
            person=persons,
        ).aggregate(
            n=known.cast("int64").sum(),
            w=ibis.ifelse(known, weight, 0.0).sum(),
            wrong=ibis.ifelse(known & ~rows.advice_right, weight, 0.0).sum(),
        )
    ).to_pandas()
    ratio = (
        ibis.ifelse(known & ~rows.advice_right, weight, 0.0),
        ibis.ifelse(known, weight, 0.0),
    )
    seen = crossed(rows, {"error": ratio}, {"population": population_of(rows).cast("string")})
    for name, part in frame.groupby("population"):
        n = int(part["n"].sum())
        if refusal is not None:
            found.answers[str(name)] = refusal
            continue
        if n < JUDGED_CASES:
            found.answers[str(name)] = insufficient(
                f"{n} cases with a known right answer", f"{JUDGED_CASES} such cases", n
            )
            continue
        wrong, w = part["wrong"].to_numpy(float), part["w"].to_numpy(float)
        q = weighted_posterior(wrong, w, float(n), seen.get((str(name),), {}).get("error"))
        kappa, kappa_sd = panel.knowable.get(str(name), KNOWABLE)
        slips, slips_sd = SLIPS
        value = q.mean * kappa + (1 - q.mean) * slips
        variance = (
            (kappa - slips) ** 2 * q.variance
            + (q.mean * kappa_sd) ** 2
            + ((1 - q.mean) * slips_sd) ** 2
        )
        found.errors[str(name)] = q.mean
        found.answers[str(name)] = _estimate(
            value, float(np.sqrt(variance)), n, "error times what can be known of it, and slips",
            settings,
        )  # fmt: skip
    return found


def _shadow(decisions: ir.Table, settings: Settings) -> _Found:
    """Route c: how often the better half of people (by J) differed from the model in shadow."""
    found = _Found({}, {}, {})
    needed = {"person_id", "advice_right", "choice_right", "agrees"}
    if not needed <= set(decisions.columns):
        return found
    t = decisions.filter(
        (decisions.action == "shadow")
        & decisions.person_id.notnull()
        & decisions.advice_right.notnull()
        & decisions.agrees.notnull()
    )
    differs = (~t.agrees).cast("float64")
    frame: pd.DataFrame = fetch(
        t.group_by(
            population=population_of(t).cast("string"),
            person=t.person_id.cast("string"),
        ).aggregate(
            n=t.count(),
            differs=differs.sum(),
            right=t.advice_right.cast("float64").sum(),
            kept=ibis.ifelse(t.advice_right, 1 - differs, 0.0).sum(),
            caught=ibis.ifelse(~t.advice_right, differs, 0.0).sum(),
        )
    ).to_pandas()
    for name, part in frame.groupby("population"):
        wrong = part["n"] - part["right"]
        pooled = (
            part["kept"].sum() / max(part["right"].sum(), 1),
            part["caught"].sum() / max(wrong.sum(), 1),
        )
        # Shrunk to the population with the weight of 40 cases: few persons saw much wrong advice.
        keeps = (part["kept"] + 40 * pooled[0]) / (part["right"] + 40)
        catches = (part["caught"] + 40 * pooled[1]) / (wrong + 40)
        j = keeps + catches - 1
        best = part[j >= j.median()]
        n = int(best["n"].sum())
        if n < SHADOW_CASES or len(best) < 3:
            found.answers[str(name)] = insufficient(
                f"{n} judged shadow cases of the better half", f"{SHADOW_CASES} such cases", n
            )
            continue
        rate = weighted_posterior(
            best["differs"].to_numpy(float), best["n"].to_numpy(float), float(n)
        )
        found.answers[str(name)] = _estimate(
            rate.mean, float(np.sqrt(rate.variance)), n,
            "what the better half of people did in shadow mode", settings,
        )  # fmt: skip
    return found


def ask(inquiry: Inquiry) -> tuple[BenchmarkOf, ...] | CannotSay:
    """The question, of one use case."""
    return measure_expert_benchmark(
        inquiry.decisions, inquiry.populations, inquiry.evidence, inquiry.settings
    )
