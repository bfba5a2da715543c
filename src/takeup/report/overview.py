"""Rate against quality, population by population: what the overview and the page behind each row
show. Drawn once, with the daily snapshot; words and figures only, ready to be kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from takeup.drawing.section import STATUS, figure
from takeup.drawing.strips import OVERRIDDEN, Axis, Chart, Mark, Series, axis_strip, strip
from takeup.drawing.words import points, points_range, whole_percent
from takeup.questions.adoption import GroupAdoption
from takeup.questions.adoption.card import parts_chart
from takeup.questions.diagnosis import Diagnosis
from takeup.questions.ladder import Ladder, LevelRange, PopulationLevel
from takeup.questions.ladder.card import clause_in_words
from takeup.questions.model_issue import Issue, ModelIssues
from takeup.questions.paired import Paired
from takeup.questions.signals import Signals
from takeup.record.settings import Settings
from takeup.report.overview_weeks import ALL, changes_marked, trend_of, weeks_of
from takeup.stats.answer import Answer, CannotSay, Estimate

_EXPERTS = Series("experts", "third", "square", False)
_OVERRIDES = Axis(0.0, 0.6, (0.0, 0.2, 0.4, 0.6), ("0 %", "20 %", "40 %", "60 %"))
_SHARES = Axis(0, 1, (0, 0.25, 0.5, 0.75, 1), ("0 %", "25 %", "50 %", "75 %", "100 %"))
_ISSUE_GRAVITY = 40


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with what it means: its name, its value in words, how it is counted and by which
    method."""

    name: str
    told: str
    counted: str
    method: str


@dataclass(frozen=True, slots=True)
class PopulationRow:
    """One population (`all`: everybody) as the overview shows it. `state`: shown, hidden or early;
    charts are drawings in two widths with their words; `gravity` orders rows, the gravest first."""

    key: str
    title: str
    definition: str
    state: str
    gravity: int
    rates: Chart | None = None
    with_advice: str = ""
    counts: str = ""
    gap: str = ""
    gap_range: str = ""
    overrides: Chart | None = None
    override_told: str = ""
    experts: str = ""
    level: str = ""
    position: int | None = None
    gaps: tuple[tuple[str, str, str], ...] = ()
    why: str = ""
    weeks: Chart | None = None
    trend: str = ""
    issues: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotYet:
    """What cannot be told yet, why, and when it will be."""

    question: str
    why: str
    when: str


@dataclass(frozen=True, slots=True)
class Overview:
    """A use case's overview: its answer first, everybody, then each population."""

    title: str
    verdict: str
    heading: str
    summary: str
    total: PopulationRow
    rows: tuple[PopulationRow, ...]
    not_yet: tuple[NotYet, ...]
    changes: tuple[tuple[str, str], ...]
    shares_axis: Chart
    overrides_axis: Chart


def overview_of(
    diagnosis: Diagnosis, settings: Settings, today: date, left_out: Sequence[str] = ()
) -> Overview:
    """The overview of a diagnosis that may be shared; populations `left_out` of it are named, and
    that they are not shown."""
    adoption = diagnosis.measures.adoption
    groups = adoption.groups.get("population", ())
    rows = [_row(diagnosis, g, settings) for g in groups]
    rows += [_hidden(key, diagnosis) for key in left_out]
    total = _row(diagnosis, adoption.overall, settings, total=True, rows=rows)
    return Overview(
        diagnosis.title,
        diagnosis.verdict,
        _heading(adoption.overall, diagnosis),
        diagnosis.summary,
        total,
        tuple(sorted(rows, key=lambda r: (-r.gravity, r.title))),
        tuple(_not_yet(diagnosis, today)),
        changes_marked(diagnosis),
        axis_strip(_SHARES),
        axis_strip(_OVERRIDES),
    )


