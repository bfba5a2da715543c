"""Life-cycle events of one decision (CloudEvents), and their fold into a decision.

`delivered`, `viewed`, `abandoned`, `flagged`, `made`: each says something happened to the
decision named in `subject`. A decision exists once it was made; a late event is its next
revision. Whether the advice was consulted follows from what was viewed before the decision,
never from a claim. Two sources have two clocks: a view that one tells of and a decision that
another tells of are in no order within CLOCKS_APART, and count as view, then decision.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from takeup.record.incoming import Moment, Refusal, read_row

TYPES = ("delivered", "viewed", "abandoned", "flagged", "made")
_PREFIX = "takeup."
_NOT_COLUMNS = ("use_case", "kind", "suggestions", "reason_order")
"""Of an event's data: what is no column of the decision."""
_VIEWS = ("summary", "explanation", "evidence")
CLOCKS_APART = timedelta(seconds=30)
"""How far the clocks of two sources may differ before their order is believed."""
_Short = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class _Envelope(BaseModel):
    """CloudEvents 1.0, what takeup needs of it."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    specversion: Literal["1.0"]
    id: _Short
    source: _Short
    type: _Short
    subject: _Short
    time: Moment
    data: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Event:
    """One event: `name` of TYPES, of the decision `decision_id` in `use_case`; `data` in
    canonical columns, `kind` for views and flags. `key` is source and id: what CloudEvents says
    identifies an event; here within its use case."""

    name: str
    use_case: str
    decision_id: str
    time: datetime
    data: Mapping[str, Any]
    key: str

    @property
    def source(self) -> str:
        """Who tells of it; empty for a decision that was sent whole."""
        return str(json.loads(self.key)[0]) if self.key else ""

    def body(self) -> str:
        """As JSON, for the inbox."""
        return json.dumps(
            {
                "name": self.name, "use_case": self.use_case, "decision_id": self.decision_id,
                "time": self.time.isoformat(), "data": self.data, "key": self.key,
            },
            sort_keys=True, ensure_ascii=False,
        )  # fmt: skip


def hash_of_body(body: str) -> str:
    """The hash of an event, of its JSON."""
    return hashlib.blake2b(body.encode(), digest_size=16).hexdigest()


def event_of(body: str) -> Event:
    """An event back from its body."""
    held = json.loads(body)
    return Event(**{**held, "time": datetime.fromisoformat(held["time"])})


def read_event(given: Any, within: str | None = None) -> Event | Refusal:
    """A CloudEvent of one of TYPES (`takeup.made`, or `made` alone), or what is wrong with it.

    `within`: whose ids these are, where a source may not take another's. `data` holds `use_case` and canonical columns; a `made` event whose columns would not make a
    decision is refused at once, not when it is folded.
    """
    if not isinstance(given, dict):
        return Refusal(("event: not an object of CloudEvents attributes",))
    named = () if within is None else (within,)
    try:
        read = _Envelope.model_validate(given)
    except ValidationError as error:
        return Refusal(
            tuple(
                f"{'.'.join(map(str, e['loc'])) or 'event'}: {e['msg'][0].lower()}{e['msg'][1:]}"
                for e in error.errors(include_url=False)
            )
        )
    name = read.type.removeprefix(_PREFIX)
    if name not in TYPES:
        return Refusal((f"type: {read.type!r} is not one of {', '.join(TYPES)}",))
    use_case = read.data.get("use_case")
    if not isinstance(use_case, str) or not use_case.strip():
        return Refusal(("data.use_case: needed",))
    kind = read.data.get("kind")
    if name == "viewed" and kind not in (None, *_VIEWS):
        return Refusal((f"data.kind: {kind!r} is not one of {', '.join(_VIEWS)}",))
    if name == "flagged" and not isinstance(kind, str):
        return Refusal(("data.kind: needed, what is wrong with the advice",))
    event = Event(
        name, use_case.strip(), read.subject, read.time.astimezone(UTC), dict(read.data),
        json.dumps([read.source, read.id, *named], ensure_ascii=False),
    )  # fmt: skip
    # Folded with a decision made out of thin air, so that its own columns are checked alone.
    probe = [event] if name == "made" else [event, _stub(event)]
    missing = ("recommendation", "choice")
    found = read_row("decisions", fold(probe))
    if isinstance(found, Refusal):
        own = tuple(r for r in found.reasons if not r.startswith(missing))
        return Refusal(own) if own else event
    return event


def delivered_of(given: Any, default_time: datetime) -> dict[str, Any] | Refusal:
    """A recommendation (canonical columns) as the CloudEvent that it was delivered.

    `decision_id` and `use_case` are needed; `delivered_at` says when (else `default_time`).
    """
    if not isinstance(given, dict):
        return Refusal(("the row is not an object of fields",))
    name = given.get("decision_id")
    if not isinstance(name, str) or not name.strip():
        return Refusal(("decision_id: needed",))
    advised = ("recommendation", "recommendation_value")
    if all(given.get(column) in (None, "") for column in advised):
        return Refusal(("recommendation: needed, or recommendation_value",))
    data = {k: v for k, v in given.items() if k != "decision_id" and v not in (None, "")}
    return {
        "specversion": "1.0", "id": name, "source": "/api/v1/recommendations",
        "type": "takeup.delivered", "subject": name,
        "time": given.get("delivered_at") or default_time.isoformat(), "data": data,
    }  # fmt: skip


def _stub(event: Event) -> Event:
    data = {"use_case": event.use_case}
    return Event("made", event.use_case, event.decision_id, event.time, data, "")


def made_of(body: str) -> Event:
    """A decision that was sent whole (its JSON), as the event that it was made: later events
    fold onto it."""
    decision = json.loads(body)
    data = {k: v for k, v in decision.items() if k not in ("decision_id", "revision", "updated_at")}
    decided_at = datetime.fromisoformat(str(decision["decided_at"]))
    return Event("made", decision["use_case"], decision["decision_id"], decided_at, data, "")


def fold(events: Iterable[Event]) -> dict[str, Any] | None:
    """The decision that these events of one `decision_id` tell of; None while it is not made."""
    ordered = sorted(events, key=lambda e: (e.time, TYPES.index(e.name), e.key))
    made = [e for e in ordered if e.name == "made"]
    if not made:
        return None
    last = made[-1]
    row: dict[str, Any] = {"decision_id": last.decision_id, "use_case": last.use_case}
    # A decision that was sent whole says itself whether the advice was looked at; an event does
    # not: that is derived.
    sent_whole = not last.key and "consulted" in last.data
    viewed = False
    for event in ordered:
        if event.name == "made" and event is not last:
            continue
        row.update({k: v for k, v in event.data.items() if k not in _NOT_COLUMNS})
        before = event.time <= last.time or (not sent_whole and _clocks_apart(event, last))
        if event.name == "delivered":
            row.setdefault("delivered_at", event.time.isoformat())
        elif event.name == "viewed":
            kind = event.data.get("kind") or "summary"
            if before:
                viewed = True
                # Whoever left and came back has it in view again.
                row.pop("abandoned", None)
                if kind != "summary":
                    row[f"{kind}_opened"] = True
        elif event.name == "abandoned" and before:
            row["abandoned"] = True
        elif event.name == "flagged":
            row["flagged"] = event.data["kind"]
    row["decided_at"] = last.time.isoformat()
    row.setdefault("mode", "assist")
    if row["mode"] == "assist" and (viewed or not sent_whole):
        row["consulted"] = viewed and not row.get("abandoned", False)
    elif row["mode"] == "shadow" and viewed:
        # It was to be kept from the person and was not: no blind answer.
        row["consulted"] = True
    return row


def _clocks_apart(event: Event, made: Event) -> bool:
    """Whether an event after the decision may well have come before it, by another's clock."""
    return (
        event.name == "viewed"
        and event.source != made.source
        and event.time - made.time <= CLOCKS_APART
    )


def clock_difference(events: Iterable[Event]) -> tuple[str, str, timedelta] | None:
    """The two sources of one decision's events whose clocks must differ, and by how much at
    least: a view came after the decision and within CLOCKS_APART. None where there is no sign."""
    told = list(events)
    made = max((e for e in told if e.name == "made"), key=lambda e: e.time, default=None)
    if made is None or not made.source:
        return None
    late = [e for e in told if e.time > made.time and _clocks_apart(e, made)]
    if not late or any(e.name == "viewed" and e.time <= made.time for e in told):
        return None
    first = min(late, key=lambda e: e.time)
    return first.source, made.source, first.time - made.time
