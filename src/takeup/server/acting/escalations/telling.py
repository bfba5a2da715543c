"""An escalation as pages tell it: what it waits for and by when, and whether that is past. Nobody's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from takeup.record.clock import now
from takeup.server.acting.escalations.breaches import awaited
from takeup.server.acting.escalations.models import Escalation
from takeup.server.acting.escalations.priorities import MEANINGS
from takeup.server.acting.escalations.services import ended_at, is_promised
from takeup.server.deployment.working_days import clock_words, local
from takeup.server.foundation.pages.detail import kind_words


def told(one: Escalation, titles: Mapping[str, str]) -> dict[str, Any]:
    """`state`: what it is; `waits`: what for, by `when` (in words; `due`: both) and on which `day`; `late`: whether that is past."""
    return {
        "it": one, "where": titles.get(one.population) or one.population,
        "meaning": MEANINGS[one.priority].words, "promise": MEANINGS[one.priority].promise,
        "kind": kind_words(one.kind) if one.kind else "", "opened": clock_words(one.opened_at),
        "pause_missing": one.priority == "P1" and not one.pause and one.decided_at is None,
        "over": ended_at(one) is not None, **_standing(one),
    }  # fmt: skip


def _standing(one: Escalation) -> dict[str, Any]:
    moment = now()
    if (waits := awaited(one)) is not None:
        by, what = waits
        when = clock_words(by)
        found = {
            "acknowledged": (_("raised"), _("to be acknowledged"), _("to be acknowledged by {when}")),
            "decided": (_("acknowledged"), _("to be decided"), _("to be decided by {when}")),
        }  # fmt: skip
        state, words, due = found[what]
        return {"state": state, "waits": words, "due": due.format(when=when), "when": when, "day": local(by).date(), "late": by < moment}  # fmt: skip
    if is_promised(one) and one.promised_on:
        day, today = one.promised_on, local(moment).date()
        when = f"{day:%A %-d %B %Y}"
        return {"state": _("accepted"), "waits": _("promised"), "due": _("promised for {when}").format(when=when), "when": when, "day": day, "late": day < today}  # fmt: skip
    ended = local(ended_at(one))
    state = _("shipped") if one.shipped_at else _("declined")
    return {"state": state, "waits": "", "when": f"{ended:%A %-d %B %Y}", "day": ended.date(), "late": False}  # fmt: skip


def history(one: Escalation, names: Mapping[str, str]) -> list[dict[str, str]]:
    """What was done, step by step: who of the product team, when, and in which words. Who raised it is not told."""
    accepted = one.decision == "accepted"
    steps = (
        (one.opened_at, _("raised by a champion"), "", ""),
        (one.acknowledged_at, _("acknowledged"), one.acknowledged_by, ""),
        (one.paused_at, _("the advice is to be paused") if one.pause == "pause" else _("the advice stays meanwhile"), one.paused_by, one.pause_why),
        (one.decided_at, _("accepted") if accepted else _("declined"), one.decided_by, one.reason),
        (one.shipped_at, _("shipped"), one.shipped_by, one.changed),
    )  # fmt: skip
    left = _("somebody who left")
    done = [(at, what, by, text) for at, what, by, text in steps if at is not None]
    return [
        {"when": clock_words(at), "what": what, "who": names.get(by, left) if by else "", "text": text}
        for at, what, by, text in sorted(done, key=lambda step: step[0])
    ]  # fmt: skip


def done_by(one: Escalation) -> set[str]:
    """Handles of who of the product team did something with it."""
    return {by for by in (one.acknowledged_by, one.paused_by, one.decided_by, one.shipped_by) if by}
