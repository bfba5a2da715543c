"""What may be done with conversations, each as one verb: atomic, audited, by somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from django.db import transaction
from django.db.models import Max

from takeup.disclosure.group_size import named_by_some
from takeup.disclosure.names import Names
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.record.questionnaire import AGREED, TYPES
from takeup.record.settings import ResistanceSettings
from takeup.server.acting.conversations.drawing_names import handles_in
from takeup.server.acting.conversations.models import (
    DRAWN,
    ENDED,
    Coding,
    Comment,
    Conversation,
    Draw,
)
from takeup.server.acting.conversations.neutral import candidates
from takeup.server.acting.conversations.prompts import PROMPTS, THEMES
from takeup.server.deployment.sealing import unseal
from takeup.server.foundation.agreement.services import need_agreed_change
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization
from takeup.stats.jackknife import jackknife
from takeup.stats.survey import cohens_kappa

KEPT = timedelta(days=180)
CLOSE = "close"
LONGEST = 4_000
_COMMENT = 500
_THEMES = 145
"""Characters of each coder's themes: those of both stand in one field of 300."""


def fewest() -> int:
    """Conversations from which on counts are shown."""
    return ResistanceSettings().smallest_interviews


@transaction.atomic
def ask_for(use_case: str, population: str, facilitator: str, coder: str, *, by: str) -> Draw:
    """People of a population are to be invited. Raises InputError where facilitator or coder is not neutral or one and
    the same, where a round runs already, or where (works-council mode) it was not agreed."""
    need_agreed_change(use_case, "conversations")
    if use_case not in organization.use_case_names():
        raise InputError("choose a use case that is there")
    if population not in organization.population_keys():
        raise InputError("choose a population of the organization")
    neutral = {handle for handle, _ in candidates(population, now().date())}
    if not {facilitator, coder} <= neutral or facilitator == coder:
        raise InputError(
            "choose two different people, neither of whom leads a team or the programme, made the model, or is in the "
            "population: one who invites and listens, and one who codes beside"
        )
    if Draw.objects.filter(use_case=use_case, population=population).exclude(state=ENDED).exists():
        raise InputError("conversations with them are on already; end those first")
    made = Draw.objects.create(
        use_case=use_case, population=population, facilitator=facilitator, coder=coder,
        asked_at=now(), asked_by=by,
    )  # fmt: skip
    audit.record("conversation.asked", actor=by, use_case=use_case, number=made.pk, population=population)  # fmt: skip
    return made


def rounds() -> list[Draw]:
    """Every round, the newest first."""
    return list(Draw.objects.order_by("-pk"))


def round_of(number: int) -> Draw:
    """One round. Raises InputError where there is none."""
    found = Draw.objects.filter(pk=number).first()
    if found is None:
        raise InputError("there is no such round of conversations")
    return found


def coders_of(one: Draw) -> tuple[str, str]:
    """The two who code it."""
    return one.facilitator, one.coder


def names_of(one: Draw, *, by: str) -> list[str]:
    """Names of who is to be invited, for the facilitator alone; opening them is audited. Raises InputError for anybody
    else, or where there are none."""
    if by != one.facilitator:
        raise InputError("only whoever invites them sees who they are")
    if one.state != DRAWN or not one.names:
        raise InputError("nobody is drawn, or the round has ended")
    if by not in {handle for handle, _ in candidates(one.population, now().date())}:
        raise InputError(
            "you lead a team or the programme by now, or are in the population: no manager and no lead sees a name. "
            "Have the round withdrawn, and another asked for"
        )
    try:
        handles = handles_in(unseal(one.names, one.facilitator))
    except ValueError:
        raise InputError("the names were sealed with another secret of the deployment; draw again") from None  # fmt: skip
    audit.record("conversation.names_opened", actor=by, number=one.pk)
    called = organization.names_of(handles)
    return [called[handle] for handle in handles if handle in called]


