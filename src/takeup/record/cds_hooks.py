"""HL7 CDS Hooks: a service's card log and the feedback on its cards, as events of decisions.

Feedback alone is no decision: it names a card and says accepted or overridden, without user,
patient or advice. The card log brings those (hookInstance, context, cards); a card's uuid is the
decision's id. An ignored card sends nothing, so a card without feedback stays undecided here and
is unaccounted in the list of eligible cases. A request that was answered without a card, or with
none that feedback can name (`uuid` is optional), put no advice before anybody: it is on that list
with the reason `no_card` and counts in no rate. (CDS Hooks 3.0, Feedback; several reports of one
card: the latest timestamp wins.)
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from takeup.record.incoming import LONGEST_NAME, Moment, Refusal

NO_CARD = "no_card"
"""Why a request is not eligible after all: nothing that could be answered was shown."""


class _Loose(BaseModel):
    """CDS Hooks allows extensions anywhere: what is not needed is left alone."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


def _none_is_empty(given: Any) -> Any:
    return [] if given is None else given


_T = TypeVar("_T")
_Id = Annotated[str, Field(min_length=1, max_length=200)]
_List = Annotated[list[_T], BeforeValidator(_none_is_empty)]


class Suggestion(_Loose):
    """One suggestion of a card; without `uuid` no feedback can name it."""

    uuid: _Id | None = None
    label: str = Field(min_length=1)
    recommended: bool | None = Field(None, alias="isRecommended")


class Card(_Loose):
    """One card; without `uuid` no feedback can name it."""

    uuid: _Id | None = None
    summary: str | None = None
    indicator: str | None = Field(None, max_length=200)
    suggestions: _List[Suggestion] = []


class Context(_Loose):
    """Who asked."""

    user: str | None = Field(None, alias="userId", max_length=200)


class CardLog(_Loose):
    """One answered request of a service: `requested_at`, its hookInstance and its cards."""

    hook_instance: str = Field(alias="hookInstance", min_length=1, max_length=200)
    requested_at: Moment = Field(alias="requestedAt")
    hook: str | None = None
    context: Context | None = None
    cards: _List[Card]

    @property
    def person(self) -> str | None:
        """Who asked, where it is told."""
        return self.context.user if self.context else None

    @property
    def answerable(self) -> list[tuple[str, Card]]:
        """The cards that feedback can name, by their uuid."""
        return [(card.uuid, card) for card in self.cards if card.uuid]


class _Coding(_Loose):
    code: str = Field(min_length=1, max_length=200)


class _Reason(_Loose):
    reason: _Coding | None = None
    comment: str | None = Field(None, alias="userComment", max_length=2000)


class _Accepted(_Loose):
    id: str


class Feedback(_Loose):
    """What a clinician did with one card."""

    card: str = Field(min_length=1, max_length=200)
    outcome: Literal["accepted", "overridden"]
    accepted: _List[_Accepted] = Field([], alias="acceptedSuggestions")
    why: _Reason | None = Field(None, alias="overrideReason")
    at: Moment = Field(alias="outcomeTimestamp")

    @model_validator(mode="after")
    def _accepts_something(self) -> Feedback:
        if self.outcome == "accepted" and not self.accepted:
            raise ValueError("acceptedSuggestions: needed where the outcome is accepted")
        return self


def card_events(service: str, given: Any) -> list[dict[str, Any]] | Refusal:
    """The `delivered` events of one entry of a service's card log, one for each card that feedback
    can name."""
    try:
        log = CardLog.model_validate(given)
    except ValidationError as error:
        return _refusal(error)
    return [
        _event(
            "delivered", service, uuid, f"{uuid}/delivered", log.requested_at,
            {
                "case_id": log.hook_instance, "person_id": log.person, "mode": "assist",
                "recommendation": _advised(card),
                "suggestions": [s.model_dump() for s in card.suggestions if s.uuid],
                **({"x_indicator": card.indicator} if card.indicator else {}),
                **({"x_hook": log.hook} if log.hook else {}),
            },
        )
        for uuid, card in log.answerable
    ]  # fmt: skip


def _advised(card: Card) -> str:
    """The recommended suggestion, the only one, or what the card says."""
    recommended = [s.label for s in card.suggestions if s.recommended] or [
        s.label for s in card.suggestions
    ]
    return _joined(recommended) or _short(card.summary or "card")


def _joined(labels: list[str]) -> str:
    return _short(" + ".join(labels))


def _short(text: str) -> str:
    """A recommendation or choice as the log holds it: the specification bounds no label."""
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1].rstrip()}…"


def eligible_row(service: str, given: Any) -> dict[str, Any] | Refusal:
    """The card log's request as an eligible case: the denominator of everything; `no_card` where
    there was nothing to answer."""
    try:
        log = CardLog.model_validate(given)
    except ValidationError as error:
        return _refusal(error)
    row = {
        "case_id": log.hook_instance, "use_case": service, "mode": "assist",
        "eligible_at": log.requested_at.isoformat(), "person_id": log.person,
        "excluded_reason": None if log.answerable else NO_CARD,
    }  # fmt: skip
    return {name: value for name, value in row.items() if value is not None}


def feedback_events(
    service: str, given: Any, suggestions: dict[str, list[dict[str, Any]]]
) -> list[dict[str, Any]] | Refusal:
    """One item of feedback as `viewed` and `made`. `suggestions`: those of every card that the
    card log has told of."""
    try:
        item = Feedback.model_validate(given)
    except ValidationError as error:
        return _refusal(error)
    if item.card not in suggestions:
        return Refusal(
            (
                f"card: {item.card!r} is not in this service's card log; send the log to "
                f"/api/v1/cds-services/{service}/cards, then replay",
            )
        )
    offered = suggestions[item.card]
    label = {s["uuid"]: s["label"] for s in offered}
    unknown = [a.id for a in item.accepted if a.id not in label]
    if unknown:
        return Refusal((f"acceptedSuggestions: the card has no suggestion {unknown[0]!r}",))
    data: dict[str, Any] = {}
    if item.outcome == "overridden":
        data["action"] = "overridden"
        if item.why and item.why.reason:
            data["override_reason"] = item.why.reason.code
        if item.why and item.why.comment:
            data["override_comment"] = item.why.comment
    else:
        taken = {a.id for a in item.accepted}
        advised = {s["uuid"] for s in offered if s["recommended"]} or set(label)
        data["choice"] = _joined([label[s["uuid"]] for s in offered if s["uuid"] in taken])
        if taken < advised:
            data["action"] = "modified"
    moment = item.at.isoformat()
    return [
        _event("viewed", service, item.card, f"{item.card}/viewed/{moment}", item.at, {}),
        _event("made", service, item.card, f"{item.card}/made/{moment}", item.at, data),
    ]


def _event(
    name: str, service: str, card: str, id_: str, at: Any, data: dict[str, Any]
) -> dict[str, Any]:
    return {
        "specversion": "1.0", "type": f"takeup.{name}", "source": f"cds-services/{service}",
        "id": id_, "subject": card, "time": at.isoformat(),
        "data": {"use_case": service, **{k: v for k, v in data.items() if v is not None}},
    }  # fmt: skip


def _refusal(error: ValidationError) -> Refusal:
    return Refusal(
        tuple(
            f"{'.'.join(map(str, e['loc'])) or 'item'}: {e['msg'][0].lower()}{e['msg'][1:]}"
            for e in error.errors(include_url=False)
        )
    )
