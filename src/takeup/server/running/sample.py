"""A simulated bank with history, so that an empty deployment has something to show: every capability takes its part of
it (`deployment/sampled.py`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tomlkit

from takeup.log.delta import TIME_OF, DecisionLog
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.record.incoming import RecordKind
from takeup.server.deployment.capability import of_every
from takeup.server.deployment.sampled import Bank
from takeup.server.deployment.settings import ServerSettings
from takeup.server.foundation.organization.services import use_case_names
from takeup.simulate import Phase, Programme, simulate, whole_history

_WRITES_EVERY = 40
"""One in so many decisions has a text, where it is an override with a reason."""
_TEXTS = {
    "info_model_lacks": (
        "Signed a contract last week that is not in the file yet",
        "The money comes once a year, after the season; the account looks thin until then",
        "I know the business: the co-signer pays",
    ),
    "not_convinced": (
        "Nothing here says why the income counts as unstable",
        "Same figures as the case before, other advice",
    ),
    "model_wrong_before": ("It said the same of his brother, who pays on time",),
    "procedure_or_policy": ("Above my limit, needs the second signature",),
    "other": ("Customer withdrew", "Wants the smaller sum after all"),
}


BEGINS_AT: Mapping[str, int] = {
    "simulating a bank": 0, "making its organization": 2, "asking its people": 8, "recording its decisions": 10,
    "taking the first snapshot": 62, "looking back on its sprint": 92,
}  # fmt: skip
"""By what is done, about how much of the whole is done before it, percent."""


def fill(
    settings: ServerSettings, log: DecisionLog, step: Callable[[str], None]
) -> list[tuple[str, str, str]]:
    """Fill an empty deployment; role, address and password of each sign-in. One that was filled
    before keeps what it has."""
    file = settings.home / "sample-sign-ins.txt"
    if file.exists():
        lines = file.read_text(encoding="utf-8").splitlines()
        return [
            (role, address, word) for role, address, word in (line.split("\t") for line in lines)
        ]
    if use_case_names():
        raise InputError("--sample fills an empty deployment; this one has use cases already")
    step("simulating a bank")
    bank = _bank(log, step)
    for part in ("prepare", "record", "afterwards"):
        for takes in of_every("sample", part):
            takes(bank)
    file.touch(mode=0o600)
    file.write_text("".join("\t".join(one) + "\n" for one in bank.sign_ins), encoding="utf-8")
    return bank.sign_ins


def _bank(log: DecisionLog, step: Callable[[str], None]) -> Bank:
    programme = simulate("bank", seed=1, phases=whole_history(8))
    use_case = str(tomlkit.parse(programme.use_case)["name"])
    tables = _until_yesterday(_joined(_of(programme, use_case), *_more_populations(use_case)))
    tables["outcomes"] = _sooner(tables["outcomes"], tables["decisions"])
    told = _with_texts(tables["decisions"])
    tables["decisions"] = _with_flags(_with_what_was_known(told, tables["outcomes"]))
    assert programme.survey is not None
    assert programme.interviews is not None
    return Bank(
        use_case, programme.use_case, tables, log, step, programme.survey, programme.interviews
    )


def _of(programme: Programme, use_case: str) -> dict[RecordKind, pa.Table]:
    return {
        "decisions": _plain(programme.decisions, use_case),
        "outcomes": _plain(programme.outcomes, use_case),
        "eligible": _plain(programme.eligible, use_case),
    }


def _with_texts(decisions: pa.Table) -> pa.Table:
    """What some officers wrote beside their reason."""
    texts: list[str | None] = []
    for n, reason in enumerate(decisions["override_reason"].to_pylist()):
        known = _TEXTS.get(reason or "", ())
        texts.append(
            known[n // _WRITES_EVERY % len(known)] if known and not n % _WRITES_EVERY else None
        )
    return decisions.append_column("override_comment", pa.array(texts, pa.string()))


_KNOWN_SOONER = 3
"""Of the cases whose right answer becomes known, one in so many is judged within a week."""


def _sooner(outcomes: pa.Table, decisions: pa.Table) -> pa.Table:
    """Some cases are judged by a panel within days: which of them, nothing in the case says."""
    decided = dict(
        zip(decisions["decision_id"].to_pylist(), decisions["decided_at"].to_pylist(), strict=True)
    )
    found = []
    for n, (key, at) in enumerate(
        zip(outcomes["decision_id"].to_pylist(), outcomes["observed_at"].to_pylist(), strict=True)
    ):
        soon = decided.get(key)
        judged = soon is not None and n % _KNOWN_SOONER == 0
        found.append(
            min(at, soon + timedelta(days=2 + n % 4)) if judged and soon is not None else at
        )
    place = outcomes.column_names.index("observed_at")
    return outcomes.set_column(place, "observed_at", pa.array(found, outcomes["observed_at"].type))


def _with_what_was_known(decisions: pa.Table, outcomes: pa.Table) -> pa.Table:
    """What an officer reads in a file, from which a practice case can be solved: most of who pays back has little debt
    and missed nothing. No question of the use case reads it."""
    right = dict(
        zip(
            outcomes["decision_id"].to_pylist(), outcomes["correct_choice"].to_pylist(), strict=True
        )
    )
    keys, chosen = decisions["decision_id"].to_pylist(), decisions["choice"].to_pylist()
    segments = decisions["x_segment"].to_pylist()
    pays = np.array([(right.get(k) or c) == "approve" for k, c in zip(keys, chosen, strict=True)])
    draw = np.random.default_rng(7)
    debt = np.clip(
        np.where(pays, draw.normal(26, 6, pays.size), draw.normal(45, 7, pays.size)), 4, 85
    )
    missed = np.where(pays, draw.binomial(1, 0.08, pays.size), draw.binomial(3, 0.6, pays.size))
    income = [
        "once a year, after the harvest" if s == "local_income" else "every month" for s in segments
    ]
    known = {
        "x_debt_of_income_percent": pa.array(np.round(debt)), "x_payments_missed_in_two_years": pa.array(missed.astype(float)),
        "x_income_comes": pa.array(income),
    }  # fmt: skip
    for name, values in known.items():
        decisions = decisions.append_column(name, values)
    return decisions


_FLAGGED_LATELY, _FLAGS_EVERY = 14, 90


def _with_flags(decisions: pa.Table) -> pa.Table:
    """Some officers mark advice as wrong; in the last week many of the rural ones do, on local income, each one case."""
    flags: list[str | None] = [None] * decisions.num_rows
    last = pc.max(decisions["decided_at"]).as_py()
    columns = ("mode", "consulted", "population", "x_segment", "person_id", "decided_at")
    marked: set[str] = set()
    for n, (mode, seen, place, segment, who, at) in enumerate(
        zip(*(decisions[c].to_pylist() for c in columns), strict=True)
    ):
        if mode != "assist" or not seen or place not in ("LO1", "LO2"):
            continue
        ago = last - at
        lately = ago < timedelta(days=6) and segment == "local_income" and place == "LO2"
        if lately and who not in marked and len(marked) < _FLAGGED_LATELY:
            flags[n] = "missing_input"
            marked.add(who)
        elif timedelta(days=10) < ago < timedelta(days=60) and n % _FLAGS_EVERY == 0:
            flags[n] = "wrong"
    return decisions.append_column("flagged", pa.array(flags, pa.string()))


def _more_populations(use_case: str) -> list[dict[RecordKind, pa.Table]]:
    """Officers in the South, still in shadow; and private bankers, too few to be shown."""
    shadow = _of(simulate("bank", seed=2, phases=(Phase("shadow", 8),)), use_case)
    assist = _of(simulate("bank", seed=3, phases=(Phase("assist", 8),)), use_case)
    people = pc.unique(
        assist["decisions"].filter(pc.equal(assist["decisions"]["population"], "LO2"))["person_id"]
    )
    few = sorted(people.to_pylist())[:5]
    return [
        _renamed(shadow, "LO1", "SOUTH", None),
        _renamed(assist, "LO2", "PRIVATE", few),
    ]


def _renamed(
    tables: dict[RecordKind, pa.Table], population: str, name: str, people: list[str] | None
) -> dict[RecordKind, pa.Table]:
    """One population of a programme (these `people` of it) as another one, its last week at the same
    time as the whole history's."""
    kept: dict[RecordKind, pa.Table] = {}
    decisions = tables["decisions"]
    mine = pc.equal(decisions["population"], population)
    if people is not None:
        mine = pc.and_(mine, pc.is_in(decisions["person_id"], pa.array(people)))
    ids = decisions.filter(mine)
    for kind, table in tables.items():
        key = "case_id" if kind == "eligible" else "decision_id"
        table = table.filter(pc.is_in(table[key], ids[key]))
        for column in ("decision_id", "case_id", "person_id", "team"):
            if column in table.column_names:
                told = pc.binary_join_element_wise(name, table[column], "-")
                table = table.set_column(table.column_names.index(column), column, told)
        if "population" in table.column_names:
            same = pa.array([name] * table.num_rows)
            table = table.set_column(table.column_names.index("population"), "population", same)
        kept[kind] = table
    return kept


