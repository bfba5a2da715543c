"""The way in: recommend, show or not, decided; later the outcome.

What happens to a case is recorded as it happens, event by event; takeup folds the events into
the decision. The action (followed, overridden, not consulted) is derived there, never claimed.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Optional, Union

from takeup_client._version import __version__
from takeup_client.assignment import NOTHING_SHOWN, Assigned
from takeup_client.modes import MODES, Modes
from takeup_client.page import MINUTES, signed
from takeup_client.sender import Counters, Sender
from takeup_client.spool import Spool

Choice = Union[str, float]
CLIENT_VERSION = f"python/{__version__}"
_TOLD_BY_PAGES = ("takeup.viewed", "takeup.abandoned", "takeup.flagged")


class Client:
    """Records decisions of one use case. Make one for a process and keep it.

    `spool`: a folder on a local disk; `spool_bytes` bounds it. Whether advice is shown follows the
    rollout as the server tells it (asked every `modes_every` seconds; the last answer holds for
    `keep_mode` seconds, then nothing is shown), unless the host names a `mode` for all cases:
    `assist` (advice is shown), `shadow` (kept from people) or `off`. No call waits or raises.
    """

    def __init__(
        self,
        url: str,
        key: str,
        use_case: str,
        spool: Union[str, Path],
        *,
        mode: Optional[str] = None,
        spool_bytes: int = 100_000_000,
        send_every: float = 0.5,
        modes_every: float = 2.0,
        keep_mode: float = 3600.0,
    ) -> None:
        if mode is not None and mode not in MODES:
            raise ValueError(f"mode is assist, shadow or off, not {mode!r}")
        self.use_case, self._mode = use_case, mode
        self._url, self._key = url, key
        self.counters = Counters()
        self._counting = threading.Lock()
        self._spool = Spool(Path(spool), spool_bytes)
        self._sender = Sender(url, key, self._spool, self.counters, send_every)
        self._modes = Modes(url, key, Path(spool), modes_every, keep_mode)
        if mode is None:
            self._modes.of(use_case)

    @property
    def mode(self) -> str:
        """The mode that holds now for people in no cohort; what holds for a case is in its
        recommendation."""
        return self._mode or self._modes.of(self.use_case)

    def ready(self, timeout: float = 5.0) -> bool:
        """Wait until the server's mode is known: for scripts; a host need not. False where the
        server was not heard."""
        return self._mode is not None or self._modes.wait(timeout)

    def recommend(
        self,
        case_id: str,
        recommendation: Choice,
        *,
        person_id: Optional[str] = None,
        covariates: Optional[Mapping[str, Union[str, float, bool]]] = None,
        decision_id: Optional[str] = None,
        **columns: Any,
    ) -> Recommendation:
        """The model's advice on a case. `covariates` are known before the decision (kept as
        `x_NAME`); `columns` any other canonical column, for example `confidence=0.8`. Whether it
        is shown depends on the person's cohort and on the kind of case."""
        advised = "recommendation" if isinstance(recommendation, str) else "recommendation_value"
        known = {**columns, **(covariates or {})}
        held = self._assigned(case_id, person_id, known)
        row: dict[str, Any] = {
            "use_case": self.use_case, "case_id": case_id, "person_id": person_id,
            "mode": held.mode, "cohort": held.cohort, "assist_probability": held.probability,
            "randomised_unit": held.unit, "client_version": CLIENT_VERSION, **columns,
        }  # fmt: skip
        if held.mode != "off":
            row.update({advised: recommendation, "delivered_at": _now()})
        row.update({f"x_{name}": value for name, value in (covariates or {}).items()})
        return Recommendation(self, decision_id or uuid.uuid4().hex, row, held)

    def outcome(
        self,
        decision_id: str,
        value: Optional[float] = None,
        *,
        name: str = "outcome",
        observed_at: Optional[datetime] = None,
        **columns: Any,
    ) -> bool:
        """How a decision went, whenever it is known; `columns` such as `correct_choice`."""
        row = {
            "decision_id": decision_id, "use_case": self.use_case, "outcome_name": name,
            "observed_at": observed_at.isoformat() if observed_at else _now(), "outcome": value,
            **columns,
        }  # fmt: skip
        return self._record("outcomes", row)

    def decided(self, decision_id: str, told: Mapping[str, Any]) -> bool:
        """A case was closed on a page: `told` is the detail of the embedded recommendation's
        `takeup-decided` (its `choice` alone, where the host's own form was used). It came from a
        browser: only what the recommendation tells is taken from it. True: recorded."""
        kept = True
        for event in told.get("events") or ():
            if _is_told(event, decision_id, self.use_case):
                kept = self._record("events", {**event, "time": _not_later(event["time"])}) and kept
        made: dict[str, Any] = {
            "use_case": self.use_case, "client_version": CLIENT_VERSION,
            "override_reason": _text(told.get("reason"), 100),
            "override_comment": _text(told.get("comment"), 500),
        }  # fmt: skip
        for name in ("choice", "initial_choice"):
            value = told.get(name)
            if isinstance(value, str) and value:
                made[name] = value[:200]
            elif _is_number(value):
                made[f"{name}_value"] = value
        for name in ("steps", "duration_s"):
            if _is_number(told.get(name)):
                made[name] = told[name]
        order = told.get("reason_order")
        if isinstance(order, (list, tuple)):
            made["reason_order"] = [str(code)[:100] for code in order[:50]]
        return self._event(decision_id, "made", made) and kept

    def _event(self, decision_id: str, name: str, data: Mapping[str, Any]) -> bool:
        event = {
            "specversion": "1.0", "id": uuid.uuid4().hex, "source": "takeup-client",
            "type": f"takeup.{name}", "subject": decision_id, "time": _now(),
            "data": _filled({**data, "use_case": self.use_case}),
        }  # fmt: skip
        return self._record("events", event)

    def _assigned(
        self, case_id: str, person_id: Optional[str], known: Mapping[str, Any]
    ) -> Assigned:
        if self._mode is not None:
            return Assigned(self._mode)
        try:
            return self._modes.assigned(self.use_case, case_id, person_id, known)
        except Exception:
            # The host's work goes on; nothing is shown that the rollout does not allow.
            return Assigned(NOTHING_SHOWN)

    def close(self, timeout: float = 10.0) -> None:
        """Send what is left; what cannot be sent within `timeout` seconds stays in the spool."""
        self._modes.close()
        self._sender.close(timeout)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _record(self, kind: str, row: Mapping[str, Any]) -> bool:
        try:
            line = json.dumps({"kind": kind, "row": _filled(row)}, default=_plain).encode()
            kept = self._spool.append(line)
            if kept:
                self._sender.wake()
        except Exception:
            # The host's work goes on whatever happens here; that it was not kept is counted.
            kept = False
        with self._counting:
            if kept:
                self.counters.recorded += 1
            else:
                self.counters.not_recorded += 1
        return kept


