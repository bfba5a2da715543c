"""Each sentence of a report is held to its table by brute force: scope, number, direction, "of those"."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from calibration.strangers.claims import mapping_of
from calibration.strangers.worlds import WORLDS, table

import takeup
from takeup.questions.finding import Finding
from takeup.questions.knowledge import rule, rules
from takeup.stats.answer import Estimate
from tests.made_once import made_once

SEEDS = range(6)


@made_once
def drawn(seed: int) -> tuple[pd.DataFrame, list[Finding], str]:
    """A table in which some things differ much, and what is said of it."""
    draw = np.random.default_rng([seed, 5])
    world = replace(
        list(WORLDS.values())[seed % 3],
        wrong=tuple(draw.choice([0.08, 0.2, 0.6], 3)),
        looks=float(draw.choice([0.35, 0.75])),
        follows_right=float(draw.choice([0.6, 0.97])), follows_wrong=float(draw.choice([0.15, 0.95])),
        alone=float(draw.choice([0.55, 0.8, 0.9])),
    )  # fmt: skip
    frame = table(world, draw, int(draw.integers(600, 2_500)), 30)
    result = takeup.diagnose(frame, mapping=mapping_of(frame))
    return frame, result.findings(), result.diagnoses[0].verdict


def of(f: Finding, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows a finding says it is about, with what they are."""
    rows = frame if f.scope == "all" else frame[frame["population"] == f.scope]
    for column, level in f.where:
        rows = rows[rows[column].astype(str) == level]
    right, advice = (rows[c] == rows["correct_choice"] for c in ("choice", "recommendation"))
    assist = rows["mode"] == "assist"
    looked = assist & rows["consulted"]
    over = looked & (rows["choice"] != rows["recommendation"])
    return rows.assign(
        right=right.astype(float), advice_right=advice.astype(float), assist=assist, looked=looked, over=over,
        agrees=(rows["choice"] == rows["recommendation"]).astype(float),
    )  # fmt: skip


def difference(rows: pd.DataFrame) -> float:
    return float((rows["right"] - rows["advice_right"]).mean())


def with_and_without(column: str):
    return lambda rows: rows[rows["assist"]][column].mean() - rows[~rows["assist"]][column].mean()


BRUTE = {
    "people_ahead": lambda r: difference(r[r["looked"]]),
    "model_ahead": lambda r: difference(r[r["looked"]]),
    "overrides_better": lambda r: difference(r[r["over"]]),
    "overriding_hurts": lambda r: difference(r[r["over"]]),
    "overrides_mostly_right": lambda r: r[r["over"]]["right"].mean(),
    "missing_input": lambda r: r[r["over"]]["right"].mean(),
    "low_precision": lambda r: 1 - r["advice_right"].mean(),
    "seldom_seen": lambda r: r[r["assist"]]["looked"].mean(),
    "often_overridden": lambda r: r[r["looked"]]["over"].mean(),
    "advice_taken": with_and_without("agrees"),
}


def test_every_rule_that_claims_says_what_would_make_it_false():
    """By which figure it stands and on which side of which border, or that it counts and claims nothing."""
    counting = {
        "agreement_only", "comparison_refused", "no_outcome_effect", "hidden", "reasons_unclear",
        "reasons_insufficient", "no_reason_found",
    }  # fmt: skip
    beliefs = {key for key in rules() if key.startswith("reason_")}
    # Conditions are told by rules of thresholds on records and counts: definitions, as levels are.
    definitions = {key for key in rules() if key.startswith("condition")}
    counting |= definitions
    for key in set(rules()) - counting - beliefs:
        assert rule(key).false_if, key
    assert not any(rule(key).false_if for key in counting)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_sentence_says_is_what_the_table_holds(seed):
    frame, findings, _ = drawn(seed)
    assert findings
    for f in findings:
        known = rule(f.rule)
        figure = f.figures.get(known.rests_on)
        if known.says and figure is not None:
            assert isinstance(figure, Estimate), f.id
            assert known.says == "either" or (figure.value > known.border) == (
                known.says == "above"
            ), f.id
        if f.rule in BRUTE:
            assert figure.value == pytest.approx(BRUTE[f.rule](of(f, frame)), abs=1e-6), f.id
        if f.rule == "outcome_effect":
            name = f.id.partition(":")[2]
            column = "outcome" if name.startswith("outcome") else "right"
            assert figure.value == pytest.approx(with_and_without(column)(of(f, frame)), abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sentence_names_the_cases_that_it_is_about(seed):
    _, findings, verdict = drawn(seed)
    for f in findings:
        for level in (*(() if f.scope == "all" else (f.scope,)), *(level for _, level in f.where)):
            assert level.lower() in f.title.lower(), f.id
            assert level.lower() in f.sentence.lower(), f.id
            if f.sentence in verdict:
                assert level.lower() in verdict.lower()


@pytest.mark.parametrize("seed", SEEDS)
def test_counts_of_those_are_counts_of_the_cases_named(seed):
    """ "so many of so many": numerator and denominator stand in the table."""
    frame, findings, _ = drawn(seed)
    for f in findings:
        rows = of(f, frame)
        for k, n in re.findall(r"(\d[\d,]*) of (\d[\d,]*) (?!hundred)", f.text):
            pair = (int(k.replace(",", "")), int(n.replace(",", "")))
            if f.rule == "seldom_seen":
                assert pair == (int(rows["looked"].sum()), int(rows["assist"].sum()))
            elif f.rule == "often_overridden":
                assert pair == (int(rows["over"].sum()), int(rows["looked"].sum()))
            elif f.rule == "low_precision":
                assert pair == (int((1 - rows["advice_right"]).sum()), len(rows))
        for text in re.findall(r"On the same ([\d,]+) judged cases", f.text):
            assert int(text.replace(",", "")) == int(rows["looked"].sum())
        for n, k in re.findall(
            r"Of ([\d,]+) judged overrides (?:there )?([\d,]+) improved", f.text
        ):
            over = rows[rows["over"]]
            assert (int(n.replace(",", "")), int(k.replace(",", ""))) == (
                len(over),
                int(over["right"].sum()),
            )
