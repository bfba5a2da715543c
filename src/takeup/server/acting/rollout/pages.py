"""Pages: who sees advice now and next, and the verbs that change it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.record.use_case import kind_of
from takeup.server.acting.rollout import drills, services
from takeup.server.acting.rollout.gates import report_path
from takeup.server.acting.rollout.kinds import LATELY, Recorded
from takeup.server.acting.rollout.models import Draw, Step, Stop
from takeup.server.acting.rollout.obedience import obedience_of
from takeup.server.deployment.capability import READS_EVERY_COHORT
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person
from takeup.server.foundation.pages.detail import kind_words
from takeup.server.foundation.permissions import may

MODES = {
    "off": gettext_lazy("Off: no advice is made"),
    "shadow": gettext_lazy("Shadow: advice is made and kept from people"),
    "assist": gettext_lazy("Assist: advice is shown"),
}
GATE_WORDS = {
    "passed": gettext_lazy("gate passed"),
    "not passed": gettext_lazy("gate declared, not passed"),
    "none declared": gettext_lazy("no gate declared"),
}
UNITS = {
    "person": gettext_lazy("people"),
    "team": gettext_lazy("teams"),
    "case": gettext_lazy("cases"),
}


def actor_of(request: HttpRequest) -> str:
    """Who acts, as the audit log knows them."""
    person: Person = request.user  # type: ignore[assignment]
    return person.handle


def known_or_404(name: str) -> None:
    """Refuses a use case that is not there."""
    if name not in organization.use_case_names():
        raise Http404


@require_GET
def rollout(request: HttpRequest, name: str) -> HttpResponse:
    """Cohort by cohort: the mode, since when, why, and what is planned; stops; the blind slice."""
    known_or_404(name)
    return _rollout(request, name)


def _rollout(request: HttpRequest, name: str, status: int = 200, **more: Any) -> HttpResponse:
    moment = now()
    steps = {step.cohort: step for step in services.begun([name], moment)}
    stages = services.cohort_stages(name, moment)
    rules = services.rules_of(name, moment, drills=False)
    titles = organization.cohort_titles()
    stops = list(Stop.objects.filter(use_case=name).order_by("-id")[:20])
    steps_taken = list(Step.objects.filter(use_case=name).order_by("-id")[:30])
    names = organization.names_of(
        [s.made_by for s in steps_taken] + [s.made_by for s in stops] + [s.lifted_by for s in stops]
    )
    in_force = [stop for stop in stops if stop.lifted_at is None]
    recorded = Recorded(name, min([moment - LATELY, *(stop.made_at for stop in in_force)]))
    held = services.with_people(stages)
    reports = _report_paths(request, name, [one.cohort for one in stages])
    shown = {
        "use_case": name,
        "declared": organization.declared(name),
        "rows": [
            {"cohort": one.cohort, "title": titles.get(one.cohort, one.cohort),
             "people": one.people, "stage": one.stage, "percent": f"{100 * one.stage.share:g}",
             "step": steps.get(one.cohort) or steps.get(""),
             "gate": GATE_WORDS[services.gate_state(name, one.cohort)],
             "report": reports.get(one.cohort, "")}
            for one in stages
        ],
        "assisted": sum(one.stage.mode == "assist" for one in held),
        "everybody": all(one.stage.mode == "assist" for one in stages),
        "stopped": rules.stopped,
        "planned": list(services.planned([name], moment)),
        "stops": [(s, kind_words(s.kind), names.get(s.made_by, s.made_by),
                   obedience_of(s, recorded)) for s in in_force],
        "stopped_kinds": [(s.kind.get("cohort"), kind_words({k: v for k, v in s.kind.items() if k != "cohort"}))
                          for s in in_force if s.kind],
        "reserved": [kind_words(k) for k in organization.declared(name).reserved_kinds],
        "kinds": recorded.kinds(),
        "blind_percent": f"{100 * rules.blind:g}",
        "draw": Draw.objects.filter(use_case=name).first() or Draw(use_case=name),
        "history": _history(steps_taken, stops, names),
        "cohorts": [one.cohort for one in stages if one.cohort], "modes": MODES.items(), "units": UNITS.items(),
        "drill_within": drills.OBEYS_WITHIN, "drillable": _drillable(stages, rules.stopped),
        "steps_may": may("rollout_step", request.user),
        "stops_may": may("rollout_stop", request.user),
        "lifts_may": may("rollout_lift", request.user),
        "moment": moment,
    }  # fmt: skip
    shown |= _drills(name)
    return render(request, "rollout/rollout.html", shown | more, status=status)


_EVERYBODY = "*"
"""In the form of a drill: not one cohort but every case. No cohort is called so."""


def _drillable(stages: Sequence[services.CohortStage], stopped: bool) -> list[tuple[str, str]]:
    """Where a stop may be rehearsed: cohorts that have advice, and all of them at once."""
    titles = organization.cohort_titles()
    held = [] if stopped else [one.cohort for one in stages if one.stage.mode == "assist"]
    found = [(key, titles.get(key, key) or _("Everybody else")) for key in held]
    return [*found, (_EVERYBODY, _("Everybody"))] if found else []


def _drills(name: str) -> dict[str, Any]:
    found = drills.drills_of(name)
    names = organization.names_of([seen.drill.made_by for seen in found])
    titles = organization.cohort_titles()
    words = (_("Everybody"), _("Everybody else"))
    return {
        "drills": [
            {"seen": seen, "where": drills.where_words(seen.drill, titles, words),
             "who": names.get(seen.drill.made_by, seen.drill.made_by)}
            for seen in found
        ],
        "drill_on": any(not seen.measured for seen in found),
    }  # fmt: skip


@require_GET
def rollout_drills(request: HttpRequest, name: str) -> HttpResponse:
    """How far a drill is, and those before it; asked again until it is measured."""
    known_or_404(name)
    shown = _drills(name)
    answer = render(request, "rollout/_drills.html", shown)
    if not shown["drill_on"]:
        # The form is there again.
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def rollout_drill(request: HttpRequest, name: str) -> HttpResponse:
    """Rehearse a stop."""
    chosen = request.POST.get("cohort", "")
    everybody = chosen == _EVERYBODY
    return _verb(
        request, name, _("The stop is rehearsed: advice comes back by itself after a minute."),
        lambda: drills.start_drill(
            name, by=actor_of(request), cohort="" if everybody else chosen, everybody=everybody
        ),
        "#drill",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Decided:
    """One line of what was decided: about whom or which cases, what, why, by whom and when."""

    about: str
    what: str
    why: str
    who: str
    at: datetime


def _history(
    steps: Sequence[Step], stops: Sequence[Stop], names: Mapping[str, str]
) -> list[_Decided]:
    """Steps and stops together, newest first."""
    titles = organization.cohort_titles()
    found = [
        _Decided(
            titles.get(s.cohort, s.cohort) or _("Everybody else"),
            f"{s.mode} · {_('withdrawn')}" if s.withdrawn_at else s.mode,
            s.reason, names.get(s.made_by, s.made_by), s.from_at,
        )
        for s in steps
    ]  # fmt: skip
    for stop in stops:
        about = kind_words(stop.kind) or _("Every case")
        who = names.get(stop.made_by, stop.made_by)
        found.append(_Decided(about, _("advice stopped"), stop.reason, who, stop.made_at))
        if stop.lifted_at is not None:
            who = names.get(stop.lifted_by, stop.lifted_by)
            found.append(_Decided(about, _("stop lifted"), "", who, stop.lifted_at))
    return sorted(found, key=lambda one: one.at, reverse=True)


def reads_cohort(person: Person, cohort: str) -> bool:
    """Those who may see every cohort; and everybody their own, and that of the team they lead."""
    return cohort in _read_by(person, [cohort])


def _read_by(person: Person, cohorts: Collection[str]) -> Collection[str]:
    """Those of `cohorts` whose reports a person may read."""
    if organization.roles_of(person) & READS_EVERY_COHORT:
        return cohorts
    own = organization.own_cohorts(person, now().date())
    return [cohort for cohort in cohorts if cohort in own]


def _report_paths(request: HttpRequest, name: str, cohorts: Collection[str]) -> dict[str, str]:
    """Where the shadow reports of cohorts stand, of those that this person may read."""
    person: Person = request.user  # type: ignore[assignment]
    if not may("shadow_report", person):
        return {}
    return {cohort: report_path(name, cohort) for cohort in _read_by(person, cohorts)}


@require_POST
def rollout_step(request: HttpRequest, name: str) -> HttpResponse:
    """A cohort changes mode, now or on a day."""
    known_or_404(name)
    asked = request.POST
    mode, unit = asked.get("mode", ""), asked.get("unit", "person")
    try:
        if mode not in MODES or unit not in UNITS:
            raise InputError(_("choose a mode"))
        services.take_step(
            name, mode, by=actor_of(request), cohort=asked.get("cohort", ""),  # type: ignore[arg-type]
            share=percent(asked.get("share") or "100"), unit=unit,  # type: ignore[arg-type]
            from_at=moment_of(asked.get("from", "")), reason=asked.get("reason", "").strip(),
        )  # fmt: skip
    except InputError as error:
        return _rollout(request, name, 422, problems=[str(error)])
    messages.success(request, _("The step is kept. Clients obey within seconds."))
    return redirect("rollout", name)


@require_POST
def rollout_withdraw(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """A planned step will not come."""
    return _verb(
        request, name, _("The step is withdrawn."),
        lambda: services.withdraw_step(number, by=actor_of(request), reason=_reason(request)),
    )  # fmt: skip


@require_POST
def rollout_draw(request: HttpRequest, name: str) -> HttpResponse:
    """The blind slice, and whether people are asked first."""
    return _verb(
        request, name, _("Kept."),
        lambda: services.set_draw(
            name, by=actor_of(request), blind=percent(request.POST.get("blind") or "0"),
            ask_first="ask_first" in request.POST, reason=_reason(request),
        ),
    )  # fmt: skip


@require_POST
def rollout_stop(request: HttpRequest, name: str) -> HttpResponse:
    """No advice, at once."""

    chosen = request.POST.get("kind", "")

    def stop() -> None:
        try:
            kind = kind_of(chosen) if chosen else None
        except ValueError:
            raise InputError(_("choose the kind of case from the list")) from None
        services.stop(name, by=actor_of(request), reason=_reason(request), kind=kind)

    return _verb(request, name, _stopped(chosen), stop)


def _stopped(chosen: str) -> str:
    """What was stopped, in words."""
    try:
        words = kind_words(kind_of(chosen)) if chosen else ""
    except ValueError:
        words = ""
    if not words:
        return _("Advice is stopped on every case. Below stands which clients have heard of it.")
    return _(
        "Advice is stopped on cases of “{kind}”. Below stands which clients have heard of it."
    ).format(kind=words)


@require_POST
def rollout_lift(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Advice again as the steps say."""
    return _verb(
        request, name, _("The stop is lifted."),
        lambda: services.lift(number, by=actor_of(request), reason=_reason(request)),
    )  # fmt: skip


def _verb(request: HttpRequest, name: str, done: str, verb: Any, place: str = "") -> HttpResponse:
    known_or_404(name)
    try:
        verb()
    except InputError as error:
        return _rollout(request, name, 422, problems=[str(error)])
    messages.success(request, done)
    return redirect(reverse("rollout", args=[name]) + place)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()


def percent(text: str) -> float:
    """A share from a percentage as somebody wrote it. Raises InputError where it is none."""
    try:
        return float(text.replace(",", ".")) / 100
    except ValueError:
        raise InputError(_("a percentage is a number between 0 and 100")) from None


def moment_of(text: str) -> datetime | None:
    """The beginning of a day in UTC; None for now. Raises InputError where it is no day."""
    if not text:
        return None
    try:
        day = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise InputError(_("write the day as 2026-11-30")) from None
    return None if day.date() == now().date() else day