def _heading(overall: GroupAdoption, diagnosis: Diagnosis) -> str:
    """Rate and quality in one sentence, before anything else."""
    nominal, used = overall.nominal_rate, overall.effective_reliance
    if isinstance(nominal, Estimate) and isinstance(used, Estimate):
        return (
            f"{whole_percent(nominal.value)} of cases pass through the tool; "
            f"{whole_percent(used.value)} are decided with its advice."
        )
    return diagnosis.verdict


def _row(
    diagnosis: Diagnosis,
    g: GroupAdoption,
    settings: Settings,
    *,
    total: bool = False,
    rows: Sequence[PopulationRow] = (),
) -> PopulationRow:
    title = "Everybody shown" if total else diagnosis.name(g.key)
    key = ALL if total else g.key
    if g.hidden:
        return _hidden(key, diagnosis)
    people = f"{g.people:,} people · " if g.people is not None else ""
    definition = f"{people}{g.eligible:,} cases"
    level = None if total else _level_of(diagnosis, g.key)
    issues = () if total else _issues(diagnosis, g.key)
    counts = g.counts
    if not g.eligible:
        why = "No case in assist yet: nobody is asked to use the advice."
        return PopulationRow(key, title, people.removesuffix(" · "), "early", -10, why=why)
    if not isinstance(g.effective_reliance, Estimate) and not isinstance(g.agreement, Estimate):
        why = figure(g.effective_reliance)
        return PopulationRow(key, title, definition, "early", -10, why=why, facts=_facts(g))
    return PopulationRow(
        key,
        title,
        definition,
        "shown",
        _gravity(level, issues, diagnosis, g.key),
        rates=parts_chart(title, g),
        with_advice=_told(
            g.effective_reliance if isinstance(g.effective_reliance, Estimate) else g.agreement
        ),
        counts=_counts(counts, g.eligible),
        gap=points(g.quality_gap.value).lstrip("+") if isinstance(g.quality_gap, Estimate) else "",
        gap_range=points_range(g.quality_gap).replace("+", "")
        if isinstance(g.quality_gap, Estimate)
        else "",
        overrides=_override_chart(title, g.override_rate, level, settings),
        override_told=_told(g.override_rate),
        experts=_experts(g.override_rate, level, settings),
        level=_level_words(level, rows if total else None),
        position=level.level.certain if level and isinstance(level.level, LevelRange) else None,
        gaps=tuple(clause_in_words(c) for c in level.gaps) if level else (),
        why=level.level.reason if level and isinstance(level.level, CannotSay) else "",
        weeks=weeks_of(diagnosis, key, title),
        trend=trend_of(diagnosis, key, settings),
        issues=issues,
        figures=_figures(g),
        facts=_facts(g),
    )


def _hidden(key: str, diagnosis: Diagnosis) -> PopulationRow:
    return PopulationRow(key, diagnosis.name(key), "", "hidden", -20)


def _told(answer: Answer) -> str:
    if isinstance(answer, CannotSay):
        return STATUS[answer.status]
    return f"{whole_percent(answer.value)} ({100 * answer.low:.0f} to {100 * answer.high:.0f})"


def _counts(counts: Mapping[str, int], eligible: int) -> str:
    if not counts:
        return ""
    used = counts.get("followed", 0) + counts.get("modified", 0)
    against, unseen = counts.get("overridden", 0), counts.get("not_consulted", 0)
    parts = [f"{used:,} with", f"{against:,} against", f"{unseen:,} unseen"]
    rest = eligible - used - against - unseen
    if rest > 0:
        parts.append(f"{rest:,} not known")
    return " · ".join(parts)


def _level_of(diagnosis: Diagnosis, key: str) -> PopulationLevel | None:
    ladder = diagnosis.measures.ladder
    if not isinstance(ladder, Ladder):
        return None
    return next((p for p in ladder.populations if p.population == key and not p.hidden), None)


