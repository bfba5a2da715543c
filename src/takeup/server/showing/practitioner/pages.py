"""Pages for the person alone: today, own cases, own calibration, own data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from takeup.questions.ladder.people import GradedPerson
from takeup.questions.own_calibration.measure import OwnCalibration, OwnKind
from takeup.record.errors import InputError
from takeup.server.acting.feedback.services import (
    due_of,
    fixes_of,
    flags_of,
    replies_to,
    what_became,
)
from takeup.server.foundation.audit.services import entries_about
from takeup.server.foundation.notices.services import told_lately
from takeup.server.foundation.organization.services import Person, declared, use_case_names
from takeup.server.foundation.pages.asked import whole_number
from takeup.server.foundation.pages.strips import NARROW, Mark, axis, strip
from takeup.server.foundation.pages.words import (
    ACTION_WORDS,
    CLAUSE_WORDS,
    FLAG_WORDS,
    LABEL_WORDS,
    LEVEL_WORDS,
    REASON_WORDS,
    VERDICT_WORDS,
    plain,
)
from takeup.server.showing.practitioner import vault
from takeup.server.showing.practitioner.compared import opened_by
from takeup.server.showing.practitioner.own import (
    OwnCases,
    figures_of,
    own_cases,
    with_what_was_done,
)
from takeup.server.showing.practitioner.practice import a_case, case_of, known_of
from takeup.stats.answer import Answer, CannotSay, Estimate

_FROM_THE_TEAM = ("reply:", "release:", "performance:", "shadow:")
_MOST_NOTICES = 8
WINDOWS = (30, 90, 365)
_A_PAGE = 50


@require_GET
def my_today(request: HttpRequest) -> HttpResponse:
    """What waits for the person: answers to what they reported, open flags, what changed."""
    person: Person = request.user  # type: ignore[assignment]
    flags: list[dict[str, Any]] = []
    for own in own_cases(person.handle).values():
        mine = {row["decision_id"]: row for row in own.rows if row.get("flagged")}
        topics = flags_of(own.use_case, list(mine))
        replies, fixes = replies_to(list(topics.values())), fixes_of(set(topics.values()))
        for decision, row in mine.items():
            topic = topics.get(decision)
            flags.append(
                _case({**row, "action": ""})
                | {
                    "title": own.declared.title or own.use_case,
                    "label": LABEL_WORDS.get(topic.label, "") if topic else "",
                    "replies": replies.get(topic.pk, []) if topic else [],
                    "due": due_of(topic) if topic else None,
                    "fixes": [
                        (version, VERDICT_WORDS[verdict])
                        for version, verdict in (fixes.get(topic.pk, []) if topic else [])
                    ],
                }
            )
    shown = {
        **_vault(person),
        "open": [f for f in flags if not f["replies"]],
        "answered": [f for f in flags if f["replies"]],
        "notices": told_lately(person.handle, _FROM_THE_TEAM, _MOST_NOTICES),
    }
    return render(request, "practitioner/today.html", shown)


def _vault(person: Person) -> dict[str, bool]:
    """Whether the person wants none, and whether the deployment's secret opens it."""
    return {
        "closed": vault.is_closed(person.handle),
        "cannot_open": vault.cannot_open(person.handle),
    }


@require_GET
def my_calibration(request: HttpRequest) -> HttpResponse:
    """When you followed, when you overrode: how both kinds of decision turned out."""
    person: Person = request.user  # type: ignore[assignment]
    held = own_cases(person.handle)
    own = _chosen(held, request.GET.get("use_case"))
    days = _days(request.GET.get("days"))
    shown: dict[str, Any] = {
        **_vault(person), "use_cases": list(held), "days": days,
        "windows": WINDOWS,
    }  # fmt: skip
    if own is None:
        return render(request, "practitioner/calibration.html", shown)
    shown |= {"use_case": own.use_case, "title": own.declared.title or own.use_case}
    figures = figures_of(own, days)
    if figures.calibration.decisions:
        opened_by(person, own.use_case)
        told = figures.calibration
        shown |= {"told": told, **_told(told), "reasons": _reasons(own, figures.rows)}
        shown["only"] = " / ".join(plain(choice) for choice in figures.only)
        shown |= {"level": _level(figures.level, figures.level_days)}
    return render(request, "practitioner/calibration.html", shown)


