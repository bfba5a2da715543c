"""What may be done with surveys, each as one verb: atomic, audited, by somebody.

Whoever is asked is told by a link of their own, which answers once. What was answered goes into the round's box
without anything that is theirs (`models.py`); what was found is shown from the day after the round.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.record.questionnaire import ITEMS, questionnaire
from takeup.record.settings import ResistanceSettings
from takeup.server.acting.survey.capability import SENDERS
from takeup.server.acting.survey.models import (
    ASKED,
    IMPORTED,
    AgreedText,
    Box,
    Invitation,
    Round,
)
from takeup.server.acting.survey.response import by_band, by_trait
from takeup.server.deployment.roles import Role
from takeup.server.foundation.agreement.services import mode_on, need_agreed_change, showing
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import forget_told, tell
from takeup.server.foundation.organization import services as organization

LEAST_DAYS, MOST_DAYS = 3, 42
MOST_AHEAD = timedelta(days=366)
APART = timedelta(days=28)
"""Between two surveys of a population: people who are asked again and again answer what is wanted."""
REMINDED_APART = timedelta(days=3)
KEPT = timedelta(days=180)
"""How long single answers are kept; what was found of them stays in the snapshots."""
_SALT = "takeup.survey"
_LEAST_REASON, _MOST_REASON = 8, 500
_mixed = random.SystemRandom()

Answers = Mapping[str, int]
"""1 to 5 by item; one that does not apply is left out."""


def fewest() -> int:
    """People who must answer before anything is shown, so whom a survey is for at least."""
    return max(ResistanceSettings().smallest_respondents, showing().minimum_group)


@transaction.atomic
def open_round(use_case: str, population: str, starts_on: date, ends_on: date, *, by: str) -> Round:
    """Ask a population from one day to another. Raises InputError where it is too small, asked already or
    lately, the days do not fit, or (works-council mode) the words or the survey were not agreed."""
    _need_agreed(use_case)
    if use_case not in organization.use_case_names():
        raise InputError("choose a use case that is there")
    if population not in organization.population_keys():
        raise InputError("choose a population of the organization")
    _need_days(starts_on, ends_on)
    last = _need_pause(use_case, population, starts_on)
    as_of = _as_of(population, last)
    asked = _asked(population, as_of, now().date())
    if len(asked) < fewest():
        raise InputError(
            f"{len(asked)} people can be asked there, and nothing is shown of fewer than {fewest()} answers: "
            "hold conversations instead"
        )
    made = Round.objects.create(
        use_case=use_case, population=population, version=questionnaire().version,
        starts_on=starts_on, ends_on=ends_on, as_of=as_of, opened_at=now(), opened_by=by,
    )  # fmt: skip
    Box.objects.create(round=made)
    audit.record(
        "survey.opened", actor=by, use_case=use_case, number=made.pk, population=population,
        starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat(), version=made.version,
    )  # fmt: skip
    if starts_on <= now().date():
        _begin(made)
    return made


def _need_agreed(use_case: str) -> None:
    if not mode_on():
        return
    version = questionnaire().version
    if not AgreedText.objects.filter(version=version).exists():
        raise InputError(
            f"works-council mode is on: a worker representative agrees to the words of version {version} first "
            "(page Survey, The words)"
        )
    need_agreed_change(use_case, "a survey")


def _need_days(starts_on: date, ends_on: date) -> None:
    if starts_on < now().date():
        raise InputError("its first day has passed; begin today or later")
    if starts_on > now().date() + MOST_AHEAD:
        raise InputError("its first day is more than a year away; nobody knows who is there then")
    days = (ends_on - starts_on).days + 1
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise InputError(
            f"it would last {days} days; choose {LEAST_DAYS} to {MOST_DAYS}, so that everybody has a chance and "
            "answers are of one time"
        )


def _need_pause(use_case: str, population: str, starts_on: date) -> Round | None:
    """The survey before, asked or brought in; InputError where it is too near."""
    rounds = Round.objects.filter(use_case=use_case, population=population)
    standing = rounds.exclude(source=IMPORTED, taken_back_on__isnull=False)
    last = standing.order_by("-ends_on").first()
    if last is not None and starts_on < last.ends_on + APART:
        asked = "they are asked" if last.source == ASKED else "answers were brought in, given"
        raise InputError(
            f"{asked} until {last.ends_on:%-d %B %Y}; the next survey begins {APART.days} days later at "
            f"the earliest, on {last.ends_on + APART:%-d %B %Y}"
        )
    return last


def _as_of(population: str, last: Round | None) -> date:
    """From which day on people must have been there. Fewer than the minimum group who came since the last
    survey wait: what two surveys differ by would be theirs."""
    today = now().date()
    if last is None:
        return today
    new = _placed(population, today) - _placed(population, last.as_of)
    return last.as_of if 0 < len(new) < fewest() else today


def _placed(population: str, day: date) -> set[str]:
    return set(organization.placed_in(population, day))


def _asked(population: str, as_of: date, today: date) -> set[str]:
    return _placed(population, as_of) & _placed(population, today)


@transaction.atomic
def begin_and_close(today: date) -> int:
    """Invite for what begins today; close what ended before it, and say how many."""
    for one in Round.objects.filter(source=ASKED, begun=False, starts_on__lte=today):
        _begin(one)
    ended = list(Round.objects.filter(source=ASKED, closed=False, ends_on__lt=today))
    for one in ended:
        _close(one)
    return len(ended)


def _begin(one: Round) -> None:
    asked = sorted(_asked(one.population, one.as_of, now().date()))
    Invitation.objects.bulk_create([Invitation(round=one, handle=h) for h in asked])
    one.begun, one.people = True, len(asked)
    one.save(update_fields=["begun", "people"])
    _tell(one, asked, "invited", "Twenty statements, two minutes: what stands in the way?")


def _tell(one: Round, handles: Collection[str], why: str, subject: str) -> None:
    words = questionnaire().words
    for handle in handles:
        tell(
            [handle], f"survey:{one.pk}:{why}", subject,
            f"{words['promise']['en']}\n\n{words['promise']['de']}", path_of(one.pk, handle), kind="digest",
        )  # fmt: skip


def path_of(number: int, handle: str) -> str:
    """The address at which one person answers."""
    return f"/survey/{signing.dumps([number, handle], salt=_SALT)}"


@transaction.atomic
def remind(number: int, *, by: str) -> int:
    """Tell those who have not answered once more; how many. Only whoever opened the survey does, and sees
    nobody's name. Raises InputError where it is not open, or was done lately."""
    one = _open(number)
    if one.opened_by != by:
        raise InputError("only whoever opened the survey reminds of it")
    today = now().date()
    if one.reminded_on is not None and today < one.reminded_on + REMINDED_APART:
        raise InputError(f"they were reminded on {one.reminded_on:%-d %B}; wait three days")
    waiting = list(one.invitations.filter(answered=False).values_list("handle", flat=True))
    _tell(one, waiting, f"reminded:{today}", "Still open: what stands in the way?")
    one.reminded_on = today
    one.save(update_fields=["reminded_on"])
    audit.record("survey.reminded", actor=by, number=number)
    return len(waiting)


