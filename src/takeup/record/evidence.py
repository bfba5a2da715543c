"""What people said of their reasons, and what a panel said of the advice: beside decisions.

Typed once where the files are read; measures take it as it stands here.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from takeup.record.conditions import ConditionRecords

NO_RECORDS = ConditionRecords()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Files beside the decisions; None where there is none.

    `survey`: population and the twenty items (1 to 5, NaN where one does not apply), no
    person. `interviews`: population, interview_no, coder, primary, secondary, themes.
    `panel`: case, reviewer, would_override, and where given advice_right, knowable (could the
    error of wrong advice be seen in time), population, weight (how many cases a judged one
    stands for). `conditions`: records and claims of the eight conditions.
    """

    survey: pd.DataFrame | None = None
    interviews: pd.DataFrame | None = None
    panel: pd.DataFrame | None = None
    conditions: ConditionRecords = NO_RECORDS

    @property
    def populations(self) -> frozenset[str]:
        """The populations that people and experts spoke of."""
        return frozenset(
            str(name)
            for frame in (self.survey, self.interviews, self.panel)
            if frame is not None
            for name in frame["population"].unique()
        ).union(self.conditions.populations)
