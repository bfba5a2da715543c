"""Every count that is shown anywhere as a cell: of whom it is, and how it adds up with the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from takeup.disclosure.release.earlier import Earlier, Place, Then
from takeup.disclosure.release.inner_counts import (
    ALL,
    COUNTED,
    Floats,
    Group,
    GroupCounts,
    InnerCounts,
    Ints,
    NearlyAlike,
    summed,
)
from takeup.disclosure.release.suppress import (
    Cells,
    Hidden,
    LinkedCells,
    hidden_cells,
    least_change,
    sums,
)
from takeup.record.settings import DisclosureSettings

Kind = str
"""What is counted in a group: an action, or one of `_SUMS`, or a reason after `REASON`."""
REASON = "reason "
WHOLE = "eligible"

_SUMS: dict[Kind, tuple[tuple[Kind, ...], tuple[Kind, ...]]] = {
    "used": (("followed", "modified"), ()),
    "adjusted": (("modified", "overridden"), ()),
    "seen": (("used", "overridden"), ()),
    "known": (("seen", "not_consulted"), ()),
    "unknown_consult": (("agreed", "differed", "unknown", "unaccounted"), ()),
    WHOLE: (("known", "unknown_consult"), ()),
    "differing": (("comparable",), ("agreeing",)),
    "differing otherwise": (("differing",), ("overridden",)),
    "not comparable": ((WHOLE,), ("comparable",)),
    "off the path": ((WHOLE,), ("on_path",)),
    "on the path unused": (("on_path",), ("used",)),
}
"""Kinds that others make up: added, and taken away. The last are what a reader gets by subtraction."""
_ONLY_BY_SUBTRACTION = frozenset(
    {"differing", "differing otherwise", "not comparable", "off the path", "on the path unused"}
)
_ADDED_UP: tuple[Kind, ...] = (*COUNTED, *(k for k in _SUMS if k not in _ONLY_BY_SUBTRACTION))
"""What is added up over groups, too: of hidden parts of each the sum must not be of few people."""
_NEEDS = {kind: "on_path" if "path" in kind else "comparable" for kind in _ONLY_BY_SUBTRACTION}
"""What must be recorded for them to be anything."""
_SIGNED = frozenset({"differing otherwise", "not comparable", "off the path", "on the path unused"})
_KINDS: tuple[Kind, ...] = (*COUNTED, *_SUMS)
_AT = {kind: i for i, kind in enumerate(_KINDS)}
_NEED: dict[Kind, float] = {
    WHOLE: 12.0, "seen": 8.0, "known": 6.0, "overridden": 8.0, "used": 5.0, "agreeing": 5.0,
    "comparable": 5.0, "on_path": 4.0, "followed": 3.0, "not_consulted": 3.0, "unknown_consult": 3.0,
}  # fmt: skip
"""How much readers need a kind of count; 2 for the others."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A count of one kind in one group."""

    group: Group
    kind: Kind


def kinds_of(counts: GroupCounts) -> Floats:
    """By person (rows): how many decisions of each of the kinds."""
    return _with_sums(counts.counts)


def kind_of(counts: GroupCounts, kind: Kind) -> Floats:
    """How many decisions of one kind each person made."""
    return kinds_of(counts)[:, _AT[kind]]


def _with_sums(counted: Floats) -> Floats:
    held = {kind: counted[:, i] for i, kind in enumerate(COUNTED)}
    for kind, (plus, minus) in _SUMS.items():
        held[kind] = sum((held[p] for p in plus), np.zeros(len(counted))) - sum(
            (held[m] for m in minus), np.zeros(len(counted))
        )
    return np.column_stack([held[kind] for kind in _KINDS])


