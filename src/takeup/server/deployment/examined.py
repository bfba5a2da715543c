"""What an examination of the deployment finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from takeup.server.deployment.settings import ServerSettings

State = Literal["well", "look", "mend"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, in words, and what to do where it is not well."""

    what: str
    state: State
    words: str
    do: str = ""


Check = Callable[[ServerSettings], Iterator[Finding]]
"""Looks at one thing."""
