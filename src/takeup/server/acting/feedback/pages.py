"""Page of the AI product team: what users override and mark as wrong, what it is, the answers, releases
and whether each fix showed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from takeup.questions.fix_check.measure import FixCheck
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.feedback import services
from takeup.server.acting.feedback.export import OF_VALUES
from takeup.server.acting.feedback.models import LABELS, Release, Topic
from takeup.server.acting.feedback.naming import name_of
from takeup.server.acting.feedback.taking import CHECKED_DAYS, check_of
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person, Role
from takeup.server.foundation.pages.asked import whole_number
from takeup.server.foundation.pages.strips import NARROW, Mark, axis, strip
from takeup.server.foundation.pages.words import (
    FLAG_WORDS,
    LABEL_WORDS,
    REASON_WORDS,
    SEVERITY_WORDS,
    VERDICT_WORDS,
    plain,
)
from takeup.server.foundation.permissions import may
from takeup.stats.answer import Answer, Estimate

_FIRST = 8


@require_GET
def queue(request: HttpRequest, name: str = "") -> HttpResponse:
    """Topics of a use case, the largest first."""
    names = organization.use_case_names()
    if not name:
        return (
            redirect("queue_of", names[0]) if names else render(request, "feedback/queue.html", {})
        )
    return _queue(request, name)


@require_POST
def topic_act(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Label, assign, merge or answer one topic."""
    person: Person = request.user  # type: ignore[assignment]
    asked, by = request.POST, person.handle
    try:
        what = asked.get("act")
        if asked.get("label"):
            services.label_topic(number, asked["label"], by=by)
        if asked.get("severity"):
            services.set_severity(number, asked["severity"], by=by)
        if what == "answer":
            made = services.answer_topic(number, asked.get("text", ""), by=by)
            told = ngettext(
                "The answer reached {n} person.", "The answer reached {n} people.", made.people
            )
            messages.success(request, told.format(n=made.people))
        elif what == "meanwhile":
            services.decide_meanwhile(
                number, asked.get("meanwhile", ""), asked.get("why", ""), by=by
            )
        elif what == "assign":
            services.assign_topic(number, asked.get("owner", ""), by=by)
        elif what == "merge":
            into = asked.get("into", "")
            services.merge_topic(number, whole_number(into) or 0, by=by)
    except InputError as error:
        return _queue(request, name, 422, problems=[str(error)], open=number)
    return redirect(f"{request.path.rsplit('/', 2)[0]}?open={number}#topic-{number}")


@require_POST
def release_ship(request: HttpRequest, name: str) -> HttpResponse:
    """A model version ships and cites what it answers."""
    person: Person = request.user  # type: ignore[assignment]
    asked = request.POST
    try:
        try:
            on = date.fromisoformat(asked.get("shipped_on") or now().date().isoformat())
        except ValueError:
            raise InputError(_("write the day as 2027-12-31")) from None
        cited = [n for text in asked.getlist("topics") if (n := whole_number(text)) is not None]
        services.ship_release(
            name, asked.get("version", ""), on, asked.get("words", ""), cited,
            export=asked.get("export", ""), by=person.handle,
        )  # fmt: skip
    except InputError as error:
        return _queue(request, name, 422, problems=[str(error)])
    messages.success(
        request, _("The release is recorded; its fix is checked in the log from now on.")
    )
    return redirect("queue_of", name)


def _queue(request: HttpRequest, name: str, status: int = 200, **more: Any) -> HttpResponse:
    topics = services.topics_of(name)
    wanted = str(more.pop("open", request.GET.get("open", "")))
    every = request.GET.get("all") == "1"
    owners = {t.owner for t in topics if t.owner}
    names = organization.names_of(owners)
    releases = services.releases_of(name)
    needs = sum(not t.label for t in topics)
    rows = [_topic(t, names, wanted == str(t.pk)) for t in (topics if every else topics[:_FIRST])]
    late = sum(_is_late(t) for t in topics)
    whole = services.all_overrides(name)
    shown: dict[str, Any] = {
        "use_case": name, "declared": organization.declared(name),
        "use_cases": organization.use_case_names(),
        "heading": _heading(topics),
        "whole": _told(whole) if whole else None,
        "flags": sum(_flags(t) for t in topics), "topics": len(topics), "needs_label": needs,
        "rows": rows, "more": len(topics) - len(rows), "late": late,
        "severities": list(SEVERITY_WORDS.items()), "labels": [(k, LABEL_WORDS[k]) for k in LABELS],
        "owners": organization.named_with([Role.PRODUCT_TEAM], now().date()),
        "all_topics": [(t.pk, name_of(t)) for t in topics],
        "acts_may": may("topic_act", request.user), "axis": axis(),
        "releases": [_release(r, t) for r in releases for t in r.topics.all()],
        "days": CHECKED_DAYS, "today": now().date(),
    }  # fmt: skip
    return render(request, "feedback/queue.html", shown | more, status=status)


