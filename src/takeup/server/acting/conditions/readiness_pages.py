"""Pages: is a population ready for the advice? Answered without sign-in where the deployment allows it, with a
result to share by a link that expires."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from takeup.questions.conditions.indicators import condition_of, conditions
from takeup.questions.conditions.readiness import (
    ANCHORS,
    FEWEST_PRACTITIONERS,
    Answered,
    ConditionReadiness,
    Readiness,
    expected,
    readiness,
    readiness_questions,
)
from takeup.questions.knowledge import actions
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.conditions import services
from takeup.server.acting.conditions.models import Assessment
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person
from takeup.server.foundation.pages.asked import whole_number
from takeup.server.foundation.pages.exports import printed
from takeup.server.foundation.permissions import may

_RESULT = "takeup.readiness.result"
LINK_DAYS = 30
"""How long a link to a result holds."""
_EVIDENCE = 200
GROUP_WORDS = {
    "process_owner": gettext_lazy("whoever owns the process"),
    "direct_manager": gettext_lazy("a direct manager"),
    "practitioner": gettext_lazy("one of those who decide"),
}
_SHORT = {
    "process_owner": gettext_lazy("owner"),
    "direct_manager": gettext_lazy("manager"),
    "practitioner": gettext_lazy("those who decide"),
}
"""The same in a column."""
EXPECTED_WORDS = {
    "expected_present": ("●", gettext_lazy("expected to be present")),
    "expected_partial": ("◐", gettext_lazy("expected to be partly there")),
    "expected_absent": ("○", gettext_lazy("expected to be absent")),
    "unknown": ("?", gettext_lazy("unknown")),
}


@require_http_methods(["GET", "POST"])
def readiness_page(request: HttpRequest) -> HttpResponse:
    """The questions, for whoever wants a first result, of which nothing is kept; assessments, for those who open
    them."""
    if request.method == "POST":
        return _tried(request)
    return _readiness(request)


def _readiness(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    opens = may("readiness_open", request.user)
    shown = {
        "opens": opens, "held": Assessment.objects.order_by("-id")[:50] if opens else [],
        "use_cases": organization.use_case_names() if opens else [],
        "populations": sorted(organization.population_titles().items()) if opens else [],
        "today": now().date(), "asks": _asks({}), "groups": GROUP_WORDS.items(),
        "anchors": list(enumerate(ANCHORS, 1)), "days": LINK_DAYS, "given": {}, "tries": True,
    }  # fmt: skip
    return render(request, "conditions/readiness.html", shown | more, status=status)


def _tried(request: HttpRequest) -> HttpResponse:
    """A first result by one person's answers: it stands in its link, and nowhere else."""
    answers, group = _answers(request.POST), request.POST.get("group", "")
    try:
        told = services.checked_answers(group, answers)
    except InputError as error:
        return _readiness(
            request, 422, problems=[str(error)], asks=_asks(answers), given=request.POST
        )
    held = {key: [a.value, bool(a.evidence)] for key, a in told.answers.items()}
    title = request.POST.get("title", "").strip()[:200]
    return redirect("readiness_result", _link({"t": title, "g": told.group, "v": held}))


def _link(told: Mapping[str, Any]) -> str:
    until = now().date() + timedelta(days=LINK_DAYS)
    return signing.dumps({**told, "until": until.isoformat()}, salt=_RESULT, compress=True)


def _asks(given: Mapping[str, Answered]) -> list[dict[str, Any]]:
    """The questions by condition, with what was answered before."""
    return [
        {
            "rule": rule,
            "questions": [
                {"it": q, "given": given.get(q.id)}
                for q in readiness_questions()
                if q.condition == rule.id
            ],
        }
        for rule in conditions()
    ]


def _answers(asked: Mapping[str, Any]) -> dict[str, Answered]:
    found = {}
    for question in readiness_questions():
        text = str(asked.get(question.id, ""))
        if text in ("1", "2", "3", "4", "5"):
            evidence = str(asked.get(f"{question.id}-evidence", "")).strip()[:_EVIDENCE]
            found[question.id] = Answered(int(text), evidence)
    return found


@require_POST
def readiness_open(request: HttpRequest) -> HttpResponse:
    """Begin an assessment that several people answer."""
    person: Person = request.user  # type: ignore[assignment]
    asked = request.POST
    try:
        many = asked.get("practitioners", "").strip()
        if many and whole_number(many) is None:
            raise InputError(_("how many people decide is a whole number"))
        made = services.open_assessment(
            asked.get("title", ""), _last_day(asked.get("closes_on", "")), by=person.handle,
            use_case=asked.get("use_case", ""), population=asked.get("population", ""),
            practitioners=whole_number(many),
        )  # fmt: skip
    except InputError as error:
        return _readiness(request, 422, problems=[str(error)], given=asked)
    return redirect("readiness_of", made.pk)


def _last_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(_("write the last day as 2027-12-31")) from None


@require_GET
def readiness_of(request: HttpRequest, number: int) -> HttpResponse:
    """One assessment: its result so far, how many links were given out and, asked for, one to its result."""
    one = _assessment(number)
    shared: dict[str, Any] = {}
    if request.GET.get("share"):
        person: Person = request.user  # type: ignore[assignment]
        link = _link({"a": one.key})
        shared["share_at"] = request.build_absolute_uri(reverse("readiness_result", args=[link]))
        audit.record("readiness.shared", actor=person.handle, number=one.pk)
    return _assessed(request, one, **shared)


