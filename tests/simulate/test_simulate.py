"""Simulated programmes: the same seed gives the same files, and the files are whole."""

from __future__ import annotations

import json
import subprocess

import numpy as np
import pyarrow.parquet as pq
import pytest

from takeup.simulate import SCENARIOS, Phase, simulate, whole_history, write_programme
from tests.forked import takeup


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_seed_gives_the_same_programme_and_another_seed_another(name):
    one, again, other = (simulate(name, weeks=3, seed=s) for s in (5, 5, 6))
    assert one.decisions.equals(again.decisions)
    assert one.truth == again.truth
    assert not one.decisions["choice" if name != "planning" else "choice_value"].equals(
        other.decisions["choice" if name != "planning" else "choice_value"]
    )


def test_every_file_is_written_and_readable(tmp_path):
    programme = simulate("hospital", weeks=2, seed=1)
    paths = write_programme(programme, tmp_path)
    assert set(paths) == {
        "decisions", "eligible", "outcomes", "survey", "interviews", "organization", "panel",
        "use_case", "population", "truth",
    }  # fmt: skip
    assert pq.read_table(paths["decisions"]).num_rows == programme.decisions.num_rows
    assert json.loads(paths["truth"].read_text())["scenario"] == "hospital"


def test_a_history_has_its_phases_in_order_and_truth_of_both_fates():
    programme = simulate("planning", seed=2, phases=whole_history(6))
    rows = programme.decisions.to_pandas()
    first = rows.groupby(["phase", "mode"], observed=True)["decided_at"].min()
    assert first["pilot", "assist"] < first["production", "shadow"] < first["production", "off"]
    pilot = rows[rows["phase"] == "pilot"]
    assert pilot["person_id"].nunique() < 0.35 * rows["person_id"].nunique()
    drawn = rows[rows["assist_probability"].notna()]
    assert set(drawn["mode"]) == {"assist", "off"}
    assert drawn.groupby("person_id", observed=True)["mode"].nunique().max() == 1
    assert set(rows["model_version"]) == {"1.0", "2.0", "2.1"}
    moved = programme.organization.to_pandas()
    assert moved["person_id"].duplicated().any()
    assert "rollout" in programme.truth


def test_a_drifting_client_loses_views_and_nobody_behaves_otherwise():
    phases = (Phase("assist", 6), Phase("assist", 6, client_version="3.1", views_lost=0.4))
    programme = simulate("bank", seed=3, phases=phases)
    rows = programme.decisions.to_pandas()
    late = rows["client_version"] == "3.1"
    ai = rows["path"] == "ai"
    assert ai[late].mean() == pytest.approx(ai[~late].mean(), abs=0.03)
    assert rows.loc[late, "consulted"].mean() < 0.75 * rows.loc[~late, "consulted"].mean()


def test_people_drawn_at_random_differ_in_their_mix_and_quotas_do_not():
    def mixes(quotas: bool) -> list[float]:
        return [
            simulate("bank", weeks=1, seed=s, quotas=quotas).truth["populations"]["LO1"]["reasons"]["JS"]
            for s in range(8)
        ]  # fmt: skip

    assert len(set(mixes(True))) == 1
    assert len(set(mixes(False))) > 3
    assert np.mean(mixes(False)) == pytest.approx(0.5, abs=0.08)


def test_larger_programmes_have_more_teams_and_about_the_people_asked_for():
    programme = simulate("bank", people=840, weeks=1, seed=1)
    rows = programme.decisions.to_pandas()
    assert rows["person_id"].nunique() == pytest.approx(840, abs=10)
    assert rows["team"].nunique() >= 70


def test_the_command_writes_a_programme_and_refuses_what_there_is_not(tmp_path):
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return takeup("simulate", *words, cwd=tmp_path)

    done = run("n6", "--out", "n6", "--weeks", "2")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "n6" / "truth.json").exists()
    assert run("casino", "--out", "x").returncode == 2
    assert run("recorded", "--out", "x", "--history").returncode == 2