@require_GET
def my_cases(request: HttpRequest) -> HttpResponse:
    """Own decisions one by one, the newest first, with the advice and how it ended."""
    person: Person = request.user  # type: ignore[assignment]
    held = own_cases(person.handle)
    own = _chosen(held, request.GET.get("use_case"))
    shown: dict[str, Any] = {**_vault(person), "use_cases": list(held)}
    if own is not None:
        page = Paginator(own.rows, _A_PAGE).get_page(request.GET.get("page"))
        part = OwnCases(own.use_case, own.declared, tuple(page.object_list))
        shown |= {
            "use_case": own.use_case, "title": own.declared.title or own.use_case, "page": page,
            "rows": [_case(row) for row in with_what_was_done(part)],
        }  # fmt: skip
    return render(request, "practitioner/cases.html", shown)


@require_http_methods(["GET", "POST"])
def practice(request: HttpRequest) -> HttpResponse:
    """A past case to decide on; then what was advised, and what was right. Nothing is kept."""
    asked = request.POST if request.method == "POST" else request.GET
    names = use_case_names()
    name = asked.get("use_case") if asked.get("use_case") in names else (names[0] if names else "")
    n, k = (whole_number(asked.get(x, "")) or 0 for x in ("n", "k"))
    chosen = asked.get("choice") if request.method == "POST" else None
    case = case_of(name or "", asked.get("case", "")) if chosen else a_case(name or "")
    rule = declared(name) if name else None
    shown: dict[str, Any] = {
        "use_case": name, "title": (rule.title if rule else None) or name, "case": case, "n": n, "k": k,
    }  # fmt: skip
    if case is not None:
        choices = (rule.choices if rule else []) or sorted({case.advice, case.right})
        shown |= {"known": known_of(case), "choices": [(c, plain(c).capitalize()) for c in choices]}
    if case is not None and chosen:
        well = chosen == case.right
        shown |= {
            "chosen": plain(chosen), "advised": plain(case.advice), "right": plain(case.right),
            "well": well, "advice_right": case.advice == case.right, "n": n + 1, "k": k + well,
            "sure": None if case.confidence is None else round(100 * case.confidence),
        }  # fmt: skip
    return render(request, "practitioner/practice.html", shown)


@require_GET
def my_data(request: HttpRequest) -> HttpResponse:
    """What takeup holds of the person, for download; whether it may go on; who looked."""
    person: Person = request.user  # type: ignore[assignment]
    held = own_cases(person.handle)
    shown = {
        **_vault(person),
        "held": [(name, len(own.rows)) for name, own in held.items()],
        "looked": entries_about(person.handle),
        "objections": vault.objections_of(person.handle),
    }
    return render(request, "practitioner/data.html", shown)


@require_POST
def my_objection(request: HttpRequest) -> HttpResponse:
    """Object to what is recorded, in one's own words."""
    person: Person = request.user  # type: ignore[assignment]
    try:
        vault.object_to(person.handle, request.POST.get("text", ""), str(person))
    except InputError as error:
        messages.error(request, str(error))
        return redirect("my_data")
    messages.success(request, _("Your note is kept, and those who oversee are told."))
    return redirect("my_data")


@require_GET
def my_data_download(request: HttpRequest) -> HttpResponse:
    """Everything in one's own vault as JSON."""
    person: Person = request.user  # type: ignore[assignment]
    decisions, outcomes = vault.rows_of(person.handle)
    text = json.dumps(
        {"person_id": person.person_id, "decisions": decisions, "outcomes": outcomes},
        ensure_ascii=False, indent=1,
    )  # fmt: skip
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="my-decisions.json"'
    return response


@require_POST
def my_vault(request: HttpRequest) -> HttpResponse:
    """Close or open one's own vault."""
    person: Person = request.user  # type: ignore[assignment]
    if request.POST.get("keep") == "yes":
        vault.reopen(person.handle)
    else:
        vault.close(person.handle)
    return redirect("my_data")


def _chosen(held: dict[str, OwnCases], wanted: str | None) -> OwnCases | None:
    """The use case that was asked for, else the one with most cases."""
    if wanted in held:
        return held[wanted]
    return max(held.values(), key=lambda own: len(own.rows), default=None)


