"""What is said of all, of parts and of directions is what the table holds."""

from __future__ import annotations

import numpy as np
import pandas as pd

import takeup
from takeup.questions.finding import Finding

SEEN = {"mode": "assist", "consulted": True}
COLUMNS = {
    "person_id": "who",
    "recommendation": "advice",
    "choice": "choice",
    "correct_choice": "truth",
}
OTHER = {"yes": "no", "no": "yes"}


def decided(
    seed: int, n: int, wrong: np.ndarray, skill: np.ndarray, own: np.ndarray
) -> pd.DataFrame:
    """Forty people; the advice is wrong with the chance `wrong`; in a share `own` they go by their own answer,
    right with the chance `skill`."""
    chance = np.random.default_rng(seed)
    truth = chance.choice(["yes", "no"], n)
    flip = [OTHER[t] for t in truth]
    advice = np.where(chance.random(n) < wrong, flip, truth)
    alone = np.where(chance.random(n) < skill, truth, flip)
    choice = np.where(chance.random(n) < own, alone, advice)
    who = [f"u{i % 40}" for i in range(n)]
    return pd.DataFrame({"who": who, "advice": advice, "choice": choice, "truth": truth})


def finding_of(result: takeup.Result, start: str) -> Finding:
    return next(f for f in result.findings() if f.title.startswith(start))


def test_people_ahead_over_all_are_not_given_the_cases_in_which_they_are_behind() -> None:
    n = 2400
    new = np.arange(n) // 40 % 2 == 0
    table = decided(31, n, np.where(new, 0.4, 0.05), np.full(n, 0.8), np.where(new, 0.6, 0.2))
    table["kind"] = np.where(new, "new", "std")
    mapping = {
        "columns": {**COLUMNS, "x_kind": "kind"},
        "constants": SEEN,
        "use_case": {"segment": ["x_kind"]},
    }
    found = takeup.diagnose(table, mapping=mapping)
    assert "the model alone" in finding_of(found, "On “std”").title
    assert "“new”" in finding_of(found, "On “new”, people").title
    whole = finding_of(found, "Over all judged cases, people")
    assert not whole.first_action.startswith("Let people decide these cases")
    assert "It is the other way round on “std”." in whole.text


def test_a_figure_of_a_weighted_sample_says_why_the_counts_beside_it_give_another() -> None:
    n = 4800
    new = np.arange(n) // 40 % 2 == 0
    table = decided(36, n, np.where(new, 0.4, 0.05), np.full(n, 0.8), np.where(new, 0.6, 0.1))
    table["p"] = np.where(new, 0.2, 0.8)
    sampled = np.random.default_rng(36).random(n) < table["p"]
    table["truth"] = table["truth"].where(sampled)
    mapping = {"columns": {**COLUMNS, "truth_probability": "p"}, "constants": SEEN}
    said = ", each case counted by how seldom one like it was judged."
    assert said in finding_of(takeup.diagnose(table, mapping=mapping), "Over all judged").text
    table["p"] = 1.0
    table["truth"] = decided(36, n, np.where(new, 0.4, 0.05), np.full(n, 0.8), np.where(new, 0.6, 0.1))["truth"]  # fmt: skip
    assert said not in finding_of(takeup.diagnose(table, mapping=mapping), "Over all judged").text


def test_populations_too_few_overrode_to_try_are_not_counted_in() -> None:
    n = 3000
    third = np.arange(n) % 40 % 3
    own = np.select([third == 0, third == 1], [0.5, 0.5], 0.01)
    table = decided(34, n, np.full(n, 0.1), np.full(n, 0.5), own)
    table["pop"] = np.array(["north", "east", "south"])[third]
    mapping = {"columns": {**COLUMNS, "population": "pop"}, "constants": SEEN}
    titles = [f.title for f in takeup.diagnose(table, mapping=mapping).findings()]
    assert not any(t.startswith("Whatever") for t in titles)
    assert "In every population that was tried, overriding hurts" in titles


def test_an_effect_for_the_worse_is_not_decided_for() -> None:
    chance = np.random.default_rng(35)
    n = 2000
    table = decided(35, n, np.full(n, 0.1), np.full(n, 0.9), np.full(n, 0.3)).drop(columns="truth")
    table["arm"] = chance.choice(["assist", "shadow"], n)
    table["p"] = 0.5
    table["minutes"] = chance.gamma(20, 3, n) + np.where(table["arm"] == "assist", 6, 0)
    columns = {k: v for k, v in COLUMNS.items() if k != "correct_choice"}
    mapping = {
        "columns": {**columns, "mode": "arm", "assist_probability": "p", "outcome": "minutes"},
        "use_case": {
            "advice_unavoidable": True,
            "outcome": {"better": "lower", "label": "minutes"},
        },
    }
    told = finding_of(takeup.diagnose(table, mapping=mapping), "Having the advice raises minutes")
    assert told.title.endswith(", for the worse")
    assert told.first_action.startswith("Give the advice to nobody else")


def test_another_use_case_with_the_same_case_numbers_changes_no_interval() -> None:
    n = 1200
    table = decided(36, n, np.full(n, 0.2), np.full(n, 0.6), np.full(n, 0.4))
    table["case"] = [f"k{i}" for i in range(n)]
    table["use"] = "claims"
    mapping = {"columns": {**COLUMNS, "case_id": "case", "use_case": "use"}, "constants": SEEN}
    alone = takeup.diagnose(table, mapping=mapping, only="paired")
    beside = takeup.diagnose(
        pd.concat([table, table.assign(use="loans")], ignore_index=True),
        mapping=mapping,
        only="paired",
    )
    one, two = alone.measures().paired, beside.measures("claims").paired
    assert one.overall == two.overall  # type: ignore[union-attr]


def test_advice_is_not_always_in_view_where_a_quarter_of_the_cases_is_unaccounted_for() -> None:
    n = 1200
    table = decided(37, n, np.full(n, 0.2), np.full(n, 0.6), np.full(n, 0.4))
    table["case"] = [f"k{i}" for i in range(n)]
    listed = pd.DataFrame({"case_id": [f"k{i}" for i in range(1600)]})
    mapping = {"columns": {**COLUMNS, "case_id": "case"}, "constants": SEEN}
    found = takeup.diagnose(table, mapping=mapping, eligible=listed)
    for told in (repr(found), found.to_html()):
        assert "always in view" not in told
        assert "Everybody sees the advice" not in told
        assert "of all eligible cases nobody knows" in told


def test_advice_that_was_drawn_and_does_harm_is_the_first_thing_to_mend() -> None:
    chance = np.random.default_rng(38)
    n = 2000
    arm = chance.choice(["assist", "shadow"], n)
    table = decided(38, n, np.full(n, 0.4), np.full(n, 0.85), np.where(arm == "assist", 0.4, 1.0))
    mapping = {
        "columns": {**COLUMNS, "mode": "arm", "assist_probability": "p"},
        "use_case": {"advice_unavoidable": True},
    }
    found = takeup.diagnose(table.assign(arm=arm, p=0.5), mapping=mapping).findings()
    harm = next(
        f for f in found if f.title == "Having the advice lowers the share of right decisions"
    )
    assert harm.first_action.startswith("Give the advice to nobody else")
    assert [a.about for a in harm.actions] == ["model", "model"]
    assert all(f.kind == "model" for f in found[: found.index(harm)])
