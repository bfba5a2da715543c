"""The organization's file: a row a person, read and checked as a whole.

Whoever is not in it has left, so a file with one bad row is not used at all.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from takeup.record.errors import DeclarationError
from takeup.server.deployment.roles import FOLLOWS, Role

COLUMNS = ("person_id", "name", "email", "population", "team", "team_manager", "cohort", "roles")
_GRANTED = sorted(role.value for role in set(Role) - FOLLOWS)


def _blank(given: Any) -> Any:
    given = given.strip() if isinstance(given, str) else given
    return None if given == "" else given


def _roles(given: Any) -> Any:
    parts = given.replace(",", ";").split(";") if isinstance(given, str) else given or ()
    return tuple(p.strip().lower().replace(" ", "_") for p in parts if p.strip())


def _granted(given: tuple[str, ...]) -> tuple[str, ...]:
    wrong = [role for role in given if role not in _GRANTED]
    if wrong:
        raise ValueError(f"{wrong[0]!r} is none of {', '.join(_GRANTED)}")
    return given


_Key = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
_Address = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
_Word = Annotated[_Key | None, BeforeValidator(_blank)]


class PersonRow(BaseModel):
    """One person: who, where, and the roles given by the organization. `team_manager` is the
    person id of the team's one direct manager."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    person_id: Annotated[_Key, Field(min_length=1)]
    name: _Word = None
    email: Annotated[_Address | None, BeforeValidator(_blank)] = None
    population: _Word = None
    team: _Word = None
    team_manager: _Word = None
    cohort: _Word = None
    roles: Annotated[tuple[str, ...], BeforeValidator(_roles)] = ()


def read_people_csv(text: str, where: str = "people file") -> list[PersonRow]:
    """The rows of a CSV (comma, semicolon or tab). Raises DeclarationError, as `read_people`."""
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=mark)
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    unknown = [name for name in names if name not in COLUMNS]
    if "person_id" not in names or unknown:
        wrong = f"columns {', '.join(unknown)} are not known; " if unknown else ""
        raise DeclarationError(where, [f"{wrong}the columns are {', '.join(COLUMNS)}"])
    twice = sorted(name for name, n in Counter(names).items() if n > 1)
    if twice:
        raise DeclarationError(
            where, [f"the column {', '.join(twice)} stands there more than once; keep one"]
        )
    reader.fieldnames = names
    rows = []
    for row in reader:
        if None in row:
            raise DeclarationError(where, [f"line {reader.line_num}: more cells than columns"])
        rows.append(row)
    return read_people(rows, where, first_line=2)


def read_people(
    rows: Iterable[Mapping[str, Any]], where: str = "people", first_line: int = 1
) -> list[PersonRow]:
    """Rows checked together: each person once, a manager for each team, no address twice.

    Raises DeclarationError naming every mistake with its line.
    """
    read: list[PersonRow] = []
    problems: list[str] = []
    lines: dict[int, int] = {}
    for line, row in enumerate(rows, first_line):
        try:
            one = PersonRow.model_validate(dict(row))
            _granted(one.roles)
        except ValidationError as error:
            problems += [
                f"line {line}, {'.'.join(map(str, e['loc']))}: {_said(e)}" for e in error.errors()
            ]
            continue
        except ValueError as error:
            problems.append(f"line {line}, roles: {error}")
            continue
        if one.team and not one.population:
            problems.append(f"line {line}, population: a person in a team is in a population too")
        lines[len(read)] = line
        read.append(one)
    problems += _together(read, lines)
    if not read and not problems:
        problems = ["there is no row in it; an empty file would deactivate everybody"]
    if problems:
        raise DeclarationError(where, problems)
    return read


def _together(read: list[PersonRow], lines: dict[int, int]) -> list[str]:
    problems = []
    ids = Counter(row.person_id for row in read)
    addresses = Counter(row.email.lower() for row in read if row.email)
    managers: dict[str, str] = {}
    for index, row in enumerate(read):
        at = f"line {lines[index]}"
        if ids[row.person_id] > 1:
            problems.append(f"{at}, person_id: {row.person_id!r} stands {ids[row.person_id]} times")
        if row.email and addresses[row.email.lower()] > 1:
            problems.append(f"{at}, email: {row.email!r} belongs to more than one person")
        if row.team_manager:
            if not row.team:
                problems.append(f"{at}, team_manager: names a manager, but no team")
            elif managers.setdefault(row.team, row.team_manager) != row.team_manager:
                problems.append(
                    f"{at}, team_manager: team {row.team!r} has {managers[row.team]!r} elsewhere; "
                    "a team has one direct manager"
                )
            if row.team_manager not in ids:
                problems.append(f"{at}, team_manager: {row.team_manager!r} is not in the file")
    return problems


def _said(error: Any) -> str:
    if error["type"] == "missing":
        return "needed"
    if error["loc"] == ("email",):
        return f"{error['input']!r} is no address"
    return f"{error['msg'][0].lower()}{error['msg'][1:]}"
