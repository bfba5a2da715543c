"""Pages: the shadow report of a cohort, its gate, and the decision on it. The cohort and its lead
read the same page."""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from takeup.questions.shadow.card import (
    changed_section,
    kinds_section,
    kinds_table,
    looks_cards,
    name_of_kind,
    shadow_heading,
)
from takeup.questions.shadow.measure import Shadow
from takeup.record.clock import now
from takeup.record.errors import DeclarationError, InputError
from takeup.report.html import render_card
from takeup.server.acting.rollout import gates, services
from takeup.server.acting.rollout.gate import (
    Gate,
    GateResult,
    KindVerdict,
    evaluate,
    goes_on,
    is_measured,
    is_stop_drill,
)
from takeup.server.acting.rollout.models import Look, Opening
from takeup.server.acting.rollout.pages import (
    actor_of,
    known_or_404,
    moment_of,
    percent,
    reads_cohort,
)
from takeup.server.acting.rollout.shadow_looks import looks_of
from takeup.server.foundation.agreement.services import measuring
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person, Role
from takeup.server.foundation.pages.detail import key_words, value_words
from takeup.server.foundation.pages.exports import shown_or_exported
from takeup.server.foundation.permissions import may
from takeup.stats.answer import CannotSay

_KIND_WORDS = {
    "passes": "passes",
    "behind": "behind beyond the margin: people decide this kind",
    "too_early": "too early to say",
    "people_decide": "people decide this kind",
    "small": "small: not required to pass",
    "hidden": "",
}
Looked = list[tuple[Look, Shadow | CannotSay]]
_DECIDERS = (Role.PROGRAMME_LEAD, Role.EXECUTIVE)


@require_GET
def shadow_report(request: HttpRequest, name: str, cohort: str = "") -> HttpResponse:
    """Model against people on the same cases, the gate's clauses, and the decision."""
    known_or_404(name)
    person: Person = request.user  # type: ignore[assignment]
    if not reads_cohort(person, cohort):
        return render(request, "not_permitted.html", status=403)
    return _report(request, name, cohort)


@require_POST
def shadow_gate(request: HttpRequest, name: str) -> HttpResponse:
    """Declare the gate, or its next revision."""
    known_or_404(name)
    asked, cohort = request.POST, request.POST.get("cohort", "")
    try:
        given = {
            "starts": asked.get("starts") or now().date().isoformat(),
            "decide_by": asked.get("decide_by") or None,
            "margin": percent(asked.get("margin") or "2"),
            "disagreement": percent(asked.get("disagreement") or "20"),
            "pairs": asked.get("pairs") or "200",
            "days": asked.get("days") or "20",
            "own_answer_first": percent(asked.get("own_answer_first") or "95"),
            "kind_floor": percent(asked.get("kind_floor") or "10"),
            "reports": asked.get("reports") or "0",
            "opened": percent(asked.get("opened") or "60"),
            "attested": [s.strip() for s in asked.get("attested", "").splitlines() if s.strip()],
        }
        gates.declare_gate(
            name, cohort, given, decider=asked.get("decider", ""), by=actor_of(request),
            reason=asked.get("reason", ""),
        )  # fmt: skip
    except DeclarationError as error:
        return _report(request, name, cohort, 422, problems=error.problems)
    except InputError as error:
        return _report(request, name, cohort, 422, problems=[str(error)])
    messages.success(request, _("The gate is declared; changes from here on are visible."))
    return _to_report(name, cohort)


@require_POST
def shadow_attest(request: HttpRequest, name: str) -> HttpResponse:
    """Sign a statement that the log cannot show."""
    known_or_404(name)
    cohort = request.POST.get("cohort", "")
    try:
        gates.attest(
            name, cohort, request.POST.get("statement", ""), by=actor_of(request),
            note=request.POST.get("note", "").strip(),
        )  # fmt: skip
    except InputError as error:
        return _report(request, name, cohort, 422, problems=[str(error)])
    messages.success(request, _("Signed, with your name and today’s date."))
    return _to_report(name, cohort)


@require_POST
def shadow_decide(request: HttpRequest, name: str) -> HttpResponse:
    """The named person decides; what follows is taken in the same step."""
    known_or_404(name)
    cohort = request.POST.get("cohort", "")
    try:
        _decide(request, name, cohort)
    except InputError as error:
        return _report(request, name, cohort, 422, problems=[str(error)])
    messages.success(request, _("The decision is recorded, and what follows from it."))
    return _to_report(name, cohort)


@transaction.atomic
def _decide(request: HttpRequest, name: str, cohort: str) -> None:
    asked, actor = request.POST, actor_of(request)
    version, gate = gates.gate_of(name, cohort)
    looks = looks_of(name, cohort)
    if version is None:
        raise InputError(_("declare the gate first"))
    if not looks:
        raise InputError(_("there is no shadow report yet to decide on"))
    look, shadow = looks[-1]
    result = evaluate(gate, shadow, gates.beside(name, cohort, [look.day for look, _ in looks]))
    made = gates.decide(
        version, look.day, result.says, asked.get("decided", ""), by=actor,  # type: ignore[arg-type]
        reason=asked.get("reason", ""),
    )  # fmt: skip
    if made.decided == "hold":
        return
    if made.decided == "intervene":
        for one in result.kinds:
            if one.says in ("behind", "too_early") and one.kind.dimension:
                services.stop(
                    name, by=actor, kind=_kind_in(one, cohort),
                    reason=_("the gate: {says}").format(says=_KIND_WORDS[one.says]),
                )  # fmt: skip
    services.take_step(
        name, "assist", by=actor, cohort=cohort, share=percent(asked.get("share") or "100"),
        unit="person", from_at=moment_of(asked.get("from", "")), reason=made.reason or _("the gate says {said}").format(said=made.said),
    )  # fmt: skip


