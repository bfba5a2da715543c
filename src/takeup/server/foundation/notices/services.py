"""Tell people something once: in the app at once, by mail and webhook as the settings name them."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q

from takeup.record.clock import now
from takeup.server.foundation.notices.models import Delivery, Notice, Wants
from takeup.server.foundation.organization import services as organization

_SALT = "takeup.unsubscribe"
KINDS = ("signals", "digest")


@transaction.atomic
def tell(
    handles: Collection[str],
    key: str,
    subject: str,
    text: str,
    path: str,
    *,
    kind: str = "signals",
    to_webhooks: bool = False,
) -> None:
    """Tell each person once about `key`. Mail goes to those who have an address and did not
    unsubscribe from `kind`, where the settings name a mail server."""
    moment = now()
    # One line: what people typed into it may have more, and no mail goes out with that.
    subject = " ".join(subject.split())
    Notice.objects.bulk_create(
        [
            Notice(handle=handle, key=key, subject=subject[:300], text=text, path=path, made_at=moment)
            for handle in handles
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    found: list[tuple[str, str, str]] = []
    if settings.TAKEUP.smtp_url:
        unwanted = set(Wants.objects.filter(**{kind: False}).values_list("handle", flat=True))
        for handle, address in organization.addresses_of(handles).items():
            if handle not in unwanted:
                found.append(("mail", address, f"{text}\n\n{_footer(handle, kind)}"))
    if to_webhooks:
        found += [("webhook", str(n), text) for n, _ in enumerate(settings.TAKEUP.webhook_list)]
    Delivery.objects.bulk_create(
        [
            Delivery(channel=channel, address=address, key=key, subject=subject[:300], text=whole,
                     path=path, made_at=moment, next_at=moment)
            for channel, address, whole in found
        ],
        ignore_conflicts=True,
    )  # fmt: skip


@transaction.atomic
def forget_notices(handle: str, keys: Collection[str], known: Collection[str]) -> None:
    """A person was erased: what they were told, what others were told under these keys of what was theirs, and
    whatever names them (`known`: names and addresses, as whole words) goes."""
    about = Q(key__in=keys)
    Notice.objects.filter(about | (Q(handle=handle) if handle else Q(pk=None))).delete()
    Delivery.objects.filter(about | Q(address__in=known)).delete()
    if handle:
        Wants.objects.filter(handle=handle).delete()
    for name in known:
        whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
        for told in (Notice, Delivery):
            may = told.objects.filter(Q(subject__icontains=name) | Q(text__icontains=name))
            naming = [one.pk for one in may if whole.search(f"{one.subject}\n{one.text}")]
            told.objects.filter(pk__in=naming).delete()


@transaction.atomic
def forget_told(about: str) -> None:
    """What anybody was told under keys that begin with `about` goes: whom something was told may tell of them."""
    for told in (Notice, Delivery):
        told.objects.filter(key__startswith=about).delete()


def told_lately(handle: str, about: tuple[str, ...], most: int) -> list[Notice]:
    """The newest notices of a person whose key begins with one of `about`."""
    wanted = Q()
    for start in about:
        wanted |= Q(key__startswith=start)
    return list(Notice.objects.filter(wanted, handle=handle).order_by("-made_at")[:most])


def _footer(handle: str, kind: str) -> str:
    token = signing.dumps({"handle": handle, "kind": kind}, salt=_SALT)
    return (
        f"No more mail of this kind: {settings.TAKEUP.public_url}/notices/unsubscribe/{token}\n"
        "takeup shows groups of at least the minimum size, never a person."
    )


def unsubscribe(token: str) -> str:
    """No more mail of the kind that the link in a mail names; the kind, empty where the link is not
    one of ours."""
    try:
        told = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return ""
    if told.get("kind") not in KINDS:
        return ""
    set_wants(told["handle"], **{told["kind"]: False})
    return str(told["kind"])


def set_wants(handle: str, **wanted: bool) -> None:
    """What a person wants by mail from now on."""
    Wants.objects.update_or_create(handle=handle, defaults=wanted)


def waiting_for(handle: str) -> int:
    """How many notices a person has not seen."""
    return Notice.objects.filter(handle=handle, seen_at=None).count()
