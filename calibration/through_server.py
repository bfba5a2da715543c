"""Rollouts through the real server: it draws who has the advice, records every decision through its
API's own path, drains it into a log, and the measures read that log. Does the interval hold the
effect that was put in?

    python -m calibration.through_server --rollouts 200
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.progress import track
from scipy.stats import binomtest

from takeup.stats.answer import CannotSay, Estimate

if TYPE_CHECKING:
    from takeup.log.delta import DecisionLog
    from takeup.server.recording.record_api.models import ApiKey

EFFECT = 0.12
RANDOMISED = {"half of people": (0.5, 0.0), "all, 30 % blind": (1.0, 0.3), "60 %, 10 % blind": (0.6, 0.1)}  # fmt: skip
_BEGINS = datetime(2026, 1, 5, 9, tzinfo=UTC)
_STARTS = (5, 8, 11, 0)
"""Weeks in which every fourth cohort begins; 0: never."""
_COHORTS, _PEOPLE, _WEEKS, _EACH, _SHIFT = 24, 4, 14, 24, 0.08


def randomised(
    seed: int, share: float, blind: float, key: ApiKey, log: DecisionLog
) -> Estimate | CannotSay:
    """Sixty people, forty cases each; with the advice, right decisions are more frequent by EFFECT."""
    from takeup.record.clock import at
    from takeup.server.acting.rollout.models import Draw
    from takeup.server.acting.rollout.services import Assigning, set_draw, take_step

    rng = random.Random(seed)
    use_case, people = f"randomised-{seed}", [f"{seed}-{i}" for i in range(60)]
    _place(dict.fromkeys(people, f"wave-{seed}"))
    with at(_BEGINS):
        set_draw(use_case, by="ann", blind=blind, ask_first=False)
        # One interval of twenty misses by right: which draw this is, is not left to chance.
        Draw.objects.filter(use_case=use_case).update(salt=f"{seed:032x}")
        take_step(use_case, "assist", by="ann", cohort=f"wave-{seed}", share=share)
        level = {p: rng.gauss(0.6, 0.08) for p in people}
        assigning = Assigning([{"use_case": use_case, "person_id": p} for p in people])
        rows = []
        for i in range(2_400):
            person = people[i % 60]
            case = {"use_case": use_case, "case_id": f"c{i}", "person_id": person}
            held = assigning.of(case)
            rows.append(_decided(rng, case, f"{seed}-{i}", _BEGINS, held, level[person], EFFECT))
    _record(rows, key, log)
    found = _measures(log, "rollout").rollout
    if isinstance(found, CannotSay):
        return found
    return next(e for e in found.effects if e.name == "correctness").unadjusted


def staggered(seed: int, key: ApiKey, log: DecisionLog) -> Estimate | CannotSay:
    """Cohorts that begin in the fifth, eighth or eleventh week or not at all; weeks differ for all
    alike; right decisions are more frequent by the effect from a cohort's start on."""
    from takeup.record.clock import at
    from takeup.server.acting.rollout.services import Assigning, take_step

    rng = random.Random(seed)
    use_case = f"staggered-{seed}"
    of = {f"{seed}-{i}": f"c{i % _COHORTS}-{seed}" for i in range(_COHORTS * _PEOPLE)}
    _place(of)
    level = {cohort: rng.gauss(0.65, 0.05) for cohort in sorted(set(of.values()))}
    rows = []
    for week in range(1, _WEEKS + 1):
        moment, common = _BEGINS + timedelta(weeks=week - 1), rng.gauss(0, 0.02)
        with at(moment):
            for i in range(_COHORTS):
                if _STARTS[i % len(_STARTS)] == week:
                    take_step(use_case, "assist", by="ann", cohort=f"c{i}-{seed}")
            assigning = Assigning([{"use_case": use_case, "person_id": p} for p in of])
            for person, cohort in of.items():
                for n in range(_EACH // _PEOPLE):
                    name = f"{person}-{week}-{n}"
                    case = {"use_case": use_case, "case_id": name, "person_id": person}
                    rows.append(
                        _decided(
                            rng, case, name, moment + timedelta(hours=1), assigning.of(case),
                            level[cohort] + common, _SHIFT,
                        )
                    )  # fmt: skip
    _record(rows, key, log)
    found = _measures(log, "staggered").staggered
    if isinstance(found, CannotSay):
        return found
    return next(e for e in found.effects if e.name == "correctness").overall


def _place(cohort_of: dict[str, str]) -> None:
    from takeup.record.clock import at
    from takeup.server.foundation.organization.services import import_people, read_people

    rows = [
        {"person_id": p, "population": "officers", "team": "t1", "cohort": cohort}
        for p, cohort in cohort_of.items()
    ]
    with at(_BEGINS):
        import_people(read_people(rows, "simulated"), actor="simulated")


def _decided(
    rng: random.Random, case: dict[str, Any], name: str, moment: datetime, drawn: Any,
    level: float, effect: float,
) -> dict[str, Any]:  # fmt: skip
    held, cohort = drawn
    truth = rng.choice(("approve", "decline"))
    right = rng.random() < level + effect * (held.mode == "assist")
    other = "decline" if truth == "approve" else "approve"
    probability = {"assist_probability": held.probability} if held.probability else {}
    return case | probability | {
        "decision_id": name, "decided_at": moment.isoformat(), "mode": held.mode,
        "consulted": held.mode == "assist", "cohort": cohort, "recommendation": truth,
        "choice": truth if right else other, "randomised_unit": held.unit,
    }  # fmt: skip


def _record(rows: list[dict[str, Any]], key: ApiKey, log: DecisionLog) -> None:
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive

    outcomes = [
        {"decision_id": r["decision_id"], "use_case": r["use_case"],
         "correct_choice": r["recommendation"], "observed_at": r["decided_at"]}
        for r in rows
    ]  # fmt: skip
    for kind, batch in (("decisions", rows), ("outcomes", outcomes)):
        for start in range(0, len(batch), 1_000):
            receive(kind, batch[start : start + 1_000], key)  # type: ignore[arg-type]
    drain(log)


def _measures(log: DecisionLog, wanted: str) -> Any:
    import takeup
    from takeup.server.recording.record_api.reading import recorded

    tables = recorded(log)
    only = ["adoption", wanted]
    found = takeup.diagnose(tables["decisions"], outcomes=tables["outcomes"], only=only)
    return found.measures()


def main() -> None:
    """Coverage of each kind of rollout, with the 99 % range that chance allows for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rollouts", type=int, default=200)
    wanted = parser.parse_args().rollouts
    with tempfile.TemporaryDirectory() as home:
        os.environ["TAKEUP_HOME"] = home
        from takeup.server.running.start import start

        start()
        for name, effect, answers in _all(wanted, Path(home)):
            known = [a for a in answers if isinstance(a, Estimate)]
            held = sum(a.low < effect < a.high for a in known)
            chance = binomtest(held, len(known)).proportion_ci(0.99, "wilson")
            print(
                f"{name}: {held} of {len(known)} hold the effect of {100 * effect:g} points "
                f"({100 * held / len(known):.1f} %, 99 % range {100 * chance.low:.1f} to "
                f"{100 * chance.high:.1f}); refused {len(answers) - len(known)}"
            )


def _all(wanted: int, home: Path) -> Iterator[tuple[str, float, list[Estimate | CannotSay]]]:
    from takeup.log.delta import DecisionLog
    from takeup.server.recording.record_api.keys import key_of, make_key

    key = key_of(make_key("simulated"))
    assert key is not None
    for number, (name, (share, blind)) in enumerate(RANDOMISED.items()):
        seeds = range(number * wanted, (number + 1) * wanted)
        yield name, EFFECT, [
            randomised(seed, share, blind, key, DecisionLog(home / f"log-r{seed}"))
            for seed in track(seeds, name)
        ]  # fmt: skip
    yield "staggered, 24 cohorts", _SHIFT, [
        staggered(seed, key, DecisionLog(home / f"log-s{seed}"))
        for seed in track(range(wanted), "staggered")
    ]  # fmt: skip


if __name__ == "__main__":
    main()