@transaction.atomic
def write(one: Draw, number: int | None, notes: Mapping[str, str], *, by: str) -> Conversation:
    """Keep what was said, with names taken out; `number`: of one that is there. Raises InputError for anybody but the
    facilitator, without a word, or where the round is not on."""
    if by != one.facilitator:
        raise InputError("only whoever listened writes it down")
    _need_on(one)
    if any(len(text.strip()) > LONGEST for text in notes.values()):
        raise InputError(
            f"at most {LONGEST} characters to a prompt: shorten what is longer; nothing of it was cut"
        )
    known = Names(organization.called())
    kept = {key: known.taken_out(text.strip()) for key in (*PROMPTS, CLOSE) if (text := notes.get(key, "")).strip()}  # fmt: skip
    if not kept:
        raise InputError("write down at least one answer")
    if number is None:
        _need_open(one)
        last = one.conversations.aggregate(n=Max("number"))["n"] or 0
        return Conversation.objects.create(draw=one, number=last + 1, notes=kept)
    found = one.conversations.filter(number=number).first()
    if found is None:
        raise InputError("there is no such conversation")
    found.notes = kept
    found.save(update_fields=["notes"])
    return found


def _need_open(one: Draw) -> None:
    if _agreed(one):
        raise InputError(
            "the codes are settled: what is heard from now on belongs to another round"
        )


def _need_on(one: Draw) -> None:
    # As it is now, and nobody else's until this is done: two who act at once have each read it before.
    try:
        one.refresh_from_db(from_queryset=Draw.objects.select_for_update())
    except Draw.DoesNotExist:
        raise InputError("there is no such round; it may have been withdrawn") from None
    if one.state != DRAWN:
        raise InputError("this round is not on")


@transaction.atomic
def code(one: Draw, number: int, primary: str, secondary: str, themes: str, *, by: str) -> None:
    """One coder's codes of one conversation; both alone, until both have coded all. Raises InputError for others, for codes
    that are none, or after they were compared."""
    if by not in coders_of(one):
        raise InputError("only the two coders code")
    _need_on(one)
    if _agreed(one):
        raise InputError("both agreed already")
    conversation = one.conversations.filter(number=number).first()
    if conversation is None:
        raise InputError("there is no such conversation")
    # From then on each may have seen what the other chose: κ is of codes that were given alone.
    if conversation.codings.filter(coder__in=coders_of(one)).count() == 2:
        raise InputError("both have coded this one; where you differ is settled together")
    _put(conversation, by, primary, secondary, themes)


def _put(conversation: Conversation, coder: str, primary: str, secondary: str, themes: str) -> None:
    if primary not in TYPES or secondary not in ("", *TYPES) or primary == secondary:
        raise InputError("choose one reason as the first, and at most one other as the second")
    Coding.objects.update_or_create(
        conversation=conversation, coder=coder,
        defaults={"primary": primary, "secondary": secondary, "themes": _themes(themes, coder == AGREED)},
    )  # fmt: skip


