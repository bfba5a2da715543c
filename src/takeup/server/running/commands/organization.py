"""`takeup organization`, `takeup person`, `takeup use-case`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from takeup.record.errors import InputError
from takeup.server.running.commands.shared import (
    AsJson,
    actor,
    needs_server,
    out,
    say_json,
    started,
)

if TYPE_CHECKING:
    from takeup.server.foundation.organization.models import Person

organization_app = typer.Typer(no_args_is_help=True, help="Who is where: bring in the file.")
person_app = typer.Typer(no_args_is_help=True, help="One person: sign-in, role, erasure.")
use_case_app = typer.Typer(no_args_is_help=True, help="What use cases declare.")


@organization_app.command("import")
@needs_server
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV: person_id, name, email, population, team, …")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would change")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the organization what the file says; whoever is in it no more is deactivated."""
    started()
    from takeup.server.foundation.organization.import_people import import_people
    from takeup.server.foundation.organization.people_file import read_people_csv

    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{file}: there is no such file") from None
    except UnicodeDecodeError:
        raise InputError(f"{file}: not UTF-8 text; save it as CSV UTF-8") from None
    changes = import_people(read_people_csv(text, str(file)), actor=actor(), dry_run=dry_run)
    if as_json:
        say_json(
            [
                {"person_id": c.person_id, "what": c.what, "before": c.before, "after": c.after}
                for c in changes
            ]
        )
        return
    for c in changes:
        told = " → ".join(part for part in (c.before, c.after) if part)
        out.print(f"{c.person_id} {c.what}{f': {told}' if told else ''}", soft_wrap=True)
    out.print(f"{len(changes):,} changes{' would be made' if dry_run else ''}")


@organization_app.command("title")
@needs_server
def title(
    key: Annotated[str, typer.Argument(help="as the organization's file calls it")],
    words: Annotated[str, typer.Argument(help="what pages call it; empty: by its key")],
    cohort: Annotated[bool, typer.Option("--cohort", help="of a cohort, not a population")] = False,
    team: Annotated[bool, typer.Option("--team", help="of a team, not a population")] = False,
) -> None:
    """Give a population a title, which pages, reports and notices then call it by."""
    started()
    from takeup.server.foundation.organization.models import Cohort, Population, Team
    from takeup.server.foundation.organization.services import give_title

    give_title(Team if team else Cohort if cohort else Population, key, words, actor())
    out.print(f"{key}: {words}" if words.strip() else f"{key} goes by its key")


@person_app.command("link")
@needs_server
def link(email: Annotated[str, typer.Argument(help="the person's address")]) -> None:
    """A link with which this person sets a password; once, for three days."""
    started()
    from takeup.server.foundation.organization.sign_in import sign_in_link

    out.print(sign_in_link(_person(email), actor()), soft_wrap=True)


@person_app.command("role")
@needs_server
def role(
    email: Annotated[str, typer.Argument(help="the person's address")],
    roles: Annotated[
        list[str], typer.Argument(help="every role to hold, for example programme_lead")
    ],
    add: Annotated[str | None, typer.Option(help="make the person first, with this name")] = None,
) -> None:
    """Give a person these roles and no others."""
    started()
    from takeup.server.deployment.roles import FOLLOWS, Role
    from takeup.server.foundation.organization.models import Person
    from takeup.server.foundation.organization.services import set_roles

    wrong = [name for name in roles if name not in set(Role.values) - {r.value for r in FOLLOWS}]
    if wrong:
        known = ", ".join(r.value for r in Role if r not in FOLLOWS)
        raise InputError(f"{wrong[0]!r} is no role that is given; there are {known}")
    if add is not None and not Person.objects.filter(email=email).exists():
        Person.objects.create_user(email, name=add, email=email)
    set_roles(_person(email), {Role(name) for name in roles}, actor())
    out.print(f"{email}: {', '.join(roles)}")


@person_app.command("second-factor")
@needs_server
def second_factor(
    email: Annotated[str, typer.Argument(help="the person's address")],
    remove: Annotated[bool, typer.Option("--remove", help="the password alone lets in")] = False,
) -> None:
    """Remove a person's second factor, so that they set up a new one: a lost phone, or a secret of the
    deployment that is gone."""
    started()
    from takeup.server.foundation.organization.single_sign_on import remove_second_factor

    if not remove:
        raise InputError("say --remove: the person then signs in by password alone")
    gone = remove_second_factor(_person(email), actor())
    out.print(f"{email}: {'removed' if gone else 'there was no second factor'}")


