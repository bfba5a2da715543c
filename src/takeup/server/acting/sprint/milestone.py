"""What a milestone is: when, whose, what it waits for, and what must be seen before it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from takeup.record.milestones import MilestoneRecord
from takeup.server.deployment.roles import Role

Phase = Literal["before", "foundation", "shadow", "production"]
PHASES: Mapping[Phase, Promise] = {
    "before": _("Before the start"), "foundation": _("Foundation"), "shadow": _("Shadow"),
    "production": _("Production"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Need:
    """A milestone, a date of the technical track or a gate that must be over first; with `from_start`, begun."""

    on: str
    from_start: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What an item's evidence says: whether it `holds` (None: nothing is known yet), the figure in `words`, of how many,
    and the page behind it. `lacking`: the populations or cohorts in which it does not hold. `attested`: somebody signed it,
    nobody measured it."""

    holds: bool | None
    words: str
    n: int | None = None
    path: str = ""
    attested: bool = False
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed a statement, when, and the document behind it."""

    who: str
    on: date
    document: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of a sprint on a day: `people` of each population that is large enough to be shown, `facts` by name
    and by population (empty: of the use case), `signed` statements by milestone and item."""

    today: date
    people: Mapping[str, int]
    facts: Mapping[str, Mapping[str, MilestoneRecord]] = field(default_factory=dict)
    signed: Mapping[tuple[str, str], Signature] = field(default_factory=dict)
    remediation: bool = False

    def of(self, fact: str) -> Mapping[str, MilestoneRecord]:
        """What is known of a fact, by population."""
        return self.facts.get(fact, {})


@dataclass(frozen=True, slots=True)
class Check:
    """One item that the system sees. `about`: the fact by whose page it comes about, where `sees` weighs several."""

    key: str
    words: str | Promise
    sees: Callable[[Known], Seen]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Attest:
    """One item that it cannot see: whoever holds one of `roles` signs it, with a document. `instead_of`: the check that need
    not hold where this is signed."""

    key: str
    words: str | Promise
    roles: tuple[Role, ...]
    instead_of: str = ""


Item = Check | Attest


@dataclass(frozen=True, slots=True)
class Milestone:
    """`first` and `last` are days of the sprint, which begins on day 0."""

    id: str
    name: str | Promise
    phase: Phase
    first: int
    last: int
    owner: Role
    items: Sequence[Item]
    needs: Sequence[Need] = ()

    def item(self, key: str) -> Item | None:
        """Its item of that key."""
        return next((one for one in self.items if one.key == key), None)


def seen_of(milestone: Milestone, known: Known) -> dict[str, Seen]:
    """What each of its items says, by key."""
    return {
        one.key: one.sees(known) if isinstance(one, Check) else _signed(milestone, one, known)
        for one in milestone.items
    }


def lacks(milestone: Milestone, seen: Mapping[str, Seen]) -> list[str]:
    """The keys of its items that keep it from being done."""
    instead = {one.instead_of: one.key for one in milestone.items if isinstance(one, Attest) and one.instead_of}  # fmt: skip
    stands = {key for key, found in seen.items() if found.holds}
    return [
        one.key for one in milestone.items
        if one.key not in stands
        and instead.get(one.key) not in stands
        and not (isinstance(one, Attest) and one.instead_of)
    ]  # fmt: skip


def _signed(milestone: Milestone, item: Attest, known: Known) -> Seen:
    found = known.signed.get((milestone.id, item.key))
    if found is None:
        return Seen(False, "nobody has signed this")
    words = f"signed by {found.who}, {found.on:%-d %B %Y}"
    if found.document:
        words += f": {found.document}"
    return Seen(True, words, path=found.path, attested=True)
