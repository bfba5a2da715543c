"""A simulated bank with history, so that an empty deployment has something to show.

Everything in it is invented: people, cases, outcomes. Sign-ins go into a file of the home folder,
because the database keeps only hashes of passwords.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pyarrow as pa
import pyarrow.compute as pc
import tomlkit

from takeup.api import diagnose
from takeup.log.delta import TIME_OF, DecisionLog
from takeup.record.clock import at, now
from takeup.record.errors import InputError
from takeup.record.incoming import RecordKind
from takeup.server.acting.rollout.gates import declare_gate
from takeup.server.acting.rollout.models import Step
from takeup.server.acting.rollout.services import take_looks, take_step
from takeup.server.deployment.roles import Role
from takeup.server.deployment.settings import ServerSettings
from takeup.server.foundation.organization.import_people import import_people
from takeup.server.foundation.organization.models import Cohort, Person, Population, UseCase
from takeup.server.foundation.organization.people_file import PersonRow
from takeup.server.foundation.organization.services import declare_use_case, declared
from takeup.server.recording.record_api.drain import drain
from takeup.server.recording.record_api.import_history import import_history
from takeup.server.showing.overview.services import take_snapshots
from takeup.simulate import Phase, Programme, simulate, whole_history

_ACTOR = "sample"
_TITLES = {
    "LO1": "Branch officers North", "LO2": "Branch officers Metro",
    "SOUTH": "Branch officers South", "PRIVATE": "Private bankers",
}  # fmt: skip
_GIVEN = (
    "Ruth", "Tomas", "Priya", "Ingrid", "Marek", "Lena", "Omar", "Chiara", "Jonas", "Aisha", "Piotr",
    "Nadia", "Elif", "Hugo", "Sofia", "Kofi", "Greta", "Mateo", "Yara", "Felix",
)  # fmt: skip
_FAMILY = (
    "Adeyemi", "Wilk", "Nair", "Solheim", "Petrov", "Brandt", "Haddad", "Moor", "Keller", "Rossi",
    "Novak", "Lindqvist", "Demir", "Costa", "Mensah", "Vogel", "Santos", "Iversen", "Kaya", "Dubois",
)  # fmt: skip
_STAFF = (
    ("Ruth Adeyemi", Role.PROGRAMME_LEAD),
    ("Henrik Solheim", Role.EXECUTIVE),
    ("Priya Nair", Role.PRODUCT_TEAM),
    ("Clara Brandt", Role.WORKER_REPRESENTATIVE),
    ("Idris Keller", Role.OVERSIGHT_OFFICER),
    ("Ana Moor", Role.ADMINISTRATOR),
)
_DOMAIN = "bank.example"
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
    if UseCase.objects.exists():
        raise InputError("--sample fills an empty deployment; this one has use cases already")
    step("simulating a bank")
    programme = simulate("bank", seed=1, phases=whole_history(8))
    use_case = str(tomlkit.parse(programme.use_case)["name"])
    tables = _until_yesterday(_joined(_of(programme, use_case), *_more_populations(use_case)))
    step("making its organization")
    sign_ins = _people(tables["decisions"])
    declare_use_case(use_case, programme.use_case, _ACTOR)
    _rollout(use_case, tables["decisions"])
    step("recording its decisions")
    tables["decisions"] = _with_texts(tables["decisions"])
    import_history(tables, "sample bank")
    drain(log)
    step("taking the first snapshot")
    _gate(use_case)
    _past_looks(use_case, tables)
    take_snapshots(step=step)
    file.touch(mode=0o600)
    file.write_text("".join("\t".join(one) + "\n" for one in sign_ins), encoding="utf-8")
    return sign_ins


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


def _rollout(use_case: str, decisions: pa.Table) -> None:
    """The steps that the history tells of, each cohort's as of its day."""
    for population in ("LO1", "LO2", "PRIVATE", "SOUTH"):
        mine = decisions.filter(pc.equal(decisions["population"], population))
        for mode, reason in (
            ("shadow", "model and people compared first"),
            ("assist", "few people: no pilot" if population == "PRIVATE" else "the pilot was over"),
        ):  # fmt: skip
            rows = mine.filter(pc.equal(mine["mode"], mode))
            if mode == "assist" and "pilot" in mine["phase"].unique().to_pylist():
                rows = rows.filter(pc.not_equal(rows["phase"], "pilot"))
            if not rows.num_rows:
                continue
            begins = pc.min(rows["decided_at"]).as_py().replace(tzinfo=UTC)
            with at(begins.replace(hour=6, minute=0, second=0, microsecond=0)):
                take_step(use_case, mode, by=_ACTOR, cohort=f"{population}-first", reason=reason)  # type: ignore[arg-type]


