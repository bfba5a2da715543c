"""The survey of reasons and the codes of interviews: items, scales, words.

Twenty items on five reasons, four each; 1 (disagree) to 5 (agree), blank where an item does
not apply. Items that end in `r` say the opposite and are turned round (6 − x).
"""

from __future__ import annotations

TYPES = ("JS", "CA", "TD", "WD", "VM")
"""Job security, competence, trust deficit, workflow disruption, value misalignment."""

TYPE_NAMES = {
    "JS": "job security",
    "CA": "competence",
    "TD": "trust deficit",
    "WD": "workflow disruption",
    "VM": "value misalignment",
}

ITEMS: dict[str, str] = {
    "JS1": "I expect this system to leave jobs like mine less secure.",
    "JS2": "What I am valued for here is what the system is meant to take over.",
    "JS3": "Nobody has told us plainly what happens to this role once the system works well.",
    "JS4r": "I can name work I would do more of, and be valued for, when routine cases are handled by the system.",
    "CA1": "I would feel exposed if colleagues watched me work a real case with it today.",
    "CA2": "Others seem to be getting the hang of it faster than I am.",
    "CA3": "I would rather use my usual method than be seen making beginner's mistakes.",
    "CA4r": "I have had enough private practice to use it on a hard case.",
    "TD1": "I have seen this system, or one like it, be confidently wrong on a case that mattered.",
    "TD2": "What we are told about its performance does not match what I see.",
    "TD3": "I have to redo the work myself before I would act on what it says.",
    "TD4r": "I can usually tell when it is wrong, and saying so leads to a visible fix.",
    "WD1": "Using it adds steps or waiting that my usual way does not have.",
    "WD2": "On a busy day I leave it out to keep up.",
    "WD3": "Its output comes in a place or form I have to work around.",
    "WD4r": "For a typical case, going through it is my quickest route to a finished decision.",
    "VM1": "Following it would sometimes mean acting against what I owe the people my decision affects.",
    "VM2": "Some of the decisions it advises on should, as a matter of principle, stay with a person.",
    "VM3": "I answer for the result but am not really free to depart from its advice.",
    "VM4r": "It is written down, and respected, when professional judgement comes before the system.",
}

REVERSED = tuple(item for item in ITEMS if item.endswith("r"))

AGREED = "agreed"
"""The coder of the codes that two coders agreed on; rows of other coders only show how far
they agreed beforehand."""


def item_type(item: str) -> str:
    """The reason an item asks about."""
    return item[:2]
