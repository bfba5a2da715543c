"""After a response was closed, the log says whether the figure moved back; nobody does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from takeup.drawing.words import points, points_range, whole_percent
from takeup.questions.signals.came_back import WEEKS, CameBack, came_back
from takeup.questions.signals.measure import OPEN_FOUR_WEEKS
from takeup.questions.signals.week_figures import LOSSES, About, WeekFigure
from takeup.server.acting.signals.models import Response
from takeup.server.acting.signals.rules import RAISED
from takeup.server.foundation.agreement.services import measuring
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization
from takeup.stats.answer import CannotSay, Estimate

WAITED_FOR = timedelta(weeks=8)
"""How long after its end four whole weeks that may be shown are waited for."""
LASTS = timedelta(days=28)
"""What another capability raises has not gone where it is still there so long after the response was closed."""
SAYS_WORDS = {
    "moved": "moved back",
    "not_moved": "did not move back",
    "cannot_tell": "cannot be told",
}


def judge(use_case: str, figures: Sequence[WeekFigure], today: date) -> None:
    """Say of every closed response of a use case, once, whether its figure moved back, as soon as four whole weeks
    are there."""
    closed = _unjudged().filter(use_case=use_case).exclude(code__in=RAISED)
    for response in closed:
        _judge(response, _found(response, figures, today), today)


def judge_raised(today: date) -> None:
    """The same of signals that another capability raises: gone, or still there after four weeks."""
    for response in _unjudged().filter(code__in=RAISED):
        if response.over_at is not None:
            _judge(response, ("moved", {"why": "it is there no more"}), today)
        elif today >= response.closed_at.date() + LASTS:
            _judge(response, ("not_moved", {"why": "it is still there four weeks later"}), today)


def _unjudged() -> Any:
    return Response.objects.filter(verdict="", drill=False).exclude(closed_at=None).order_by("id")


Judged = tuple[str, dict[str, Any]]


def _found(response: Response, figures: Sequence[WeekFigure], today: date) -> Judged | None:
    """What the figures say; None while weeks are waited for."""
    if response.about is None:
        return "cannot_tell", {"why": "the figure behind this signal is shown to nobody"}
    about = About(response.about["of"], response.about["target"])
    mine = sorted(
        (f for f in figures if f.of == about.of and f.population == (response.population or "all")),
        key=lambda f: f.week,
    )
    then, since = _windows(response, mine, today)
    closed = response.closed_at.date()  # type: ignore[union-attr]
    if len(since) < WEEKS and today < closed + WAITED_FOR:
        return None
    if not then:
        return "cannot_tell", {"why": "the weeks before it may not be shown"}
    found = came_back(about, response.about["signal"], then, since, measuring().confidence)
    if isinstance(found, CannotSay):
        return "cannot_tell", {"why": found.reason}
    return found.says, _kept(about, found, since)


def _windows(
    response: Response, mine: Sequence[WeekFigure], today: date
) -> tuple[list[WeekFigure], list[WeekFigure]]:
    """Weeks from the signal until its response was closed, and the first four whole weeks after."""
    closed = response.closed_at.date()  # type: ignore[union-attr]
    monday = closed - timedelta(days=closed.weekday())
    begins = response.since - timedelta(weeks=0 if response.code in OPEN_FOUR_WEEKS else WEEKS - 1)
    at = [(date.fromisoformat(f.week), f) for f in mine]
    then = [f for day, f in at if begins <= day < max(monday, response.since + timedelta(days=1))]
    since = [f for day, f in at if day > monday and day + timedelta(days=7) <= today]
    return then, since[:WEEKS]


def _kept(about: About, found: CameBack, since: Sequence[WeekFigure]) -> dict[str, Any]:
    return {
        "of": about.of, "then": found.then, "since": found.since, "change": found.change.to_json(),
        "way": found.way, "from": since[0].week, "until": since[-1].week,
    }  # fmt: skip


@transaction.atomic
def _judge(response: Response, found: Judged | None, today: date) -> None:
    if found is None:
        return
    response.verdict, response.judged, response.judged_on = *found, today
    response.save(update_fields=["verdict", "judged", "judged_on"])
    audit.record(
        "signal.judged", use_case=response.use_case, population=response.population,
        code=response.code, says=response.verdict,
    )  # fmt: skip
    if organization.active_person(response.owner) is not None:
        tell(
            [response.owner], f"signal:{response.pk}:verdict",
            f"{response.words.capitalize()}: the figure {SAYS_WORDS[response.verdict]}",
            verdict_words(response), "/signals",
        )  # fmt: skip


def verdict_words(response: Response) -> str:
    """The figures behind a verdict, or why there is none; empty before there is one."""
    judged: Mapping[str, Any] = response.judged
    if "change" not in judged:
        return str(judged.get("why", ""))
    change = Estimate(**judged["change"])
    if judged["of"] in LOSSES or judged["of"] == "flagged":
        unit = (
            "a mean loss of " if judged["of"] in LOSSES else "flags per 100 people in four weeks: "
        )
        return (
            f"{unit}{judged['then']:.3g} until the response was closed, {judged['since']:.3g} in the four weeks after "
            f"({change.value:+.3g}, {change.low:+.3g} to {change.high:+.3g})"
        )
    return (
        f"{whole_percent(judged['then'])} until the response was closed, {whole_percent(judged['since'])} in the four weeks "
        f"after ({points(change.value)}, {points_range(change)})"
    )
