"""The second family's rows: which estimates are to cover, and which claims are to be seldom false."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Covers:
    """An estimate of a job that is to hold `truth` in 92 to 98 % (`nominal`), or is shown to miss."""

    job: str
    estimate: str
    words: str
    truth: str = "adjusted"
    nominal: bool = True


@dataclass(frozen=True)
class Seldom:
    """What a job's records say under `field`, in at most `bar` of programmes, or `a_year` so many times
    (None: a trap, shown only); `where` leaves only records with these values."""

    job: str
    field: str
    words: str
    bar: float | None = 0.05
    where: tuple[tuple[str, object], ...] = ()
    a_year: bool = False


COVERAGE = (
    Covers("one-column", "adjusted", "adjusted, one recorded column decides"),
    Covers("one-column", "with_readiness", "the same with each person's tendency"),
    Covers("blanks", "without_blanks", "adjusted, the confounder blank in 30 %, decisions without blanks"),
    Covers("blanks", "adjusted", "the same, blanks as a kind of their own", nominal=False),
    Covers("two-months", "change", "a share's change between two documents (--compare), the same people and others", "change"),
    Covers("few-overriders", "adjusted", "adjusted, few people make most overrides (or refused)"),
)  # fmt: skip

_SAID = "followed against overridden said aloud and false"
_YEAR = "a year of weekly looks at nothing"
CLAIMS = (
    Seldom("one-column", "false", f"one recorded column decides: {_SAID}"),
    Seldom("blanks", "false", f"the confounder blank in 30 %: {_SAID}"),
    Seldom("few-overriders", "false", f"few people make most overrides: {_SAID}"),
    Seldom("few-pairs", "false", "52 looks at a kind with few pairs, the model behind by the margin: ever passes"),
    *(
        Seldom(
            "caught", "over_reliance", f"over-reliance (RR8) where {share} of wrong advice is caught: alarms a year",
            1.0, (("caught", share),), a_year=True,
        )
        for share in (0.32, 0.385, 0.45)
    ),
    Seldom("two-months", "false", "a share's change (--compare) told where there is none"),
    Seldom("daily-draw", "heading", f"{_YEAR}: a draw's heading over eight quantities"),
    Seldom("daily-draw", "one", f"{_YEAR}: one quantity of a draw"),
    Seldom("daily-draw", "heading_fixed", "the heading with intervals of one look (a trap)", None),
    Seldom("daily-paired", "told", f"{_YEAR}: people against the model on the same cases"),
    Seldom("daily-paired", "fixed", "the same with intervals of one look (a trap)", None),
    Seldom("daily-followed", "told", f"{_YEAR}: followed against overridden, like with like"),
    Seldom("daily-followed", "fixed", "the same with intervals of one look (a trap)", None),
)  # fmt: skip
