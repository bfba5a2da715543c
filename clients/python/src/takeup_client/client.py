"""The way in: recommend, show or not, decided; later the outcome."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Union

from takeup_client.sender import Counters, Sender
from takeup_client.spool import Spool

VERSION = "python/0.1.0"
Choice = Union[str, float]


class Client:
    """Records decisions of one use case. Make one for a process and keep it.

    `mode` is the use case's: `assist` (advice is shown), `shadow` (kept from people) or `off`.
    `spool`: a folder on a local disk; `spool_bytes` bounds it. No call waits or raises.
    """

    def __init__(
        self,
        url: str,
        key: str,
        use_case: str,
        spool: str | Path,
        *,
        mode: str = "assist",
        spool_bytes: int = 100_000_000,
        send_every: float = 0.5,
    ) -> None:
        if mode not in ("assist", "shadow", "off"):
            raise ValueError(f"mode is assist, shadow or off, not {mode!r}")
        self.use_case, self.mode = use_case, mode
        self.counters = Counters()
        self._counting = threading.Lock()
        self._spool = Spool(Path(spool), spool_bytes)
        self._sender = Sender(url, key, self._spool, self.counters, send_every)

    def recommend(
        self,
        case_id: str,
        recommendation: Choice,
        *,
        person_id: str | None = None,
        covariates: Mapping[str, str | float | bool] | None = None,
        decision_id: str | None = None,
        **columns: Any,
    ) -> Recommendation:
        """The model's advice on a case. `covariates` are known before the decision (kept as
        `x_NAME`); `columns` any other canonical column, for example `confidence=0.8`."""
        advised = "recommendation" if isinstance(recommendation, str) else "recommendation_value"
        row: dict[str, Any] = {
            "decision_id": decision_id or uuid.uuid4().hex, "use_case": self.use_case,
            "case_id": case_id, "person_id": person_id, "mode": self.mode,
            "client_version": VERSION, **columns,
        }  # fmt: skip
        if self.mode != "off":
            row.update({advised: recommendation, "delivered_at": _now()})
        row.update({f"x_{name}": value for name, value in (covariates or {}).items()})
        return Recommendation(self, row)

    def outcome(
        self,
        decision_id: str,
        value: float | None = None,
        *,
        name: str = "outcome",
        observed_at: datetime | None = None,
        **columns: Any,
    ) -> bool:
        """How a decision went, whenever it is known; `columns` such as `correct_choice`."""
        row = {
            "decision_id": decision_id, "use_case": self.use_case, "outcome_name": name,
            "observed_at": observed_at.isoformat() if observed_at else _now(), "outcome": value,
            **columns,
        }  # fmt: skip
        return self._record("outcomes", row)

    def close(self, timeout: float = 10.0) -> None:
        """Send what is left; what cannot be sent within `timeout` seconds stays in the spool."""
        self._sender.close(timeout)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _record(self, kind: str, row: Mapping[str, Any]) -> bool:
        try:
            filled = {k: v for k, v in row.items() if v is not None}
            line = json.dumps({"kind": kind, "row": filled}, default=_plain).encode()
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
    """Advice on one case. `show` says whether people may see it."""

    def __init__(self, client: Client, row: dict[str, Any]) -> None:
        self._client, self._row = client, row
        self._decided = False
        if client.mode == "assist":
            row["consulted"] = False

    @property
    def decision_id(self) -> str:
        """The decision's id: keep it with the case, outcomes need it."""
        return str(self._row["decision_id"])

    @property
    def show(self) -> bool:
        """Whether the advice may be shown."""
        return self._client.mode == "assist"

    def viewed(self, kind: str = "summary") -> bool:
        """The person has it in view; `explanation` or `evidence` where those were opened."""
        if kind in ("explanation", "evidence"):
            self._row[f"{kind}_opened"] = True
        self._row["consulted"] = True
        return self._again()

    def abandoned(self) -> bool:
        """Opened, then left for another way."""
        self._row.update(abandoned=True, consulted=False)
        return self._again()

    def flag(self, kind: str) -> bool:
        """The person says the advice looks wrong: wrong, missing_input, late, format,
        unclear_reason, ethics or other."""
        self._row["flagged"] = kind
        return self._again()

    def decided(
        self,
        choice: Choice,
        reason: str | None = None,
        initial_choice: Choice | None = None,
        **columns: Any,
    ) -> bool:
        """The case is closed. `reason` where it was overridden; `initial_choice` what the person
        had chosen before seeing the advice. True: recorded."""
        for name, value in (("choice", choice), ("initial_choice", initial_choice)):
            if value is not None:
                self._row[name if isinstance(value, str) else f"{name}_value"] = value
        self._row.update({"override_reason": reason, **columns})
        self._row.setdefault("decided_at", _now())
        self._decided = True
        return self._client._record("decisions", self._row)

    def _again(self) -> bool:
        """What is learnt after the decision is its next revision; before, it goes with it."""
        if not self._decided:
            return True
        self._row["updated_at"] = _now()
        return self._client._record("decisions", self._row)


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)
