"""The rules that one table needs: group size, dominance, complementary suppression.

`share` is for pages and reports that travel; `analyst` for the one who holds the rows, with
a floor of five people; `public` for published data, by declaration.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, Literal, TypeVar

from takeup.disclosure.release.adoption import released_adoption
from takeup.disclosure.release.kinds import KindOf, kinds_hidden
from takeup.measure.adoption import Adoption, GroupAdoption, Spread
from takeup.measure.comparison import Comparison
from takeup.measure.disagreement import Disagreement, KindOfCase
from takeup.measure.ladder import Ladder, PopulationLevel
from takeup.measure.ladder_pooled import PEOPLE_AT, Clause
from takeup.measure.model_issue import Issue, ModelIssues, SegmentError
from takeup.measure.paired import Paired, PairedGroup
from takeup.measure.whose import ALL
from takeup.record.settings import DisclosureSettings
from takeup.stats.answer import Answer, CannotSay, Estimate, suppressed

Audience = Literal["share", "analyst", "public"]


_Key = TypeVar("_Key", bound=Hashable)


def with_complement(hidden: set[_Key], sizes: Mapping[_Key, int], least: int) -> set[_Key]:
    """`hidden` and the smallest others, until one of them is of `least` people: what the total leaves for all
    hidden together is then of at least as many. Groups may be of the same people, so their sizes are not
    added up."""
    hidden = set(hidden)
    others = sorted((key for key in sizes if key not in hidden), key=lambda key: sizes[key])
    while hidden and others and max(sizes.get(key, 0) for key in hidden) < least:
        hidden.add(others.pop(0))
    return hidden


def _too_few(
    group: GroupAdoption, least: int, audience: Audience, settings: DisclosureSettings
) -> bool:
    if group.people is None:
        return audience == "share"
    if group.people < least:
        return True
    if audience == "analyst":
        return False
    return (
        group.largest_share > settings.largest_share_of_decisions
        or group.largest_override_share > settings.largest_share_of_overrides
    )


def disclose_adoption(
    adoption: Adoption,
    audience: Audience,
    settings: DisclosureSettings,
    signalled: Collection[str] = (),
    before: Mapping[str, Any] | None = None,
) -> Adoption:
    """The adoption figures that `audience` may see; others say that they are hidden. `signalled`:
    populations of which something is told by week, too. `before`: the figures of use of the last document to
    share."""
    if audience == "public":
        return adoption
    if audience == "share" and adoption.inner is not None:
        adoption = released_adoption(adoption, adoption.inner, settings, signalled, before)
    groups = {
        dimension: _disclosed(found, audience, settings)
        for dimension, found in adoption.groups.items()
    }
    overall = adoption.overall
    least = settings.minimum_group if audience == "share" else settings.analyst_floor
    if _too_few(overall, least, audience, settings):
        return replace(
            adoption,
            overall=_without_figures(overall),
            reasons={},
            reasons_by={},
            override_spread=suppressed(),
            confidence_by_action={},
            weeks_by_population={},
            groups={
                name: tuple(_without_figures(g) for g in found) for name, found in groups.items()
            },
        )
    return replace(
        adoption,
        overall=_coarse(overall, overall.people, audience, settings),
        groups=groups,
        override_spread=_without_persons(adoption.override_spread, audience, settings),
        reasons_by=_large_reasons(adoption, groups, audience, settings),
        weeks_by_population={
            key: _disclosed(weeks, audience, settings)
            for key, weeks in adoption.weeks_by_population.items()
            if not any(g.key == key and g.hidden for g in groups.get("population", ()))
        },
        reasons={} if _is_coarse(overall.people, audience, settings) else adoption.reasons,
    )


def _disclosed(
    found: Sequence[GroupAdoption], audience: Audience, settings: DisclosureSettings
) -> tuple[GroupAdoption, ...]:
    least = settings.minimum_group if audience == "share" else settings.analyst_floor
    return tuple(
        _without_figures(g)
        if g.hidden or _too_few(g, least, audience, settings)
        else _coarse(g, g.people, audience, settings)
        for g in found
    )


def _without_persons(
    spread: Spread | CannotSay, audience: Audience, settings: DisclosureSettings
) -> Spread | CannotSay:
    """The spread without its ends, each of which is one person."""
    if isinstance(spread, CannotSay):
        return spread
    if audience == "share" and spread.people < settings.round_below_people:
        return suppressed()
    return replace(spread, lowest=None, highest=None)


def _large_reasons(
    adoption: Adoption,
    groups: dict[str, tuple[GroupAdoption, ...]],
    audience: Audience,
    settings: DisclosureSettings,
) -> dict[str, dict[str, dict[str, int]]]:
    """Reasons of the groups whose counts may be shown."""
    if audience != "share":
        return adoption.reasons_by
    return {
        dimension: {
            level: counts
            for level, counts in levels.items()
            if any(
                g.key == level and not g.hidden and not _is_coarse(g.people, audience, settings)
                for g in groups.get(dimension, ())
            )
        }
        for dimension, levels in adoption.reasons_by.items()
    }


def disclose_paired(
    paired: Paired | CannotSay, adoption: Adoption, audience: Audience, settings: DisclosureSettings
) -> Paired | CannotSay:
    """Paired answers of the groups that may be shown."""
    if isinstance(paired, CannotSay) or audience == "public":
        return paired
    if (
        isinstance(adoption.overall.agreement, CannotSay)
        and adoption.overall.agreement.status == "suppressed"
    ):
        return suppressed()
    groups = {}
    for dimension, found in paired.groups.items():
        hidden = untold_keys(adoption, dimension)
        hidden |= {g.key for g in found if few(g.people, audience, settings)}
        if audience == "share":
            sizes = {g.key: g.people or 0 for g in found}
            hidden = with_complement(hidden, sizes, settings.minimum_group)
        groups[dimension] = tuple(_paired_hidden(g) if g.key in hidden else g for g in found)
    if coarse(adoption, audience, settings):
        groups = {d: tuple(map(_paired_coarse, found)) for d, found in groups.items()}
        return replace(paired, overall=_paired_coarse(paired.overall), groups=groups)
    return replace(paired, groups=groups)


def coarse(adoption: Adoption, audience: Audience, settings: DisclosureSettings) -> bool:
    """Whether rates are rounded and counts left out: fewer than twenty people in all."""
    return _is_coarse(adoption.overall.people, audience, settings)


def _is_coarse(people: int | None, audience: Audience, settings: DisclosureSettings) -> bool:
    return audience == "share" and people is not None and people < settings.round_below_people


def _paired_coarse(group: PairedGroup) -> PairedGroup:
    return replace(
        group,
        person_right=rounded(group.person_right),
        model_right=rounded(group.model_right),
        person_only=None,
        model_only=None,
    )


def disclose_disagreement(
    found: Disagreement | CannotSay,
    adoption: Adoption,
    audience: Audience,
    settings: DisclosureSettings,
) -> Disagreement | CannotSay:
    """Disagreement without kinds of case of too few people; with rounded rates and without counts where there
    are few people in all."""
    if isinstance(found, CannotSay):
        return found
    found = _kinds_that_differ(found, adoption, audience, settings)
    if not coarse(adoption, audience, settings):
        return found

    def kind(one: KindOfCase) -> KindOfCase:
        return replace(one, differed=None, rate=rounded(one.rate), part=round(one.part * 20) / 20)

    return replace(
        found,
        differed=None,
        rate=rounded(found.rate),
        directions=tuple(replace(d, cases=None, rate=rounded(d.rate)) for d in found.directions),
        half=tuple(map(kind, found.half)),
        highest=None if found.highest is None else kind(found.highest),
        one_sided=tuple(
            replace(
                o,
                with_advice=rounded(o.with_advice),
                against_advice=rounded(o.against_advice),
                bands=(),
            )
            for o in found.one_sided
        ),
    )


def _kinds_that_differ(
    found: Disagreement, adoption: Adoption, audience: Audience, settings: DisclosureSettings
) -> Disagreement:
    """Without kinds of case and directions of too few people, nor what the total would leave for those."""
    kinds: dict[Any, int | None] = {k.kind: k.people for k in found.half}
    in_use = {
        k.kind
        for k in found.half
        if any(one in untold_keys(adoption, cut, ("agreement",)) for cut, one in k.kind)
    }
    rest = {} if found.people_elsewhere is None else {_ELSEWHERE: found.people_elsewhere}
    gone = in_use | parts_hidden(kinds | rest, audience, settings)
    ways = {(d.advice, d.choice): d.people for d in found.directions}
    few_ways = parts_hidden(ways, audience, settings)
    shown = replace(
        found,
        half=tuple(k for k in found.half if k.kind not in gone),
        directions=tuple(d for d in found.directions if (d.advice, d.choice) not in few_ways),
    )
    if found.highest is not None and few(found.highest.people, audience, settings):
        return replace(shown, highest=None, above=suppressed())
    return shown


_ELSEWHERE = "elsewhere"


def parts_hidden(
    sizes: Mapping[_Key, int | None], audience: Audience, settings: DisclosureSettings
) -> set[_Key]:
    """Which of the parts of a total are not shown: those of too few people, and to `share` what the total
    would leave for those."""
    hidden = {key for key, n in sizes.items() if few(n, audience, settings)}
    if audience != "share":
        return hidden
    known = {key: n or 0 for key, n in sizes.items()}
    return with_complement(hidden, known, settings.minimum_group)


def disclose_comparison(
    found: Comparison | CannotSay,
    adoption: Adoption,
    audience: Audience,
    settings: DisclosureSettings,
) -> Comparison | CannotSay:
    """Comparisons with rounded means where there are few people; what is shared has no table of balance."""
    if isinstance(found, CannotSay):
        return found
    if audience == "share":
        # How each level of each covariate lies on both sides tells of hidden ones, too.
        found = Comparison(tuple(replace(one, cells=None, balance=None) for one in found.outcomes))
    if not coarse(adoption, audience, settings):
        return found
    return Comparison(
        tuple(
            replace(
                one,
                mean_followed=rounded(one.mean_followed),
                mean_overridden=rounded(one.mean_overridden),
            )
            for one in found.outcomes
        )
    )


def few(people: int | None, audience: Audience, settings: DisclosureSettings) -> bool:
    """Whether a cell of these people is under the audience's minimum group; published data has none."""
    if audience == "public":
        return False
    least = settings.minimum_group if audience == "share" else settings.analyst_floor
    return people is not None and people < least


