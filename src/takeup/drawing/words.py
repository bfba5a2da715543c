"""Figures in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from takeup.stats.answer import Answer, Estimate

_NUMBERS = {
    2: "two",
    3: "three",
    4: "four",
    5: "five",
    6: "six",
    7: "seven",
    8: "eight",
    9: "nine",
    10: "ten",
    11: "eleven",
    12: "twelve",
}


def percent(estimate: Estimate, *, interval: bool = True) -> str:
    """`24 %, 21 to 28`: a share with its interval, to stand in brackets."""
    shown = in_percent(estimate)
    return f"{shown}, {percent_ends(estimate)}" if interval else shown


def percent_between(estimate: Estimate) -> str:
    """`24 % (21 to 28)`: the same to stand in a sentence."""
    return f"{in_percent(estimate)} ({percent_ends(estimate)})"


def in_percent(estimate: Estimate) -> str:
    """`24 %`; `at least 95 %` where rounding for few people leaves no more to say."""
    if _bounded(estimate):
        return str(estimate.note).replace(" %", "\u00a0%")
    if _close(estimate):
        return f"{_digits(estimate.value, 1)}\u00a0%"
    return whole_percent(estimate.value)


def percent_ends(estimate: Estimate) -> str:
    """`21 to 28`; `0 to 0.4` where whole numbers would leave nothing between the ends."""
    digits = 1 if _close(estimate) else 0
    return f"{_digits(estimate.low, digits)} to {_digits(estimate.high, digits)}"


def _close(e: Estimate) -> bool:
    """Whether in whole numbers a share near nothing or all and both its ends are one."""
    return round(100 * e.low) == round(100 * e.high) and round(100 * e.value) in (0, 100)


def _digits(share: float, digits: int) -> str:
    """A share of 100; 0 and 100 are said of nothing and of all, as far as the digits go."""
    return f"{100 * share:.{digits}f}".removesuffix(".0")


def whole_percent(share: float) -> str:
    """`24 %`, with a blank that does not break; what is not nothing is not 0 %, what is not all not 100 %."""
    if 0 < share < 0.005:
        return "under 1\u00a0%"
    if 0.995 <= share < 1:
        return "over 99\u00a0%"
    return f"{100 * share:.0f}\u00a0%"


def belief(probability: float) -> str:
    """`24 %`; never 0 or 100: nothing is certain that is estimated."""
    if probability < 0.01:
        return "under 1\u00a0%"
    if probability > 0.99:
        return "over 99\u00a0%"
    return whole_percent(probability)


def belief_between(low: float, high: float) -> str:
    """`6 to 45 %`; `97 %` where the ends are hardly apart."""
    if high - low < 0.02:
        return belief((low + high) / 2)
    return f"{belief(low).removesuffix(chr(160) + '%')} to {belief(high)}"


def plain_number(value: float) -> str:
    """A number to three digits, thousands and more in full: `2.21`, `35`, `381,153`; never `3.81e+05`."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.3g}"


def points(value: float) -> str:
    """`+5.6 points`, `−1 point`."""
    size = 100 * value
    digits = f"{abs(size):.1f}".removesuffix(".0")
    sign = "−" if size < 0 else "+"
    return f"{sign}{digits} point{'' if digits == '1' else 's'}"


def points_range(estimate: Estimate) -> str:
    """`+1.6 to +9.7`."""

    def signed(value: float) -> str:
        return f"{'−' if value < 0 else '+'}{abs(100 * value):.1f}"

    return f"{signed(estimate.low)} to {signed(estimate.high)}"


def one_in(value: float) -> str:
    """A share as `one case in nine`, or `17 of 100 cases`."""
    if value <= 0:
        return "no case"
    if value < 0.005:
        return "fewer than one case in 100"
    if 0.995 <= value < 1:
        return "more than 99 of 100 cases"
    inverse = 1 / value
    nearest = round(inverse)
    if nearest in _NUMBERS and abs(inverse - nearest) / nearest < 0.06:
        return f"one case in {_NUMBERS[nearest]}"
    return f"{100 * value:.0f} of 100 cases"