def _heading(topics: list[Topic]) -> str:
    """What the clusters that can be told say, in words."""
    told = [t for t in topics if t.reason and t.reason not in OF_VALUES]
    know = next((t for t in told if (t.figures.get("low") or 0) > 0.5), None)
    model = next((t for t in told if (t.figures.get("high") or 1) < 0.5), None)
    if know and model:
        return _(
            "On {one} people know what the model doesn’t. On {other} the model is right."
        ).format(one=plain(know.level or know.use_case), other=plain(model.level or model.use_case))
    if know:
        return _("On {one} people know what the model doesn’t").format(
            one=plain(know.level or know.use_case)
        )
    if model:
        return _("On {one} the model is right more often").format(
            one=plain(model.level or model.use_case)
        )
    return (
        _("Nothing can be told yet: overrides wait to be judged")
        if topics
        else _("Nothing is reported")
    )


def _flags(topic: Topic) -> int:
    return len(topic.flags.all()) + sum(len(m.flags.all()) for m in topic.merged.all())


def _is_late(topic: Topic) -> bool:
    due = services.due_of(topic)
    return due is not None and due < now().date()


def _topic(topic: Topic, names: dict[str, str], is_open: bool) -> dict[str, Any]:
    told = _told(topic.figures)
    if topic.reason in OF_VALUES:
        told |= {
            "says": _("Policy: a question of rules, not of right and wrong"),
            "mark": "policy",
        }
    return told | {
        "it": topic, "open": is_open, "level": plain(topic.level or topic.use_case).capitalize(),
        "dimension": plain(topic.dimension.removeprefix("x_")),
        "reason": REASON_WORDS.get(topic.reason, plain(topic.reason)) if topic.reason else "",
        "flagged": FLAG_WORDS.get(topic.flag_kind, plain(topic.flag_kind)) if topic.flag_kind else "",
        "flags": _flags(topic), "label": LABEL_WORDS.get(topic.label, ""),
        "severity": SEVERITY_WORDS[topic.severity],
        "owner": names.get(topic.owner, ""), "due": services.due_of(topic), "late": _is_late(topic),
        "replies": list(topic.replies.all()), "releases": list(topic.releases.all()),
        "cases": [flag.case_id for flag in topic.flags.all()][:5],
        "populations": [_told(one) for one in topic.figures.get("populations", [])],
    }  # fmt: skip


def _told(f: Mapping[str, Any]) -> dict[str, Any]:
    """Counts of judged overrides as they are drawn and said."""
    people, model, untold = (
        int(f.get(k, 0)) for k in ("people_right", "model_right", "cannot_tell")
    )
    judged, low, high = people + model, f.get("low"), f.get("high")
    if low is not None and low > 0.5:
        says, mark = _("People know"), "people"
    elif high is not None and high < 0.5:
        says, mark = _("Model right"), "model"
    else:
        says, mark = _("Can’t tell yet"), "early"
    total = max(judged + untold, 1)
    told_width = 200 * judged / total
    return {
        "name": f.get("name", ""), "overrides": f.get("overrides", 0), "judged": judged,
        "people_right": people, "model_right": model, "cannot_tell": untold,
        "untold_at": round(told_width, 1),
        "widths": [round(200 * n / total, 1) for n in (people, model, untold)],
        "interval": [round(told_width * low, 1), round(told_width * high, 1)]
        if low is not None and high is not None and judged else None,
        "range": _("{k} in 100 right, {low} to {high}").format(
            k=round(100 * f["share"]), low=round(100 * low), high=round(100 * high)
        ) if f.get("share") is not None and low is not None and high is not None else f.get("why", ""),
        "says": says, "mark": mark,
    }  # fmt: skip


def _release(release: Release, topic: Topic) -> dict[str, Any]:
    found = check_of(release, topic)
    told: dict[str, Any] = {
        "release": release,
        "topic": name_of(topic),
        "verdict": VERDICT_WORDS["too_early"],
    }
    if isinstance(found, FixCheck):
        told |= {
            "before": _counted(found.before), "after": _counted(found.after),
            "elsewhere": _percents(found.elsewhere_before, found.elsewhere_after),
            "change": _points(found.change), "verdict": VERDICT_WORDS[found.verdict], "mark": found.verdict,
            "strip": strip(
                [Mark("square", "model", found.before, filled=False), Mark("square", "model", found.after)],
                f"{_('wrong before')} {_counted(found.before)}, {_('after')} {_counted(found.after)}",
                NARROW,
            ),
        }  # fmt: skip
    return told


def _counted(answer: Answer) -> str:
    return f"{answer.k} / {answer.n}" if isinstance(answer, Estimate) else "–"


def _percents(*answers: Answer) -> str:
    """One share after the other, each with its range."""
    told = [
        _("{share} ({low} to {high})").format(
            share=round(100 * a.value), low=round(100 * a.low), high=round(100 * a.high)
        )
        for a in answers
        if isinstance(a, Estimate)
    ]
    return _(", then ").join(told) + " %" if len(told) == len(answers) else ""


def _points(answer: Answer) -> str:
    if not isinstance(answer, Estimate):
        return ""
    low, value, high = (
        f"{'−' if v < 0 else '+'}{abs(round(100 * v))}"
        for v in (answer.low, answer.value, answer.high)
    )
    return _("{value} points, {low} to {high}").format(value=value, low=low, high=high)
