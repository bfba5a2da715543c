"""Signals become responses, once; responses are owned, answered and closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q

from takeup.drawing.dates import day_words
from takeup.drawing.words import points, points_range, whole_percent
from takeup.questions.signals.measure import Signals, SignalSeen
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.signals.models import Answer, Response
from takeup.server.acting.signals.rules import MOST_OPEN, RAISED, SILENT, Asks, asks_of, due_after
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
        waiting = Response.objects.filter(
            use_case=use_case, population=population, code=seen.id, over_at=None, closed_at=None
        )
        if not waiting.exists():
            _open(use_case, population, seen.id, date.fromisoformat(seen.week), _evidence(seen), titles)  # fmt: skip
    held = Response.objects.filter(use_case=use_case, over_at=None).exclude(code__in=RAISED)
    for response in held:
        if (response.population, response.code) not in still:
            _over(response)


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
    held = Response.objects.filter(code=code, over_at=None)
    if use_case is not None:
        held = held.filter(use_case=use_case)
    lasting = {(one.use_case, one.population): one for one in held}
    for (case, where), one in found.items():
        if (case, where) not in lasting:
            _open(case, where, code, one.since, one.evidence, titles or {})
    for key, response in lasting.items():
        if key not in found:
            _over(response)


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
    use_case: str, population: str, code: str, since: date, evidence: str, titles: Mapping[str, str]
) -> None:
    asks = asks_of(code)
    response, made = Response.objects.get_or_create(
        use_case=use_case, population=population, code=code, since=since,
        defaults={
            "words": asks.words, "evidence": evidence, "question": asks.question,
            "owner_role": asks.owner, "gravity": asks.gravity, "opened_at": now(),
            "due": due_after(now().date(), asks.days),
        },
    )  # fmt: skip
    if made:
        audit.record(
            "signal.opened", use_case=use_case, population=population, code=code,
            due=response.due.isoformat(),
        )  # fmt: skip
        _tell(response, asks, titles)


def _tell(response: Response, asks: Asks, titles: Mapping[str, str]) -> None:
    where = titles.get(response.population, response.population)
    called = organization.use_case_title(response.use_case) if response.use_case else ""
    subject = f"{where}: {asks.words}" if where else f"{called}: {asks.words}"
    text = (
        f"{response.evidence}. First: {asks.first}. Ask: “{asks.question}” Answer by "
        f"{response.due:%-d %B %Y}."
    )
    people = [handle for handle, _ in organization.named_with(asks.roles, now().date())]
    tell(people, f"signal:{response.pk}", subject, text, "/signals", to_webhooks=True)


def _evidence(seen: SignalSeen) -> str:
    """The figures in words: before, after, and what stands before behaviour."""
    if seen.unit == "share":
        text = f"{whole_percent(seen.after)} in the week of {day_words(seen.week)}, {whole_percent(seen.before)} before"
    else:
        unit = "" if seen.unit == "loss" else f" {seen.unit}"
        text = f"{seen.after:,.3g}{unit} in the week of {day_words(seen.week)}, {seen.before:,.3g} before"
    if seen.change is not None and seen.change.unit == "points":
        text += f" ({points(seen.change.value)}, {points_range(seen.change)})"
    return text + (f"; {seen.named_first} came in these weeks" if seen.named_first else "")


def open_responses(use_case: str | None = None) -> tuple[list[Response], list[Response]]:
    """Responses that wait for an answer, what is due first first; and those that queue behind two
    graver ones of their population."""
    held = Response.objects.filter(closed_at=None)
    if use_case is not None:
        held = held.filter(Q(use_case=use_case) | Q(use_case=""))
    by: dict[tuple[str, str], list[Response]] = defaultdict(list)
    for response in held.order_by("-gravity", "id"):
        by[(response.use_case, response.population)].append(response)
    first = [r for found in by.values() for r in found[:MOST_OPEN]]
    queued = [r for found in by.values() for r in found[MOST_OPEN:]]
    return sorted(first, key=lambda r: (r.due, -r.gravity)), queued


def answered(use_case: str | None = None, most: int = 50) -> list[Response]:
    """Responses that were closed, the newest first."""
    held = Response.objects.exclude(closed_at=None)
    if use_case is not None:
        held = held.filter(use_case=use_case)
    return list(held.prefetch_related("answers").order_by("-closed_at")[:most])


@transaction.atomic
def own(number: int, handle: str, *, by: str) -> None:
    """Somebody answers for a response. Raises InputError where it is closed, or nobody is named."""
    response = _waiting(number)
    if not organization.names_of([handle]):
        raise InputError("name somebody of the organization")
    response.owner = handle
    response.save(update_fields=["owner"])
    audit.record("signal.owned", actor=by, subject=handle, use_case=response.use_case, code=response.code)  # fmt: skip
    if handle != by:
        text = (
            f"{response.evidence}. Ask: “{response.question}” Answer by {response.due:%-d %B %Y}."
        )
        tell([handle], f"signal:{response.pk}:owner", f"Yours to answer: {response.words}", text, "/signals")  # fmt: skip


@transaction.atomic
def answer(number: int, text: str, *, closes: bool, by: str) -> Answer:
    """Say what was found or done. Raises InputError without a text, or where it is closed."""
    response = _waiting(number)
    if not text.strip():
        raise InputError("say what was found, or what is done about it")
    made = Answer.objects.create(
        response=response, text=text.strip(), closes=closes, answered_at=now(), answered_by=by
    )
    if closes:
        response.closed_at = now()
        response.save(update_fields=["closed_at"])
    audit.record(
        "signal.answered", actor=by, use_case=response.use_case, population=response.population,
        code=response.code, closes=closes,
    )  # fmt: skip
    return made


def _waiting(number: int) -> Response:
    response = Response.objects.filter(pk=number, closed_at=None).first()
    if response is None:
        raise InputError("that signal is answered and closed")
    return response


def names_in(responses: Iterable[Response]) -> dict[str, str]:
    """What the people in these responses are called."""
    handles = [r.owner for r in responses if r.owner]
    return organization.names_of(handles)


__all__ = [
    "Raised", "Response", "answer", "answered", "names_in", "open_responses", "own", "take_raised",
    "take_signals", "take_silence",
]  # fmt: skip