def _joined(
    whole: dict[RecordKind, pa.Table], *others: dict[RecordKind, pa.Table]
) -> dict[RecordKind, pa.Table]:
    """Everything as one programme that ends in one week."""
    last = pc.max(whole["decisions"]["decided_at"]).as_py()
    parts = [whole]
    for other in others:
        ends = pc.max(other["decisions"]["decided_at"]).as_py()
        parts.append(_later(other, round((last - ends) / timedelta(weeks=1))))
    return {
        kind: pa.concat_tables([part[kind] for part in parts], promote_options="default")
        for kind in whole
    }


def _plain(table: pa.Table, use_case: str) -> pa.Table:
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            plain = table[field.name].cast(field.type.value_type)
            table = table.set_column(place, field.name, plain)
    return table.append_column("use_case", pa.array([use_case] * table.num_rows))


def _until_yesterday(tables: dict[RecordKind, pa.Table]) -> dict[RecordKind, pa.Table]:
    """Every time moved by whole weeks, so that the last decision was made within a week."""
    last = pc.max(tables["decisions"]["decided_at"]).as_py()
    weeks = (now().replace(tzinfo=None) - timedelta(days=1) - last) // timedelta(weeks=1)
    moved = _later(tables, weeks)
    today = pa.scalar(now().replace(tzinfo=None))
    return {
        kind: table.filter(pc.less(table[TIME_OF[kind]], today)) for kind, table in moved.items()
    }


def _later(tables: dict[RecordKind, pa.Table], weeks: int) -> dict[RecordKind, pa.Table]:
    """Every time moved by whole weeks."""
    moved: dict[RecordKind, pa.Table] = {}
    for kind, table in tables.items():
        for name in (TIME_OF[kind], "delivered_at", "needed_by"):
            if name in table.column_names:
                later = pc.add(table[name], pa.scalar(timedelta(weeks=weeks)))
                table = table.set_column(table.column_names.index(name), name, later)
        moved[kind] = table
    return moved