class Recommendation:
    """Advice on one case. `show` says whether people may see it; `ask_first`, in shadow, that it
    may be revealed once the person's own answer is given (`decided(…, initial_choice=…)`);
    `recorded` whether that it was delivered is kept."""

    def __init__(
        self, client: Client, decision_id: str, row: dict[str, Any], held: Assigned
    ) -> None:
        self._client, self.decision_id, self._row = client, decision_id, row
        self.mode, self.ask_first = held.mode, held.ask_first
        self.show = held.mode == "assist"
        self.recorded = held.mode == "off" or self._event("delivered", row)

    def embed(
        self,
        origin: str,
        choices: Sequence[Any] = (),
        *,
        reasons: Sequence[Any] = (),
        evidence_url: Optional[str] = None,
        minutes: float = MINUTES,
        **more: Any,
    ) -> dict[str, Any]:
        """What `<takeup-recommendation>` is given on the page of this case, ready for JSON.

        `origin`: of the page, as browsers write it (`https://desk.bank.example`). `choices` and
        `reasons`: texts, or `{"value", "label"}` and `{"text", "sign": "+" or "-"}`. `minutes`: how long
        the page may tell takeup what happens on it (at most 60). `more`: `model`, `terms`, `unit`,
        `reason_codes`, `texts`. Advice that must not be shown is not in it.
        """
        row = self._row
        told: dict[str, Any] = {
            "decision_id": self.decision_id, "use_case": self._client.use_case, "show": self.show,
            "ask_first": self.ask_first,
        }  # fmt: skip
        advised = row.get("recommendation", row.get("recommendation_value"))
        if not (self.show or self.ask_first) or advised is None:
            return told
        known = {k[2:]: v for k, v in row.items() if k.startswith("x_")}
        token = signed(
            self._client._key,
            {
                "sub": row.get("person_id") or "-", "use_case": self._client.use_case,
                "case_id": row["case_id"], "decision_id": self.decision_id, "origin": origin,
                "known": known, "confidence": row.get("confidence"),
            },
            minutes,
        )  # fmt: skip
        return _filled(
            {
                **told, "url": self._client._url, "token": token, "recommendation": advised,
                "confidence": row.get("confidence"), "choices": list(choices),
                "reasons": list(reasons), "evidence_url": evidence_url,
                "model": row.get("model_version"), **more,
            }
        )  # fmt: skip

    def viewed(self, kind: str = "summary") -> bool:
        """The person has it in view; `explanation` or `evidence` where those were opened."""
        return self._event("viewed", {"kind": kind})

    def abandoned(self) -> bool:
        """Opened, then left for another way."""
        return self._event("abandoned", {})

    def flag(self, kind: str) -> bool:
        """The person says the advice looks wrong: wrong, missing_input, late, format,
        unclear_reason, ethics or other."""
        return self._event("flagged", {"kind": kind})

    def decided(
        self,
        choice: Choice,
        reason: Optional[str] = None,
        initial_choice: Optional[Choice] = None,
        **columns: Any,
    ) -> bool:
        """The case is closed. `reason` where it was overridden; `initial_choice` what the person
        had chosen before seeing the advice. True: recorded."""
        made = {**self._row, "override_reason": reason, **columns}
        for name, value in (("choice", choice), ("initial_choice", initial_choice)):
            if value is not None:
                made[name if isinstance(value, str) else f"{name}_value"] = value
        # Everything known goes with it, so that the decision stands should an earlier event,
        # spooled by a process that died, arrive later.
        return self._event("made", made)

    def outcome(self, value: Optional[float] = None, **columns: Any) -> bool:
        """How it went; as `Client.outcome`, which needs only the decision's id."""
        return self._client.outcome(self.decision_id, value, **columns)

    def _event(self, name: str, data: Mapping[str, Any]) -> bool:
        return self._client._event(self.decision_id, name, data)


def _is_told(event: Any, decision_id: str, use_case: str) -> bool:
    """Whether something from a browser is an event of this decision that a page may tell."""
    if not isinstance(event, Mapping) or not isinstance(event.get("data"), Mapping):
        return False
    told = event.get("type") in _TOLD_BY_PAGES and isinstance(event.get("time"), str)
    return told and (event.get("subject"), event["data"].get("use_case")) == (decision_id, use_case)


def _not_later(moment: str) -> str:
    """A moment by a browser's clock; that clock may be ahead, and what was seen was seen before now."""
    try:
        read = datetime.fromisoformat(moment.replace("Z", "+00:00"))
        return moment if read <= datetime.now(timezone.utc) else _now()
    except (ValueError, TypeError):
        return _now()


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _text(value: Any, longest: int) -> Optional[str]:
    return value[:longest] if isinstance(value, str) and value.strip() else None


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if v is not None}


def _now() -> str:
    return datetime.now(timezone.utc).isoformat()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)
