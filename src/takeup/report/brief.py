"""What stands on the first screen: four facts, what to do first, and what cannot be said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from takeup.diagnosis.verdict import MODEL_FIRST, contradicting, says_of_all
from takeup.drawing.section import STATUS
from takeup.drawing.words import (
    about,
    in_percent,
    percent_between,
    percent_ends,
    points,
    points_range,
)
from takeup.questions.adoption import GroupAdoption
from takeup.questions.diagnosis import Diagnosis, OpenQuestion
from takeup.questions.finding import Finding
from takeup.questions.paired import Paired, PairedGroup
from takeup.questions.resistance.findings import hardly_missing
from takeup.questions.shared.whose import ALL
from takeup.questions.value import Value, ValueOf, cost_of
from takeup.stats.answer import Answer, CannotSay, Estimate


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: what it is about, its figure, how sure and over what, which way is better, and the same of each
    population."""

    label: str
    figure: str
    detail: str
    better: str = ""
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Why something cannot be said, what that leaves open, and what would tell."""

    why: str
    left_open: str
    needs: str


@dataclass(frozen=True, slots=True)
class Brief:
    """A use case in one minute."""

    facts: tuple[Fact, ...]
    first: tuple[Finding, ...]
    rest: tuple[Finding, ...]
    unsaid: tuple[Unsaid, ...]


def brief_of(diagnosis: Diagnosis) -> Brief:
    """The first screen of a diagnosis."""
    if diagnosis.measures.adoption.overall.hidden:
        return Brief((), (), (), tuple(_unsaid(diagnosis, ())))
    first = _first(diagnosis.findings)
    known = [f for f in diagnosis.findings if f.kind != "unknown"]
    return Brief(
        (_used(diagnosis), _right(diagnosis), _costs(diagnosis), _why(diagnosis)),
        first,
        tuple(f for f in known if f not in first),
        tuple(_unsaid(diagnosis, first)),
    )


def do_first(findings: Sequence[Finding]) -> Finding | None:
    """The finding that is acted on before all others."""
    return next(iter(_first(findings)), None)


def of_whom(d: Diagnosis, f: Finding) -> str:
    """` (Ost)`: the population that a finding's action is for, where its title does not stand beside it."""
    return "" if f.scope == ALL else f" ({d.name(f.scope)})"


_USE = (
    "use_fell", "high_rate_low_quality", "seldom_seen", "often_overridden", "pilot_gap", "not_looked_at",
    "late_advice", "signal", "advice_taken",
)  # fmt: skip
"""Rules that tell of use."""

_LEADS = ("use_fell", "high_rate_low_quality")
"""Of what tells of use, that which says since when or beside what."""


def _leads(f: Finding, findings: Sequence[Finding]) -> bool:
    """The whole before its parts, unless the opposite holds of a population; and a model that is wrong too often
    before what else it lacks."""
    if f.rule in (*_LEADS, *MODEL_FIRST):
        return True
    opposite = contradicting(f, findings)
    return says_of_all(f) and (opposite is None or opposite.scope == ALL)


def topic(f: Finding) -> str:
    """Which of the four facts a finding speaks of, or `unknown`."""
    if f.kind == "unknown":
        return "unknown"
    if f.kind == "model" and f.rule != "people_ahead":
        return "model"
    if f.rule.startswith("reason"):
        return "why"
    return "use" if f.rule in _USE else "right"


