"""Decisions and their outcomes into each person's own vault, as they are drained; and out again, for
that person."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.utils import random as random_bytes
from pydantic_core import from_json, to_json

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.deployment.sealing import SealedKind, keyed, seal, unseal
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Role, declared, handles_of
from takeup.server.showing.practitioner.models import Objection, OwnRow, VaultKey

_logger = logging.getLogger(__name__)
KEPT_DAYS, LONGEST_DAYS, AFTER_OUTCOME = 365, 730, 28
_AT_ONCE = 5_000
_LEFT_OUT = ("person_id", "revision", "updated_at", "team", "population", "override_comment")


def keep_own(kind: str, bodies: Sequence[str]) -> None:
    """Decisions (JSON) into the vaults of those who made them, outcomes beside their decisions.
    Again changes nothing."""
    for start in range(0, len(bodies), _AT_ONCE):
        rows = [from_json(body) for body in bodies[start : start + _AT_ONCE]]
        if kind == "decisions":
            _keep_decisions(rows)
        elif kind == "outcomes":
            _keep_outcomes(rows)


def rows_of(handle: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A person's own decisions and their outcomes, in no order."""
    key = VaultKey.objects.filter(handle=handle, closed_at=None).first()
    if key is None:
        return [], []
    box = _box_of(key)
    if box is None:
        return [], []
    decisions: list[dict[str, Any]] = []
    outcomes: list[dict[str, Any]] = []
    rows = OwnRow.objects.filter(owner=_owner(handle)).values_list("part", "sealed")
    for part, sealed in rows:
        (outcomes if part else decisions).append(from_json(box.decrypt(bytes(sealed))))
    return decisions, outcomes


def cannot_open(handle: str) -> bool:
    """Whether the person has a vault that the deployment's secret does not open."""
    key = VaultKey.objects.filter(handle=handle, closed_at=None).first()
    return key is not None and _box_of(key) is None


def is_closed(handle: str) -> bool:
    """Whether the person wants no vault."""
    return VaultKey.objects.filter(handle=handle).exclude(closed_at=None).exists()


@transaction.atomic
def close(handle: str) -> None:
    """The person wants no vault: everything in it goes at once, and nothing is kept from now on."""
    OwnRow.objects.filter(owner=_owner(handle)).delete()
    VaultKey.objects.update_or_create(handle=handle, defaults={"sealed": "", "closed_at": now()})
    audit.record("vault.closed", actor=handle, subject=handle)


@transaction.atomic
def reopen(handle: str) -> None:
    """From now on own decisions come back again; what was deleted stays deleted."""
    if VaultKey.objects.filter(handle=handle).exclude(closed_at=None).delete()[0]:
        audit.record("vault.opened", actor=handle, subject=handle)


@transaction.atomic
def forget(handle: str) -> list[int]:
    """A person was erased: their key and rows go for good, and what they objected to; the numbers of
    these objections."""
    objected = list(Objection.objects.filter(handle=handle).values_list("pk", flat=True))
    OwnRow.objects.filter(owner=_owner(handle)).delete()
    VaultKey.objects.filter(handle=handle).delete()
    Objection.objects.filter(handle=handle).delete()
    return objected


@transaction.atomic
def object_to(handle: str, text: str, name: str) -> None:
    """Keep an objection and tell those who oversee, with the person's name. Raises InputError without
    words."""
    if not text.strip():
        raise InputError("write what you object to")
    made = Objection.objects.create(handle=handle, text=text.strip()[:5_000], at=now())
    officers = [h for h, _ in organization.named_with([Role.OVERSIGHT_OFFICER], now().date())]
    tell(
        officers, f"objection:{made.pk}", f"{name} objects to what is recorded of them", made.text,
        "/notices", kind="digest",
    )  # fmt: skip
    audit.record("objection.made", actor=handle, subject=handle)


def objections_of(handle: str) -> list[Objection]:
    """A person's own objections, the newest first."""
    return list(Objection.objects.filter(handle=handle).order_by("-at"))


def forget_decisions(use_case: str, decision_ids: Collection[str]) -> None:
    """Decisions that were nobody's after all go from the vaults, with their outcomes."""
    marks = [_mark(use_case, one) for one in sorted(decision_ids)]
    for start in range(0, len(marks), _AT_ONCE):
        OwnRow.objects.filter(mark__in=marks[start : start + _AT_ONCE]).delete()


def forget_old(today: date) -> int:
    """Rows whose time is over go; how many."""
    return OwnRow.objects.filter(until__lt=today).delete()[0]


def _keep_decisions(rows: Sequence[Mapping[str, Any]]) -> None:
    people = {row["person_id"] for row in rows if row.get("person_id")}
    boxes = _boxes(handles_of(people))
    today = now().date()
    days = {name: _days(name) for name in {row["use_case"] for row in rows}}
    kept: list[OwnRow] = []
    for row in rows:
        found = boxes.get(row.get("person_id") or "")
        until = datetime.fromisoformat(row["decided_at"]).date() + days[row["use_case"]]
        if found is None or until < today:
            continue
        owner, box = found
        told = {k: v for k, v in row.items() if v is not None and k not in _LEFT_OUT}
        mark = _mark(row["use_case"], row["decision_id"])
        kept.append(OwnRow(owner=owner, mark=mark, until=until, sealed=box.encrypt(to_json(told))))
    _put(kept)