@transaction.atomic
def take_over(number: int, *, by: str) -> None:
    """Go on with a survey whose opener has left; whoever leads the programme is told. Raises InputError where it has
    ended, or whoever opened it may still remind."""
    one = _of(number)
    if one.closed:
        raise InputError("it has ended; there is nothing to go on with")
    if not is_left(one):
        raise InputError("whoever opened it is still there, and reminds")
    before, one.opened_by = one.opened_by, by
    one.save(update_fields=["opened_by"])
    audit.record(
        "survey.taken_over", actor=by, use_case=one.use_case, number=number, opened_by=before
    )
    leads = [h for h, _ in organization.named_with([Role.PROGRAMME_LEAD], now().date()) if h != by]
    tell(
        leads, f"survey-taken-over:{number}:{by}", "A survey was taken over",
        "Whoever opened it has left. It goes on; the words, the days and who is asked stay as they were.",
        "/surveys", kind="digest",
    )  # fmt: skip


def is_left(one: Round) -> bool:
    """Whether whoever opened a survey may open none any more: gone, or with another role."""
    return one.opened_by not in {h for h, _ in organization.named_with(SENDERS, now().date())}


@transaction.atomic
def withdraw(number: int, *, by: str, why: str = "") -> None:
    """A survey that was a mistake: nothing of it is kept. Of answers that were brought in from elsewhere it stays that
    they were, and `why` they were taken back. Raises InputError where it has ended, or no reason is given."""
    one = _of(number)
    if one.source == IMPORTED:
        _take_back(one, why.strip(), by)
        return
    if one.closed:
        raise InputError("it has ended; what was found stands")
    audit.record(
        "survey.withdrawn",
        actor=by,
        use_case=one.use_case,
        number=number,
        population=one.population,
    )
    _forget_whom(one)
    one.delete()


