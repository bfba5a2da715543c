"""What a deployment is filled with to look at it: a simulated bank, as capabilities take their part of it.

A capability's part `sample.py` may hold `prepare(bank)`, what stands there before decisions are made; `record(bank)`, what comes in and
what is done with it before anything is measured; and `afterwards(bank)`. Everything in it is invented: people, cases, outcomes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from takeup.log.delta import DecisionLog
from takeup.record.incoming import RecordKind

ACTOR = "sample"


@dataclass(slots=True)
class Bank:
    """Its `use_case` as `declared` (TOML), what was recorded of it, where that goes; what its people answered to a
    `survey` and said in `interviews` (`takeup.record.evidence`); `sign_ins` (role, address, password) are written by who makes
    its people. `step` is told what is done."""

    use_case: str
    declared: str
    tables: Mapping[RecordKind, pa.Table]
    log: DecisionLog
    step: Callable[[str], None]
    survey: pa.Table
    interviews: pa.Table
    sign_ins: list[tuple[str, str, str]] = field(default_factory=list)
