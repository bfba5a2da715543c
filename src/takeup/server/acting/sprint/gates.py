"""Three gates: what each asks for, clause by clause, and what follows where a clause does not hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from takeup.server.acting.conditions.milestone_records import RISKS
from takeup.server.acting.sprint.milestone import Known, Seen
from takeup.server.acting.sprint.milestones import MILESTONES
from takeup.server.acting.sprint.plan import Planned
from takeup.server.acting.sprint.seeing import Reaches, over_populations

Says = Literal["go", "intervene", "hold"]
_DRAFTED_BY = 45


@dataclass(frozen=True, slots=True)
class Standing:
    """What a gate is judged by: what is known, how each milestone is planned and done, when the sprint began, and what its
    items say."""

    known: Known
    planned: Mapping[str, Planned]
    start: date
    seen: Mapping[str, Mapping[str, Seen]]


@dataclass(frozen=True, slots=True)
class Clause:
    """What must hold, and what the gate says where it does not. What nobody knows yet keeps from going, not more."""

    key: str
    words: str | Promise
    otherwise: Says
    sees: Callable[[Standing], Seen]


@dataclass(frozen=True, slots=True)
class Judged:
    """A clause, its evidence, and what it says."""

    key: str
    words: str
    seen: Seen
    says: Says


@dataclass(frozen=True, slots=True)
class GateSays:
    """What a gate says, of every clause, and which populations keep it from going where others could."""

    gate: str
    says: Says
    clauses: tuple[Judged, ...]
    lacking: tuple[str, ...]


def judge(gate: str, standing: Standing) -> GateSays:
    """The gate as of one day."""
    clauses = tuple(_judged(one, standing) for one in CLAUSES[gate] if _asked(one, standing))
    said = {one.says for one in clauses}
    says: Says = "hold" if "hold" in said else "intervene" if "intervene" in said else "go"
    lacking = {key for one in clauses if one.says == "intervene" for key in one.seen.lacking}
    return GateSays(gate, says, clauses, tuple(sorted(lacking)))


def _judged(clause: Clause, standing: Standing) -> Judged:
    seen = clause.sees(standing)
    says: Says = "go" if seen.holds else "intervene" if seen.holds is None else clause.otherwise
    return Judged(clause.key, str(clause.words), seen, says)


def _asked(clause: Clause, standing: Standing) -> bool:
    """What is live already does not go back into shadow; of what was there, its report is asked."""
    if not standing.known.remediation:
        return True
    return clause.key != "shadow_days" and (
        clause.key != "margin" or bool(standing.known.of("rollout.margin"))
    )


def _done(milestone: str, otherwise: Says = "intervene") -> Clause:
    """A milestone is done."""

    def sees(standing: Standing) -> Seen:
        done = standing.planned[milestone].done
        if done is not None:
            return Seen(True, f"done on {done:%-d %B %Y}")
        open_ = standing.seen.get(milestone, {})
        left = sum(not one.holds for one in open_.values())
        due = standing.planned[milestone].due
        return Seen(False, f"{left} of {len(open_)} items open, due {due:%-d %B %Y}")

    return Clause(milestone, MILESTONES[milestone].name, otherwise, sees)


def _drafted(milestone: str) -> Clause:
    """A milestone is done, or due soon enough."""

    def sees(standing: Standing) -> Seen:
        one = standing.planned[milestone]
        if one.done is not None:
            return Seen(True, f"done on {one.done:%-d %B %Y}")
        soon = one.end <= standing.start + timedelta(_DRAFTED_BY)
        return Seen(soon, f"due {one.end:%-d %B %Y}")

    return Clause(milestone, MILESTONES[milestone].name, "intervene", sees)


def _fact(key: str, words: str | Promise, sees: Callable[[Known], Seen], otherwise: Says = "intervene") -> Clause:  # fmt: skip
    return Clause(key, words, otherwise, lambda standing: sees(standing.known))


def _of_item(key: str, words: str | Promise, milestone: str, items: tuple[str, ...], otherwise: Says) -> Clause:  # fmt: skip
    """One of these items of a milestone holds."""

    def sees(standing: Standing) -> Seen:
        found = [standing.seen.get(milestone, {}).get(item, Seen(None, "")) for item in items]
        return next((one for one in found if one.holds), found[0])

    return Clause(key, words, otherwise, sees)


def _answered_by_actions(known: Known) -> Seen:
    """Each population whose reason is known has an action that began or has its day."""
    asks = {key: one for key, one in known.of("reasons.named").items() if one.figure}
    acted = known.of("actions.dated")
    if not asks:
        return Seen(True, "no population has a reason that asks for an action")
    lacking = tuple(key for key in asks if not (acted.get(key) and acted[key].figure))
    words = f"{len(asks) - len(lacking)} of {len(asks)} populations with a known reason"
    return Seen(not lacking, words, len(asks), "/interventions", lacking=lacking)


def _model_is_fit(known: Known) -> Seen:
    """The advice neither harms nor is wrong too often, or an action on the model is in force where it is."""
    found = [known.of(f"model.{kind}") for kind in ("net_harm", "low_precision")]
    if not any(found):
        return Seen(None, "the model’s own quality is not known yet")
    bad = {key: one for held in found for key, one in held.items() if one.figure}
    acted = known.of("actions.on_model")
    open_ = {key: one for key, one in bad.items() if not (acted.get(key) or acted.get(""))}
    if not open_:
        return Seen(True, "nothing of the kind, or an action on the model is in force")
    first = next(iter(open_.values()))
    return Seen(False, f"{first.fact.removeprefix('model.').replace('_', ' ')}, and no action on the model", path=first.path, lacking=tuple(k for k in open_ if k))  # fmt: skip


def _risk(known: Known) -> Seen:
    """The conditions' risk is watch at most, in every population."""
    held = known.of("conditions.risk")

    def holds(one: object) -> bool:
        return (one.figure or 0) <= RISKS.index("watch")  # type: ignore[attr-defined]

    return over_populations(known, held, holds, lambda one: RISKS[int(one.figure or 0)].replace("_", " "))  # fmt: skip


