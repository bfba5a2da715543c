"""How a sprint stands, as pages, the start page and the dashboard tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from takeup.drawing.strips import Chart
from takeup.drawing.time_line import Bar, Group, Standing, time_line
from takeup.record.clock import now
from takeup.server.acting.sprint.milestone import PHASES, Attest, Milestone, Seen
from takeup.server.acting.sprint.milestones import MILESTONES
from takeup.server.acting.sprint.models import MilestoneState, Sprint
from takeup.server.acting.sprint.plan import (
    GATES,
    TECHNICAL,
    Planned,
    Window,
    critical,
    technology_waits,
    waits_for_technology,
)
from takeup.server.acting.sprint.seen import seen_in
from takeup.server.acting.sprint.services import (
    Holding,
    holding_on,
    owners_of,
    plan_of,
    windows_of,
)
from takeup.server.foundation.organization import services as organization

_SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of a milestone, and what its evidence said."""

    key: str
    words: str
    seen: Seen
    attest: Attest | None


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """One milestone as it stands: `standing` in one word, `said` in a few; `waits_for` are not done yet."""

    milestone: Milestone
    planned: Planned
    state: MilestoneState
    owners: tuple[str, ...]
    who: str
    standing: Standing
    said: str
    items: tuple[ItemRow, ...]
    waits_for: tuple[str, ...]

    @property
    def open_items(self) -> list[ItemRow]:
        """Items that do not hold."""
        return [one for one in self.items if not one.seen.holds]

    @property
    def soon(self) -> bool:
        """Whether it is due within a week, or late."""
        return self.planned.done is None and self.planned.due <= now().date() + _SOON


@dataclass(frozen=True, slots=True)
class SprintStands:
    """A sprint on a day: its rows in order, every date, and what waits for what between technology and adoption."""

    sprint: Sprint
    today: date
    day: int
    rows: tuple[MilestoneRow, ...]
    planned: Mapping[str, Planned]
    windows: Mapping[str, Window]
    adoption_waits: Mapping[str, Sequence[str]]
    technology_waits: Mapping[str, Sequence[str]]

    @property
    def done(self) -> int:
        """How many of the eighteen are done."""
        return sum(r.planned.done is not None for r in self.rows if r.milestone.id != "P0")

    @property
    def late(self) -> list[MilestoneRow]:
        """Those past their day."""
        return [r for r in self.rows if r.standing == "late"]

    @property
    def soon(self) -> list[MilestoneRow]:
        """Those due this week or late, the earliest first."""
        return sorted((r for r in self.rows if r.soon), key=lambda r: r.planned.due)

    def next_gate(self) -> Planned | None:
        """The next gate that was not passed."""
        return next((self.planned[g.id] for g in GATES if self.planned[g.id].done is None), None)

    def cause(self, key: str) -> list[str]:
        """What moved a milestone or gate, from the first cause to it."""
        return critical(self.planned, key)


def stands(
    sprint: Sprint, what_if: Mapping[str, date] | None = None, holding: Holding | None = None
) -> SprintStands:
    """How it stands today; with `what_if` due days as if they were so. `holding`: where many are asked for, who holds which
    role, read once."""
    today = min(now().date(), sprint.ended_on) if sprint.ended_on else now().date()
    planned, windows = plan_of(sprint, today, what_if), windows_of(sprint)
    states = {one.milestone: one for one in sprint.states.all()}
    owners = owners_of(sprint, holding or holding_on(today))
    names = organization.names_of({h for held in owners.values() for h in held})
    rows = tuple(
        _row(m, planned, windows, states.get(key) or MilestoneState(milestone=key), owners[key], names, today)
        for key, m in MILESTONES.items()
    )  # fmt: skip
    return SprintStands(
        sprint, today, (today - sprint.starts_on).days, rows, planned, windows,
        waits_for_technology(planned, windows), technology_waits(planned, windows, today),
    )  # fmt: skip


def _row(
    milestone: Milestone, planned: Mapping[str, Planned], windows: Mapping[str, Window], state: MilestoneState,
    owners: tuple[str, ...], names: Mapping[str, str], today: date,
) -> MilestoneRow:  # fmt: skip
    one = planned[milestone.id]
    seen = seen_in(state)
    items = tuple(
        ItemRow(i.key, str(i.words), seen.get(i.key, Seen(None, _("looked at with the next night"))), i if isinstance(i, Attest) else None)
        for i in milestone.items
    )  # fmt: skip
    waits = tuple(n.on for n in windows[milestone.id].needs if planned[n.on].done is None and not n.from_start)  # fmt: skip
    who = ", ".join(sorted(names[h] for h in owners if h in names)) or str(milestone.owner.label)
    standing = _standing(one, today)
    return MilestoneRow(milestone, one, state, owners, who, standing, _said(one, state, standing, items), items, waits)  # fmt: skip


def _standing(one: Planned, today: date) -> Standing:
    if one.done is not None:
        return "done"
    if one.late(today):
        return "late"
    return "open" if one.first <= today else "ahead"


def _said(one: Planned, state: MilestoneState, standing: Standing, items: Sequence[ItemRow]) -> str:
    if standing == "done":
        return _("attested, not verified") if state.attested_only else _("done")
    if standing == "ahead":
        return _("not begun")
    left = sum(not i.seen.holds for i in items)
    told = _("{left} of {all} items open").format(left=left, all=len(items))
    if state.reopened:
        return _("open again: {told}").format(told=told)
    return _("late: {told}").format(told=told) if standing == "late" else told


def drawn(found: SprintStands) -> Chart:
    """The time line: phases, gates, the technical track."""
    phases = {
        phase: [_bar(r) for r in found.rows if r.milestone.phase == phase] for phase in PHASES
    }
    groups = [Group(str(PHASES[phase]), bars) for phase, bars in phases.items() if bars]
    gates = [_plain_bar(found, g, gate=True) for g in GATES]
    technical = [_plain_bar(found, t) for t in TECHNICAL]
    return time_line(
        [*groups, Group(_("Gates"), gates), Group(_("Technical track"), technical)], found.today
    )


def _bar(row: MilestoneRow) -> Bar:
    p = row.planned
    ends = p.done or p.due
    return Bar(p.id, str(row.milestone.name), min(p.first, ends), ends, p.was, row.standing, row.said)  # fmt: skip


def _plain_bar(found: SprintStands, window: Window, gate: bool = False) -> Bar:
    p = found.planned[window.id]
    standing: Standing = _standing(p, found.today)
    said: dict[Standing, str] = {
        "done": _("done"),
        "late": _("late"),
        "open": _("under way"),
        "ahead": _("ahead"),
    }
    ends = p.done or p.due
    if not p.given:
        standing, said["ahead"] = "ahead", _("no date was given")
    return Bar(p.id, str(window.name), min(p.first, ends), ends, p.was, standing, said[standing], gate)  # fmt: skip