def _kind_in(one: KindVerdict, cohort: str) -> dict[str, str]:
    kind = {one.kind.dimension.removeprefix("x_"): one.kind.key}
    return {"cohort": cohort, **kind} if cohort else kind


def _report(
    request: HttpRequest, name: str, cohort: str, status: int = 200, **more: Any
) -> HttpResponse:
    person: Person = request.user  # type: ignore[assignment]
    looks = looks_of(name, cohort)
    version, gate = gates.gate_of(name, cohort)
    shown: dict[str, Any] = {
        "use_case": name, "declared": organization.declared(name), "cohort": cohort,
        "people": len(organization.handles_in(cohort, now().date())),
        "gate": gate, "version": version, "versions": _versions(name, cohort),
        "pairs_needed": gate.pairs_to_decide(measuring().confidence),
        "deciders": organization.named_with(_DECIDERS, now().date()),
        "attested_text": "\n".join(gate.attested),
        "gate_may": may("shadow_gate", person), "attest_may": may("shadow_attest", person),
        "percents": _percents(gate),
        "decider_name": _name_of(version.decider) if version else "",
        "decides": version is not None and version.decider == person.handle
        and may("shadow_decide", person),
        "decision": gates.last_decision(name, cohort),
    }  # fmt: skip
    if looks:
        look, shadow = looks[-1]
        if request.method == "GET":
            _opened(name, cohort, person)
        beside = gates.beside(name, cohort, [look.day for look, _ in looks])
        result = evaluate(gate, shadow, beside)
        unsigned = [
            text for text in gate.attested
            if text not in beside.attested and not is_measured(text, beside)
        ]  # fmt: skip
        shown |= {"look": look, "result": result, "signs": unsigned,
                  "drill_unsigned": any(is_stop_drill(text) for text in unsigned)}  # fmt: skip
        if isinstance(shadow, Shadow):
            shown |= _figures(looks, shadow, gate, result)
        else:
            shown["refused"] = shadow
    shown |= more
    if status != 200:
        return render(request, "rollout/shadow.html", shown, status=status)
    found = looks[-1][1] if looks else None
    table = kinds_table(found) if isinstance(found, Shadow) else (["kind"], [])
    name_of_export = f"shadow-{name}-{cohort or 'everybody-else'}"
    return shown_or_exported(request, "rollout/shadow.html", shown, name_of_export, table)


def _figures(looks: Looked, shadow: Shadow, gate: Gate, result: GateResult) -> dict[str, Any]:
    said = {(v.kind.dimension, v.kind.key): (_KIND_WORDS[v.says], _needs(v)) for v in result.kinds}
    series = [(look.day.isoformat(), one) for look, one in looks if isinstance(one, Shadow)]
    changed = changed_section(shadow)
    more = goes_on(shadow, now().date())
    pace = shadow.weekly_pairs if more else 0.0
    left = gate.pairs_to_decide(measuring().confidence) - shadow.overall.pairs
    return {
        "shadow": shadow,
        "heading": shadow_heading(shadow),
        "kinds": render_card(kinds_section(shadow, gate.margin, said)),
        "changed": render_card(changed) if changed else "",
        "looks": looks_cards(series, gate.margin),
        "waits": [
            (name_of_kind(v.kind), v)
            for v in result.kinds
            if v.says == "too_early" and v.needs_pairs
        ],
        "first": date.fromisoformat(shadow.first),
        "last": date.fromisoformat(shadow.last),
        "goes_on": more,
        "weeks_left": 0 if left <= 0 else ceil(left / pace) if pace > 0 else None,
    }


def _needs(one: KindVerdict) -> str:
    if one.says != "too_early" or not one.needs_pairs:
        return ""
    when = f", about {one.about:%-d %B %Y}" if one.about else ""
    return f"{one.kind.pairs:,} of {one.needs_pairs:,} pairs{when}"


def _versions(name: str, cohort: str) -> list[dict[str, Any]]:
    held = gates.versions_of(name, cohort)
    names = organization.names_of([v.declared_by for v in held] + [v.decider for v in held])
    told = []
    for before, version in zip([None, *held], held, strict=False):
        told.append(
            {
                "version": version, "by": names.get(version.declared_by, version.declared_by),
                "decider": names.get(version.decider, version.decider),
                "late": gates.changed_after_looking(version),
                "after_start": version.declared_at.date() > date.fromisoformat(version.declared["starts"]),
                "changes": [] if before is None else [
                    (key_words(key).capitalize(), value_words(key, before.declared.get(key)),
                     value_words(key, value))
                    for key, value in version.declared.items()
                    if before.declared.get(key) != value
                ],
            }
        )  # fmt: skip
    return told


def _opened(name: str, cohort: str, person: Person) -> None:
    """Count that somebody of the cohort has read the report."""
    if person.handle in organization.handles_in(cohort, now().date()):
        Opening.objects.get_or_create(
            use_case=name, cohort=cohort, handle=person.handle, defaults={"first_at": now()}
        )


def _percents(gate: Gate) -> dict[str, str]:
    return {
        key: f"{100 * getattr(gate, key):g}"
        for key in ("margin", "disagreement", "own_answer_first", "kind_floor", "opened")
    }


def _name_of(handle: str) -> str:
    return organization.names_of([handle]).get(handle, handle)


def _to_report(name: str, cohort: str) -> HttpResponse:
    return redirect("shadow_report_of", name, cohort) if cohort else redirect("shadow_report", name)