def share_in_words(estimate: Estimate) -> str:
    """A share as `one case in nine`; as `at least 95 % of cases` or `about 15 of 100 cases` where it was
    rounded for few people."""
    shown = in_percent(estimate)
    if shown.startswith("at "):
        return f"{shown} of cases"
    return (
        f"about {of_hundred(estimate.value)} cases"
        if _rounded(estimate)
        else one_in(estimate.value)
    )


def _rounded(estimate: Estimate) -> bool:
    return (estimate.note or "").startswith("rounded ")


def _bounded(estimate: Estimate) -> bool:
    return (estimate.note or "").startswith(("at least ", "at most "))


def about(count: int, of: Answer) -> str:
    """`1,318`; `about 1,000` beside a share that was rounded for few people, with which its counts were."""
    few = isinstance(of, Estimate) and (_rounded(of) or _bounded(of))
    return f"about {count:,}" if few else f"{count:,}"


def of_hundred(value: float) -> str:
    """A share as `34 of 100`."""
    if 0 < value < 0.005:
        return "fewer than 1 of 100"
    return "more than 99 of 100" if 0.995 <= value < 1 else f"{100 * value:.0f} of 100"


def counted(estimate: Estimate) -> str:
    """`2,150 of 13,632`, or the share where counts are rounded away."""
    if estimate.k is None:
        return f"{in_percent(estimate)} of"
    return f"{estimate.k:,} of {estimate.n:,}"


def times_range(ratio: Estimate) -> str:
    """`4.2 times, 3.0 to 5.9`."""
    return f"{ratio.value:.1f} times, {ratio.low:.1f} to {ratio.high:.1f}"


_REASONS = {
    "info_model_lacks": "knew what the model does not",
    "model_wrong_before": "the model was wrong before",
    "not_convinced": "not convinced",
    "checked_and_disagree": "checked, and disagreed",
    "procedure_or_policy": "procedure or policy",
    "not_validated_for_this": "not validated for this kind of case",
    "professional_duty_ethics": "professional duty or ethics",
    "client_or_patient_interest": "interest of the client or patient",
    "too_slow_or_wrong_format": "too slow, or in the wrong form",
}


NO_REASON = "(none given)"
"""How measures count overrides without a reason."""


def reason_of(code: str) -> str:
    """An override reason in words."""
    return _REASONS.get(code, "no reason given" if code == NO_REASON else name_of(code))


def odds(share: float) -> str:
    """A share as `two times in three`, or `61 times in 100`."""
    if share >= 1:
        return "every time"
    if share >= 0.995:
        return "more than 99 times in 100"
    usual = {1 / 2: "one time in two", 2 / 3: "two times in three", 3 / 4: "three times in four",
             3 / 5: "three times in five", 4 / 5: "four times in five", 9 / 10: "nine times in ten"}  # fmt: skip
    nearest = min(usual, key=lambda u: abs(u - share))
    return usual[nearest] if abs(nearest - share) < 0.02 else f"{100 * share:.0f} times in 100"


def name_of(key: str) -> str:
    """A code as words: `local_income` is `local income`."""
    return key.removeprefix("x_").replace("_", " ")


Titles = Mapping[str, str]
"""Declared titles of populations, by their key. They are the names of nothing else."""

_NO_TITLES: Titles = {}


def among(kind: Sequence[tuple[str, str]], titles: Titles = _NO_TITLES) -> str:
    """A kind of case as the label of a row: `seasonal income, score above 0.18`."""
    return ", ".join(_label(dimension, level, titles) for dimension, level in kind)


def of_kind(kind: Sequence[tuple[str, str]], titles: Titles = _NO_TITLES) -> str:
    """A kind of case in a sentence: `on “seasonal income”`, `among rural officers, on “new”`; of several
    covariates each by its name: `on segment “seasonal income” and score above 0.18`."""
    people = [level for dimension, level in kind if dimension == "population"]
    rest = [(dimension, level) for dimension, level in kind if dimension != "population"]
    said = [f"among {' and '.join(inside(p, titles) for p in people)}"] if people else []
    if rest:
        say = _quoted if len(rest) == 1 else _named
        said.append(f"on {' and '.join(say(dimension, level) for dimension, level in rest)}")
    return ", ".join(said)