def disclose_ladder(
    ladder: Ladder | CannotSay,
    adoption: Adoption,
    audience: Audience,
    settings: DisclosureSettings,
) -> Ladder | CannotSay:
    """Levels of the populations that may be shown; no cell of one or two people."""
    if isinstance(ladder, CannotSay) or audience == "public":
        return ladder
    hidden = untold_keys(adoption, "population")
    pathless = untold_keys(adoption, "population", ("nominal_rate",))
    shown = in_fives if audience == "share" else _level_merged
    return replace(
        ladder,
        populations=tuple(
            _level_hidden(p)
            if p.population in hidden
            else shown(replace(p, nominal_rate=None) if p.population in pathless else p)
            for p in ladder.populations
        ),
    )


def _level_merged(level: PopulationLevel) -> PopulationLevel:
    return replace(level, distribution=without_small_cells(level.distribution))


def in_fives(level: PopulationLevel) -> PopulationLevel:
    """A level to be shared. Its last weeks are no table of their own, so exact figures would tell what the weeks
    shown beside them hide: rates are between multiples of five points, and counts are left out."""
    level = _level_merged(level)
    reason = level.level
    if isinstance(reason, CannotSay) and reason.status == "insufficient":
        reason = replace(
            reason, reason="too few people with enough cases, or too few cases", n=None
        )
    rates: dict[str, Any] = {name: _to_five(getattr(level, name)) for name in _RATES}
    gaps = tuple(replace(gap, now=_now_in_fives(gap, level)) for gap in level.gaps)
    return replace(level, level=reason, gaps=gaps, **rates)


