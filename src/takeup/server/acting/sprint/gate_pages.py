"""Pages: a gate of a sprint, clause by clause, and the decision on it."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from takeup.record.errors import InputError
from takeup.server.acting.sprint.deciding import decide, look_of, taken
from takeup.server.acting.sprint.gates import CLAUSES
from takeup.server.acting.sprint.models import Sprint
from takeup.server.acting.sprint.pages import person_of, sprint_or_404
from takeup.server.acting.sprint.places import naming
from takeup.server.acting.sprint.services import DECIDERS
from takeup.server.acting.sprint.standing import stands
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.pages.asked import whole_number
from takeup.server.foundation.pages.exports import shown_or_exported
from takeup.server.foundation.permissions import may, may_follow

DECISIONS = {
    "go": gettext_lazy("Go on"),
    "intervene": gettext_lazy("Go on where it holds, act where it does not"),
    "hold": gettext_lazy("Hold: nothing new begins"),
}


@require_GET
def gate_page(request: HttpRequest, number: int, gate: str) -> HttpResponse:
    """Every clause with its evidence, what the gate says, and what was decided; an earlier decision's evidence by
    `?decision=`; as JSON with `?as=json`."""
    sprint = sprint_or_404(number)
    if request.GET.get("as") == "json":
        return _document(request, sprint, gate)
    return _gate(request, sprint, gate)


def _gate(request: HttpRequest, sprint: Sprint, gate: str, status: int = 200, **more: Any) -> HttpResponse:  # fmt: skip
    person, found, decided = person_of(request), stands(sprint), taken(sprint, gate)
    look = look_of(sprint, gate)
    if look is None:
        raise Http404
    names = organization.names_of({sprint.deciders.get(gate, ""), *(one.decided_by for one in decided)})  # fmt: skip
    passed = bool(decided) and decided[0].decided == "go"
    clauses = [dict(one) for one in (decided[0].evidence if passed else look.evidence)["clauses"]]
    named = naming()
    for one in clauses:
        one["where"] = named(one["seen"]["lacking"])
        one["opens"] = may_follow(one["seen"]["path"], person)
    shown = {
        "sprint": sprint, "found": found, "gate": gate, "planned": found.planned[gate], "name": found.windows[gate].name,
        "said": look.evidence, "seen_on": look.seen_on, "clauses": clauses, "passed": passed, "mark": look.sha256,
        "decided": [(one, names.get(one.decided_by, _("somebody who left")), named(one.populations)) for one in decided],
        "lacking": named(look.evidence["lacking"]),
        "who": names.get(sprint.deciders.get(gate, ""), _("somebody who left")), "choices": DECISIONS.items(),
        "decides": sprint.deciders.get(gate) == person.handle and not passed and not sprint.ended_on,
        "asked": request.POST, "names": may("sprint_act", person) and not passed and not sprint.ended_on,
        "decider": sprint.deciders.get(gate, ""), "deciders": organization.named_with(DECIDERS, found.today), "cause": found.cause(gate)[:-1],
        "populations": sorted(((k, named([k])) for k in organization.population_keys()), key=lambda p: p[1]),
        "chosen": request.POST.getlist("population"),
    }  # fmt: skip
    heads = ["clause", "says", "evidence", "n", "attested"]
    rows = [[c["words"], c["says"], c["seen"]["words"], c["seen"]["n"], c["seen"]["attested"]] for c in clauses]  # fmt: skip
    if status != 200:
        return render(request, "sprint/gate.html", shown | more, status=status)
    return shown_or_exported(request, "sprint/gate.html", shown | more, f"sprint-{sprint.pk}-{gate}", (heads, rows))  # fmt: skip


def _document(request: HttpRequest, sprint: Sprint, gate: str) -> HttpResponse:
    """The evidence of a decision as it was kept, with its hash."""
    number = whole_number(request.GET.get("decision", "")) or 0
    one = sprint.gates.filter(gate=gate, pk=number).first()
    if one is None:
        raise Http404
    held = {
        "sprint": sprint.title, "gate": gate, "said": one.said, "decided": one.decided, "reason": one.reason,
        "decided_at": one.decided_at.isoformat(), "populations": one.populations, "sha256_of_evidence": one.sha256,
        "evidence": one.evidence,
    }  # fmt: skip
    answer = HttpResponse(json.dumps(held, indent=1, ensure_ascii=False), content_type="application/json")  # fmt: skip
    answer["Content-Disposition"] = f'attachment; filename="sprint-{sprint.pk}-{gate}-{one.pk}.json"'  # fmt: skip
    return answer


@require_POST
def sprint_gate_decide(request: HttpRequest, number: int, gate: str) -> HttpResponse:
    """Decide at it."""
    sprint, asked = sprint_or_404(number), request.POST
    if gate not in CLAUSES:
        raise Http404
    try:
        decide(
            sprint, gate, asked.get("decided", ""), by=person_of(request).handle, looked_at=asked.get("mark", ""),
            reason=asked.get("reason", ""), populations=asked.getlist("population"),
        )  # fmt: skip
    except InputError as error:
        return _gate(request, sprint, gate, 422, problems=[str(error)])
    messages.success(request, _("Decided. The evidence is kept as you read it."))
    return redirect("sprint_gate", number, gate)