def listed(names: Sequence[str], most: int = 3) -> str:
    """`a, b and c`; `a, b, c and 4 more` where there are more than `most`."""
    shown = [*names[:most], *([f"{len(names) - most} more"] if len(names) > most else [])]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def upper_first(text: str) -> str:
    """A sentence's first letter as a capital."""
    return text[:1].upper() + text[1:]


def inside(population: str, titles: Titles) -> str:
    """A population within a sentence. A declared title that is written as a sentence begins (`Metro officers`)
    loses its capital; other names (`Ost`, `UK claims`, `Team Nord`) stand as they are written."""
    title = titles.get(population)
    if title is None:
        return name_of(population)
    first, *rest = title.split(" ")
    as_begun = rest and first[1:].islower() and all(word == word.lower() for word in rest)
    return title[0].lower() + title[1:] if as_begun else title


def _label(dimension: str, level: str, titles: Titles) -> str:
    if dimension == "population":
        return titles.get(level, name_of(level))
    return _described(dimension, level) or name_of(level)


def _quoted(dimension: str, level: str) -> str:
    """A level in a sentence: in quotation marks where it is a name, which may be any word (`new`, `b`)."""
    return _described(dimension, level) or f"“{name_of(level)}”"


def _named(dimension: str, level: str) -> str:
    """A level beside another in a sentence, with what it is a level of."""
    return _described(dimension, level) or f"{name_of(dimension)} “{name_of(level)}”"


def _described(dimension: str, level: str) -> str:
    """A level that its dimension describes; empty where it has a name of its own."""
    if dimension == "score_band" and ": " in level:
        band = level.split(": ", 1)[1]
        return "score " + band.replace("≤", "up to").replace(">", "above")
    if dimension in ("stakes", "load", "substitution"):
        return f"{level} {name_of(dimension)}"
    if not any(c.isalpha() for c in level) or level in ("true", "false"):
        return f"{name_of(dimension)} {level}"
    return ""


def part_in_words(estimate: Estimate) -> str:
    """A share as `one in four`; as `at most 5 %` or `about 15 %` where it was rounded for few people."""
    shown = in_percent(estimate)
    if shown.startswith("at "):
        return shown
    return f"about {shown}" if _rounded(estimate) else chance(estimate.value)


def chance(value: float) -> str:
    """A share as `one in four`, or `26 %`."""
    if value <= 0:
        return "none"
    return one_in(value).replace("one case in", "one in").replace(" of 100 cases", "\u00a0%")


_CIRCUMSTANCES = {
    ("late", "true"): "where the advice comes late",
    ("late", "false"): "where the advice comes in time",
    ("load", "high"): "under load",
    ("load", "normal"): "without load",
    ("stakes", "high"): "on high-stakes cases",
    ("stakes", "medium"): "on medium-stakes cases",
    ("stakes", "low"): "on low-stakes cases",
    ("surface", "separate"): "where the advice stands in a separate tool",
    ("surface", "in_tool"): "where the advice stands in the tool itself",
    ("visible", "true"): "where others watch",
    ("visible", "false"): "where nobody watches",
    ("substitution", "high"): "on work the AI could replace",
    ("substitution", "low"): "on work the AI cannot replace",
    ("value_tagged", "true"): "where professional values are touched",
    ("value_tagged", "false"): "where no professional values are touched",
}


def circumstance(name: str, level: str) -> str:
    """A circumstance in words: `where the advice comes late`, `on “local income”`."""
    return _CIRCUMSTANCES.get((name, level.lower()), of_kind(((name, level),)))


def seconds(e: Estimate) -> str:
    """A sentence on the time that the advice takes or saves, of the same people on the same cases."""
    way = "more" if e.value > 0 else "less"
    ends = f"{e.low:+.1f} to {e.high:+.1f}".replace("-", "−")
    return f"A case takes {abs(e.value):.1f} s {way} with it ({ends})."
