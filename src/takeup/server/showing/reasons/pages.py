"""Pages: the reasons of every population, and all that is known of one's."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from takeup.questions.knowledge import rule
from takeup.record.clock import now
from takeup.record.questionnaire import TYPE_NAMES
from takeup.server.deployment.capability import READS_EVERY_POPULATION, capabilities
from takeup.server.foundation.organization.services import (
    Person,
    own_populations,
    population_titles,
    roles_of,
    use_case_names,
)
from takeup.server.foundation.pages.exports import shown_or_exported
from takeup.server.foundation.permissions import may
from takeup.server.showing.reasons import services
from takeup.server.showing.reasons.models import ReasonsOf

VERDICT_WORDS = {
    services.HIDDEN: _("not shown, on purpose"),
    services.NOTHING_MISSING: _("nearly every case is decided with the advice"),
    "insufficient_evidence": _("not enough evidence yet"),
    "none": _("no reason against the advice was found"),
    "dominant": _("one reason weighs most"),
    "mixed": _("several reasons"),
    "leaning": _("the evidence leans"),
    "unclear": _("no reason stands out"),
}


@require_GET
def reasons(request: HttpRequest) -> HttpResponse:
    """Every population, use case by use case."""
    titles = population_titles()
    held = [(name, services.reasons_in(name)) for name in use_case_names()]
    shown = {
        "use_cases": [(name, [_row(one, titles) for one in rows]) for name, rows in held if rows],
    }
    columns = ["use_case", "population", "verdict", "reasons", "survey", "conversations"]
    rows = [
        [name, titles.get(one.population) or one.population, VERDICT_WORDS[one.verdict],
         ", ".join(TYPE_NAMES[t] for t in one.told.get("named", ())),
         (one.told.get("survey") or {}).get("respondents"),
         (one.told.get("interviews") or {}).get("talks")]
        for name, found in held for one in found
    ]  # fmt: skip
    return shown_or_exported(request, "reasons/reasons.html", shown, "reasons", (columns, rows))


def _row(one: ReasonsOf, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "it": one, "title": titles.get(one.population) or one.population, "verdict": VERDICT_WORDS[one.verdict],
        "named": [TYPE_NAMES[t] for t in one.told.get("named", ())],
    }  # fmt: skip


@require_GET
def reasons_of(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """All that is known of one population's reasons: everybody in it reads this same page."""
    person: Person = request.user  # type: ignore[assignment]
    reads = bool(roles_of(person) & READS_EVERY_POPULATION)
    if not reads and key not in own_populations(person, now().date()):
        return render(request, "not_permitted.html", status=403)
    one = services.reasons_of(name, key)
    if one is None:
        raise Http404
    fits = [(t, rule(f"reason_{t}")) for t in one.told.get("named", ())]
    shown = {
        **_row(one, population_titles()), "use_case": name, "reads": reads, "fits": fits,
        "declares": may("intervention_declare", person),
        "told": one.told, "starts": _starts(request, name, key),
    }  # fmt: skip
    columns = ["reason", "roughly_from_percent", "to_percent"]
    rows = [[m["reason"], m["low"], m["high"]] for m in one.told.get("mix", ())]
    return shown_or_exported(request, "reasons/reasons_of.html", shown, f"reasons-{key}-{one.day}", (columns, rows))  # fmt: skip


_STARTS = (
    ("surveys", "survey_open", _("Ask them"), "#ask"),
    ("conversations", "conversation_draw", _("Hold conversations"), "#draw"),
)
"""What can be begun from here: a page, who may act there, words, and where on it."""


def _starts(request: HttpRequest, use_case: str, population: str) -> list[dict[str, str]]:
    """What may be begun by this person, of what is installed."""
    there = {name for one in capabilities() for name in one.opens}
    return [
        {"page": page, "words": words, "at": at}
        for page, act, words, at in _STARTS
        if page in there and may(act, request.user)
    ]
