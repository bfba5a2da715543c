"""Whatever happens in whatever order: no milestone is done while something of it does not hold, and what was decided at a
gate never changes."""

from __future__ import annotations

import contextlib
import random
from datetime import timedelta

from takeup.record.clock import at, now
from takeup.record.errors import InputError
from tests.server.sprint.sprints import GATES, bank, begun, look

__all__ = ["bank"]

FACTS = (
    ("use.live", ("north", "south")), ("recording.quarantined", ("",)), ("rollout.stop_drill", ("",)), ("responses.in_time", ("",)),
    ("reasons.told", ("north", "south")), ("conversations.held", ("north", "south")), ("conversations.read_back", ("north", "south")),
    ("condition.C1.2", ("north", "south")), ("condition.C8.1", ("",)), ("weekly.managers_looking", ("",)), ("use.baseline", ("",)),
)  # fmt: skip
ITEMS = (("P0", "purpose"), ("P0", "impact"), ("P0", "informed"), ("P0", "legal"), ("M05", "signed"), ("M05", "exception"), ("M18", "effect"))  # fmt: skip
_STEPS = 60


def facts(rng: random.Random) -> list[tuple]:
    """Some facts, true or not, as a night might tell them."""
    return [
        (fact, where, rng.choice((0.0, 0.5, 1.0, 5.0)), rng.choice((0, 5, 40)))
        for fact, places in FACTS for where in places if rng.random() < 0.8
    ]  # fmt: skip


def act(rng: random.Random, sprint, bank) -> None:
    """One thing somebody does; what cannot be is refused and changes nothing."""
    from takeup.server.acting.sprint import services
    from takeup.server.acting.sprint.deciding import decide
    from takeup.server.deployment.roles import Role

    lead, executive = bank["programme_lead"].handle, bank["executive"].handle
    milestone, item = rng.choice(ITEMS)
    deed = rng.randrange(5)
    if deed == 0:
        services.sign(sprint, milestone, item, by=lead, roles=list(Role), note="filed")
    elif deed == 1:
        held = sprint.signatures.filter(withdrawn_at=None).order_by("?").first()
        services.take_back(sprint, held.pk if held else 0, by=lead, reason="not so")
    elif deed == 2:
        due = now().date() + timedelta(days=rng.randint(-90, 120))
        services.move(sprint, rng.choice(("M03", "M05", "M07", "M13")), due, "as it goes", by=lead)
    elif deed == 3:
        services.wait_for(sprint, rng.choice(("M03", "M09", "M14")), rng.choice(("M05", "M13", "T4")), by=lead)  # fmt: skip
    else:
        gate = rng.choice(GATES)
        look_ = sprint.looks.filter(gate=gate).first()
        decide(sprint, gate, rng.choice(("go", "intervene", "hold")), by=executive, looked_at=look_.sha256 if look_ else "", reason="so it is")  # fmt: skip


def holds(sprint) -> None:
    """What must be true after every look: what is done had all of it once, and nothing of it is known not to hold."""
    from takeup.server.acting.sprint.evaluating import lacks
    from takeup.server.acting.sprint.milestones import MILESTONES
    from takeup.server.acting.sprint.seen import seen_in

    for state in sprint.states.all():
        seen = seen_in(state)
        open_ = lacks(MILESTONES[state.milestone], seen)
        if state.done_on is None:
            assert open_, state.milestone
        else:
            assert not any(seen[key].holds is False for key in open_), (state.milestone, open_)


def test_no_order_of_events_leaves_a_milestone_done_that_does_not_hold_or_changes_a_decision(bank):
    for seed in range(3):
        rng, sprint, decided = random.Random(seed), begun(bank), {}
        start = now()
        for step in range(_STEPS):
            with at(start + timedelta(days=step)):
                sprint.refresh_from_db()
                with contextlib.suppress(InputError):
                    act(rng, sprint, bank)
                look(sprint, *facts(rng))
                holds(sprint)
                taken = {g.pk: (g.gate, g.decided, g.sha256, str(g.evidence)) for g in sprint.gates.all()}  # fmt: skip
                assert taken | decided == taken
                decided = taken
        from takeup.server.acting.sprint.services import end

        end(sprint, "another begins", by="x")


def test_a_population_that_is_gone_is_asked_for_no_more_and_takes_nothing_along(bank):
    from takeup.server.foundation.organization.services import import_people, read_people
    from tests.server.sprint.sprints import state

    sprint = begun(bank)
    both = [("use.live", w, 1) for w in ("north", "south")]
    more = [("recording.quarantined", "", 0, 9), ("rollout.stop_drill", "", 1)]
    look(sprint, ("use.live", "north", 1), ("use.live", "south", 0), *more)
    assert state(sprint, "M13").done_on is None
    rows = [{"person_id": f"north-{n}", "population": "north", "team": "north"} for n in range(10)]
    with at(now() + timedelta(days=1)):
        import_people(read_people(rows, "test"), actor="test")
    with at(now() + timedelta(days=2)):
        look(sprint, both[0], *more)
        assert state(sprint, "M13").seen["live"]["words"].startswith("yes")
        assert state(sprint, "M13").done_on == now().date()
