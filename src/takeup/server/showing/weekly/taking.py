"""What the dashboard shows beside the daily snapshot, taken with it: J of each population, and teams."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction

from takeup.disclosure.group_size import is_coarse, parts_hidden
from takeup.drawing.plain import plain
from takeup.drawing.section import figure
from takeup.questions.adoption import GroupAdoption
from takeup.questions.diagnosis import Diagnosis
from takeup.questions.reliance import Discriminated, discrimination_by
from takeup.questions.shared.hidden_in_use import untold_keys
from takeup.record.settings import DisclosureSettings
from takeup.server.deployment.day import Day
from takeup.server.foundation.agreement.services import measuring
from takeup.server.showing.weekly.models import Judgement, TeamView
from takeup.stats.answer import Answer, CannotSay, Estimate, suppressed

_TEAM_FIGURES = ("consult_rate", "effective_reliance", "override_rate")


@transaction.atomic
def take_rows(day: Day) -> None:
    """Keep what may be shown of the newest day, in place of what was kept before."""
    for decisions, diagnosis in zip(day.decisions, day.shared, strict=True):
        found = discrimination_by(decisions, "population", measuring())
        _keep_judgements(day.use_case, diagnosis, found)
        _keep_teams(day.use_case, day.today, diagnosis)


def _keep_judgements(
    use_case: str, diagnosis: Diagnosis, found: Mapping[str, Discriminated]
) -> None:
    rules = measuring().disclosure
    adoption = diagnosis.measures.adoption
    shown = disclosed(found, untold_keys(adoption, "population"), rules)
    Judgement.objects.filter(use_case=use_case).delete()
    Judgement.objects.bulk_create(
        Judgement(use_case=use_case, population=key[:200], answer=plain(answer), told=told(answer))
        for key, answer in shown.items()
    )


def disclosed(
    found: Mapping[str, Discriminated], untold: set[str], rules: DisclosureSettings
) -> dict[str, Answer]:
    """J of each population as it may be shown: not of too few people whose judged decisions it rests on, nor of one
    with most of them, nor where its figures of use are hidden; nor what J of everybody would leave for those."""
    sizes = {key: _people(one, key in untold, rules) for key, one in found.items()}
    hidden = parts_hidden(sizes, "share", rules)
    return {
        key: suppressed() if key in hidden else _coarse(one.discrimination, one.people, rules)
        for key, one in found.items()
    }


def _people(one: Discriminated, untold: bool, rules: DisclosureSettings) -> int:
    """How many people it is of; one with most of them leaves as good as nobody beside."""
    return 1 if untold or one.largest_share > rules.largest_share_of_decisions else one.people


def _coarse(answer: Answer, people: int, rules: DisclosureSettings) -> Answer:
    """Of few people to five hundredths, outwards, and without how many decisions it is of."""
    if isinstance(answer, CannotSay):
        return replace(answer, n=None)
    if not is_coarse(people, "share", rules):
        return answer
    low, high = math.floor(answer.low * 20) / 20, math.ceil(answer.high * 20) / 20
    return replace(answer, value=round(answer.value * 20) / 20, low=low, high=high, se=None)


def told(answer: Answer) -> str:
    """J in words: `0.31 (0.22 to 0.40), 812 judged`."""
    if isinstance(answer, CannotSay):
        return figure(answer)
    ends = f"{_signed(answer.low)} to {_signed(answer.high)}"
    return f"{_signed(answer.value)} ({ends}), {answer.n:,} judged"


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _keep_teams(use_case: str, today: date, diagnosis: Diagnosis) -> None:
    """Teams as the diagnosis may share them; where it has none (works-council mode) there are none."""
    groups = diagnosis.measures.adoption.groups.get("team", ())
    TeamView.objects.filter(use_case=use_case).delete()
    TeamView.objects.bulk_create(
        TeamView(use_case=use_case, team=g.key[:200], day=today, figures=_team(g)) for g in groups
    )


def _team(g: GroupAdoption) -> list[dict[str, Any]]:
    """Its figures in words; none where it is hidden."""
    if g.hidden:
        return []
    answers = {name: getattr(g, name) for name in _TEAM_FIGURES}
    return [
        {"name": name, "told": figure(a), "n": a.n if isinstance(a, Estimate) else None}
        for name, a in answers.items()
    ]


def forget_rows(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    Judgement.objects.filter(use_case=use_case).delete()
    TeamView.objects.filter(use_case=use_case).delete()