def _level_words(level: PopulationLevel | None, rows: Sequence[PopulationRow] | None) -> str:
    if rows is not None:
        names = [r.level for r in rows if r.position is not None]
        return ", ".join(f"{names.count(n)} at {n}" for n in dict.fromkeys(names))
    if level is None:
        return ""
    return STATUS[level.level.status] if isinstance(level.level, CannotSay) else str(level.level)


def _override_chart(
    title: str, answer: Answer, level: PopulationLevel | None, settings: Settings
) -> Chart | None:
    if isinstance(answer, CannotSay):
        return None
    marks = [
        Mark(
            OVERRIDDEN,
            min(answer.value, 0.6),
            answer.low,
            min(answer.high, 0.6),
            whole_percent(answer.value),
        )
    ]
    text = f"{title}: overridden {figure(answer)}"
    if level is not None and level.benchmark is not None:
        rate, band = level.benchmark.rate, settings.ladder.expert_band
        marks.append(
            Mark(_EXPERTS, min(rate, 0.6), max(rate - band, 0.0), min(rate + band, 0.6), "experts")
        )
        text += f"; experts would override {whole_percent(rate)}"
    return strip(_OVERRIDES, marks, text)


def _experts(answer: Answer, level: PopulationLevel | None, settings: Settings) -> str:
    """Where the override rate stands against what experts would do; low is not good."""
    if isinstance(answer, CannotSay) or level is None or level.benchmark is None:
        return "no expert benchmark" if isinstance(answer, Estimate) and level is not None else ""
    rate, band = level.benchmark.rate, settings.ladder.expert_band
    if answer.high < rate - band:
        return "below experts"
    if answer.low > rate + band:
        return "above experts"
    if rate - band <= answer.low and answer.high <= rate + band:
        return "like experts"
    return "can’t be told from experts"


_ISSUE_WORDS = {
    "blind_spot": "blind spot", "low_precision": "wrong too often overall",
    "net_harm": "harms more than it helps", "missing_input": "people know what it lacks",
    "overrides_mostly_right": "overrides are mostly right", "above_promise": "errs more than promised",
}  # fmt: skip


def _issues(diagnosis: Diagnosis, key: str) -> tuple[str, ...]:
    """Model issues of a population, else those of everybody, one sentence a kind of case."""
    found = diagnosis.measures.model_issue
    if not isinstance(found, ModelIssues):
        return ()
    known = [i for i in found.issues if i.kind in _ISSUE_WORDS]
    own = [i for i in known if i.scope == key]
    also = [i for i in known if i.scope == ALL and i.segment not in {o.segment for o in own}]
    by_segment: dict[str | None, list[Issue]] = {}
    for issue in (*own, *also):
        by_segment.setdefault(issue.segment, []).append(issue)
    return tuple(_issue(issues, diagnosis) for issues in by_segment.values())


def _issue(issues: Sequence[Issue], diagnosis: Diagnosis) -> str:
    first = issues[0]
    words = ", ".join(dict.fromkeys(_ISSUE_WORDS[i.kind] for i in issues))
    where = f" on {diagnosis.name(first.segment)}" if first.segment else ""
    error = first.evidence.error
    share = f": wrong in {_told(error)} of judged cases" if isinstance(error, Estimate) else ""
    whose = "" if first.scope != ALL else " (over all populations)"
    return f"{words}{where}{share}{whose}"


def _gravity(
    level: PopulationLevel | None, issues: Sequence[str], diagnosis: Diagnosis, key: str
) -> int:
    """Open signals first, then model issues, then how low the level is."""
    signals = diagnosis.measures.signals
    open_ = 0
    if isinstance(signals, Signals):
        open_ = sum(s.open and s.population == key for s in signals.seen)
    low = 0
    if level is not None and isinstance(level.level, LevelRange):
        low = 5 - level.level.certain
    return 100 * open_ + (_ISSUE_GRAVITY if issues else 0) + low


