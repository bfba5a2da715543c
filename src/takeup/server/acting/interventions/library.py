"""The action library as the company has it: what is shipped, and every change to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from takeup.questions.knowledge import Action, action_from, actions
from takeup.questions.knowledge.do_not_use import rewards_following
from takeup.questions.shared.weekly_shares import share_called
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.interventions.models import LibraryRevision
from takeup.server.foundation.audit import services as audit

_ABOUT = ("people", "work", "model", "listening", "message")
_LONGEST = 20


@dataclass(frozen=True, slots=True)
class Held:
    """An action as it holds now: its `version` (0: as shipped), whether the company made it, or retired it."""

    action: Action
    version: int
    own: bool
    retired: bool


def library() -> dict[str, Held]:
    """Every action by id, those that are retired too."""
    shipped = actions()
    found = {key: Held(action, 0, False, False) for key, action in shipped.items()}
    for one in LibraryRevision.objects.order_by("action", "revision"):
        action = action_from(one.action, one.entry)
        found[one.action] = Held(action, one.revision, one.action not in shipped, one.retired)
    return found


def revisions() -> list[LibraryRevision]:
    """Every change, the newest first."""
    return list(LibraryRevision.objects.order_by("-id"))


def entry_of(action: Action) -> dict[str, Any]:
    """An action as the library's file writes it."""
    found: dict[str, Any] = {
        "do": action.do, "owner": action.owner, "lead_days": action.lead_days, "indicator": action.indicator,
        "about": action.about, "training": action.training,
    }  # fmt: skip
    if action.check_days is not None:
        found["check_days"] = action.check_days
    if action.moves is not None:
        moves = action.moves
        found["moves"] = {
            "name": moves.name,
            "direction": moves.direction,
            "smallest": moves.smallest,
        }
    return found


@transaction.atomic
def revise(
    key: str, entry: Mapping[str, Any], *, by: str, reason: str, retired: bool = False
) -> LibraryRevision:
    """The next revision of an action, or a new one. Runs that were declared keep the one they were declared with.
    Raises InputError naming what is wrong with it."""
    key = key.strip()
    if problems := [*_wrong_key(key), *_wrong(entry, reason)]:
        raise InputError("; ".join(problems))
    before = library().get(key)
    made = LibraryRevision.objects.create(
        action=key, revision=(before.version if before else 0) + 1, entry=dict(entry), retired=retired,
        reason=reason.strip(), made_at=now(), made_by=by,
    )  # fmt: skip
    audit.record(
        "library.revised", actor=by, intervention=key, revision=made.revision, retired=retired,
        before=entry_of(before.action) if before else None, after=made.entry, reason=made.reason,
    )  # fmt: skip
    return made


def _wrong_key(key: str) -> list[str]:
    plain = key.replace("-", "").isalnum() and key.isascii()
    return [] if plain and len(key) <= _LONGEST else [
        f"an action's id is letters, digits and hyphens, at most {_LONGEST}, like X-HUDDLE"
    ]  # fmt: skip


def _wrong(entry: Mapping[str, Any], reason: str) -> list[str]:
    """What is wrong with an entry, each as a sentence."""
    found = [
        f"say {what}"
        for name, what in (("do", "what is done"), ("owner", "who answers for it"), ("indicator", "what must move"))
        if not str(entry.get(name, "")).strip()
    ]  # fmt: skip
    for name, least in (("lead_days", 1), ("check_days", 1)):
        days = entry.get(name)
        if (days is not None or name == "lead_days") and (
            not isinstance(days, int) or not least <= days <= 730
        ):
            found.append(f"{name.replace('_', ' ')} are between {least} and 730")
    if entry.get("about", "work") not in _ABOUT:
        found.append(f"it is about one of: {', '.join(_ABOUT)}")
    moves = entry.get("moves")
    found += [] if moves is None else _wrong_moves(moves)
    return found if reason.strip() else [*found, "say why it changes"]


def _wrong_moves(moves: Mapping[str, Any]) -> list[str]:
    found = []
    if share_called(str(moves.get("name"))) is None:
        found.append(f"{moves.get('name')!r} is no figure that takeup measures by week")
    if moves.get("direction") not in ("up", "down"):
        found.append("it is to go up or down")
    smallest = moves.get("smallest")
    if not isinstance(smallest, int | float) or not 0 < smallest <= 1:
        found.append("the smallest change that counts is between 0 and 100 points")
    if rewards_following(str(moves.get("name")), str(moves.get("direction"))):
        found.append(LESS_OVERRIDING)
    return found


LESS_OVERRIDING = (
    "less overriding is no goal: consulting may be asked of people, agreeing never; choose how often the advice is in "
    "view, or what becomes of the cases"
)
