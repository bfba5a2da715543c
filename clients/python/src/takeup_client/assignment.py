"""Is advice shown on this case? The rollout's rules as the server tells them, applied in the host.

Who is drawn is a stable hash: asked again, the answer is the same. takeup applies the same rules
(`takeup.record.assignment`); a test holds the two together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple, Optional

NOTHING_SHOWN = "shadow"


class Assigned(NamedTuple):
    """What holds for a case: its mode; where chance had a say, the probability of assist and the
    unit that was drawn. `cohort` is the person's, where the server knows it; `ask_first`: the
    person's own answer comes before the advice is revealed."""

    mode: str
    probability: Optional[float] = None
    unit: Optional[str] = None
    cohort: Optional[str] = None
    ask_first: bool = False


def assigned(
    told: Mapping[str, Any],
    use_case: str,
    *,
    case_id: Optional[str],
    person_id: Optional[str],
    known: Mapping[str, Any],
) -> Assigned:
    """The mode of one case under what the server told last."""
    rules = told.get("rollouts", {}).get(use_case)
    if rules is None:
        return Assigned(NOTHING_SHOWN)
    cohort, team = known.get("cohort"), known.get("team")
    if person_id is not None:
        place = told.get("people", {}).get(_mark(told.get("people_salt", ""), person_id))
        if place:
            cohort, team = cohort or place[0] or None, team or place[1] or None
    mode, probability, unit = _mode(rules, case_id, person_id, team, cohort, known)
    return Assigned(mode, probability, unit, cohort, bool(rules["ask_first"]) and mode == "shadow")


def without_drills(told: Mapping[str, Any], over: Collection[str]) -> Mapping[str, Any]:
    """What was told, as it is for the use cases whose stop drill is `over`."""
    if not over:
        return told
    rollouts = {
        name: {**rules, **{k: rules["drill"][k] for k in ("withheld", "stopped")}}
        if name in over
        else rules
        for name, rules in told["rollouts"].items()
    }
    return {**told, "rollouts": rollouts}


def _mode(
    rules: Mapping[str, Any],
    case_id: Optional[str],
    person_id: Optional[str],
    team: Optional[str],
    cohort: Optional[str],
    known: Mapping[str, Any],
) -> tuple[str, Optional[float], Optional[str]]:
    cohorts = rules["cohorts"]
    stage = cohorts.get(cohort or "") or cohorts.get("") or {"mode": NOTHING_SHOWN}
    if stage["mode"] == "off":
        return "off", None, None
    if rules["stopped"] or stage["mode"] != "assist":
        return NOTHING_SHOWN, None, None
    if any(_is_kind(kind, {**known, "cohort": cohort or ""}) for kind in rules["withheld"]):
        return NOTHING_SHOWN, None, None
    share, blind, salt = float(stage["share"]), float(rules["blind"]), str(rules["salt"])
    of = {"case": case_id, "person": person_id, "team": team}
    unit = str(stage["unit"]) if share < 1 else "case"
    if (share < 1 and of[unit] is None) or (blind and case_id is None):
        return NOTHING_SHOWN, None, None
    probability = share * (1 - blind)
    out = share < 1 and _drawn(salt, "assist", unit, str(of[unit])) >= share
    if out or (blind and _drawn(salt, "blind", "case", str(case_id)) < blind):
        return NOTHING_SHOWN, probability or None, unit
    return "assist", probability, unit


def _is_kind(kind: Mapping[str, str], known: Mapping[str, Any]) -> bool:
    return all(_text(known.get(name, known.get(f"x_{name}"))) == v for name, v in kind.items())


def _drawn(salt: str, what: str, unit: str, name: str) -> float:
    digest = hashlib.blake2b(
        f"{what}\x1f{unit}\x1f{name}".encode(), key=salt.encode()[:64], digest_size=8
    ).digest()
    return int.from_bytes(digest, "big") / 2**64


def _mark(salt: str, person_id: str) -> str:
    return hashlib.blake2b(person_id.encode(), key=salt.encode()[:64], digest_size=8).hexdigest()


def _text(value: Any) -> Optional[str]:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
