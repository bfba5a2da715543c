"""What holds of several is said once, and what is told is what its figures carry."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import takeup
from takeup.diagnosis.verdict import contradicting
from takeup.drawing.words import listed
from takeup.questions.adoption.findings import gather as fell_together
from takeup.questions.blind_spots.measure import BlindSpot, BlindSpots
from takeup.questions.comparison.findings import _association
from takeup.questions.comparison.measure import OutcomeComparison
from takeup.questions.finding import Finding, distance80, finding
from takeup.questions.knowledge import actions
from takeup.questions.paired.findings import gather as told_once
from takeup.questions.paired.measure import Paired
from takeup.questions.resistance.findings import _once
from takeup.report.brief import _ahead, brief_of
from takeup.stats.answer import Estimate, insufficient
from tests.made_once import made_once


def points(value: float, half: float) -> Estimate:
    return Estimate(value, value - half, value + half, 0.95, 400, "paired", "paired", unit="points")


def said(rule: str, where: str = "", at_stake: float = 10.0, **more: object) -> Finding:
    return finding(rule, where, f"{rule} {where}", "Text.", "paired", at_stake, **more)  # type: ignore[arg-type]


def asked(**measures: object) -> SimpleNamespace:
    return SimpleNamespace(
        measures=SimpleNamespace(**measures), scope=lambda key: key.title(), inside=lambda key: key
    )


def of_kinds(**groups: list[str]) -> Paired:
    held = {name: tuple(SimpleNamespace(key=k) for k in keys) for name, keys in groups.items()}
    found = object.__new__(Paired)
    object.__setattr__(found, "groups", held)
    return found


def test_who_is_ahead_at_every_level_of_a_cut_is_said_once_with_the_whole():
    findings = [
        said("model_ahead"),
        said("model_ahead", "x_line:a"),
        said("model_ahead", "x_line:b"),
    ]
    paired = of_kinds(x_line=["a", "b"])
    (one,) = told_once(findings, asked(paired=paired))
    assert one.text == "Text. So for every line."


def test_who_is_ahead_at_some_levels_alone_is_said_of_those():
    findings = [said("model_ahead"), said("model_ahead", "x_line:a")]
    assert told_once(findings, asked(paired=of_kinds(x_line=["a", "b"]))) == findings
    assert told_once(findings[1:], asked(paired=of_kinds(x_line=["a"]))) == findings[1:]


def fell(population: str, at_stake: float) -> Finding:
    share = Estimate(0.5, 0.4, 0.6, 0.95, 90, "counted", "descriptive")
    return said(
        "use_fell", population, at_stake, scope=population, evidence=(f"from 6 to 1 % among {population}",),
        first=share, last=share,
    )  # fmt: skip


def test_that_looking_fell_names_every_population_in_one_finding():
    adoption = SimpleNamespace(groups={"population": [1, 2, 3]})
    (one,) = fell_together(
        [fell("ost", 5), fell("west", 9), fell("nord", 1)], asked(adoption=adoption)
    )
    assert one.title == (
        "People look at the advice less: from 6 to 1 % among west, and from 6 to 1 % among ost, and in 1 more "
        "population"
    )
    assert (one.scope, one.at_stake) == ("all", 15)
    (some,) = fell_together([fell("ost", 5), fell("west", 9)], asked(adoption=adoption))
    assert some.scope == "west"
    assert fell_together([fell("ost", 5)], asked(adoption=adoption)) == [fell("ost", 5)]


def test_where_other_people_decide_in_one_population_alone_it_is_said_of_that_one():
    adoption = SimpleNamespace(groups={"population": [1, 2]})
    came = replace(
        fell("ost", 5),
        evidence=(
            "from 6 to 1 % among ost",
            ", while 9 people became 30",
            " Those who stayed look less, too.",
        ),
    )
    (one,) = fell_together([fell("west", 9), came], asked(adoption=adoption))
    assert one.title.startswith("The advice is looked at in fewer cases: ")
    assert one.sentence.endswith("from 6 to 1 % among ost.")
    assert " Among ost: those who stayed look less, too." in one.text


def test_that_no_reason_stands_out_is_said_once_of_all_populations():
    def of(name: str, text: str) -> Finding:
        return finding(
            "reasons_unclear",
            name,
            f"{name}: no reason stands out",
            text,
            "descriptive",
            1,
            scope=name,
        )

    two = [of("Ost", "Distrust at 6 to 45 %."), of("West", "Workload at 5 to 40 %.")]
    (one,) = _once(two, SimpleNamespace(populations=(1, 2)))
    assert one.title == "No reason stands out"
    assert one.text == "Ost: Distrust at 6 to 45 %. West: Workload at 5 to 40 %."
    (some,) = _once(two, SimpleNamespace(populations=(1, 2, 3)))
    assert some.title == "Ost and West: no reason stands out"


def spot(kind: str, level: str, gain: float) -> BlindSpot:
    return BlindSpot(
        ((kind, level),), "overrides_better", points(gain, 0.1), 40, 9, 0.5, False, False, None
    )


def test_kinds_of_case_and_their_pairs_are_counted_apart():
    found = BlindSpots((), 12, 0, 0, 300, {"line": 8, "region": 2})
    assert found.tried_in_words == "10 kinds of case and 2 pairs of them"
    assert replace(found, tried=10).tried_in_words == "10 kinds of case"


def test_what_overrides_gain_at_every_level_is_known_by_the_levels_tried():
    both = (spot("region", "b", 0.3), spot("region", "c", 0.2))
    found = BlindSpots(both, 10, 0, 0, 300, {"line": 8, "region": 2})
    assert found.at_every_level("region", "overrides_better")
    assert not found.at_every_level("region", "overriding_hurts")
    assert not replace(found, found=both[:1]).at_every_level("region", "overrides_better")


def test_a_reversal_has_at_stake_what_the_adjusted_difference_is_surely_off_zero():
    adjusted, raw = points(-0.08, 0.04), points(0.05, 0.01)
    share, missing = replace(raw, unit="share"), insufficient("", "")
    one = OutcomeComparison(
        "y", "repaid", "higher", 700, 300, share, share, raw, missing, adjusted, missing, missing, reversed=True
    )  # fmt: skip
    reversal, association = _association(one, adjusted)
    assert reversal.rule == "reversal"
    assert reversal.at_stake == association.at_stake == pytest.approx(1000 * distance80(adjusted))


def test_the_opposite_in_another_kind_of_case_is_found_a_population_first():
    hurts = said("overriding_hurts", "x_line=a")
    kind = said("overrides_better", "x_line=b", 90)
    people = said("overrides_better", "population=ost", 5, scope="ost")
    assert contradicting(hurts, [hurts, kind]) is kind
    assert contradicting(hurts, [hurts, kind, people]) is people
    assert contradicting(hurts, [hurts]) is None


def test_a_difference_off_zero_that_did_not_pass_is_not_called_none():
    assert _ahead(points(0.1, 0.05), False) == "People and model: may be chance, as one of several"
    assert _ahead(points(0.1, 0.2), False) == "People and model: no difference beyond chance"


def test_no_owner_of_an_action_is_of_one_field_of_work():
    assert not [a for a in actions().values() if re.search("clinic|patient|loan", a.owner)]


def test_names_are_listed_as_far_as_a_sentence_holds():
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"


@made_once
def judged(wrong: float, each: int) -> takeup.Result:
    """Twelve people whose advice is wrong that often; half of it caught."""
    rng = np.random.default_rng(3)
    n = 12 * each
    truth = rng.choice(["yes", "no"], n)
    other = np.where(truth == "yes", "no", "yes")
    bad = np.arange(n) * 7 % 25 < 25 * wrong
    advice = np.where(bad, other, truth)
    rows = pd.DataFrame(
        {
            "person_id": np.arange(n) % 12, "consulted": True, "recommendation": advice,
            "choice": np.where(bad & (rng.random(n) < 0.5), truth, advice), "correct_choice": truth,
        }
    ).astype({"person_id": str})  # fmt: skip
    return takeup.diagnose(rows)


@pytest.mark.parametrize(("each", "named"), [(10, False), (250, True)])
def test_advice_is_called_wrong_too_often_by_its_interval(each, named):
    """44 of 100 wrong: of 120 cases that may be 36, of 3,000 it is more than 40."""
    rules = {f.rule for f in judged(0.44, each).findings()}
    assert ("low_precision" in rules) is named


def test_the_first_screen_names_no_column_and_no_code_of_a_level():
    told = judged(0.44, 10).diagnoses[0]
    brief = brief_of(told)
    screen = [told.verdict, told.summary]
    screen += [text for f in brief.facts for text in (f.figure, f.detail, f.better)]
    screen += [text for q in brief.unsaid for text in (q.left_open,)]
    assert not [text for text in screen if re.search(r"`|[a-z]_[a-z]|\bL\d", text)]


def test_a_table_without_a_known_column_hears_which_it_has():
    with pytest.raises(
        takeup.TakeupError, match=r"The table has the columns a, b\. None of them is known by name"
    ):
        takeup.diagnose(pd.DataFrame({"a": ["1"], "b": ["2"]}))