_NAMES = {
    "nominal_rate": ("Nominal rate", "closed on the AI path ÷ eligible"),
    "consult_rate": ("Consult rate", "decided with the advice in view ÷ eligible of which that is known"),
    "effective_reliance": ("Effective reliance", "followed or modified ÷ eligible of which that is known"),
    "override_rate": ("Override rate", "overridden ÷ consulted; only a differing choice counts"),
    "adjust_rate": ("Adjust rate", "modified or overridden ÷ consulted"),
    "quality_gap": ("Quality gap", "nominal rate − effective reliance"),
    "agreement": ("Agreement", "choice equals advice, whether or not it was seen"),
    "unaccounted_share": ("Unaccounted", "eligible cases that no decision answers"),
}  # fmt: skip


def _figures(g: GroupAdoption) -> tuple[Figure, ...]:
    found = []
    for field_, (name, counted) in _NAMES.items():
        answer: Answer = getattr(g, field_)
        if isinstance(answer, CannotSay):
            method = (
                "" if answer.status == "suppressed" else f"{answer.reason}; needs {answer.needs}"
            )
        else:
            method = f"{answer.method}; {answer.confidence:.0%} interval; grade: {answer.grade}"
        told = figure(answer, as_points=field_ == "quality_gap")
        found.append(Figure(name, told, counted, method))
    return tuple(found)


def _facts(g: GroupAdoption) -> dict[str, Any]:
    """The figures as numbers, for CSV."""
    facts: dict[str, Any] = {"people": g.people, "eligible": g.eligible}
    for name in _NAMES:
        answer: Answer = getattr(g, name)
        shown = isinstance(answer, Estimate)
        facts[name] = round(answer.value, 4) if isinstance(answer, Estimate) else None
        facts[f"{name}_low"] = round(answer.low, 4) if isinstance(answer, Estimate) else None
        facts[f"{name}_high"] = round(answer.high, 4) if isinstance(answer, Estimate) else None
        if not shown:
            facts[f"{name}_status"] = answer.status  # type: ignore[union-attr]
    return facts


def _not_yet(diagnosis: Diagnosis, today: date) -> list[NotYet]:
    found = [
        NotYet(q.question, q.why, f"with {q.needs}")
        for q in diagnosis.cannot_answer
        if q.status in ("insufficient", "not_instrumented", "refused")
    ]
    paired = diagnosis.measures.paired
    if isinstance(paired, Paired):
        d = paired.overall.person_minus_model
        if isinstance(d, Estimate) and not d.excludes() and d.value and d.se:
            # The range narrows with the root of the cases; at this rate it leaves zero at this many.
            needed = round(paired.overall.judged * (1.96 * d.se / abs(d.value)) ** 2)
            more = needed - paired.overall.judged
            if 0 < more < 20 * paired.overall.judged:
                found.append(
                    NotYet(
                        "Who is right more often, people or the model?",
                        "the range includes no difference",
                        f"with about {more:,} more judged cases, if the difference stays",
                    )
                )
    return found + _levels_not_yet(diagnosis, today)


def _levels_not_yet(diagnosis: Diagnosis, today: date) -> list[NotYet]:
    """Levels that wait for decisions, with the day at this pace."""
    adoption, ladder = diagnosis.measures.adoption, diagnosis.measures.ladder
    if not isinstance(ladder, Ladder):
        return []
    weeks = max(len(adoption.groups.get("week", ())), 1)
    by = {g.key: g for g in adoption.groups.get("population", ())}
    found = []
    for p in ladder.populations:
        g = by.get(p.population)
        if (
            g is None
            or g.hidden
            or not isinstance(p.level, CannotSay)
            or p.level.status != "insufficient"
        ):
            continue
        pace = g.eligible / weeks
        missing = max(200 - g.eligible, 0)
        when = (
            f"about {today + timedelta(weeks=missing / pace):%-d %B %Y}, at this pace"
            if pace and missing
            else p.level.needs
        )
        found.append(
            NotYet(f"Which level {diagnosis.name(p.population)} holds", p.level.reason, when)
        )
    return found
