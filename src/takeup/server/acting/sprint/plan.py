"""When each milestone begins and is due, what moved it, and what waits for what: a forward pass over needs.

Windows are days of the sprint, the first is day 0. What follows a need that ends before it begins starts on the day after
its end (on that day where the windows touch); where two windows overlap, both their starts and their ends stay as far apart
as planned. What is overdue ends today at the earliest, so what depends on it moves with every day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from graphlib import CycleError, TopologicalSorter

from django.utils.translation import gettext_lazy as _

from takeup.record.errors import InputError
from takeup.server.acting.sprint.milestone import Need
from takeup.server.acting.sprint.milestones import MILESTONES


@dataclass(frozen=True, slots=True)
class Window:
    """What has a place in time: a milestone, a date of the technical track, a gate. Days of the sprint."""

    id: str
    name: object
    first: int
    last: int
    needs: tuple[Need, ...] = ()


TECHNICAL = (
    Window("T1", _("Environment and data contract"), 0, 20),
    Window("T2", _("Shadow environment"), 0, 30),
    Window("T3", _("Ready for production"), 0, 58),
    Window("T4", _("Rollback tested"), 0, 60),
    Window("T5", _("Monitoring"), 0, 61),
)
"""The track beside it, which takeup does not own: its dates are imported."""
GATES = (
    Window("G30", _("Gate of day 30"), 30, 30, tuple(Need(m) for m in ("P0", "M01", "M02", "M05", "M06"))),
    Window("G60", _("Gate of day 60"), 60, 60, (Need("G30"), *(Need(f"M{n:02d}") for n in range(7, 13)))),
    Window("G90", _("Gate of day 90"), 90, 90, (Need("G60"), *(Need(f"M{n}") for n in range(14, 19)))),
)  # fmt: skip
_OF_MILESTONES = tuple(Window(m.id, m.name, m.first, m.last, tuple(m.needs)) for m in MILESTONES.values())  # fmt: skip
_REMEDIATION = {
    "P0": (-30, 0), "M01": (1, 21), "M05": (15, 30), "M12": (22, 35), "M08": (22, 40), "M10": (31, 50),
    "M04": (25, 45), "M07": (31, 58), "M09": (50, 70), "M11": (50, 75), "M13": (1, 14),
}  # fmt: skip
"""What is live already: the model's own issues and the way through the tool come before managers and roles (domain 4.4)."""
_LIVE_NEEDS = {
    "M08": (Need("M01", from_start=True),), "M12": (Need("M01", from_start=True),), "M13": (),
    "M07": (Need("M05"),), "M10": (Need("M05", from_start=True),), "M04": (Need("M05", from_start=True),),
}  # fmt: skip


