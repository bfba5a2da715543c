"""Deliveries: tried, tried again later and later, and visible where they fail.

Mail goes to the server that TAKEUP_SMTP_URL names, webhooks to those of TAKEUP_WEBHOOKS; no other
connection is opened.
"""

from __future__ import annotations

import json
import re
import smtplib
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from takeup.record.clock import now
from takeup.server.foundation.notices.models import Delivery

MOST_ATTEMPTS = 10
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)
_TIMEOUT = 20.0


def deliver_waiting(most: int = 200) -> tuple[int, int]:
    """Try what is due now; how many were sent, how many will be tried again or were given up."""
    sent = failed = 0
    waiting = Delivery.objects.filter(sent_at=None, given_up_at=None, next_at__lte=now())
    if settings.TAKEUP.quiet_at(now()):
        # What a channel is told wakes nobody.
        waiting = waiting.exclude(channel="mail")
    for one in waiting.order_by("next_at")[:most]:
        one.attempts += 1
        try:
            _SENDERS[one.channel](one)
        except (OSError, smtplib.SMTPException, ValueError, IndexError) as error:
            failed += 1
            one.error = _without_address(str(error), one)[:300] or type(error).__name__
            one.next_at = now() + min(_FIRST_WAIT * 2 ** (one.attempts - 1), _LONGEST_WAIT)
            if one.attempts >= MOST_ATTEMPTS:
                one.given_up_at = now()
        else:
            sent += 1
            one.sent_at, one.error = now(), ""
        # Not `save()`: a message that was deleted meanwhile (somebody was erased) would be there again.
        Delivery.objects.filter(pk=one.pk).update(
            attempts=one.attempts, error=one.error, next_at=one.next_at,
            given_up_at=one.given_up_at, sent_at=one.sent_at,
        )  # fmt: skip
    return sent, failed


def _without_address(error: str, one: Delivery) -> str:
    """Mail servers name whom they refuse: that stands on a page, beside what it was about."""
    if one.channel != "mail":
        return error
    return re.sub(re.escape(one.address), "(the address)", error, flags=re.IGNORECASE)


def _mail(one: Delivery) -> None:
    url = urlsplit(settings.TAKEUP.smtp_url or "")
    tls = url.scheme == "smtps"
    connection = get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=url.hostname, port=url.port or (465 if tls else 587),
        username=unquote(url.username or ""), password=unquote(url.password or ""),
        use_ssl=tls, use_tls=url.scheme == "smtp+starttls", timeout=_TIMEOUT,
    )  # fmt: skip
    body = f"{one.text}\n\n{settings.TAKEUP.public_url}{one.path}\n"
    EmailMessage(
        one.subject, body, settings.TAKEUP.mail_from, [one.address], connection=connection,
        headers={"Auto-Submitted": "auto-generated"},
    ).send()  # fmt: skip


def _webhook(one: Delivery) -> None:
    flavour, address = settings.TAKEUP.webhook_list[int(one.address)]
    request = urllib.request.Request(
        address,
        data=json.dumps(_message(flavour, one)).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    try:
        urllib.request.urlopen(request, timeout=_TIMEOUT).close()
    except urllib.error.HTTPError as error:
        raise OSError(f"the channel answered {error.code}") from None


def _message(flavour: str, one: Delivery) -> dict[str, Any]:
    """What Slack (and whatever takes its form) reads, or a card for Microsoft Teams."""
    link = f"{settings.TAKEUP.public_url}{one.path}"
    if flavour != "teams":
        return {"text": f"*{one.subject}*\n{one.text}\n<{link}|Open in takeup>"}
    card = {
        "type": "AdaptiveCard", "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.4",
        "body": [
            {"type": "TextBlock", "text": one.subject, "weight": "Bolder", "wrap": True},
            {"type": "TextBlock", "text": one.text, "wrap": True},
        ],
        "actions": [{"type": "Action.OpenUrl", "title": "Open in takeup", "url": link}],
    }  # fmt: skip
    attached = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attached]}


_SENDERS: dict[str, Callable[[Delivery], None]] = {"mail": _mail, "webhook": _webhook}