def _themes(text: str, both: bool) -> str:
    """`model_gap: rural income; access`, as evidence files have them. Raises InputError for another theme."""
    told = [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]
    for one in told:
        if one.split(":", 1)[0].strip() not in THEMES:
            raise InputError(f"“{one}” is no theme; there are {', '.join(THEMES)} (model_gap: and what it lacks)")  # fmt: skip
    known = Names(organization.called())
    kept = "; ".join(known.taken_out(one) for one in told)
    if len(kept) > (2 * _THEMES + 2 if both else _THEMES):
        raise InputError(f"at most {_THEMES} characters of themes: write fewer, or shorter ones")
    return kept


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two coders agreed on the first reason: Cohen's κ with a 95 % interval (leaving conversations out, jackknife),
    over `n` that both coded; `differ` are the numbers of those where they did not."""

    kappa: float
    low: float
    high: float
    n: int
    differ: tuple[int, ...]


def agreement_of(one: Draw) -> Agreement | None:
    """How far the two agreed; None before both have coded every conversation."""
    found = _by_coder(one)
    first, second = (found.get(coder, {}) for coder in coders_of(one))
    numbers = [c.number for c in one.conversations.order_by("number")]
    if not numbers or any(n not in first or n not in second for n in numbers):
        return None
    pairs = [(first[n].primary, second[n].primary) for n in numbers]
    kappa, half = _kappa(pairs)
    return Agreement(
        kappa, max(kappa - half, -1.0), min(kappa + half, 1.0), len(numbers),
        tuple(n for n, (a, b) in zip(numbers, pairs, strict=True) if a != b),
    )  # fmt: skip


def _kappa(pairs: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """κ and half of its interval."""
    kappa = cohens_kappa(np.array([a for a, _ in pairs]), np.array([b for _, b in pairs]))
    cells = np.zeros((len(pairs), len(TYPES) ** 2))
    for i, (a, b) in enumerate(pairs):
        cells[i, TYPES.index(a) * len(TYPES) + TYPES.index(b)] = 1
    if len(pairs) < 3:
        return kappa, float("inf")
    return kappa, float(jackknife(cells, _kappa_of_cells).half_width(0.95)[0])


def _kappa_of_cells(cells: np.ndarray) -> np.ndarray:
    table = cells.reshape(len(TYPES), -1) / max(cells.sum(), 1.0)
    chance = float((table.sum(0) * table.sum(1)).sum())
    return np.array([1.0 if chance >= 1 else (float(np.trace(table)) - chance) / (1 - chance)])


def _by_coder(one: Draw) -> dict[str, dict[int, Coding]]:
    found: dict[str, dict[int, Coding]] = {}
    for coding in Coding.objects.filter(conversation__draw=one).select_related("conversation"):
        found.setdefault(coding.coder, {})[coding.conversation.number] = coding
    return found


def codings_of(one: Draw, coder: str) -> dict[int, Coding]:
    """One coder's codes by number (`AGREED`: what both settled on)."""
    return _by_coder(one).get(coder, {})


def _agreed(one: Draw) -> bool:
    return Coding.objects.filter(conversation__draw=one, coder=AGREED).exists()


@transaction.atomic
def agree(one: Draw, settled: Mapping[int, str], *, by: str) -> None:
    """What both settled on: where they chose the same it stands, elsewhere `settled` says. Where they agreed too
    little to begin with, both code once more. Raises InputError for others, before both have coded all, or where one is left
    open."""
    if by not in coders_of(one):
        raise InputError("only the two coders settle it")
    _need_on(one)
    found = agreement_of(one)
    if found is None:
        raise InputError("both code every conversation first, each alone")
    if found.kappa < ResistanceSettings().smallest_agreement and not one.recoded:
        _code_again(one, found)
        return
    first = codings_of(one, one.facilitator)
    for conversation in one.conversations.all():
        own = first[conversation.number]
        primary = own.primary if conversation.number not in found.differ else settled.get(conversation.number, "")  # fmt: skip
        _put(conversation, AGREED, primary, own.secondary if own.secondary != primary else "", _both(one, conversation.number))  # fmt: skip
    if one.first_kappa is None:
        one.first_kappa = found.kappa
        one.save(update_fields=["first_kappa"])


def _both(one: Draw, number: int) -> str:
    """Themes that either heard."""
    told = [codings_of(one, coder)[number].themes for coder in coders_of(one)]
    return "; ".join(dict.fromkeys(t.strip() for text in told for t in text.split(";") if t.strip()))  # fmt: skip


def _code_again(one: Draw, found: Agreement) -> None:
    Coding.objects.filter(conversation__draw=one).delete()
    one.recoded, one.first_kappa = True, found.kappa
    one.save(update_fields=["recoded", "first_kappa"])
    audit.record("conversation.recoded", number=one.pk, agreement=round(found.kappa, 2))


@transaction.atomic
def end(one: Draw, told: str, *, by: str) -> None:
    """The round ends and is read back: names go, the population is told. Raises InputError for anybody but the facilitator,
    without a word, or before both coders settled."""
    if by != one.facilitator:
        raise InputError("only whoever listened reads it back")
    _need_on(one)
    if not _agreed(one):
        raise InputError("the two coders settle their codes first")
    text = Names(organization.called()).taken_out(told.strip())
    if not text:
        raise InputError("write what was heard: the people it is about read it")
    one.told, one.state, one.names, one.ended_on = text, ENDED, "", now().date()
    one.save()
    audit.record("conversation.ended", actor=by, use_case=one.use_case, number=one.pk)
    tell(
        sorted(organization.placed_in(one.population, now().date())), f"heard:{one.pk}",
        "What was heard in the conversations", text, f"/conversations/{one.pk}", kind="digest",
    )  # fmt: skip


