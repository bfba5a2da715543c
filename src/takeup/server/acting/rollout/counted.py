"""How many cases there are at this moment, as it may be told: whoever looks again and again would see each new one come."""

from __future__ import annotations

from dataclasses import dataclass

from takeup.disclosure.rounding import to_one_digit
from takeup.server.foundation.agreement.services import showing


@dataclass(frozen=True, slots=True)
class Counted:
    """`cases`, which are for whoever holds the log; `people` decided them (0: unknown), one of them `most`."""

    cases: int = 0
    people: int = 0
    most: int = 0

    @property
    def told(self) -> int | None:
        """To one digit; None where these are some, of too few people or mostly of one."""
        rules = showing()
        few = self.people < rules.minimum_group
        mostly = self.most > rules.largest_share_of_decisions * self.cases
        return None if self.cases and (few or mostly) else to_one_digit(self.cases)