def _gate(use_case: str) -> None:
    """The South's gate, declared before its first pair; the executive decides."""
    decider = Person.objects.get(person_id=f"staff-{Role.EXECUTIVE.value}")
    first = Step.objects.get(use_case=use_case, cohort="SOUTH-first").from_at
    declared = {
        "starts": first.date().isoformat(), "pairs": 3_000, "days": 20, "margin": 0.02,
        "decide_by": (now().date() + timedelta(days=5)).isoformat(),
        "attested": ["Stop drill passed", "Overrides logged with a reason in rehearsed cases"],
    }  # fmt: skip
    with at(first - timedelta(days=3)):
        declare_gate(use_case, "SOUTH-first", declared, decider=decider.handle, by=_ACTOR)


def _past_looks(use_case: str, tables: dict[RecordKind, pa.Table]) -> None:
    """The shadow reports as each Monday would have taken them."""
    placed = tables["decisions"].append_column(
        "cohort", pc.binary_join_element_wise(tables["decisions"]["population"], "first", "-")
    )
    found = diagnose(
        placed,
        outcomes=tables["outcomes"],
        use_case={use_case: declared(use_case)},
        only=["adoption"],
        declared_ahead=True,
    )
    (rows,) = found.table.tables.values()
    shadow = rows.filter((rows["mode"] == "shadow") & (rows.population == "SOUTH"))
    first = pc.min(placed.filter(pc.equal(placed["population"], "SOUTH"))["decided_at"]).as_py()
    monday = first.date() + timedelta(days=7 - first.weekday())
    while monday < now().date():
        until = datetime.combine(monday, time(), UTC)
        with at(until):
            take_looks(
                use_case, shadow.filter(shadow.decided_at < until), declared(use_case), monday
            )
        monday += timedelta(weeks=1)


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


def _people(decisions: pa.Table) -> list[tuple[str, str, str]]:
    """The officers with invented names, a manager for each team, the programme's staff."""
    placed = (
        decisions.select(["person_id", "population", "team"])
        .group_by("person_id")
        .aggregate([("population", "max"), ("team", "max")])
    )
    officers = sorted(
        zip(
            *(placed[c].to_pylist() for c in ("person_id", "population_max", "team_max")),
            strict=True,
        )
    )
    names = [f"{g} {f}" for f in _FAMILY for g in _GIVEN]
    taken = {name for name, _ in _STAFF}
    free = [name for name in names if name not in taken]
    # Spread over both lists, so that neighbours do not share a family name.
    free = [free[(i * 37) % len(free)] for i in range(len(free))]
    teams = sorted({team for _, _, team in officers})
    managers = {team: f"manager-{team}" for team in teams}
    rows = [
        PersonRow(
            person_id=person, name=free[i], email=_address(free[i]), population=population,
            team=team, team_manager=managers[team], cohort=f"{population}-first",
        )
        for i, (person, population, team) in enumerate(officers)
    ]  # fmt: skip
    for i, (_team, person) in enumerate(managers.items(), len(rows)):
        rows.append(PersonRow(person_id=person, name=free[i], email=_address(free[i])))
    for name, role in _STAFF:
        rows.append(
            PersonRow(
                person_id=f"staff-{role.value}",
                name=name,
                email=_address(name),
                roles=(role.value,),
            )
        )
    first_day = pc.min(decisions["decided_at"]).as_py().date()
    import_people(rows, actor=_ACTOR, day=first_day)
    for key, title in _TITLES.items():
        Population.objects.filter(key=key).update(title=title)
        Cohort.objects.filter(key=f"{key}-first").update(title=f"{title}, first group")
    chosen = [
        *((role.label, f"staff-{role.value}") for _, role in _STAFF),
        (Role.MANAGER.label, managers[teams[0]]),
        (Role.PRACTITIONER.label, officers[0][0]),
    ]
    return [(str(label), *_signs_in(person)) for label, person in chosen]


def _signs_in(person_id: str) -> tuple[str, str]:
    person = Person.objects.get(person_id=person_id)
    word = secrets.token_urlsafe(12)
    person.set_password(word)
    person.save()
    return str(person.email), word


def _address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@{_DOMAIN}"
