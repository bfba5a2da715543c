"""A page with the recommendation on it, and a takeup that answers well, slowly, wrongly or not at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

COMPONENT = Path(__file__).resolve().parents[3] / "clients" / "web" / "takeup-recommendation.js"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' http://127.0.0.1:*; form-action 'self'"
ADVICE: dict[str, Any] = {
    "decision_id": "d1", "use_case": "credit", "show": True, "ask_first": False, "token": "t",
    "recommendation": "decline", "confidence": 0.71, "model": "Loan triage 4.2",
    "choices": [{"value": "approve", "label": "Approve"}, {"value": "decline", "label": "Decline"}],
    "terms": [{"value": "approve_lower", "label": "Approve, lower amount"}],
    "reasons": [
        {"sign": "-", "text": "After living costs, income covers 5 of 12 months"},
        {"sign": "-", "text": "Two instalments late"}, {"sign": "+", "text": "Customer for 11 years"},
        {"sign": "+", "text": "Never in default"},
    ],
    "evidence_url": "/evidence",
}  # fmt: skip
CONTEXT: dict[str, Any] = {
    "judged": 893, "weaker": True,
    "confidence": {"right": 146, "judged": 214, "low": 0.61, "high": 0.74},
    "kinds": [
        {"label": "seasonal", "value": 0.62, "low": 0.55, "high": 0.68, "judged": 281},
        {"label": "other cases", "value": 0.90, "low": 0.88, "high": 0.93, "judged": 612},
    ],
}  # fmt: skip
SCRIPT = """
const one = document.querySelector("takeup-recommendation");
globalThis.told = [];
for (const name of ["takeup-decided", "takeup-undone", "takeup-flagged"])
  one.addEventListener(name, (event) => globalThis.told.push([name, event.detail]));
"""


@dataclass
class Host:
    """One server that is both the host's page and takeup. `answer` is what takeup says to `context`:
    status, body; `events` what it was told, in the order in which it arrived."""

    advice: dict[str, Any] | str = field(default_factory=lambda: dict(ADVICE))
    answer: Callable[[], tuple[int, bytes]] = lambda: (200, json.dumps(CONTEXT).encode())
    takeup: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    with_component: bool = True
    listens: bool = True
    address: str = ""
    told: threading.Condition = field(default_factory=threading.Condition)

    def happened(self, many: int) -> list[dict[str, Any]]:
        """The events once so many have arrived, in the order in which they happened: each is sent by a
        request of its own, and requests overtake each other."""
        with self.told:
            if not self.told.wait_for(lambda: len(self.events) >= many, timeout=20):
                raise AssertionError(f"{many} events were awaited, {self.events} came")
            return sorted(self.events, key=lambda event: str(event["time"]))

    def page(self) -> bytes:
        """The host's page."""
        held = self.advice
        if isinstance(held, dict):
            held = json.dumps({"url": self.takeup or self.address} | held).replace("<", "\\u003c")
        element = (
            f'<takeup-recommendation><script type="application/json">{held}</script></takeup-recommendation>'
            if self.with_component else ""
        )  # fmt: skip
        scripts = (
            '<script type="module" src="/component.js"></script>'
            + ('<script type="module" src="/page.js"></script>' if self.listens else "")
            if self.with_component else ""
        )  # fmt: skip
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Desk</title>'
            '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
            f"{scripts}</head><body><main><h1>Application</h1>{element}"
            '<form action="/saved"><label><input type="radio" name="choice" value="approve"> Approve</label>'
            '<button id="save">Save decision</button></form></main></body></html>'
        ).encode()


@contextmanager
def hosted(host: Host) -> Iterator[Host]:
    """The host's server while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Quiet."""

        def say(self, status: int, body: bytes, kind: str) -> None:
            # A browser that has left the page no longer listens.
            with suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", POLICY)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Access-Control-Allow-Headers", "authorization, content-type")
                self.end_headers()
                self.wfile.write(body)

        def do_OPTIONS(self) -> None:
            self.say(200, b"", "text/plain")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with host.told:
                host.events.append(json.loads(body))
                host.told.notify_all()
            self.say(204, b"", "text/plain")

        def do_GET(self) -> None:
            if self.path == "/component.js":
                self.say(200, COMPONENT.read_bytes(), "text/javascript")
            elif self.path == "/page.js":
                self.say(200, SCRIPT.encode(), "text/javascript")
            elif self.path.endswith("/context"):
                status, body = host.answer()
                self.say(status, body, "application/json")
            elif self.path.startswith(("/saved", "/evidence")):
                self.say(200, b"<!doctype html><title>Saved</title>saved", "text/html")
            else:
                self.say(200, host.page(), "text/html; charset=utf-8")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
