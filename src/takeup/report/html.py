"""The report: one self-contained page, no network, themed for light and dark."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from takeup.diagnosis.diagnose import Diagnosis
from takeup.diagnosis.words import points, points_range
from takeup.measure.adoption import GroupAdoption
from takeup.measure.rollout import Rollout
from takeup.report.charts import Chart, Interval, intervals_chart, shares_chart, weeks_chart
from takeup.report.page import Page
from takeup.stats.answer import Answer, CannotSay, Estimate

_DIMENSIONS = {
    "population": "population",
    "team": "team",
    "stakes": "stakes",
    "model_version": "model version",
    "phase": "phase",
    "score_band": "score band",
}
_STATUS = {
    "insufficient": "Too early to say",
    "not_instrumented": "Not recorded",
    "refused": "Refused",
    "suppressed": "Not shown, on purpose",
}


@dataclass(frozen=True, slots=True)
class Section:
    """One card of the page: a finding for a heading, a chart, the table behind it."""

    heading: str
    sub: str
    chart: Chart | None
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    open_table: bool = False


def render_html(page: Page) -> str:
    """The page as HTML text."""
    environment = Environment(
        loader=PackageLoader("takeup.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = files("takeup.report") / "style"
    css = "".join(
        (style / name).read_text(encoding="utf-8") for name in ("tokens.css", "report.css")
    )
    return environment.get_template("report.html.j2").render(
        page=page,
        facts=page.facts,
        css=css,
        parts=[(d, sections(d)) for d in page.diagnoses],
        again=json.dumps(
            {"mapping": page.facts.mapping, "settings": page.facts.settings},
            indent=1,
            ensure_ascii=False,
        ),
        kicker={
            "model": "The model",
            "people": "How it is used",
            "effect": "Effect",
            "unknown": "Cannot say yet",
        },
        status=_STATUS,
    )


def sections(diagnosis: Diagnosis) -> list[Section]:
    """The evidence, in the order a reader asks for it."""
    found = [
        _use(diagnosis),
        _paired(diagnosis),
        _rollout(diagnosis),
        _weeks(diagnosis),
        *_kinds(diagnosis),
        _reasons(diagnosis),
    ]
    return [section for section in found if section is not None]


def figure(answer: Answer, *, as_points: bool = False) -> str:
    """A figure with its interval, or why there is none."""
    if isinstance(answer, CannotSay):
        return _STATUS[answer.status]
    if as_points:
        return f"{points(answer.value)} ({points_range(answer)})"
    counted = f", {answer.k:,} of {answer.n:,}" if answer.k is not None else ""
    return (
        f"{100 * answer.value:.0f} % ({100 * answer.low:.0f} to {100 * answer.high:.0f}){counted}"
    )


def _shares(group: GroupAdoption) -> dict[str, float]:
    n, c = group.eligible or 1, group.counts
    return {
        "followed or modified": (c.get("followed", 0) + c.get("modified", 0)) / n,
        "overridden": c.get("overridden", 0) / n,
        "agreed, unknown whether seen": c.get("agreed", 0) / n,
        "differed, unknown whether seen": c.get("differed", 0) / n,
        "decided without looking": c.get("not_consulted", 0) / n,
        "unaccounted": (c.get("unaccounted", 0) + c.get("unknown", 0)) / n,
    }


def _use(diagnosis: Diagnosis) -> Section | None:
    adoption = diagnosis.measures.adoption
    if adoption.overall.hidden:
        return None
    groups = [("All", adoption.overall)] + [
        (g.key, g) for g in adoption.groups.get("population", ())
    ]
    if len(groups) == 2:
        groups = groups[:1]
    drawn = [(label, _shares(g)) for label, g in groups if g.eligible and g.counts]
    seen = adoption.overall.consult_rate
    heading = (
        "What becomes of eligible cases"
        if isinstance(seen, CannotSay)
        else f"{100 * (1 - seen.value):.0f} of 100 eligible cases are decided without looking"
        if seen.value < 0.995
        else "Everybody sees the advice; this is what they do with it"
    )
    rows = tuple(
        (
            "All" if g is adoption.overall else g.key,
            "–" if g.people is None else f"{g.people:,}",
            f"{g.eligible:,}" if not g.hidden else _STATUS["suppressed"],
            figure(g.nominal_rate),
            figure(g.consult_rate),
            figure(g.override_rate),
            figure(g.effective_reliance),
            figure(g.agreement),
        )
        for _, g in groups
    )
    return Section(
        heading,
        "Share of eligible cases in assist. The nominal rate, cases that went through the tool, "
        "never stands alone: what counts is what was decided with the advice.",
        shares_chart(drawn) if drawn else None,
        (
            "Group",
            "People",
            "Eligible",
            "Nominal rate",
            "Consult rate",
            "Override rate",
            "Effective reliance",
            "Agreement",
        ),
        rows,
        "Observed shares with 95 % intervals, errors by person. Grade: descriptive.",
    )


def _paired(diagnosis: Diagnosis) -> Section | None:
    paired = diagnosis.measures.paired
    if isinstance(paired, CannotSay):
        return None
    groups = [("All judged cases", paired.overall)] + [
        (g.key.replace("_", " "), g) for found in paired.groups.values() for g in found
    ]
    intervals = [
        row
        for label, g in groups
        for row in (
            Interval(label, "model alone", g.model_right),
            Interval(label, "people with it", g.person_right),
        )
    ]
    d = paired.overall.person_minus_model
    heading = "People and model on the same cases"
    if isinstance(d, Estimate) and d.excludes():
        heading = (
            "On the same cases, people with the advice beat the model alone"
            if d.value > 0
            else "On the same cases, the model alone is right more often"
        )
    rows = tuple(
        (
            label,
            f"{g.judged:,}" if g.judged else "–",
            figure(g.model_right),
            figure(g.person_right),
            figure(g.person_minus_model, as_points=True),
            f"{g.person_only:,} / {g.model_only:,}",
        )
        for label, g in groups
    )
    return Section(
        heading,
        f"Share right; {paired.scope}. Same cases on both sides, so no adjustment is needed.",
        intervals_chart(
            intervals,
            zero=False,
            colours={"model alone": "var(--model)", "people with it": "var(--followed)"},
        ),
        (
            "Kind of case",
            "Judged",
            "Model right",
            "People right",
            "People minus model",
            "Only people / only model right",
        ),
        rows,
        "Weighted by one over the probability of having been judged. Grade: paired.",
    )


def _rollout(diagnosis: Diagnosis) -> Section | None:
    rollout = diagnosis.measures.rollout
    if not isinstance(rollout, Rollout):
        return None
    intervals = [
        row
        for e in rollout.effects
        for row in (
            Interval(e.label, "unadjusted", e.unadjusted),
            Interval(e.label, "adjusted", e.adjusted),
        )
    ]
    clear = [
        e.label
        for e in rollout.effects
        if isinstance(e.unadjusted, Estimate) and e.unadjusted.excludes()
    ]
    heading = (
        "Having the advice changes " + " and ".join(clear[:2])
        if clear
        else "No effect of having the advice is established"
    )
    rows = tuple(
        (
            e.label,
            f"{100 * e.mean_without:.1f} %",
            f"{100 * e.mean_with:.1f} %",
            figure(e.unadjusted, as_points=True),
            figure(e.adjusted, as_points=True),
        )
        for e in rollout.effects
    )
    checks = f"Sample ratio p = {rollout.sample_ratio_p:.2f}"
    if rollout.balance_p is not None:
        checks += f", balance p = {rollout.balance_p:.2f}"
    return Section(
        heading,
        f"{rollout.with_advice:,} decisions drawn to have the advice, "
        f"{rollout.without_advice:,} drawn to go without.",
        intervals_chart(
            intervals,
            zero=True,
            colours={"unadjusted": "var(--followed)", "adjusted": "var(--model)"},
        ),
        ("Quantity", "Without", "With", "Difference", "Adjusted"),
        rows,
        f"Intention to treat. {checks}. {' '.join(rollout.alerts)} Grade: randomised.",
    )


def _weeks(diagnosis: Diagnosis) -> Section | None:
    weeks = [g for g in diagnosis.measures.adoption.groups.get("week", ()) if not g.hidden]
    if len(weeks) < 3:
        return None
    series = [("looked at", "consult_rate"), ("overridden, of those", "override_rate")]
    if isinstance(diagnosis.measures.adoption.overall.consult_rate, CannotSay):
        series = [("agreeing", "agreement")]
    drawn = [
        (name, g.key, getattr(g, field))
        for name, field in series
        for g in weeks
        if isinstance(getattr(g, field), Estimate)
    ]
    if not drawn:
        return None
    rows = tuple(
        (g.key, f"{g.eligible:,}", *(figure(getattr(g, field)) for _, field in series))
        for g in weeks
    )
    return Section(
        "Week by week",
        "Weeks begin on Monday (UTC). A one-off look: intervals hold for one week at a time.",
        weeks_chart(drawn),
        ("Week of", "Eligible", *(name.capitalize() for name, _ in series)),
        rows,
        "Observed shares with 95 % intervals, errors by person. Grade: descriptive.",
    )


def _kinds(diagnosis: Diagnosis) -> list[Section]:
    found = []
    for dimension, groups in diagnosis.measures.adoption.groups.items():
        if dimension in ("week", "population") or len(groups) < 2:
            continue
        name = _DIMENSIONS.get(dimension, dimension.removeprefix("x_").replace("_", " "))
        agreement = all(isinstance(g.override_rate, CannotSay) for g in groups)
        rows = tuple(
            (
                g.key.replace("_", " "),
                "–" if g.hidden else f"{g.eligible:,}",
                figure(g.consult_rate),
                figure(g.agreement if agreement else g.override_rate),
            )
            for g in groups[:12]
        )
        found.append(
            Section(
                f"By {name}",
                "Differences between groups are differences, not causes.",
                None,
                (
                    name.capitalize(),
                    "Eligible",
                    "Consult rate",
                    "Agreement" if agreement else "Override rate",
                ),
                rows,
                "Observed shares with 95 % intervals. Grade: descriptive.",
                open_table=True,
            )
        )
    return found


def _reasons(diagnosis: Diagnosis) -> Section | None:
    reasons: dict[str, Any] = diagnosis.measures.adoption.reasons
    total = sum(reasons.values())
    if not total:
        return None
    first = next(iter(reasons))
    rows = tuple(
        (code.replace("_", " "), f"{n:,}", f"{100 * n / total:.0f} %")
        for code, n in reasons.items()
    )
    return Section(
        f"The reason given most often: {first.replace('_', ' ')}",
        f"{total:,} overrides, by the reason people gave.",
        None,
        ("Reason", "Overrides", "Share"),
        rows,
        "Observed counts. Grade: descriptive.",
        open_table=True,
    )
