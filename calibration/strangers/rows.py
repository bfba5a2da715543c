"""The second family's rows: which estimates are to cover, and which claims are to be seldom false."""

from __future__ import annotations

from dataclasses import dataclass

from calibration.strangers.kinds import WAYS
from calibration.strangers.repeating import AGAIN


@dataclass(frozen=True)
class Covers:
    """An estimate of a job that is to hold `truth` in 92 to 98 % (`holds_above`: or more, where an interval
    must be wide for what was not seen yet), or is shown to miss (not `nominal`); `where` as in `Seldom`."""

    job: str
    estimate: str
    words: str
    truth: str = "adjusted"
    nominal: bool = True
    holds_above: bool = False
    where: tuple[tuple[str, object], ...] = ()


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


@dataclass(frozen=True)
class Stated:
    """Beliefs of a job about reasons: in every tenth of belief (of 50 and more), how often a reason is material is to lie
    between the means of the ends of what is stated, within `bar`."""

    job: str
    words: str
    bar: float = 0.10


ANSWERING = {
    "reasons": "people answer as they usually do",
    "reasons-yes": "everybody leans to yes by a point",
    "reasons-silent": "one in five answers of those with the largest reason",
    "reasons-wanted": "half answer as is wanted",
}
"""By job, how people answer surveys in populations in which every reason costs use alike."""

STATED = tuple(Stated(job, words) for job, words in ANSWERING.items())
COVERAGE = (
    Covers("one-column", "adjusted", "adjusted, one recorded column decides"),
    Covers("one-column", "with_readiness", "the same with each person's tendency"),
    Covers("blanks", "without_blanks", "adjusted, the confounder blank in 30 %, decisions without blanks"),
    Covers("blanks", "adjusted", "the same, blanks as a kind of their own", nominal=False),
    Covers("two-months", "change", "a share's change between two documents (--compare), the same people and others", "change"),
    Covers("draws", "effect", "a draw, by case, undeclared person, unequal teams, in money, truth a sample (or refused)", "effect"),
    Covers("draws-teams", "effect", "a draw of six to twelve unequal teams (or refused)", "effect"),
    Covers("draws-covariates", "adjusted", "a draw, adjusted: 5 or 12 covariates of 30 persons, 100 of 300 cases (or refused)", "effect"),
    Covers("shares", "share", "a share of 5 to 30 equal, gamma, Pareto people, one with half", "share"),
    Covers("together", "together", "both together minus the better alone, 5 to 30 people who are alike", "together", holds_above=True),
    Covers("branches", "standardised", "standardised over branches of 1 to 6 people (or refused)", "standardised"),
    Covers("rare", "paired", "people minus model where they seldom differ", "paired", holds_above=True),
    Covers("readiness", "with_readiness", "readiness to follow goes with skill, adjusted with each person's tendency"),
    Covers("readiness", "adjusted", "the same without it", nominal=False),
    Covers("j-border", "j", "J of few or unequal people", truth="j"),
    Covers("j-border", "at_border", "J of few or unequal people, near 1", truth="j", nominal=False, holds_above=True),
    Covers("one-sided", "adjusted", "adjusted, large amounts are never overridden"),
    Covers("few-overriders", "adjusted", "adjusted, few people make most overrides (or refused)"),
    Covers("same-cases", "model", "8 to 60 cases, the same for all: the model is right", "model"),
    Covers("same-cases", "person", "the same: people are right", "person"),
    Covers("same-cases", "both", "the same: people minus model", "both"),
    Covers("same-cases", "error", "the same: the model errs (reliance)", "error"),
    Covers("alone-first", "adds", "the same people and cases alone and with the advice: right", "adds"),
    Covers("alone-first", "seconds", "the same: seconds", "seconds"),
)  # fmt: skip