def _not_at_risk(known: Known) -> Seen:
    held = known.of("conditions.risk")

    def holds(one: object) -> bool:
        return (one.figure or 0) < RISKS.index("at_risk")  # type: ignore[attr-defined]

    return over_populations(known, held, holds, lambda one: RISKS[int(one.figure or 0)].replace("_", " "))  # fmt: skip


def _clear(known: Known) -> Seen:
    """Of three in ten people at most nobody knows the reason."""
    held, all_ = known.of("reasons.unclear"), sum(known.people.values())
    if not held or not all_:
        return Seen(None, "no verdict on the reasons yet")
    unclear = tuple(key for key, one in held.items() if one.figure)
    share = sum(known.people.get(key, 0) for key in unclear) / all_
    return Seen(share <= 0.3, f"unclear for {100 * share:.0f} % of {all_:,} people", all_, "/reasons", lacking=unclear)  # fmt: skip


def _nobody_doubts(known: Known) -> Seen:
    """Doubt of the advice is not the reason of a population."""
    held = known.of("reasons.doubt")
    if not held:
        return Seen(None, "no verdict on the reasons yet")
    doubt = tuple(key for key, one in held.items() if one.figure)
    words = f"{len(doubt)} of {len(held)} populations doubt the advice"
    return Seen(not doubt, words, len(held), "/reasons", lacking=doubt)


_NO_STOP = Reaches("rollout.stopped", at_most=0, unit="yes")
CLAUSES: Mapping[str, tuple[Clause, ...]] = {
    "G30": (
        _done("P0", "hold"), _done("M01"), _done("M02"), _done("M05"), _done("M06"), _drafted("M03"), _drafted("M04"),
        _fact("assessed", _("Reasons assessed in half of the populations"), Reaches("reasons.told", at_least=1, in_share=0.5, unit="yes"), "hold"),
        _of_item("steps", _("No more steps with the advice, or the day on which they go"), "M05", ("steps", "exception"), "hold"),
        _fact("actions", _("An action for each population whose reason is known"), _answered_by_actions),
        _of_item("managers", _("Managers took part in the redesign of roles"), "M03", ("commented",), "intervene"),
        _fact("readiness", _("Conditions are not at risk"), _not_at_risk),
    ),
    "G60": (
        *(_done(f"M{n:02d}") for n in range(7, 13)),
        _fact("margin", _("The model is no more than 2 points behind people in each kind of case, or people decide it"), Reaches("rollout.margin", at_least=1, unit="yes", cohorts=True)),
        _fact("model", _("The advice neither harms nor is wrong too often, or an action on the model is in force"), _model_is_fit, "hold"),
        _fact("overrides", _("Overriding is not hindered: the condition is not absent"), Reaches("conditions.C3", at_least=1, unit="yes")),
        _fact("hands_on", _("Nine of ten managers hands-on"), Reaches("condition.C6.2", at_least=0.9)),
        _fact("coverage", _("Champions for four of five practitioners"), Reaches("condition.C7.1", at_least=0.8)),
        _fact("drill", _("The stop drill passed"), Reaches("rollout.stop_drill", at_least=1, unit="yes")),
        _fact("doubt", _("No population whose reason is doubt of the advice"), _nobody_doubts),
        _fact("logged", _("Overrides are recorded with their reason"), Reaches("condition.C3.2", at_least=0.5), "hold"),
        _fact("told", _("What came of feedback was told"), Reaches("condition.C8.4", at_least=0.5, unit="number"), "hold"),
        _fact("incident", _("No stop of every case is in force"), _NO_STOP, "hold"),
        _fact("shadow_days", _("Twenty days of shadow"), Reaches("rollout.shadow_days", at_least=20, unit="days", cohorts=True), "hold"),
    ),
    "G90": (
        _fact("consulted", _("In seven of ten populations three of five cases are decided with the advice in view"), Reaches("use.consulted", at_least=0.6, in_share=0.7)),
        _fact("level", _("No population stands where nobody uses it"), Reaches("use.level", at_least=2, unit="number")),
        _fact("model", _("The advice neither harms nor is wrong too often, or an action on the model is in force"), _model_is_fit, "hold"),
        _fact("over_reliance", _("No sign of following wrong advice is open"), Reaches("responses.over_reliance_open", at_most=0, unit="number"), "hold"),
        *(_done(f"M{n}") for n in range(14, 19)),
        _fact("risk", _("Conditions: watch at most"), _risk),
        _fact("not_at_risk", _("Conditions are not at risk"), _not_at_risk, "hold"),
        _fact("clear", _("The reason is unclear for three in ten people at most"), _clear, "hold"),
    ),
}  # fmt: skip
"""Not among them, on purpose: the nominal rate alone, training completed, enthusiasm in a survey (domain 4.3)."""
