"""Who is invited: among the half of a population that relies least on the advice, as many of every team as it has there.

What one person relies on is reckoned for the draw and kept nowhere; the names are sealed for the one who invites, and
who leads or manages never sees them.
"""

from __future__ import annotations

import hashlib
import json
import random
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

import ibis
import ibis.expr.types as ir
from django.db import transaction

from takeup.log import fetch
from takeup.record.clock import now
from takeup.server.acting.conversations.models import DRAWN, WAITING, Draw
from takeup.server.deployment.recorder import recorder
from takeup.server.deployment.sealing import SealedKind, opens, seal
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization

TARGET, ALL_OF = 8, 12
"""People to invite; of a population no larger than `ALL_OF`, everybody is."""
WINDOW = timedelta(days=56)
FEWEST_CASES = 10
"""Of a person within the window: of fewer it is not told whether they rely on the advice."""
_by_chance = random.SystemRandom()


def draw_waiting(use_case: str, decisions: ir.Table) -> None:
    """Draw what waits, from these decisions (`person_id`, `population`, `action`, `decided_at`)."""
    for one in Draw.objects.filter(use_case=use_case, state=WAITING):
        _draw(one, decisions)


@transaction.atomic
def _draw(one: Draw, decisions: ir.Table) -> None:
    placed = organization.placed_in(one.population, now().date())
    relied = _relied(decisions, one.population)
    handles = recorder().handles_behind(list(relied))
    share = {handles[p]: relied[p] for p in relied if handles.get(p) in placed}
    teams = {handle: team for handle, (_, team) in placed.items()}
    everybody = len(placed) <= ALL_OF or not _had_advice(decisions, one.population)
    among = sorted(placed) if everybody else _lower_half(share)
    drawn = among if len(placed) <= ALL_OF else stratified(among, teams, TARGET)
    if len(drawn) < 5:
        _not_drawn(one, len(share))
        return
    _by_chance.shuffle(drawn)
    told = _sealed_text(drawn)
    one.names, one.mark = seal(told, one.facilitator), hashlib.sha256(told.encode()).hexdigest()
    one.state, one.drawn_on, one.why_not = DRAWN, now().date(), ""
    one.invited, one.among = len(drawn), len(among)
    one.save()
    audit.record("conversation.drawn", use_case=one.use_case, number=one.pk, people=one.invited, mark=one.mark)  # fmt: skip
    tell(
        [one.facilitator], f"conversations:{one.pk}", "People to invite are drawn",
        "Invite them yourself, by word of mouth or by mail of your own. Taking part is their choice.",
        f"/conversations/{one.pk}/names",
    )  # fmt: skip


def _sealed_text(handles: Sequence[str]) -> str:
    """The list as it is sealed. Its hash stands in the audit log: without a salt, whoever reads that could try every
    list of so few people until one has it."""
    return json.dumps({"handles": list(handles), "salt": secrets.token_hex(16)})


def handles_in(told: str) -> list[str]:
    """Whom a list that was opened holds. Lists of before 2026-12 have no salt."""
    held = json.loads(told)
    return list(held["handles"]) if isinstance(held, dict) else list(held)


def _not_drawn(one: Draw, known: int) -> None:
    said = f"of {known} people enough decisions are known in the last {WINDOW.days} days; at least ten are needed"
    if one.why_not == said:
        return
    one.why_not = said
    one.save(update_fields=["why_not"])
    audit.record("conversation.not_drawn", number=one.pk, why=said)


def _relied(decisions: ir.Table, population: str) -> dict[str, float]:
    """The share of each person's cases that they decided with the advice, by pseudonym."""
    if not {"person_id", "population", "action", "decided_at"} <= set(decisions.columns):
        return {}
    since = ibis.literal(now() - WINDOW)
    # Cases in which there was advice to rely on.
    mine = decisions.filter(
        decisions.population == population, decisions.person_id.notnull(), decisions.decided_at > since,
        decisions.action.isin(["followed", "modified", "overridden", "not_consulted"]),
    )  # fmt: skip
    used = mine.action.isin(["followed", "modified"]).cast("int64")
    rows = fetch(mine.group_by("person_id").aggregate(k=used.sum(), n=ibis._.count())).to_pylist()
    return {r["person_id"]: r["k"] / r["n"] for r in rows if r["n"] >= FEWEST_CASES}


def _had_advice(decisions: ir.Table, population: str) -> bool:
    """Whether anybody there has decided with advice to rely on: before that, nobody relies on it less than others."""
    if not {"population", "action"} <= set(decisions.columns):
        return True
    mine = decisions.filter(decisions.population == population, ~decisions.action.isin(["off", "shadow"]))  # fmt: skip
    return bool(fetch(mine.limit(1).count().as_table())[0][0].as_py())


def _lower_half(share: Mapping[str, float]) -> list[str]:
    """Those who rely least; whoever ties is ordered by chance."""
    order = sorted(share, key=lambda handle: (share[handle], _by_chance.random()))
    return order[: (len(order) + 1) // 2]


def stratified(among: Sequence[str], strata: Mapping[str, str], target: int) -> list[str]:
    """`target` of `among`, of every stratum as near to its part as whole people go (largest remainders), by chance
    within each."""
    by: dict[str, list[str]] = defaultdict(list)
    for handle in among:
        by[strata.get(handle, "")].append(handle)
    part = {s: min(target, len(among)) * len(of) / len(among) for s, of in by.items()}
    take = {s: int(part[s]) for s in by}
    missing = min(target, len(among)) - sum(take.values())
    for s in sorted(by, key=lambda s: (take[s] - part[s], _by_chance.random()))[:missing]:
        take[s] += 1
    return [handle for s, of in by.items() for handle in _by_chance.sample(of, take[s])]


def _each_list() -> Iterator[tuple[int, bool]]:
    for one in Draw.objects.exclude(names=""):
        yield one.pk, opens(one.names, one.facilitator)


def _forget_lists(numbers: Collection[int]) -> None:
    """They are drawn anew with the next snapshot."""
    Draw.objects.filter(pk__in=numbers, state=DRAWN).update(names="", state=WAITING)


SEALED = (
    SealedKind(
        45,
        "lists of people to invite to a conversation",
        "nobody knows whom to invite",
        _each_list,
        _forget_lists,
    ),
)
