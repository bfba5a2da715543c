"""What is recorded of decisions, as those ask for it who act on it: the capability that records fills it, by its part
`recorder.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

import ibis.expr.types as ir

from takeup.log import Engine
from takeup.server.deployment.capability import of_every


@dataclass(frozen=True, slots=True)
class Recorder:
    """`decisions_in`: those of a use case as a table of an engine, where they lie, drained or not; None where
    there is none.
    `need_use_case` raises InputError where nothing was ever recorded, declared or decided under a name.
    `handles_behind`: of active people, by the pseudonyms under which the log has them."""

    decisions_in: Callable[[Engine, str], ir.Table | None]
    need_use_case: Callable[[str], None]
    handles_behind: Callable[[Collection[str]], dict[str, str]]


@cache
def recorder() -> Recorder:
    """The one of this deployment."""
    found: Recorder = next(of_every("recorder", "RECORDER"))
    return found