_SAID = "followed against overridden said aloud and false"
_YEAR = "a year of weekly looks at nothing"
CLAIMS = (
    Seldom("one-column", "false", f"one recorded column decides: {_SAID}"),
    Seldom("blanks", "false", f"the confounder blank in 30 %: {_SAID}"),
    Seldom("readiness", "false", f"readiness goes with skill: {_SAID}"),
    Seldom("one-sided", "false", f"large amounts are never overridden: {_SAID}"),
    Seldom("few-overriders", "false", f"few people make most overrides: {_SAID}"),
    Seldom("few-pairs", "false", "52 looks at a kind with few pairs, the model behind by the margin: ever passes"),
    *(
        Seldom(
            "caught", "over_reliance", f"over-reliance (RR8) where {share} of wrong advice is caught: alarms a year",
            1.0, (("caught", share),), a_year=True,
        )
        for share in (0.32, 0.385, 0.45)
    ),
    Seldom("draws", "wrongly", "a draw answered where the advice decides what is seen, or truth is an unknown sample", 0.0),
    Seldom("draws", "in_points", "money told in points", 0.0),
    Seldom("together", "false", "both together called ahead or behind where all are alike"),
    Seldom("rare", "false", "people against the model where they seldom differ: said aloud and false"),
    Seldom("rare", "certain", "the same with an interval of no width", 0.0),
    Seldom("lucky", "met", "level 4's discrimination met by luck (true .15, ten wrong advices)"),
    Seldom("lucky", "point", "the same by the point alone (a trap)", None),
    Seldom("nothing", "false", "a whole report in which nothing goes with anything: any sentence that something differs", 0.10),
    Seldom("nothing", "verdict", "the same in its verdict"),
    Seldom("two-months", "false", "a share's change (--compare) told where there is none"),
    Seldom("many-kinds", "false", "277 kinds of case, nothing there: any told", 0.10, (("planted", False),)),
    Seldom("many-kinds", "false", "277 kinds of case, one small one gains: any other told", 0.10, (("planted", True),)),
    Seldom("many-kinds", "missed", "the small one (70 points) missed", 0.20, (("planted", True),)),
    *(
        Seldom("kinds-alike", "false", f"kinds make no difference, people {way}: choices said to differ more on one", where=(("way", way),))
        for way in WAYS
    ),
    Seldom("one-kind", "false", "people differ 15 points more on one kind: another is named"),
    Seldom("one-kind", "misses", "the same: the interval that holds for all kinds leaves out the 15 points"),
    Seldom("overriders", "false", "sixty people whose overrides gain nothing: anybody better or worse", 0.05, (("kind", "nobody gains"),)),
    Seldom("overriders", "false", "fifty people override badly, ten well: one of the ten counted as worse", 0.05, (("kind", "most lose"),)),
    Seldom("reasons", "blind", "every reason costs use alike, cases that touch values not marked: a belief about values"),
    *(
        Seldom(job, "false", f"every reason costs use alike, {words}: a dominant reason is not the largest", 0.15, (("dominant", True),))
        for job, words in ANSWERING.items()
    ),
    *(
        Seldom("own-record", "false", f"one's own record, no better than the advice, cases repeat with {again}, 100 looks: ever told apart", where=(("again", again),))
        for again in AGAIN
    ),
    Seldom("one-fact-less", "false", "ladder: a fact that becomes known adds a level that was not possible without it", 0.0),
    Seldom("j-border", "nothing", "J has an interval without width", 0.0),
    Seldom("unnamed-draw", "asked", "cases drawn: a draw of more suspected", 0.01, (("kind", "case"),)),
    *(
        Seldom("unnamed-draw", "answered", f"each {kind} drawn, unnamed: answered by case", 0.05, (("kind", kind),))
        for kind in ("day of a person", "week of a person", "week of a team")
    ),
    Seldom("daily-draw", "heading", f"{_YEAR}: a draw's heading over eight quantities"),
    Seldom("daily-draw", "one", f"{_YEAR}: one quantity of a draw"),
    Seldom("daily-draw", "heading_fixed", "the heading with intervals of one look (a trap)", None),
    Seldom("daily-paired", "told", f"{_YEAR}: people against the model on the same cases"),
    Seldom("daily-paired", "fixed", "the same with intervals of one look (a trap)", None),
    Seldom("daily-followed", "told", f"{_YEAR}: followed against overridden, like with like"),
    Seldom("daily-followed", "fixed", "the same with intervals of one look (a trap)", None),
)  # fmt: skip