def _take_back(one: Round, why: str, by: str) -> None:
    """Its answers go; the survey before it, if there is one, is what the next night's figures are of."""
    if one.taken_back_on is not None:
        raise InputError(f"it was taken back on {one.taken_back_on:%-d %B %Y}")
    if len(why) < _LEAST_REASON:
        raise InputError("say why it is taken back: who reads the figures sees them change")
    one.prints = _prints(one, one.box.answers)
    one.taken_back, one.taken_back_by, one.taken_back_on = why[:_MOST_REASON], by, now().date()
    one.withheld = "it was brought in by mistake; nothing of it is used from the next night"
    one.save()
    Box.objects.filter(round=one).update(answers=[])
    audit.record(
        "survey.taken_back", actor=by, use_case=one.use_case, number=one.pk,
        population=one.population, reason=one.taken_back,
    )  # fmt: skip


def _prints(one: Round, answers: Sequence[Mapping[str, object]]) -> list[str]:
    """What tells whether another answer is the same, and not what it was: keyed, by population, sorted."""
    salt = f"{_SALT}:{one.use_case}:{one.population}"
    told = (json.dumps(said["items"], sort_keys=True) for said in answers)
    return sorted(salted_hmac(salt, text, algorithm="sha256").hexdigest() for text in told)


def _need_apart(made: Round, answers: Sequence[Mapping[str, object]]) -> None:
    """InputError where the answers differ from those of a survey that was taken back by a few: figures of both were
    seen, and what they differ by would be the answers of those few."""
    own = Counter(_prints(made, answers))
    back = Round.objects.filter(use_case=made.use_case, population=made.population)
    for before in back.exclude(taken_back_on=None).exclude(prints=[]):
        old = Counter(before.prints)
        apart = max((own - old).total(), (old - own).total())
        if 0 < apart < fewest():
            raise InputError(
                f"{made.population}: these answers differ by {apart} from those that were taken back on "
                f"{before.taken_back_on:%-d %B %Y}; what the two differ by would be the answers of few people. "
                f"They can come in from {_lets_go(before):%-d %B %Y}, as a survey of that time"
            )


def _lets_go(one: Round) -> date:
    return (one.taken_back_on or one.ends_on) + KEPT + timedelta(days=1)


def _of(number: int) -> Round:
    found = Round.objects.select_for_update().filter(pk=number).first()
    if found is None:
        raise InputError("there is no such survey; it may have been withdrawn")
    return found