class People:
    """Who stands behind counts, and whether they are too few."""

    def __init__(self, spans: Ints, rules: DisclosureSettings) -> None:
        self._spans, self._rules = spans, rules

    def certain(self, people: Ints) -> int:
        """How many people these ids are at least: ids of two spans may be one's."""
        spans = self._spans[people]
        return int(np.bincount(spans).max()) if len(spans) else 0

    def few(self, people: Ints, counts: Floats, *, decisions: bool) -> bool:
        """Whether a count is made up by too few, or mostly by one."""
        some = counts != 0
        people, counts = people[some], np.abs(counts[some])
        if len(people) == 0:
            return False
        most = (
            self._rules.largest_share_of_decisions
            if decisions
            else self._rules.largest_share_of_overrides
        )
        return (
            self.certain(people) < self._rules.minimum_group or counts.max() > most * counts.sum()
        )


@dataclass(frozen=True, slots=True)
class Released:
    """Of all cells asked for (`cells`) those that may not be shown. `primary` are hidden for what they are;
    the others protect them. `people`: how many there certainly are in each group. `earlier`: what the next release
    has to know of this one and those before."""

    hidden: frozenset[Cell]
    primary: frozenset[Cell]
    cells: int
    people: Mapping[Group, int]
    earlier: Earlier

    def has(self, group: Group, *kinds: Kind) -> bool:
        """Whether all these counts of a group may be shown."""
        return not any(Cell(group, kind) in self.hidden for kind in kinds)


def release(
    inner: InnerCounts,
    rules: DisclosureSettings,
    published: Sequence[Group],
    before: Mapping[Cell, float | None] | None = None,
    earlier: Earlier | None = None,
) -> Released:
    """What may be shown of the `published` groups. `before`: the counts that were shown last (None: hidden): what hides a
    few people stays the same from day to day, as one day's total less another day's parts is a difference
    too. `earlier`: what was released on all days before with what was hidden then; how many cases any of those decided
    is not told by what is shown today either."""
    return _Tables(inner, rules, published, before or {}, earlier).released()


_SHOWN_BEFORE, _HIDDEN_BEFORE = 50.0, 0.02
"""How much dearer it is to hide what was shown last, and to hide what was hidden."""


