"""What is recorded of decisions, as those ask for it who act on it: the capability that records fills it, by its part
`recorder.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import pyarrow as pa

from takeup.server.deployment.capability import of_every


@dataclass(frozen=True, slots=True)
class Recorder:
    """`decisions_of` a use case since a moment (None: all), drained or not; None where there is none.
    `need_use_case` raises InputError where nothing was ever recorded, declared or decided under a name.
    `handles_behind`: of active people, by the pseudonyms under which the log has them."""

    decisions_of: Callable[[str, datetime | None], pa.Table | None]
    need_use_case: Callable[[str], None]
    handles_behind: Callable[[Collection[str]], dict[str, str]]


@cache
def recorder() -> Recorder:
    """The one of this deployment."""
    found: Recorder = next(of_every("recorder", "RECORDER"))
    return found
