"""What one linked table hides is told by no other measure, sentence or field of what is shared."""

from __future__ import annotations

import datetime as dt
import json
import random

import pandas as pd
import pytest

import takeup
from takeup.record.use_case import UseCase
from tests.disclosure.programmes import Programme, one_who_looks

START = dt.datetime(2026, 7, 6, 9)  # noqa: DTZ001 (as tables come)


def judged_programme(tiny_overrides: float) -> pd.DataFrame:
    """Two populations of 25 and one of three people, with the right answer of every case; what the three do is
    all that `tiny_overrides` changes."""
    rows = []
    for population, size in (("north", 25), ("south", 25), ("tiny", 3)):
        for who in range(size):
            rng = random.Random(f"{population} {who}")
            for k in range(40):
                advice = rng.choice(["approve", "decline"])
                other = "decline" if advice == "approve" else "approve"
                right, looked, chance = rng.random() < 0.8, rng.random() < 0.85, rng.random()
                often = 0.4 if population != "tiny" else tiny_overrides
                over = looked and chance < often
                rows.append({
                    "case_id": f"c{len(rows)}", "person_id": f"{population}-{who}",
                    "population": population, "mode": "assist", "consulted": looked,
                    "decided_at": START + dt.timedelta(days=k, minutes=who),
                    "recommendation": advice, "choice": other if over else advice,
                    "correct_choice": advice if right else other,
                    "override_reason": "other" if over else None,
                })  # fmt: skip
    return pd.DataFrame(rows)


def share(table: pd.DataFrame) -> dict:
    return takeup.diagnose(table).document("share")["diagnoses"][0]


@pytest.fixture(scope="module")
def judged() -> dict:
    return share(judged_programme(0.9))


def test_no_field_is_the_part_of_one_person():
    """268 overrides of which 20 are one person's: `largest_override_share` 0.0746."""
    assert "largest" not in json.dumps(share(one_who_looks()))


def test_hidden_overrides_of_a_population_stand_in_no_other_measure():
    """Two people look at 120 of 1,500 cases: the ladder's rates gave 8 % and one third, the reasons n = 40."""
    measures = share(one_who_looks())["measures"]
    untold = {
        g["key"]
        for g in measures["adoption"]["groups"]["population"]
        if "value" not in g["override_rate"]
    }
    assert "south" in untold
    levels = {p["population"]: p for p in measures["ladder"]["populations"]}
    reasons = {p["population"]: p for p in measures["resistance"]["populations"]}
    for population in untold:
        assert levels[population]["override_rate"] is None
        assert levels[population]["consult_rate"] is None
        assert levels[population]["gaps"] == []
        assert reasons[population]["scored"]["status"] == "suppressed"


def test_blind_spots_are_told_of_no_hidden_population(judged):
    """All overrides less those of south and north are those of three people."""
    hidden = {
        g["key"] for g in judged["measures"]["adoption"]["groups"]["population"] if g["hidden"]
    }
    assert hidden == {"tiny", "north"} or hidden == {"tiny", "south"}
    spots = judged["measures"]["blind_spots"]["found"]
    assert spots
    assert not hidden & {level for spot in spots for _, level in spot["kind"]}


def test_no_table_of_balance_is_shared(judged):
    """Of each level of each covariate: how it lies among followed and overridden, also of hidden ones."""
    assert judged["measures"]["comparison"]["balance"] is None
    result = takeup.diagnose(judged_programme(0.9))
    assert "tiny" in set(result.balance()["level"])


def test_a_level_of_the_last_weeks_is_told_in_steps_of_five_points(judged):
    """Exact rates of the last four weeks, less the weeks shown, are those of a hidden week."""
    shown = [p for p in judged["measures"]["ladder"]["populations"] if not p["hidden"]]
    assert shown
    for level in shown:
        for name in ("consult_rate", "override_rate", "effective_reliance"):
            assert round(level[name] * 100, 6) % 5 == 0


def test_a_hidden_level_has_no_benchmark_of_its_own_cases(judged):
    hidden = [p for p in judged["measures"]["ladder"]["populations"] if p["hidden"]]
    assert hidden
    assert all(p["benchmark"] is None for p in hidden)