class _Tables:
    """The cells of all groups with their people, and the sums that link them."""

    def __init__(
        self,
        inner: InnerCounts,
        rules: DisclosureSettings,
        published: Sequence[Group],
        before: Mapping[Cell, float | None],
        earlier: Earlier | None,
    ) -> None:
        self._before = before
        self._earlier = earlier or Earlier()
        self._people = People(inner.spans, rules)
        self._cells: dict[Cell, int] = {}
        self._of: list[tuple[Ints, Floats]] = []
        self._values: list[float] = []
        self._cost: list[float] = []
        self._down: list[float] = []
        self._up: list[float] = []
        self._relations: list[list[tuple[int, float]]] = []
        counted = inner.groups[ALL].counts.sum(axis=0)
        self._absent = {kind for kind, of in _NEEDS.items() if not counted[COUNTED.index(of)]}
        groups, links = linked(inner.groups, published)
        needs = _needs(published)
        self._as_before = _as_before(groups, links, before) if earlier is None else set()
        # In an order that does not depend on that of the rows: nor does what is hidden.
        for group in sorted(groups, key=str):
            self._add_group(group, groups[group], needs.get(group, 0.0))
        for whole, parts in sorted(links, key=str):
            for kind in _ADDED_UP:
                self._relate([(whole, kind)], [(part, kind) for part in sorted(parts, key=str)])
        for number, alike in enumerate(sorted(inner.alike, key=lambda a: str((a.ones, a.others)))):
            self._add_difference((_BETWEEN, str(number), None), alike)
        self._add_reasons(inner.reasons, needs)
        self._today = len(self._cells)
        self._then: dict[Place, int] = {}
        for group, chain in self._earlier.counts.items():
            self._add_chain(group, chain)
        for terms in self._earlier.sums:
            self._relations.append([(self._then[place], sign) for place, sign in terms])

    def released(self) -> Released:
        """What may be shown of all that is asked to be."""
        cost = np.array(self._cost)
        cells = list(self._cells)
        sensitive = [i for i, cell in enumerate(cells) if self._few((i,), cell.kind == WHOLE)]
        numbers = {group: i for i, group in enumerate(dict.fromkeys(c.group for c in cells))}
        table = LinkedCells(
            np.array(self._values), sums(self._relations, len(self._cells)), cost, np.array(self._down),
            np.array(self._up), np.array([numbers[c.group] for c in cells], np.int64),
        )  # fmt: skip
        guarded = [tuple(self._then[place] for place in these) for these in self._earlier.guarded]
        found = hidden_cells(table, sensitive, lambda these: self._few(these, False), guarded)
        stay = np.array([c.group in self._as_before for c in cells], bool)
        wanted = np.flatnonzero((cost > 0) | stay)
        return Released(
            frozenset(cells[i] for i in wanted if found.cells[i]),
            frozenset(cells[i] for i in sensitive if cost[i] > 0),
            len(wanted),
            {
                c.group: self._people.certain(self._of[i][0])
                for c, i in self._cells.items()
                if c.kind == WHOLE
            },
            self._with_today(cells[: self._today], found),
        )

    def _with_today(self, cells: Sequence[Cell], found: Hidden) -> Earlier:
        """What was known before, and today's: how many decisions each group has, and what is known of hidden ones."""
        whole = [i for i, cell in enumerate(cells) if cell.kind == WHOLE]
        gone = {i for i in whole if found.cells[i]}
        return self._earlier.then(
            {cells[i].group: (self._values[i], i in gone) for i in whole},
            [
                [(cells[i].group, sign) for i, sign in terms if i in gone]
                for terms in self._relations
                if any(i in gone for i, _ in terms)
                and all(i < self._today and cells[i].kind == WHOLE for i, _ in terms)
            ],
            [[cells[i].group for i in these] for these in found.guarded if gone.issuperset(these)],
        )

    def _add_chain(self, group: Group, chain: Sequence[Then]) -> None:
        """What a group counted before, and that from one release to the next it grew by what everybody knows to be
        no less than nothing; where nobody decided, that is known as well."""
        last, last_at = None, None
        for then in chain:
            at = None
            if then.hidden:
                at = self._then[(group, then.release)] = len(self._values)
                self._add_count(Cell(group, f"{WHOLE} at {then.release}"), then.count)
            if last is not None:
                self._grew(group, last, last_at, then.count, at)
            last, last_at = then, at
        today = self._cells.get(Cell(group, WHOLE))
        if last is not None and today is not None:
            self._grew(group, last, last_at, self._values[today], today)

    def _grew(
        self, group: Group, then: Then, at: int | None, count: float, now: int | None
    ) -> None:
        grown = count - then.count
        if grown < 0 or (at is None and now is None):
            return
        if at is None and now is not None:
            self._down[now] = min(self._down[now], grown)
            self._up[now] = np.inf if grown else 0.0
        elif at is not None and now is None:
            self._up[at] = grown
            self._down[at] = self._down[at] if grown else 0.0
        elif at is not None and now is not None:
            terms = [(now, 1.0), (at, -1.0)]
            if grown:
                terms.append((len(self._values), -1.0))
                self._add_count(Cell(group, f"new since {then.release}"), grown)
            self._relations.append(terms)

    def _add_count(self, cell: Cell, count: float) -> None:
        """A count that nobody is shown, and whose people were judged when it was released."""
        nobody = (np.zeros(0, np.int64), np.zeros(0))
        self._put(cell, nobody, count, cost=0.0, signed=False)

    def _few(self, cells: Cells, decisions: bool) -> bool:
        if len(cells) == 1:
            return self._people.few(*self._of[cells[0]], decisions=decisions)
        people, at = np.unique(np.concatenate([self._of[i][0] for i in cells]), return_inverse=True)
        counts = np.bincount(at, np.concatenate([self._of[i][1] for i in cells]), len(people))
        return self._people.few(people, counts.astype(float), decisions=decisions)

    def _add(
        self, group: Group, kind: Kind, people: Ints, counts: Floats, value: float, cost: float
    ) -> None:
        """A cell, where there is anything to count."""
        some = counts != 0
        if value or some.any():
            signed = kind in _SIGNED or group[0] == _BETWEEN
            self._put(Cell(group, kind), (people[some], counts[some]), value, cost, signed)

    def _put(
        self, cell: Cell, of: tuple[Ints, Floats], value: float, cost: float, signed: bool
    ) -> None:
        self._cells[cell] = len(self._values)
        self._of.append(of)
        self._values.append(value)
        self._cost.append(cost)
        self._down.append(np.inf if signed else value)
        self._up.append(np.inf)

    def _add_group(self, group: Group, counts: GroupCounts, need: float) -> None:
        of_people, nobodys = kinds_of(counts), _with_sums(counts.nobodys[None])[0]
        sums = of_people.sum(axis=0) + nobodys
        for kind, at in _AT.items():
            if kind in self._absent:
                continue
            size = np.log10(10 + abs(sums[at]))
            cost = 0.0 if kind in _ONLY_BY_SUBTRACTION else need * _NEED.get(kind, 2.0) * size
            if (cell := Cell(group, kind)) in self._before:
                cost *= _HIDDEN_BEFORE if self._before[cell] is None else _SHOWN_BEFORE
            if kind == WHOLE and group[0] in ("", "population") and group[1] is not None and need:
                cost = np.inf
            if group in self._as_before:
                cost = 0.0
            self._add(group, kind, counts.people, of_people[:, at], float(sums[at]), cost)
        for kind, (plus, minus) in _SUMS.items():
            if kind in self._absent:
                continue
            if minus:
                self._relate([(group, plus[0])], [(group, k) for k in (*minus, kind)])
            else:
                self._relate([(group, kind)], [(group, k) for k in plus])

    def _add_difference(self, between: Group, alike: NearlyAlike) -> None:
        """What two cuts differ by: nobody shows it, and everybody can take one from the other."""
        people = np.concatenate([alike.beyond.people, alike.missing.people])
        counts = np.vstack([kinds_of(alike.beyond), -kinds_of(alike.missing)])
        nobodys = _with_sums((alike.beyond.nobodys - alike.missing.nobodys)[None])[0]
        for kind in _ADDED_UP:
            own = counts[:, _AT[kind]]
            self._add(between, kind, people, own, float(own.sum() + nobodys[_AT[kind]]), 0.0)
            self._relate(
                [(g, kind) for g in alike.ones],
                [*((g, kind) for g in alike.others), (between, kind)],
            )

    def _add_reasons(
        self, reasons: Mapping[Group, Mapping[str, GroupCounts]], needs: Mapping[Group, float]
    ) -> None:
        overridden = COUNTED.index("overridden")
        for group, told in sorted(reasons.items(), key=lambda one: str(one[0])):
            for reason, counts in sorted(told.items()):
                own = counts.counts[:, overridden]
                cost = needs.get(group, 0.0)
                self._add(group, REASON + reason, counts.people, own, float(own.sum()), cost)
            self._relate([(group, "overridden")], [(group, REASON + r) for r in sorted(told)])
        for cut in sorted({group[0] for group in reasons if group != ALL}):
            inside = sorted((group for group in reasons if group[0] == cut), key=str)
            for reason in sorted(reasons.get(ALL, {})):
                self._relate([(ALL, REASON + reason)], [(g, REASON + reason) for g in inside])

    def _relate(
        self, whole: Sequence[tuple[Group, Kind]], parts: Sequence[tuple[Group, Kind]]
    ) -> None:
        """A whole is the sum of its parts; what nobody did is no part."""
        signed = [*((name, 1.0) for name in whole), *((name, -1.0) for name in parts)]
        terms = [
            (at, sign) for name, sign in signed if (at := self._cells.get(Cell(*name))) is not None
        ]
        if terms:
            self._relations.append(terms)