def _first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Of use, the model, who is right and why, the one with most at stake each, and those again by what is at
    stake. A model that is wrong too often comes before all; reasons, which only explain, come last. Where nothing is
    known, what would make it so. What is lost has a fact of its own; an association stands behind what is counted,
    paired or drawn."""
    of_topic: dict[str, Finding] = {}
    for f in sorted(findings, key=lambda f: (not _leads(f, findings), _is_weak(f), -f.at_stake)):
        if f.kind != "unknown" and f.rule != "value_lost" and f.actions:
            of_topic.setdefault(topic(f), f)
    if not of_topic:
        return tuple(f for f in findings if f.actions)[:2]
    return tuple(
        sorted(
            of_topic.values(),
            key=lambda f: (f.rule not in MODEL_FIRST, topic(f) == "why", _is_weak(f), -f.at_stake),
        )
    )


def _is_weak(f: Finding) -> bool:
    """Whether a finding is a question rather than an answer."""
    return f.grade == "adjusted"


def _used(d: Diagnosis) -> Fact:
    adoption = d.measures.adoption
    a = adoption.overall
    label = "How it is used"
    used, agreement = a.effective_reliance, a.agreement
    shown = [g for g in adoption.groups.get("population", ()) if not g.hidden]
    groups = shown if len(shown) > 1 else []
    if isinstance(used, Estimate):
        looked = _looked(a.consult_rate)
        return Fact(
            label,
            f"{in_percent(used)} {_decided(a.consult_rate)}",
            f"{_range(used)} of {_cases(used, a)}{looked}",
            f"More is better only where the advice is right. {_ranges(used)}",
            tuple(_shares((d.name(g.key), g.effective_reliance) for g in groups)),
        )
    if isinstance(agreement, Estimate):
        return Fact(
            label,
            f"{in_percent(agreement)} agree with the advice",
            f"{_range(agreement)} of {about(agreement.n, agreement)} choices; who looked is not recorded",
            f"Agreement is not use: people may agree without looking. {_ranges(agreement)}",
            tuple(_shares((d.name(g.key), g.agreement) for g in groups)),
        )
    return _none(label, used)


def _ranges(e: Estimate) -> str:
    return f"Ranges hold the true figure {100 * e.confidence:.0f} times in 100."


def _decided(seen: Answer) -> str:
    """Where the advice is always in view people may agree unmoved."""
    always = isinstance(seen, Estimate) and seen.value > 0.995
    return "decided as advised" if always else "decided with the advice"


def _cases(used: Estimate, a: GroupAdoption) -> str:
    """All eligible cases, or those of which it is known who looked, of how many."""
    if not a.unknown:
        return f"{a.eligible:,} cases"
    return (
        f"{about(used.n, used)} cases of which it is known who looked, of {a.eligible:,} eligible"
    )


def _looked(seen: Answer) -> str:
    """How often it was looked at, where that is not always, and what becomes of the difference."""
    if isinstance(seen, CannotSay) or seen.value > 0.995:
        return ""
    return f"; looked at in {percent_between(seen)}, the difference decided against it"


def _shares(answers: Iterable[tuple[str, Answer]]) -> Iterator[tuple[str, str]]:
    for name, answer in answers:
        if isinstance(answer, Estimate):
            yield name, f"{in_percent(answer)} ({_range(answer)})"


def _range(share: Estimate) -> str:
    return f"{percent_ends(share)}\u00a0%"


def _right(d: Diagnosis) -> Fact:
    label = "Who is right more often"
    paired = d.measures.paired
    if isinstance(paired, CannotSay):
        return _none(label, paired)
    whole = paired.overall
    difference = whole.person_minus_model
    if isinstance(difference, CannotSay):
        return _none(label, difference)
    return Fact(
        label,
        _ahead(difference, d.says("paired")),
        f"people with it {_share(whole.person_right)}, the model alone {_share(whole.model_right)}: "
        f"{_points(difference)}, over {whole.judged:,} judged cases looked at{_alone(d)}",
        "Above zero, people add to the model.",
        tuple(
            (d.name(g.key), _points(g.person_minus_model))
            for g in _populations(paired)
            if isinstance(g.person_minus_model, Estimate)
        ),
    )


def _alone(d: Diagnosis) -> str:
    """How often people are right who do not have the advice, where that is known."""
    team = d.measures.team
    if isinstance(team, CannotSay) or isinstance(team.complementarity, CannotSay):
        return ""
    alone = team.complementarity
    return f"; people without it {_share(alone.alone)}, {_ALONE[alone.source]}"


_ALONE = {
    "first answers": "at first", "the same cases alone": "on the same cases",
    "shadow mode": "in shadow mode",
}  # fmt: skip


def _populations(paired: Paired) -> tuple[PairedGroup, ...]:
    groups = paired.groups.get("population", ())
    return groups if len(groups) > 1 else ()


def _ahead(difference: Estimate, passed: bool) -> str:
    if not passed:
        off = difference.excludes()
        return f"People and model: {'may be chance, as one of several' if off else 'no difference beyond chance'}"
    return "People with the advice" if difference.value > 0 else "The model alone"


def _share(answer: Answer) -> str:
    return in_percent(answer) if isinstance(answer, Estimate) else "unknown"


def _points(answer: Answer) -> str:
    if isinstance(answer, CannotSay):
        return STATUS[answer.status]
    return f"{points(answer.value)} ({points_range(answer)})"


def _costs(d: Diagnosis) -> Fact:
    label = "What it costs"
    value = d.measures.value
    if isinstance(value, CannotSay):
        return _none(label, value)
    found = cost_of(value, ALL, d.titles)
    if isinstance(found, CannotSay):
        return _none(label, found)
    return Fact(
        "What people save" if found.surely_saved else label,
        found.net,
        f"{found.between} {value.unit} {found.against}",
        found.whole,
        tuple((d.name(v.population), _lost(v, value, d)) for v in value.populations[1:]),
    )


def _lost(v: ValueOf, value: Value, d: Diagnosis) -> str:
    found = cost_of(value, v.population, d.titles)
    if isinstance(found, CannotSay):
        return STATUS[found.status]
    return f"{found.net[0].lower()}{found.net[1:]} ({found.between})"


def _why(d: Diagnosis) -> Fact:
    """The reasons that weigh most; they are not known where nothing was asked."""
    label = "Why"
    found = [f for f in d.findings if f.rule.startswith("reason_")]
    if found:
        first = found[0]
        return Fact(
            label,
            first.title,
            first.text.split(". The model has", 1)[0].rstrip(".") + ".",
            "",
            tuple(("", f.title) for f in found[1:3]),
        )
    asked = d.measures.resistance
    if isinstance(asked, CannotSay):
        return _none(label, asked)
    unknown = [
        f
        for f in d.findings
        if f.rule in ("reasons_unclear", "reasons_insufficient", "no_reason_found")
    ]
    if unknown:
        first_alike = _alike(unknown)[0]
        return Fact(label, _of_all(first_alike, d), _in_words(first_alike[0].text))
    if hardly_missing(d.measures.adoption.overall.effective_reliance):
        return Fact(
            label, "Hardly anything to explain", "Nearly all cases are decided with the advice."
        )
    return Fact(label, "Not known yet", "Nobody was asked, and behaviour shows no reason.")


def _none(label: str, answer: CannotSay) -> Fact:
    """Why not stands among what cannot be said, with the columns by name."""
    return Fact(label, STATUS[answer.status], f"Would tell: {_in_words(answer.needs)}")


_COLUMNS = re.compile(r" \((?:`[a-z_]+`(?:, )?)+\)")
"""Names of columns behind the words for them."""


def _in_words(text: str) -> str:
    """What something needs, without the names of columns: those stand under "What would tell"."""
    return _COLUMNS.sub("", text)


def _unsaid(d: Diagnosis, told: Sequence[Finding]) -> Iterator[Unsaid]:
    """Each reason once, with all that it leaves unanswered."""
    by_reason: dict[str, list[OpenQuestion]] = {}
    for q in d.cannot_answer:
        by_reason.setdefault(f"{STATUS[q.status]}: {q.why}", []).append(q)
    for why, asked in by_reason.items():
        needs = dict.fromkeys(q.needs for q in asked)
        yield Unsaid(why, " ".join(q.question for q in asked), "; or ".join(needs))
    # A refused comparison is among the open questions already.
    open_still = [
        f
        for f in d.findings
        if f.kind == "unknown" and f.rule != "comparison_refused" and f not in told
    ]
    for alike in _alike(open_still):
        yield Unsaid(_in_words(alike[0].text), _of_all(alike, d), alike[0].first_action)


def _alike(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Findings that say the same of several populations stand together."""
    found: dict[tuple[str, str, str], list[Finding]] = {}
    for f in findings:
        found.setdefault((f.rule, f.text, f.first_action), []).append(f)
    return list(found.values())


def _of_all(alike: Sequence[Finding], d: Diagnosis) -> str:
    """The title of findings that say the same, with the names of all of their populations."""
    names = [d.name(f.scope) for f in alike]
    said = alike[0].title.removeprefix(f"{names[0]}: ")
    if len(alike) == 1 or said == alike[0].title:
        return alike[0].title
    return f"{', '.join(names[:-1])} and {names[-1]}: {said}"
