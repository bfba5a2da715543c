"""The sample bank's conversations: in both branches, coded by two people and read back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from takeup.record.clock import at, now
from takeup.server.acting.conversations.models import DRAWN, Draw
from takeup.server.acting.conversations.services import (
    agree,
    agreement_of,
    ask_for,
    code,
    comment,
    end,
    write,
)
from takeup.server.deployment.roles import Role
from takeup.server.deployment.sampled import Bank
from takeup.server.foundation.organization.services import named_with, placed_in

_SAID = {
    "JS": {"the_job": "If it works they need half of us; nobody has said a word about that."},
    "CA": {"who_sees": "I would rather not try it with the young ones looking over my shoulder."},
    "TD": {"wrong_before": "It declined two seasonal growers who pay every year, and was sure of it."},
    "WD": {"last_case": "It came up after I had typed the decision, in another window."},
    "VM": {"not_advise": "Whether a family keeps its house should not be its business."},
}  # fmt: skip
_HEARD = {
    "LO2": (
        "The advice misses income that comes once a year, and people have seen it be sure and wrong. Who has signed a new "
        "contract is not in the file yet. Several would use it on ordinary cases if it said where it is weak."
    ),
    "LO1": (
        "It comes up in another window, after the decision is typed. Nobody speaks against it; hardly anybody has the time to "
        "look twice. Some wonder what becomes of the branch."
    ),
}
_COMMENT = "That is it. And please say when the seasonal income comes in."


def prepare(bank: Bank) -> None:
    """Drawn, held, coded, settled and read back: the rural officers three weeks ago, Metro before its sprint asked for it."""
    _round(bank, "LO2", 30, 21)
    _round(bank, "LO1", 58, 54)


def _round(bank: Bank, population: str, drawn: int, ended: int) -> None:
    rows = [r for r in bank.interviews.to_pylist() if r["population"] == population]
    with at(now() - timedelta(days=drawn)):
        one = _drawn(bank.use_case, population, len({r["interview_no"] for r in rows}))
        _held(one, rows)
    with at(now() - timedelta(days=ended)):
        _settled(one, rows)
        end(one, _HEARD[population], by=one.facilitator)
        if population == "LO2":
            comment(one, _COMMENT, by=min(placed_in(population, now().date())))


def _drawn(use_case: str, population: str, invited: int) -> Draw:
    """The list is gone since: nobody is named here."""
    today = now().date()
    ((lead, _),) = named_with([Role.PROGRAMME_LEAD], today)
    ((facilitator, _),) = named_with([Role.ROLE_OWNER], today)
    ((coder, _),) = named_with([Role.WORKER_REPRESENTATIVE], today)
    one = ask_for(use_case, population, facilitator, coder, by=lead)
    half = (len(placed_in(population, today)) + 1) // 2
    one.state, one.drawn_on, one.invited, one.among = DRAWN, today, invited, half
    one.save()
    return one


def _held(one: Draw, rows: list[dict[str, Any]]) -> None:
    coders = {"first": one.facilitator, "second": one.coder}
    agreed = [r for r in rows if r["coder"] == "agreed"]
    for row in agreed:
        write(one, None, _SAID[row["primary"]], by=one.facilitator)
    numbers = {row["interview_no"]: n for n, row in enumerate(agreed, 1)}
    for row in rows:
        if row["coder"] in coders:
            themes = "model_gap: seasonal income" if row["primary"] == "TD" else ""
            code(
                one,
                numbers[row["interview_no"]],
                row["primary"],
                "",
                themes,
                by=coders[row["coder"]],
            )


def _settled(one: Draw, rows: list[dict[str, Any]]) -> None:
    found = agreement_of(one)
    assert found is not None
    agreed = [r["primary"] for r in rows if r["coder"] == "agreed"]
    agree(one, {n: agreed[n - 1] for n in found.differ}, by=one.facilitator)
