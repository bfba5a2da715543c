"""The way in: recommend, show or not, decided; later the outcome.

What happens to a case is recorded as it happens, event by event; takeup folds the events into
the decision. The action (followed, overridden, not consulted) is derived there, never claimed.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Optional, Union

from takeup_client._version import __version__
from takeup_client.assignment import NOTHING_SHOWN, Assigned
from takeup_client.modes import MODES, Modes
from takeup_client.sender import Counters, Sender
from takeup_client.spool import Spool

Choice = Union[str, float]
CLIENT_VERSION = f"python/{__version__}"


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
        event = {
            "specversion": "1.0", "id": uuid.uuid4().hex, "source": "takeup-client",
            "type": f"takeup.{name}", "subject": self.decision_id, "time": _now(),
            "data": _filled({**data, "use_case": self._client.use_case}),
        }  # fmt: skip
        return self._client._record("events", event)


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if v is not None}


def _now() -> str:
    return datetime.now(timezone.utc).isoformat()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)
