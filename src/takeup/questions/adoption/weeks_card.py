"""Week by week: how often the advice is looked at, by population, and overridden of those."""

from __future__ import annotations

from takeup.drawing.charts import WEEKS_HEIGHT, WeekPoint, weeks_chart
from takeup.drawing.dates import day_words
from takeup.drawing.section import Section, figure
from takeup.drawing.strips import AGREED, OVERRIDDEN, Series
from takeup.questions.adoption.measure import Adoption, GroupAdoption
from takeup.questions.adoption.over_weeks import FAMILY, FEWEST_WEEKS, Moved, moved
from takeup.questions.diagnosis import Diagnosis
from takeup.questions.shared.whose import ALL
from takeup.stats.answer import CannotSay, Estimate

_LOOKED = Series("looked at", "model", "square")
_AGAINST = Series("overridden", OVERRIDDEN.token, OVERRIDDEN.shape)
_AGREEING = Series("agreeing", AGREED.token, AGREED.shape)
_POPULATIONS = (("model", "square"), ("second", "circle"), ("followed", "triangle-up"))
_FEWEST = FEWEST_WEEKS
_BESIDE_LEVELS = 300
"""Pixels: beside it stand the levels of several populations, each with its clauses."""
_WHAT = {"consult_rate": "looked at", "override_rate": "overridden", "agreement": "agreeing"}

Line = tuple[Series, str, list[GroupAdoption]]
"""A series, the figure it shows, and its weeks."""


def weeks_section(diagnosis: Diagnosis) -> Section | None:
    """Nothing with fewer than three weeks."""
    adoption = diagnosis.measures.adoption
    weeks = _shown(adoption.groups.get("week", ()))
    if len(weeks) < _FEWEST:
        return None
    lines = _lines(diagnosis, adoption, weeks)
    drawn = [
        WeekPoint(series, g.key, answer.value, answer.low, answer.high)
        for series, name, groups in lines
        for g in groups
        if isinstance(answer := getattr(g, name), Estimate)
    ]
    if not drawn:
        return None
    changes = [(day, f"model {version}") for version, day in adoption.version_starts.items()][1:]
    by_population = len({name for _, name, _ in lines}) == 1 and len(lines) > 1
    sub = f"Share of eligible cases {_WHAT[lines[0][1]]}, by population. " if by_population else ""
    return Section(
        _heading(diagnosis),
        f"{sub}Weeks begin on Monday (UTC). One look: each band holds for its own week.",
        ("Week of", "Whose", "Eligible", "Looked at", "Overridden, of those", "Agreement"),
        tuple(
            (day_words(g.key), whose, f"{g.eligible:,}", figure(g.consult_rate), figure(g.override_rate),
             figure(g.agreement))
            for whose, groups in [("All", weeks), *_named(diagnosis, adoption)]
            for g in groups
        ),
        chart=weeks_chart(drawn, changes, high=_BESIDE_LEVELS if by_population else WEEKS_HEIGHT),
        note="Observed shares with 95 % intervals, errors by person. Grade: descriptive.",
        size="half",
        first=True,
    )  # fmt: skip


def _shown(groups: tuple[GroupAdoption, ...]) -> list[GroupAdoption]:
    return [g for g in groups if not g.hidden]


def _named(diagnosis: Diagnosis, adoption: Adoption) -> list[tuple[str, list[GroupAdoption]]]:
    return [
        (diagnosis.name(key), _shown(groups))
        for key, groups in adoption.weeks_by_population.items()
        if len(_shown(groups)) >= _FEWEST
    ]


def _lines(diagnosis: Diagnosis, adoption: Adoption, weeks: list[GroupAdoption]) -> list[Line]:
    """Populations apart where there are several; else looked at and overridden."""
    seen = adoption.overall.consult_rate
    if isinstance(seen, CannotSay):
        name, one = "agreement", _AGREEING
    elif seen.value > 0.995:
        name, one = "override_rate", _AGAINST
    else:
        name, one = "consult_rate", _LOOKED
    populations = _named(diagnosis, adoption)
    if len(populations) > 1 and [m.population for m in _told(diagnosis)] != [ALL]:
        return [
            (Series(whose, token, shape), name, groups)
            for (token, shape), (whose, groups) in zip(_POPULATIONS, populations, strict=False)
        ]
    lines: list[Line] = [(one, name, weeks)]
    return [*lines, (_AGAINST, "override_rate", weeks)] if one is _LOOKED else lines


def _told(diagnosis: Diagnosis) -> list[Moved]:
    """What moved beyond chance: of populations, where any did, else of all together."""
    told = [m for m in moved(diagnosis.measures.adoption) if diagnosis.says(FAMILY, m.name)]
    return [m for m in told if m.population != ALL] or told


def _heading(diagnosis: Diagnosis) -> str:
    """The first week against the last, of what moved beyond chance."""
    told = _told(diagnosis)
    if not told:
        return "Week by week, first and last do not clearly differ"
    first = told[0]
    alike = [m for m in told if (m.figure, m.fell) == (first.figure, first.fell)]
    parted = [
        f"{'' if m.population == ALL else diagnosis.name(m.population) + ' '}from "
        f"{100 * m.first.value:.0f} to {100 * m.last.value:.0f} %"
        for m in alike
    ]
    return f"Share {_WHAT[first.figure]} {'fell' if first.fell else 'rose'}: {', '.join(parted)}"