def test_where_only_few_override_nothing_tells_how_often():
    p = Programme(2)
    for who in range(25):
        p.add("north", who, 40, override=lambda k, who=who: 0.5 if who < 3 else 0.0)
    rows = p.table.assign(correct_choice=lambda t: t.recommendation)
    measures = share(rows)["measures"]
    assert measures["adoption"]["override_rate"]["status"] == "suppressed"
    overridden = int((rows.consulted & (rows.choice != rows.recommendation)).sum())
    told = json.dumps({k: v for k, v in measures.items() if k != "adoption"})
    assert f" {overridden}," not in told
    assert f" {overridden}}}" not in told
    for name in ("reliance", "comparison", "override_ledger", "paired"):
        assert measures[name]["status"] == "suppressed"


def test_of_fewer_than_twenty_people_no_count_and_no_exact_gap_is_told():
    p = Programme(4)
    for who in range(12):
        p.add("north", who, 40, team="n1")
        p.add("south", who, 40, team="s1")
    groups = share(p.table)["measures"]["adoption"]["groups"]["team"]
    shown = [g for g in groups if not g["hidden"]]
    assert shown
    for group in shown:
        assert (group["counts"], group["consulted"], group["unknown"]) == ({}, None, None)
        assert round(group["quality_gap"]["value"] * 100, 6) % 5 == 0


def test_a_comparison_to_be_shared_tells_no_earlier_figure_that_was_hidden_then():
    """The analyst's document has all of them, and is what `--compare` takes."""
    table = judged_programme(0.9)
    earlier = takeup.diagnose(table)
    hidden = {
        g["key"]
        for g in earlier.document("share")["diagnoses"][0]["measures"]["adoption"]["groups"][
            "population"
        ]
        if g["hidden"]
    }
    later = takeup.diagnose(table[table.population != "tiny"])
    [found] = later.changes(earlier.document(), "share")
    assert {c.population for c in found.figures} == {"all", "north", "south"} - hidden
    assert not any(population in what for population in hidden for what, *_ in found.words)
    [whole] = later.changes(earlier.document(), "analyst")
    assert {c.population for c in whole.figures} == {"all", "north", "south"}


def test_what_is_hidden_is_drawn_as_nothing_and_not_called_unrecorded():
    """A population whose looking is hidden and whose agreement is shown was drawn as `unknown whether seen`."""
    page = takeup.diagnose(one_who_looks()).to_html()
    assert "unknown whether seen" not in page
    assert "agreement 100" in page


def reason_of_two(kind: str, seed: int) -> pd.DataFrame:
    """Thirty people override for two reasons in two kinds of case; two of them for one more, in `kind` alone."""
    p = Programme(seed)
    for who in range(30):
        for x_kind in ("x", "y"):
            p.add("north", who, 30, override=lambda _: 0.4, x_kind=x_kind)
    rows = p.table.drop(columns="population")
    rng = random.Random(seed)
    over = rows.override_reason.notna()
    rows.loc[over, "override_reason"] = [
        rng.choice(["model_error", "model_error", "missing_input"]) for _ in range(over.sum())
    ]
    of_two = over & rows.person_id.isin(["north-0", "north-1"]) & (rows.x_kind == kind)
    rows.loc[rows.index[of_two][::2], "override_reason"] = "professional_duty_ethics"
    return rows.assign(correct_choice=rows.recommendation)


@pytest.mark.parametrize(("kind", "seed"), [("x", 1), ("y", 2), ("x", 3)])
def test_no_line_of_the_ledger_gives_a_hidden_reason_away_beside_the_figures_of_use(kind, seed):
    """Overrides of a kind of case, less its lines and its reasons that are shown, were those of two people."""
    result = takeup.diagnose(
        reason_of_two(kind, seed), use_case=UseCase(name="u", segment=["x_kind"])
    )
    measures = result.document("share")["diagnoses"][0]["measures"]
    use, lines = measures["adoption"], measures["override_ledger"]["lines"]
    assert lines
    for group in use["groups"]["x_kind"]:
        told = {
            line["reason"]: line["overrides"] for line in lines if line["segment"] == group["key"]
        }
        told |= use["reasons_by"]["x_kind"].get(group["key"], {})
        told.pop("(given by too few people)", None)
        if group["key"] == kind and "overridden" in group["counts"]:
            assert not {"model_error", "missing_input"} <= set(told)
