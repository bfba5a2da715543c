"""Kinds of case of one specialist do not follow from the total, whatever measure lists kinds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

import takeup
from takeup.disclosure.group_size import with_complement
from takeup.disclosure.release.kinds import KindOf, kinds_hidden
from takeup.record.mapping import Mapping
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase

USE_CASE = UseCase(name="kinds", segment=["x_kind"])
FEWEST = Settings().disclosure.minimum_group
KINDS = ["usual", "new", *(f"rare {i}" for i in range(8))]


def programme(*, looked: bool) -> pd.DataFrame:
    """Thirty people, and eight kinds of case that only one of them has."""
    rng = np.random.default_rng(4)
    kinds = [rng.choice(KINDS[:2], 60) for _ in range(29)] + [rng.choice(KINDS, 400)]
    sizes = [len(k) for k in kinds]
    n = sum(sizes)
    advice = rng.random(n) < 0.6
    over = rng.random(n) < 0.3
    rows = pd.DataFrame({
        "case_id": [f"c{i}" for i in range(n)],
        "person_id": np.repeat([f"p{i}" for i in range(30)], sizes),
        "population": np.repeat([f"pop{i % 2}" for i in range(30)], sizes),
        "x_kind": np.concatenate(kinds),
        "recommendation": np.where(advice, "yes", "no"),
        "choice": np.where(advice ^ over, "yes", "no"),
        "truth": np.where(rng.random(n) < 0.6, "yes", "no"),
        "override_reason": np.where(over, "model_error", None),
    })  # fmt: skip
    return rows.assign(consulted=rng.random(n) < 0.8) if looked else rows


def lists_of_kinds(document: dict) -> Iterator[tuple[str, str, set[str]]]:
    """Of each measure and scope that lists kinds: which it lists."""
    measures = document["diagnoses"][0]["measures"]
    yield (
        "adoption",
        "all",
        {g["key"] for g in measures["adoption"]["groups"]["x_kind"] if not g["hidden"]},
    )
    issues = measures["model_issue"]
    if "segments" in issues:
        for scope in ("all", "pop0", "pop1"):
            own = [s for s in issues["segments"] if s["scope"] == scope]
            yield "model_issue", scope, {s["segment"] for s in own}
    ledger = measures["override_ledger"]
    if "lines" in ledger:
        yield "override_ledger", "all", {line["segment"] for line in ledger["lines"]}
    looked = measures["not_consulted"]
    if "circumstances" in looked:
        told = [c["level"] for c in looked["circumstances"] if c["name"] == "x_kind"]
        yield "not_consulted", "all", set(told)
    differ = measures["disagreement"]
    if "half" in differ:
        yield "disagreement", "all", {dict(k["kind"])["x_kind"] for k in differ["half"]}


@pytest.mark.parametrize("looked", [True, False], ids=["who looked is known", "it is not"])
def test_what_the_total_leaves_for_kinds_not_shown_is_of_enough_people(looked):
    table = programme(looked=looked)
    document = takeup.diagnose(table, use_case=USE_CASE).document("share")
    seen = set()
    for measure, scope, shown in lists_of_kinds(document):
        seen.add(measure)
        of_scope = table if scope == "all" else table[table.population == scope]
        left = of_scope[~of_scope.x_kind.isin(shown)]
        people = left.person_id.nunique()
        assert people == 0 or people >= FEWEST, (measure, scope, shown)
        assert not shown & set(KINDS[2:]), (measure, scope)
    assert len(seen) >= 2, seen


def test_published_data_shows_every_kind_however_few_had_it():
    table = programme(looked=True)
    public = Mapping(
        columns={c: c for c in table.columns if c != "truth"},
        disclosure="public",
        disclosure_reason="published",
    )
    document = takeup.diagnose(table, mapping=public, use_case=USE_CASE).document("share")
    (shown,) = (told for measure, _, told in lists_of_kinds(document) if measure == "not_consulted")
    # The measure itself puts the rare kinds, one person's, together.
    assert shown == {"(other)", "new", "usual"}


def test_groups_that_are_hidden_together_are_of_enough_people_even_if_they_are_all_one_persons():
    sizes = {f"rare {i}": 1 for i in range(8)} | {"usual": 20, "new": 30}
    hidden = with_complement({f"rare {i}" for i in range(8)}, sizes, FEWEST)
    assert hidden == {*sizes} - {"new"}
    assert with_complement(set(), sizes, FEWEST) == set()


def test_a_kind_of_one_population_is_found_neither_from_the_population_nor_from_the_kind():
    ones = [KindOf(p, k, 100, 20) for p in ("north", "south", "west") for k in ("a", "b", "c")]
    ones[0] = KindOf("north", "a", 30, 2)
    ones += [KindOf("all", k, 230 if k == "a" else 300, 60) for k in ("a", "b", "c")]
    hidden = kinds_hidden(ones, "all", {("north", "a")}, FEWEST)
    # A kind of a population is found where it is alone in its row or in its column.
    assert len(hidden) == 4
    for way in (0, 1):
        lines = [key[way] for key in hidden]
        assert all(lines.count(line) == 2 for line in lines)


def test_a_population_that_is_hidden_takes_no_kind_of_the_others_with_it_where_two_are_hidden():
    populations = ("north", "south", "west", "east")
    ones = [KindOf(p, k, 100, 20) for p in populations for k in ("a", "b")]
    ones += [KindOf("all", k, 400, 80) for k in ("a", "b")]
    gone = {(p, k) for p in ("north", "south") for k in ("a", "b")}
    assert kinds_hidden(ones, "all", gone, FEWEST) == gone


def two_quarters(id_of: str) -> pd.DataFrame:
    """Forty people in two quarters; only five of them have the rare kind. `id_of` says what a person is called."""
    rng = np.random.default_rng(6)
    parts = []
    for quarter, start in enumerate(("2026-01-05", "2026-04-06")):
        for person in range(40):
            kinds = rng.choice(["usual", "new"], 60)
            if person < 5:
                kinds[:30] = "rare"
            parts.append(pd.DataFrame({
                "person_id": id_of.format(quarter=quarter, person=person),
                "x_kind": kinds,
                "decided_at": pd.Timestamp(start, tz="UTC") + pd.to_timedelta(rng.integers(0, 80, 60), "D"),
            }))  # fmt: skip
    rows = pd.concat(parts, ignore_index=True)
    n = len(rows)
    advice, over = rng.random(n) < 0.6, rng.random(n) < 0.3
    return rows.assign(
        case_id=[f"c{i}" for i in range(n)],
        population=np.where(rows.index % 2 == 0, "a", "b"),
        recommendation=np.where(advice, "yes", "no"),
        choice=np.where(advice ^ over, "yes", "no"),
        truth=np.where(rng.random(n) < 0.6, "yes", "no"),
        override_reason=np.where(over, "model_error", None),
        consulted=rng.random(n) < 0.8,
    )


@pytest.mark.parametrize(
    ("id_of", "told"),
    [("c-{quarter}x{person}", False), ("p{quarter}x{person}", True)],
    ids=[
        "cluster numbers of two quarters are the same five people",
        "ids that stay are ten people",
    ],
)
def test_a_person_of_two_cluster_numbers_is_one(id_of, told):
    document = takeup.diagnose(two_quarters(id_of), use_case=USE_CASE).document("share")
    tells = {measure for measure, _, shown in lists_of_kinds(document) if "rare" in shown}
    assert bool(tells) == told, tells