_PERCENT = re.compile(r"(?:(\d+) to )?(\d+)\u00a0%")


def _now_in_fives(gap: Clause, level: PopulationLevel) -> str:
    if gap.now.isdecimal():
        return "too few"
    least = 3 / level.graded if gap.text.startswith(PEOPLE_AT) and level.graded else 0.0

    def between(found: re.Match[str]) -> str:
        low, high = (int(found[i] or found[2]) / 100 for i in (1, 2))
        # One or two people on either side are nobody's business.
        low, high = (low if low >= least else 0.0), (high if 1 - high >= least else 1.0)
        return f"{5 * math.floor(20 * low + 1e-9)} to {5 * math.ceil(20 * high - 1e-9)}\u00a0%"

    return _PERCENT.sub(between, gap.now, count=1)


def without_small_cells(counts: tuple[int, ...]) -> tuple[int, ...]:
    """People by level with cells of one or two moved into the neighbour towards the middle,
    until none is left: levels are merged, nobody is dropped."""
    merged = list(counts)
    for _ in range(len(merged)):
        small = next((i for i, n in enumerate(merged) if 0 < n < 3), None)
        if small is None:
            break
        others = [i for i, n in enumerate(merged) if n and i != small]
        if not others:
            return tuple(0 for _ in merged)
        nearest = min(others, key=lambda i: (abs(i - small), -merged[i]))
        merged[nearest] += merged[small]
        merged[small] = 0
    return tuple(merged)