@person_app.command("erase")
@needs_server
def erase(
    person_id: Annotated[str, typer.Argument(help="as sending applications call the person")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Take every way to a person out of organization, inbox, quarantine and log. The sealed
    oversight store stays."""
    _, log = started()
    from takeup.server.recording.record_api.beside_no_drain import erase_now

    if not yes and not typer.confirm(f"Erase {person_id}? This cannot be taken back"):
        raise typer.Exit(1)
    done = erase_now(log, person_id, actor())
    looked = done.searched
    if not done.met:
        out.print(
            f"Nobody was found under the id {person_id}: is it written right? Where they were erased before, this is "
            "the proof.",
            soft_wrap=True,
        )
    out.print(
        ("erased; " if done.met else "")
        + f"{done.rewritten:,} rows of the log stand in partitions rewritten.\n"
        f"Searched: {looked.tables} tables of {looked.rows:,} rows, {looked.log_rows:,} rows in the log's "
        f"files, {looked.files:,} files of the home, for the id, name, address and pseudonyms: "
        + ("nothing is left." if not looked.found else "still there:"),
        soft_wrap=True,
    )
    for place in looked.found:
        out.print(f"- {place}", soft_wrap=True)
    out.print(
        "The sealed oversight store is kept as the law asks and cannot be searched; backups and files "
        "exported before still hold the person.",
        soft_wrap=True,
    )
    if looked.found:
        raise typer.Exit(1)


@use_case_app.command("declare")
@needs_server
def declare(
    file: Annotated[Path, typer.Argument(help="use-case file (TOML), as diagnose reads it")],
) -> None:
    """Keep what use cases declare as their next revision."""
    started()
    from takeup.server.foundation.organization.services import declare_from_file

    if not file.exists():
        raise InputError(f"{file}: there is no such file")
    for name in declare_from_file(file, actor()):
        out.print(f"{name}: declared")


@use_case_app.command("list")
@needs_server
def list_use_cases(as_json: AsJson = False) -> None:
    """Every use case with its rows; of one that nobody declared, who sent it."""
    started()
    from takeup.server.foundation.organization.models import UseCase
    from takeup.server.recording.record_api.unknown_use_case import rows_of

    found = [
        {
            "use_case": one.name, "rows": rows_of(one.name), "declared": one.declarations.exists(),
            "sender": one.from_sender, "refused": one.refused_at is not None,
        }
        for one in UseCase.objects.order_by("name")
    ]  # fmt: skip
    if as_json:
        say_json(found)
        return
    for held in found:
        unknown = f" unknown, from sender {held['sender'] or '-'}" if not held["declared"] else ""
        refused = " refused" if held["refused"] else ""
        out.print(f"{held['rows']:>12,}  {held['use_case']}{unknown}{refused}", soft_wrap=True)


_Unknown = Annotated[str, typer.Argument(help="a use case that nobody declared")]
_Yes = Annotated[bool, typer.Option("--yes", help="do not ask")]


@use_case_app.command("merge")
@needs_server
def merge(
    name: _Unknown,
    into: Annotated[str, typer.Argument(help="the declared use case that its rows are of")],
    yes: _Yes = False,
) -> None:
    """Put every row of a use case that nobody declared under a declared one, as if it had been sent so."""
    _take_out(name, f"Put what came of {name} under {into}?", yes, into)


@use_case_app.command("remove")
@needs_server
def remove(name: _Unknown, yes: _Yes = False) -> None:
    """Take every row of a use case that nobody declared out of inbox and log. What was sealed for
    oversight stays."""
    _take_out(name, f"Remove what came of {name}? This cannot be taken back", yes)


def _take_out(name: str, question: str, yes: bool, into: str = "") -> None:
    _, log = started()
    from takeup.server.recording.record_api.beside_no_drain import take_out_now
    from takeup.server.recording.record_api.unknown_use_case import rows_of

    if not yes and not typer.confirm(f"{question} {rows_of(name):,} rows"):
        raise typer.Exit(1)
    rows = take_out_now(log, name, actor(), into)
    noun, verb = ("row", "is") if rows == 1 else ("rows", "are")
    out.print(f"{name}: {rows:,} {noun} {verb} {f'now under {into}' if into else 'taken away'}")


def _person(email: str) -> Person:
    from takeup.server.foundation.organization.models import Person

    found = Person.objects.filter(email__iexact=email, is_active=True).first()
    if found is None:
        raise InputError(f"nobody active has the address {email}")
    return found