def _keep_outcomes(rows: Sequence[Mapping[str, Any]]) -> None:
    marks = {_mark(row["use_case"], row["decision_id"]): row for row in rows if row.get("use_case")}
    owned = {
        row.mark: row
        for row in OwnRow.objects.filter(mark__in=list(marks), part="").only(
            "mark", "owner", "until"
        )
    }
    owners = {row.owner for row in owned.values()}
    keys = _keys_of(owners) if owners else []
    boxes = {_owner(k.handle): box for k in keys if (box := _box_of(k)) is not None}
    kept = []
    for row in rows:
        decision = owned.get(_mark(row.get("use_case") or "", row["decision_id"]))
        if decision is None or decision.owner not in boxes:
            continue
        kept.append(
            OwnRow(
                owner=decision.owner, mark=decision.mark, until=decision.until,
                part=str(row.get("outcome_name") or "outcome")[:100],
                sealed=boxes[decision.owner].encrypt(
                    to_json({k: v for k, v in row.items() if v is not None})
                ),
            )
        )  # fmt: skip
    _put(kept)


def _put(rows: Iterable[OwnRow]) -> None:
    # The last of several revisions in one batch holds.
    last = {(row.mark, row.part): row for row in rows}
    OwnRow.objects.bulk_create(
        last.values(), batch_size=500, update_conflicts=True, unique_fields=["mark", "part"],
        update_fields=["owner", "until", "sealed"],
    )  # fmt: skip


def _days(use_case: str) -> timedelta:
    """How long a decision of this use case stays: its outcome's lag and 28 days, and a year at least."""
    lag = declared(use_case).outcome.maturation_days
    return timedelta(days=min(max(KEPT_DAYS, int(lag) + AFTER_OUTCOME), LONGEST_DAYS))


def _boxes(handles: Mapping[str, str]) -> dict[str, tuple[str, SecretBox]]:
    """By person id: the owner's mark and box, for those who have a vault; keys are made where new."""
    held = {key.handle: key for key in VaultKey.objects.filter(handle__in=list(handles.values()))}
    open_ = {h: box for h, key in held.items() if (box := _box_of(key)) is not None}
    # A key that the deployment's secret does not open is never written over: the secret may come back.
    shut = [h for h, key in held.items() if key.closed_at is None and h not in open_]
    if shut:
        _logger.warning(
            "the vaults of %d people do not open with this deployment's secret, so nothing is kept in "
            "them; takeup doctor says what to do", len(shut),
        )  # fmt: skip
    for handle in set(handles.values()) - set(held):
        secret = random_bytes(SecretBox.KEY_SIZE)
        sealed = seal(secret.hex(), handle)
        VaultKey.objects.create(handle=handle, sealed=sealed)
        open_[handle] = SecretBox(secret)
    return {
        person: (_owner(handle), open_[handle])
        for person, handle in handles.items()
        if handle in open_
    }


def _keys_of(owners: set[str]) -> list[VaultKey]:
    return [k for k in VaultKey.objects.filter(closed_at=None) if _owner(k.handle) in owners]


def _box_of(key: VaultKey) -> SecretBox | None:
    """What opens a person's rows; None where the vault is closed, or its key was sealed with another
    deployment's secret."""
    if key.closed_at is not None:
        return None
    try:
        return SecretBox(bytes.fromhex(unseal(key.sealed, key.handle)))
    except ValueError:
        return None


def _owner(handle: str) -> str:
    return keyed("vault.owner", handle)[:32]


def _mark(use_case: str, decision_id: str) -> str:
    return keyed("vault.decision", json.dumps([use_case, decision_id]))[:32]


def _each() -> Iterator[tuple[int, bool]]:
    """Every vault, with whether its key opens and the key a row of it."""
    for key in VaultKey.objects.filter(closed_at=None).iterator():
        box = _box_of(key)
        row = None if box is None else OwnRow.objects.filter(owner=_owner(key.handle)).first()
        yield key.pk, box is not None and (row is None or _opens(box, bytes(row.sealed)))


def _opens(box: SecretBox, sealed: bytes) -> bool:
    try:
        box.decrypt(sealed)
    except CryptoError:
        return False
    return True


@transaction.atomic
def _forget_closed(numbers: Collection[int]) -> None:
    """Vaults that never open again go, and the rows that no vault owns."""
    VaultKey.objects.filter(pk__in=numbers).delete()
    owners = {_owner(key.handle) for key in VaultKey.objects.all()}
    for owner in set(OwnRow.objects.values_list("owner", flat=True).distinct()) - owners:
        OwnRow.objects.filter(owner=owner).delete()


VAULTS = SealedKind(
    10, "vaults of people", "the people’s own cases and their outcomes", _each, _forget_closed
)
