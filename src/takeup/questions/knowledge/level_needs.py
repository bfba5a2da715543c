"""What each level of adoption quality needs next (level_needs.toml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from takeup.questions.knowledge import Action, actions, read_knowledge

STUCK_DAYS = 56
"""At one level for so long a population is stuck: it needs something else than one that has just come there."""


@dataclass(frozen=True, slots=True)
class LevelNeed:
    """The main `gap` to close, the `actions` that close it, what comes `first` that no action does, and `who` begins.
    It fits populations of these `levels` (none: any), `stuck` or not, whose override rate stands so against the
    `experts`' (empty: however), and whose consult rate is at most `most`."""

    gap: str
    who: str
    actions: tuple[Action, ...] = ()
    first: str = ""
    levels: tuple[int, ...] = ()
    stuck: bool = False
    experts: str = ""
    most: float = 1.0

    def fits(self, level: int | None, stuck: bool, experts: str, consult: float | None) -> bool:
        """Whether it is what such a population needs. Of an unknown level only over-reliance can be said."""
        if self.levels and level not in self.levels:
            return False
        known = consult is not None and consult <= self.most
        return (
            (stuck or not self.stuck)
            and self.experts in ("", experts)
            and (self.most == 1.0 or known)
        )


@cache
def level_needs() -> tuple[LevelNeed, ...]:
    """All of them, the first that fits first."""
    known = actions()
    return tuple(
        LevelNeed(
            one["gap"], one["who"], tuple(known[a] for a in one.get("actions", ())), one.get("first", ""),
            tuple(one.get("levels", ())), one.get("stuck", False), one.get("experts", ""), one.get("most", 1.0),
        )
        for one in read_knowledge("level_needs.toml")["need"]
    )  # fmt: skip


def level_need(
    level: int | None, *, stuck: bool = False, experts: str = "", consult: float | None = None
) -> LevelNeed | None:
    """What a population on this level needs next; None where its level is not known and it is not below the experts."""
    return next((one for one in level_needs() if one.fits(level, stuck, experts, consult)), None)