def windows(remediation: bool = False) -> dict[str, Window]:
    """Every milestone, technical date and gate by id."""
    found = {one.id: one for one in (*TECHNICAL, *_OF_MILESTONES, *GATES)}
    if remediation:
        for key, (first, last) in _REMEDIATION.items():
            one = found[key]
            found[key] = Window(key, one.name, first, last, _LIVE_NEEDS.get(key, one.needs))
        # Thirty days of use have passed already: the review comes with the gate.
        found["M17"] = Window("M17", found["M17"].name, 61, 90, (Need("M13"),))
    return found


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of dates: those `typed` in place of the planned end, and when what is `done` was. `needs` that a company
    added to a milestone's own. `today` is when it is asked."""

    today: date
    typed: Mapping[str, date] = field(default_factory=dict)
    done: Mapping[str, date] = field(default_factory=dict)
    needs: Mapping[str, Sequence[Need]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planned:
    """When something begins and is due; `was` its due day by the first plan. `pushed_by`: the needs whose end moved it, the
    one that moved it most first. `end`: when it was done, or is at the earliest. `given`: not so where it is of the technical
    track, and nobody has told its date: then it holds nothing up."""

    id: str
    first: date
    due: date
    was: date
    end: date
    done: date | None
    pushed_by: tuple[str, ...]
    given: bool = True

    @property
    def slip(self) -> int:
        """Days by which it is due later than planned first."""
        return (self.due - self.was).days

    def late(self, today: date) -> bool:
        """Whether its day has passed, and it is not done."""
        return self.given and self.done is None and today > self.due


def ordered(known: Mapping[str, Window]) -> list[str]:
    """Ids so that each comes after what it needs. Raises InputError where they need each other in a circle."""
    graph = {key: [need.on for need in one.needs] for key, one in known.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise InputError(f"these wait for each other: {circle}") from None


def with_needs(known: Mapping[str, Window], more: Mapping[str, Sequence[Need]]) -> dict[str, Window]:  # fmt: skip
    """The windows with needs that a company added. Raises InputError where one is not there, or they make a circle."""
    found = dict(known)
    for key, needs in more.items():
        if missing := [name for name in (key, *(n.on for n in needs)) if name not in found]:
            raise InputError(f"there is no milestone {missing[0]}")
        one = found[key]
        found[key] = Window(one.id, one.name, one.first, one.last, (*one.needs, *needs))
    ordered(found)
    return found


def plan(start: date, known: Mapping[str, Window], facts: Facts) -> dict[str, Planned]:
    """The dates of everything, by id."""
    found: dict[str, Planned] = {}
    for key in ordered(known):
        found[key] = _placed(start, known[key], known, found, facts)
    return {key: found[key] for key in known}


def _placed(
    start: date, one: Window, known: Mapping[str, Window], found: Mapping[str, Planned], facts: Facts
) -> Planned:  # fmt: skip
    first, was = start + timedelta(one.first), start + timedelta(one.last)
    due = facts.typed.get(one.id, was)
    first = min(first, due)
    length = min(due, was) - first
    begins, ends = first, due
    pushed: dict[str, int] = {}
    for need in one.needs:
        before, its = found[need.on], known[need.on]
        least_first, least_due = _after(one, its, need, before)
        moved = max((least_first - first).days, (least_due - due).days if least_due else 0)
        if moved > 0:
            pushed[need.on] = moved
        begins = max(begins, least_first)
        ends = max(ends, least_due or ends)
    ends = max(ends, begins + length)
    done = facts.done.get(one.id)
    by = tuple(sorted(pushed, key=lambda k: (-pushed[k], k)))
    given = one not in TECHNICAL or one.id in facts.typed
    end = done or (max(ends, facts.today) if given else ends)
    return Planned(one.id, begins, ends, was, end, done, by, given)


def _after(one: Window, its: Window, need: Need, before: Planned) -> tuple[date, date | None]:
    """The earliest first day, and due day (None: as its length has it), beside a need."""
    apart = one.first - its.last
    if need.from_start:
        return before.first + timedelta(one.first - its.first), None
    if apart >= 0:
        return before.end + timedelta(min(apart, 1)), None
    kept = timedelta(one.last - its.last)
    return before.first + timedelta(one.first - its.first), before.end + max(kept, timedelta(0))


def waits_for_technology(planned: Mapping[str, Planned], known: Mapping[str, Window]) -> dict[str, list[str]]:  # fmt: skip
    """Milestones that a technical date moves, and which: adoption waits for technology."""
    return {
        key: [by for by in one.pushed_by if by.startswith("T")]
        for key, one in planned.items()
        if key in known and one.done is None and any(by.startswith("T") for by in one.pushed_by)
    }


def technology_waits(planned: Mapping[str, Planned], known: Mapping[str, Window], today: date) -> dict[str, list[str]]:  # fmt: skip
    """Technical dates that are done, and the milestones beside them that hold things up: those that need them and are
    late or wait for others that are late."""
    found: dict[str, list[str]] = {}
    for key, one in known.items():
        ready = [n.on for n in one.needs if n.on.startswith("T") and planned[n.on].done]
        others = [n.on for n in one.needs if not n.on.startswith("T") and planned[n.on].late(today)]
        if ready and planned[key].done is None and (others or planned[key].late(today)):
            for tech in ready:
                found.setdefault(tech, []).extend(others or [key])
    return found


def critical(planned: Mapping[str, Planned], of: str) -> list[str]:
    """What moves a milestone or gate, from the first cause to it."""
    found = [of]
    while by := planned[found[0]].pushed_by:
        found.insert(0, by[0])
    return found