def _days(wanted: str | None) -> int:
    return int(wanted) if wanted in {str(d) for d in WINDOWS} else 90


def _told(told: OwnCalibration) -> dict[str, Any]:
    kinds = [told.whole, *told.kinds]
    return {
        "heading": _heading(told),
        "cards": _cards(told),
        "axis": axis(),
        "rows": [_row(kind, inset=kind is told.whole) for kind in kinds],
        "alike": _alike(told.whole),
        "trust": [
            {
                "words": one.certainty.capitalize(), "said": round(100 * one.said),
                "right": _counted(one.right),
                "strip": strip(
                    [Mark("square", "model", one.right, one.said)],
                    f"{one.certainty}: said {100 * one.said:.0f}, right {_counted(one.right)}",
                    NARROW,
                ),
            }
            for one in told.trust
        ],
    }  # fmt: skip


def _heading(told: OwnCalibration) -> str:
    back = [k for k in told.kinds if k.says == "back_yourself"]
    twice = [k for k in told.kinds if k.says == "look_twice"]
    if back and twice:
        return _("On {one} back yourself; on {other} look twice").format(
            one=plain(back[0].key), other=plain(twice[0].key)
        )
    if back:
        return _("On {kind} you know what the model doesn’t").format(kind=plain(back[0].key))
    if twice:
        return _("On {kind} the advice served you better").format(kind=plain(twice[0].key))
    if told.whole.says == "back_yourself":
        return _("Where you overrode, you were right more often")
    if told.whole.says == "look_twice":
        return _("Where you overrode, the advice was right more often")
    return _("When you followed, when you overrode")


def _cards(told: OwnCalibration) -> list[dict[str, Any]]:
    """At most three: back yourself, look twice, too early."""
    kinds = told.kinds or (told.whole,)
    cards = []
    for says, title in (
        ("back_yourself", _("Back yourself here")),
        ("look_twice", _("Look twice here")),
    ):
        found = [k for k in kinds if k.says == says]
        if found:
            best = max(found, key=lambda k: k.apart)
            cards.append(
                {
                    "says": says, "title": title,
                    "heading": _("On {kind}, your overrides were right more often")
                    if says == "back_yourself" else _("On {kind}, the advice was right more often"),
                    "kind": plain(best.key),
                    "text": _("{k} of {n} overrides in which only one of you was right went to you").format(
                        k=best.own_right, n=best.apart
                    ),
                    "range": _range(best.paired),
                }
            )  # fmt: skip
            cards[-1]["heading"] = str(cards[-1]["heading"]).format(kind=cards[-1]["kind"])
    early = [k for k in kinds if k.says == "too_early"]
    if early:
        needs = [k.needs for k in early if k.needs is not None]
        cards.append(
            {
                "says": "too_early", "title": _("Too early to say"),
                "heading": ngettext(
                    "{n} kind of case needs more outcomes", "{n} kinds of case need more outcomes",
                    len(early),
                ).format(n=len(early)),
                "text": "; ".join(
                    f"{plain(k.key).capitalize()}: {_judged(k)}" for k in early[:4]
                ) + ".",
                "range": _("Next to settle: about {n} more judged overrides, if it goes on like this").format(
                    n=min(needs)
                ) if needs else "",
            }
        )  # fmt: skip
    return cards


def _judged(kind: OwnKind) -> str:
    """Of the judged overrides in which only one was right, how many the person was right in."""
    if not kind.apart:
        return str(_("no override is judged"))
    return str(_("{k} of {n} went to you").format(k=kind.own_right, n=kind.apart))


def _row(kind: OwnKind, *, inset: bool) -> dict[str, Any]:
    says = {
        "back_yourself": _("back yourself"), "look_twice": _("look twice"),
        "too_early": _("too early to say"),
    }[kind.says]  # fmt: skip
    judged = _judged(kind)
    label = _("All you decided with the advice in view") if inset else plain(kind.key).capitalize()
    words = f"{label}: {_('followed')} {_counted(kind.followed)}, {_('overrode')} {_counted(kind.overridden)}"
    return {
        "label": label,
        "definition": ngettext("{n} decision", "{n} decisions", kind.cases).format(n=kind.cases)
        + ("" if inset else f" · {plain(kind.dimension.removeprefix('x_'))}"),
        "strip": strip(
            [Mark("circle", "followed", kind.followed), Mark("diamond", "overridden", kind.overridden)],
            words,
        ),
        "followed": _counted(kind.followed), "overridden": _counted(kind.overridden),
        "difference": _points(kind.difference), "judged": judged, "says": says,
        "range": _range(kind.paired), "inset": inset,
    }  # fmt: skip