def _assessment(number: int) -> Assessment:
    one = Assessment.objects.filter(pk=number).first()
    if one is None:
        raise Http404
    return one


def _assessed(
    request: HttpRequest, one: Assessment, status: int = 200, **more: Any
) -> HttpResponse:
    shown: dict[str, Any] = {
        "it": one, "days": LINK_DAYS, "evidence": services.evidence_of(one), "given": {},
        "links": [(GROUP_WORDS[g], n, done) for g, (n, done) in services.links_of(one).items()],
        "groups": GROUP_WORDS.items(), "most": services.MOST_LINKS,
        "closed": one.closes_on < now().date(), **_told(services.result_of(one)),
    }  # fmt: skip
    return render(request, "conditions/assessment.html", shown | more, status=status)


@require_POST
def readiness_links(request: HttpRequest, number: int) -> HttpResponse:
    """Links to give out, each of which answers once; they are shown here and not again."""
    one = _assessment(number)
    person: Person = request.user  # type: ignore[assignment]
    group, many = request.POST.get("group", ""), request.POST.get("many", "").strip()
    try:
        codes = services.make_links(one, group, whole_number(many), by=person.handle)
    except InputError as error:
        return _assessed(request, one, 422, problems=[str(error)], given=request.POST)
    at = [request.build_absolute_uri(reverse("readiness_answer", args=[code])) for code in codes]
    return _assessed(request, one, made=at, made_for=GROUP_WORDS[group])


@require_http_methods(["GET", "POST"])
def readiness_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The questions of one assessment, for whoever has one of its links, once; who answers is not kept."""
    ticket = services.ticket_of(token)
    if ticket is None:
        return render(request, "conditions/no_link.html", status=404)
    one = ticket.assessment
    shown = {
        "it": one, "asks": _asks({}), "as_group": GROUP_WORDS[ticket.group], "given": {},
        "anchors": list(enumerate(ANCHORS, 1)), "closed": one.closes_on < now().date(),
        "answered": ticket.answered,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "conditions/answer.html", shown)
    answers = _answers(request.POST)
    try:
        services.answer_by(ticket, answers)
    except InputError as error:
        again = {"problems": [str(error)], "asks": _asks(answers), "given": request.POST}
        return render(request, "conditions/answer.html", shown | again, status=422)
    messages.success(request, _("Your answers are kept, without your name."))
    return render(request, "conditions/answer.html", shown | {"done": True})


@require_GET
def readiness_result(request: HttpRequest, token: str) -> HttpResponse:
    """A result for whoever has its link, until it expires; with `?as=pdf` printed."""
    try:
        told = signing.loads(token, salt=_RESULT, max_age=timedelta(days=LINK_DAYS + 1))
    except signing.SignatureExpired:
        return render(request, "conditions/expired.html", status=410)
    except signing.BadSignature:
        raise Http404 from None
    until = date.fromisoformat(told["until"])
    if until < now().date():
        return render(request, "conditions/expired.html", status=410)
    found, title, alone = _result(told)
    shown = {"title": title, "until": until, "alone": alone, "exports_pdf": True, **_told(found)}
    if request.GET.get("as") == "pdf":
        return printed(request, "conditions/result.html", shown, "readiness")
    return render(request, "conditions/result.html", shown)


def _result(told: Mapping[str, Any]) -> tuple[Readiness, str, str]:
    """The result of a link: of an assessment as it is now, or of the answers it holds."""
    if "a" in told:
        one = Assessment.objects.filter(key=told["a"]).first()
        if one is None:
            raise Http404
        return services.result_of(one), one.title, ""
    answers = {key: Answered(v, services.NAMED * e) for key, (v, e) in told["v"].items()}
    found = readiness([services.checked_answers(told["g"], answers)])
    return found, told["t"], str(GROUP_WORDS[told["g"]])


def _told(found: Readiness) -> dict[str, Any]:
    rows = [_row(one, found) for one in found.conditions]
    return {
        "rows": rows, "missing": found.missing,
        "answered": [(GROUP_WORDS[g], n) for g, n in found.respondents.items() if n],
        "lacking": sum(r["expected"] == "expected_absent" for r in rows),
    }  # fmt: skip


def _row(one: ConditionReadiness, found: Readiness) -> dict[str, Any]:
    so_far = expected(one.value)
    sign, told = EXPECTED_WORDS[so_far]
    rule = condition_of(one.condition)
    return {
        "name": rule.name, "asks": rule.asks, "expected": so_far, "sign": sign, "words": told,
        "value": None if one.value is None else f"{one.value:.1f}", "disputed": one.disputed,
        "groups": _groups(one, found), "capped": one.capped,
        "closes": actions()[rule.closes[0]].do
        if so_far in ("expected_absent", "expected_partial") else "",
    }  # fmt: skip


def _groups(one: ConditionReadiness, found: Readiness) -> Sequence[tuple[Any, str]]:
    """Each group's median; of few who decide none, as it would be theirs."""
    return [
        (_SHORT[group], f"{value:g}")
        for group, value in one.by_group.items()
        if group != "practitioner" or found.respondents[group] >= FEWEST_PRACTITIONERS
    ]
