"""What a declaration says, and everything that is wrong with it before it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import get_args

from takeup.questions.knowledge import Action, Moves
from takeup.questions.knowledge.do_not_use import rewards_following, warnings_of
from takeup.questions.shared.weekly_shares import share_called
from takeup.record.interventions import Direction, Reason
from takeup.server.acting.interventions.library import LESS_OVERRIDING, Held, library
from takeup.server.acting.interventions.models import OPEN, ActionRun, OpenModelIssue
from takeup.server.foundation.organization import services as organization

REASONS: tuple[Reason, ...] = get_args(Reason)
_CHECK_DAYS = 28


MOST_AHEAD = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared of one action on one population. `steps`: each with the day by which it is done; the last one's
    day is that from which it should show. `moves`: the figure that is to move (None: `words` are attested).
    `check_on`: None, as many days later as the library says."""

    use_case: str
    population: str
    action: str
    reason: str
    owner: str
    starts_on: date
    steps: Sequence[tuple[str, date]]
    moves: Moves | None = None
    words: str = ""
    check_on: date | None = None
    comparison: Sequence[str] = field(default=())
    finding: str = ""

    @property
    def shows_on(self) -> date:
        """The day from which it should show: its last step's."""
        return max((due for _, due in self.steps), default=self.starts_on)

    def checked_on(self, action: Action) -> date:
        """The day on which it is judged."""
        return self.check_on or self.shows_on + timedelta(days=action.check_days or _CHECK_DAYS)


def problems_of(declared: Declared, today: date) -> list[str]:
    """Everything that is wrong, as sentences; empty where it may be kept."""
    held = library().get(declared.action)
    found = _names(declared, held)
    found += _days(declared, held, today)
    found += _figures(declared)
    if held is not None and not held.retired:
        found += _rules(declared, held.action)
    return found


def warnings_for(use_case: str, population: str, action: str, reason: str) -> list[str]:
    """What speaks against an action and does not forbid it."""
    held = library().get(action)
    return (
        []
        if held is None
        else warnings_of(held.action, reason, _beside(use_case, population, action))
    )


def _beside(use_case: str, population: str, action: str) -> list[Action]:
    """The other actions that the population has or will have."""
    runs = ActionRun.objects.filter(
        use_case=use_case, population=population, state__in=OPEN
    ).exclude(action=action)
    known = library()
    return [known[run.action].action for run in runs if run.action in known]


def _names(declared: Declared, held: Held | None) -> list[str]:
    found = []
    populations = set(organization.population_keys())
    if declared.use_case not in organization.use_case_names():
        found.append(f"there is no use case {declared.use_case!r}")
    if declared.population not in populations:
        found.append(
            f"there is no population {declared.population!r}: the organization's file names them"
        )
    if held is None:
        found.append(f"there is no action {declared.action!r} in the library")
    elif held.retired:
        found.append(f"{declared.action} was retired from the library")
    if declared.reason not in REASONS:
        found.append(f"choose the reason it answers: {', '.join(REASONS)}")
    if not organization.names_of([declared.owner]):
        found.append("name who answers for it: somebody of the organization")
    unknown = sorted(set(declared.comparison) - populations)
    if unknown:
        found.append(f"there is no population {unknown[0]!r} to compare with")
    if declared.population in declared.comparison:
        found.append("a population is not compared with itself")
    return found


def _days(declared: Declared, held: Held | None, today: date) -> list[str]:
    every = [declared.starts_on, declared.shows_on, declared.check_on or today]
    if max(every) > today + MOST_AHEAD:
        return ["every day of it is within three years"]
    found = []
    if declared.starts_on < today:
        found.append("it starts today or later: what is declared afterwards was not declared")
    if not declared.steps or any(not text.strip() for text, _ in declared.steps):
        found.append("write its steps, each with the day by which it is done")
    if any(due < declared.starts_on for _, due in declared.steps):
        found.append("no step is due before it starts")
    if held is not None and declared.checked_on(held.action) <= declared.shows_on:
        found.append("it is checked after its last step is due, when it can have shown")
    return found


def _figures(declared: Declared) -> list[str]:
    moves = declared.moves
    if moves is None:
        return [] if declared.words.strip() else ["say what is to move, and how anybody sees it"]
    found = []
    if share_called(moves.name) is None:
        found.append(f"{moves.name!r} is no figure that takeup measures by week")
    if moves.direction not in get_args(Direction):
        found.append("it is to go up or down")
    if not 0 < moves.smallest <= 1:
        found.append("the smallest change that counts is between 0 and 100 points")
    if rewards_following(moves.name, moves.direction):
        found.append(LESS_OVERRIDING)
    return found


def _rules(declared: Declared, action: Action) -> list[str]:
    found = []
    here: Mapping[str, str] = {"use_case": declared.use_case, "population": declared.population}
    if ActionRun.objects.filter(**here, action=declared.action, state__in=OPEN).exists():
        found.append(f"{declared.action} is planned or running there already")
    if action.about == "message" and not _beside(**here, action=declared.action):
        found.append("a message alone closes no gap: declare the action that it carries first")
    return found + model_first(declared.use_case, declared.population, action.about)


def model_first(use_case: str, population: str, about: str) -> list[str]:
    """Why an action about people may not be declared, or begin, there by now."""
    kinds = undated_issues(use_case, population) if about == "people" else []
    if not kinds:
        return []
    return [
        f"the advice has a model issue there ({', '.join(k.replace('_', ' ') for k in kinds)}): nothing about people "
        "starts before an action on the model (A-MD1, A-MD2, A-MD3) has its date"
    ]


def undated_issues(use_case: str, population: str) -> list[str]:
    """Kinds of model issue of a population, as of the newest snapshot, while no action on the model has a date."""
    known = library()
    models = [key for key, held in known.items() if held.action.about == "model"]
    runs = ActionRun.objects.filter(use_case=use_case, action__in=models)
    if runs.exclude(state="withdrawn").exists():
        return []
    issues = OpenModelIssue.objects.filter(use_case=use_case, population__in=("", population))
    return sorted(set(issues.values_list("kind", flat=True)))