@transaction.atomic
def withdraw(number: int, *, by: str) -> None:
    """A round that goes nowhere (whoever listens left, too little is known to draw): nothing of it is kept. Raises
    InputError where there is none, or it was read back."""
    one = Draw.objects.select_for_update().filter(pk=number).first()
    if one is None:
        raise InputError("there is no such round; it may have been withdrawn")
    if one.state == ENDED:
        raise InputError("it was read back; what was heard stands")
    audit.record("conversation.withdrawn", actor=by, use_case=one.use_case, number=number, population=one.population)  # fmt: skip
    one.delete()


@dataclass(frozen=True, slots=True)
class Heard:
    """What conversations amount to: the reasons that at least three named first, most first (none under five
    conversations), how many did (empty where that would count one or two others), and themes."""

    conversations: int
    named: Sequence[str]
    primary: Mapping[str, int]
    themes: tuple[str, ...]


def heard_in(one: Draw) -> Heard:
    """What may be shown of an ended round."""
    agreed = list(codings_of(one, AGREED).values())
    themes = {t.strip() for coding in agreed for t in coding.themes.split(";") if t.strip()}
    counts = {t: sum(coding.primary == t for coding in agreed) for t in TYPES}
    named, told = named_by_some(counts) if len(agreed) >= fewest() else ([], {})
    return Heard(len(agreed), named, told, tuple(sorted(themes)))


@transaction.atomic
def comment(one: Draw, text: str, *, by: str) -> None:
    """Somebody of the population says something to it; by whom is not kept. Raises InputError for others, or without
    a word."""
    if by not in organization.placed_in(one.population, now().date()):
        raise InputError("only those it is about comment on it")
    if one.state != ENDED or not text.strip():
        raise InputError("write what you want to say")
    said = Names(organization.called()).taken_out(text.strip())[:_COMMENT]
    Comment.objects.create(draw=one, text=said, day=now().date())


def comments_on(one: Draw) -> list[Comment]:
    """What the population said to it, oldest first."""
    return list(one.comments.order_by("day", "pk"))


def codes_of(use_case: str) -> pd.DataFrame | None:
    """Codes of each population's newest round that has ended, as `record.evidence` has interviews."""
    since = now().date() - KEPT
    held = Draw.objects.filter(use_case=use_case, state=ENDED, ended_on__gte=since)
    newest = {one.population: one for one in held.order_by("ended_on", "pk")}
    rows = [
        {"population": name, "interview_no": str(number), "coder": _coder(one, coder),
         "primary": coding.primary, "secondary": coding.secondary or None, "themes": coding.themes or None}
        for name, one in sorted(newest.items())
        for coder, codings in sorted(_by_coder(one).items())
        for number, coding in sorted(codings.items())
    ]  # fmt: skip
    return pd.DataFrame(rows) if rows else None


def _coder(one: Draw, coder: str) -> str:
    return coder if coder == AGREED else ("first" if coder == one.facilitator else "second")


def waiting_for(handle: str) -> list[Draw]:
    """Rounds in which somebody invites, listens or codes."""
    mine = Draw.objects.filter(state=DRAWN)
    return [one for one in mine if handle in coders_of(one)]


def forget_use_case(use_case: str) -> None:
    """Nothing is kept of it any more."""
    Draw.objects.filter(use_case=use_case).delete()


def let_go(today: date) -> None:
    """What was said goes after its time; codes stay. A round that nobody ended ends with it."""
    old = today - KEPT
    Conversation.objects.filter(draw__drawn_on__lt=old).update(notes={})
    Draw.objects.filter(drawn_on__lt=old).exclude(names="").update(names="")
