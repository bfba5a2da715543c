"""Signals become responses, once; responses are owned, answered and closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from takeup.disclosure.names import Names
from takeup.drawing.dates import day_words
from takeup.drawing.words import points, points_range
from takeup.questions.signals.measure import Signals, SignalSeen
from takeup.questions.signals.words import beside
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.signals.models import Answer, Asking, Response
from takeup.server.acting.signals.rules import (
    CLOSES_AFTER,
    HOLDERS,
    MOST_OPEN,
    RAISED,
    SILENT,
    WAYS,
    asks_of,
)
from takeup.server.deployment.working_days import due_after
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization
from takeup.stats.answer import CannotSay


@transaction.atomic
def take_signals(use_case: str, found: Signals | CannotSay, titles: Mapping[str, str]) -> None:
    """Open a response for each signal that is open and has none; those no longer seen are over.
    Taken with the daily snapshot: a signal that was answered is not opened again."""
    if isinstance(found, CannotSay):
        return
    still = set()
    for seen in found.seen:
        if not seen.open:
            continue
        population = "" if seen.population == "all" else seen.population
        key = (population, seen.id)
        still.add(key)
        # One that was not seen for a while, and not answered, is the same question still.
        waiting = Response.objects.filter(
            use_case=use_case, population=population, code=seen.id, drill=False, closed_at=None
        )
        if not waiting.update(over_at=None):
            _open(
                use_case, population, seen.id, date.fromisoformat(seen.week), _evidence(seen),
                _about(seen),
            )  # fmt: skip
    held = Response.objects.filter(use_case=use_case, drill=False, over_at=None).exclude(
        code__in=RAISED
    )
    for response in held:
        if (response.population, response.code) not in still:
            _over(response)
    for population in {population for population, _ in still}:
        _arrange(use_case, population, titles)


@dataclass(frozen=True, slots=True)
class Raised:
    """A signal as another capability sees it: `since` which day, and the `evidence` in words, of no person."""

    since: date
    evidence: str


@transaction.atomic
def take_raised(
    code: str,
    found: Mapping[tuple[str, str], Raised],
    *,
    use_case: str | None = None,
    titles: Mapping[str, str] | None = None,
) -> None:
    """Open a response for each signal of this code (one of `rules.RAISED`) that is there now and has none, by use case
    and population (or what else it is of); those no longer there are over. Told of one `use_case` alone where that is
    named; called every night, an answered one is not opened again while it lasts."""
    if code not in RAISED:
        raise InputError(f"{code} is no signal that is raised: {', '.join(RAISED)}")
    held = Response.objects.filter(code=code, drill=False, over_at=None)
    if use_case is not None:
        held = held.filter(use_case=use_case)
    there = {(one.use_case, one.population): one for one in held}
    for (case, where), one in found.items():
        if (case, where) not in there and not _there_again(case, where, code, one.evidence):
            since = _unanswered_day(case, where, code, one.since)
            _open(case, where, code, since, one.evidence)
            _arrange(case, where, titles or organization.population_titles())
    for key, response in there.items():
        if key not in found:
            _over(response)


def _there_again(use_case: str, population: str, code: str, evidence: str) -> bool:
    """One that was not there for a while, and not answered, is the same question still, as of what is there now."""
    waiting = Response.objects.filter(
        use_case=use_case, population=population, code=code, drill=False, closed_at=None
    )
    return bool(waiting.update(over_at=None, evidence=evidence))


def _unanswered_day(use_case: str, population: str, code: str, since: date) -> date:
    """The day as of which it is kept: the next, where it came, was answered and came again within one."""
    held = Response.objects.filter(use_case=use_case, population=population, code=code, drill=False)
    while held.filter(since=since).exclude(closed_at=None).exists():
        since += timedelta(days=1)
    return since


def lasting(code: str) -> set[str]:
    """Use cases in which a signal of this code is still there."""
    held = Response.objects.filter(code=code, drill=False, over_at=None)
    return set(held.values_list("use_case", flat=True))


def take_silence(silent: Mapping[str, date]) -> None:
    """Senders that went silent, by name: the last day they were heard."""
    take_raised(
        SILENT,
        {("", sender): Raised(last, f"last heard on {last:%-d %B %Y}") for sender, last in silent.items()},
    )  # fmt: skip


def _over(response: Response) -> None:
    response.over_at = now()
    response.save(update_fields=["over_at"])


def _open(
    use_case: str,
    population: str,
    code: str,
    since: date,
    evidence: str,
    about: Mapping[str, Any] | None = None,
) -> None:
    key = {"use_case": use_case, "population": population, "code": code, "drill": False}
    former = Response.objects.filter(**key, since__lt=since).exclude(closed_at=None)
    response, made = Response.objects.get_or_create(
        **key, since=since,
        defaults=dated(code) | {
            "evidence": evidence, "about": about, "former": former.order_by("-closed_at").first(),
            "queued": True,
        },
    )  # fmt: skip
    if not made:
        # It was seen, was not, and is again.
        Response.objects.filter(pk=response.pk).update(over_at=None)
        return
    audit.record(
        "signal.opened", use_case=use_case, population=population, code=code,
        due=response.due.isoformat(),
    )  # fmt: skip


def dated(code: str) -> dict[str, Any]:
    """What a response to a signal of this code asks for, and by when, from today on."""
    asks, moment = asks_of(code), now()
    due = due_after(moment.date(), asks.days)
    return {
        "words": asks.words, "question": asks.question, "owner_role": asks.owner,
        "gravity": asks.gravity, "opened_at": moment, "due": due,
        "close_by": due_after(due, CLOSES_AFTER),
    }  # fmt: skip


def _arrange(use_case: str, population: str, titles: Mapping[str, str]) -> None:
    """Two of a population are open, the gravest; the time of one that comes up begins then, and its people are told."""
    waiting = Response.objects.filter(
        use_case=use_case, population=population, closed_at=None, drill=False
    ).order_by("-gravity", "id")
    for place, response in enumerate(waiting):
        queued = place >= MOST_OPEN
        if response.queued and not queued:
            _comes_up(response, titles)
        elif queued and not response.queued:
            response.queued = True
            response.save(update_fields=["queued"])


def _comes_up(response: Response, titles: Mapping[str, str]) -> None:
    response.queued = False
    if response.first_at is None:
        asks = asks_of(response.code)
        response.due = due_after(now().date(), asks.days)
        response.close_by = due_after(response.due, CLOSES_AFTER)
    response.save(update_fields=["queued", "due", "close_by"])
    tell_of(response, titles)


def tell_of(response: Response, titles: Mapping[str, str]) -> None:
    """Those whose role it is are told of a response, once."""
    asks = asks_of(response.code)
    where = titles.get(response.population, response.population)
    called = organization.use_case_title(response.use_case) if response.use_case else ""
    subject = f"{where or called}: {response.words}"
    text = (
        f"{response.evidence}. First: {asks.first}. Ask: “{response.question}” Answer by "
        f"{response.due:%-d %B %Y}."
    )
    people = [handle for handle, _ in organization.named_with(asks.roles, now().date())]
    tell(people, f"signal:{response.pk}", f"{_drill(response)}{subject}", text, path_of(response), to_webhooks=True)  # fmt: skip


def path_of(response: Response) -> str:
    """Where a response stands for those who are told of it."""
    return f"{asks_of(response.code).path}#signal-{response.pk}"


def _drill(response: Response) -> str:
    return "Drill: " if response.drill else ""


def _about(seen: SignalSeen) -> dict[str, Any] | None:
    if seen.about is None:
        return None
    return {"of": seen.about.of, "target": seen.about.target, "signal": seen.after}


def _evidence(seen: SignalSeen) -> str:
    """The figures in words: what is counted, what it is held against, and what stands before behaviour."""
    text = f"{beside(seen)}, in the week of {day_words(seen.week)}"
    if seen.change is not None and seen.change.unit == "points":
        text += f" ({points(seen.change.value)}, {points_range(seen.change)})"
    return text + (f"; {seen.named_first} came in these weeks" if seen.named_first else "")


def awaited(response: Response) -> tuple[date, str]:
    """The day by which a response waits for something, and for what: a first response, or its end."""
    if response.first_at is None:
        return response.due, "a first response"
    return response.close_by or response.due, "its end"


def open_responses(use_case: str | None = None) -> tuple[list[Response], list[Response]]:
    """Responses that wait for an answer, what is due first first; and those that queue behind two
    graver ones of their population. Without drills."""
    held = Response.objects.filter(closed_at=None, drill=False).select_related("former")
    if use_case is not None:
        held = held.filter(Q(use_case=use_case) | Q(use_case=""))
    found = list(held.prefetch_related("answers", "askings", "escalations").order_by("-gravity", "id"))  # fmt: skip
    first = [r for r in found if not r.queued]
    return sorted(first, key=lambda r: (awaited(r)[0], -r.gravity)), [r for r in found if r.queued]


def answered(use_case: str | None = None, most: int = 50) -> list[Response]:
    """Responses that were closed, the newest first. Without drills."""
    held = Response.objects.filter(drill=False).exclude(closed_at=None).select_related("former")
    if use_case is not None:
        held = held.filter(use_case=use_case)
    found = held.prefetch_related("answers", "askings", "escalations").order_by("-closed_at")
    return list(found[:most])


def proposed_owner(response: Response) -> str:
    """Handle of who holds the role that the signal asks for; empty where nobody does."""
    holders = organization.named_with(HOLDERS.get(response.owner_role, ()), now().date())
    return holders[0][0] if holders else ""


def responses_of(use_case: str) -> list[Response]:
    """Every response there was, the first first; without drills."""
    return list(Response.objects.filter(use_case=use_case, drill=False).order_by("opened_at", "id"))


@transaction.atomic
def own(number: int, handle: str, *, by: str) -> None:
    """Somebody answers for a response. Raises InputError where it is closed, or where nobody is named who is there."""
    response = _waiting(number)
    if organization.active_person(handle) is None:
        raise InputError("name somebody of the organization who is there")
    if response.owner == handle:
        return
    response.owner = handle
    response.save(update_fields=["owner"])
    audit.record("signal.owned", actor=by, subject=handle, use_case=response.use_case, code=response.code)  # fmt: skip
    if handle != by:
        text = (
            f"{response.evidence}. Ask: “{response.question}” Answer by {response.due:%-d %B %Y}."
        )
        subject = f"{_drill(response)}Yours to answer: {response.words}"
        tell([handle], f"signal:{response.pk}:owner:{handle}", subject, text, path_of(response))  # fmt: skip


@transaction.atomic
def ask(
    number: int, way: str, asked: int, put_on: date, *, by: str, answered: int | None = None, said: str = ""
) -> Asking:  # fmt: skip
    """The question was put to so many users in one of `rules.WAYS`, of whom so many answered; what they `said`, from which
    names go. Raises InputError where that cannot be."""
    response, today = _waiting(number), now().date()
    if response.drill:
        raise InputError(
            "a drill asks no users: say under what was found whom you would ask, and how"
        )
    if way not in WAYS:
        raise InputError("choose how the question was put")
    if not response.since <= put_on <= today:
        raise InputError("the question was put between the signal and today")
    if not 1 <= asked <= _MOST_ASKED:
        raise InputError(f"say how many were asked: between 1 and {_MOST_ASKED:,}")
    _need_answered(answered, asked, said)
    made = Asking.objects.create(
        response=response, way=way, put_on=put_on, asked=asked, answered=answered,
        said=_without_names(said), made_at=now(), made_by=by,
    )  # fmt: skip
    _first(response)
    audit.record(
        "signal.asked", actor=by, use_case=response.use_case, population=response.population,
        code=response.code, way=way, asked=asked,
    )  # fmt: skip
    return made


_MOST_ASKED = 100_000


@transaction.atomic
def heard(number: int, asking: int, answered: int, said: str, *, by: str) -> None:
    """What came of a question that was put. Raises InputError where it was not, or where more answered than were asked."""
    response = _waiting(number)
    found = response.askings.filter(pk=asking).first()
    if found is None:
        raise InputError("that question was not put")
    if not said.strip():
        raise InputError("say what they said, in your own words")
    _need_answered(answered, found.asked, said)
    found.answered, found.said = answered, _without_names(said)
    found.save(update_fields=["answered", "said"])
    audit.record(
        "signal.heard", actor=by, use_case=response.use_case, population=response.population,
        code=response.code,
    )  # fmt: skip


def _need_answered(answered: int | None, asked: int, said: str) -> None:
    if answered is not None and not 0 <= answered <= asked:
        raise InputError(f"between 0 and {asked} can have answered")
    if said.strip() and answered is None:
        raise InputError("say how many answered")


def _without_names(text: str) -> str:
    """As it is kept: without the names of people here, addresses and numbers."""
    return Names(organization.called()).taken_out(text.strip()) if text.strip() else ""


def _first(response: Response) -> None:
    if response.first_at is None:
        response.first_at = now()
        response.save(update_fields=["first_at"])


@transaction.atomic
def answer(
    number: int, text: str, *, closes: bool, by: str, learned: str = "", not_asked: str = ""
) -> Answer:  # fmt: skip
    """Say what was found or done. What `closes` a response says what was learned, and why users were not asked where they
    were not. Raises InputError with all that is missing, or where it is closed."""
    response = _waiting(number)
    missing = [] if text.strip() else ["say what was found, or what is done about it"]
    if closes and not learned.strip():
        missing.append("say what was learned: the next one who sees this signal reads it")
    if closes and needs_a_question(response) and not not_asked.strip():
        missing.append("the question was not put to users: put it, or say why not")
    if missing:
        raise InputError("; ".join(missing))
    made = Answer.objects.create(
        response=response, text=text.strip(), closes=closes, answered_at=now(), answered_by=by
    )
    _first(response)
    if closes:
        response.closed_at, response.learned = now(), _without_names(learned)
        response.not_asked = not_asked.strip() if needs_a_question(response) else ""
        response.save(update_fields=["closed_at", "learned", "not_asked"])
        _arrange(response.use_case, response.population, organization.population_titles())
    audit.record(
        "signal.answered", actor=by, use_case=response.use_case, population=response.population,
        code=response.code, closes=closes, drill=response.drill,
    )  # fmt: skip
    return made


def needs_a_question(response: Response) -> bool:
    """Whether users are to be asked before it may be closed, and were not."""
    asked = asks_of(response.code).users and not response.drill
    return asked and not response.askings.exists()


def _waiting(number: int) -> Response:
    response = Response.objects.filter(pk=number, closed_at=None).first()
    if response is None:
        raise InputError("that signal is answered and closed")
    return response


def names_in(responses: Iterable[Response]) -> dict[str, str]:
    """What the people in these responses are called."""
    handles = [r.owner for r in responses if r.owner]
    return organization.names_of(handles)


def forget_use_case(use_case: str) -> None:
    """Nothing is kept of it any more."""
    Response.objects.filter(use_case=use_case).delete()


__all__ = [
    "Asking", "Raised", "Response", "answer", "answered", "ask", "awaited", "forget_use_case", "heard", "lasting", "names_in",
    "needs_a_question", "open_responses", "own", "proposed_owner", "responses_of", "take_raised", "take_signals",
    "take_silence",
]  # fmt: skip
