"""Pages: rounds of conversations; for the two neutral people whom to invite, what was said and how it is coded; for the
population what was heard."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.record.questionnaire import AGREED, TYPE_NAMES, TYPES
from takeup.record.settings import ResistanceSettings
from takeup.server.acting.conversations import services
from takeup.server.acting.conversations.models import DRAWN, ENDED, WAITING, Draw
from takeup.server.acting.conversations.neutral import candidates
from takeup.server.acting.conversations.prompts import BUT, CLOSE, INCLUDE, PROMPTS, THEMES
from takeup.server.deployment.capability import READS_EVERY_POPULATION
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person, own_populations, roles_of
from takeup.server.foundation.pages.asked import whole_number
from takeup.server.foundation.permissions import may

STATE_WORDS = {
    WAITING: _("Drawn with the next snapshot"),
    DRAWN: _("On"),
    ENDED: _("Read back"),
}


@require_GET
def conversations(request: HttpRequest) -> HttpResponse:
    """Every round, the newest first; those one is in oneself, for the neutral."""
    return _conversations(request)


def _conversations(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    person: Person = request.user  # type: ignore[assignment]
    reads = bool(roles_of(person) & READS_EVERY_POPULATION)
    held = [one for one in services.rounds() if reads or person.handle in services.coders_of(one)]
    names = organization.names_of({handle for one in held for handle in services.coders_of(one)})
    titles, asked = organization.population_titles(), request.POST or request.GET
    populations = [(key, titles.get(key) or key) for key in organization.population_keys()]
    wanted = {
        name: asked.get(name, "") for name in ("use_case", "population", "facilitator", "coder")
    }
    chosen = wanted["population"] or (populations[0][0] if populations else "")
    shown = {
        "reads": reads, "rounds": [_told(one, person, names, titles) for one in held],
        "draws_may": may("conversation_draw", person), "use_cases": organization.use_case_names(),
        "populations": populations, "wanted": wanted, "fewest": services.fewest(),
        "neutral": candidates(chosen, now().date()) if may("conversation_draw", person) else [],
    }  # fmt: skip
    return render(request, "conversations/conversations.html", shown | more, status=status)


def _told(
    one: Draw, person: Person, names: dict[str, str], titles: dict[str, str]
) -> dict[str, Any]:
    return {
        "it": one, "where": titles.get(one.population) or one.population, "state": STATE_WORDS[one.state],
        "by": [names.get(handle, "") for handle in services.coders_of(one)],
        "held": one.conversations.count(), "invites": person.handle == one.facilitator and one.state == DRAWN,
        "codes": person.handle in services.coders_of(one) and one.state == DRAWN,
    }  # fmt: skip


@require_POST
def conversation_draw(request: HttpRequest) -> HttpResponse:
    """People of a population are to be invited."""
    person: Person = request.user  # type: ignore[assignment]
    asked = request.POST
    try:
        services.ask_for(
            asked.get("use_case", ""), asked.get("population", ""), asked.get("facilitator", ""),
            asked.get("coder", ""), by=person.handle,
        )  # fmt: skip
    except InputError as error:
        return _conversations(request, 422, problems=[str(error)])
    messages.success(request, _("They are drawn with the next snapshot, and told to nobody but who invites them."))  # fmt: skip
    return redirect("conversations")


@require_POST
def conversation_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """A round that goes nowhere."""
    person: Person = request.user  # type: ignore[assignment]
    try:
        services.withdraw(number, by=person.handle)
    except InputError as error:
        return _conversations(request, 422, problems=[str(error)])
    messages.success(request, _("It is withdrawn; nothing of it was kept."))
    return redirect("conversations")


def _mine(request: HttpRequest, number: int, *, alone: bool = False) -> Draw:
    """The round in which the person invites (`alone`) or codes; 404 for everybody else, as if there were none."""
    person: Person = request.user  # type: ignore[assignment]
    try:
        one = services.round_of(number)
    except InputError:
        raise Http404 from None
    if person.handle not in (services.coders_of(one)[:1] if alone else services.coders_of(one)):
        raise Http404
    return one


@never_cache
@require_GET
def conversation_names(request: HttpRequest, number: int) -> HttpResponse:
    """Who is to be invited: for the one who invites."""
    one = _mine(request, number, alone=True)
    person: Person = request.user  # type: ignore[assignment]
    try:
        found = {"names": services.names_of(one, by=person.handle)}
    except InputError as error:
        return render(request, "conversations/names.html", _of(one) | {"problems": [str(error)]}, status=422)  # fmt: skip
    return render(request, "conversations/names.html", _of(one) | found)


def _of(one: Draw) -> dict[str, Any]:
    titles = organization.population_titles()
    return {"it": one, "where": titles.get(one.population) or one.population}


@never_cache
@require_http_methods(["GET", "POST"])
def conversation_write(request: HttpRequest, number: int) -> HttpResponse:
    """The form of one conversation, filled in while it is held."""
    one = _mine(request, number, alone=True)
    person: Person = request.user  # type: ignore[assignment]
    which = whole_number(request.POST.get("which", "") or request.GET.get("which", ""))
    held = one.conversations.filter(number=which).first() if which else None
    notes, problems = (held.notes if held else {}), []
    if request.method == "POST":
        notes = {key: request.POST.get(key, "") for key in (*PROMPTS, services.CLOSE)}
        try:
            made = services.write(one, which, notes, by=person.handle)
        except InputError as error:
            problems = [str(error)]
        else:
            messages.success(request, _("Conversation {n} is kept, without names.").format(n=made.number))  # fmt: skip
            return redirect("conversation_write", number)
    shown = {
        "which": which if held else "", "prompts": [(k, text, notes.get(k, "")) for k, text in [*PROMPTS.items(), (services.CLOSE, CLOSE)]],
        "numbers": [c.number for c in one.conversations.order_by("number")], "problems": problems, "longest": services.LONGEST,
    }  # fmt: skip
    return render(request, "conversations/write.html", _of(one) | shown, status=422 if problems else 200)  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
def conversation_code(request: HttpRequest, number: int) -> HttpResponse:
    """Conversation by conversation which reasons were heard; each coder sees their own codes until both are done."""
    one = _mine(request, number)
    person: Person = request.user  # type: ignore[assignment]
    if request.method == "POST":
        given = request.POST
        try:
            services.code(
                one, whole_number(given.get("which", "")) or 0, given.get("primary", ""),
                given.get("secondary", ""), given.get("themes", ""), by=person.handle,
            )  # fmt: skip
        except InputError as error:
            return _coding(request, one, 422, problems=[str(error)])
        messages.success(request, _("Kept."))
        return redirect("conversation_code", number)
    return _coding(request, one)


def _coding(request: HttpRequest, one: Draw, status: int = 200, **more: Any) -> HttpResponse:
    person: Person = request.user  # type: ignore[assignment]
    mine, found = services.codings_of(one, person.handle), services.agreement_of(one)
    agreed = services.codings_of(one, AGREED)
    theirs = services.codings_of(one, next(h for h in services.coders_of(one) if h != person.handle)) if found else {}  # fmt: skip
    words = dict([*PROMPTS.items(), (services.CLOSE, CLOSE)])
    rows = [
        {"number": c.number, "notes": [(words[k], c.notes[k]) for k in words if k in c.notes],
         "mine": mine.get(c.number), "theirs": theirs.get(c.number), "agreed": agreed.get(c.number),
         "differs": bool(found) and c.number in (found.differ if found else ())}
        for c in one.conversations.order_by("number")
    ]  # fmt: skip
    shown = {
        "rows": rows, "found": found, "enough": ResistanceSettings().smallest_agreement, "settled": bool(agreed),
        "again": found is not None and found.kappa < ResistanceSettings().smallest_agreement and not one.recoded,
        "codes": [(t, TYPE_NAMES[t], INCLUDE[t], BUT[t]) for t in TYPES], "themes": THEMES,
        "reads_back": person.handle == one.facilitator, "fewest": services.fewest(),
    }  # fmt: skip
    return render(request, "conversations/code.html", _of(one) | shown | more, status=status)


@require_POST
def conversation_agree(request: HttpRequest, number: int) -> HttpResponse:
    """What both settled on."""
    one = _mine(request, number)
    person: Person = request.user  # type: ignore[assignment]
    settled = {c.number: request.POST.get(f"settled-{c.number}", "") for c in one.conversations.all()}  # fmt: skip
    try:
        services.agree(one, settled, by=person.handle)
    except InputError as error:
        return _coding(request, one, 422, problems=[str(error)])
    messages.success(request, _("Kept."))
    return redirect("conversation_code", number)


@require_POST
def conversation_publish(request: HttpRequest, number: int) -> HttpResponse:
    """The round ends and is read back to the population."""
    one = _mine(request, number, alone=True)
    person: Person = request.user  # type: ignore[assignment]
    try:
        services.end(one, request.POST.get("told", ""), by=person.handle)
    except InputError as error:
        return _coding(request, one, 422, problems=[str(error)])
    messages.success(request, _("It is read back; the names are gone."))
    return redirect("conversation_told", number)


@require_GET
def conversation_told(request: HttpRequest, number: int) -> HttpResponse:
    """What was heard, for the population and those who read every population."""
    return _read_back(request, number)


def _read_back(request: HttpRequest, number: int, status: int = 200, **more: Any) -> HttpResponse:
    person: Person = request.user  # type: ignore[assignment]
    try:
        one = services.round_of(number)
    except InputError:
        raise Http404 from None
    mine = one.population in own_populations(person, now().date())
    mine = mine or person.handle in services.coders_of(one)
    if not mine and not roles_of(person) & READS_EVERY_POPULATION:
        return render(request, "not_permitted.html", status=403)
    if one.state != ENDED:
        raise Http404
    heard = services.heard_in(one)
    shown = {
        "heard": heard, "themes": [theme.replace("_", " ") for theme in heard.themes], "counts": [(TYPE_NAMES[t], heard.primary.get(t)) for t in heard.named],
        "comments": services.comments_on(one), "fewest": services.fewest(),
        "comments_may": person.handle in organization.placed_in(one.population, now().date()),
    }  # fmt: skip
    return render(request, "conversations/told.html", _of(one) | shown | more, status=status)


@require_POST
def conversation_comment(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody of the population says something to it."""
    person: Person = request.user  # type: ignore[assignment]
    try:
        services.comment(services.round_of(number), request.POST.get("text", ""), by=person.handle)
    except InputError as error:
        return _read_back(request, number, 422, problems=[str(error)])
    messages.success(request, _("It stands below, without your name."))
    return redirect("conversation_told", number)