def _kinds_hidden(
    segments: Sequence[SegmentError],
    dimension: str,
    adoption: Adoption,
    audience: Audience,
    settings: DisclosureSettings,
) -> set[tuple[str, str]]:
    """Which kinds of case of which scope stay hidden: those that are hidden in use, and of few people. Each
    is a part of its scope, and a population's is a part of all."""
    populations, kinds = hidden_keys(adoption, "population"), hidden_keys(adoption, dimension)
    own = [s for s in segments if s.dimension == dimension]
    hidden = {
        (s.scope, s.segment)
        for s in own
        if s.scope in populations or s.segment in kinds or few(s.people, audience, settings)
    }
    if audience != "share" or not hidden:
        return hidden
    counted = [KindOf(s.scope, s.segment, s.cases, s.people or 0) for s in own]
    return kinds_hidden(counted, ALL, hidden, settings.minimum_group)


def disclose_model_issue(
    found: ModelIssues | CannotSay,
    adoption: Adoption,
    audience: Audience,
    settings: DisclosureSettings,
) -> ModelIssues | CannotSay:
    """Model issues without the populations and cells that may not be shown. Where too few
    people overrode, what became of their overrides is not shown either."""
    if isinstance(found, CannotSay) or audience == "public":
        return found
    hidden = hidden_keys(adoption, "population")
    gone = {
        dimension: _kinds_hidden(found.segments, dimension, adoption, audience, settings)
        for dimension in {s.dimension for s in found.segments}
    }

    def shown(one: SegmentError) -> bool:
        inside = (one.scope, one.segment) not in gone.get(one.dimension, set())
        return one.scope not in hidden and inside

    untold_kinds = {d: untold_keys(adoption, d) for d in adoption.groups}

    def careful(one: SegmentError) -> SegmentError:
        overrides_told = (
            one.scope not in untold_kinds.get("population", ())
            and one.segment not in untold_kinds.get(one.dimension, ())
            and not (one.scope == ALL and not one.dimension and untold(adoption.overall))
        )
        if overrides_told and not few(one.overriders, audience, settings):
            return one
        return replace(
            one,
            override_accuracy=suppressed(),
            overrides=0,
            overrides_judged=0,
            overrides_right=0,
            overrides_gained=None,
            overrides_lost=None,
            missing_input_share=None,
        )

    def of(issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
        return tuple(replace(i, evidence=careful(i.evidence)) for i in issues if shown(i.evidence))

    return replace(
        found,
        scopes=tuple(careful(s) for s in found.scopes if shown(s)),
        segments=tuple(careful(s) for s in found.segments if shown(s)),
        issues=of(found.issues),
        watch=of(found.watch),
    )


def hidden_keys(adoption: Adoption, dimension: str) -> set[str]:
    """Levels of a dimension that may not be shown."""
    return {g.key for g in adoption.groups.get(dimension, ()) if g.hidden}


_USED = ("consult_rate", "override_rate", "effective_reliance")


def untold_keys(adoption: Adoption, dimension: str, figures: Sequence[str] = _USED) -> set[str]:
    """Levels of a dimension of which one of these figures of use may not be shown: no measure that leans on
    their counts tells them either."""
    return {g.key for g in adoption.groups.get(dimension, ()) if untold(g, figures)}


def untold(group: GroupAdoption, figures: Sequence[str] = _USED) -> bool:
    """Whether one of these figures of a group may not be shown."""
    answers = [getattr(group, name) for name in figures]
    return group.hidden or any(
        isinstance(a, CannotSay) and a.status == "suppressed" for a in answers
    )


def _level_hidden(level: PopulationLevel) -> PopulationLevel:
    return replace(
        level,
        people=0,
        graded=0,
        level=suppressed(),
        distribution=(),
        gaps=(),
        markers=(),
        headline=None,
        benchmark=None,
        nominal_rate=None,
        consult_rate=float("nan"),
        override_rate=None,
        effective_reliance=float("nan"),
        hidden=True,
    )


def _paired_hidden(group: PairedGroup) -> PairedGroup:
    gone = suppressed()
    return PairedGroup(group.key, gone, gone, gone, 0, 0, 0)


def _without_figures(group: GroupAdoption) -> GroupAdoption:
    figures: dict[str, Any] = {f.name: suppressed() for f in fields(group) if f.name in _ANSWERS}
    return replace(
        group,
        people=None,
        counts={},
        eligible=0,
        consulted=0,
        unknown=0,
        hidden=True,
        largest_share=0.0,
        largest_override_share=0.0,
        **figures,
    )


_ANSWERS = (
    "nominal_rate",
    "consult_rate",
    "override_rate",
    "adjust_rate",
    "effective_reliance",
    "agreement",
    "unaccounted_share",
    "quality_gap",
)


def _coarse(
    group: GroupAdoption, people: int | None, audience: Audience, settings: DisclosureSettings
) -> GroupAdoption:
    """Fewer than twenty people: rates to five points, without counts of what they did."""
    if audience != "share" or people is None or people >= settings.round_below_people:
        return group
    figures: dict[str, Any] = {name: rounded(getattr(group, name)) for name in _ANSWERS}
    figures["quality_gap"] = _rounded_gap(group.quality_gap)
    return replace(group, counts={}, consulted=None, unknown=None, **figures)


def _rounded_gap(gap: Answer) -> Answer:
    if isinstance(gap, CannotSay):
        return gap
    shown = rounded(replace(gap, unit="share"))
    return shown if isinstance(shown, CannotSay) else replace(shown, unit=gap.unit)


AT_MOST, AT_LEAST = "at most 5 %", "at least 95 %"


def rounded(answer: Answer) -> Answer:
    """A share to five points, without its counts; what would be 0 or 1 is said to be `AT_MOST` or `AT_LEAST`.
    Always inside its interval, which gives nothing away that was rounded."""
    if isinstance(answer, CannotSay) or answer.unit != "share":
        return answer
    if answer.k is None and answer.note in (AT_MOST, AT_LEAST, _ROUNDED):
        return answer
    if not all(map(math.isfinite, (answer.value, answer.low, answer.high))):
        return replace(answer, k=None)
    value = round(answer.value * 20) / 20
    low = math.floor(round(answer.low * 20, 9)) / 20
    high = math.ceil(round(answer.high * 20, 9)) / 20
    note = _ROUNDED
    if value == 0:
        value, high, note = 0.05, max(high, 0.05), AT_MOST
    elif value == 1:
        value, low, note = 0.95, min(low, 0.95), AT_LEAST
    return replace(answer, value=value, low=low, high=high, k=None, se=None, note=note)


_ROUNDED = "rounded to 5 points: fewer than 20 people"


def rounded_throughout(value: Any) -> Any:
    """Every share that stands anywhere in `value` (a measure), rounded alike: none may tell what another one
    was rounded for."""
    if isinstance(value, Estimate):
        return rounded(value)
    if isinstance(value, CannotSay):
        return value
    if isinstance(value, PopulationLevel):
        rates: dict[str, Any] = {name: _to_five(getattr(value, name)) for name in _RATES}
        return replace(value, **rates)
    if isinstance(value, SegmentError):
        value = replace(value, overrides_right=None)
    if is_dataclass(value) and not isinstance(value, type):
        held = {f.name: getattr(value, f.name) for f in fields(value) if f.init}
        shown = {name: rounded_throughout(v) for name, v in held.items()}
        return replace(value, **{n: v for n, v in shown.items() if v is not held[n]})
    if isinstance(value, dict):
        return {key: rounded_throughout(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(rounded_throughout(v) for v in value)
    return value


_RATES = ("nominal_rate", "consult_rate", "override_rate", "effective_reliance")


def _to_five(rate: float | None) -> float | None:
    if rate is None or not math.isfinite(rate):
        return rate
    return min(max(round(rate * 20) / 20, 0.05), 0.95)
