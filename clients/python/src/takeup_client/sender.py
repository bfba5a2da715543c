"""Sends what is in the spool, in batches, from a thread of its own; retries with jitter."""

from __future__ import annotations

import json
import logging
import random
import threading
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Optional

from takeup_client.spool import Segment, Spool

_logger = logging.getLogger("takeup_client")
BATCH = 500
_LONGEST_WAIT = 60.0
_TOO_LARGE = 413
_NOT_USED = (400, 422)
_A_BATCH_OF_BYTES = 100_000
"""From here on there is enough to send to wait for no more."""


@dataclass
class Counters:
    """Since the client began: records `recorded` (in the spool) and `not_recorded`; rows the
    server has `acknowledged`, and of them `quarantined` or in `conflict`; `failed` attempts, and of them
    those refused for a `wrong_key`; records `set_aside` because the server takes them in no batch."""

    recorded: int = 0
    not_recorded: int = 0
    acknowledged: int = 0
    quarantined: int = 0
    conflict: int = 0
    failed: int = 0
    wrong_key: int = 0
    set_aside: int = 0


def wrong_key(url: str, code: int) -> str:
    """What to say where the server answers and does not take the key."""
    return (
        f"takeup-client: wrong key: {url} is there and does not take this key ({code}); ask for one in force "
        "(takeup key make). What is recorded stays in the spool"
    )


class Sender:
    """The thread. `wake` after an append; `close` sends what is left, for a while."""

    def __init__(self, url: str, key: str, spool: Spool, counters: Counters, every: float) -> None:
        self._url, self._key = url.rstrip("/"), key
        self._spool, self._counters, self._every = spool, counters, every
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread: Optional[threading.Thread] = None
        self._start_guard = threading.Lock()

    def wake(self) -> None:
        """There is something to send. Starts the thread where it does not run (after a fork)."""
        if self._thread is None or not self._thread.is_alive():
            with self._start_guard:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(
                        target=self._run, name="takeup-client", daemon=True
                    )
                    self._thread.start()
        self._wake.set()

    def close(self, timeout: float) -> None:
        """Send what is left; after `timeout` seconds it stays in the spool."""
        self._closing.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        wait = self._every
        while True:
            last = self._closing.is_set()
            try:
                sent = self._send_all()
            except Exception:
                # Never break the host: whatever it was, the spool keeps its lines.
                _logger.exception("takeup-client could not send; the spool keeps the records")
                sent = False
            if last:
                return
            if sent:
                wait = self._every
                self._wake.wait()
                if self._spool.size < _A_BATCH_OF_BYTES:
                    self._closing.wait(self._every)
                self._wake.clear()
            else:
                self._counters.failed += 1
                wait = min(wait * 2, _LONGEST_WAIT)
                self._closing.wait(wait * random.uniform(0.5, 1.0))

    def _send_all(self) -> bool:
        self._spool.rotate()
        # Closed here and now: a segment left open would stay locked for everybody.
        with closing(self._spool.ready()) as segments:
            return all(self._send(segment) for segment in segments)

    def _send(self, segment: Segment) -> bool:
        by_kind: dict[str, list[Any]] = {}
        for line in segment.lines():
            record = json.loads(line)
            by_kind.setdefault(record["kind"], []).append(record["row"])
        for kind, rows in by_kind.items():
            for start in range(0, len(rows), BATCH):
                if not self._post(kind, rows[start : start + BATCH]):
                    return False
        segment.remove()
        return True

    def _post(self, kind: str, rows: list[Any]) -> bool:
        media = "cloudevents-batch+json" if kind == "events" else "json"
        request = urllib.request.Request(
            f"{self._url}/api/v1/{kind}",
            data=json.dumps(rows).encode(),
            headers={
                "Authorization": f"Bearer {self._key}",
                "Content-Type": f"application/{media}",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            if _for_good(error):
                return self._send_apart(kind, rows, error.code)
            if error.code not in (401, 403):
                _logger.warning("takeup-client will try again: %s", str(error))
            elif self._counters.wrong_key == 0:
                _logger.error(wrong_key(self._url, error.code))
            self._counters.wrong_key += error.code in (401, 403)
            return False
        except (OSError, ValueError) as error:
            _logger.warning("takeup-client will try again: %s", str(error))
            return False
        self._counters.acknowledged += len(rows)
        for result in answer["results"]:
            if result["status"] in ("quarantined", "conflict"):
                setattr(
                    self._counters, result["status"], getattr(self._counters, result["status"]) + 1
                )
                _logger.warning("takeup: %s: %s", result["status"], "; ".join(result["reasons"]))
        return True

    def _send_apart(self, kind: str, rows: list[Any], code: int) -> bool:
        """A batch that is refused as it stands, in halves: one record must not keep the others back."""
        if len(rows) > 1:
            half = len(rows) // 2
            return self._post(kind, rows[:half]) and self._post(kind, rows[half:])
        kept = self._spool.set_aside(json.dumps({"kind": kind, "row": rows[0]}).encode())
        if kept is not None:
            self._counters.set_aside += 1
            _logger.error("takeup refuses a record for good (%d); it is kept in %s", code, kept)
        return kept is not None


def _for_good(error: urllib.error.HTTPError) -> bool:
    """Whether the same batch would be refused again. A proxy, or a server that does not know its own name,
    also answers 400, until somebody mends it: only takeup's own answer says that it is the batch."""
    problem = error.headers.get_content_type() == "application/problem+json"
    return error.code == _TOO_LARGE or (problem and error.code in _NOT_USED)