def _open(number: int) -> Round:
    one = _of(number)
    if not one.begun or one.closed or one.ends_on < now().date():
        raise InputError("that survey is not open")
    return one


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link opens: the round, and whether it `waits` for this answer, was `answered`, is `over` or has
    `not_yet` begun."""

    round: Round
    state: str


def asked_by(token: str) -> Asked | None:
    """What the link of an invitation opens; None where it is none of ours, or its survey was withdrawn."""
    told = _told(token)
    one = None if told is None else Round.objects.filter(pk=told[0]).first()
    if told is None or one is None:
        return None
    today = now().date()
    if one.closed or one.ends_on < today:
        return Asked(one, "over")
    if not one.begun:
        return Asked(one, "not_yet")
    held = one.invitations.filter(handle=told[1]).first()
    if held is None:
        return None
    return Asked(one, "answered" if held.answered else "waits")


def _told(token: str) -> tuple[int, str] | None:
    try:
        number, handle = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return int(number), str(handle)


@transaction.atomic
def answer(token: str, answers: Answers, bands: Mapping[str, str]) -> None:
    """Put one person's answers among the others'. Raises InputError where the link answers no more."""
    found, told = asked_by(token), _told(token)
    if found is None or told is None or found.state != "waits":
        raise InputError("this link answers no more")
    if not _checked(answers):
        raise InputError("no statement was answered")
    # By one statement, so that a link opened twice answers once.
    if not found.round.invitations.filter(handle=told[1], answered=False).update(answered=True):
        raise InputError("this link has answered already")
    put_in(found.round, [{"items": _checked(answers), "bands": _checked_bands(bands)}])


def put_in(one: Round, answers: Sequence[Mapping[str, object]]) -> None:
    """Add to the box, and mix it."""
    box = Box.objects.select_for_update().get(round=one)
    every = [*box.answers, *answers]
    _mixed.shuffle(every)
    box.answers = every
    box.save(update_fields=["answers"])


def _checked(answers: Answers) -> dict[str, int]:
    return {item: answers[item] for item in ITEMS if answers.get(item) in {1, 2, 3, 4, 5}}


def _checked_bands(bands: Mapping[str, str]) -> dict[str, str]:
    asked = questionnaire().context
    return {q.key: bands[q.key] for q in asked if bands.get(q.key) in q.bands}


def _close(one: Round) -> None:
    """Its response is counted by trait, who answered is forgotten, and what would show by subtraction withheld."""
    invited = dict(one.invitations.values_list("handle", "answered"))
    one.people = len(invited)
    answered = sum(invited.values())
    one.everybody = bool(invited) and answered == len(invited)
    one.response = by_trait(invited, organization.placed_in(one.population, one.as_of), fewest())
    one.withheld = _withheld(one, len(one.box.answers))
    one.closed = True
    one.save()
    one.invitations.all().delete()
    _forget_whom(one)
    audit.record("survey.closed", use_case=one.use_case, number=one.pk, people=one.people)
    if not one.withheld:
        return
    tell([one.opened_by], f"survey:{one.pk}:withheld", "A survey that cannot be shown", one.withheld, "/surveys")  # fmt: skip


def _forget_whom(one: Round) -> None:
    """Whoever was reminded had not answered: notices and mail of it go as invitations do."""
    forget_told(f"survey:{one.pk}:")


def _withheld(one: Round, answers: int) -> str:
    if answers < fewest():
        return f"fewer than {fewest()} answered; nothing of it is shown or used"
    before = _closed(one.use_case, one.population).exclude(pk=one.pk).first()
    if before is None or not (before.everybody and one.everybody):
        return ""
    gone = _placed(one.population, before.as_of) - _placed(one.population, one.as_of)
    if 0 < len(gone) < fewest():
        return (
            "everybody answered both this survey and the one before, and few people left in between: what they "
            "had answered would follow from the two"
        )
    return ""


def _closed(use_case: str, population: str) -> QuerySet[Round]:
    return Round.objects.filter(
        use_case=use_case, population=population, closed=True, withheld=""
    ).order_by("-ends_on", "-pk")


def rounds() -> list[Round]:
    """Every survey, the newest first."""
    return list(Round.objects.order_by("-starts_on", "-pk"))


def answered_so_far(one: Round) -> int:
    """How many have answered an open survey, or did answer one that ended."""
    return len(one.box.answers)


def heard_by_band(one: Round) -> dict[str, dict[str, int]]:
    """Who is heard in a survey that ended, by what people say about themselves in bands."""
    return by_band(one.box.answers, fewest()) if one.closed and not one.withheld else {}


def open_for(handle: str) -> list[tuple[Round, str]]:
    """Surveys that wait for a person's answer, each with the address where they answer."""
    today = now().date()
    held = Invitation.objects.filter(
        handle=handle, answered=False, round__closed=False, round__ends_on__gte=today
    ).select_related("round")
    return [(one.round, path_of(one.round_id, handle)) for one in held]


