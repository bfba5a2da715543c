"""What is known of a sprint on a day: what capabilities tell, what the newest snapshot told, what people signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date

from takeup.record.milestones import MilestoneRecord
from takeup.server.acting.sprint.milestone import Known, Signature
from takeup.server.acting.sprint.models import DayFacts, Signed, Sprint
from takeup.server.deployment.capability import of_every
from takeup.server.foundation.agreement.services import in_force, mode_on, showing
from takeup.server.foundation.organization import services as organization

Facts = Mapping[str, Mapping[str, MilestoneRecord]]


def known_of(sprint: Sprint, today: date, facts: Facts | None = None) -> Known:
    """All of it; `facts` where they are read already."""
    found = facts if facts is not None else facts_of(sprint.use_case, today)
    people = _people(found, today)
    if sprint.remediation:
        # What is live is mended; who has no advice yet is another sprint's.
        live = {key for key, one in found.get("use.live", {}).items() if one.figure}
        people = {key: n for key, n in people.items() if key in live or not live}
    return Known(today, people, found, signed_of(sprint), sprint.remediation)


def facts_of(use_case: str, today: date) -> Facts:
    """What capabilities and the newest snapshot tell of a use case, by fact and population."""
    held = DayFacts.objects.filter(use_case=use_case).first()
    told = [MilestoneRecord(**one) for one in held.facts] if held else []
    told.append(_agreement())
    for tells in of_every("milestone_records", "tell"):
        told += tells(use_case, today)
    found: dict[str, dict[str, MilestoneRecord]] = {}
    for one in told:
        found.setdefault(one.fact, {})[one.population] = one
    return found


def keep_facts(use_case: str, day: date, told: Sequence[MilestoneRecord]) -> None:
    """Keep what a snapshot tells, in place of the one before."""
    DayFacts.objects.update_or_create(
        use_case=use_case, defaults={"day": day, "facts": [asdict(one) for one in told]}
    )


def _people(facts: Facts, today: date) -> dict[str, int]:
    """The populations of the use case (all, before anything is measured) that are large enough to be shown."""
    sizes = organization.people_by_population(today)
    measured = set(facts.get("use.live", {})) | set(facts.get("reasons.told", {}))
    least = showing().minimum_group
    keys = (measured - {""}) or set(sizes)
    return {key: sizes[key] for key in sorted(keys) if sizes.get(key, 0) >= least}


def _agreement() -> MilestoneRecord:
    stands = not mode_on() or in_force() is not None
    words = "works-council mode is off" if not mode_on() else "in force" if stands else "none is in force"  # fmt: skip
    return MilestoneRecord("agreement.stands", value=float(stands), path="/agreement", words=words)


def signed_of(sprint: Sprint) -> dict[tuple[str, str], Signature]:
    """The newest signature under each statement that was not taken back."""
    held = list(sprint.signatures.filter(withdrawn_at=None).order_by("id"))
    names = organization.names_of([one.signed_by for one in held])
    return {(one.milestone, one.item): _signature(one, names) for one in held}


def _signature(one: Signed, names: Mapping[str, str]) -> Signature:
    path = f"/sprints/{one.sprint_id}/documents/{one.sha256}" if one.sha256 else ""
    return Signature(
        names.get(one.signed_by, "somebody who left"), one.signed_at.date(), one.document, path
    )
