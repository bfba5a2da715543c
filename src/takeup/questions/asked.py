"""What a finding is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from takeup.drawing.words import inside, name_of
from takeup.questions.claim import Claim
from takeup.questions.finding import Finding
from takeup.questions.measures import Measures
from takeup.questions.shared.whose import ALL
from takeup.record.settings import Settings


@dataclass(frozen=True, slots=True)
class Asked:
    """What a finding is made from: the measures, thresholds and the populations' titles."""

    measures: Measures
    settings: Settings
    titles: Mapping[str, str]

    def scope(self, key: str) -> str:
        """A population's title, or nothing for all."""
        return "" if key == ALL else self.titles.get(key, name_of(key))

    def inside(self, key: str) -> str:
        """The same within a sentence."""
        return "" if key == ALL else inside(key, self.titles)


Rules = tuple[Callable[[Asked], Sequence[Finding | Claim]], ...]
"""What a question's measures amount to, rule by rule."""
