"""What takeup knows and nobody measured: rules of findings, actions, claims. Data files, read once.

The rules of a question's findings stand in its folder, in `rules.toml`: what each calls for first, and what
else could explain it. `actions` are ids of actions.toml, the first one first. `kind`: model, people, effect or
unknown. A rule that claims something says what would make it false (`false_if`), by which of its figures it stands
(`rests_on`) and on which side of a `border` that figure then lies (`says`: above, below, either).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from takeup.questions.register import questions
from takeup.record.errors import InputError
from takeup.record.interventions import Direction

Kind = Literal["model", "people", "effect", "unknown"]
Side = Literal["above", "below", "either"]
About = Literal["people", "work", "model", "listening", "message"]
"""What an action works on. One about people waits until a model issue has a date; a message alone closes no gap."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What an action is to move, where takeup measures it by week (questions/shared/weekly_shares.py): the share's
    name, its direction, and the smallest change that counts (0.05: five points)."""

    name: str
    direction: Direction
    smallest: float


@dataclass(frozen=True, slots=True)
class Action:
    """A step that closes a gap: what, by whom, in how many days, and what must move. `moves`: the same where it is
    measured (None: somebody attests it); `training`: it teaches and changes nothing else."""

    id: str
    do: str
    owner: str
    lead_days: int
    indicator: str
    check_days: int | None
    about: About = "work"
    moves: Moves | None = None
    training: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What a kind of finding calls for first, and what else could explain it. One that claims something is
    false if the truth is `false_if`; its figure `rests_on` lies on the side that it `says` of `border`."""

    id: str
    kind: Kind
    first: str
    otherwise: str
    actions: tuple[Action, ...]
    false_if: str = ""
    rests_on: str = ""
    says: Side | None = None
    border: float = 0.0


@dataclass(frozen=True, slots=True)
class SeedClaim:
    """A claim of the literature; shown only as `may_appear_as` says, never calculated with."""

    id: str
    claim: str
    may_appear_as: str


@cache
def read_knowledge(name: str) -> dict[str, Any]:
    """A data file of takeup's knowledge as it stands."""
    text = (files("takeup.questions.knowledge") / name).read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def actions() -> dict[str, Action]:
    """The action library by id."""
    return {key: action_from(key, entry) for key, entry in read_knowledge("actions.toml").items()}


def action_from(key: str, entry: Mapping[str, Any]) -> Action:
    """An action as the library's file writes it. Raises KeyError for what is missing."""
    moves = entry.get("moves")
    return Action(
        key, entry["do"], entry["owner"], entry["lead_days"], entry["indicator"], entry.get("check_days"),
        entry.get("about", "work"), None if moves is None else Moves(**moves), entry.get("training", False),
    )  # fmt: skip


def what_to_do(action: str) -> str:
    """What an action of the library does; the id of one that a company added."""
    found = actions().get(action)
    return action if found is None else found.do


@cache
def rule(key: str) -> Rule:
    """The rule of a kind of finding. Raises KeyError for an unknown one."""
    r = _rules()[key]
    return Rule(
        key,
        r["kind"],
        r["first"],
        r["otherwise"],
        tuple(actions()[a] for a in r["actions"]),
        r.get("false_if", ""),
        r.get("rests_on", ""),
        r.get("says"),
        r.get("border", 0.0),
    )


@cache
def rules() -> tuple[str, ...]:
    """Keys of all rules."""
    return tuple(_rules())


@cache
def _rules() -> dict[str, Any]:
    """Those of all questions. Raises InputError where two have the same key."""
    found: dict[str, Any] = {}
    for question in questions():
        held = files(question.folder) / "rules.toml"
        own = tomllib.loads(held.read_text(encoding="utf-8")) if held.is_file() else {}
        if twice := sorted({*found} & {*own}):
            raise InputError(f"question {question.name}: a rule {twice[0]!r} is there already")
        found |= own
    return found


@cache
def seed_claims() -> tuple[SeedClaim, ...]:
    """The register of claims that may not be presented as measured."""
    return tuple(
        SeedClaim(key, c["claim"], c["may_appear_as"])
        for key, c in read_knowledge("seed_claims.toml").items()
    )