def _as_before(
    groups: Mapping[Group, GroupCounts],
    links: Sequence[tuple[Group, Sequence[Group]]],
    before: Mapping[Cell, float | None],
) -> set[Group]:
    """Parts that were hidden last, and stay so as too little is new of them together: last time's total less what they
    are now would nearly be what each of them was then."""
    stay: set[Group] = set()
    for whole, parts in links:
        hidden = [part for part in parts if before.get(Cell(part, WHOLE)) is None]
        then = before.get(Cell(whole, WHOLE))
        told = [part for part in hidden if Cell(part, WHOLE) in before and part[0] != "population"]
        if then is None or not told:
            continue
        left = then - sum(before.get(Cell(part, WHOLE)) or 0.0 for part in parts)
        now = {part: _decisions(groups[part]) for part in hidden}
        if sum(now.values()) - left < 2 * least_change(min(now[part] for part in told)):
            stay.update(told)
    return stay


def _decisions(counts: GroupCounts) -> float:
    whole = kind_of(counts, WHOLE).sum() + _with_sums(counts.nobodys[None])[0, _AT[WHOLE]]
    return float(whole)


def linked(
    groups: Mapping[Group, GroupCounts], published: Sequence[Group]
) -> tuple[dict[Group, GroupCounts], list[tuple[Group, list[Group]]]]:
    """The groups that sums of `published` ones are made of, and which groups make up which. Of two cuts
    crossed, groups that are not published are one wherever nothing tells them apart."""
    wanted = set(published)
    held = {name: counts for name, counts in groups.items() if not _crossed(name)}
    links = [
        (ALL, [g for g in held if g[0] == cut]) for cut in dict.fromkeys(g[0] for g in held if g[0])
    ]
    for cut in dict.fromkeys(name[0] for name in groups if _crossed(name)):
        outer, inner = cut.split(" ", 1)
        merged: dict[Group, list[Group]] = {}
        told = {g[2] for g in wanted if g[0] == cut}
        for name in (g for g in groups if g[0] == cut):
            alone = inner == "team" or name[2] in told
            merged.setdefault(name if alone else (cut, name[1], _REST), []).append(name)
        if all(name[2] == _REST for name in merged):
            continue
        # A team of one population is a part of it as it is.
        lies_in: dict[str | None, list[Group]] = {}
        for name in merged:
            lies_in.setdefault(name[1], []).append(name)
        alone_in = {
            own[0]: (inner, level, None) for level, own in lies_in.items()
            if len(own) == 1 and level is not None
        }  # fmt: skip
        held |= {
            name: summed([groups[g] for g in own])
            for name, own in merged.items()
            if name not in alone_in or name in wanted
        }
        for level, own in lies_in.items():
            if own[0] not in alone_in or own[0] in wanted:
                links.append(((inner, level, None), own))
        for within in dict.fromkeys(n[2] for n in merged if n[2] != _REST):
            parts = [n if n in held else alone_in[n] for n in merged if n[2] == within]
            links.append(((outer, within, None), parts))
    return held, links


_REST = "all other"
_BETWEEN = "between"


def _crossed(group: Group) -> bool:
    return " " in group[0]


def _needs(published: Sequence[Group]) -> dict[Group, float]:
    """How much readers need a group: totals, populations, then recent weeks, then the rest."""
    weeks = sorted({str(g[1]) for g in published if g[0] in ("week", "population week")})
    late = {week: (i + 1) / len(weeks) for i, week in enumerate(weeks)}
    found = {}
    for group in published:
        if group == ALL:
            need = 100.0
        elif group[0] == "population":
            need = 40.0
        elif group[0] == "week":
            need = 4.0 + 8.0 * late[str(group[1])]
        elif group[0] == "population week":
            need = 2.0 + 4.0 * late[str(group[1])]
        else:
            need = 6.0
        found[group] = need
    return found