def _alike(whole: OwnKind) -> dict[str, str] | None:
    """Raw beside adjusted, and how much of the cases the second speaks of."""
    if not isinstance(whole.alike, Estimate) or not isinstance(whole.difference, Estimate):
        return None
    return {
        "raw": _points(whole.difference), "alike": _points(whole.alike), "note": whole.alike.note or "",
    }  # fmt: skip


def _level(found: GradedPerson | CannotSay, days: int | None) -> dict[str, Any]:
    """One's own level, and what keeps one from the next."""
    if isinstance(found, CannotSay):
        return {"early": found.reason, "needs": found.needs}
    words = {"failed": found.failed, "unknown": found.unknown}
    return {
        "name": LEVEL_WORDS[found.certain], "at": found.certain,
        "possible": LEVEL_WORDS[found.possible] if found.possible > found.certain else "",
        "next": LEVEL_WORDS[found.certain + 1] if found.certain < len(LEVEL_WORDS) - 1 else "",
        "eligible": found.eligible, "days": days,
        **{k: [CLAUSE_WORDS.get(text, text) for text in texts] for k, texts in words.items()},
    }  # fmt: skip


def _reasons(own: OwnCases, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What one's overrides were for, how they ended, and what the model's makers made of them."""
    found: dict[str, list[Any]] = {}
    levels: dict[str, set[str]] = {}
    first = next(iter(own.declared.segment), "")
    for row in rows:
        if row["action"] == "overridden":
            code = row.get("override_reason") or ""
            found.setdefault(code, []).append(row.get("choice_right"))
            levels.setdefault(code, set()).add(str(row.get(first) or ""))
    became = what_became(own.use_case, levels)
    return [
        {
            "reason": REASON_WORDS.get(code, plain(code)) if code else _("without a reason"),
            "overrides": len(ends), "known": sum(e is not None for e in ends),
            "right": sum(e is True for e in ends),
            "became": [
                {"label": LABEL_WORDS.get(b.label, ""), "text": b.text, "version": b.version}
                for b in became.get(code, [])
            ],
        }
        for code, ends in sorted(found.items(), key=lambda one: -len(one[1]))
    ]  # fmt: skip


def _case(row: dict[str, Any]) -> dict[str, Any]:
    advised = row.get("recommendation", row.get("recommendation_value"))
    chose = row.get("choice", row.get("choice_value"))
    right = row.get("choice_right")
    reason = row.get("override_reason")
    return {
        "case": row.get("case_id") or row["decision_id"],
        "at": f"{datetime.fromisoformat(row['decided_at']):%-d %b %Y, %H:%M}",
        "advised": plain(advised) if advised is not None else "–",
        "chose": plain(chose) if chose is not None else "–",
        "action": row["action"],
        "words": ACTION_WORDS.get(row["action"], row["action"]),
        "reason": REASON_WORDS.get(reason, plain(reason)) if reason else "",
        "flag": FLAG_WORDS.get(row["flagged"], plain(row["flagged"])) if row.get("flagged") else "",
        "end": _("right") if right else _("wrong") if right is False else _("not known yet"),
    }


def _counted(answer: Answer) -> str:
    if isinstance(answer, CannotSay):
        return _("too early")
    return _("{k} of {n}").format(k=answer.k, n=answer.n)


def _range(answer: Answer) -> str:
    if isinstance(answer, CannotSay):
        return ""
    return _("{low} to {high} in 100").format(
        low=round(100 * answer.low), high=round(100 * answer.high)
    )


def _points(answer: Answer) -> str:
    if isinstance(answer, CannotSay):
        return _("cannot tell yet")

    def signed(value: float) -> str:
        rounded = round(100 * value)
        return f"+{rounded}" if rounded > 0 else f"−{-rounded}" if rounded < 0 else "0"

    return _("{value} points, {low} to {high}").format(
        value=signed(answer.value), low=signed(answer.low), high=signed(answer.high)
    )