def answers_of(use_case: str) -> pd.DataFrame | None:
    """The newest survey of each population that may be used, as `record.evidence` has it: population and items."""
    since = now().date() - KEPT
    held = Round.objects.filter(
        use_case=use_case, closed=True, withheld="", ends_on__gte=since
    ).select_related("box")
    newest = {one.population: one for one in held.order_by("ends_on", "pk")}
    rows = [
        {"population": name, **{item: said["items"].get(item) for item in ITEMS}}
        for name, one in sorted(newest.items())
        for said in one.box.answers
    ]
    if not rows:
        return None
    return pd.DataFrame(rows).astype(dict.fromkeys(ITEMS, float))


@transaction.atomic
def take_imports(
    use_case: str, answers: Mapping[str, Sequence[Answers]], asked_on: date, *, by: str
) -> list[Round]:
    """Keep answers that were given elsewhere, by population: all of them or, where one is refused, none. Raises
    InputError where use case or population is unknown, that day has not come, the same day was brought in already, or too few
    answered for anything to be shown."""
    _need_agreed(use_case)
    if use_case not in (known := organization.use_case_names()):
        raise InputError(f"there is no use case {use_case!r}; there is {_named(known)}")
    if asked_on > now().date():
        raise InputError(f"{asked_on} has not come; name the last day on which it was asked")
    return [_imported(use_case, name, given, asked_on, by) for name, given in answers.items()]


def _imported(
    use_case: str, population: str, answers: Sequence[Answers], asked_on: date, by: str
) -> Round:
    if population not in (known := organization.population_keys()):
        raise InputError(f"there is no population {population!r}; there is {_named(known)}")
    if len(answers) < fewest():
        raise InputError(
            f"{population}: {len(answers)} answers are too few; nothing is shown of fewer than {fewest()}"
        )
    near = Round.objects.filter(
        use_case=use_case,
        population=population,
        ends_on__gt=asked_on - APART,
        ends_on__lt=asked_on + APART,
        taken_back_on=None,
    ).first()
    if near is not None:
        raise InputError(
            f"{population}: there is a survey until {near.ends_on:%-d %B %Y}, fewer than {APART.days} days apart; what the two "
            "differ by would be the answers of few people"
        )
    made = Round.objects.create(
        use_case=use_case, population=population, version=questionnaire().version, source=IMPORTED,
        starts_on=asked_on, ends_on=asked_on, as_of=asked_on, opened_at=now(), opened_by=by, begun=True,
        closed=True, people=len(_placed(population, asked_on)),
    )  # fmt: skip
    Box.objects.create(round=made)
    given: list[Mapping[str, object]] = [{"items": _checked(one), "bands": {}} for one in answers]
    _need_apart(made, given)
    put_in(made, given)
    audit.record(
        "survey.imported", actor=by, use_case=use_case, number=made.pk, population=population,
        answers=len(answers),
    )  # fmt: skip
    return made


def _named(names: Sequence[str]) -> str:
    return ", ".join(names) or "none (there is none yet)"


@transaction.atomic
def agree_text(*, by: str) -> None:
    """Worker representatives agree to the words as they are now asked."""
    version = questionnaire().version
    _, made = AgreedText.objects.get_or_create(
        version=version, defaults={"agreed_at": now(), "agreed_by": by}
    )
    if made:
        audit.record("survey.text_agreed", actor=by, version=version)


def agreed_text() -> AgreedText | None:
    """Who agreed to the words of this version, and when."""
    return AgreedText.objects.filter(version=questionnaire().version).first()


def forget_invited(handle: str) -> None:
    """A person was erased: they are invited no more."""
    Invitation.objects.filter(handle=handle).delete()


def forget_use_case(use_case: str) -> None:
    """Nothing is kept of it any more."""
    for one in Round.objects.filter(use_case=use_case):
        _forget_whom(one)
        one.delete()


def let_go(today: date) -> None:
    """Single answers go after their time."""
    Box.objects.filter(round__ends_on__lt=today - KEPT).update(answers=[])
    Round.objects.filter(taken_back_on__lt=today - KEPT).update(prints=[])
