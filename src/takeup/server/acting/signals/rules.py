"""What each signal asks for: who answers, within how many working days, which question comes first.
The first response is always a question to those who use the advice, never a reminder."""

from __future__ import annotations

from dataclasses import dataclass

from takeup.questions.signals.measure import FIRST_RESPONSE, OWNER, WORDS
from takeup.server.foundation.organization.services import Role

SILENT = "SILENT"
NOT_LOOKING = "RR9"
"""Managers who do not open the weekly dashboard."""
BREACH = "RR10"
"""A champion's escalation past its time."""
MOST_OPEN = 2
"""Of one population; the others queue."""
CLOSES_AFTER = 10
"""Working days after the day of the first response by which a response is closed."""


@dataclass(frozen=True, slots=True)
class Level:
    """Who is told of a late response, and how many working days late that is; nobody of `roles`: its owner."""

    number: int
    late: int
    roles: tuple[Role, ...]


LEVELS = (Level(1, 1, ()), Level(2, 2, (Role.PROGRAMME_LEAD,)), Level(3, 4, (Role.EXECUTIVE,)))
"""The line up: whoever answers, the programme lead, the executive who sponsors it. One level a day, none left out."""
HOLDERS: dict[str, tuple[Role, ...]] = {
    "product owner": (Role.PRODUCT_TEAM,),
    "model owner": (Role.PRODUCT_TEAM,),
    "change lead": (Role.PROGRAMME_LEAD,),
    "risk": (Role.OVERSIGHT_OFFICER,),
    "risk and change lead": (Role.OVERSIGHT_OFFICER, Role.PROGRAMME_LEAD),
    "administrator": (Role.ADMINISTRATOR,),
    "line head": (Role.EXECUTIVE,),
    "sponsor": (Role.EXECUTIVE,),
}
"""Who of a programme holds what the rules call the owner of a signal."""
WAYS = ("talks", "survey", "conversations", "listening", "meeting")
"""How a question may be put."""


@dataclass(frozen=True, slots=True)
class Asks:
    """Of one signal: `gravity` orders (the highest first), `days` are working days; `roles` are told. `users`: whether
    the question is one to users of the advice; `path`: where those who are told find it."""

    words: str
    question: str
    first: str
    owner: str
    days: int
    gravity: int
    roles: tuple[Role, ...]
    users: bool = True
    path: str = "/signals"


_QUESTIONS = {
    "RR1": "What got in the way of looking at the advice this week?",
    "RR2": "What would the first step have to look like for you to try it on your next case?",
    "RR3": "When you passed a case through without the advice, what did it miss?",
    "RR4": "What did you know that the advice did not?",
    "RR5": "What does the old way spare you?",
    "RR6": "Where would you say it if the advice were wrong, and what came of it last time?",
    "RR7": "What is wrong with the advice in these cases?",
    "RR8": "Which advice did you follow that you would have decided otherwise yourself?",
    "RR11": "What would the advice have to show before you would look at it in a case that matters?",
    "RR12": "Which cases went worse than you expected, and what was the advice there?",
}
_DAYS = {
    "RR1": 1,
    "RR2": 7,
    "RR3": 5,
    "RR4": 1,
    "RR5": 3,
    "RR6": 10,
    "RR7": 1,
    "RR8": 5,
    "RR11": 7,
    "RR12": 1,
}
_GRAVITY = {
    "RR12": 90,
    "RR8": 80,
    "RR7": 70,
    "RR3": 60,
    "RR4": 55,
    "RR1": 50,
    "RR5": 45,
    "RR2": 40,
    "RR11": 30,
    "RR6": 20,
}
_MODEL = ("RR3", "RR4", "RR7", "RR12")


RAISED: dict[str, Asks] = {
    SILENT: Asks(
        "a sender went silent",
        "Is the application still in use, and is its key still in force?",
        "look at the sender's log and its key within a working day",
        "administrator", 1, 70, (Role.ADMINISTRATOR,), users=False,
    ),
    NOT_LOOKING: Asks(
        "some managers do not look at the week",
        "What would the weekly page have to show for it to be worth your minute?",
        "the line head talks with all managers together, and takes a burden off before asking for more",
        "line head", 5, 25, (Role.EXECUTIVE, Role.PROGRAMME_LEAD), users=False,
    ),
    BREACH: Asks(
        "a champion’s escalation waits too long",
        "What keeps this from being answered, and who can decide it today?",
        "the product owner acknowledges or decides it; the sponsor takes away what is in the way",
        "sponsor", 1, 75, (Role.PRODUCT_TEAM, Role.EXECUTIVE), users=False,
    ),
}  # fmt: skip
"""Signals that are not measured of decisions but raised by another capability (`services.take_raised`)."""


def asks_of(code: str) -> Asks:
    """What the signal of this code asks for."""
    if code in RAISED:
        return RAISED[code]
    roles = (Role.PROGRAMME_LEAD, *((Role.PRODUCT_TEAM,) if code in _MODEL else ()))
    return Asks(
        WORDS[code], _QUESTIONS[code], FIRST_RESPONSE[code], OWNER[code], _DAYS[code],
        _GRAVITY[code], roles,
    )  # fmt: skip


def signal_words(code: str) -> str:
    """What the signal of this code is called."""
    return asks_of(code).words if code in RAISED or code in WORDS else code
