"""Whether advice is shown: the rollout's rules as the server last told them, kept on disk."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional

from takeup_client.assignment import NOTHING_SHOWN, Assigned, assigned, without_drills
from takeup_client.sender import wrong_key

_logger = logging.getLogger(__name__)
_FILE = "modes.json"
MODES = ("assist", "shadow", "off")


class Modes:
    """Asks every `every` seconds in a thread of its own; what was heard last holds for `keep`
    seconds, then nothing is shown until the server is heard again. A stop that is only rehearsed
    (a drill) ends here by itself, so that no advice is missing where the server dies meanwhile."""

    def __init__(self, url: str, key: str, folder: Path, every: float, keep: float) -> None:
        self._url, self._key = f"{url.rstrip('/')}/api/v1/modes", key
        self._path, self._every, self._keep = folder / _FILE, every, keep
        self._told: dict[str, Any] = {}
        self._drills: dict[str, tuple[int, float]] = {}
        self._refused = False
        self._heard_at = 0.0
        self._tag: Optional[str] = None
        self._heard = threading.Event()
        self._stop = threading.Event()
        self._thread: Optional[threading.Thread] = None
        self._guard = threading.Lock()
        self._recall()

    def of(self, use_case: str) -> str:
        """The mode of everybody who is in no cohort; `shadow` (nothing shown) where none is
        known."""
        mode = self._now().get("modes", {}).get(use_case)
        return mode if mode in MODES else NOTHING_SHOWN

    def assigned(
        self,
        use_case: str,
        case_id: Optional[str],
        person_id: Optional[str],
        known: Mapping[str, Any],
    ) -> Assigned:
        """What holds for one case of a person, whose covariates and columns are `known`."""
        return assigned(self._now(), use_case, case_id=case_id, person_id=person_id, known=known)

    def _now(self) -> Mapping[str, Any]:
        """What was told last, as long as it holds."""
        self._start()
        moment, told = time.time(), self._told
        if moment - self._heard_at > self._keep:
            return {}
        over = [name for name, (_, ends) in self._drills.items() if moment >= ends]
        return without_drills(told, [n for n in over if "drill" in told["rollouts"].get(n, {})])

    def wait(self, timeout: float) -> bool:
        """Wait until the server was heard once; for scripts, never for a host's request."""
        self._start()
        return self._heard.wait(timeout)

    def close(self) -> None:
        """Ask no more."""
        self._stop.set()

    def _start(self) -> None:
        """Start the thread where it does not run (at first, and after a fork)."""
        if self._thread is None or not self._thread.is_alive():
            with self._guard:
                if (
                    self._thread is None or not self._thread.is_alive()
                ) and not self._stop.is_set():
                    self._thread = threading.Thread(
                        target=self._run, name="takeup-modes", daemon=True
                    )
                    self._thread.start()

    def _run(self) -> None:
        while True:
            # Whatever it is, the host goes on with the mode heard last.
            with contextlib.suppress(Exception):
                self._ask()
            if self._stop.wait(self._every):
                return

    def _ask(self) -> None:
        headers = {"Authorization": f"Bearer {self._key}"}
        if self._tag:
            headers["If-None-Match"] = self._tag
        request = urllib.request.Request(self._url, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                told = _checked(json.load(answer))
                tag = answer.headers.get("ETag")
        except urllib.error.HTTPError as error:
            if error.code in (401, 403) and not self._refused:
                self._refused = True
                _logger.error(wrong_key(self._url, error.code))
            if error.code != 304:
                return
        else:
            self._drills = _drill_ends(told, self._drills, time.time())
            self._told, self._tag = told, tag
        self._refused = False
        self._heard_at = time.time()
        self._remember()
        self._heard.set()

    def _remember(self) -> None:
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            half = self._path.with_suffix(".part")
            half.write_text(json.dumps({"at": self._heard_at, "told": self._told}))
            half.replace(self._path)

    def _recall(self) -> None:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            held = json.loads(self._path.read_text())
            self._told = _checked(held["told"])
            self._heard_at = float(held["at"])
            self._drills = _drill_ends(self._told, {}, self._heard_at)


def _drill_ends(
    told: Mapping[str, Any], before: Mapping[str, tuple[int, float]], moment: float
) -> dict[str, tuple[int, float]]:
    """By use case the drill that was told of and when it ends: from when it was first heard of."""
    found = {}
    for name, rules in told["rollouts"].items():
        drill = rules.get("drill")
        if drill:
            number, ends = before.get(name, (None, 0.0))
            first = number != drill["number"]
            found[name] = (drill["number"], moment + float(drill["seconds"]) if first else ends)
    return found


def _checked(told: Any) -> dict[str, Any]:
    """What was told, if it can be used: one whole trial on each use case before any host asks."""
    drilled = [name for name, rules in told["rollouts"].items() if rules.get("drill")]
    for held in (told, without_drills(told, drilled)):
        for use_case in held["rollouts"]:
            assigned(held, use_case, case_id="", person_id="", known={})
    _drill_ends(told, {}, 0.0)
    if not isinstance(told["modes"], dict):
        raise TypeError("modes")
    found: dict[str, Any] = told
    return found
