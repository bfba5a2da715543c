"""A sample of judged cases turns a table in which nothing can be known into a paired answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import takeup
from takeup.record.errors import InputError
from takeup.sources.panel import key_path, write_sheet
from takeup.stats.answer import CannotSay, Estimate


def desk(n: int = 3_000, seed: int = 1) -> tuple[pd.DataFrame, pd.Series]:
    """A poor table (no truth, no view log) and what only the simulator knows."""
    rng = np.random.default_rng(seed)
    words = np.array(["decline", "approve"])
    truth = rng.integers(0, 2, n)
    advice = np.where(rng.random(n) < 0.85, truth, 1 - truth)
    choice = np.where(rng.random(n) < 0.9, advice, 1 - advice)
    frame = pd.DataFrame(
        {
            "application_id": [f"A{i:05d}" for i in range(n)],
            "officer": [f"o{i % 25}" for i in range(n)],
            "recommendation": words[advice],
            "choice": words[choice],
            "segment": rng.choice(["salary", "seasonal"], n, p=[0.9, 0.1]),
        }
    )
    return frame, pd.Series(words[truth], index=frame["application_id"])


def judged(frame: pd.DataFrame, truth: pd.Series, folder: Path, size: int, seed: int) -> Path:
    drawn = takeup.sample(frame, size=size, seed=seed)
    sheet, _ = write_sheet(drawn, folder / f"judged-{seed}.csv")
    filled = pd.read_csv(sheet)
    filled["correct_choice"] = truth[filled["case_id"]].to_numpy()
    filled.to_csv(sheet, index=False)
    return sheet


def test_the_sheet_hides_advice_choice_and_person_and_every_pair_is_drawn():
    frame, _ = desk()
    drawn = takeup.sample(frame)
    assert len(drawn.sheet) >= 60
    assert not {"recommendation", "choice", "person_id", "truth_probability"} & set(drawn.sheet)
    assert drawn.sheet["correct_choice"].isna().all()
    pairs = frame.set_index("application_id").loc[drawn.sheet["case_id"]]
    sizes = pairs.groupby(["recommendation", "choice"]).size()
    assert len(sizes) == 4
    assert sizes.min() >= 12
    again = takeup.sample(frame)
    assert list(again.sheet["case_id"]) == list(drawn.sheet["case_id"])
    assert set(takeup.sample(frame, seed=2).sheet["case_id"]) != set(drawn.sheet["case_id"])


def test_as_many_cases_are_drawn_as_were_asked_for_however_many_kinds_there_are():
    frame, _ = desk()
    names = {"case_id": "application_id", "person_id": "officer", "x_segment": "segment"}
    same = {name: name for name in ("recommendation", "choice")}
    mapping = {
        "columns": {**names, **same}, "constants": {"mode": "assist"},
        "use_case": {"segment": ["x_segment"]},
    }  # fmt: skip
    draw = np.random.default_rng(2)
    for kinds in (1, 7, 40, 300):
        frame["segment"] = draw.integers(0, kinds, len(frame)).astype(str)
        for size in (60, 100, 137):
            drawn = takeup.sample(frame, size=size, mapping=mapping)
            assert len(drawn.sheet) == size
            assert (1 / drawn.key["truth_probability"]).sum() == pytest.approx(len(frame))


def test_one_of_several_use_cases_is_drawn_from_by_name():
    frame, _ = desk()
    frame["use_case"] = np.where(np.arange(len(frame)) % 3 == 0, "cards", "loans")
    ids = set(frame.loc[frame["use_case"] == "cards", "application_id"])
    assert set(takeup.sample(frame, of="cards").sheet["case_id"]) <= ids
    with pytest.raises(InputError, match="several use cases"):
        takeup.sample(frame)
    with pytest.raises(InputError, match="did you mean 'cards'"):
        takeup.sample(frame, of="card")


def test_chances_of_being_drawn_add_up_to_the_table():
    frame, _ = desk()
    key = takeup.sample(frame, size=200).key
    assert (1 / key["truth_probability"]).sum() == pytest.approx(len(frame))


def test_filled_sheet_goes_back_in_and_the_paired_answer_covers_the_truth(tmp_path):
    frame, truth = desk()
    right = truth[frame["application_id"]].to_numpy()
    true = (frame["choice"] == right).mean() - (frame["recommendation"] == right).mean()
    covered, values = [], []
    for seed in range(12):
        sheet = judged(frame, truth, tmp_path, 240, seed)
        measures = takeup.diagnose(frame, outcomes=sheet).measures()
        answer = measures.paired.overall.person_minus_model
        assert isinstance(answer, Estimate)
        covered.append(answer.low <= true <= answer.high)
        values.append(answer.value)
    assert np.mean(covered) >= 0.75
    assert np.mean(values) == pytest.approx(true, abs=0.02)


def test_without_its_key_an_uneven_sheet_is_refused(tmp_path):
    frame, truth = desk()
    sheet = judged(frame, truth, tmp_path, 240, 1)
    key_path(sheet).unlink()
    answer = takeup.diagnose(frame, outcomes=sheet).measures().paired
    assert isinstance(answer, CannotSay)
    assert answer.status == "refused"


def test_workbook_sheet_goes_back_in_as_well(tmp_path):
    frame, truth = desk()
    drawn = takeup.sample(frame, size=120)
    sheet, _ = write_sheet(drawn, tmp_path / "to-judge.xlsx")
    filled = pd.read_excel(sheet, engine="calamine")
    filled["correct_choice"] = truth[filled["case_id"]].to_numpy()
    filled.to_excel(sheet, index=False, engine="xlsxwriter")
    paired = takeup.diagnose(frame, outcomes=sheet).measures().paired
    assert paired.overall.judged == len(drawn.sheet)


def test_table_without_any_id_is_sampled_by_its_rows(tmp_path):
    frame, truth = desk(600)
    bare = frame.drop(columns=["application_id"])
    drawn = takeup.sample(bare, size=60)
    sheet, _ = write_sheet(drawn, tmp_path / "rows.csv")
    filled = pd.read_csv(sheet)
    number = filled["decision_id"].str.removeprefix("row-").astype(int) - 1
    filled["correct_choice"] = truth.to_numpy()[number]
    filled.to_csv(sheet, index=False)
    paired = takeup.diagnose(bare, outcomes=sheet).measures().paired
    assert paired.overall.judged == len(filled)


def test_nothing_to_judge_ends_in_a_sentence():
    with pytest.raises(InputError, match="recommendation and choice"):
        takeup.sample(pd.DataFrame({"person_id": ["a", "b"], "action": ["followed", "overridden"]}))
