"""What was released before, with the counts behind what was hidden then. No reader sees it: with it is proved that
what is shown today does not tell what was hidden on any day before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from takeup.disclosure.release.inner_counts import Group

KEPT = 40
"""How many releases are looked back on."""


@dataclass(frozen=True, slots=True)
class Then:
    """How many decisions a group had in a release, and whether that was hidden."""

    release: int
    count: float
    hidden: bool


Place = tuple[Group, int]
"""A group, in a release."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The last release's number, what each group had (of one never hidden the last alone), what is known of sums
    of hidden counts (signs by place), and which of them, added up, were of few people."""

    last: int = 0
    counts: Mapping[Group, tuple[Then, ...]] = field(default_factory=dict)
    sums: frozenset[tuple[tuple[Place, float], ...]] = frozenset()
    guarded: frozenset[tuple[Place, ...]] = frozenset()

    def then(
        self,
        counts: Mapping[Group, tuple[float, bool]],
        sums: Iterable[Sequence[tuple[Group, float]]],
        guarded: Iterable[Sequence[Group]],
    ) -> Earlier:
        """The same with one more release: of each group its count and whether it is hidden; what is known of sums of
        hidden ones; which of those are of few people. What is as it was is no news."""
        number = self.last + 1
        first = number - KEPT + 1
        chains = {
            group: _with(self.counts.get(group, ()), Then(number, *now))
            for group, now in counts.items()
        }
        gone = {
            group: chain
            for group, chain in self.counts.items()
            if group not in chains and any(then.hidden for then in chain)
        }
        at = {group: chain[-1].release for group, chain in chains.items()}
        known = self.sums | {
            tuple(sorted((((group, at[group]), sign) for group, sign in terms), key=str))
            for terms in sums
        }
        few = self.guarded | {
            tuple(sorted(((group, at[group]) for group in these), key=str)) for these in guarded
        }
        return Earlier(
            number,
            {group: _since(chain, first) for group, chain in (gone | chains).items()},
            frozenset(terms for terms in known if all(place[1] >= first for place, _ in terms)),
            frozenset(these for these in few if all(place[1] >= first for place in these)),
        )

    def as_json(self) -> dict[str, Any]:
        """To be kept, by whoever may see counts of few people."""
        return {
            "last": self.last,
            "counts": [
                [list(group), [[t.release, t.count, t.hidden] for t in chain]]
                for group, chain in self.counts.items()
            ],
            "sums": [
                [[list(g), at, sign] for (g, at), sign in terms]
                for terms in sorted(self.sums, key=str)
            ],
            "guarded": [
                [[list(g), at] for g, at in these] for these in sorted(self.guarded, key=str)
            ],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Earlier:
        """What `as_json` made."""
        return cls(
            kept["last"],
            {
                _group(group): tuple(Then(*then) for then in chain)
                for group, chain in kept["counts"]
            },
            frozenset(
                tuple(((_group(g), at), sign) for g, at, sign in terms) for terms in kept["sums"]
            ),
            frozenset(tuple((_group(g), at) for g, at in these) for these in kept["guarded"]),
        )


def _group(told: Sequence[str | None]) -> Group:
    cut, level, within = told
    return (str(cut), level, within)


def _with(chain: tuple[Then, ...], now: Then) -> tuple[Then, ...]:
    if chain and (chain[-1].count, chain[-1].hidden) == (now.count, now.hidden):
        return chain
    if not now.hidden and not any(then.hidden for then in chain):
        return (now,)
    return (*chain, now)


def _since(chain: tuple[Then, ...], first: int) -> tuple[Then, ...]:
    """The chain from a release on, with the one before it; of one that was not hidden since, the last alone."""
    late = [i for i, then in enumerate(chain) if then.hidden and then.release >= first]
    return chain[max(late[0] - 1, 0) :] if late else chain[-1:]
